"""Hearings by a browser without script: a day is looked for, the hearing prepared, and notice given of it."""

import re

from server.models.activities import Activity
from server.models.hearings import Hearing
from server.rules.hearings import HearingState, ProfileKey
from tests.activities.test_pages import next_year
from tests.cast import Cast
from tests.hearings.worlds import WRITTEN, announced, prepared
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
    facts = {"profile": "LIGHT", "publicDraw": "", "perSector": "", "department": "", "openDoors": "true"}
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
