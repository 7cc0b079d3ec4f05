"""Giving permission to read and taking it back: what was given, and what becomes of it (RD-2)."""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import strawberry
from tortoise.expressions import Q

from server.models import documents, members
from server.rules.documents import GrantState
from server.rules.grants import GrantStanding
from server.rules.permissions import Action
from server.schema.arguments import spread
from server.schema.declared import COUNTED, DESCRIBED
from server.schema.documents.offers import LastDay, Offer, Until, Why, end_of, place_of
from server.schema.documents.types import AccessGrant
from server.schema.guard import needs
from server.schema.ids import key_of
from server.schema.paging import Connection, Slice, connect
from server.schema.problems import Problems
from server.schema.reading import Answer, Asking, Id, shows
from server.schema.rows import row_of, seen

CAP = 1000
"""Grants that are changed at once."""
SOON_DAYS = 366
"""The most days ahead that are asked for."""

Which = Annotated[list[strawberry.ID], strawberry.argument(description="Which grants: one, or up to 1,000 at once.")]


@strawberry.type(description="The grants as they are now.")
class GrantsPayload:
    """Success."""

    count: int = strawberry.field(description="How many.")
    grants: list[AccessGrant] = strawberry.field(description="Each of them.", metadata={COUNTED: CAP})


GrantsResult = Annotated[
    GrantsPayload | Problems, strawberry.union("GrantsResult", description="The grants, or why not.")
]
OnlyOn = Annotated[
    strawberry.ID | None, strawberry.argument(description="Only those on this document, or on this folder itself.")
]
OnlyPerson = Annotated[strawberry.ID | None, strawberry.argument(description="Only those to this person by name.")]
OnlyStanding = Annotated[GrantStanding | None, strawberry.argument(description="Only those that stand so.")]
EndingWithin = Annotated[
    int | None,
    strawberry.argument(
        description="Only allows that end within so many days, 0 to 366, and were not given once more."
    ),
]
Left = Annotated[bool, strawberry.argument(description="Only allows by name to people who hold no seat any more.")]


@strawberry.type
class GivingQuery:
    """Root fields of giving."""

    @strawberry.field(
        description="Grants on what you keep, those that wait for your confirmation, or your own; the newest first.",
        graphql_type=Connection[AccessGrant],
        extensions=needs(Action.READ_DOCUMENTS),
        metadata=DESCRIBED,
    )
    @spread
    async def grants(
        self,
        info: Answer,
        *,
        on: OnlyOn = None,
        person: OnlyPerson = None,
        standing: OnlyStanding = None,
        ending_within: EndingWithin = None,
        left: Left = False,
        part: Slice,
    ) -> Any:
        """See `visible_grants`."""
        asking, viewer = info.context, info.context.viewer
        found = documents.visible_grants(viewer)
        if on:
            model = place_of(on)[0]
            key = await seen(asking, model, on, "on")
            found &= Q(document_id=key) if model is documents.Document else Q(folder_id=key)
        if person:
            found &= Q(person_id=await seen(asking, members.Person, person, "person"))
        if standing:
            found &= documents.standing_so(standing, viewer.now)
        if ending_within is not None:
            found &= documents.ending_by(viewer, soon(asking, ending_within))
        if left:
            found &= documents.of_leavers(viewer)
        return await connect(asking, documents.AccessGrant.filter(found), ("-granted_at", "id"), part)

    @strawberry.field(
        description="One grant, null where there is none or not for you.",
        graphql_type=AccessGrant | None,
        extensions=needs(Action.READ_DOCUMENTS),
        metadata=DESCRIBED,
    )
    async def grant(self, info: Answer, id: Id) -> Any:
        """By its ID."""
        return await row_of(info.context, documents.AccessGrant, key_of(id, documents.AccessGrant))


