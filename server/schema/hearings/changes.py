"""What can be changed about hearings: prepared, announced and moved on. Each answer is the hearing, or the problems."""

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

import strawberry

from server.models import activities, bodies, hearings, members
from server.rules.hearings import Capacity, HearingDuty, ProfileKey
from server.rules.permissions import Action
from server.schema.guard import needs
from server.schema.hearings.types import Hearing
from server.schema.ids import key_of
from server.schema.problems import Problems
from server.schema.reading import Answer, Id, given, shows

UNSET = strawberry.UNSET


@strawberry.input(description="Facts about a hearing; what is left out stays as it is.")
class HearingChange:
    """See `server.models.hearings.HearingFacts`."""

    profile: ProfileKey | None = strawberry.field(default=UNSET, description="By which rules.")
    matter: str | None = strawberry.field(default=UNSET, description="What is heard.")
    purpose: str | None = strawberry.field(default=UNSET, description="What it is for.")
    basis: str | None = strawberry.field(default=UNSET, description="By which rules and decisions it is held.")
    contact: str | None = strawberry.field(default=UNSET, description="Whom to reach, and how.")
    conditions: str | None = strawberry.field(default=UNSET, description="Who can apply.")
    complaints: str | None = strawberry.field(default=UNSET, description="Where to ask or complain.")
    public_draw: str | None = strawberry.field(default=UNSET, description="Which public draw a draw by lot takes.")
    public_draw_on: dt.date | None = strawberry.field(default=UNSET, description="The day of that public draw.")
    department: strawberry.ID | None = strawberry.field(default=UNSET, description="Which department members hear.")
    per_sector: int | None = strawberry.field(
        default=UNSET, description="How many of one sector at most; null for any."
    )
    open_doors: bool | None = strawberry.field(default=UNSET, description="Whether anyone may listen.")
    closed_because: str | None = strawberry.field(default=UNSET, description="Why the doors are closed.")


@strawberry.input(description="How many are heard of a capacity.")
class HearingPlacesChange:
    """See `HearingPlaces`."""

    capacity: Capacity = strawberry.field(description="As what.")
    count: int | None = strawberry.field(default=None, description="How many; null or 0 for none.")


@strawberry.type(description="The hearing as it is now.")
class HearingPayload:
    """Success."""

    hearing: Hearing = strawberry.field(description="The hearing.")


HearingResult = Annotated[
    HearingPayload | Problems, strawberry.union("HearingResult", description="The hearing, or why not.")
]
OfActivity = Annotated[strawberry.ID, strawberry.argument(description="Of which activity: a draft of a hearing.")]
Facts = Annotated[HearingChange, strawberry.argument(description="What is said of it.")]
Who = Annotated[list[strawberry.ID], strawberry.argument(description="Who.")]
Duty = Annotated[HearingDuty, strawberry.argument(description="Which duty.")]
Numbers = Annotated[list[HearingPlacesChange], strawberry.argument(description="All of them.")]
Override = Annotated[str, strawberry.argument(description="Why, where members would not be the majority (MJ-1).")]
Cause = Annotated[
    str, strawberry.argument(description="The good cause, where notice is later than the rules ask (HE-1).")
]
Why = Annotated[str, strawberry.argument(description="Why; whoever was told of it is told this, too.")]


