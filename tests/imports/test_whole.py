"""What an export carries beside people and bodies, when a file says it: terms, ties, reasons, corrections."""

import csv
import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import pytest

from server.errors import Conflict
from server.imports import export
from server.imports.undoing import undo
from server.models.bodies import Body, BodyKind, BodyMembership, BodyRelation, RelationKind
from server.models.imports import ImportRun
from server.models.members import Membership, MembershipStatus, Status, Term, TermStatus, TermYear
from server.rules.permissions import ALLOWED, Action, Role
from tests import make
from tests.imports.bringing import brought, counts, places, planned, secretary, taken, told
from tests.imports.test_export import full_register
from tests.imports.test_popolo import one, written
from tests.imports.test_tables import table

pytestmark = pytest.mark.usefixtures("db")
MARCH, MAY, JUNE = dt.date(2024, 3, 1), dt.date(2024, 5, 1), dt.date(2024, 6, 1)
YEAR = {"n": 1, "start_date": "2024-03-01", "end_date": "2024-05-01"}
NEXT = {"n": 2, "start_date": "2024-05-01", "end_date": "2024-06-01"}
TERM = {"code": "15", "name_zh": "第十五届", "start_date": "2024-03-01", "status": "closed", "years": [YEAR, NEXT]}
WRONG = {"voided_at": "2024-06-01T08:00:00+08:00", "voided_by": "admin", "voided_reason": "another P"}


def tied(*ties: Any) -> dict[str, Any]:
    """Two bodies, and ties from the first."""
    bodies = [{"id": "a", "name": "A", "kind": "sector", "ties": [*ties]}, {"id": "b", "name": "B", "kind": "unit"}]
    return {"persons": [], "organizations": bodies}


async def test_a_file_describes_terms_and_changes_what_it_says_otherwise(tmp_path: Path) -> None:
    answer = await brought(written(tmp_path, **one(), terms=[TERM, {"code": "16"}]), term="15")

    assert answer["terms"] == {"new": 2, "changed": 0, "same": 0, "error": 0}
    term, other = await Term.get(code="15"), await Term.get(code="16")
    assert (term.name_zh, term.starts_on, term.ends_on, term.status) == ("第十五届", MARCH, None, TermStatus.CLOSED)
    assert (other.name_zh, other.status) == ("", TermStatus.ACTIVE)
    years = TermYear.filter(term=term).order_by("n").values_list("n", "starts_on", "ends_on")
    assert await years == [(1, MARCH, MAY), (2, MAY, JUNE)]

    longer = {**NEXT, "end_date": "2024-07-01"}
    again = await brought(written(tmp_path, **one(), terms=[TERM | {"name_en": "15th", "years": [longer]}]))
    assert again["terms"] == {"new": 0, "changed": 1, "same": 0, "error": 0}
    assert await years == [(1, MARCH, MAY), (2, MAY, dt.date(2024, 7, 1))]
    assert (await Term.get(code="15")).name_en == "15th"


@pytest.mark.parametrize(
    ("terms", "place", "says"),
    [
        ([{"name_zh": "Nameless"}], ("terms", 1, "code"), "Give the term a short code"),
        ([{"code": "1" * 41}], ("terms", 1, "code"), "At most 40 characters"),
        ([7], ("terms", 1, ""), "An object is needed here."),
        ([TERM, TERM], ("terms", 2, "code"), "Row 1 describes this term already."),
        ([TERM | {"start_date": "x"}], ("terms", 1, "start_date"), "is no date"),
        ([TERM | {"status": "asleep"}], ("terms", 1, "status"), "Use one of: draft, active, closed."),
        ([TERM | {"years": [YEAR, YEAR]}], ("terms", 1, "years"), "A year is there twice"),
        ([TERM | {"years": [{**YEAR, "n": 0}]}], ("terms", 1, "years"), "Count the years from 1."),
        ([TERM | {"years": [{"n": 1}]}], ("terms", 1, "years"), "A year needs its first day"),
        ([TERM | {"years": [{**YEAR, "end_date": "2024-05-02"}, NEXT]}], ("terms", 1, "years"), "two years meet"),
    ],
)
async def test_what_is_wrong_with_a_term_is_told(
    tmp_path: Path, terms: list[Any], place: tuple[str, int, str], says: str
) -> None:
    answer = await planned(written(tmp_path, **one(), terms=terms))

    assert places(answer) == [place]
    assert says in answer["errors"][0]["message"]


