"""Handing folders over, and deputies for days away: what passes, who may, what is told, whose name stands where."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from server.errors import DomainError
from server.models.accounts import RoleAssignment, role_end
from server.models.accounts.holders import roles_of_all
from server.models.accounts.tables import Account
from server.models.asking import access_ask, access_ask_review, access_give, access_overturn, access_refuse
from server.models.audit import AuditEntry, verify
from server.models.documents import (
    AccessGrant,
    AccessRequest,
    Document,
    Keeping,
    Whom,
    deputy_end,
    deputy_name,
    document_change,
    folder_add,
    grant_add,
    grant_confirm,
    grant_end,
    hand_over,
    keeping_reads,
)
from server.models.messages import Message
from server.models.reads import read_all
from server.rules.access import Refusal
from server.rules.documents import CatalogueAudience, GrantState, Level
from server.rules.permissions import Action, Role
from server.viewer import Viewer
from tests import make
from tests.cast import Cast
from tests.documents.giving import document, folder, given

DAY = dt.timedelta(days=1)
LAST = make.TODAY + 6 * DAY


async def refused(attempt: Any) -> tuple[str, str | None]:
    """Code and field of what is not done."""
    with pytest.raises(DomainError) as refusal:
        await attempt
    return refusal.value.problems[0].code, refusal.value.problems[0].field


async def now(cast: Cast, name: str, days: int = 0) -> Viewer:
    """One of the cast with the roles that they hold so many days from now."""
    viewer = cast[name]
    moment = viewer.now + days * DAY
    account = await Account.get(id=cast.accounts[name].id)
    held = await roles_of_all([account], make.TODAY + days * DAY)
    return replace(viewer, now=moment, roles=held[account.id])


async def told(cast: Cast, name: str) -> list[str]:
    account = cast.accounts[name]
    whose = {"person_id": account.person_id} if account.person_id else {"account_id": account.id}
    return sorted([row.title_en for row in await Message.filter(**whose)])


async def trail() -> list[tuple[str, str, str]]:
    """What was done, by whom and in whose place."""
    return [(row.action, row.actor, row.on_behalf_of) for row in await AuditEntry.all().order_by("serial")]


async def stand_in(cast: Cast, name: str = "secretary", **days: dt.date) -> None:
    """For the custodian, from today on unless said otherwise."""
    said = {"starts_on": make.TODAY, "last_day": LAST} | days
    await deputy_name(cast["custodian"], account=cast.accounts["custodian"].id, deputy=cast.accounts[name].id, **said)


async def wished(cast: Cast, level: Level = Level.INTERNAL) -> AccessRequest:
    """What the member asks to read."""
    row = await document(cast, level)
    await Document.filter(id=row.id).update(catalogue_audience=CatalogueAudience.EVERY_MEMBER)
    return await access_ask(cast["member"], document=row.id, purpose="for the hearing", wanted_until=LAST)


# handing over


async def test_what_somebody_keeps_passes_in_one_step_and_both_are_told(everyone: Cast) -> None:
    wish = await wished(everyone)
    keeper, taker = everyone.accounts["custodian"].id, everyone.accounts["secretary"].id

    await hand_over(everyone["custodian"], account=keeper, to=taker)

    before, after = await now(everyone, "custodian"), await now(everyone, "secretary")
    assert not before.may(Action.MANAGE_DOCUMENTS)
    assert after.may(Action.MANAGE_DOCUMENTS)
    assert (await access_give(after, request=wish.id)).decided_by_id == taker
    assert any("you keep folders that custodian kept" in one for one in await told(everyone, "secretary"))
    assert any("secretary keeps the folders that you kept" in one for one in await told(everyone, "custodian"))
    entry = await AuditEntry.get(action="keeping.hand_over")
    assert (entry.actor, entry.object) == (f"acc_{keeper}", f"acc_{keeper}")
    assert entry.facts == {
        "to": f"acc_{taker}",
        "on": str(make.TODAY),
        "folders": 1,
        "requests": 1,
        "materials": 0,
        "questions": 0,
        "ending": 0,
    }
    assert (await verify()).ok


async def test_what_waits_there_is_counted_for_the_bodies_that_are_kept_and_no_others(everyone: Cast) -> None:
    await make.role(everyone.accounts["chair"], Role.CUSTODIAN, everyone.sector)
    await folder(everyone, body=everyone.sector.id)
    await wished(everyone)
    row = await document(everyone)
    await given(everyone, row)

    async def kept(name: str) -> Keeping:
        return Keeping(await read_all(keeping_reads(everyone["custodian"], everyone.accounts[name].id, make.TODAY)))

    whole, part = await kept("custodian"), await kept("chair")
    assert (len(whole.there("folders")), len(whole.there("requests")), len(whole.ending)) == (3, 1, 1)
    assert (len(part.there("folders")), len(part.there("requests")), len(part.ending)) == (1, 0, 0)


async def test_what_is_kept_from_a_later_day_on_passes_on_that_day(everyone: Cast) -> None:
    keeper, taker, later = everyone.accounts["custodian"].id, everyone.accounts["secretary"].id, make.TODAY + 3 * DAY

    await hand_over(everyone["secretary"], account=keeper, to=everyone.accounts["chair"].id, on=later)

    for name, today, then in (("custodian", True, False), ("chair", False, True)):
        assert bool((await now(everyone, name)).may(Action.MANAGE_DOCUMENTS)) is today
        assert bool((await now(everyone, name, 3)).may(Action.MANAGE_DOCUMENTS)) is then
    assert await RoleAssignment.filter(account_id=taker, role=Role.CUSTODIAN).count() == 0


async def test_who_keeps_some_of_it_already_goes_on_keeping_it(everyone: Cast) -> None:
    await RoleAssignment.filter(account_id=everyone.accounts["custodian"].id).delete()
    for body in (everyone.sector, everyone.group):
        await make.role(everyone.accounts["custodian"], Role.CUSTODIAN, body)
    await make.role(everyone.accounts["secretary"], Role.CUSTODIAN, everyone.sector)
    by = await now(everyone, "custodian")

    await hand_over(by, account=everyone.accounts["custodian"].id, to=everyone.accounts["secretary"].id)

    held = RoleAssignment.filter(account_id=everyone.accounts["secretary"].id, role=Role.CUSTODIAN, voided_at=None)
    assert sorted(await held.values_list("body_id", flat=True)) == sorted([everyone.sector.id, everyone.group.id])


async def test_a_second_time_there_is_nothing_to_hand_over(everyone: Cast) -> None:
    keeper, taker = everyone.accounts["custodian"].id, everyone.accounts["chair"].id
    await hand_over(everyone["secretary"], account=keeper, to=taker)
    before = await trail()

    assert await refused(hand_over(everyone["secretary"], account=keeper, to=taker)) == ("KEEPS_NOTHING", "account")
    assert await trail() == before


@pytest.mark.parametrize(
    ("by", "whose", "to", "found"),
    [
        ("custodian", "custodian", "custodian", ("SAME_HANDS", "to")),
        ("secretary", "custodian", "secretary", ("GIVES_ONESELF", "to")),
        ("custodian", "custodian", "member", ("NOT_OFFICE", "to")),
        ("custodian", "chair", "secretary", ("NOT_THERE", "account")),
        ("member", "custodian", "secretary", ("ROLE", None)),
        ("chair", "custodian", "secretary", ("ROLE", None)),
        ("secretary", "auditor", "chair", ("KEEPS_NOTHING", "account")),
    ],
)
async def test_who_may_not_or_cannot_take_over_changes_nothing(
    everyone: Cast, by: str, whose: str, to: str, found: tuple[str, str | None]
) -> None:
    attempt = hand_over(everyone[by], account=everyone.accounts[whose].id, to=everyone.accounts[to].id)

    assert await refused(attempt) == found
    assert await AuditEntry.all().count() == 0
    assert await Message.all().count() == 0


async def test_an_account_that_is_not_there_or_closed_takes_nothing_over(everyone: Cast) -> None:
    keeper = everyone.accounts["custodian"].id
    await Account.filter(id=everyone.accounts["chair"].id).update(active=False)

    closed = hand_over(everyone["custodian"], account=keeper, to=everyone.accounts["chair"].id)
    assert await refused(closed) == ("ACCOUNT_CLOSED", "to")
    assert await refused(hand_over(everyone["custodian"], account=keeper, to=make.some_id())) == ("NOT_THERE", "to")
    past = hand_over(everyone["custodian"], account=keeper, to=everyone.accounts["secretary"].id, on=make.TODAY - DAY)
    assert await refused(past) == ("PAST", "on")


async def test_who_waits_there_for_an_answer_does_not_become_the_only_one_who_could_give_it(everyone: Cast) -> None:
    await make.role(everyone.accounts["member"], Role.SECRETARY, everyone.group)
    await wished(everyone)
    attempt = {"account": everyone.accounts["custodian"].id, "to": everyone.accounts["member"].id}

    assert await refused(hand_over(everyone["custodian"], **attempt)) == ("OWN_REQUESTS", "to")

    await make.role(everyone.accounts["chair"], Role.CUSTODIAN)
    await hand_over(everyone["custodian"], **attempt)


# deputies


async def test_a_deputy_keeps_the_folders_for_just_these_days(everyone: Cast) -> None:
    await stand_in(everyone, starts_on=make.TODAY + DAY, last_day=make.TODAY + 2 * DAY)

    for days, may in ((0, False), (1, True), (2, True), (3, False)):
        assert bool((await now(everyone, "secretary", days)).may(Action.MANAGE_DOCUMENTS)) is may
    assert (await now(everyone, "custodian", 1)).may(Action.MANAGE_DOCUMENTS)
    assert any("You stand in for custodian" in one for one in await told(everyone, "secretary"))
    assert any("secretary stands in for you" in one for one in await told(everyone, "custodian"))
    entry = await AuditEntry.get(action="keeping.deputy_name")
    assert (entry.object, (entry.facts or {})["deputy"]) == (
        f"acc_{everyone.accounts['custodian'].id}",
        f"acc_{everyone.accounts['secretary'].id}",
    )


async def test_the_request_the_grant_and_the_trail_name_both(everyone: Cast) -> None:
    wish = await wished(everyone)
    await stand_in(everyone)
    deputy, keeper = everyone.accounts["secretary"].id, everyone.accounts["custodian"].id

    row = await access_give(await now(everyone, "secretary"), request=wish.id)

    grant = await AccessGrant.get(id=row.grant_id)
    assert (row.decided_by_id, row.decided_for_id) == (deputy, keeper)
    assert (grant.granted_by_id, grant.granted_for_id) == (deputy, keeper)
    both = (f"acc_{deputy}", f"acc_{keeper}")
    assert [one[1:] for one in await trail() if one[0] in ("access.give", "documents.grant")] == [both, both]
    assert (await verify()).ok


async def test_other_work_in_the_folders_names_both_and_a_token_of_the_deputy_says_so_in_its_entry(
    everyone: Cast,
) -> None:
    row = await document(everyone)
    await stand_in(everyone)
    deputy = await now(everyone, "secretary")

    await document_change(deputy, document=row.id, title_en="Budget of 2027")
    program = replace(deputy, client=make.some_id(), scopes=frozenset({"all:write"}))
    await document_change(program, document=row.id, title_en="Budget of 2028")

    first, second = await AuditEntry.filter(action="documents.change").order_by("serial")
    keeper = f"acc_{everyone.accounts['custodian'].id}"
    assert (first.on_behalf_of, "deputy_for" in (first.facts or {})) == (keeper, False)
    assert (second.on_behalf_of, (second.facts or {})["deputy_for"]) == (f"acc_{deputy.account}", keeper)


async def test_who_keeps_the_folder_themselves_acts_for_nobody(everyone: Cast) -> None:
    await make.role(everyone.accounts["secretary"], Role.CUSTODIAN, everyone.sector)
    place = await folder(everyone, body=everyone.sector.id)
    await stand_in(everyone)

    inner = await folder_add(await now(everyone, "secretary"), name_en="Within", parent=place.id)

    entry = await AuditEntry.get(object=f"fol_{inner.id}")
    assert (entry.actor, entry.on_behalf_of) == (f"acc_{everyone.accounts['secretary'].id}", "")


async def test_some_as_a_deputy_and_some_by_oneself_are_decided_apart(everyone: Cast) -> None:
    await make.role(everyone.accounts["secretary"], Role.CUSTODIAN, everyone.sector)
    here = await document(everyone, within=await folder(everyone, body=everyone.sector.id))
    there = await document(everyone)
    grants = [*await given(everyone, here), *await given(everyone, there)]
    await stand_in(everyone)
    deputy = await now(everyone, "secretary")

    attempt = grant_end(deputy, grants=[one.id for one in grants], to=GrantState.REVOKED, reason="over")

    assert await refused(attempt) == ("SEVERAL_HANDS", "grants")
    assert await AccessGrant.filter(state=GrantState.REVOKED).count() == 0


async def test_a_deputy_is_no_second_person_beside_who_is_away(everyone: Cast) -> None:
    row = await document(everyone, Level.WORK_SENSITIVE)
    (by_keeper,) = await given(everyone, row)
    await stand_in(everyone, "admin")
    deputy = await now(everyone, "admin")
    whom = [Whom(person=everyone.people["leader"].id)]
    (by_deputy,) = await grant_add(deputy, document=row.id, whom=whom, reason="for the hearing")

    for viewer, grant in ((deputy, by_keeper), (everyone["custodian"], by_deputy), (deputy, by_deputy)):
        assert await refused(grant_confirm(viewer, grants=[grant.id])) == ("SECOND_PERSON", "grants")

    done = await grant_confirm(everyone["secretary"], grants=[by_keeper.id, by_deputy.id])
    assert {one.state for one in done} == {GrantState.ACTIVE}


async def test_another_deputy_of_the_same_keeper_is_no_second_person_either(everyone: Cast) -> None:
    row = await document(everyone, Level.WORK_SENSITIVE)
    await stand_in(everyone, "admin")
    await stand_in(everyone, "auditor")
    whom = [Whom(person=everyone.people["leader"].id)]
    (grant,) = await grant_add(await now(everyone, "admin"), document=row.id, whom=whom, reason="for the hearing")

    attempt = grant_confirm(await now(everyone, "auditor"), grants=[grant.id])
    assert await refused(attempt) == ("SECOND_PERSON", "grants")


async def test_what_a_deputy_refused_is_reviewed_neither_by_them_nor_by_who_was_away(everyone: Cast) -> None:
    wish = await wished(everyone)
    await stand_in(everyone, "admin")
    await access_refuse(await now(everyone, "admin"), request=wish.id, code=Refusal.NOT_NEEDED)
    await access_ask_review(everyone["member"], request=wish.id, words="it is needed")

    for name in ("admin", "custodian"):
        attempt = access_overturn(await now(everyone, name), request=wish.id)
        assert await refused(attempt) == ("REFUSED_BY_YOU", None)
    asked = "Someone asks that you look at a refusal to read a document"
    assert [name for name in ("admin", "custodian", "secretary", "chair") if asked in await told(everyone, name)] == [
        "secretary",
        "chair",
    ]
    assert (await access_overturn(everyone["secretary"], request=wish.id)).reviewer_id == everyone["secretary"].account


async def test_a_deputy_neither_hands_over_nor_names_another(everyone: Cast) -> None:
    await stand_in(everyone, "auditor")
    deputy, keeper = await now(everyone, "auditor"), everyone.accounts["custodian"].id

    handing = hand_over(deputy, account=keeper, to=everyone.accounts["chair"].id)
    assert await refused(handing) == ("NOT_THERE", "account")
    own = hand_over(deputy, account=everyone.accounts["auditor"].id, to=everyone.accounts["chair"].id)
    assert await refused(own) == ("KEEPS_NOTHING", "account")


async def test_a_deputy_who_is_away_too_or_keeps_it_already_is_not_named(everyone: Cast) -> None:
    await make.role(everyone.accounts["chair"], Role.CUSTODIAN)
    assert await refused(stand_in(everyone, "chair")) == ("KEEPS_ALREADY", "deputy")

    chair = await now(everyone, "chair")
    days = {"starts_on": LAST, "last_day": LAST}
    await RoleAssignment.filter(account_id=everyone.accounts["chair"].id, role=Role.CUSTODIAN).update(
        ends_on=LAST + DAY
    )
    await deputy_name(chair, account=everyone.accounts["chair"].id, deputy=everyone.accounts["auditor"].id, **days)
    assert await refused(stand_in(everyone, "chair")) == ("AWAY_TOO", "deputy")
    assert await refused(stand_in(everyone, "member")) == ("NOT_OFFICE", "deputy")
    assert await refused(stand_in(everyone, last_day=make.TODAY - DAY)) == ("ENDS_FIRST", "last_day")
    twice = {"starts_on": make.TODAY, "last_day": LAST}
    await stand_in(everyone, **twice)
    assert await refused(stand_in(everyone, **twice)) == ("ROLE_HELD", "role")


async def test_standing_in_ends_when_it_is_taken_back_when_the_role_ends_and_when_it_is_handed_over(
    everyone: Cast,
) -> None:
    keeper, deputy = everyone.accounts["custodian"].id, everyone.accounts["secretary"].id

    await stand_in(everyone)
    assert await deputy_end(everyone["custodian"], account=keeper, deputy=deputy) == 1
    assert not (await now(everyone, "secretary")).may(Action.MANAGE_DOCUMENTS)
    again = deputy_end(everyone["custodian"], account=keeper, deputy=deputy)
    assert await refused(again) == ("NO_DEPUTY", "deputy")

    await stand_in(everyone)
    await hand_over(everyone["custodian"], account=keeper, to=everyone.accounts["chair"].id)
    assert not (await now(everyone, "secretary")).may(Action.MANAGE_DOCUMENTS)

    chair = await now(everyone, "chair")
    days = {"starts_on": make.TODAY, "last_day": LAST}
    await deputy_name(chair, account=everyone.accounts["chair"].id, deputy=deputy, **days)
    role = await RoleAssignment.get(account_id=everyone.accounts["chair"].id, role=Role.CUSTODIAN, voided_at=None)
    await role_end(everyone["admin"], assignment=role.id)
    assert not (await now(everyone, "secretary")).may(Action.MANAGE_DOCUMENTS)


async def test_a_deputy_who_takes_over_keeps_it_as_their_own(everyone: Cast) -> None:
    await stand_in(everyone)

    await hand_over(
        everyone["custodian"], account=everyone.accounts["custodian"].id, to=everyone.accounts["secretary"].id
    )

    held = [one for one in (await now(everyone, "secretary")).roles if one.role is Role.CUSTODIAN]
    assert [(one.deputy_for, one.until) for one in held] == [(None, None)]


async def test_a_deputy_of_somebody_else_who_takes_over_stands_in_for_nobody_there(everyone: Cast) -> None:
    await make.role(everyone.accounts["chair"], Role.CUSTODIAN)
    chair, secretary = await now(everyone, "chair"), everyone.accounts["secretary"].id
    days = {"starts_on": make.TODAY, "last_day": LAST}
    await deputy_name(chair, account=everyone.accounts["chair"].id, deputy=secretary, **days)

    await hand_over(everyone["custodian"], account=everyone.accounts["custodian"].id, to=secretary)

    held = [one for one in (await now(everyone, "secretary")).roles if one.role is Role.CUSTODIAN]
    assert [(one.deputy_for, one.until) for one in held] == [(None, None)]


async def test_who_is_not_there_stands_in_for_nobody_and_nobody_for_who_keeps_nothing(everyone: Cast) -> None:
    keeper, days = everyone.accounts["custodian"].id, {"starts_on": make.TODAY, "last_day": LAST}
    unknown = deputy_name(everyone["custodian"], account=keeper, deputy=make.some_id(), **days)
    assert await refused(unknown) == ("NOT_THERE", "to")
    idle, secretary = everyone.accounts["auditor"].id, everyone.accounts["secretary"].id
    nothing = deputy_name(everyone["admin"], account=idle, deputy=secretary, **days)
    assert await refused(nothing) == ("KEEPS_NOTHING", "account")


async def test_the_role_of_a_deputy_ends_like_any_other(everyone: Cast) -> None:
    await stand_in(everyone)
    role = await RoleAssignment.get(account_id=everyone.accounts["secretary"].id, role=Role.CUSTODIAN, voided_at=None)

    await role_end(everyone["admin"], assignment=role.id)

    assert not (await now(everyone, "secretary")).may(Action.MANAGE_DOCUMENTS)
    assert everyone["custodian"].may(Action.MANAGE_DOCUMENTS)
