"""How long a paper lives by itself: through the activity for which it is, and ten working days more (RD-2)."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from server.models.activities.tables import Activity
from server.models.calendar import calendar_of, calendar_reads
from server.models.documents.tables import Document
from server.models.reads import Columns, Read
from server.rules.activities import ActivityState
from server.rules.calendar import DAY, EARLIEST, LATEST, add_working_days, years_around
from server.viewer import Viewer

AFTER = 10
"""Working days."""
EVER = (dt.date(EARLIEST, 1, 1), dt.date(LATEST, 12, 31))
NOT_HELD = (ActivityState.CANCELLED, ActivityState.POSTPONED)


def held_reads(papers: QuerySet[Document] | None, activities: Collection[UUID]) -> dict[str, Read]:
    """What is read to tell when the activities end to which these documents belong, and those named besides."""
    meant = Q(id__in=list(activities))
    if papers is not None:
        linked: Any = {"papers__document_id__in": Subquery(papers.values("id"))}
        meant |= Q(**linked)
    held = Activity.filter(meant).exclude(state__in=NOT_HELD)
    return {"ends": Columns(held, ("ends_at",)), **calendar_reads(*EVER)}


def lives_until(viewer: Viewer, found: Mapping[str, Any]) -> dt.datetime | None:
    """The end of the tenth working day after the last of these activities; None where there is none."""
    if not found["ends"]:
        return None
    last = max(ends for (ends,) in found["ends"]).astimezone(viewer.zone).date()
    calendar = calendar_of(found, years_around(last, AFTER), viewer.zone)
    day = add_working_days(calendar, last, AFTER) + DAY
    return dt.datetime.combine(day, dt.time(), viewer.zone).astimezone(dt.UTC)
