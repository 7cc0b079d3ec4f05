"""Applications without an account: made, limited, known by their link alone, taken back, and what is erased of them."""

import datetime as dt
import re
from dataclasses import replace
from typing import Any

import pytest

from server.errors import Conflict, Invalid, Limited, NotThere, Refused
from server.models import hearings
from server.models.audit import AuditEntry
from server.models.hearings import Hearing, HearingApplication
from server.models.hearings.visiting import hash_of
from server.rules.hearings import ApplicationState, Capacity, HearingState, Position, ProfileKey
from server.viewer import Viewer
from tests import make
from tests.cast import Cast
from tests.hearings.worlds import closed, opened, prepared
from tests.web.visitors import SignIn

SAID: dict[str, Any] = {"capacity": Capacity.AFFECTED, "position": Position.FOR, "summary": "It is far"}
WHO = {"name": "Dan Neighbour", "email": "dan@example.org", "phone": "1234"}


def visitor(cast: Cast, place: str = "somewhere") -> Viewer:
    return replace(cast["visitor"], address_hash=place)


async def applied(cast: Cast, row: Hearing, **facts: Any) -> tuple[HearingApplication, str]:
    return await hearings.hearing_apply_publicly(visitor(cast), hearing=row.id, **SAID | WHO | facts)


async def test_a_visitor_applies_and_of_the_link_only_a_hash_is_kept(everyone: Cast) -> None:
    row = await opened(everyone, ProfileKey.LIGHT)
    mine, secret = await applied(everyone, row)
    assert (mine.serial, mine.name, mine.person_id) == (1, "Dan Neighbour", None)
    assert mine.state is ApplicationState.SUBMITTED
    assert mine.token_hash == hash_of(secret) != secret
    assert await hearings.application_by(secret) == mine
    assert await hearings.application_by(f"{secret}x") is None
    assert secret not in str(await AuditEntry.all().values_list("payload", flat=True))


async def test_what_is_missing_is_said_and_nobody_applies_as_a_member(everyone: Cast) -> None:
    row = await opened(everyone, ProfileKey.PREFECTURE)
    with pytest.raises(Invalid) as caught:
        await applied(everyone, row, name=" ", email="", phone="")
    assert [problem.field for problem in caught.value.problems] == ["name", "email"]
    with pytest.raises(Invalid, match="active seat"):
        await applied(everyone, row, capacity=Capacity.MEMBER)


async def test_where_members_hear_a_department_nobody_else_applies(everyone: Cast) -> None:
    row = await opened(everyone)
    with pytest.raises(NotThere):
        await applied(everyone, row)


async def test_a_program_needs_the_scope_and_an_office_may_hand_in_a_letter(everyone: Cast) -> None:
    row = await opened(everyone, ProfileKey.LIGHT)
    program = replace(everyone["secretary"], scopes=frozenset({"members:write"}))
    with pytest.raises(Refused):
        await hearings.hearing_apply_publicly(program, hearing=row.id, **SAID, **WHO)
    letter, _ = await hearings.hearing_apply_publicly(everyone["secretary"], hearing=row.id, **SAID, **WHO)
    assert letter.address_hash == ""


async def test_ten_from_one_address_and_no_more_for_a_quarter_of_an_hour(everyone: Cast) -> None:
    row = await opened(everyone, ProfileKey.LIGHT)
    for _ in range(10):
        await applied(everyone, row)
    with pytest.raises(Limited) as caught:
        await applied(everyone, row)
    assert caught.value.retry_after == 900
    await hearings.hearing_apply_publicly(visitor(everyone, "elsewhere"), hearing=row.id, **SAID, **WHO)
    later = replace(visitor(everyone), now=make.NOW + dt.timedelta(minutes=15))
    await hearings.hearing_apply_publicly(later, hearing=row.id, **SAID, **WHO)


async def test_who_has_the_link_takes_it_back_or_says_that_they_come(everyone: Cast) -> None:
    row = await opened(everyone, ProfileKey.LIGHT)
    mine, secret = await applied(everyone, row)
    _, other = await applied(everyone, row)
    taken = await hearings.application_withdraw_by(visitor(everyone), secret=other)
    assert taken.state is ApplicationState.WITHDRAWN
    with pytest.raises(Conflict):
        await hearings.application_withdraw_by(visitor(everyone), secret=other)
    with pytest.raises(NotThere):
        await hearings.application_withdraw_by(visitor(everyone), secret="guessed")
    await hearings.application_decide(everyone["secretary"], application=mine.id, admit=True)
    row, viewer = await closed(everyone, row)
    await hearings.hearing_select_queue(viewer, hearing=row.id)
    await hearings.hearing_publish_list(viewer, hearing=row.id, good_cause="few are concerned")
    comes = await hearings.application_confirm_by(visitor(everyone), secret=secret)
    assert comes.state is ApplicationState.CONFIRMED


