"""What can be asked of invitations: who has not come in yet, and what inviting them would do."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import strawberry
from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from server.models import bodies, invitations, members
from server.models.accounts import InvitationChannel
from server.models.invitations import Invitee as Row
from server.models.invitations import Such
from server.rules import cursors
from server.rules.invitations import AT_ONCE, AccountNaming, InviteeStanding
from server.rules.messages import EMAIL
from server.rules.permissions import Action
from server.schema.arguments import spread
from server.schema.declared import DESCRIBED, Ref
from server.schema.guard import needs
from server.schema.ids import key_of
from server.schema.invitations.types import (
    Invitation,
    InvitationCheck,
    Invitee,
    InviteeConnection,
    Inviting,
    StandingCount,
)
from server.schema.making import made, makes
from server.schema.members.queries import term_key
from server.schema.paging import First, Slice, connected, unknown_place
from server.schema.reading import Answer, Asking, Id, shows
from server.schema.rows import READINGS, all_of, seen
from server.viewer import Viewer

TermCode = Annotated[
    str | None, strawberry.argument(description="Code of the term; everyone with an active seat unless given.")
]
InSector = Annotated[strawberry.ID | None, strawberry.argument(description="Only people of this sector.")]
InBody = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="The people who sit in this body today, contacts of a department too."),
]
Search = Annotated[str | None, strawberry.argument(description="Words of a name.")]
These = Annotated[
    list[strawberry.ID] | None, strawberry.argument(description="These people, whoever they are; of none, nobody.")
]
OfStanding = Annotated[InviteeStanding | None, strawberry.argument(description="Only who stands so.")]
OfChannel = Annotated[
    InvitationChannel | None, strawberry.argument(description="Only whose newest invitation went this way.")
]
Undelivered = Annotated[
    bool, strawberry.argument(description="Only whose newest invitation left by e-mail and did not arrive.")
]
TheNaming = Annotated[AccountNaming, strawberry.argument(description="What new accounts are called.")]
Again = Annotated[bool, strawberry.argument(description="Also whose last invitation still holds; it ends then.")]
TheChannel = Annotated[InvitationChannel, strawberry.argument(description="How it reaches its person.")]


@dataclass(frozen=True)
class Whom:
    """Which people are meant. Without anything: everyone whose seat is active today."""

    term: TermCode = None
    sector: InSector = None
    body: InBody = None
    search: Search = None
    people: These = None


@dataclass(frozen=True)
class Which(Such):
    """Which of these are meant."""

    standing: OfStanding = None
    last_channel: OfChannel = None
    undelivered: Undelivered = False


async def people_of(asking: Asking, whom: Whom) -> QuerySet[members.Person]:
    """Those that this viewer may see."""
    viewer = asking.viewer
    found = members.visible_people(viewer)
    if whom.people is not None:
        found &= Q(id__in=[key_of(one, members.Person, field="people") for one in whom.people])
    if whom.sector:
        found &= members.in_sector(await seen(asking, bodies.Body, whom.sector, "sector"), viewer.today)
    if whom.body:
        found &= bodies.sitting_in(await seen(asking, bodies.Body, whom.body, "body"), viewer.today)
    if whom.term:
        found &= members.active_on(viewer.today, await term_key(asking, whom.term))
    if whom.people is None and not (whom.body or whom.term):
        found &= members.active_on(viewer.today)
    return members.Person.filter(found & members.matching(whom.search) if whom.search else found)


EVERYONE = 3000
"""The weight of what reads all people meant, with their accounts and invitations, whatever is shown of them."""


@strawberry.type
class InvitationQuery:
    """Root fields of this room."""

    @makes(
        "Who is to come in and how far they are, by sector and pinyin.",
        kind=InviteeConnection,
        extensions=needs(Action.INVITE),
        weight=EVERYONE,
    )
    @spread
    async def invitees(self, info: Answer, *, whom: Whom, which: Which, part: Slice) -> Any:
        """One statement; everyone meant is read, so that the counts are of all."""
        asking = info.context
        asking.viewer.must_everywhere(Action.INVITE)
        people, sectors = await people_of(asking, whom), _sectors(asking)

        def make(facts: Mapping[str, Any]) -> InviteeConnection:
            everyone = invitations.invitees_of(facts, asking.viewer.now)
            found = [one for one in everyone if which.fits(one)]
            nodes = [(one.place, _invitee(asking.viewer, one, people, sectors)) for one in _part(found, part)]
            listed = connected(nodes, part, len(found))
            return InviteeConnection(**vars(listed), standings=_counts(everyone))

        reads = invitations.invitees_read(people, asking.viewer.today)
        return await made(asking, reads, make, people=people, sectors=sectors)

    @makes(
        "Whom inviting these people would reach, with the names of the accounts it would open; nothing is changed.",
        kind=InvitationCheck,
        extensions=needs(Action.INVITE),
        weight=EVERYONE,
    )
    @spread
    async def invitation_check(
        self,
        info: Answer,
        *,
        whom: Whom,
        which: Which,
        naming: TheNaming = AccountNaming.PINYIN,
        again: Again = False,
        channel: TheChannel = InvitationChannel.LETTER,
        first: First = None,
    ) -> Any:
        """The names are those that the mutation would give now."""
        asking, size = info.context, Slice(first).size
        asking.viewer.must_everywhere(Action.INVITE)
        people, sectors = await people_of(asking, whom), _sectors(asking)

        def make(facts: Mapping[str, Any]) -> InvitationCheck:
            everyone = [one for one in invitations.invitees_of(facts, asking.viewer.now) if which.fits(one)]
            chosen = invitations.wanted(asking.viewer, everyone, again=again, channel=channel)
            names = invitations.names_of(naming, chosen, [name for (name,) in facts["names"]])
            lines = [
                shows(
                    Inviting,
                    person=Ref(one.person, people),
                    sector=Ref(one.sector, sectors) if one.sector else None,
                    account_name=names[one.person],
                    opens=one.account is None,
                    replaces=one.standing is InviteeStanding.INVITED and not one.undelivered,
                    undelivered=one.undelivered,
                    has_email=one.has_email,
                )
                for one in chosen[:size]
            ]
            return _check(asking, everyone, chosen, lines, again=again, channel=channel)

        reads = invitations.invitees_read(people, asking.viewer.today) | invitations.names_read()
        return await made(asking, reads, make, people=people, sectors=sectors)

    @strawberry.field(
        description="The invitations of one person, the newest first.",
        graphql_type=list[Invitation],
        extensions=needs(Action.INVITE),
        metadata=DESCRIBED,
    )
    async def invitations_of(self, info: Answer, id: Id) -> Any:
        """Of all their accounts."""
        person = await seen(info.context, members.Person, id, "id")
        visible = READINGS[invitations.Invitation].visible(info.context.viewer)
        rows = invitations.Invitation.filter(visible, account__person_id=person)
        return await all_of(info.context, rows.order_by("-created_at", "id"))


def _sectors(asking: Asking) -> QuerySet[bodies.Body]:
    return bodies.Body.filter(READINGS[bodies.Body].visible(asking.viewer), kind=bodies.BodyKind.SECTOR)


def _invitee(viewer: Viewer, one: Row, people: QuerySet[Any], sectors: QuerySet[Any]) -> Invitee:
    same = ("standing", "has_email", "number", "account_name", "invited_at", "channel", "expires_at", "undelivered")
    return shows(
        Invitee,
        person=Ref(one.person, people),
        sector=Ref(one.sector, sectors) if one.sector else None,
        invitable=invitations.is_open(viewer, one),
        entered_at=one.entered_at,
        **{name: getattr(one, name) for name in same},
    )


def _part(found: Sequence[Row], part: Slice) -> list[Row]:
    """The rows of a part, and one more where there is one; backward from the end."""
    after, before = (_place(cursor) if cursor else None for cursor in (part.after, part.before))
    rows = [one for one in found if (not after or one.place > after) and (not before or one.place < before)]
    return (rows[::-1] if part.backward else rows)[: part.size + 1]


def _place(cursor: str) -> tuple[str, ...]:
    values = cursors.values(cursor, 3)
    if values is None:
        raise unknown_place()
    return tuple(values)


def _counts(people: Sequence[Row]) -> list[StandingCount]:
    counted = Counter(one.standing for one in people)
    return [StandingCount(standing=one, count=counted[one]) for one in InviteeStanding if counted[one]]


def _check(
    asking: Asking,
    everyone: Sequence[Row],
    chosen: Sequence[Row],
    lines: list[Inviting],
    *,
    again: bool,
    channel: InvitationChannel,
) -> InvitationCheck:
    meant = [one for one in everyone if invitations.needs_one(one, again=again)]
    open_to = [one for one in meant if invitations.is_open(asking.viewer, one)]
    if channel is InvitationChannel.EMAIL:
        open_to = [one for one in open_to if invitations.may_be_mailed(one)]
    return InvitationCheck(
        count=len(chosen),
        opening=sum(one.account is None for one in chosen),
        replacing=sum(one.standing is InviteeStanding.INVITED and not one.undelivered for one in chosen),
        without_email=sum(not one.has_email for one in open_to),
        by_email=EMAIL in asking.ways,
        most=AT_ONCE,
        undelivered=sum(one.undelivered for one in chosen),
        left_out=_counts([one for one in everyone if not invitations.needs_one(one, again=again)]),
        beyond=len(meant) - len(open_to),
        lines=lines,
    )
