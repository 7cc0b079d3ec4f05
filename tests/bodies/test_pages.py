"""The pages of bodies, by a browser without script."""

from datetime import date
from urllib.parse import unquote

import httpx
import pytest

from server.models.bodies import Body, BodyKind, BodyMembership, BodyRelation, BodyRole, RelationKind
from server.rules.permissions import Role
from server.schema.ids import id_of
from tests import make
from tests.cast import Cast
from tests.web.visitors import SignIn

MAY = date(2026, 5, 1)
FACTS = {"nameZh": "", "nameEn": "Harbour", "classification": "", "term": "", "startsOn": "", "sensitive": "false"}


@pytest.fixture
async def office(sign_in: SignIn) -> httpx.AsyncClient:
    return await sign_in("secretary")


def went_to(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, unquote(answer.headers.get("Location", ""))


async def test_a_body_is_added_and_changed(office: httpx.AsyncClient, everyone: Cast) -> None:
    added = await office.post("/bodies/new", data=FACTS | {"kind": "UNIT"})
    body = await Body.get(name_en="Harbour")
    address = f"/bodies/{id_of(body)}"
    change = FACTS | {"kind": "DEPARTMENT", "nameZh": "港口", "parent": id_of(everyone.bureau), "sensitive": "true"}
    changed = await office.post(f"{address}/change", data=change)

    assert (went_to(added), went_to(changed)) == ((303, address), (303, address))
    await body.refresh_from_db()
    said = (body.kind, body.name_zh, body.parent_id, body.sensitive)
    assert said == (BodyKind.DEPARTMENT, "港口", everyone.bureau.id, True)


async def test_a_body_without_kind_or_name_is_refused_and_the_rest_kept(office: httpx.AsyncClient) -> None:
    answer = await office.post("/bodies/new", data=FACTS | {"kind": "", "classification": "club"})

    assert answer.status_code == 422
    assert 'href="#kind"' in answer.text
    assert 'value="club"' in answer.text
    assert 'value="Harbour"' in answer.text


async def test_a_part_belongs_to_its_body(office: httpx.AsyncClient, everyone: Cast) -> None:
    answer = await office.post(f"/bodies/{id_of(everyone.sector)}/part", data=FACTS | {"kind": "SECTOR_GROUP"})

    part = await Body.get(name_en="Harbour")
    assert went_to(answer) == (303, f"/bodies/{id_of(part)}")
    assert part.parent_id == everyone.sector.id


async def test_a_body_ends_with_the_places_in_it(office: httpx.AsyncClient, everyone: Cast) -> None:
    address = f"/bodies/{id_of(everyone.bureau)}"

    page = await office.get(f"{address}/end")
    answer = await office.post(f"{address}/end", data={"on": "2026-05-01"})
    again = await office.post(f"{address}/end", data={"on": "2026-05-02"})

    assert "The place of everyone who sits here ends on the same day." in page.text
    assert (went_to(answer), again.status_code) == ((303, address), 422)
    assert (await Body.get(id=everyone.bureau.id)).ends_on == MAY
    assert (await BodyMembership.get(body=everyone.bureau)).ends_on == MAY


async def test_two_bodies_are_tied_and_untied(office: httpx.AsyncClient, everyone: Cast) -> None:
    address = f"/bodies/{id_of(everyone.group)}"
    tie = {"target": id_of(everyone.sector), "kind": "DERIVED_FROM", "startsOn": ""}

    assert "Arts" in (await office.get(f"{address}/tie?search=arts")).text
    tied = await office.post(f"{address}/tie?search=arts", data=tie)
    twice = await office.post(f"{address}/tie?search=arts", data=tie)
    row = await BodyRelation.get(source=everyone.group)
    page = await office.get(f"/ties/{id_of(row)}/end")
    ended = await office.post(f"/ties/{id_of(row)}/end", data={"on": "2026-05-01"})

    assert (went_to(tied), twice.status_code, went_to(ended)) == ((303, address), 422, (303, address))
    assert "derived from" in page.text
    await row.refresh_from_db()
    assert (row.kind, row.target_id, row.ends_on) == (RelationKind.DERIVED_FROM, everyone.sector.id, MAY)


async def test_a_person_is_found_and_gets_a_place(office: httpx.AsyncClient, everyone: Cast) -> None:
    address, mei = f"/bodies/{id_of(everyone.bureau)}", everyone.people["member"]
    place = {"person": id_of(mei), "role": "SECRETARY", "title": "clerk", "startsOn": "2026-05-01"}

    assert "Mei Member" in (await office.get(f"{address}/add?search=mei")).text
    answer = await office.post(f"{address}/add?search=mei", data=place)
    again = await office.post(f"{address}/add?search=mei", data=place)

    assert (went_to(answer), again.status_code) == ((303, address), 422)
    assert 'value="clerk"' in again.text
    row = await BodyMembership.get(body=everyone.bureau, person=mei)
    assert (row.role, row.title, row.starts_on) == (BodyRole.SECRETARY, "clerk", MAY)


async def test_who_sits_twice_in_a_body_is_shown_once_with_both_titles(
    office: httpx.AsyncClient, everyone: Cast
) -> None:
    someone = await make.person(name_en="Two Hats")
    for title in ("adviser", "treasurer"):
        await make.place(everyone.bureau, someone, title=title)

    shown = (await office.get(f"/bodies/{id_of(everyone.bureau)}")).text.partition("<details>")[0]

    assert shown.count("Two Hats</a>") == 1
    assert "adviser" in shown
    assert "treasurer" in shown
    assert "2 people" in shown


async def test_a_role_changes_from_a_day_on(office: httpx.AsyncClient, everyone: Cast) -> None:
    row = await BodyMembership.get(body=everyone.bureau)

    answer = await office.post(f"/places/{id_of(row)}/role", data={"on": "2026-05-01", "role": "HEAD", "title": ""})

    assert went_to(answer) == (303, f"/bodies/{id_of(everyone.bureau)}")
    assert await BodyMembership.filter(body=everyone.bureau).order_by("starts_on").values_list(
        "role", "starts_on", "ends_on"
    ) in (
        [(BodyRole.CONTACT, None, MAY), (BodyRole.HEAD, MAY, None)],
        [(BodyRole.HEAD, MAY, None), (BodyRole.CONTACT, None, MAY)],
    )


async def test_a_place_ends(office: httpx.AsyncClient, everyone: Cast) -> None:
    row = await BodyMembership.get(body=everyone.bureau)

    answer = await office.post(f"/places/{id_of(row)}/end", data={"on": "2026-05-01"})
    again = await office.post(f"/places/{id_of(row)}/end", data={"on": "2026-06-01"})

    assert (went_to(answer)[0], again.status_code) == (303, 422)
    assert (await BodyMembership.get(id=row.id)).ends_on == MAY


async def test_a_corrected_place_stays_on_record_in_words(
    office: httpx.AsyncClient, everyone: Cast, sign_in: SignIn
) -> None:
    row, here = await BodyMembership.get(body=everyone.bureau), f"/bodies/{id_of(everyone.bureau)}"
    right = {"role": "SECRETARY", "title": "", "startsOn": "", "endsOn": "", "reason": "mistyped"}

    answer = await office.post(f"/places/{id_of(row)}/correct", data=right)

    assert went_to(answer) == (303, here)
    shown = (await office.get(here)).text
    assert "was wrong: Dan Department, contact" in shown
    assert "Corrected by secretary on " in shown
    assert "mistyped" in shown
    assert "was wrong" not in (await (await sign_in("member")).get(here)).text


async def test_a_place_that_never_was_is_marked_as_wrong(office: httpx.AsyncClient, everyone: Cast) -> None:
    row = await BodyMembership.get(body=everyone.bureau)
    address = f"/places/{id_of(row)}/void"

    silent = await office.post(address, data={"reason": ""})
    answer = await office.post(address, data={"reason": "another Dan"})

    assert (silent.status_code, went_to(answer)[0]) == (422, 303)
    assert (await BodyMembership.get(id=row.id)).voided_reason == "another Dan"
    assert (await office.get(address)).status_code == 404


async def test_the_secretary_of_one_body_changes_only_that(sign_in: SignIn, everyone: Cast) -> None:
    await make.role(everyone.accounts["department"], Role.SECRETARY, everyone.bureau)
    clerk = await sign_in("department")
    own, other = f"/bodies/{id_of(everyone.bureau)}", f"/bodies/{id_of(everyone.sector)}"

    assert f'href="{own}/change"' in (await clerk.get(own)).text
    assert f'href="{other}/change"' not in (await clerk.get(other)).text
    answer = await clerk.post(f"{other}/end", data={"on": "2026-05-01"})
    assert (answer.status_code, 'class="reason"' in answer.text) == (403, True)


async def test_the_list_says_why_it_is_empty(office: httpx.AsyncClient) -> None:
    assert "No body fits this search." in (await office.get("/bodies?search=zzz")).text


async def test_a_long_list_of_bodies_comes_in_parts(office: httpx.AsyncClient) -> None:
    assert 'class="pager"' not in (await office.get("/bodies")).text
    for number in range(60):
        await make.body(name_en=f"Body {number:03}")

    page = (await office.get("/bodies")).text

    assert "63 bodies" in page
    assert 'rel="next"' in page
