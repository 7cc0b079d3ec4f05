"""The pages of coverage and of placing many, as each of the cast meets them, without JavaScript."""

import datetime as dt
import re

import pytest

from server.models.bodies import Body, BodyKind, BodyMembership
from tests import make
from web.learning import placing

DAY = "2026-11-23"


def at(group, rest=""):
    return f"/learning-groups/bod_{group.id}{rest}"


async def test_coverage_shows_picture_table_and_each_list(sign_in, everyone, autumn, lone):
    old = await make.body(BodyKind.LEARNING_GROUP, "Old", ends_on=dt.date(2026, 1, 1))
    await make.place(old, everyone.people["convener"])
    await make.place(autumn, everyone.people["member"])
    browser = await sign_in("secretary")

    text = (await browser.get("/coverage")).text

    assert "<svg" in text
    assert "Of 5 members, 1 are in exactly one group." in text
    for heading in (
        "In none, past the time allowed",
        "In none yet, within the time allowed",
        "In none, still entered in one that has ended",
        "In more than one",
        "Incomplete leadership",
    ):
        assert f">{heading} <span" in text
    assert "Lone Wolf" in text
    assert "Still entered in a body that has ended." in text
    assert f"{at(old)}/members/per_{everyone.people['convener'].id}/move" in text
    assert f'{at(autumn)}/leaders"' in text
    assert re.search(rf'href="/coverage/assign\?on=[\d-]+&amp;people=per_{lone.id}"', text)
    assert re.search(rf'href="/coverage/assign\?on=[\d-]+&amp;sector=bod_{everyone.sector.id}"', text)
    assert "as of <time" in text
    assert ". All active terms." in text


async def test_coverage_of_another_kind_links_to_bodies(sign_in, everyone):
    committee = [await make.body(name_en=name) for name in ("Law", "Trade")]
    for body in committee:
        await make.place(body, everyone.people["member"])
    browser = await sign_in("auditor")

    text = (await browser.get("/coverage?kind=SPECIAL_COMMITTEE&term=14&on=2026-11-22")).text

    assert f'href="/bodies/bod_{committee[0].id}"' in text
    assert "Incomplete leadership" not in text
    assert '<option value="14" selected>' in text


async def test_long_lists_of_coverage_go_on(sign_in, everyone):
    for _ in range(101):
        await make.seat(await make.person(), everyone.term)
    text = (await (await sign_in("secretary")).get("/coverage")).text
    assert "uncoveredAfter=" in text


async def test_coverage_says_what_it_leaves_out(sign_in, everyone):
    leader, member = await sign_in("leader"), await sign_in("member")
    assert "not the whole assembly" in (await leader.get("/coverage")).text
    assert "No member has an active seat on this day." in (await _closed(sign_in, everyone)).text
    assert (await member.get("/coverage")).status_code == 403


async def _closed(sign_in, everyone):
    other = await make.term("9")
    return await (await sign_in("secretary")).get(f"/coverage?term={other.code}")


async def test_coverage_of_party_branches_says_whom_it_counts(sign_in, everyone):
    browser = await sign_in("secretary")
    assert "Counted are party members" in (await browser.get("/coverage?kind=PARTY_BRANCH")).text


async def test_home_and_coverage_tell_the_same_number_in_no_group(sign_in, everyone, lone):
    old = await make.body(BodyKind.LEARNING_GROUP, "Old", ends_on=dt.date(2026, 1, 1))
    await make.place(old, everyone.people["convener"])
    late = await make.person()
    await make.seat(late, everyone.term, starts_on=dt.datetime.now(dt.UTC).date() - dt.timedelta(days=3))
    browser = await sign_in("secretary")

    home, coverage = (await browser.get("/")).text, (await browser.get("/coverage")).text

    assert "4 members are in no learning group" in home
    assert "2 past the time allowed, 1 within it, 1 still entered in one that has ended." in home
    assert "Of the 4 in none:" in coverage
    for part in ("2 past the time allowed", "1 within the time allowed", "1 still entered in one that has ended"):
        assert f">{part}</a>" in coverage


async def test_the_plan_is_shown_changed_checked_and_applied(sign_in, everyone, autumn, lone):
    browser, person = await sign_in("secretary"), f"per_{lone.id}"
    asked = f"/coverage/assign?term=14&people={person}"

    proposal = (await browser.get(asked)).text

    assert "<h1>Place Lone Wolf in a group</h1>" in proposal
    assert "Wen Chair" not in proposal
    assert f'<option value="{person} bod_{autumn.id}" selected>' in proposal
    assert "leave out for now" in proposal
    assert "The smallest group." in proposal
    for hidden in ('name="term" value="14"', f'name="people" value="{person}"'):
        assert proposal.count(f'<input type="hidden" {hidden}>') == 2

    chosen = f"term=14&people={person}&on={DAY}&plan={person}+bod_{everyone.group.id}"
    check = (await browser.get(f"/coverage/assign/check?{chosen}")).text
    assert "Nothing has changed yet." in check
    assert "You chose it; Autumn was proposed." in check
    assert "Place them as shown" in check
    assert await BodyMembership.filter(person_id=lone.id).count() == 0
    back = (await browser.get(f"/coverage/assign?{chosen}")).text
    assert f'<option value="{person} bod_{everyone.group.id}" selected>' in back
    assert "Proposed is Autumn: The smallest group." in back

    done = await browser.post(
        f"/coverage/assign/check?{chosen}", data={"on": DAY, "plan": f"{person} bod_{everyone.group.id}"}
    )

    assert done.status_code == 303
    assert [row.body_id for row in await BodyMembership.filter(person_id=lone.id)] == [everyone.group.id]
    outcome = (await browser.get(done.headers["Location"])).text
    assert "<h1>Who was placed in which group</h1>" in outcome
    assert "Undo this placing" in outcome
    assert "as placed" in outcome