def soon(asking: Asking, days: int) -> dt.datetime:
    """The moment so many days from now, marked where a statement is written."""
    marks = asking.writing
    now = asking.viewer.now
    if marks:
        return marks.moment(marks.bound(now).then(lambda moment: _later(moment, days), tells=", and counted from it"))
    return _later(now, days)


def _later(moment: dt.datetime, days: int) -> dt.datetime:
    return moment + dt.timedelta(days=min(max(days, 0), SOON_DAYS))


@strawberry.type
class GivingMutation:
    """Root fields that change who may read what."""

    @strawberry.mutation(
        description="Gives, or closes, a document or a folder. What is work-sensitive waits for a second person.",
        extensions=needs(Action.MANAGE_DOCUMENTS),
    )
    @spread
    async def grant_add(self, info: Answer, *, offer: Offer) -> GrantsResult:
        """To all of them, or to nobody."""
        viewer = info.context.viewer
        model, key = offer.place
        place: Any = {"document" if model is documents.Document else "folder": key}
        rows = await documents.grant_add(viewer, **place, whom=offer.whom, **offer.terms(viewer))
        return _done(rows)

    @strawberry.mutation(
        description="Confirms grants as the second person: they hold from now on.",
        extensions=needs(Action.CONFIRM_GRANTS),
    )
    async def grant_confirm(self, info: Answer, ids: Which) -> GrantsResult:
        """All of them, or none."""
        return _done(await documents.grant_confirm(info.context.viewer, grants=_keys(ids)))

    @strawberry.mutation(
        description="Declines grants that wait for a second person.", extensions=needs(Action.MANAGE_DOCUMENTS)
    )
    async def grant_decline(self, info: Answer, ids: Which, reason: Why) -> GrantsResult:
        """For good."""
        return await _end(info, ids, GrantState.DECLINED, reason)

    @strawberry.mutation(
        description="Suspends grants, from the next request on.", extensions=needs(Action.MANAGE_DOCUMENTS)
    )
    async def grant_suspend(self, info: Answer, ids: Which, reason: Why) -> GrantsResult:
        """Until they are taken up again."""
        return await _end(info, ids, GrantState.SUSPENDED, reason)

    @strawberry.mutation(description="Takes suspended grants up again.", extensions=needs(Action.MANAGE_DOCUMENTS))
    async def grant_take_up(self, info: Answer, ids: Which, reason: Why) -> GrantsResult:
        """They end when they would have."""
        return await _end(info, ids, GrantState.ACTIVE, reason)

    @strawberry.mutation(
        description="Revokes grants, from the next request on.", extensions=needs(Action.MANAGE_DOCUMENTS)
    )
    async def grant_revoke(self, info: Answer, ids: Which, reason: Why) -> GrantsResult:
        """For good; undoing gives the same anew."""
        return await _end(info, ids, GrantState.REVOKED, reason)

    @strawberry.mutation(
        description="Gives the same to the same once more: a renewal, or a revocation undone. Its end is as it was for "
        "what is undone, else as usual.",
        extensions=needs(Action.MANAGE_DOCUMENTS),
    )
    async def grant_again(
        self, info: Answer, ids: Which, reason: Why, valid_until: Until = None, last_day: LastDay = None
    ) -> GrantsResult:
        """All of them, or none."""
        viewer = info.context.viewer
        until = end_of(viewer, valid_until, last_day)
        return _done(await documents.grant_again(viewer, grants=_keys(ids), valid_until=until, reason=reason))


def _keys(ids: Sequence[str]) -> list[UUID]:
    return [key_of(one, documents.AccessGrant, field="grants") for one in ids]


def _done(rows: Sequence[documents.AccessGrant]) -> GrantsPayload:
    return shows(GrantsPayload, count=len(rows), grants=list(rows))


async def _end(info: Answer, ids: Sequence[str], to: GrantState, reason: str) -> GrantsPayload:
    rows = await documents.grant_end(info.context.viewer, grants=_keys(ids), to=to, reason=reason)
    return _done(rows)
