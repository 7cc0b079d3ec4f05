"""The pages of learning groups and coverage, as each of the cast meets them, without JavaScript."""

import datetime as dt
from urllib.parse import quote

import pytest

from server.models.bodies import Body, BodyKind, BodyMembership, BodyRole
from tests import make
from tests.web.visitors import htmx
from web.learning import placing

DAY = "2026-11-23"


@pytest.fixture
async def autumn(everyone):
    return await make.body(BodyKind.LEARNING_GROUP, "Autumn", "秋")


@pytest.fixture
async def lone(everyone):
    """A member in no group."""
    who = await make.person("", "Lone Wolf")
    await make.seat(who, everyone.term, sector=everyone.sector)
    return who


def at(group, rest=""):
    return f"/learning-groups/bod_{group.id}{rest}"


async def test_the_list_is_searched_and_leads_to_each_group(sign_in, everyone, autumn):
    browser = await sign_in("member", language="zh")

    whole = await browser.get("/learning-groups")
    part = await browser.get("/learning-groups?search=qiu", headers=htmx("groups"))

    assert whole.status_code == 200
    assert f'href="{at(everyone.group)}"' in whole.text
    assert f'href="{at(autumn)}"' in whole.text
    assert "/learning-groups/new" not in whole.text
    assert "秋" in part.text
    assert "春" not in part.text
    assert "<html" not in part.text


async def test_an_empty_list_says_why_and_what_to_do(sign_in, everyone):
    await BodyMembership.filter(body_id=everyone.group.id).delete()
    await Body.filter(id=everyone.group.id).delete()
    secretary, member = await sign_in("secretary"), await sign_in("member")

    assert "There are no learning groups yet." in (await secretary.get("/learning-groups")).text
    assert "The general office adds them." in (await member.get("/learning-groups")).text
    assert "No learning group fits this search." in (await member.get("/learning-groups?search=zzz")).text


async def test_a_group_shows_who_leads_it_and_buttons_to_its_own_leader(sign_in, everyone, autumn):
    leader, member = await sign_in("leader"), await sign_in("member")

    own, other = (await leader.get(at(everyone.group))).text, (await leader.get(at(autumn))).text

    assert "Lin Leader" in own
    assert f'{at(everyone.group)}/add"' in own
    assert f'{at(autumn)}/add"' not in other
    assert "Nobody is in this group on this day." in other
    assert "/add" not in (await member.get(at(everyone.group))).text
    assert "/move" not in own, "a leader of one group manages no second one to move to"


async def test_what_is_no_group_is_not_found(sign_in, everyone):
    browser = await sign_in("member")
    assert (await browser.get(at(everyone.sector))).status_code == 404
    assert (await browser.get("/learning-groups/bod_x")).status_code == 404


async def test_a_group_is_created_then_led(sign_in, everyone):
    browser = await sign_in("secretary")
    form = (await browser.get("/learning-groups/new")).text
    assert f'value="bod_{everyone.sector.id}">Arts' in form

    wrong = await browser.post("/learning-groups/new", data={"nameZh": "", "nameEn": "", "startsOn": DAY})
    assert wrong.status_code == 422
    assert 'role="alert"' in wrong.text
    facts = {"nameEn": "Winter", "startsOn": DAY, "derivedFrom": f"bod_{everyone.sector.id}", "term": ""}
    made = await browser.post("/learning-groups/new", data=facts)

    group = await Body.get(name_en="Winter")
    assert (made.status_code, made.headers["Location"]) == (303, at(group, "/leaders"))
    assert "Now say who leads it." in (await browser.get(at(group, "/leaders"))).text


async def test_leaders_are_found_kept_while_searching_and_set(sign_in, everyone, autumn, lone):
    browser, chair = await sign_in("secretary"), everyone.people["chair"]
    page = at(autumn, "/leaders")
    asked = f"{page}?searching=true&search=lone&head=per_{chair.id}"

    text = (await browser.get(asked)).text

    assert "Lone Wolf" in text
    assert f'name="head" value="per_{chair.id}" checked' in text
    assert "Nobody fits this search." in (await browser.get(f"{page}?searching=true&search=zzz")).text
    both = {"head": f"per_{lone.id}", "coHeads": [f"per_{lone.id}"], "on": DAY}
    wrong = await browser.post(page, data=both)
    assert wrong.status_code == 422
    assert "in one role only" in wrong.text
    done = await browser.post(page, data=both | {"coHeads": [f"per_{chair.id}"]})
    assert (done.status_code, done.headers["Location"]) == (303, at(autumn))
    rows = await BodyMembership.filter(body_id=autumn.id)
    assert {row.person_id: row.role for row in rows} == {lone.id: BodyRole.HEAD, chair.id: BodyRole.CO_HEAD}


