"""The statement that accompanies records of the kind 42 CFR Part 2 protects, on every file and page that leaves.

The text is the first statement of 42 CFR 2.32(a) in the words of the 2024 rule, kept in English because the rule is. An
organisation may use its own words (`rules.notice`); its counsel should read either against the regulation in force.
"""

from __future__ import annotations

from typing import Final

from sync.records.organisation import OrganisationFields

USUAL: Final = (
    "This record which has been disclosed to you is protected by Federal confidentiality rules (42 CFR part 2). These "
    "rules prohibit you from using or disclosing this record, or testimony that describes the information contained in "
    "this record, in any civil, criminal, administrative, or legislative proceedings by any Federal, State, or local "
    "authority, against the patient, unless authorized by the consent of the patient, except as provided at 42 CFR "
    "2.12(c)(5) or as authorized by a court in accordance with 42 CFR 2.64 or 2.65. In addition, the Federal rules "
    "prohibit you from making any other use or disclosure of this record unless at least one of the following applies: "
    "(i) Further use or disclosure is expressly permitted by the written consent of the individual whose information "
    "is being disclosed in this record or as otherwise permitted by 42 CFR part 2. (ii) You are a covered entity or "
    "business associate and have received the record pursuant to a consent for treatment, payment, or health care "
    "operations. (iii) You have received the record from a covered entity or business associate as permitted by 45 CFR "
    "part 164, subparts A and E. A general authorization for the release of medical or other information is NOT "
    "sufficient to meet the required elements of written consent to further use or redisclose the record (see 42 CFR "
    "2.31)."
)


def notice_of(fields: OrganisationFields) -> str:
    """The organisation's own words, or the usual ones."""
    return fields.rules.notice or USUAL