async def test_a_free_place_goes_to_who_has_no_account_as_to_anyone(everyone: Cast) -> None:
    secretary, row = everyone["secretary"], await prepared(everyone, ProfileKey.LIGHT)
    await hearings.hearing_set_places(secretary, hearing=row.id, places={Capacity.AFFECTED: 1})
    for step in (hearings.hearing_approve, hearings.hearing_announce, hearings.hearing_open_applications):
        row = await step(secretary, hearing=row.id)
    (first, secret), (second, _) = [await applied(everyone, row) for _ in range(2)]
    for each in (first, second):
        await hearings.application_decide(secretary, application=each.id, admit=True)
    row, viewer = await closed(everyone, row)
    await hearings.hearing_select_queue(viewer, hearing=row.id)
    await hearings.application_withdraw_by(visitor(everyone), secret=secret)
    assert (await HearingApplication.get(id=second.id)).state is ApplicationState.SELECTED


async def test_six_months_after_the_feedback_nobody_can_be_reached_any_more(everyone: Cast) -> None:
    row, off = await opened(everyone, ProfileKey.LIGHT), await opened(everyone, ProfileKey.LIGHT)
    (open_, _), (quiet, _), (gone, _) = [
        await applied(everyone, which, named=named) for which, named in ((row, True), (row, False), (off, False))
    ]
    await hearings.hearing_cancel(everyone["secretary"], hearing=off.id, reason="no hall")
    admin = everyone["admin"]
    assert await hearings.erase_contacts(replace(admin, now=make.NOW + dt.timedelta(minutes=15))) == 0
    assert await HearingApplication.filter(address_hash="").count() == 3

    half_a_year = replace(admin, now=make.NOW + dt.timedelta(days=183))
    assert await hearings.erase_contacts(half_a_year) == 1, "of the one that was cancelled"
    assert (await HearingApplication.get(id=gone.id)).phone == ""
    assert await hearings.erase_contacts(replace(admin, now=make.NOW + dt.timedelta(days=400))) == 2
    open_, quiet = [await HearingApplication.get(id=each.id) for each in (open_, quiet)]
    assert (open_.name, open_.email, open_.phone) == ("Dan Neighbour", "", "")
    assert (quiet.name, quiet.email, quiet.phone) == ("", "", "")
    assert await AuditEntry.filter(action="hearings.erase_contacts").count() == 2
    with pytest.raises(Refused):
        await hearings.erase_contacts(everyone["secretary"])


async def test_the_form_gives_a_link_that_says_how_it_stands(sign_in: SignIn, everyone: Cast) -> None:
    browser, secretary = [await sign_in(name, language="en") for name in ("visitor", "secretary")]
    row = await opened(everyone, ProfileKey.LIGHT)
    home = f"/hearings/hea_{row.id}"
    typed = {"name": "Dan", "email": "dan@example.org", "phone": "", "capacity": "PUBLIC", "position": "AGAINST"}
    typed |= {"represents": "", "summary": "It is far", "civilServant": "false", "named": "false"}

    assert f'href="{home}/form"' in (await browser.get(home)).text
    assert "Your name" in (await browser.get(f"{home}/form")).text
    wrong = await browser.post(f"{home}/form", data=typed | {"email": "dan"})
    done = await browser.post(f"{home}/form", data=typed)
    found = re.search(r"/hearings/applied/([\w-]+)", done.text)

    assert (wrong.status_code, 'value="dan"' in wrong.text) == (422, True)
    assert found
    link = found[0]
    page = (await browser.get(link)).text
    assert ("waits to be looked at" in page, "dan@example.org" in page) == (True, True)
    assert (await browser.get("/hearings/applied/guessed")).status_code == 404
    assert "dan@example.org" in (await secretary.get(f"{home}/applications")).text
    assert (await browser.post(f"{link}/confirm")).status_code == 422
    assert (await browser.post(f"{link}/withdraw")).headers["Location"] == link
    assert "application taken back" in (await browser.get(link)).text
    await Hearing.filter(id=row.id).update(state=HearingState.APPLICATIONS_CLOSED)
    assert "cannot apply for this hearing now" in (await browser.get(f"{home}/form")).text