async def test_members_are_found_kept_while_searching_and_added(sign_in, everyone, autumn, lone):
    browser, chair = await sign_in("secretary"), everyone.people["chair"]
    page = at(autumn, "/add")

    whole = (await browser.get(page)).text
    part = (await browser.get(f"{page}?search=lone&people=per_{chair.id}", headers=htmx("found"))).text

    assert "Lone Wolf" in whole
    assert "Mei Member" not in whole
    assert f'value="per_{chair.id}" checked' in part
    assert "Lone Wolf" in part
    assert "<html" not in part
    assert 'name="people" value="per_' in part
    elsewhere = (await browser.get(f"{page}?uncovered=false&search=mei")).text
    assert "is in Spring" in elsewhere
    assert f"/move?toGroup=bod_{autumn.id}" in elsewhere
    assert "Nobody fits." in (await browser.get(f"{page}?search=zzz")).text

    assert (await browser.post(page, data={"on": DAY})).status_code == 422
    done = await browser.post(page, data={"on": DAY, "people": [f"per_{lone.id}", f"per_{chair.id}"]})
    assert (done.status_code, done.headers["Location"]) == (303, at(autumn))
    assert await BodyMembership.filter(body_id=autumn.id).count() == 2
    again = await browser.post(page, data={"on": DAY, "people": f"per_{everyone.people['member'].id}"})
    assert again.status_code == 422
    assert 'id="people-problem"' in again.text


async def test_many_candidates_go_on_with_what_was_ticked(sign_in, everyone, autumn):
    for _ in range(51):
        await make.seat(await make.person(), everyone.term)
    browser = await sign_in("secretary")
    text = (await browser.get(at(autumn, "/add"))).text
    cursor = text.split('name="after" value="')[1].split('"')[0]
    rest = await browser.get(f"{at(autumn, '/add')}?after={quote(cursor)}")
    assert rest.status_code == 200
    assert 'name="after"' not in rest.text


async def test_a_move_is_checked_before_it_is_made(sign_in, everyone, autumn):
    browser, mei = await sign_in("secretary"), everyone.people["member"]
    page = at(everyone.group, f"/members/per_{mei.id}/move")

    form = (await browser.get(page)).text
    lacking = (await browser.get(f"{page}?toGroup=&on={DAY}&reason=near")).text
    check = (await browser.get(f"{page}?toGroup=bod_{autumn.id}&on={DAY}&reason=near")).text

    assert f'<option value="bod_{autumn.id}">' in form
    assert 'method="get"' in form
    assert "Choose a group and a day, and say why." in lacking
    assert "Check the move of Mei Member" in check
    assert "<dd>Spring</dd>" in check
    assert "<dd>Autumn</dd>" in check
    assert await BodyMembership.filter(person_id=mei.id).count() == 1
    facts = {"toGroup": f"bod_{autumn.id}", "on": DAY, "reason": "near"}
    wrong = await browser.post(page, data=facts | {"reason": " "})
    assert wrong.status_code == 422
    assert 'id="reason-problem"' in wrong.text
    done = await browser.post(page, data=facts)
    assert (done.status_code, done.headers["Location"]) == (303, at(autumn))
    rows = await BodyMembership.filter(person_id=mei.id).order_by("starts_on")
    day = dt.date.fromisoformat(DAY)
    assert {(row.body_id, row.starts_on, row.ends_on) for row in rows} == {
        (everyone.group.id, None, day),
        (autumn.id, day, None),
    }


async def test_who_manages_one_group_only_is_told_why_no_move(sign_in, everyone, autumn):
    browser, mei = await sign_in("leader"), everyone.people["member"]
    text = (await browser.get(at(everyone.group, f"/members/per_{mei.id}/move"))).text
    assert "you must manage both groups" in text
    assert "<select" not in text


async def test_nobody_is_moved_or_removed_by_a_wrong_address(sign_in, everyone):
    browser = await sign_in("secretary")
    for verb in ("move", "remove"):
        text = (await browser.get(at(everyone.group, f"/members/per_{make.some_id()}/{verb}"))).text
        assert f"There is nobody to {verb} here." in text


async def test_a_member_is_removed_with_a_reason(sign_in, everyone):
    browser, mei = await sign_in("leader"), everyone.people["member"]
    page = at(everyone.group, f"/members/per_{mei.id}/remove")
    assert "Remove Mei Member from the group" in (await browser.get(page)).text
    assert (await browser.post(page, data={"on": DAY, "reason": ""})).status_code == 422
    assert (await browser.post(page, data={"on": DAY, "reason": "moved away"})).status_code == 303
    assert (await BodyMembership.get(person_id=mei.id)).ends_on == dt.date.fromisoformat(DAY)


