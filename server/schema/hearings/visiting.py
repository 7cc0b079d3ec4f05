"""Applications without an account: made by a form, known by a private link. See `choosing` for who signed in."""

import datetime as dt
from typing import Annotated

import strawberry

from server.models import hearings
from server.models.activities import Activity
from server.models.hearings import HearingApplication as Application
from server.rules.hearings import ApplicationState, Capacity, Position, application_moves
from server.rules.hearings.lottery import WORDS
from server.rules.hearings.states import ApplicationStep
from server.schema.declared import IN_PYTHON
from server.schema.guard import public
from server.schema.hearings.choosing import HearingApplicationFacts
from server.schema.ids import id_for, key_of
from server.schema.problems import Problems
from server.schema.reading import Answer, Id, given, in_language
from server.viewer import Viewer


@strawberry.type(description="What is told to who applied without an account, this one time.")
class HearingReceipt:
    """Success."""

    serial: int = strawberry.field(description="The number of the application.")
    secret: str = strawberry.field(description="By which one asks how it stands; keep it, it is never shown again.")
    link: str = strawberry.field(description="The page that says how it stands, with the secret in it.")


@strawberry.type(description="An application as who has its secret sees it.")
class HearingStatus:
    """Nobody else sees it so, but who prepares the hearing."""

    hearing: strawberry.ID = strawberry.field(description="For which hearing.")
    title: str = strawberry.field(description="What the hearing is called, in your language where it is known.")
    starts_at: dt.datetime = strawberry.field(description="When it begins.")
    serial: int = strawberry.field(description="The number of the application.")
    state: ApplicationState = strawberry.field(description="How it stands.")
    outcome: str = strawberry.field(description="Why it has a place, or none, in your language; empty before that.")
    because: str = strawberry.field(description="Why it was decided so, or empty.")
    name: str = strawberry.field(description="The name that was given; empty once it is erased.")
    email: str = strawberry.field(description="The e-mail address that was given; empty once it is erased.")
    phone: str = strawberry.field(description="The telephone number that was given; empty once it is erased.")
    represents: str = strawberry.field(description="For whom they speak, or empty.")
    capacity: Capacity = strawberry.field(description="As what.")
    position: Position = strawberry.field(description="On which side.")
    summary: str = strawberry.field(description="What they would say.")
    named: bool = strawberry.field(description="Whether the name may be published.")
    can_withdraw: bool = strawberry.field(description="Whether it can be taken back.")
    can_confirm: bool = strawberry.field(
        description="Whether there is a place that waits for them to say that they come."
    )


@strawberry.type(description="How the application stands now.")
class HearingStatusPayload:
    """Success."""

    status: HearingStatus = strawberry.field(description="The application.")


ReceiptResult = Annotated[
    HearingReceipt | Problems, strawberry.union("HearingReceiptResult", description="The receipt, or why not.")
]
StatusResult = Annotated[
    HearingStatusPayload | Problems,
    strawberry.union("HearingStatusResult", description="The application, or why not."),
]
Said = Annotated[HearingApplicationFacts, strawberry.argument(description="What is said.")]
Name = Annotated[str, strawberry.argument(description="Who applies.")]
Email = Annotated[str, strawberry.argument(description="An e-mail address, or empty; this or a telephone number.")]
Phone = Annotated[str, strawberry.argument(description="A telephone number, or empty.")]
Secret = Annotated[str, strawberry.argument(description="The secret of the receipt.")]


@strawberry.type
class HearingVisitQuery:
    """Root fields for who has no account."""

    @strawberry.field(
        description="How the application stands to which that secret belongs; null for none.",
        extensions=public(),
        metadata=IN_PYTHON,
    )
    async def hearing_status(self, info: Answer, secret: Secret) -> HearingStatus | None:
        """By the private link."""
        row = await hearings.application_by(secret)
        return await _status(info.context.viewer, row) if row else None


@strawberry.type
class HearingVisitMutation:
    """Root fields that change what somebody without an account asked for."""

    @strawberry.mutation(
        description="Applies to be heard at a public hearing without an account; at most so often from one place.",
        extensions=public(),
    )
    async def hearing_apply_publicly(
        self, info: Answer, id: Id, application: Said, name: Name, email: Email = "", phone: Phone = ""
    ) -> ReceiptResult:
        """The secret is told this once."""
        asking = info.context
        row, secret = await hearings.hearing_apply_publicly(
            asking.viewer,
            hearing=key_of(id, hearings.Hearing),
            name=name,
            email=email,
            phone=phone,
            **given(application, Application),
        )
        link = f"{asking.base()}/hearings/applied/{secret}"
        return HearingReceipt(serial=row.serial, secret=secret, link=link)

    @strawberry.mutation(description="Takes the application back to which that secret belongs.", extensions=public())
    async def hearing_status_withdraw(self, info: Answer, secret: Secret) -> StatusResult:
        """A place that gets free goes to the reserve."""
        viewer = info.context.viewer
        row = await hearings.application_withdraw_by(viewer, secret=secret)
        return HearingStatusPayload(status=await _status(viewer, row))

    @strawberry.mutation(description="Says that they come who have a place by that secret.", extensions=public())
    async def hearing_status_confirm(self, info: Answer, secret: Secret) -> StatusResult:
        """Once."""
        viewer = info.context.viewer
        row = await hearings.application_confirm_by(viewer, secret=secret)
        return HearingStatusPayload(status=await _status(viewer, row))


async def _status(viewer: Viewer, row: Application) -> HearingStatus:
    hearing = await hearings.Hearing.get(id=row.hearing_id)
    activity = await Activity.get(id=hearing.activity_id)
    can = application_moves(row.state)
    return HearingStatus(
        hearing=id_for(hearings.Hearing, hearing.id),
        title=in_language(activity, "title", viewer),
        starts_at=activity.starts_at,
        serial=row.serial,
        state=row.state,
        outcome=WORDS[row.why](row.place, row.places).into(viewer.locale) if row.why and row.place else "",
        because=row.because,
        name=row.name,
        email=row.email,
        phone=row.phone,
        represents=row.represents,
        capacity=row.capacity,
        position=row.position,
        summary=row.summary,
        named=row.named,
        can_withdraw=ApplicationStep.WITHDRAW in can,
        can_confirm=ApplicationStep.CONFIRM in can,
    )
