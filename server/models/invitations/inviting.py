"""Inviting many at once: an account for whoever has none, and an invitation for each, all or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from tortoise.queryset import QuerySet

from server.errors import Invalid, Problem
from server.models import audit
from server.models.accounts.changing import changing
from server.models.accounts.tables import Account, InvitationChannel
from server.models.history import there
from server.models.invitations.invitees import Invitee, Such, invitees_of, invitees_read, names_of, names_read
from server.models.invitations.issuing import Issued, invitation_issue, issue, must_be_invitable
from server.models.members import Person
from server.models.reads import read_all
from server.rules.invitations import AT_ONCE, WAITING, AccountNaming, InviteeStanding, may_invite, may_mail
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import say

EVERYONE = Such()


@dataclass(frozen=True)
class Invited:
    """Someone who was invited, and what opens it."""

    invitee: Invitee
    issued: Issued


def needs_one(one: Invitee, *, again: bool) -> bool:
    """Whether someone has no invitation in hand: none that holds, or one that reached nobody. again: or holds."""
    return one.standing in WAITING or (one.standing is InviteeStanding.INVITED and (again or one.undelivered))


def wanted(viewer: Viewer, people: Sequence[Invitee], *, again: bool, channel: InvitationChannel) -> list[Invitee]:
    """Who of these gets an invitation that way. again: those, too, whose last one still holds.

    Not whose account may what the viewer may not, and nobody themselves: for them `invitation_issue` says why. By
    e-mail only whose address is known, and whose account may no more than those who keep the addresses.
    """
    meant = [one for one in people if needs_one(one, again=again) and is_open(viewer, one)]
    return [one for one in meant if channel is not InvitationChannel.EMAIL or (one.has_email and may_be_mailed(one))]


def may_be_mailed(one: Invitee) -> bool:
    """Whether an invitation of this person may leave by e-mail, where there is an address."""
    return may_mail(one.given).allowed


def is_open(viewer: Viewer, one: Invitee) -> bool:
    """Whether the viewer may hand out the account of this person."""
    return one.account is None or (one.account != viewer.account and may_invite(viewer, one.given).allowed)


async def invite(
    viewer: Viewer,
    people: QuerySet[Person],
    *,
    such: Such = EVERYONE,
    naming: AccountNaming,
    again: bool = False,
    channel: InvitationChannel,
    key: str,
) -> list[Invited]:
    """An invitation for each of these people who is such and has not come in yet, by sector and pinyin.

    again: also where the last one still holds, which then ends. Asked a second time without, nothing happens, but to
    those whose e-mail has come back since. Raises Invalid for more than 1000, Refused.
    """
    viewer.must_everywhere(Action.INVITE)
    async with changing():
        facts = await read_all(invitees_read(people, viewer.today) | names_read())
        meant = [one for one in invitees_of(facts, viewer.now) if such.fits(one)]
        chosen = wanted(viewer, meant, again=again, channel=channel)
        if len(chosen) > AT_ONCE:
            message = say("These are {count} people. Invite at most {most} at once.", count=len(chosen), most=AT_ONCE)
            raise Invalid(Problem("TOO_MANY_PEOPLE", message))
        rows = await _accounts(viewer, chosen, naming, [name for (name,) in facts["names"]])
        await must_be_invitable(viewer, rows, channel)
        issued = await issue(viewer, rows, channel, key)
    return [Invited(invitee, one) for invitee, one in zip(chosen, issued, strict=True)]


async def _accounts(
    viewer: Viewer, people: Sequence[Invitee], naming: AccountNaming, taken: Sequence[str]
) -> list[Account]:
    """Their accounts, those who have none with a new one, in the caller's transaction."""
    there = {row.id: row for row in await Account.filter(id__in=[one.account for one in people if one.account])}
    names = names_of(naming, people, taken)
    rows = [
        there[one.account]
        if one.account
        else Account(name=names[one.person], person_id=one.person, created_at=viewer.now)
        for one in people
    ]
    new = [row for row in rows if row.id not in there]
    await Account.bulk_create(new)
    for row in new:
        facts = {"name": row.name, "person": f"per_{row.person_id}", "demo": False}
        await audit.record(viewer, "account.add", f"acc_{row.id}", facts)
    return rows


async def invite_person(
    viewer: Viewer, *, person: UUID, naming: AccountNaming, channel: InvitationChannel, key: str
) -> Issued:
    """One person, as `invitation_issue` does an account; one is opened where there is none. Raises NotThere."""
    viewer.must_everywhere(Action.INVITE)
    async with changing():
        await there(Person, person, "person")
        facts = await read_all(invitees_read(Person.filter(id=person), viewer.today) | names_read())
        rows = await _accounts(viewer, invitees_of(facts, viewer.now), naming, [name for (name,) in facts["names"]])
        return await invitation_issue(viewer, account=rows[0].id, channel=channel, key=key)
