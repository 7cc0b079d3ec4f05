"""The worker: what is due leaves, the most urgent first; any number of processes may do it at once.

One letter is taken at a time, sent, and marked. Who dies in between has it for a while still (LEASE); then another one
sends it again, under the same Message-ID: see docs/decisions/messages.md.
"""

import asyncio
import datetime as dt
import logging
import time
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any, Protocol
from uuid import UUID, uuid4

from tortoise.expressions import F, Q, Subquery
from tortoise.queryset import QuerySet

from server.models.accounts.tables import Account
from server.models.database import MESSAGES_LOCK, connection, is_postgres, transaction
from server.models.invitations.links import links_of
from server.models.members.tables import Person
from server.models.messages.letters import Letter, Reader, letter
from server.models.messages.tables import Delivery, Message, MessageHours
from server.models.messages.wishes import HOURS
from server.rules.messages import (
    EMAIL,
    LAST,
    LEASE,
    OPEN,
    SLIP,
    STALE,
    DeliveryState,
    Hours,
    Urgency,
    after_quiet,
    again,
)
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import Locale, Words, say

log = logging.getLogger("luzhi.messages")
BROKEN = 3
"""So many letters in a row that broke off midway: then it is not the letters."""
SEND_S = LEASE.total_seconds() - 60
"""The longest that one letter may take: less than it is ours."""
STEP_BACK = dt.timedelta(minutes=5)
"""How long a letter that broke off lets others go first."""
SAID = 500
"""Characters kept of what the other side answered."""
COUNTED = {
    DeliveryState.BOUNCED: say("{count} bounced"),
    DeliveryState.FAILED: say("{count} failed"),
    DeliveryState.GIVEN_UP: say("{count} given up"),
    DeliveryState.SENT: say("{count} sent"),
}
"""What can become of a letter, in the order in which it is told."""


class Unavailable(Exception):
    """The channel takes nothing from us now, whoever it is for. It is asked again later; nobody's try is counted.

    midway: it began to take this very letter, so that the letter may be why; others go first then.
    """

    def __init__(self, said: str, *, midway: bool = False) -> None:
        super().__init__(said)
        self.midway = midway


class Rejected(Exception):
    """This letter, or its reader, was refused. for_good: asking again is of no use."""

    def __init__(self, said: str, *, for_good: bool) -> None:
        super().__init__(said)
        self.for_good = for_good


class Post(Protocol):
    """What takes letters out of the house. base: the address of this product; key: its secret; both for links."""

    base: str
    key: str

    @property
    def channels(self) -> Collection[str]:
        """Those that are set up, by name."""

    async def send(self, letter: Letter) -> None:
        """Returns when the other side has it. Raises Unavailable, Rejected."""


@dataclass
class Round:
    """One run of the worker.

    resting: channels that took nothing any more, with what they said. broken: letters in a row that broke off midway.
    """

    viewer: Viewer
    post: Post
    began: float = field(default_factory=time.monotonic)
    resting: dict[str, str] = field(default_factory=dict)
    broken: Counter[str] = field(default_factory=Counter)
    counted: Counter[DeliveryState] = field(default_factory=Counter)

    @property
    def now(self) -> dt.datetime:
        """The time it is, by the viewer's clock."""
        return self.viewer.now + dt.timedelta(seconds=time.monotonic() - self.began)

    @property
    def channels(self) -> list[str]:
        """Those that take something."""
        return [channel for channel in self.post.channels if channel not in self.resting]

    def told(self) -> Words:
        """What was done, in one sentence."""
        counts = ((words, self.counted[state]) for state, words in COUNTED.items())
        done = tuple(replace(words, facts={"count": count}) for words, count in counts if count)
        words = say("Messages: {done}", done=done or say("nothing was due"))
        for channel, said in self.resting.items():
            words = say("{words}; {channel} is not available: {said}", words=words, channel=channel, said=said)
        return say("{words}.", words=words)


async def deliver(viewer: Viewer, post: Post) -> Words:
    """Send all that is due; what was done, in one sentence."""
    viewer.must(Action.SEND_MESSAGES)
    round_ = Round(viewer, post)
    await _give_up_stale(round_)
    while taken := await _taken(round_):
        await _send(round_, taken)
    return round_.told()


