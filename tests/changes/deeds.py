"""A secretary who does whatever comes to mind: verbs of every room, chosen by chance, some of which are refused."""

import datetime as dt
import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from server.errors import DomainError
from server.imports.undoing import undo
from server.models import bodies, learning, members
from server.models.bodies import BodyKind, BodyRole, RelationKind
from server.models.imports import ImportRun, ImportState
from server.models.members import Status
from server.viewer import Viewer
from tests import make
from tests.imports.bringing import brought

KINDS = [BodyKind.SPECIAL_COMMITTEE, BodyKind.SECTOR, BodyKind.LEARNING_GROUP, BodyKind.READING_GROUP]
DAYS = 400


class Secretary:
    """Deeds by chance. done: how often each was done, and how often something was refused."""

    def __init__(self, viewer: Viewer, seed: int, folder: Path) -> None:
        self.viewer, self.chance, self.folder = viewer, random.Random(seed), folder
        self.done: dict[str, int] = {}
        self.count = 0

    async def act(self, times: int) -> None:
        """So many deeds."""
        for _ in range(times):
            deed: Callable[[], Awaitable[object]] = self.chance.choice(self.deeds())
            self.count += 1
            try:
                await deed()
            except DomainError:
                self.note("refused")
            else:
                self.note(deed.__name__)

    def note(self, what: str) -> None:
        self.done[what] = self.done.get(what, 0) + 1

    def deeds(self) -> list[Callable[[], Awaitable[object]]]:
        often = [self.hide, self.sit, self.sit, self.tie, self.part, self.leave, self.void, self.new_body]
        return [
            *often, self.new_person, self.name_person, self.identify, self.seat, self.status, self.post, self.merge,
            self.rename_body, self.end_body, self.untie, self.role, self.correct, self.term, self.group, self.join,
            self.move, self.stem, self.bring, self.take_back,
        ]  # fmt: skip

    async def one(self, model: Any, **where: Any) -> UUID:
        keys = sorted(await model.filter(**where).values_list("id", flat=True))
        return self.chance.choice(keys) if keys else make.some_id()

    def day(self) -> dt.date:
        return make.TODAY + dt.timedelta(days=self.chance.randrange(-DAYS, DAYS))

    def name(self) -> str:
        return f"Thing {self.count} {self.chance.randrange(1000)}"

    async def new_person(self) -> None:
        await members.create_person(self.viewer, name_en=self.name())

    async def name_person(self) -> None:
        await members.change_person(self.viewer, await self.one(members.Person), name_zh=f"王{self.count}")

    async def identify(self) -> None:
        person = await self.one(members.Person)
        await members.identifier_add(self.viewer, person, scheme="staff", value=self.name())

    async def seat(self) -> None:
        person, term = await self.one(members.Person), await self.one(members.Term)
        sector = await self.one(bodies.Body, kind=BodyKind.SECTOR)
        await members.seat_person(self.viewer, person, term=term, starts_on=self.day(), sector=sector)

    async def status(self) -> None:
        seat, status = await self.one(members.Membership), self.chance.choice(list(Status))
        await members.change_status(self.viewer, seat, status=status, on=self.day(), reason="so it is")

    async def post(self) -> None:
        seat, sector = await self.one(members.Membership), await self.one(bodies.Body, kind=BodyKind.SECTOR)
        await members.change_post(self.viewer, seat, on=self.day(), sector=sector)

    async def merge(self) -> None:
        keep, drop = await self.one(members.Person), await self.one(members.Person)
        await members.merge_people(self.viewer, keep=keep, drop=drop, reason="the same")

    async def new_body(self) -> None:
        sensitive, kind = self.chance.random() < 0.4, self.chance.choice(KINDS)
        await bodies.create_body(self.viewer, kind=kind, name_en=self.name(), sensitive=sensitive)

    async def rename_body(self) -> None:
        await bodies.change_body(self.viewer, await self.one(bodies.Body), name_en=self.name())

    async def hide(self) -> None:
        body = await bodies.Body.get(id=await self.one(bodies.Body))
        await bodies.change_body(self.viewer, body.id, sensitive=not body.sensitive)

    async def part(self) -> None:
        await bodies.change_body(self.viewer, await self.one(bodies.Body), parent=await self.one(bodies.Body))

    async def end_body(self) -> None:
        await bodies.end_body(self.viewer, await self.one(bodies.Body), on=self.day())

    async def tie(self) -> None:
        source, target = await self.one(bodies.Body), await self.one(bodies.Body)
        kind = self.chance.choice(list(RelationKind))
        await bodies.relate_bodies(self.viewer, source=source, target=target, kind=kind)

    async def untie(self) -> None:
        await bodies.end_relation(self.viewer, await self.one(bodies.BodyRelation), on=self.day())

    async def sit(self) -> None:
        body, person = await self.one(bodies.Body), await self.one(members.Person)
        behalf = await self.one(bodies.Body) if self.chance.random() < 0.3 else None
        await bodies.add_body_member(self.viewer, body, person, title=self.name(), on_behalf_of=behalf, primary=False)

    async def leave(self) -> None:
        await bodies.end_body_membership(self.viewer, await self.one(bodies.BodyMembership), on=self.day())

    async def void(self) -> None:
        place = await self.one(bodies.BodyMembership, voided_at=None)
        await bodies.void_body_membership(self.viewer, place, reason="never")

    async def role(self) -> None:
        place = await self.one(bodies.BodyMembership, voided_at=None)
        await bodies.change_role(self.viewer, place, on=self.day(), role=BodyRole.DEPUTY)

    async def correct(self) -> None:
        place = await self.one(bodies.BodyMembership, voided_at=None)
        await bodies.correct_body_membership(self.viewer, place, reason="a slip", title=self.name())

    async def term(self) -> None:
        await members.create_term(self.viewer, code=self.name())

    async def group(self) -> None:
        await learning.create_group(self.viewer, name_en=self.name(), starts_on=None)

    async def join(self) -> None:
        group, person = await self.one(bodies.Body, kind=BodyKind.LEARNING_GROUP), await self.one(members.Person)
        await learning.add_members(self.viewer, group, people=[person], on=self.day())

    async def move(self) -> None:
        group, person = await self.one(bodies.Body, kind=BodyKind.LEARNING_GROUP), await self.one(members.Person)
        await learning.move_member(self.viewer, person, to_group=group, on=self.day(), reason="nearer")

    async def stem(self) -> None:
        group, sector = await self.one(bodies.Body, kind=BodyKind.LEARNING_GROUP), await self.one(bodies.Body)
        await learning.set_stem(self.viewer, group, derived_from=sector, on=self.day())

    async def bring(self) -> None:
        file = self.folder / f"{self.count}.csv"
        file.write_text(f"name,organization\n{self.name()},Office {self.count}\n{self.name()},Bureau {self.count}\n")
        await brought(file, term=self.chance.choice(["14", ""]))

    async def take_back(self) -> None:
        await undo(self.viewer, await self.one(ImportRun, state=ImportState.APPLIED))
