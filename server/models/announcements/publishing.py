"""What becomes of an announcement: published at a time, corrected with what changed (AD-1), withdrawn with a reason."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from server.errors import Invalid, Problem
from server.models import audit
from server.models.announcements.news import AMENDED, NEW, WITHDRAWN, tell_audience
from server.models.announcements.tables import Announcement, AnnouncementVersion
from server.models.announcements.writing import named_of, sound, stepping
from server.models.database import transaction
from server.models.facts import before_and_after, differing
from server.models.history import sound_reason
from server.rules.announcements import HAPPENED, AnnouncementState, AnnouncementStep, missing, unsound_times
from server.viewer import Viewer
from server.words import say

TEXT = ("title_zh", "title_en", "body_zh", "body_en", "occurred_on")
"""What a version keeps of an announcement."""


async def announcement_publish(viewer: Viewer, *, announcement: UUID, at: dt.datetime | None = None) -> Announcement:
    """It is there for whom it is for, from that moment on, at once unless given; then they are told.

    Raises Invalid for what its kind has to say and does not, and for a time that is over; Conflict, NotThere, Refused.
    """
    begins = at or viewer.now
    if begins < viewer.now:
        raise Invalid(Problem("PAST", say("Choose a time that is still to come, or none for now."), "at"))
    async with transaction():
        row = await stepping(viewer, announcement, AnnouncementStep.PUBLISH)
        _must_be_whole(vars(row), begins.astimezone(viewer.zone).date())
        new: dict[str, Any] = {"state": AnnouncementState.PUBLISHED, "publish_at": begins, "version": 1}
        await _write(viewer, row, new)
        await _keep_version(viewer, row.id, begins)
        await audit.record(viewer, "announcements.publish", f"ann_{row.id}", before_and_after(row, new))
        if begins == viewer.now:
            await _tell_new(viewer, await Announcement.get(id=row.id))
    return await Announcement.get(id=announcement)


async def announcement_correct(viewer: Viewer, *, announcement: UUID, changed: str, **facts: Any) -> Announcement:
    """Another version, which says what changed and why; the one before stays to be seen, and readers are told (AD-1).

    facts: those of TEXT. Raises Invalid where nothing is different, or nobody says what.
    """
    async with transaction():
        row = await stepping(viewer, announcement, AnnouncementStep.CORRECT)
        said = sound(vars(row), facts, await named_of(row))
        if not (new := differing(row, {name: said[name] for name in TEXT})):
            raise Invalid(Problem("NOTHING_CHANGED", say("Nothing is different: correct something first."), "changed"))
        _must_be_whole(vars(row) | new, None)
        what = sound_reason(changed, "changed")
        await _write(viewer, row, new | {"version": row.version + 1})
        await _keep_version(viewer, row.id, max(viewer.now, row.publish_at or viewer.now), what)
        facts = before_and_after(row, new) | {"changed": what}
        await audit.record(viewer, "announcements.correct", f"ann_{row.id}", facts)
        now = await Announcement.get(id=row.id)
        if now.told_at:
            await tell_audience(viewer, now, AMENDED, more=what)
    return now


async def announcement_prolong(
    viewer: Viewer, *, announcement: UUID, display_until: dt.date | None, comment_until: dt.date | None
) -> Announcement:
    """Other last days of what is published: of its display, and for comments. Raises Invalid, Conflict."""
    async with transaction():
        row = await stepping(viewer, announcement, AnnouncementStep.PROLONG)
        said = {"display_until": display_until, "comment_until": comment_until}
        begun = (row.publish_at or viewer.now).astimezone(viewer.zone).date()
        _must_be_whole(vars(row) | said, begun)
        if new := differing(row, said):
            await _write(viewer, row, new)
            await audit.record(viewer, "announcements.prolong", f"ann_{row.id}", before_and_after(row, new))
    return await Announcement.get(id=announcement)


async def announcement_withdraw(viewer: Viewer, *, announcement: UUID, reason: str) -> Announcement:
    """Its text is there no more; that it was withdrawn, and why, is told to whoever was told of it."""
    async with transaction():
        row = await stepping(viewer, announcement, AnnouncementStep.WITHDRAW)
        new = {"state": AnnouncementState.WITHDRAWN, "reason": sound_reason(reason)}
        await _write(viewer, row, new)
        await audit.record(viewer, "announcements.withdraw", f"ann_{row.id}", before_and_after(row, new))
        now = await Announcement.get(id=row.id)
        if now.told_at:
            await tell_audience(viewer, now, WITHDRAWN, more=now.reason)
    return now


async def tell_published(viewer: Viewer) -> int:
    """Tell people of what was to be published by now; how many announcements. What is told already stays so."""
    due = Announcement.filter(state=AnnouncementState.PUBLISHED, told_at=None, publish_at__lte=viewer.now)
    async with transaction():
        rows = await due.order_by("publish_at", "id").select_for_update(no_key=True)
        for row in rows:
            await _tell_new(viewer, row)
    return len(rows)


def _must_be_whole(facts: Mapping[str, Any], first: dt.date | None) -> None:
    """Raises Invalid for what is missing or does not go together. first: the day from which on it is displayed."""
    kind, told = facts["kind"], {**facts, "origin": facts["origin_id"]}
    problems = missing(kind, told)
    if not facts["body_zh"] and not facts["body_en"]:
        problems.append(Problem("TEXT_MISSING", say("Write it in one of the two languages."), "body_zh"))
    if first:
        last = {name: facts[name] for name in ("display_until", "comment_until")}
        problems += unsound_times(kind, first=first, **last)
        if facts["occurred_on"] and facts["occurred_on"] > first and kind in HAPPENED:
            problems.append(Problem("NOT_YET", say("It cannot have happened later than it is told."), "occurred_on"))
    if problems:
        raise Invalid(*problems)


async def _write(viewer: Viewer, row: Announcement, new: Mapping[str, Any]) -> None:
    await Announcement.filter(id=row.id).update(**new, updated_at=viewer.now)


async def _keep_version(viewer: Viewer, announcement: UUID, since: dt.datetime, changed: str = "") -> None:
    now = await Announcement.get(id=announcement)
    text = {name: getattr(now, name) for name in TEXT}
    by: dict[str, Any] = {"published_at": since, "published_by_id": viewer.account, "changed": changed}
    await AnnouncementVersion.create(announcement_id=announcement, n=now.version, **text, **by)


async def _tell_new(viewer: Viewer, row: Announcement) -> None:
    await Announcement.filter(id=row.id).update(told_at=viewer.now)
    await tell_audience(viewer, row, NEW, key=f"announcements.new:{row.id}")
