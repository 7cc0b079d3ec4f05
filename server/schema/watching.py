"""A subscription while it runs: asked again each time that something may have changed, as whoever waits for it.

Nothing of what was read is kept but a hash of the last answer, or the IDs of what was sent. Who asks is found out
with each answer, in the same statement where it can be, so what was taken from them is not sent to them.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple, cast
from uuid import UUID

from tortoise.models import Model

from server import schema
from server.errors import Invalid, Limited, NotThere, Problem
from server.models.documents import Document
from server.models.events import Event
from server.schema.affording import LEAST
from server.schema.asking import Asking
from server.schema.happening import LISTS, MOST_THINGS, Collection
from server.schema.http import told
from server.schema.ids import id_for, key_of, model_of
from server.schema.patience import in_time
from server.schema.rows import READINGS
from server.schema.waiting import THINGS, Ended, Waiting
from server.schema.wire import as_json
from server.words import say

MOST_AT_ONCE = 200
"""Of so many changes at once in lists, not each is named any more."""
MOST_SENT = 5_000
"""Things in lists of which is remembered that they were sent; the first ones go."""
CALM_S = 0.5
"""How long to wait after an answer before the next: what happens meanwhile goes together."""

Ask = Callable[[], Asking]
"""Who asks, to be found out anew."""


class Answer(NamedTuple):
    """One that can be sent, in two parts: what it says, and what it cost, which differs each time."""

    said: bytes
    cost: bytes

    @property
    def whole(self) -> bytes:
        """As JSON."""
        return self.said + self.cost + b"}"


class Nobody(Exception):
    """Whoever waited is not signed in any more."""


class Watch:
    """What is asked again, whole, and sent where it is different."""

    def __init__(self, waiting: Waiting, variables: Mapping[str, Any], ask: Ask, seconds: float) -> None:
        """seconds: how long an answer may take."""
        self.waiting, self.variables, self.ask, self.seconds = waiting, variables, ask, seconds
        self._due = asyncio.Event()

    def heard(self, event: Event) -> None:
        """Something was changed."""
        self._due.set()

    def look(self, *, as_another: bool) -> None:
        """Time has passed. as_another: who asks may see other things than before, though nothing was changed."""
        self._due.set()

    async def answers(self) -> AsyncGenerator[bytes, None]:
        """What is to be sent, as JSON. Raises Ended."""
        last = b""
        while True:
            self._due.clear()
            answer = await self._answer()
            if (heard := sha256(answer.said).digest()) != last:
                last = heard
                yield answer.whole
            await asyncio.sleep(CALM_S)
            await self._due.wait()

    async def _answer(self, *things: str) -> Answer:
        """The answer as it is now. Raises Ended where there is none, such as after a permission was revoked; Nobody."""
        asking, waiting = self.ask(), self.waiting
        variables = {**self.variables, waiting.things: list(things) or None}
        found = await in_time(self.seconds, schema.ask_at_a_moment(waiting.text, variables, asking, waiting.name))
        await asking.settle()
        if not asking.viewer.signed_in:
            raise Nobody
        if isinstance(found, bytes):
            return Answer(b'{"data":' + found, told(asking))
        said = schema.formatted(found, asking)
        if said["data"] is None:
            raise Ended(said["errors"])
        return Answer(as_json(said)[:-1], told(asking))


@dataclass
class News:
    """What happened since the last answer. keys: of what. wide: much more than these. looked: time has passed, or who
    asks is another."""

    keys: set[UUID] = field(default_factory=set)
    wide: bool = False
    looked: bool = False


class Changes(Watch):
    """Things that were changed, one at a time: named ones, or all of some lists that this viewer may see."""

    def __init__(
        self,
        waiting: Waiting,
        variables: Mapping[str, Any],
        ask: Ask,
        seconds: float,
        *,
        ids: list[str],
        lists: list[Collection],
    ) -> None:
        super().__init__(waiting, variables, ask, seconds)
        self.ids = {key: thing for thing in ids if (key := _key(thing))}
        self.lists = [LISTS[one] for one in lists]
        self._news = News()
        self._seen: dict[str, None] = {}
        """Things that may be told of though they are gone: they were seen."""

    def heard(self, event: Event) -> None:
        """Notes what of it is waited for."""
        self._news.keys |= event.keys if self.lists else event.keys & self.ids.keys()
        self._news.wide |= event.wide or len(self._news.keys) > MOST_AT_ONCE
        if self._news.keys or self._news.wide:
            self._due.set()

    def look(self, *, as_another: bool) -> None:
        """Time alone changes nothing here, but that a permission to read a document begins and ends by itself."""
        if as_another or self._timed:
            self._news.looked = True
            self._due.set()

    @property
    def _timed(self) -> bool:
        """Whether documents are waited for."""
        return Document in self.lists or any(model_of(thing) is Document for thing in self.ids.values())

    async def answers(self) -> AsyncGenerator[bytes, None]:
        """What is to be sent, as JSON. Raises Ended."""
        await self._answer()  # may they at all?
        self._seen = dict.fromkeys(await self._visible(set(self.ids)))
        while True:
            await self._due.wait()
            self._due.clear()
            news, self._news = self._news, News()
            if news.looked:
                async for answer in self._differing():
                    yield answer
            if news.wide and self.lists:
                yield (await self._answer()).whole
            async for answer in self._of(set(self.ids) if news.wide else news.keys):
                yield answer

    async def _of(self, keys: set[UUID]) -> AsyncGenerator[bytes, None]:
        """Those of them that are there for this viewer, and those that were seen before and are not any more."""
        visible = await self._visible(keys)
        gone = [thing for thing in self._seen if _key(thing) in keys and thing not in visible]
        for thing in [*visible, *gone]:
            answer = await self._answer(thing)
            self._remember(thing, there=thing in visible)
            yield answer.whole

    async def _differing(self) -> AsyncGenerator[bytes, None]:
        """Of all that were seen, those that are not there any more for this viewer; of those named, those that came."""
        await self._answer()  # may they still?
        known = {key for thing in self._seen if (key := _key(thing))}
        visible = set(await self._visible(known | set(self.ids)))
        for thing in visible.symmetric_difference(self._seen):
            answer = await self._answer(thing)
            self._remember(thing, there=thing in visible)
            yield answer.whole

    def _remember(self, thing: str, *, there: bool) -> None:
        self._seen.pop(thing, None)
        if there:
            self._seen[thing] = None
        if len(self._seen) > MOST_SENT:
            del self._seen[next(iter(self._seen))]

    async def _visible(self, keys: set[UUID]) -> list[str]:
        """Which of these are waited for, and there for this viewer: one statement for each kind of thing."""
        asking = self.ask()
        await asking.settle()
        try:
            asking.pay(LEAST)
        except Limited as limited:
            raise Ended.by(limited, asking) from limited
        found = []
        for model, wanted in self._kinds(keys):
            rows = model.filter(READINGS[model].visible(asking.viewer), id__in=list(wanted)).order_by("id")
            found += [str(id_for(model, cast(UUID, key))) for key in await rows.values_list("id", flat=True)]
        return found

    def _kinds(self, keys: set[UUID]) -> Iterator[tuple[type[Model], set[UUID]]]:
        if not keys:
            return
        for model in READINGS:
            named = {key for key in keys & self.ids.keys() if model_of(self.ids[key]) is model}
            wanted = keys if model in self.lists else named
            if wanted:
                yield model, wanted


def _key(thing: str) -> UUID | None:
    """The key of a thing of which a subscription may tell; None for what is none."""
    try:
        model = model_of(thing)
        return key_of(thing, model) if model in READINGS else None
    except NotThere:
        return None


def watch(waiting: Waiting, variables: Mapping[str, Any], ask: Ask, asking: Asking, *, seconds: float) -> Watch:
    """What is to be sent for a subscription. Raises Ended where its arguments do not fit."""
    root, given = waiting.asked(variables, asking)
    if root != THINGS:
        return Watch(waiting, variables, ask, seconds)
    ids, lists = given.get("ids") or [], given.get("collections") or []
    if not ids and not lists:
        message = say("Say which things, or which lists.")
        raise Ended.by(Invalid(Problem("NOTHING_NAMED", message, field="ids")), asking)
    if len(ids) > MOST_THINGS:
        message = say("One subscription can name {most} things. Open another for the rest.", most=MOST_THINGS)
        raise Ended.by(Invalid(Problem("TOO_MANY_THINGS", message, field="ids")), asking)
    return Changes(waiting, variables, ask, seconds, ids=ids, lists=lists)
