"""Invitations that ran out unused: the office is told of each once, and where to look."""

import datetime as dt
from dataclasses import replace

from server.models.accounts import Account, Invitation
from server.models.deadlines import tell_deadlines
from server.models.messages import Message
from server.rules.invitations import LIFE
from server.rules.permissions import Role
from server.viewer import Viewer, system_viewer
from tests import make
from tests.cast import Cast
from tests.invitations.ways import by_link, invite
from tests.web.visitors import SignIn

LATER = make.NOW + LIFE + dt.timedelta(days=1)
"""A Monday."""


def system(more: int = 0) -> Viewer:
    """The job, a day after invitations of NOW ran out, or so many days later."""
    return system_viewer(make.ZONE, "job", LATER + dt.timedelta(days=more))


async def told() -> list[tuple[str, str]]:
    """Title and text of what the secretary was told."""
    rows = await Message.filter(account__name="secretary").order_by("created_at")
    return [(row.title_en, row.text_en) for row in rows]


async def test_the_office_is_told_once_of_those_who_have_not_come_in(everyone: Cast) -> None:
    invited = await invite(everyone["secretary"])
    await by_link(next(one.issued for one in invited if one.invitee.name_en == "Mei Member"))

    first, again = [str(await tell_deadlines(system())) for _ in range(2)]

    assert [said.split("; ")[1] for said in (first, again)] == [f"{count} invitations ran out" for count in (3, 0)]
    assert await told() == [
        (
            "3 invitations have run out unused",
            "They were for Kang Convener, Lin Leader, Wen Chair. Choose whom to invite again.",
        )
    ]
    assert {row.link for row in await Message.filter(topic="work")} == {"/invitations?standing=LAPSED"}


async def test_one_that_still_holds_waits_until_its_own_end(everyone: Cast) -> None:
    await invite(everyone["secretary"], everyone.people["leader"])
    await invite(replace(everyone["secretary"], now=LATER), everyone.people["member"])

    await tell_deadlines(system())
    first = await told()
    await tell_deadlines(system(more=LIFE.days))

    assert [text for _, text in first] == ["They were for Lin Leader. Choose whom to invite again."]
    assert [text for _, text in (await told())[1:]] == ["They were for Mei Member. Choose whom to invite again."]


async def test_who_came_in_otherwise_was_invited_anew_or_is_disabled_is_no_news(everyone: Cast) -> None:
    await invite(everyone["secretary"])
    await Account.filter(name="chair").update(password_hash="something")
    await Account.filter(name="leader").update(active=False)
    await Account.filter(name="convener").update(oidc_subject="elsewhere", oidc_issuer="https://sso.example.org")
    await invite(replace(everyone["secretary"], now=LATER), everyone.people["member"])

    assert str(await tell_deadlines(system())).endswith("; 0 invitations ran out; 0 documents await confirmations.")
    assert await Message.all().count() == 0


async def test_where_nobody_can_be_told_it_waits_for_whoever_comes(everyone: Cast) -> None:
    await invite(everyone["secretary"], everyone.people["leader"])
    office = ("admin", "secretary")
    await Account.filter(name__in=office).update(active=False)
    await tell_deadlines(system())
    assert (await Invitation.get()).lapse_told_at is None

    await make.role(everyone.accounts["custodian"], Role.SECRETARY)
    await tell_deadlines(system(more=1))

    assert [row.account_id for row in await Message.all()] == [everyone.accounts["custodian"].id]
    assert (await Invitation.get()).lapse_told_at == LATER + dt.timedelta(days=1)


async def test_of_many_the_first_are_named(everyone: Cast) -> None:
    for number in range(25):
        await make.seat(await make.person(name_en=f"Aa {number:02}"), everyone.term)
    await invite(everyone["secretary"])

    await tell_deadlines(system())

    ((title, text),) = await told()
    assert title == "29 invitations have run out unused"
    assert text.startswith("They were for Aa 00, Aa 01, ")
    assert text.endswith(", Aa 19 and 9 more. Choose whom to invite again.")


async def test_the_link_leads_to_those_whose_invitation_ran_out(sign_in: SignIn, everyone: Cast) -> None:
    await invite(everyone["secretary"], everyone.people["leader"])
    await Invitation.all().update(expires_at=make.NOW - LIFE)
    await invite(everyone["secretary"], everyone.people["member"])
    await Invitation.filter(account__name="member").update(expires_at=dt.datetime.now(dt.UTC) + LIFE)

    page = (await (await sign_in("secretary")).get("/invitations?standing=LAPSED")).text

    assert [name in page for name in ("Lin Leader", "Mei Member")] == [True, False]
