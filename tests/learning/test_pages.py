"""The pages of learning groups and coverage, as each of the cast meets them, without JavaScript."""

import datetime as dt
from urllib.parse import quote

from server.models.bodies import Body, BodyKind, BodyMembership, BodyRole
from tests import make
from tests.web.visitors import htmx

DAY = "2026-11-23"


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
    for rest in ("/rename", "/stem", "/leaders", "/add", "/end", f"/members/per_{mei.id}/remove"):
        text = (await browser.get(at(autumn, rest))).text
        assert "not change it" in text
        assert '<form method="post" action="/learning' not in text
    assert "not change it" in (await browser.get("/learning-groups/new")).text
    refused = await browser.post(at(autumn, "/rename"), data={"nameEn": "Mine"})
    assert refused.status_code == 403
    assert "You hold the role" in refused.text


async def test_choices_of_groups_have_no_limit(sign_in, everyone, lone):
    groups = [await make.body(BodyKind.LEARNING_GROUP, f"Group {n}") for n in range(120)]
    browser, mei = await sign_in("secretary"), everyone.people["member"]

    move = (await browser.get(at(everyone.group, f"/members/per_{mei.id}/move"))).text
    assign = (await browser.get(f"/coverage/assign?people=per_{lone.id}")).text

    assert all(f'<option value="bod_{group.id}"' in move for group in groups)
    assert all(f'<option value="per_{lone.id} bod_{group.id}"' in assign for group in groups)


async def test_a_move_on_a_day_that_does_not_fit_says_why(sign_in, everyone, autumn):
    await Body.filter(id=autumn.id).update(starts_on=dt.date(2026, 3, 1))
    ended = await make.body(BodyKind.LEARNING_GROUP, "Ended", ends_on=dt.date(2026, 2, 1))
    browser, mei = await sign_in("secretary"), everyone.people["member"]
    page = at(everyone.group, f"/members/per_{mei.id}/move")

    async def said(group, day):
        text = (await browser.get(f"{page}?toGroup=bod_{group.id}&on={day}&reason=near")).text
        assert "Check the move" not in text
        return text

    early = await said(autumn, "2026-02-02")
    assert "Autumn begins on <time" in early
    assert f'<option value="bod_{autumn.id}" selected>Autumn · begins on' in early
    assert "has ended by that day" in await said(ended, DAY)
    await BodyMembership.filter(person_id=mei.id).update(starts_on=dt.date(2026, 11, 1))
    assert "Mei Member is in no learning group on <time" in await said(autumn, "2026-10-10")
    await Body.filter(id=autumn.id).delete()
    assert "There is no other learning group to move to" in (await browser.get(page)).text


async def test_a_name_that_was_had_is_used_again_only_when_that_is_said(sign_in, everyone):
    ended = await make.body(BodyKind.LEARNING_GROUP, "Old", ends_on=dt.date(2026, 2, 1))
    browser, home = await sign_in("secretary"), at(everyone.group)
    facts = {"nameZh": "", "nameEn": "Old", "startsOn": DAY, "term": "", "derivedFrom": ""}

    taken = await browser.post("/learning-groups/new", data=facts | {"nameEn": "spring"})
    had = await browser.post("/learning-groups/new", data=facts)

    assert (taken.status_code, had.status_code) == (422, 422)
    assert "There is already a group called Spring." in taken.text
    assert "reuseName" not in taken.text
    assert "A group called Old existed until" in had.text
    assert 'type="checkbox" id="reuseName"' in had.text
    made = await browser.post("/learning-groups/new", data=facts | {"reuseName": ["false", "true"]})
    assert made.status_code == 303
    await Body.filter(name_en="Old").exclude(id=ended.id).delete()
    names = {"nameZh": "春", "nameEn": "Old"}
    again = await browser.post(f"{home}/rename", data=names)
    assert 'type="checkbox" id="reuseName"' in again.text
    assert (await browser.post(f"{home}/rename", data=names | {"reuseName": "true"})).status_code == 303


async def test_what_a_group_derives_from_is_changed_from_a_day_on(sign_in, everyone):
    law, browser, page = await make.body(name_en="Law"), await sign_in("secretary"), at(everyone.group, "/stem")

    form = (await browser.get(page)).text
    wrong = await browser.post(page, data={"derivedFrom": f"bod_{everyone.bureau.id}", "on": DAY})
    done = await browser.post(page, data={"derivedFrom": f"bod_{law.id}", "on": "2026-11-20"})

    assert f'<option value="bod_{everyone.sector.id}">Arts' in form
    assert "<dd>none</dd>" in form
    assert wrong.status_code == 422
    assert 'id="derivedFrom-problem"' in wrong.text
    assert (done.status_code, done.headers["Location"]) == (303, at(everyone.group))
    assert "Law" in (await browser.get(at(everyone.group))).text
    assert f'<option value="bod_{law.id}" selected>' in (await browser.get(page)).text
    assert (await browser.post(page, data={"derivedFrom": "", "on": DAY})).status_code == 303
