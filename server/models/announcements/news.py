"""What people are told of announcements: no more leaves the house than its level allows (PU-1)."""

from uuid import UUID

from server.models.announcements.reach import audience
from server.models.announcements.tables import Announcement
from server.models.messages import telling
from server.rules.announcements import title_leaves
from server.rules.messages import Topic
from server.viewer import Viewer
from server.words import Words, both_names, say

NEW = say("New announcement: {title}").msgid
AMENDED = say("Amended announcement: {title}").msgid
WITHDRAWN = say("Withdrawn announcement: {title}").msgid
REMINDED = say("An announcement waits for you to read it: {title}").msgid
UNNAMED = {
    NEW: say("There is a new announcement for you"),
    AMENDED: say("An announcement for you was amended"),
    WITHDRAWN: say("An announcement for you was withdrawn"),
    REMINDED: say("An announcement waits for you to read it"),
}
"""What is said of one whose title stays in the house."""


def told(row: Announcement, words: str) -> Words:
    """The sentence about this announcement, with its title where that may leave the house."""
    if not title_leaves(row.level):
        return UNNAMED[words]
    return Words(words, {"title": both_names(row.title_zh, row.title_en)})


async def tell(
    viewer: Viewer, row: Announcement, words: str, *, people: list[UUID], key: str = "", more: str = ""
) -> None:
    """Tell these people, with a link to its page. more: what stands in the message here, and does not leave."""
    said = telling.Said(Topic.ANNOUNCEMENTS, told(row, words), link=f"/announcements/ann_{row.id}", key=key)
    if more:
        said = telling.Said(said.topic, said.words, both_names(more, more), link=said.link, key=key)
    await telling.tell_each(viewer, dict.fromkeys(people, said))


async def tell_audience(viewer: Viewer, row: Announcement, words: str, *, key: str = "", more: str = "") -> None:
    """Tell everyone whom it is for today."""
    await tell(viewer, row, words, people=await audience(viewer, row), key=key, more=more)
