"""What an import would do, row by row."""

import pytest

from server.administration.csv_table import CellProblem, Table
from server.administration.import_plan import Known, plan

KNOWN = Known(
    codes={"a1": "id-a1"},
    sites={"harbor": "site-1", "twice": ""},
    specialists={"dana": "dana-id", "mateo": "mateo-id", "two": ""},
    supported=frozenset({("id-a1", "dana-id")}),
)
IMPORT = "00000000-0000-7000-8000-000000000001"


def rows(*cells: dict[str, str]) -> Table:
    return Table([(number, row) for number, row in enumerate(cells, 2)], [])


def test_a_new_person_with_everything():
    cells = {"code": "B2", "name": "Bo", "site": "Harbor", "language": "Español", "specialist": "DANA", "pronouns": "they"}
    made = plan(rows(cells), KNOWN, IMPORT)
    person, assignment = made.changes(IMPORT)
    assert (made.added, made.assigned, made.unchanged, made.problems) == (1, 1, 0, [])
    assert person.set == {"name": "Bo", "code": "B2", "pronouns": "they", "site": "site-1", "language": "es"}
    assert person.bucket == f"p:{person.doc}"
    assert assignment.set == {"specialist": "dana-id", "participant": person.doc}
    assert assignment.bucket == "me:dana-id"


def test_the_same_import_twice_names_the_same_records():
    cells = rows({"code": "B2", "name": "Bo", "specialist": "dana"})
    first, second = (plan(cells, KNOWN, IMPORT).changes(IMPORT) for _ in range(2))
    assert first == second
    assert plan(cells, KNOWN, "another").changes("another")[0].doc != first[0].doc


def test_who_is_here_is_left_as_they_are_and_only_assigned():
    made = plan(rows({"code": "A1", "name": "Another name", "specialist": "mateo"}), KNOWN, IMPORT)
    assert [change.type for change in made.changes(IMPORT)] == ["assignment"]
    assert plan(rows({"code": "a1", "name": "Ana", "specialist": "dana"}), KNOWN, IMPORT).unchanged == 1


def test_two_rows_give_a_person_two_specialists():
    cells = [{"code": "B2", "name": "Bo", "specialist": who} for who in ("dana", "mateo")]
    made = plan(rows(*cells), KNOWN, IMPORT)
    assert (made.added, made.assigned, made.problems) == (1, 2, [])


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"code": "", "name": "Bo"}, CellProblem("missing", 2, "code")),
        ({"code": "B2", "name": ""}, CellProblem("missing", 2, "name")),
        ({"name": "Bo"}, CellProblem("missing", 2, "code")),
        ({"code": "x" * 41, "name": "Bo"}, CellProblem("too_long", 2, "code", "40")),
        ({"code": "B2", "name": "x" * 121}, CellProblem("too_long", 2, "name", "120")),
        ({"code": "B2", "name": "Bo", "_extra": "yes"}, CellProblem("extra_cells", 2)),
        ({"code": "B2", "name": "Bo", "language": "fr"}, CellProblem("language_unknown", 2, "language", "fr")),
        ({"code": "B2", "name": "Bo", "site": "Nowhere"}, CellProblem("site_unknown", 2, "site", "Nowhere")),
        ({"code": "B2", "name": "Bo", "site": "twice"}, CellProblem("site_ambiguous", 2, "site", "twice")),
        ({"code": "B2", "name": "Bo", "specialist": "x"}, CellProblem("specialist_unknown", 2, "specialist", "x")),
        ({"code": "B2", "name": "Bo", "specialist": "two"}, CellProblem("specialist_ambiguous", 2, "specialist", "two")),
    ],
)
def test_each_problem_has_its_row_and_column(cells: dict[str, str], problem: CellProblem):
    made = plan(rows(cells), KNOWN, IMPORT)
    assert made.problems == [problem]
    assert made.changes(IMPORT) == []


@pytest.mark.parametrize("second", [{"name": "Other", "specialist": "dana"}, {"name": "Bo"}])
def test_a_code_given_twice_names_the_first_row(second: dict[str, str]):
    made = plan(rows({"code": "B2", "name": "Bo"}, {"code": "b2", **second}), KNOWN, IMPORT)
    assert made.problems == [CellProblem("code_twice", 3, "code", "2")]