async def test_a_row_of_a_table_describes_a_term_or_someones_seat_in_it(tmp_path: Path) -> None:
    heading = "name,term,no,term_zh,term_start,term_status"

    await brought(table(tmp_path, f"{heading}\n,15,,第十五届,2024-03-01,draft\nA,15,7,,,\n"))

    assert await Term.all().values_list("code", "name_zh", "status") == [("15", "第十五届", TermStatus.DRAFT)]
    assert (await Membership.get()).no == "7"
    answer = await planned(table(tmp_path, f"{heading}\n,15,8,第十五届,,\n"))
    assert places(answer) == [("rows", 2, "term")]


async def test_ties_come_with_their_body_and_end_where_the_file_says_so(tmp_path: Path) -> None:
    tie = {"kind": "counterpart", "organization_id": "b", "start_date": "2024-03-01"}
    gone = {"kind": "category", "organization_id": "b", **WRONG}
    await brought(written(tmp_path, **tied(tie, gone)))

    ends = await brought(written(tmp_path, **tied({**tie, "end_date": "2024-05-01"}, gone)))
    left_out = await brought(written(tmp_path, **tied()))

    assert (counts(ends), counts(left_out)) == ({"bodies": {"changed": 1, "same": 1}}, {"bodies": {"same": 2}})
    rows = await BodyRelation.all().order_by("starts_on", "kind").values_list("kind", "starts_on", "ends_on")
    assert sorted(rows, key=str) == [
        (RelationKind.CATEGORY, None, None),
        (RelationKind.COUNTERPART, MARCH, MAY),
    ]
    wrong = await BodyRelation.get(kind=RelationKind.CATEGORY).select_related("voided_by")
    assert (wrong.voided_by, wrong.voided_elsewhere, wrong.voided_reason) == (None, "admin", "another P")


@pytest.mark.parametrize(
    ("tie", "says"),
    [
        ({"organization_id": "b"}, "A tie needs its kind and the other body."),
        ({"kind": "counterpart"}, "A tie needs its kind and the other body."),
        ({"kind": "friend", "organization_id": "b"}, "Use one of: derived_from, counterpart, category."),
        ({"kind": "counterpart", "organization_id": "a"}, "A body cannot be tied to itself."),
        ({"kind": "counterpart", "organization_id": "x"}, "There is no body x"),
        (
            {"kind": "category", "organization_id": "b", "start_date": "2024-01-01"},
            "The two are tied in this way already.",
        ),
        ({"kind": "category", "organization_id": "b", "voided_at": "2024-01-01"}, "Write the moment with its offset"),
        ({"kind": "category", "organization_id": "b", "voided_at": "lately"}, "Write the moment with its offset"),
    ],
)
async def test_what_is_wrong_with_a_tie_is_told_at_its_body(tmp_path: Path, tie: Any, says: str) -> None:
    there = {"kind": "category", "organization_id": "b"}

    answer = await planned(written(tmp_path, **tied(there, tie)))

    assert places(answer) == [("organizations", 1, "ties")]
    assert says in answer["errors"][0]["message"]


async def test_what_was_wrong_elsewhere_is_kept_as_such_and_binds_no_account_of_ours(tmp_path: Path) -> None:
    await make.account("admin")
    file = one() | {"voided_memberships": [{"person_id": "p", "organization_id": "o", "role": "r", **WRONG}]}
    del file["memberships"]

    first, second = await brought(written(tmp_path, **file)), await brought(written(tmp_path, **file))

    assert (counts(first)["memberships"], counts(second)["memberships"]) == ({"new": 1}, {"same": 1})
    row = await BodyMembership.get().select_related("voided_by")
    assert (row.voided_at, row.voided_by, row.voided_elsewhere, row.voided_reason, row.recorded_at) == (
        dt.datetime(2024, 6, 1, tzinfo=dt.UTC),
        None,
        "admin",
        "another P",
        make.NOW,
    )


