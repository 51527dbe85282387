"""CSV as people have it: encodings, delimiters, headers in their own words, and files that are none."""

import pytest

from server.administration.csv_table import ROWS_LIMIT, CellProblem, column_of, decode, read_table


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_spreadsheets_encodings_are_read(encoding: str):
    assert decode("código;nombre\nA1;Muñoz\n".encode(encoding)) == "código;nombre\nA1;Muñoz\n"


@pytest.mark.parametrize("data", [b"\x00\x01\x02", b"PK\x03\x04\x00\x00", b"\xff\xfea", b"a\x81\x8db"])
def test_what_is_no_text_is_not_guessed_at(data: bytes):
    assert decode(data) is None


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("Code", "code"), ("Client ID", "code"), ("CÓDIGO", "code"), ("person_id", "code"), ("Full name", "name"),
        ("Nombre", "name"), ("Assigned to", "specialist"), ("apoyado por", "specialist"), ("Sede", "site"),
        ("Idioma", "language"), ("\ufeffname", "name"), ("Diagnosis", ""), ("", ""),
    ],
)  # fmt: skip
def test_headers_are_understood(header: str, column: str):
    assert column_of(header) == column


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_delimiters_quotes_and_line_ends(delimiter: str, end: str):
    lines = [["code", "name"], ["A1", f'"Ana{delimiter} ""la"" M."'], ["", ""], ["A2", " Ben   B. "]]
    table = read_table(end.join(delimiter.join(line) for line in lines))
    assert table.rows == [
        (2, {"code": "A1", "name": f'Ana{" " if delimiter == chr(9) else delimiter} "la" M.'.replace("  ", " ")}),
        (4, {"code": "A2", "name": "Ben B."}),
    ]


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("", [CellProblem("empty")]),
        ("  \n ", [CellProblem("empty")]),
        ("code,name\n", [CellProblem("no_rows")]),
        ("code,name\n,\n", [CellProblem("no_rows")]),
        ("code\nA1", [CellProblem("column_missing", 1, "name")]),
        ("a,b\n1,2", [CellProblem("column_missing", 1, "code"), CellProblem("column_missing", 1, "name")]),
        ("code,name,id\n1,2,3", [CellProblem("column_twice", 1, "code")]),
        ('code,name\nA1,"Ana\n', [CellProblem("broken_quotes", 2)]),
        ('code,name\nA1,"Ana" M.\n', [CellProblem("broken_quotes", 2)]),
    ],
)
def test_what_cannot_be_read_says_why(text: str, problems: list[CellProblem]):
    assert read_table(text) == problems


def test_five_thousand_rows_and_not_one_more():
    rows = [f"A{number},Name {number}" for number in range(ROWS_LIMIT + 1)]
    assert len(read_table("\n".join(["code,name", *rows[:-1]])).rows) == ROWS_LIMIT
    assert read_table("\n".join(["code,name", *rows])) == [CellProblem("too_many_rows")]


def test_unknown_columns_are_named_and_cells_beyond_the_headers_are_seen():
    table = read_table("code,name,Diagnosis\nA1,Ana,secret,more\n")
    assert table.ignored == ["Diagnosis"]
    assert table.rows == [(2, {"code": "A1", "name": "Ana", "_extra": "yes"})]
