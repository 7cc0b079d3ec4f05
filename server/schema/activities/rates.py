"""Attendance over a year: the two rates of each sector (AT-2), and what was held without a majority (MJ-1)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Annotated, Any
from uuid import UUID

import strawberry
from tortoise.expressions import Q, Subquery

from server.models import activities, bodies, members
from server.models.bodies import BodyKind
from server.models.bodies.queries import visible_bodies
from server.models.calendar import must_be_kept
from server.models.members.queries import drafts
from server.models.members.tables import Status
from server.models.reads import Columns
from server.rules.activities import ActivityState, ParticipantRole
from server.rules.attendance import Rates, by_group, rates
from server.rules.permissions import Action
from server.schema.activities.types import MajorityCheck
from server.schema.arguments import spread
from server.schema.bodies import Body
from server.schema.declared import DESCRIBED, Ref
from server.schema.guard import needs
from server.schema.making import made, makes, picked
from server.schema.paging import Connection, Slice, connect
from server.schema.reading import Answer, Asking, in_language, shows
from server.schema.rows import day_begins, reckoned
from server.viewer import Viewer
from server.words import say

SETTLED = (ActivityState.LOCKED, ActivityState.ARCHIVED)
SECTORS = 50
HEAVY = 500
"""What a year costs: each session of each member is looked at."""
OfYear = Annotated[int | None, strawberry.argument(description="Which year, 1900 to 2100; this one unless given.")]


@strawberry.type(description="How often members were where they were expected, by sessions (AT-2).")
class AttendanceRates:
    """expected = came + excused + absent."""

    expected: int = strawberry.field(description="Sessions at which someone was expected.")
    came: int = strawberry.field(description="Of those, at how many they were there.")
    excused: int = strawberry.field(description="Of those, for how many they had leave.")
    absent: int = strawberry.field(description="Of those, from how many they were away without leave.")
    attendance: float | None = strawberry.field(description="The share at which they were there; null for none at all.")
    commitment: float | None = strawberry.field(
        description="The share at which they were there, or had leave; null for none at all."
    )


@strawberry.type(description="The rates of one sector.")
class SectorAttendance:
    """By what their seats stood for on the day of each session."""

    body: Body | None = picked("bodies", "The sector; null for those who had none, or where you may not see it.")
    name: str = strawberry.field(description="What it is called in your language, or the words for none.")
    rates: AttendanceRates = strawberry.field(description="How often its members came.")


@strawberry.type(description="The attendance of members in one year, at what your bodies prepare and is settled.")
class AttendanceYear:
    """What is not settled yet does not count."""

    year: int = strawberry.field(description="Which year.")
    rates: AttendanceRates = strawberry.field(description="Of all.")
    sectors: list[SectorAttendance] = strawberry.field(description="The same for each sector, by name.")


@strawberry.type
class AttendanceRateQuery:
    """Root fields of this room."""

    @makes(
        "The attendance of members in a year, at the activities that you follow and whose attendance is settled.",
        kind=AttendanceYear,
        extensions=needs(Action.FOLLOW_ACTIVITIES),
        weight=HEAVY,
    )
    async def attendance_year(self, info: Answer, year: OfYear = None) -> Any:
        """Each session by the day on which it began where the assembly sits."""
        asking, viewer = info.context, info.context.viewer
        first, last = _ends(asking, year)
        kept = activities.Activity.filter(_followed(viewer), state__in=SETTLED)
        ours: Any = {
            "session__activity_id__in": Subquery(kept.values("id")),
            "participation__role": ParticipantRole.MEMBER,
        }
        rows = activities.Attendance.filter(
            **ours,
            session__starts_at__gte=day_begins(asking, first),
            session__starts_at__lt=day_begins(asking, last, 1),
        )
        standing = members.MembershipStatus.filter(status=Status.ACTIVE, voided_at__isnull=True)
        standing = standing.exclude(membership__term_id__in=drafts())
        posts = members.MembershipPost.filter(sector_id__isnull=False, voided_at__isnull=True)
        sectors = bodies.Body.filter(visible_bodies(viewer), kind=BodyKind.SECTOR)
        reads = {
            "seen": Columns(rows, ("participation__person_id", "session__starts_at", "presence")),
            "seats": Columns(standing, ("membership__person_id", "id", "starts_on", "ends_on")),
            "posts": Columns(posts, ("membership__person_id", "sector_id", "starts_on", "ends_on")),
            "bodies": Columns(sectors.order_by("sort", "id"), ("id", "name_zh", "name_en")),
        }
        return await made(asking, reads, lambda found: _year(viewer, year, found, sectors), bodies=sectors)

    @strawberry.field(
        description="Where members were not the majority and it was held all the same, of a year, the first one first.",
        graphql_type=Connection[MajorityCheck],
        extensions=needs(Action.FOLLOW_ACTIVITIES),
        metadata=DESCRIBED,
    )
    @spread
    async def majority_overrides(self, info: Answer, *, year: OfYear = None, part: Slice) -> Any:
        """Of the activities that your bodies prepare, by the day on which they began."""
        asking = info.context
        first, last = _ends(asking, year)
        kept = activities.Activity.filter(
            _followed(asking.viewer),
            starts_at__gte=day_begins(asking, first),
            starts_at__lt=day_begins(asking, last, 1),
        )
        ours: Any = {"activity_id__in": Subquery(kept.values("id"))}
        rows = activities.MajorityCheck.filter(~Q(override=""), **ours).select_related("activity")
        return await connect(asking, rows, ("activity__starts_at", "id"), part)


def _followed(viewer: Viewer) -> Q:
    """What bodies prepare whose activities the viewer may follow."""
    return activities.activities_where(viewer, Action.FOLLOW_ACTIVITIES)


def _ends(asking: Asking, year: int | None) -> tuple[dt.date, dt.date]:
    """The first and the last day of that year, or of this one. Raises Invalid for a year of which nothing is kept."""
    if year is not None:
        must_be_kept(year, "year")
    day = asking.viewer.today if year is None else dt.date(year, 1, 1)
    first = reckoned(asking, day, lambda day: day.replace(month=1, day=1))
    return first, reckoned(asking, day, lambda day: day.replace(month=12, day=31))


def _year(viewer: Viewer, year: int | None, found: Mapping[str, Any], sectors: Any) -> AttendanceYear:
    seen = [(person, at.astimezone(viewer.zone).date(), presence) for person, at, presence in found["seen"]]
    groups = by_group(seen, _spans(found["seats"]), _spans(found["posts"]))
    named = {key: SimpleNamespace(name_zh=zh, name_en=en) for key, zh, en in found["bodies"]}
    none = [one for key, some in groups.items() if key not in named for one in some]
    lines = [
        shows(
            SectorAttendance,
            body=Ref(key, sectors),
            name=in_language(called, "name", viewer),
            rates=_rates(rates(groups[key])),
        )
        for key, called in named.items()
        if key in groups
    ]
    if none:
        said = say("No sector stated").into(viewer.locale)
        lines.append(shows(SectorAttendance, body=None, name=said, rates=_rates(rates(none))))
    return shows(
        AttendanceYear,
        year=viewer.today.year if year is None else year,
        rates=_rates(rates(one for some in groups.values() for one in some)),
        sectors=lines,
    )


def _spans(rows: Sequence[tuple[UUID, UUID, dt.date | None, dt.date | None]]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {}
    for person, *span in rows:
        found.setdefault(person, []).append(tuple(span))
    return found


def _rates(counted: Rates) -> AttendanceRates:
    came = int(counted.came)
    return AttendanceRates(
        expected=counted.expected,
        came=came,
        excused=counted.excused,
        absent=counted.expected - came - counted.excused,
        attendance=_share(counted.attendance),
        commitment=_share(counted.commitment),
    )


def _share(rate: Any) -> float | None:
    return None if rate is None else float(rate)
