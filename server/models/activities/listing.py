"""Lists of who came, as others write them: matched with who is on the list of an activity, seen, then noted (AT-3)."""

from collections.abc import Iterable
from uuid import UUID

from server.errors import Invalid, Problem
from server.models.activities.attending import attendance_note
from server.models.activities.queries import kept_activities
from server.models.activities.tables import Activity, ActivitySession, Participation
from server.models.database import transaction
from server.models.history import not_there, there
from server.models.members.tables import Membership
from server.rules.attendance import Method
from server.rules.attendance_lists import Line, Listed, matches
from server.viewer import Viewer
from server.words import say


async def attendance_listed(viewer: Viewer, *, session: UUID) -> list[Listed]:
    """Whom a line can mean: those on the list of the activity. Raises NotThere for who does not prepare it."""
    part = await there(ActivitySession, session, "session")
    if not await Activity.filter(kept_activities(viewer), id=part.activity_id).exists():
        raise not_there("session")
    return await _listed(part.activity_id)


async def attendance_import(viewer: Viewer, *, session: UUID, lines: Iterable[Line]) -> ActivitySession:
    """Note what these lines say of those whom they mean; the others are left out, as the preview has told.

    Raises Invalid where they mean nobody, and as `attendance_note` does.
    """
    async with transaction():
        found = matches(lines, await attendance_listed(viewer, session=session))
        seen = {one.person: one.line.presence for one in found if one.person}
        if not seen:
            raise Invalid(Problem("NOBODY", say("No line means anybody on the list."), "content"))
        return await attendance_note(viewer, session=session, seen=seen, method=Method.IMPORT)


async def _listed(activity: UUID) -> list[Listed]:
    rows = await Participation.filter(activity_id=activity).order_by("id").select_related("person")
    seats = Membership.filter(person_id__in=[row.person_id for row in rows]).exclude(no="")
    numbers: dict[UUID, set[str]] = {}
    for person, no in await seats.values_list("person_id", "no"):
        numbers.setdefault(person, set()).add(no)
    return [
        Listed(row.person_id, row.person.name_zh, row.person.name_en, tuple(sorted(numbers.get(row.person_id, ()))))
        for row in rows
    ]
