"""What can be changed about who is heard: applications, and how delegates are chosen and come. See `changes`."""

from typing import Annotated
from uuid import UUID

import strawberry

from server.models import hearings, members
from server.rules.hearings import Capacity, Position
from server.rules.permissions import Action
from server.schema.guard import needs
from server.schema.hearings.applications import HearingApplication
from server.schema.hearings.changes import HearingResult, done
from server.schema.ids import key_of
from server.schema.problems import Problems
from server.schema.reading import Answer, Id, given, shows

UNSET = strawberry.UNSET


@strawberry.input(description="What someone says who wants to be heard.")
class HearingApplicationFacts:
    """See `HearingApplication`."""

    capacity: Capacity | None = strawberry.field(default=UNSET, description="As what; a member unless said otherwise.")
    position: Position | None = strawberry.field(default=UNSET, description="On which side; on neither unless said.")
    represents: str | None = strawberry.field(default=UNSET, description="For whom they speak.")
    summary: str | None = strawberry.field(default=UNSET, description="What they would say, in short.")
    civil_servant: bool | None = strawberry.field(
        default=UNSET, description="Whether they are a civil servant in service."
    )
    named: bool | None = strawberry.field(default=UNSET, description="Whether their name may be published.")


@strawberry.type(description="The application as it is now.")
class HearingApplicationPayload:
    """Success."""

    application: HearingApplication = strawberry.field(description="The application.")


ApplicationResult = Annotated[
    HearingApplicationPayload | Problems,
    strawberry.union("HearingApplicationResult", description="The application, or why not."),
]
Said = Annotated[HearingApplicationFacts, strawberry.argument(description="What is said.")]
Admit = Annotated[bool, strawberry.argument(description="Whether it is admitted.")]
Because = Annotated[str, strawberry.argument(description="Why; a refusal needs it.")]
Chosen = Annotated[list[strawberry.ID], strawberry.argument(description="The applications that have a place.")]
InReserve = Annotated[list[strawberry.ID] | None, strawberry.argument(description="Those in reserve, in their order.")]
WhoChose = Annotated[str, strawberry.argument(description="Who chose, and by what.")]
Value = Annotated[str, strawberry.argument(description="The result of the public draw that the notice named.")]
Cause = Annotated[str, strawberry.argument(description="The good cause, where they are not as the rules ask.")]
Here = Annotated[
    list[strawberry.ID] | None, strawberry.argument(description="The applications of delegates who are here.")
]
PanelHere = Annotated[list[strawberry.ID] | None, strawberry.argument(description="Who of the panel is here.")]


