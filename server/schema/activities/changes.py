"""What can be changed about activities: prepared and moved on. Each answer is the thing, or the problems."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import strawberry

from server.errors import Invalid
from server.errors import Problem as Said
from server.models import activities, bodies, documents, members
from server.models.activities import Invited
from server.rules.activities import ActivityAudience, ActivityKind, ParticipantRole, sessions_on
from server.rules.permissions import Action
from server.schema.activities.types import Activity
from server.schema.arguments import spread
from server.schema.guard import needs
from server.schema.ids import key_of
from server.schema.problems import Problems
from server.schema.reading import Answer, Id, given, shows
from server.viewer import Viewer
from server.words import say

UNSET = strawberry.UNSET


@strawberry.input(description="Facts about an activity; what is left out stays as it is.")
class ActivityChange:
    """See `server.models.activities.ActivityFacts`."""

    kind: ActivityKind | None = strawberry.field(default=UNSET, description="What is done.")
    audience: ActivityAudience | None = strawberry.field(default=UNSET, description="Who knows of it.")
    title_zh: str | None = strawberry.field(default=UNSET, description="Its title in Chinese.")
    title_en: str | None = strawberry.field(default=UNSET, description="Its title in Latin letters.")
    about: str | None = strawberry.field(default=UNSET, description="What it is about.")
    venue: str | None = strawberry.field(default=UNSET, description="Where it is held.")
    online_url: str | None = strawberry.field(default=UNSET, description="A link to take part from afar.")
    capacity: int | None = strawberry.field(default=UNSET, description="How many can come; null for any number.")


@strawberry.input(description="A part of one day. A moment that names no zone is meant where the assembly sits.")
class SessionTime:
    """See `ActivitySession`."""

    starts_at: dt.datetime = strawberry.field(description="When it begins.")
    ends_at: dt.datetime = strawberry.field(description="When it ends, on the same day.")


@strawberry.type(description="The activity as it is now.")
class ActivityPayload:
    """Success."""

    activity: Activity = strawberry.field(description="The activity.")


ActivityResult = Annotated[
    ActivityPayload | Problems, strawberry.union("ActivityResult", description="The activity, or why not.")
]


@strawberry.type(description="People were reminded.")
class ActivityReminded:
    """Success."""

    count: int = strawberry.field(description="How many.")


ActivityRemindResult = Annotated[
    ActivityReminded | Problems, strawberry.union("ActivityRemindResult", description="How many, or why not.")
]
Facts = Annotated[ActivityChange, strawberry.argument(description="What is said of it.")]
Lead = Annotated[strawberry.ID, strawberry.argument(description="The body that leads it.")]
Partners = Annotated[
    list[strawberry.ID] | None,
    strawberry.argument(description="Bodies that hold it together with that one; of other kinds make it joint."),
]
Sessions = Annotated[
    list[SessionTime] | None,
    strawberry.argument(description="Its sessions, each within one day; or give days."),
]
FirstDay = Annotated[dt.date | None, strawberry.argument(description="Its first day, where no sessions are given.")]
LastDay = Annotated[dt.date | None, strawberry.argument(description="Its last day; the first one unless given.")]
Hours = Annotated[
    str, strawberry.argument(description="The hours of each of these days, such as 9:00-11:30, 14:30-17:00.")
]


@dataclass(frozen=True)
class When:
    """When it is held: session by session, or by days of the same hours."""

    sessions: Sessions = None
    day: FirstDay = None
    last_day: LastDay = None
    hours: Hours = ""

    def times(self, viewer: Viewer) -> list[tuple[dt.datetime, dt.datetime]]:
        """Its sessions. Raises Invalid where nothing says when."""
        if self.sessions is not None:
            return [(_here(viewer, one.starts_at), _here(viewer, one.ends_at)) for one in self.sessions]
        if self.day is None:
            raise Invalid(Said("REQUIRED", say("Say on which day it is held."), "day"))
        return sessions_on(self.day, self.last_day or self.day, self.hours, viewer.zone)


ByName = Annotated[list[strawberry.ID] | None, strawberry.argument(description="These people by name.")]
OfBody = Annotated[strawberry.ID | None, strawberry.argument(description="Whoever belongs to this body.")]
InRole = Annotated[bodies.BodyRole | None, strawberry.argument(description="Of the body only those in this role.")]
OfTerm = Annotated[strawberry.ID | None, strawberry.argument(description="Everyone with a seat in this term.")]
AsWhat = Annotated[ParticipantRole, strawberry.argument(description="As what they take part.")]
People = Annotated[list[strawberry.ID], strawberry.argument(description="Who.")]
Who = Annotated[strawberry.ID, strawberry.argument(description="Who.")]
Override = Annotated[str, strawberry.argument(description="Why, where members are not the majority (MJ-1).")]
Urgent = Annotated[str, strawberry.argument(description="Why people are told later than the rule wants (AT-1).")]
Why = Annotated[str, strawberry.argument(description="Why; whoever was told of it is told this, too.")]
Paper = Annotated[strawberry.ID, strawberry.argument(description="Which document.")]


@strawberry.type
class ActivityMutation:
    """Root fields that change this room."""

    @strawberry.mutation(
        description="A new activity, of which nobody is told yet.", extensions=needs(Action.MANAGE_ACTIVITIES)
    )
    @spread
    async def activity_add(
        self, info: Answer, *, facts: Facts, lead: Lead, partners: Partners = None, when: When
    ) -> ActivityResult:
        """For bodies of one's own."""
        viewer = info.context.viewer
        row = await activities.activity_add(
            viewer,
            organisers=_bodies(lead, partners),
            sessions=when.times(viewer),
            **given(facts, activities.Activity),
        )
        return shows(ActivityPayload, activity=row)

    @strawberry.mutation(
        description="Other facts about what has not begun; who knows of it is told what matters.",
        extensions=needs(Action.MANAGE_ACTIVITIES),
    )
    async def activity_change(self, info: Answer, id: Id, change: Facts) -> ActivityResult:
        """What is left out stays."""
        said = given(change, activities.Activity)
        return _done(await activities.activity_change(info.context.viewer, activity=_key(id), **said))

    @strawberry.mutation(description="Who holds it.", extensions=needs(Action.MANAGE_ACTIVITIES))
    async def activity_set_organisers(
        self, info: Answer, id: Id, lead: Lead, partners: Partners = None
    ) -> ActivityResult:
        """All of them."""
        viewer, held = info.context.viewer, _bodies(lead, partners)
        return _done(await activities.activity_set_organisers(viewer, activity=_key(id), organisers=held))

    @strawberry.mutation(
        description="Its sessions, while nobody was told of them or it is postponed.",
        extensions=needs(Action.MANAGE_ACTIVITIES),
    )
    @spread
    async def activity_set_sessions(self, info: Answer, *, id: Id, when: When) -> ActivityResult:
        """All of them."""
        viewer = info.context.viewer
        times = when.times(viewer)
        return _done(await activities.activity_set_sessions(viewer, activity=_key(id), sessions=times))

    @strawberry.mutation(
        description="Puts people, a body or a term on the list; once it is announced they are told.",
        extensions=needs(Action.MANAGE_ACTIVITIES),
    )
    async def activity_invite(
        self,
        info: Answer,
        id: Id,
        people: ByName = None,
        body: OfBody = None,
        body_role: InRole = None,
        term: OfTerm = None,
        role: AsWhat = ParticipantRole.MEMBER,
    ) -> ActivityResult:
        """One of the three."""
        invited = Invited(
            role=role,
            people=tuple(key_of(one, members.Person, field="people") for one in people or ()),
            body=key_of(body, bodies.Body, field="body") if body else None,
            body_role=body_role,
            term=key_of(term, members.Term, field="term") if term else None,
        )
        return _done(await activities.group_invite(info.context.viewer, activity=_key(id), invited=invited))

    @strawberry.mutation(
        description="Takes people off the list of what nobody was told of yet.",
        extensions=needs(Action.MANAGE_ACTIVITIES),
    )
    async def activity_uninvite(self, info: Answer, id: Id, people: People) -> ActivityResult:
        """Whoever was told stays."""
        keys = [key_of(one, members.Person, field="people") for one in people]
        return _done(await activities.participations_remove(info.context.viewer, activity=_key(id), people=keys))

    @strawberry.mutation(description="It may be held.", extensions=needs(Action.APPROVE_ACTIVITIES))
    async def activity_approve(self, info: Answer, id: Id, override: Override = "") -> ActivityResult:
        """MJ-1."""
        return _done(await activities.activity_approve(info.context.viewer, activity=_key(id), override=override))

    @strawberry.mutation(
        description="Tells everyone on the list; they can answer.", extensions=needs(Action.MANAGE_ACTIVITIES)
    )
    async def activity_announce(self, info: Answer, id: Id, urgent_reason: Urgent = "") -> ActivityResult:
        """AT-1."""
        viewer = info.context.viewer
        return _done(await activities.activity_announce(viewer, activity=_key(id), urgent_reason=urgent_reason))

    @strawberry.mutation(
        description="Reminds those who were told and have not answered, by the ways they chose; nobody twice on a day.",
        extensions=needs(Action.MANAGE_ACTIVITIES),
    )
    async def activity_remind(self, info: Answer, id: Id) -> ActivityRemindResult:
        """While people can answer."""
        return ActivityReminded(count=await activities.activity_remind(info.context.viewer, activity=_key(id)))

    @strawberry.mutation(description="Takes no more answers.", extensions=needs(Action.MANAGE_ACTIVITIES))
    async def activity_close_answers(self, info: Answer, id: Id) -> ActivityResult:
        """Staff still note them."""
        return _done(await activities.activity_close_answers(info.context.viewer, activity=_key(id)))

    @strawberry.mutation(description="Takes answers again.", extensions=needs(Action.MANAGE_ACTIVITIES))
    async def activity_reopen_answers(self, info: Answer, id: Id) -> ActivityResult:
        """From now on."""
        return _done(await activities.activity_reopen_answers(info.context.viewer, activity=_key(id)))

    @strawberry.mutation(description="It begins, and who comes is noted.", extensions=needs(Action.MANAGE_ACTIVITIES))
    async def activity_start(self, info: Answer, id: Id) -> ActivityResult:
        """MJ-1 is counted of those who said that they come."""
        return _done(await activities.activity_start(info.context.viewer, activity=_key(id)))

    @strawberry.mutation(description="It was held.", extensions=needs(Action.MANAGE_ACTIVITIES))
    async def activity_finish(self, info: Answer, id: Id) -> ActivityResult:
        """Who came can still be noted."""
        return _done(await activities.activity_finish(info.context.viewer, activity=_key(id)))

    @strawberry.mutation(
        description="Settles who came: from now on it is only corrected.", extensions=needs(Action.MANAGE_ACTIVITIES)
    )
    async def activity_lock(self, info: Answer, id: Id) -> ActivityResult:
        """AT-2."""
        return _done(await activities.activity_lock(info.context.viewer, activity=_key(id)))

    @strawberry.mutation(description="Puts it away.", extensions=needs(Action.MANAGE_ACTIVITIES))
    async def activity_archive(self, info: Answer, id: Id) -> ActivityResult:
        """For good."""
        return _done(await activities.activity_archive(info.context.viewer, activity=_key(id)))

    @strawberry.mutation(
        description="It is held at another time; everyone who was told is told.",
        extensions=needs(Action.MANAGE_ACTIVITIES),
    )
    async def activity_postpone(self, info: Answer, id: Id, reason: Why) -> ActivityResult:
        """Then it is given new sessions, and announced anew."""
        return _done(await activities.activity_postpone(info.context.viewer, activity=_key(id), reason=reason))

    @strawberry.mutation(
        description="It is not held; everyone who was told is told.", extensions=needs(Action.MANAGE_ACTIVITIES)
    )
    async def activity_cancel(self, info: Answer, id: Id, reason: Why) -> ActivityResult:
        """For good."""
        return _done(await activities.activity_cancel(info.context.viewer, activity=_key(id), reason=reason))

    @strawberry.mutation(
        description="Links a document of which you know to it; that lets nobody read it.",
        extensions=needs(Action.MANAGE_ACTIVITIES),
    )
    async def activity_link_document(self, info: Answer, id: Id, document: Paper) -> ActivityResult:
        """Read under the rules of documents."""
        key = key_of(document, documents.Document, field="document")
        return _done(await activities.activity_link_document(info.context.viewer, activity=_key(id), document=key))

    @strawberry.mutation(
        description="The document belongs to it no more, and stays where it is.",
        extensions=needs(Action.MANAGE_ACTIVITIES),
    )
    async def activity_unlink_document(self, info: Answer, id: Id, document: Paper) -> ActivityResult:
        """Nothing happens to the document."""
        key = key_of(document, documents.Document, field="document")
        return _done(await activities.activity_unlink_document(info.context.viewer, activity=_key(id), document=key))


def _key(id: str) -> Any:
    return key_of(id, activities.Activity)


def _bodies(lead: str, partners: Sequence[str] | None) -> list[Any]:
    others = (key_of(one, bodies.Body, field="partners") for one in partners or ())
    return [key_of(lead, bodies.Body, field="lead"), *others]


def _here(viewer: Viewer, moment: dt.datetime) -> dt.datetime:
    return (moment if moment.tzinfo else moment.replace(tzinfo=viewer.zone)).astimezone(dt.UTC)


def _done(row: activities.Activity) -> ActivityPayload:
    return shows(ActivityPayload, activity=row)