async def _give_up_stale(round_: Round) -> None:
    """What nobody took for a week: by a channel that was taken away, or is broken for good."""
    old = Q(due_at__lt=round_.now - STALE) | Q(created_at__lt=round_.now - LAST)
    stale = Delivery.filter(old, state__in=[DeliveryState.WAITING, DeliveryState.FAILED]).exclude(channel=SLIP)
    if EMAIL not in round_.post.channels:
        await _to_the_office(stale.filter(channel=EMAIL, tries=0))
    said = "Nobody took it for a week."
    given_up = await stale.update(state=DeliveryState.GIVEN_UP, done_at=round_.now, said=said)
    if given_up:
        round_.counted[DeliveryState.GIVEN_UP] += given_up


async def _to_the_office(untried: QuerySet[Delivery]) -> None:
    """Without a mail server nobody tried, and nothing failed. What the office wrote, it hands over itself; what the
    system said stands where its reader signs in, and would be no news by e-mail. An invitation is given up: its reader
    has no other way in.
    """
    async with transaction():
        await untried.exclude(mailing_id=None).update(channel=SLIP, digest=False, said="")
        told = Message.filter(mailing_id=None, invitation_id=None)
        await untried.filter(message_id__in=Subquery(told.values("id"))).delete()


async def _taken(round_: Round) -> list[Delivery]:
    """The next letter, which is this process's own for the time of a lease; empty where there is none."""
    while True:
        taken = await _looked_at(round_)
        if taken is not None:
            return taken


async def _looked_at(round_: Round) -> list[Delivery] | None:
    """The same; None where it goes later, because its reader is left in peace now."""
    async with transaction():
        await _one_at_a_time()
        first = await _next(_due(round_).order_by("urgency", "created_at", "id")).first()
        if first is None:
            return []
        rows, envelope = await _beside(round_, first)
        if until := await _in_peace(round_, first):
            waits = {"due_at": until, "state": DeliveryState.FAILED if first.tries else DeliveryState.WAITING}
            await Delivery.filter(id__in=[row.id for row in rows]).update(lease_until=None, **waits)
            return None
        lease = {"envelope": envelope, "lease_until": round_.now + LEASE}
        await Delivery.filter(id__in=[row.id for row in rows]).update(state=DeliveryState.SENDING, **lease)
    for row in rows:
        row.update_from_dict(lease)
    return rows


async def _in_peace(round_: Round, first: Delivery) -> dt.datetime | None:
    """Until when this reader's quiet hours last, where it is within them: it may have been late, or tried before."""
    if first.urgency == Urgency.URGENT:
        return None
    whose = Q(person_id=first.person_id) if first.person_id else Q(account__messages__id=first.message_id)
    found = await MessageHours.filter(whose).first()
    hours = Hours(**{name: getattr(found, name) for name in HOURS}) if found else Hours()
    until = after_quiet(round_.now, hours, round_.viewer.zone)
    return until if until > round_.now else None


async def _one_at_a_time() -> None:
    """Two processes never choose at once: what leaves together stays together. SQLite has one writer anyway."""
    if is_postgres():
        await connection().execute_query(f"SELECT pg_advisory_xact_lock({MESSAGES_LOCK})")


