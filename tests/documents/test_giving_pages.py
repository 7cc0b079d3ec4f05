"""Giving by a browser without script: found, ticked, looked at, given, renewed, confirmed and taken back."""

import datetime as dt
import re
from dataclasses import replace
from html import unescape
from typing import Any

import openpyxl
import pytest

from server.models.documents import AccessGrant, Document, Whom
from server.rules.documents import Effect, GrantState, Level
from server.schema.ids import id_of
from tests import make
from tests.cast import Cast
from tests.documents.giving import code, document, given
from tests.web.visitors import SignIn

TERMS = {"effect": "ALLOW", "act": "READ", "overrides": "false", "text": ["false", "true"], "reason": "for the hearing"}


def later(days: int) -> dt.datetime:
    """A browser comes today, whatever day it is for the cast."""
    return dt.datetime.now(dt.UTC) + dt.timedelta(days)


async def today(cast: Cast, name: str, row: Document) -> str:
    """What the decision says at this moment."""
    return await code(replace(cast[name], now=later(0)), row)


def ticked(page: str) -> list[str]:
    return re.findall(r'name="people" value="(per_[^"]+)" checked', page)


def hidden(page: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page):
        found.setdefault(key, []).append(unescape(value))
    return found


async def test_who_was_ticked_stays_so_over_several_searches(sign_in: SignIn, everyone: Cast) -> None:
    row, browser = await document(everyone), await sign_in("custodian")
    mei, lin = (id_of(everyone.people[name]) for name in ("member", "leader"))

    first = await browser.post(f"/giving/{id_of(row)}", data={"search": "mei", "names": ""})
    second = await browser.post(f"/giving/{id_of(row)}", data={"search": "lin", "names": "", "people": mei})

    assert (mei in first.text, ticked(first.text)) == (True, [])
    assert (ticked(second.text), f'value="{lin}"' in second.text) == ([mei], True)


async def test_one_looks_at_what_it_changes_and_then_gives_it(sign_in: SignIn, everyone: Cast) -> None:
    row, browser = await document(everyone), await sign_in("custodian")
    await given(everyone, row, Whom(person=everyone.people["leader"].id), effect=Effect.DENY)
    names = "Mei Member\nLin Leader"

    seen = await browser.post(f"/giving/{id_of(row)}/check", data=TERMS | {"names": names})
    before = await AccessGrant.all().count()
    done = await browser.post(f"/giving/{id_of(row)}/add", data=hidden(seen.text))
    listed = await browser.get(done.headers["Location"])

    assert seen.status_code == 200
    assert ("gains it" in seen.text, "It is closed to them by name." in seen.text) == (True, True)
    assert (before, await AccessGrant.all().count()) == (1, 3)
    assert (done.status_code, done.headers["Location"]) == (303, f"/grants?on={id_of(row)}")
    assert ("Mei Member" in listed.text, "It is given." in listed.text) == (True, True)
    assert (await today(everyone, "member", row), await today(everyone, "leader", row)) == ("GRANT", "PERSON_DENY")


async def test_who_is_not_certain_is_asked_for_before_anything_is_shown(sign_in: SignIn, everyone: Cast) -> None:
    row, browser = await document(everyone), await sign_in("custodian")
    same = [await make.person("张三", "Zhang San"), await make.person("张三", "Zhang San")]
    sent = TERMS | {"names": "张三\nMei Member"}

    asked = await browser.post(f"/giving/{id_of(row)}/check", data=sent)
    settled = await browser.post(
        f"/giving/{id_of(row)}/check", data=sent | {"people": [*ticked(asked.text), id_of(same[1])]}
    )

    assert (asked.status_code, "is not certain" in asked.text) == (422, True)
    assert ticked(asked.text) == [id_of(everyone.people["member"])]
    assert all(id_of(one) in asked.text for one in same)
    assert settled.status_code == 200
    assert set(hidden(settled.text)["people"]) == {id_of(same[1]), id_of(everyone.people["member"])}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_a_list_may_be_a_file(sign_in: SignIn, everyone: Cast, kind: str, tmp_path: Any) -> None:
    row, browser = await document(everyone), await sign_in("custodian")
    path = tmp_path / f"list.{kind}"
    rows = [["序号", "姓名"], [1, "Mei Member"], [2, "Lin Leader"]]
    if kind == "csv":
        path.write_text("\n".join(",".join(map(str, line)) for line in rows), "gb18030")
    else:
        book = openpyxl.Workbook()
        for line in rows:
            book.active.append(line)
        book.save(path)

    with path.open("rb") as file:
        seen = await browser.post(f"/giving/{id_of(row)}", data={"names": ""}, files={"file": (path.name, file)})
    with path.open("rb") as file:
        bad = await browser.post(f"/giving/{id_of(row)}", data={"names": ""}, files={"file": ("list.xlsx", b"no")})

    assert set(ticked(seen.text)) == {id_of(everyone.people[name]) for name in ("member", "leader")}
    assert (bad.status_code, 'href="#file"' in bad.text) == (422, True)


