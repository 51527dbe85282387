"""The statement that accompanies records of the kind 42 CFR Part 2 protects, on every file and page that leaves.

42 CFR 2.32(a) has two, of which either will do: (1), long, and (2), one sentence. Both are kept in English because the
rule is. An organisation chooses one (`rules.notice_statement`) or uses its own words (`rules.notice`).

Source: 42 CFR 2.32(a) as amended by 89 FR 12472 (February 16, 2024). Compared on 2026-11-22: statement 1 up to its list
with compliancecosmos.org/notice-and-copy-consent-accompany-disclosure; its list (i) to (iii) and what follows, and
statement 2, with published copies in three independent programs (one of a health information exchange), which agree to
the letter. The Federal Register itself was not at hand, so the administrator's page says: check with counsel.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sync.records.organisation import OrganisationFields
from sync.records.rules import Statement

STATEMENT_1: Final = (
    "This record which has been disclosed to you is protected by Federal confidentiality rules (42 CFR part 2). These "
    "rules prohibit you from using or disclosing this record, or testimony that describes the information contained "
    "in this record, in any civil, criminal, administrative, or legislative proceedings by any Federal, State, or "
    "local authority, against the patient, unless authorized by the consent of the patient, except as provided at 42 "
    "CFR 2.12(c)(5) or as authorized by a court in accordance with 42 CFR 2.64 or 2.65. In addition, the Federal "
    "rules prohibit you from making any other use or disclosure of this record unless at least one of the following "
    "applies: (i) Further use or disclosure is expressly permitted by the written consent of the individual whose "
    "information is being disclosed in this record or as otherwise permitted by 42 CFR part 2. (ii) You are a covered "
    "entity or business associate and have received the record for treatment, payment, or health care operations, or "
    "(iii) You have received the record from a covered entity or business associate as permitted by 45 CFR part 164, "
    "subparts A and E. A general authorization for the release of medical or other information is NOT sufficient to "
    "meet the required elements of written consent to further use or redisclose the record (see 42 CFR 2.31)."
)


STATEMENT_2: Final = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."
STATEMENTS: Final[Mapping[Statement, str]] = {"full": STATEMENT_1, "short": STATEMENT_2}


def notice_of(fields: OrganisationFields) -> str:
    """The organisation's own words, or the statement of the regulation that it chose."""
    return fields.rules.notice or STATEMENTS[fields.rules.notice_statement]