async def test_a_placing_is_undone_once_and_not_after_someone_moved(sign_in, everyone, autumn, lone):
    browser = await sign_in("secretary")
    data = {"on": DAY, "plan": f"per_{lone.id} bod_{autumn.id}"}
    first = (await browser.post("/coverage/assign/check", data=data)).headers["Location"]

    undone = await browser.post(first)

    assert (undone.status_code, undone.headers["Location"]) == (303, first)
    text = (await browser.get(first)).text
    assert "This was undone" in text
    assert "Undo this placing" not in text
    again = await browser.post(first)
    assert again.status_code == 422
    assert "This was undone already." in again.text
    second = (await browser.post("/coverage/assign/check", data=data)).headers["Location"]
    await BodyMembership.filter(person_id=lone.id, voided_at=None).update(ends_on=dt.date(2026, 12, 24))
    text = (await browser.get(second)).text
    assert "changed since" in text
    assert "cannot be undone as a whole any more" in text
    assert (await browser.get("/coverage/assigned/asg_x")).status_code == 404
    assert (await browser.get(f"/coverage/assigned/{first.rpartition('/')[2][4:]}")).status_code == 404


async def test_a_plan_can_leave_people_out(sign_in, everyone, autumn, lone):
    browser, chair = await sign_in("secretary"), everyone.people["chair"]
    plan = f"plan=per_{lone.id}&plan=per_{chair.id}+bod_{autumn.id}"

    check = (await browser.get(f"/coverage/assign/check?on={DAY}&{plan}")).text
    nobody = (await browser.get(f"/coverage/assign/check?on={DAY}&plan=per_{lone.id}")).text
    kept = (await browser.get(f"/coverage/assign?on={DAY}&{plan}")).text

    assert "Left out for now" in check
    assert f'value="per_{lone.id} ' not in check
    assert "Nobody is chosen to be placed." in nobody
    assert f'<option value="per_{lone.id}" selected>leave out for now' in kept


async def test_links_open_those_of_a_sector_or_of_none(sign_in, everyone, autumn, lone):
    stray = await make.person("", "Stray Cat")
    await make.seat(stray, everyone.term)
    browser = await sign_in("secretary")

    arts = (await browser.get(f"/coverage/assign?sector=bod_{everyone.sector.id}")).text
    none = (await browser.get("/coverage/assign?sectorless=true")).text

    assert "<h1>Place those of Arts in a group</h1>" in arts
    assert "Lone Wolf" in arts
    assert "Stray Cat" not in arts
    assert "Stray Cat" in none
    assert "Lone Wolf" not in none
    assert (await browser.get(f"/coverage/assign?sector=bod_{make.some_id()}")).status_code == 404


async def test_a_plan_refuses_who_was_covered_meanwhile_and_says_so_before(sign_in, everyone, autumn, lone):
    browser, chair = await sign_in("secretary"), everyone.people["chair"]
    await make.place(autumn, lone)
    plan = [f"per_{lone.id} bod_{everyone.group.id}", f"per_{chair.id} bod_{everyone.group.id}"]

    check = await browser.get("/coverage/assign/check", params={"on": DAY, "plan": plan})
    refused = await browser.post("/coverage/assign/check", data={"on": DAY, "plan": plan})

    for answer in (check, refused):
        assert "Lone Wolf was placed in Autumn meanwhile." in answer.text
    assert "As it stands this plan would be refused:" in check.text
    assert "Chosen by hand." in check.text
    assert "Place them as shown" not in check.text
    assert refused.status_code == 422
    assert await BodyMembership.filter(person_id=chair.id).count() == 0


async def test_an_unclear_plan_is_refused(sign_in, everyone, lone):
    browser = await sign_in("secretary")
    line = f"per_{lone.id} bod_{everyone.group.id}"
    for plan in ("", [line, line], f"{line} bod_x"):
        answer = await browser.post("/coverage/assign/check", data={"on": DAY, "plan": plan})
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text


async def test_a_plan_with_nothing_to_do_says_so(sign_in, everyone):
    browser = await sign_in("secretary")
    for name in ("chair", "convener"):
        await make.place(everyone.group, everyone.people[name])
    assert "Nobody is to be placed: everyone" in (await browser.get("/coverage/assign")).text
    await Body.filter(id=everyone.group.id).update(ends_on=dt.date(2026, 1, 1))
    assert "No learning group exists on this day." in (await browser.get("/coverage/assign")).text


async def test_a_long_plan_says_what_follows(sign_in, everyone):
    for _ in range(60):
        await make.seat(await make.person(), everyone.term)
    text = (await (await sign_in("secretary")).get("/coverage/assign")).text
    assert "62 people can be placed" in text
    assert "the first 50 are below" in text


def test_a_line_of_a_plan_names_a_person_and_a_group():
    assert placing("per_1 bod_2") == {"person": "per_1", "group": "bod_2"}
    assert placing("per_1") == {"person": "per_1", "group": None}
    for text, fault in (("", "unpack"), ("per_1 bod_2 bod_3", "bod_3")):
        with pytest.raises(ValueError, match=fault):
            placing(text)
