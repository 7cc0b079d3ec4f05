"""Hearings by a browser without script: a day is looked for, the hearing prepared, and notice given of it."""

import datetime as dt
import re

from server.models.activities import Activity
from server.models.hearings import Hearing, HearingApplication, HearingNotice
from server.rules.hearings import Capacity, HearingState, ProfileKey
from tests.activities.test_pages import next_year
from tests.cast import Cast
from tests.hearings.worlds import WRITTEN, announced, apply, opened, prepared
from tests.web.visitors import SignIn, htmx


async def test_a_day_is_looked_for_and_the_hearing_prepared_and_announced(sign_in: SignIn, everyone: Cast) -> None:
    secretary = await sign_in("secretary", language="en")
    day, sector = next_year(), f"bod_{everyone.sector.id}"

    found = await secretary.get(f"/hearings/days?profile=LIGHT&day={day}")
    planned = {
        "kind": "HEARING",
        "titleEn": "Nursery schools",
        "audience": "MEMBERS",
        "lead": sector,
        "venue": "Hall 1",
    }
    added = await secretary.post("/activities/new", data=planned | {"day": day, "hours": "9-11", "capacity": ""})
    activity = added.headers["Location"].removesuffix("/people").removeprefix("/activities/")
    wrong = await secretary.post("/hearings/new", data={"activity": activity, "profile": "LIGHT", "openDoors": "false"})
    facts = {
        "profile": "LIGHT",
        "publicDraw": "",
        "publicDrawOn": "",
        "perSector": "",
        "department": "",
        "openDoors": "true",
    }
    facts |= {"matter": WRITTEN["matter"], "purpose": WRITTEN["purpose"], "basis": WRITTEN["basis"]}
    made = await secretary.post("/hearings/new", data=facts | {"activity": activity, "closedBecause": ""})
    home = made.headers["Location"]

    assert "list of the delegates" not in found.text
    assert "applications close" in found.text
    assert f"/activities/new?kind=HEARING&amp;day={day}" in found.text
    assert (wrong.status_code, 'href="#closedBecause"' in wrong.text) == (422, True)
    assert re.fullmatch(r"/hearings/hea_[0-9a-f-]+", home)

    panel = f"{home}/panel"
    matches = await secretary.get(f"{panel}?find=wen", headers=htmx("matches"))
    chair = f"per_{everyone.people['chair'].id}"
    assert f'value="{chair}"' in matches.text
    assert (await secretary.post(panel, data={"people": chair, "duty": "PRESIDING"})).headers["Location"] == panel
    assert (await secretary.post(panel, data={"people": chair, "duty": "PANEL"})).status_code == 422
    assert (await secretary.post(f"{home}/places", data={"affected": "-1"})).status_code == 422
    assert (await secretary.post(f"{home}/places", data={"affected": "6", "ofPublic": "5"})).headers["Location"] == home
    assert (await secretary.post(f"{home}/approve")).headers["Location"] == home
    refused = await secretary.post(f"{home}/announce", data={"goodCause": ""})
    assert (refused.status_code, "whom to reach, and how" in refused.text) == (422, True)
    more = {name: WRITTEN[name] for name in ("contact", "conditions", "complaints")}
    assert (await secretary.post(f"{home}/change", data=facts | more)).headers["Location"] == home
    assert (await secretary.post(f"{home}/announce", data={"goodCause": ""})).headers["Location"] == home
    assert (await secretary.post(f"{home}/open")).headers["Location"] == home
    assert (await Hearing.all().get()).state is HearingState.APPLICATIONS_OPEN
    assert (await secretary.post(f"{panel}/remove", data={"people": chair})).headers["Location"] == panel
    assert (await secretary.post(f"{home}/cancel", data={"reason": ""})).status_code == 422
    assert (await secretary.post(f"{home}/cancel", data={"reason": "no hall"})).headers["Location"] == home


async def test_a_visitor_finds_a_public_hearing_and_its_notice_and_no_other(sign_in: SignIn, everyone: Cast) -> None:
    visitor = await sign_in("visitor", language="en")
    inner, outer = await announced(everyone), await announced(everyone, ProfileKey.PREFECTURE)

    page = (await visitor.get(f"/hearings/hea_{outer.id}")).text

    assert "Places in nursery schools" in page
    assert "Promise of the seed" in page
    assert "文艺界" in page
    assert "Wen Chair" not in page
    assert (await visitor.get(f"/hearings/hea_{inner.id}")).status_code == 404
    assert (await visitor.get("/hearings")).text.count("/hearings/hea_") == 1


async def test_an_activity_leads_to_its_hearing_and_prepares_one(sign_in: SignIn, everyone: Cast) -> None:
    secretary = await sign_in("secretary", language="en")
    row = await prepared(everyone)
    assert f'href="/hearings/hea_{row.id}"' in (await secretary.get(f"/activities/act_{row.activity_id}")).text
    assert (await Activity.get(id=row.activity_id)).title_en == "Nursery schools"


