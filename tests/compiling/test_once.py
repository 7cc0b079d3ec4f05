"""What a statement needs several times, or has joined already, it reads once."""

import json

import pytest

from server.models.accounts.standing import SESSION, TOKEN, Kind
from server.models.accounts.standing import statement as statement_of
from server.models.bodies.queries import visible_body_memberships
from server.models.bodies.tables import BodyMembership
from server.models.database import connection, is_postgres
from server.models.documents import Whom
from server.models.members.tables import Membership
from server.models.reads import inner
from server.schema import compiled
from server.schema.asking import Asking
from server.schema.ids import id_of
from tests.cast import Cast
from tests.compiling.test_roads import answers
from tests.documents import giving

PLACES = "query($id: ID!) { person(id: $id) { bodyMemberships { body { name } } } }"
FILE = PLACES.replace("person(id: $id) {", "person(id: $id) { memberships { post { sector { name } } }")


async def statement(cast: Cast, name: str, text: str) -> str:
    variables = {"id": f"per_{cast.people['member'].id}"}
    return (await compiled.plan(text, None, variables, cast[name])).sql


async def test_the_bodies_of_the_viewer_are_read_once(everyone: Cast) -> None:
    found = await statement(everyone, "member", FILE)

    assert found.count('SELECT "body_id" "body_id" FROM "body_membership"') == 1
    assert found.count('"membership_post"."sector_id" "sector_id" FROM') == 1
    assert found.count("IN (SELECT * FROM s") == 7


async def test_what_stands_in_a_statement_once_stays_where_it_is(everyone: Cast) -> None:
    found = await statement(everyone, "member", "query($id: ID!) { person(id: $id) { bodyMemberships { role } } }")

    assert found.count('IN (SELECT "body_id" "body_id" FROM "body_membership"') == 1
    assert "MATERIALIZED" not in found


async def test_what_reads_a_table_of_the_statement_stays_behind_it(everyone: Cast) -> None:
    twice = "lines { one: person { nameEn } } lines { other: person { sortPinyin } }"
    text = f"query($id: ID) {{ coverageAssignPreview(sector: $id, sectorless: true) {{ {twice} }} }}"

    asking = Asking(everyone["secretary"])
    found = await compiled.read(text, None, {"id": f"bod_{everyone.sector.id}"}, asking)

    assert json.loads(found)["coverageAssignPreview"]["lines"] == []


async def test_what_reads_a_row_that_a_text_around_it_names_stays_in_it(everyone: Cast) -> None:
    row = await giving.document(everyone)
    await giving.given(everyone, row, Whom(body=everyone.group.id))
    twice = "one: document(id: $id) { decisions { act allowed } } two: document(id: $id) { decisions { allowed } }"
    asked = Asking(everyone["member"])

    ordinary, compiled = await answers(f"query($id: ID!) {{ {twice} }}", asked, {"id": id_of(row)})

    assert compiled == ordinary
    assert {one["act"]: one["allowed"] for one in compiled["one"]["decisions"]}["READ"]


async def test_a_row_joined_for_the_order_of_a_list_is_not_found_once_more(everyone: Cast) -> None:
    found = await statement(
        everyone, "member", "query($id: ID!) { person(id: $id) { bodyMemberships { body { name } } } }"
    )

    again = found.count('FROM "body" WHERE') + found.count('JOIN "body"')
    assert again == (1 if is_postgres() else 2)
    assert ("LATERAL" in found) is is_postgres()


async def test_joins_along_keys_that_are_never_null_lose_no_row(everyone: Cast) -> None:
    places = BodyMembership.filter(visible_body_memberships(everyone["member"]), membership__no="7").order_by(
        "person__sort_pinyin"
    )
    places._choose_db_if_not_chosen()
    places._make_query()

    assert sorted(inner(places.query, BodyMembership)) == ["body_membership__body", "body_membership__person"]
    assert 'LEFT OUTER JOIN "membership"' in places.query.get_sql()


async def test_what_hangs_on_rows_that_may_be_missing_may_be_missing_too(everyone: Cast) -> None:
    seats = Membership.filter(statuses__recorded_by__name="x")
    seats._choose_db_if_not_chosen()
    seats._make_query()

    assert inner(seats.query, Membership) == []


@pytest.mark.parametrize("kind", [SESSION, TOKEN], ids=["session", "token"])
async def test_who_asks_is_found_by_keys_and_not_by_looking_at_everyone(everyone: Cast, kind: Kind) -> None:
    asked = statement_of(kind, is_postgres())

    assert not any(f'LEFT OUTER JOIN "{table}"' in asked for table in ("membership", "term"))
    if not is_postgres():
        _, plan = await connection().execute_query(f"EXPLAIN QUERY PLAN {asked}", ["x", "2026-11-22"])
        scans = [row["detail"] for row in plan if row["detail"].startswith("SCAN")]
        assert [said for said in scans if "subquery" not in said] == []