@strawberry.type
class HearingChoiceMutation:
    """Root fields by which one comes to be heard."""

    @strawberry.mutation(
        description="Enrols you, or applies for you, to be heard.", extensions=needs(Action.APPLY_FOR_HEARINGS)
    )
    async def hearing_apply(self, info: Answer, id: Id, application: Said) -> ApplicationResult:
        """As who signed in."""
        said = given(application, hearings.HearingApplication)
        row = await hearings.hearing_apply(info.context.viewer, hearing=_key(id), **said)
        return shows(HearingApplicationPayload, application=row)

    @strawberry.mutation(description="Takes your application back.", extensions=needs(Action.APPLY_FOR_HEARINGS))
    async def application_withdraw(self, info: Answer, id: Id) -> ApplicationResult:
        """A place that gets free goes to the reserve."""
        row = await hearings.application_withdraw(info.context.viewer, application=_application(id))
        return shows(HearingApplicationPayload, application=row)

    @strawberry.mutation(
        description="Says that you come, who have a place; or notes that somebody does.",
        extensions=needs(Action.APPLY_FOR_HEARINGS),
    )
    async def application_confirm(self, info: Answer, id: Id) -> ApplicationResult:
        """Once."""
        row = await hearings.application_confirm(info.context.viewer, application=_application(id))
        return shows(HearingApplicationPayload, application=row)

    @strawberry.mutation(
        description="Admits an application, or not; whoever applied is told.", extensions=needs(Action.MANAGE_HEARINGS)
    )
    async def application_decide(self, info: Answer, id: Id, admit: Admit, reason: Because = "") -> ApplicationResult:
        """Until applications are closed."""
        key = _application(id)
        row = await hearings.application_decide(info.context.viewer, application=key, admit=admit, reason=reason)
        return shows(HearingApplicationPayload, application=row)

    @strawberry.mutation(
        description="Closes applications once their last day is over, and freezes their list.",
        extensions=needs(Action.MANAGE_HEARINGS),
    )
    async def hearing_close_applications(self, info: Answer, id: Id) -> HearingResult:
        """HE-2."""
        return done(await hearings.hearing_close_applications(info.context.viewer, hearing=_key(id)))

    @strawberry.mutation(
        description="Gives the places in order of arrival, where the rules of the hearing say so.",
        extensions=needs(Action.MANAGE_HEARINGS),
    )
    async def hearing_select_queue(self, info: Answer, id: Id) -> HearingResult:
        """The others are in reserve."""
        return done(await hearings.hearing_select_queue(info.context.viewer, hearing=_key(id)))

    @strawberry.mutation(
        description="Gives the places to those whom several chose together, where the rules of the hearing say so.",
        extensions=needs(Action.MANAGE_HEARINGS),
    )
    async def hearing_choose(
        self, info: Answer, id: Id, chosen: Chosen, because: WhoChose, reserve: InReserve = None
    ) -> HearingResult:
        """With a reason."""
        named, waiting = [[_application(one) for one in ids or ()] for ids in (chosen, reserve)]
        viewer = info.context.viewer
        row = await hearings.hearing_choose(viewer, hearing=_key(id), chosen=named, reserve=waiting, because=because)
        return done(row)

    @strawberry.mutation(
        description="Draws delegates by lot from the frozen list, where the rules of the hearing say so.",
        extensions=needs(Action.MANAGE_HEARINGS),
    )
    async def hearing_draw(self, info: Answer, id: Id, public_value: Value) -> HearingResult:
        """HE-2."""
        viewer = info.context.viewer
        return done(await hearings.hearing_draw(viewer, hearing=_key(id), public_value=public_value))

    @strawberry.mutation(
        description="Publishes the list of delegates; each is told.", extensions=needs(Action.MANAGE_HEARINGS)
    )
    async def hearing_publish_list(self, info: Answer, id: Id, good_cause: Cause = "") -> HearingResult:
        """HE-1."""
        viewer = info.context.viewer
        return done(await hearings.hearing_publish_list(viewer, hearing=_key(id), good_cause=good_cause))

    @strawberry.mutation(description="Says that it can begin on its day.", extensions=needs(Action.MANAGE_HEARINGS))
    async def hearing_make_ready(self, info: Answer, id: Id) -> HearingResult:
        """All is prepared."""
        return done(await hearings.hearing_make_ready(info.context.viewer, hearing=_key(id)))

    @strawberry.mutation(
        description="Begins it with those who are here. Where they are too few, it is postponed: its state says so.",
        extensions=needs(Action.MANAGE_HEARINGS),
    )
    async def hearing_start(
        self, info: Answer, id: Id, delegates: Here = None, panel: PanelHere = None
    ) -> HearingResult:
        """HE-3."""
        people = [key_of(one, members.Person, field="panel") for one in panel or ()]
        here = [key_of(one, hearings.HearingApplication, field="delegates") for one in delegates or ()]
        viewer = info.context.viewer
        return done(await hearings.hearing_start(viewer, hearing=_key(id), delegates=here, panel=people))


def _key(id: str) -> UUID:
    return key_of(id, hearings.Hearing)


def _application(id: str) -> UUID:
    return key_of(id, hearings.HearingApplication)