async def test_a_group_is_renamed_and_ended(sign_in, everyone):
    browser = await sign_in("leader")
    home = at(everyone.group)

    assert (await browser.post(f"{home}/rename", data={"nameZh": "", "nameEn": ""})).status_code == 422
    assert (await browser.post(f"{home}/rename", data={"nameZh": "", "nameEn": "Fresh"})).status_code == 303
    assert "Fresh" in (await browser.get(home)).text
    assert "2 members are in this group today." in (await browser.get(f"{home}/end")).text
    assert (await browser.post(f"{home}/end", data={"on": "x"})).status_code == 422
    assert (await browser.post(f"{home}/end", data={"on": "2026-01-01"})).status_code == 303
    assert "ended" in (await (await sign_in("member")).get(home)).text


async def test_forms_are_closed_to_whoever_may_not(sign_in, everyone, autumn):
    browser, mei = await sign_in("leader"), everyone.people["member"]
    for rest in ("/rename", "/leaders", "/add", "/end", f"/members/per_{mei.id}/remove"):
        text = (await browser.get(at(autumn, rest))).text
        assert "not change it" in text
        assert '<form method="post" action="/learning' not in text
    assert "not change it" in (await browser.get("/learning-groups/new")).text
    refused = await browser.post(at(autumn, "/rename"), data={"nameEn": "Mine"})
    assert refused.status_code == 403
    assert "You hold the role" in refused.text


async def test_coverage_shows_picture_table_and_each_list(sign_in, everyone, autumn, lone):
    old = await make.body(BodyKind.LEARNING_GROUP, "Old", ends_on=dt.date(2026, 1, 1))
    await make.place(old, everyone.people["convener"])
    await make.place(autumn, everyone.people["member"])
    browser = await sign_in("secretary")

    text = (await browser.get("/coverage")).text

    assert "<svg" in text
    assert "Of 5 members, 1 are in exactly one group." in text
    for heading in ("In none", "In more than one", "Still entered in one that has ended", "Incomplete leadership"):
        assert f">{heading} <span" in text
    assert "Lone Wolf" in text
    assert "Still entered in a body that has ended." in text
    assert f"{at(old)}/members/per_{everyone.people['convener'].id}/move" in text
    assert f'{at(autumn)}/leaders"' in text
    assert "/coverage/assign?on=" in text


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


async def test_the_plan_is_shown_changed_and_applied(sign_in, everyone, autumn, lone):
    browser, person = await sign_in("secretary"), f"per_{lone.id}"
    text = (await browser.get("/coverage/assign?term=14")).text
    assert "Lone Wolf" in text
    assert f'<option value="{person} bod_{autumn.id}"' in text
    assert "leave out for now" in text
    assert "The smallest group." in text

    chosen = {"on": DAY, "plan": [f"{person} bod_{everyone.group.id}", ""]}
    done = await browser.post("/coverage/assign", data=chosen)

    assert (done.status_code, done.headers["Location"]) == (303, "/coverage")
    assert [row.body_id for row in await BodyMembership.filter(person_id=lone.id)] == [everyone.group.id]


async def test_a_plan_refuses_who_was_covered_meanwhile_and_keeps_the_rest(sign_in, everyone, autumn, lone):
    browser, chair = await sign_in("secretary"), everyone.people["chair"]
    await make.place(autumn, lone)

    plan = [f"per_{lone.id} bod_{everyone.group.id}", f"per_{chair.id} bod_{everyone.group.id}"]
    refused = await browser.post("/coverage/assign", data={"on": DAY, "plan": plan})

    assert refused.status_code == 422
    assert "Lone Wolf was placed in Autumn meanwhile." in refused.text
    assert f'<option value="per_{chair.id} bod_{everyone.group.id}" selected>' in refused.text
    assert await BodyMembership.filter(person_id=chair.id).count() == 0


async def test_an_unclear_plan_is_refused(sign_in, everyone, lone):
    browser = await sign_in("secretary")
    for plan in ("", "per_x", f"per_{lone.id}  "):
        answer = await browser.post("/coverage/assign", data={"on": DAY, "plan": plan})
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text


async def test_a_plan_with_nothing_to_do_says_so(sign_in, everyone):
    browser = await sign_in("secretary")
    for name in ("chair", "convener"):
        await make.place(everyone.group, everyone.people[name])
    assert "Everyone is in a group" in (await browser.get("/coverage/assign")).text
    await Body.filter(id=everyone.group.id).update(ends_on=dt.date(2026, 1, 1))
    assert "There is no learning group on this day." in (await browser.get("/coverage/assign")).text


async def test_a_long_plan_says_what_follows(sign_in, everyone):
    for _ in range(60):
        await make.seat(await make.person(), everyone.term)
    text = (await (await sign_in("secretary")).get("/coverage/assign")).text
    assert "62 people are in no group" in text
    assert "the first 50 are below" in text


def test_a_line_of_a_plan_names_a_person_and_a_group():
    assert placing("per_1 bod_2") == {"person": "per_1", "group": "bod_2"}
    with pytest.raises(ValueError, match="unpack"):
        placing("per_1")
