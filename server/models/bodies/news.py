"""What people are told of their places in bodies, in words that may leave the house: none names a sensitive body.

Told is what staff change from a day on, if that is news (server/rules/messages.py). Corrections and voiding are not
told, so that a slip and its mending are no two letters; nor is what an import brings, which is the register as it was.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from uuid import UUID

from server.models.bodies.tables import Body, BodyKind, BodyRole
from server.models.messages import telling
from server.rules.messages import Topic, is_news
from server.viewer import Viewer
from server.words import Words, lines, name, say

BODY_ROLE_NAMES: dict[BodyRole, Words] = {
    BodyRole.HEAD: say("head"),
    BodyRole.CO_HEAD: say("co-head"),
    BodyRole.DEPUTY: say("deputy"),
    BodyRole.CONVENER: say("convener"),
    BodyRole.SECRETARY: say("secretary"),
    BodyRole.CONTACT: say("contact"),
    BodyRole.MEMBER: say("member"),
}
THANKS = say("Thank you for your work there.")


async def tell_begun(
    viewer: Viewer,
    body: Body,
    people: Collection[UUID],
    on: dt.date | None,
    *,
    role: BodyRole = BodyRole.MEMBER,
    until: dt.date | None = None,
    left: Iterable[Body] = (),
) -> None:
    """They sit in the body from that day on. left: the bodies from which they move here."""
    plain = say("You are in {body} from {day} on", body=_called(body), day=on)
    words = plain if role is BodyRole.MEMBER else _in_role(body, on, role)
    moved = [say("You leave {body} on that day.", body=name(one)) for one in left]
    if is_news(on, viewer.today, until):
        await _tell(viewer, body, people, words, *moved)


async def tell_role(viewer: Viewer, body: Body, people: Collection[UUID], on: dt.date, role: BodyRole) -> None:
    """They go on in the body as something else."""
    if is_news(on, viewer.today):
        await _tell(viewer, body, people, _in_role(body, on, role))


async def tell_ended(viewer: Viewer, body: Body, people: Collection[UUID], on: dt.date, role: BodyRole) -> None:
    """That role of theirs in the body ends."""
    words = say("Your role in {body} ends on {day}: {role}", body=_called(body), day=on, role=BODY_ROLE_NAMES[role])
    if is_news(on, viewer.today):
        await _tell(viewer, body, people, words, THANKS)


async def tell_left(viewer: Viewer, body: Body, people: Collection[UUID], on: dt.date) -> None:
    """They are in the body no more, in no role."""
    if is_news(on, viewer.today):
        words = say("From {day} on you are not in {body} any more", body=_called(body), day=on)
        await _tell(viewer, body, people, words)


async def tell_body_ended(viewer: Viewer, body: Body, people: Collection[UUID], on: dt.date) -> None:
    """The body ends, and their places with it."""
    if is_news(on, viewer.today):
        words = say("Your place in {body} ends with it on {day}", body=_called(body), day=on)
        await _tell(viewer, body, people, words)


def _in_role(body: Body, on: dt.date | None, role: BodyRole) -> Words:
    return say("Your role in {body} from {day} on: {role}", body=_called(body), day=on, role=BODY_ROLE_NAMES[role])


def _called(body: Body) -> Words:
    """As it is called where others may read along."""
    if body.kind is BodyKind.LEARNING_GROUP:
        return say("a learning group") if body.sensitive else say("the learning group {group}", group=name(body))
    return say("a body") if body.sensitive else name(body)


async def _tell(viewer: Viewer, body: Body, people: Collection[UUID], words: Words, *more: Words) -> None:
    """Of a sensitive body the text says which: it stays behind the sign-in, where the page may not be theirs to see."""
    learning = body.kind is BodyKind.LEARNING_GROUP
    page = f"/learning-groups/bod_{body.id}" if learning else f"/bodies/bod_{body.id}"
    which = [say("This is about {body}.", body=name(body))] if body.sensitive else []
    await telling.tell(
        viewer,
        topic=Topic.LEARNING if learning else Topic.BODIES,
        words=words,
        more=lines(*which, *more),
        people=people,
        link="/me" if body.sensitive else page,
    )
