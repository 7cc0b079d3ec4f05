"""One's own messages: which they are, reading them, and choosing how they come; a choice is a consent with its time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, Subquery

from server.errors import Invalid, Problem
from server.models import audit
from server.models.database import transaction
from server.models.history import not_there
from server.models.messages.tables import Delivery, Message, MessageChoice, MessageHours
from server.models.messages.wishes import holder
from server.rules.messages import DAILY, EMAIL, DeliveryState, Hours, Mode, Topic, chosen
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import say


def own_messages(viewer: Viewer) -> Q:
    """Those to the viewer's own person or account."""
    people = [viewer.person] if viewer.person else []
    accounts = [viewer.account] if viewer.account else []
    found: list[dict[str, Any]] = [{"person_id__in": people}, {"account_id__in": accounts}]
    return Q(*(Q(**one) for one in found), join_type=Q.OR)


async def read_one(viewer: Viewer, *, message: UUID) -> Message:
    """Say that one has read a message of one's own; the first time counts. Raises NotThere."""
    viewer.must(Action.KEEP_MESSAGES)
    mine = Message.filter(own_messages(viewer), id=message)
    await mine.filter(read_at=None).update(read_at=viewer.now)
    found = await mine.first()
    if found is None:
        raise not_there("message")
    return found


async def read_all(viewer: Viewer) -> int:
    """Say that one has read all of them; how many were unread."""
    viewer.must(Action.KEEP_MESSAGES)
    return await Message.filter(own_messages(viewer), read_at=None).update(read_at=viewer.now)


@dataclass(frozen=True)
class Chosen:
    """How messages of one topic are to come by one way."""

    topic: Topic
    channel: str
    mode: Mode


async def choose(viewer: Viewer, *, choices: Iterable[Chosen], hours: Hours, channels: Iterable[str]) -> None:
    """Choose how one's own messages come, from now on; the time is kept with each choice that is new (PU-1).

    channels: the ways that this house has beside e-mail. Raises Invalid for another way or an hour that is none.
    """
    viewer.must(Action.KEEP_MESSAGES)
    wanted = {(one.topic, one.channel): one.mode for one in choices}
    _must_exist(wanted, channels)
    _must_be_hours(hours)
    whose: dict[str, Any] = holder(viewer)
    async with transaction():
        rows = await MessageChoice.filter(**whose, ended_at=None).select_for_update()
        held = {(row.topic, row.channel): row.mode for row in rows}
        new = {key: mode for key, mode in wanted.items() if mode is not chosen(*key, held)}
        for topic, channel in new:
            await MessageChoice.filter(**whose, topic=topic, channel=channel, ended_at=None).update(ended_at=viewer.now)
        await MessageChoice.bulk_create(
            [
                MessageChoice(**whose, topic=topic, channel=channel, mode=mode, consent_at=viewer.now)
                for (topic, channel), mode in new.items()
            ]
        )
        for (topic, channel), mode in new.items():
            if mode is Mode.NEVER:
                await _take_back(whose, topic, channel)
        await MessageHours.update_or_create(defaults=vars(hours), **whose)
        said = {f"{topic.value} {channel}": mode.value for (topic, channel), mode in new.items()}
        await audit.record(viewer, "messages.choose", f"acc_{viewer.account}", {"choices": said, "hours": vars(hours)})


async def _take_back(whose: Mapping[str, Any], topic: Topic, channel: str) -> None:
    """What is still on its way by a way that is not wanted any more does not leave; the message stays where it is read.

    A way in was asked for, whatever is chosen of messages.
    """
    unsent = Message.filter(**whose, topic=topic, invitation_id=None)
    waiting = Delivery.filter(message_id__in=Subquery(unsent.values("id")), channel=channel)
    await waiting.filter(state__in=[DeliveryState.WAITING, DeliveryState.FAILED]).delete()


def _must_exist(wanted: Iterable[tuple[Topic, str]], channels: Iterable[str]) -> None:
    known = (EMAIL, *channels)
    for _, channel in wanted:
        if channel not in known:
            said = say("There is no way called {name}. Known are {known}.", name=channel, known=known)
            raise Invalid(Problem("NO_SUCH_CHANNEL", said, "choices"))


def _must_be_hours(hours: Hours) -> None:
    limits = {"quiet_from": 23, "quiet_until": 23, "digest_hour": 23, "digest_day": DAILY}
    for name, most in limits.items():
        if not 0 <= getattr(hours, name) <= most:
            raise Invalid(Problem("NO_SUCH_HOUR", say("Choose one of those offered."), name))