async def test_members_enrol_and_have_places_in_order_and_the_list_is_published(
    sign_in: SignIn, everyone: Cast
) -> None:
    secretary, member = [await sign_in(name, language="en") for name in ("secretary", "member")]
    row = await opened(everyone)
    home = f"/hearings/hea_{row.id}"

    assert "You can enrol for this hearing until" in (await member.get("/")).text
    assert "What I want to ask or say" in (await member.get(home)).text
    assert (await member.post(f"{home}/apply", data={"named": "true"})).headers["Location"] == home
    assert (await member.post(f"{home}/apply", data={"named": "true"})).status_code == 422
    assert "Number 1" in (await member.get(home)).text
    assert "You can enrol for this hearing until" not in (await member.get("/")).text
    assert "Mei Member" in (await secretary.get(f"{home}/applications")).text
    assert (await member.get(f"{home}/applications")).status_code == 403
    assert (await secretary.post(f"{home}/close")).status_code == 422
    await over(row)
    steps = [await secretary.post(f"{home}/{step}") for step in ("close", "queue")]
    assert [step.headers["Location"] for step in steps] == [home, home]
    refused = await secretary.post(f"{home}/publish", data={"goodCause": ""})
    assert (refused.status_code, "1 delegates are too few" in refused.text) == (422, True)
    assert (await secretary.post(f"{home}/publish", data={"goodCause": "few"})).headers["Location"] == home
    shown = (await member.get(home)).text
    assert ("Mei Member" in shown, "Why they are not as the rules ask: few" in shown) == (True, True)
    (mine,) = await HearingApplication.all()
    assert (await member.post(f"{home}/confirm/hap_{mine.id}")).headers["Location"] == home
    assert (await secretary.post(f"{home}/ready")).headers["Location"] == home
    assert f'value="hap_{mine.id}"' in (await secretary.get(f"{home}/start")).text
    early = await secretary.post(f"{home}/start", data={"delegates": f"hap_{mine.id}"})
    assert early.status_code == 422
    await Activity.filter(id=row.activity_id).update(starts_at=dt.datetime.now(dt.UTC))
    assert (await secretary.post(f"{home}/start", data={"delegates": f"hap_{mine.id}"})).headers["Location"] == home
    assert (await Hearing.get(id=row.id)).state is HearingState.IN_SESSION


async def test_delegates_are_drawn_by_lot_and_anyone_sees_what_went_into_it(sign_in: SignIn, everyone: Cast) -> None:
    secretary, member, visitor = [await sign_in(name, language="en") for name in ("secretary", "member", "visitor")]
    row = await opened(everyone, ProfileKey.PREFECTURE)
    home = f"/hearings/hea_{row.id}"
    said = {"capacity": "AFFECTED", "position": "FOR", "represents": "", "civilServant": "false", "named": "false"}
    assert (await member.post(f"{home}/apply", data=said | {"summary": ""})).status_code == 422
    assert (await member.post(f"{home}/apply", data=said | {"summary": "It is far"})).headers["Location"] == home
    (mine,) = await HearingApplication.all()
    assert "1 applications to be heard wait for you" in (await secretary.get("/")).text
    decided = f"{home}/applications/hap_{mine.id}"
    assert (await secretary.post(decided, data={"admit": "false", "reason": ""})).status_code == 422
    assert (await secretary.post(decided, data={"admit": "true"})).headers["Location"] == f"{home}/applications"
    await over(row)
    await secretary.post(f"{home}/close")
    assert (await visitor.get(f"{home}/draw.json")).status_code == 404
    assert (await secretary.post(f"{home}/draw", data={"publicValue": ""})).status_code == 422
    assert (await secretary.post(f"{home}/draw", data={"publicValue": "03 11 22"})).status_code == 422
    await HearingNotice.filter(hearing_id=row.id).update(public_draw_on=dt.date(2020, 1, 2))
    drawn = await secretary.post(f"{home}/draw", data={"publicValue": "03 11 22"})
    assert drawn.headers["Location"] == f"{home}/draw"

    page = (await visitor.get(f"{home}/draw")).text

    assert ("could have wished for a result" in page, "03 11 22" in page) == (True, True)
    await HearingNotice.filter(hearing_id=row.id).update(public_draw_on=dt.date(2040, 1, 2))
    assert "Recomputed just now" in (await visitor.get(f"{home}/draw")).text
    assert (await visitor.get(f"{home}/draw.json")).json()["drawn"] == [1]
    assert (await member.post(f"{home}/withdraw/hap_{mine.id}")).headers["Location"] == home


async def test_delegates_are_chosen_together(sign_in: SignIn, everyone: Cast) -> None:
    secretary = await sign_in("secretary", language="en")
    row = await opened(everyone, ProfileKey.LEGISLATIVE)
    home = f"/hearings/hea_{row.id}"
    one, two = await apply(everyone, row, Capacity.AFFECTED, "fa")
    await over(row)
    await secretary.post(f"{home}/close")
    page = await secretary.get(f"{home}/choose")
    assert (f'value="hap_{one}"' in page.text, page.status_code) == (True, 200)
    chosen = {"chosen": f"hap_{one}", "reserve": f"hap_{two}"}
    assert (await secretary.post(f"{home}/choose", data=chosen | {"because": ""})).status_code == 422
    assert (await secretary.post(f"{home}/choose", data=chosen | {"because": "by vote"})).headers["Location"] == home


async def over(row: Hearing) -> None:
    """The last day to apply is over."""
    await HearingNotice.filter(hearing_id=row.id).update(applications_until=dt.date(2020, 1, 1))
