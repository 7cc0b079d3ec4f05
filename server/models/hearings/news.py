"""What people are told of hearings."""

from collections.abc import Collection
from uuid import UUID

from server.models.activities import Activity
from server.models.activities.news import told
from server.models.hearings.tables import Hearing, HearingApplication
from server.models.messages import telling
from server.rules.hearings import ApplicationState
from server.rules.messages import Topic
from server.viewer import Viewer
from server.words import say

OPEN = say("You can enrol for a hearing: {title}, {moment}").msgid
CALLED_OFF = say("The hearing that you applied for is not held: {title}, {moment}").msgid
PUT_OFF = say("The hearing that you applied for is held later: {title}, {moment}; apply again then").msgid
DECIDED = say("Your application for a hearing was decided: {title}, {moment}").msgid
STANDING = (
    ApplicationState.SUBMITTED,
    ApplicationState.ELIGIBLE,
    ApplicationState.SELECTED,
    ApplicationState.RESERVE,
    ApplicationState.CONFIRMED,
)
"""They still hope to be heard."""


async def tell(viewer: Viewer, row: Hearing, activity: Activity, words: str, people: Collection[UUID]) -> None:
    """Tell these people, with a link to its page."""
    said = telling.Said(Topic.MEETINGS, told(viewer, activity, words), link=f"/hearings/hea_{row.id}")
    await telling.tell_each(viewer, dict.fromkeys(people, said))


async def tell_applicants(viewer: Viewer, row: Hearing, activity: Activity, words: str) -> None:
    """Tell those who applied, signed in, and still hope to be heard."""
    rows = HearingApplication.filter(hearing_id=row.id, state__in=list(STANDING), person_id__isnull=False)
    people = [key async for key in rows.order_by("serial").values_list("person_id", flat=True)]
    await tell(viewer, row, activity, words, people)