@strawberry.type
class HearingMutation:
    """Root fields that change this room."""

    @strawberry.mutation(
        description="Prepares the hearing of an activity of that kind, which nobody was told of yet.",
        extensions=needs(Action.MANAGE_HEARINGS),
    )
    async def hearing_add(self, info: Answer, activity: OfActivity, facts: Facts) -> HearingResult:
        """A draft."""
        key = key_of(activity, activities.Activity, field="activity")
        return done(await hearings.hearing_add(info.context.viewer, activity=key, **_said(facts)))

    @strawberry.mutation(
        description="Changes a hearing while no notice of it counts.", extensions=needs(Action.MANAGE_HEARINGS)
    )
    async def hearing_change(self, info: Answer, id: Id, change: Facts) -> HearingResult:
        """What the notice will say."""
        return done(await hearings.hearing_change(info.context.viewer, hearing=_key(id), **_said(change)))

    @strawberry.mutation(
        description="Gives people a duty: to preside, to hear, to take the record, to explain, to watch.",
        extensions=needs(Action.MANAGE_HEARINGS),
    )
    async def hearing_name_officers(self, info: Answer, id: Id, people: Who, duty: Duty) -> HearingResult:
        """Until it is in session."""
        keys = [key_of(one, members.Person, field="people") for one in people]
        viewer = info.context.viewer
        return done(await hearings.hearing_name_officers(viewer, hearing=_key(id), people=keys, duty=duty))

    @strawberry.mutation(description="Takes people's duties from them.", extensions=needs(Action.MANAGE_HEARINGS))
    async def hearing_remove_officers(self, info: Answer, id: Id, people: Who) -> HearingResult:
        """Until it is in session."""
        keys = [key_of(one, members.Person, field="people") for one in people]
        return done(await hearings.hearing_remove_officers(info.context.viewer, hearing=_key(id), people=keys))

    @strawberry.mutation(
        description="Says how many are heard of each capacity; what is left out has none.",
        extensions=needs(Action.MANAGE_HEARINGS),
    )
    async def hearing_set_places(self, info: Answer, id: Id, places: Numbers) -> HearingResult:
        """All of them."""
        counts = {one.capacity: one.count or 0 for one in places}
        return done(await hearings.hearing_set_places(info.context.viewer, hearing=_key(id), places=counts))

    @strawberry.mutation(description="It may be held.", extensions=needs(Action.APPROVE_ACTIVITIES))
    async def hearing_approve(self, info: Answer, id: Id, override: Override = "") -> HearingResult:
        """MJ-1, where members hear."""
        return done(await hearings.hearing_approve(info.context.viewer, hearing=_key(id), override=override))

    @strawberry.mutation(
        description="Gives notice, which must say all that it has to.", extensions=needs(Action.MANAGE_HEARINGS)
    )
    async def hearing_announce(self, info: Answer, id: Id, good_cause: Cause = "") -> HearingResult:
        """HE-1."""
        return done(await hearings.hearing_announce(info.context.viewer, hearing=_key(id), good_cause=good_cause))

    @strawberry.mutation(description="Lets people enrol or apply.", extensions=needs(Action.MANAGE_HEARINGS))
    async def hearing_open_applications(self, info: Answer, id: Id) -> HearingResult:
        """Where members hear a department, they are told."""
        return done(await hearings.hearing_open_applications(info.context.viewer, hearing=_key(id)))

    @strawberry.mutation(
        description="It is held at another time, under a new notice; everyone who was told is told.",
        extensions=needs(Action.MANAGE_HEARINGS),
    )
    async def hearing_postpone(self, info: Answer, id: Id, reason: Why) -> HearingResult:
        """Then its activity is given new times."""
        return done(await hearings.hearing_postpone(info.context.viewer, hearing=_key(id), reason=reason))

    @strawberry.mutation(
        description="It is not held; everyone who was told is told.", extensions=needs(Action.MANAGE_HEARINGS)
    )
    async def hearing_cancel(self, info: Answer, id: Id, reason: Why) -> HearingResult:
        """For good."""
        return done(await hearings.hearing_cancel(info.context.viewer, hearing=_key(id), reason=reason))


def _key(id: str) -> UUID:
    return key_of(id, hearings.Hearing)


def _said(change: HearingChange) -> Any:
    said = given(change, hearings.Hearing)
    if said.get("department"):
        said["department"] = key_of(said["department"], bodies.Body, field="department")
    return said


def done(row: hearings.Hearing) -> HearingPayload:
    """The hearing, as the type that reads it."""
    return shows(HearingPayload, hearing=row)
