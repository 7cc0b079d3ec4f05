"""What can be asked of hearings: those that one may know of, and every date that would follow from a day."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any

import strawberry
from tortoise.expressions import Q

from server.models import calendar, hearings
from server.rules.hearings import (
    ApplicationState,
    Capacity,
    HearingState,
    Position,
    ProfileKey,
    day_problems,
    deadlines,
    earliest,
    profile_of,
)
from server.rules.permissions import Action
from server.schema.activities.queries import day_begins
from server.schema.arguments import spread
from server.schema.calendar import LIMITS
from server.schema.declared import COUNTED, DESCRIBED
from server.schema.guard import needs, public
from server.schema.hearings.applications import HearingApplication
from server.schema.hearings.types import Hearing, HearingDay, told_days
from server.schema.ids import key_of
from server.schema.making import made, makes
from server.schema.paging import Connection, Slice, connect
from server.schema.reading import Answer, Id
from server.schema.rows import row_of, seen
from server.viewer import Viewer

Words = Annotated[str | None, strawberry.argument(description="Words of a title, or of what is heard.")]
OfProfile = Annotated[ProfileKey | None, strawberry.argument(description="Only those by these rules.")]
OfState = Annotated[HearingState | None, strawberry.argument(description="Only those in this phase.")]
OnlyKept = Annotated[bool, strawberry.argument(description="Only those that you prepare.")]
Since = Annotated[dt.date | None, strawberry.argument(description="Only those that end on this day or later.")]
Latest = Annotated[bool, strawberry.argument(description="The last one first.")]
ByProfile = Annotated[ProfileKey, strawberry.argument(description="By which rules.")]
TheDay = Annotated[
    dt.date | None, strawberry.argument(description="The day of the hearing; null for the first day only.")
]


InHearing = Annotated[strawberry.ID, strawberry.argument(description="For which hearing.")]
InState = Annotated[ApplicationState | None, strawberry.argument(description="Only those that stand so.")]
AsWhat = Annotated[Capacity | None, strawberry.argument(description="Only those who apply as this.")]
OnSide = Annotated[Position | None, strawberry.argument(description="Only those on this side.")]
OnlyOwn = Annotated[bool, strawberry.argument(description="Only your own.")]


@strawberry.type(description="What stands against a day, in words.")
class HearingDayProblem:
    """As it would be said when notice is given."""

    code: str = strawberry.field(description="Stable, for programs: TOO_SOON or NEEDS_GOOD_CAUSE.")
    message: str = strawberry.field(description="What, and what to do, in your language.")
    rule: str = strawberry.field(description="The rule that says so.")


@strawberry.type(description="What would follow if a hearing were held on a day.")
class HearingDays:
    """Nothing is written."""

    days: list[HearingDay] = strawberry.field(description="Every date; none without a day.", metadata={COUNTED: 13})
    against: list[HearingDayProblem] = strawberry.field(
        description="What stands against the day; none where all is kept."
    )
    earliest: dt.date | None = strawberry.field(
        description="The first working day that keeps every date if notice is given today; null where none is near."
    )
    known: bool = strawberry.field(
        description="Whether the calendar of all years on the way is known. If not, public holidays are missing in it."
    )


@strawberry.type
class HearingQuery:
    """Root fields of this room."""

    @strawberry.field(
        description="Hearings of which you may know, the next one first; of those for anyone also without an account.",
        graphql_type=Connection[Hearing],
        extensions=public(),
        metadata=DESCRIBED,
    )
    @spread
    async def hearings(
        self,
        info: Answer,
        *,
        search: Words = None,
        profile: OfProfile = None,
        state: OfState = None,
        manageable: OnlyKept = False,
        since: Since = None,
        latest: Latest = False,
        part: Slice,
    ) -> Any:
        """One statement."""
        viewer = info.context.viewer
        rows = hearings.Hearing.filter(hearings.visible_hearings(viewer))
        rows = rows.filter(hearings.kept_hearings(viewer)) if manageable else rows
        rows = rows.filter(profile=profile) if profile else rows
        rows = rows.filter(state=state) if state else rows
        rows = rows.filter(activity__ends_at__gte=day_begins(info, since)) if since else rows
        if search:
            titled = Q(activity__title_zh__icontains=search) | Q(activity__title_en__icontains=search)
            rows = rows.filter(titled | Q(matter__icontains=search))
        order = ("-activity__starts_at", "id") if latest else ("activity__starts_at", "id")
        return await connect(info.context, rows.select_related("activity"), order, part)

    @strawberry.field(
        description="One hearing, null where there is none or not for you.",
        graphql_type=Hearing | None,
        extensions=public(),
        metadata=DESCRIBED,
    )
    async def hearing(self, info: Answer, id: Id) -> Any:
        """By its ID."""
        return await row_of(info.context, hearings.Hearing, key_of(id, hearings.Hearing))

    @strawberry.field(
        description="Applications for a hearing that you may see, under the notice that counts, in order of arrival.",
        graphql_type=Connection[HearingApplication],
        extensions=needs(Action.READ_HEARINGS),
        metadata=DESCRIBED,
    )
    @spread
    async def hearing_applications(
        self,
        info: Answer,
        *,
        hearing: InHearing,
        state: InState = None,
        capacity: AsWhat = None,
        position: OnSide = None,
        own: OnlyOwn = False,
        part: Slice,
    ) -> Any:
        """Who prepares it sees all, whoever applied their own."""
        viewer = info.context.viewer
        key = await seen(info.context, hearings.Hearing, hearing, "hearing")
        rows = hearings.HearingApplication.filter(
            hearings.visible_applications(viewer), hearing_id=key, superseded=False
        )
        rows = rows.filter(state=state) if state else rows
        rows = rows.filter(capacity=capacity) if capacity else rows
        rows = rows.filter(position=position) if position else rows
        rows = rows.filter(person_id__in=[viewer.person] if viewer.person else []) if own else rows
        return await connect(info.context, rows, ("serial", "id"), part)

    @makes(
        "Every date that would follow if a hearing were held on a day, and the first day that keeps them all (HE-1).",
        kind=HearingDays,
        extensions=needs(Action.MANAGE_HEARINGS),
    )
    async def hearing_days(self, info: Answer, profile: ByProfile, day: TheDay = None) -> Any:
        """The deadline calculator."""
        viewer = info.context.viewer
        reads = calendar.calendar_reads(*LIMITS)
        return await made(info.context, reads, lambda found: _reckoned(viewer, profile, day, found))


def _reckoned(viewer: Viewer, key: ProfileKey, day: dt.date | None, read: Mapping[str, Any]) -> HearingDays:
    profile, today = profile_of(key), viewer.today
    if day:
        calendar.must_be_kept(day.year, "day")
    years = {*range(today.year - 1, today.year + 4), *(hearings.years_of(day) if day else ())}
    around = calendar.calendar_of(read, sorted(years), viewer.zone)
    found = deadlines(profile, day, around, today) if day else []
    return HearingDays(
        days=told_days(viewer, found),
        against=[
            HearingDayProblem(code=one.code, message=one.message.into(viewer.locale), rule=one.rule or "")
            for one in day_problems(found)
        ],
        earliest=earliest(profile, around, today),
        known=all(around.knows(today, one.day) for one in found),
    )
