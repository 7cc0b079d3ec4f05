"""What people are told of activities. What leaves the house says when and what for, never why somebody is away."""

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from server.models.activities.tables import Activity, Participation
from server.models.messages import telling
from server.rules.messages import Topic
from server.viewer import Viewer
from server.words import Words, both_names, say

INVITED = say("You are invited: {title}, {moment}").msgid
CHANGED = say("Something has changed: {title}, {moment}").msgid
CANCELLED = say("Cancelled: {title}, {moment}").msgid
POSTPONED = say("Postponed: {title}, {moment}; you will be told when it is held").msgid
PROMOTED = say("There is a place for you now: {title}, {moment}").msgid
AWAITED = say("Please answer whether you come: {title}, {moment}").msgid
LEAVE_DECIDED = say("Your request for leave was decided: {title}, {moment}").msgid


def told(viewer: Viewer, row: Activity, words: str) -> Words:
    """The sentence about this activity, its moment as it is where the assembly sits."""
    begins = row.starts_at.astimezone(viewer.zone)
    return Words(words, {"title": both_names(row.title_zh, row.title_en), "moment": begins})


async def tell(viewer: Viewer, row: Activity, words: str, *, people: Collection[UUID]) -> None:
    """Tell these people, with a link to its page, and why it was called off."""
    said = telling.Said(Topic.MEETINGS, told(viewer, row, words), link=f"/activities/act_{row.id}")
    if row.reason:
        said = replace(said, more=both_names(row.reason, row.reason))
    await telling.tell_each(viewer, dict.fromkeys(people, said))


async def tell_all(viewer: Viewer, row: Activity, words: str) -> None:
    """Tell everyone who was invited."""
    invited = Participation.filter(activity_id=row.id, invited_at__isnull=False).order_by("id")
    await tell(viewer, row, words, people=[key async for key in invited.values_list("person_id", flat=True)])
