"""The bench's bar writes the rows that the office writes: all their columns."""

from __future__ import annotations

import re

import pytest

from server.bench import raw
from server.storage.queries import sql


@pytest.mark.parametrize(("read", "query"), [(raw._RECORDS, "records.insert"), (raw._CHANGES, "changes.insert")])
def test_every_column_that_is_written_is_read(read: str, query: str) -> None:
    columns = read.partition(" FROM ")[0].count(",") + 1
    numbered = [int(number) for number in re.findall(r"\?(\d+)", sql(query))]
    assert columns == (max(numbered) if numbered else sql(query).count("?"))
