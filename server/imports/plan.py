"""The plan of a file: every record against the register, in portions, with the same outcome each time it is made."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from itertools import islice
from typing import TypeVar
from uuid import UUID

from server.imports.bodies import Bodies
from server.imports.memberships import Memberships
from server.imports.options import Options
from server.imports.outcomes import Outcome, Report, Result
from server.imports.people import People
from server.imports.records import Message, Reader, Record
from server.imports.seats import Seats
from server.imports.terms import Terms
from server.imports.writing import Sink
from server.viewer import Viewer
from server.words import say

PORTION = 1000
"""Records that are looked up together."""

T = TypeVar("T")
Tell = Callable[[list[Outcome]], Awaitable[None]]


class Plan:
    """One walk through a file. sink: where the writes go. tell: who hears of the outcomes, a portion at a time."""

    def __init__(self, viewer: Viewer, options: Options, sink: Sink, tell: Tell) -> None:
        self.options, self.sink, self.tell = options, sink, tell
        self.report = Report()
        self.terms = Terms(viewer, sink)
        self.bodies = Bodies(viewer, sink, self.terms, options.map)
        self.people = People(viewer, sink)
        self.seats = Seats(viewer, sink, self.terms, self.bodies)
        self.memberships = Memberships(viewer, sink, self.bodies, self.people, self.seats)

    async def run(self, reader: Reader) -> Report:
        """Plan everything; the report of it."""
        await self.terms.load()
        await self.bodies.load()
        async for portion in self._portions(reader.bodies()):
            await self._say([self._body(item) for item in portion])
        settled = self.terms.settle()
        if self.options.term:
            self.terms.of(self.options.term)
        await self._say([*settled, *self.bodies.settle()])
        async for portion in self._portions(reader.people()):
            await self._portion(portion)
        if self.report.full:
            count = len(self.report.errors)
            said = say("There are {count} errors or more. What comes after them was not looked at.", count=count)
            await self._say([_aside(Message("file", 1, "", said))])
        return self.report

    async def _portions(self, items: Iterator[T]) -> AsyncIterator[list[T]]:
        """Read in a thread: others are served meanwhile."""
        while not self.report.full and (portion := await asyncio.to_thread(list, islice(items, PORTION))):
            yield portion

    def _body(self, item: Record | Message) -> Outcome | None:
        if isinstance(item, Message):
            return _aside(item)
        return self.terms.add(item) if item.kind == "terms" else self.bodies.add(item)

    async def _portion(self, portion: list[Record | Message]) -> None:
        said = [_aside(item) for item in portion if isinstance(item, Message)]
        records = [item for item in portion if isinstance(item, Record)]
        people = [record for record in records if record.kind == "people"]
        outcomes = await self.people.plan(people)
        labels = {record.key: self.people.label(record) for record in people}
        known = {key for key in labels if isinstance(key, UUID)} - self.people.new
        seats = [*self._default_seats(records), *(record for record in records if record.kind == "term_memberships")]
        outcomes += await self.seats.plan(seats, labels, known)
        sitting = [record for record in records if record.kind == "memberships"]
        outcomes += await self.memberships.plan(sitting, labels)
        await self._say([*said, *outcomes])

    def _default_seats(self, records: list[Record]) -> Iterator[Record]:
        """With --term everyone in the file has a seat in it; those without a record of it get a bare one."""
        if not self.options.term:
            return
        seated = {
            id(record.person)
            for record in records
            if record.kind == "term_memberships" and record.id == self.options.term
        }
        for record in records:
            if record.kind == "people" and id(record) not in seated:
                yield Record(
                    "term_memberships", record.list_name, record.row, id=self.options.term, person=record, repeats=True
                )

    async def _say(self, outcomes: list[Outcome | None]) -> None:
        heard = [*self.terms.outcomes(), *(said for said in outcomes if said)]
        for said in heard:
            self.report.add(said)
        await self.sink.flush()
        await self.tell(heard)


def _aside(message: Message) -> Outcome:
    """A message about the file or about a row of it that cannot be read. An unreadable row counts as an error."""
    unread: Result | None = "error" if message.error and message.kind != "file" else None
    return Outcome(message.kind, message.list_name, message.row, "", unread, [], [message])