async def test_what_was_wrong_elsewhere_but_stands_here_is_worth_a_look(tmp_path: Path) -> None:
    membership = {"person_id": "p", "organization_id": "o", "role": "r"}
    await brought(written(tmp_path, **one()))

    answer = await brought(written(tmp_path, **one(), voided_memberships=[membership | WRONG]))

    said = "The file says that this was wrong, but it still stands here. Correct it if so."
    assert told(answer, "warnings") == [("voided_memberships", 1, "", said)]
    assert await BodyMembership.filter(voided_at=None).count() == 1


async def test_what_was_wrong_is_not_taken_for_right_where_its_moment_is_missing(tmp_path: Path) -> None:
    rows = [{"person_id": "p", "organization_id": "o"}, {"person_id": "x", "organization_id": "o", **WRONG}]

    answer = await planned(written(tmp_path, **one(), voided_memberships=rows))

    assert places(answer) == [("voided_memberships", 1, "voided_at"), ("voided_memberships", 2, "person_id")]


async def test_a_reason_is_corrected_and_another_status_has_its_own(tmp_path: Path) -> None:
    def seat(**facts: Any) -> Path:
        return written(tmp_path, **one({"term_memberships": [{"term": "15", "status_start": "2024-03-01", **facts}]}))

    await brought(seat(status="active", status_reason="elected"))
    await brought(seat(status="active", status_reason="appointed"))
    spans = MembershipStatus.filter(voided_at=None).order_by("starts_on")
    assert await spans.values_list("status", "ends_on", "reason") == [(Status.ACTIVE, None, "appointed")]

    await brought(seat(status="resigned", status_start="2024-05-01"))
    assert await spans.values_list("status", "ends_on", "reason") == [
        (Status.ACTIVE, MAY, "appointed"),
        (Status.RESIGNED, None, ""),
    ]
    past = [{"status": "active", "start_date": "2024-03-01", "end_date": "2024-05-01", "reason": "drawn"}]
    await brought(seat(status="resigned", status_start="2024-05-01", earlier=past))
    assert await spans.values_list("reason", flat=True) == ["drawn", ""]
    assert counts(await planned(seat(status="resigned", status_start="2024-05-01", earlier=past)))[
        "term_memberships"
    ] == {"same": 1}


async def test_terms_years_and_ties_are_taken_back_with_the_rest(tmp_path: Path) -> None:
    tie = {"kind": "counterpart", "organization_id": "b"}
    await brought(written(tmp_path, **tied(tie), terms=[TERM]))

    await undo(secretary(), (await ImportRun.get()).id)

    assert [await model.all().count() for model in (Term, TermYear, Body, BodyRelation)] == [0, 0, 0, 0]


async def test_corrections_leave_only_with_whoever_may_make_them(monkeypatch: pytest.MonkeyPatch) -> None:
    await full_register()
    all_of_it = json.loads(await taken(secretary(), "popolo"))
    monkeypatch.delitem(ALLOWED[Action.MANAGE_BODIES], Role.SECRETARY)

    less = json.loads(await taken(secretary(), "popolo"))
    rows = csv.DictReader(io.StringIO((await taken(secretary(), "csv")).decode("utf-8-sig")))

    assert (len(all_of_it["voided_memberships"]), less["voided_memberships"]) == (1, [])
    assert not any(row["voided_at"] for row in rows)


async def test_a_cell_that_a_workbook_would_cut_off_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "LONGEST", 10)
    await make.body(BodyKind.UNIT, "A name that is long")

    with pytest.raises(Conflict, match="would be too long for XLSX"):
        await taken(secretary(), "xlsx")