def _next(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """What the office is changing at this moment is left to it."""
    return rows.select_for_update(skip_locked=True)


def _due(round_: Round) -> QuerySet[Delivery]:
    orphaned = Q(state=DeliveryState.SENDING, lease_until__lte=round_.now)
    ready = Q(state__in=[DeliveryState.WAITING, DeliveryState.FAILED], due_at__lte=round_.now)
    return Delivery.filter(ready | orphaned, state__in=OPEN, channel__in=round_.channels)


async def _beside(round_: Round, first: Delivery) -> tuple[list[Delivery], UUID]:
    """All that leaves in one letter, and its envelope: what left with it before, or all that is due in one digest."""
    due = _due(round_).order_by("created_at", "id")
    if first.envelope != first.id or not first.digest:
        return await _next(due.filter(envelope=first.envelope)), first.envelope
    same = due.filter(digest=True, channel=first.channel, person_id=first.person_id, envelope=F("id"))
    return await _next(same), uuid4()


async def _send(round_: Round, rows: list[Delivery]) -> None:
    address = ""
    try:
        async with asyncio.timeout(SEND_S):
            written = await _written(rows, round_.post, round_.now)
            address = written.reader.email if written.channel == EMAIL else ""
            await round_.post.send(written)
    except TimeoutError:
        await _unavailable(round_, rows, Unavailable("It took too long.", midway=True))
    except Unavailable as why:
        await _unavailable(round_, rows, why)
    except Rejected as why:
        await _refused(round_, rows, why, address)
    else:
        round_.broken[rows[0].channel] = 0
        await _mark(round_, rows, DeliveryState.SENT, "", done_at=round_.now, address=address)
        round_.counted[DeliveryState.SENT] += 1


async def _unavailable(round_: Round, rows: list[Delivery], why: Unavailable) -> None:
    channel = rows[0].channel
    round_.broken[channel] += why.midway
    if not why.midway or round_.broken[channel] >= BROKEN:
        round_.resting[channel] = str(why)
        log.warning("messages by %s wait: %s", channel, why)
    later = {"due_at": round_.now + STEP_BACK} if why.midway else {}
    await _mark(round_, rows, DeliveryState.FAILED if rows[0].tries else DeliveryState.WAITING, str(why), **later)


async def _refused(round_: Round, rows: list[Delivery], why: Rejected, address: str) -> None:
    tries = rows[0].tries + 1
    due_at = None if why.for_good else again(tries, round_.now)
    state = DeliveryState.FAILED if due_at else DeliveryState.BOUNCED if why.for_good else DeliveryState.GIVEN_UP
    when: dict[str, Any] = {"due_at": due_at} if due_at else {"done_at": round_.now}
    if why.for_good and address:
        when |= {"address": address, "came_back_at": round_.now}
    await _mark(round_, rows, state, str(why), tries=tries, **when)
    round_.counted[state] += 1


async def _mark(round_: Round, rows: list[Delivery], state: DeliveryState, said: str, **facts: Any) -> None:
    """Only what is still ours: whoever was slower than its lease leaves it to another one, unless it has arrived."""
    ours = Delivery.filter(id__in=[row.id for row in rows], state=DeliveryState.SENDING)
    if state is not DeliveryState.SENT:
        ours = ours.filter(lease_until=rows[0].lease_until)
    await ours.update(state=state, said=said[:SAID], lease_until=None, **facts)


async def _written(rows: list[Delivery], post: Post, now: dt.datetime) -> Letter:
    """The letter. Raises Rejected where its reader has no address any more, or its invitation does not hold."""
    first = rows[0]
    messages = await Message.filter(id__in=[row.message_id for row in rows]).order_by("created_at", "id")
    reader = await _reader(first.person_id)
    if first.channel == EMAIL and not reader.email:
        raise Rejected("There is no e-mail address any more.", for_good=True)
    links = await _links(messages, post, now)
    return letter(first.envelope, first.channel, reader, list(messages), post.base, links)


async def _links(messages: Collection[Message], post: Post, now: dt.datetime) -> dict[UUID, str]:
    """The way in that each message brings, which stands nowhere but in the letter."""
    brought = [message.invitation_id for message in messages if message.invitation_id]
    links = await links_of(brought, base=post.base, key=post.key, now=now)
    if len(links) < len(brought):
        raise Rejected("The invitation in it does not hold any more. Issue a new one.", for_good=True)
    return {message.id: links[message.invitation_id] for message in messages if message.invitation_id}


async def _reader(person: UUID | None) -> Reader:
    row = await Person.get_or_none(id=person) if person else None
    if row is None:
        return Reader()
    accounts = await Account.filter(person_id=person, active=True).order_by("created_at", "id")
    locale: Locale = "en" if any(account.locale == "en" for account in accounts) else "zh"
    name = (row.name_zh or row.name_en) if locale == "zh" else (row.name_en or row.name_zh)
    return Reader(name, row.email, row.phone, locale)
