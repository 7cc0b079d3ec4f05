"""Reminding those who were invited to an activity and have not answered, once on each day."""

from typing import Any
from uuid import UUID

from server.errors import Conflict, Invalid, Problem
from server.models import audit
from server.models.activities.news import AWAITED, told
from server.models.activities.preparing import kept
from server.models.activities.tables import Participation
from server.models.database import transaction
from server.models.messages import telling
from server.models.messages.tables import Message
from server.models.messages.telling import message_key
from server.rules.activities import ActivityState
from server.rules.attendance import Rsvp
from server.rules.messages import Topic
from server.viewer import Viewer
from server.words import say


async def activity_remind(viewer: Viewer, *, activity: UUID) -> int:
    """Remind whoever has not answered, by the ways they chose; how many. Nobody twice on one day.

    Raises NotThere, Refused; Conflict where nobody answers any more, Invalid where nobody is left to be reminded.
    """
    async with transaction():
        row = await kept(viewer, activity)
        if row.state is not ActivityState.OPEN:
            raise Conflict(Problem("ANSWERS_CLOSED", say("Answers are closed: nobody is reminded of one.")))
        people, _ = await unanswered(viewer, activity)
        if not people:
            said = say("Nobody is left to be reminded: they have answered, or were reminded today.")
            raise Invalid(Problem("NOBODY", said))
        words, link, key = told(viewer, row, AWAITED), f"/activities/act_{activity}", _key(viewer, activity)
        await telling.tell(viewer, topic=Topic.MEETINGS, words=words, people=people, link=link, key=key)
        await audit.record(viewer, "activities.remind", f"act_{activity}", {"people": len(people)})
    return len(people)


async def unanswered(viewer: Viewer, activity: UUID) -> tuple[list[UUID], list[UUID]]:
    """Who was told and has not answered: those who were not reminded today, and those who were. In a fixed order."""
    waiting = Participation.filter(activity_id=activity, rsvp=Rsvp.NONE, invited_at__isnull=False).order_by("id")
    people = {
        message_key(_key(viewer, activity), person): person
        async for person in waiting.values_list("person_id", flat=True)
    }
    reminded: set[Any] = set(await Message.filter(id__in=list(people)).values_list("id", flat=True))
    asked = [person for key, person in people.items() if key not in reminded]
    return asked, [person for key, person in people.items() if key in reminded]


def _key(viewer: Viewer, activity: UUID) -> str:
    return f"activities.remind:{activity}:{viewer.today}"