async def test_what_does_not_fit_is_told_beside_its_field_and_kept(sign_in: SignIn, everyone: Cast) -> None:
    row, browser = await document(everyone), await sign_in("custodian")
    wrong = TERMS | {"names": "Mei Member", "reason": "", "maxOpens": "often"}

    answer = await browser.post(f"/giving/{id_of(row)}/check", data=wrong)
    without = await browser.post(f"/giving/{id_of(row)}/check", data=wrong | {"maxOpens": "2"})

    assert (answer.status_code, 'value="often"' in answer.text, 'id="maxOpens-problem"' in answer.text) == (
        422,
        True,
        True,
    )
    assert (without.status_code, 'id="reason-problem"' in without.text) == (422, True)
    assert ticked(without.text) == [id_of(everyone.people["member"])]
    assert await AccessGrant.all().count() == 0


async def test_a_second_person_finds_what_waits_and_confirms_it(sign_in: SignIn, everyone: Cast) -> None:
    row = await document(everyone, Level.WORK_SENSITIVE, title_en="Secret budget")
    (grant,) = await given(everyone, row, valid_until=later(9))
    office = await sign_in("secretary")

    listed = await office.get("/grants?standing=UNCONFIRMED")
    done = await office.post("/grants/confirm", data={"ids": [id_of(grant)]})

    assert (id_of(grant) in listed.text, "Secret" in listed.text) == (True, False)
    assert done.status_code == 303
    assert (await AccessGrant.get()).state is GrantState.ACTIVE


async def test_one_grant_is_suspended_taken_up_revoked_and_undone(sign_in: SignIn, everyone: Cast) -> None:
    row, browser = await document(everyone), await sign_in("custodian")
    (grant,) = await given(everyone, row, valid_until=later(9))
    found = []
    for act in ("suspend", "take-up", "revoke", "again"):
        answer = await browser.post(f"/grants/{id_of(grant)}/{act}", data={"reason": "so it was decided"})
        found.append((answer.status_code, await today(everyone, "member", row)))

    without = await browser.post(f"/grants/{id_of(grant)}/again", data={"reason": ""})

    assert found == [(303, "NO_GRANT"), (303, "GRANT"), (303, "NO_GRANT"), (303, "GRANT")]
    assert without.status_code == 422
    assert "so it was decided" in (await browser.get(f"/grants/{id_of(grant)}")).text


async def test_what_ends_soon_is_found_and_renewed_together(sign_in: SignIn, everyone: Cast) -> None:
    row, browser = await document(everyone), await sign_in("custodian")
    rows = await given(everyone, row, valid_until=later(2))
    listed = await browser.get("/grants?endingWithin=3")

    ids = {"ids": [id_of(one) for one in rows], "reason": "the talks go on", "lastDay": ""}
    done = await browser.post("/grants/again", data=ids)

    assert (done.status_code, await AccessGrant.all().count()) == (303, 2)
    assert id_of(rows[0]) in listed.text
    assert id_of(rows[0]) not in (await browser.get("/grants?endingWithin=3")).text


async def test_others_find_nothing_to_give_and_only_their_own(sign_in: SignIn, everyone: Cast) -> None:
    row = await document(everyone, Level.PUBLIC)
    (mine,) = await given(everyone, row)
    member, leader = await sign_in("member"), await sign_in("leader")

    form, posted = await member.get(f"/giving/{id_of(row)}"), await member.post(f"/giving/{id_of(row)}/add", data=TERMS)

    assert ("only its custodian" in form.text, 'name="people"' in form.text) == (True, False)
    assert posted.status_code == 403
    assert (await member.get(f"/grants/{id_of(mine)}")).status_code == 200
    assert (await leader.get(f"/grants/{id_of(mine)}")).status_code == 404
    assert (await member.post(f"/grants/{id_of(mine)}/revoke", data={"reason": "no"})).status_code == 403
    assert (await AccessGrant.get()).state is GrantState.ACTIVE
