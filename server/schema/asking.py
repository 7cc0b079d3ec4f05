"""The context of one operation: who asks, once that is known, and what the operation gathers on its way."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from strawberry.dataloader import DataLoader
from tortoise.queryset import QuerySet

from server.errors import Invalid, Limited, Unauthenticated
from server.models.accounts.opening import SignedIn
from server.models.accounts.standing import SESSION
from server.models.prepared import Prepared
from server.models.viewing import Coming, Supposed
from server.rules.buckets import Buckets, Rates, Spent
from server.rules.budgets import MOST_THINGS, Budgets, Caller, too_many_things, too_much_lately
from server.schema.patience import Patience
from server.viewer import Viewer

if TYPE_CHECKING:
    from server.schema.compiling.marks import Marks


T = TypeVar("T")


@dataclass(frozen=True)
class Till:
    """Where operations are paid. now: in seconds, by a clock that never goes back."""

    buckets: Buckets
    rates: Rates
    now: Callable[[], float] = time.monotonic


class Unsettled(Exception):
    """Someone's word was needed before it was known who asks: `await asking.settle()` first."""


@dataclass
class Asking:
    """Who asks, what was already read for it, whose files it opened.

    known: None until `settle` or `confirm` found out who comes; until then there is no viewer to be asked.
    """

    known: Viewer | None
    data_dir: Path = Path("var")
    backup_dir: Path = Path("var/backups")
    coming: Coming | None = None
    secret: str = field(default="", repr=False)
    """Key of the hashes by which changes are told apart, and codes from paper known again."""
    base: Callable[[], str] = str
    """The address under which people reach us, without a path; empty where nobody comes by a network."""
    loaders: dict[Hashable, DataLoader[Any, Any]] = field(default_factory=dict)
    files_read: dict[UUID, set[str]] = field(default_factory=dict)
    budgets: Budgets | None = None
    """What an operation may cost; None for our own, which are ours."""
    till: Till | None = None
    """Where it is paid; with what came of it."""
    spent: Spent | None = None
    cost: int | None = None
    """What the operation costs, as far as that was told, and by `limit` what it may."""
    limit: int = 0
    things: int = 0
    """In the lists of the answer so far, where it is put together in Python."""
    rejected: Unauthenticated | None = None
    """Why the token that came with the request does not hold."""
    renewed: SignedIn | None = None
    """The session that has just taken the place of the one by which a browser came."""
    ways: tuple[str, ...] = ()
    """By which messages can leave the house, as it is set up."""
    patience: Patience | None = None
    """With the request, where this comes with one."""
    at_work: set[asyncio.Task[Any]] = field(default_factory=set)
    """Tasks beside that of the request that read for it."""
    writing: "Marks | None" = None
    """While a statement is written: the marks in the viewer and the arguments. Resolvers describe rows then."""
    _supposed: Supposed | None = None
    checks: list[QuerySet[Any]] = field(default_factory=list)
    """In writing: rows that must be there for this viewer, because arguments name them."""

    @property
    def viewer(self) -> Viewer:
        """Who asks. Raises Unsettled."""
        if self.known is None:
            raise Unsettled
        return self.known

    @property
    def caller(self) -> tuple[Caller, Hashable]:
        """Whose budget this is: of who asks, or while that is not known of who seems to. It decides nothing else.

        An account has one for its browsers, one for its own programs and calendars, and one for each app that acts for
        it; visitors of one address have one together.
        """
        viewer = self._supposed.guess if self.known is None and self._supposed else self.viewer
        if viewer.client or viewer.feed:
            return Caller.TOKEN, (viewer.account, viewer.app)
        return (Caller.SESSION, viewer.account) if viewer.session else (Caller.VISITOR, viewer.address_hash)

    @property
    def by_visitor(self) -> bool:
        """Whether it is paid by an address, for want of an account."""
        return self.caller[0] is Caller.VISITOR

    def pay(self, points: int) -> None:
        """For an operation, or for the try. Raises Limited where there is not enough left."""
        if self.till is None:
            return
        caller, who = self.caller
        most = int(getattr(self.till.rates, caller.value))
        self.spent = self.till.buckets.spend((caller, who), points, most, self.till.now())
        if self.spent.wait:
            raise Limited(self.spent.wait, too_much_lately(self.spent.wait))

    def meet(self, things: list[T]) -> list[T]:
        """One more list of the answer. Raises Invalid where there are more things in its lists than there may be."""
        self.things += len(things)
        if self.budgets and self.things > MOST_THINGS:
            raise Invalid(too_many_things())
        return things

    @property
    def by_token(self) -> bool:
        """Whether what comes shows a token, be it good or bad."""
        return self.coming is not None and self.coming.kind is not SESSION

    async def settle(self) -> None:
        """Finds out who asks, by a statement of its own where that is not known yet."""
        if self.known is None and self.coming:
            try:
                self.known = await self.coming.viewer()
            except Unauthenticated as refusal:
                self._reject(self.coming, refusal)

    async def reach(self) -> None:
        """Finds out who asks, and asks the database in any case: raises what it raises where it does not answer."""
        if self.known is None:
            await self.settle()
        elif self.coming:
            with suppress(Unauthenticated):
                await self.coming.viewer()

    def presume(self) -> Viewer:
        """Who asks, as far as that is known; else a visitor: for pages of what failed, when nobody can be asked."""
        if self.known is None and self.coming:
            self.known = self.coming.visitor()
        return self.viewer

    def take_time(self) -> None:
        """What begins now is known to take long."""
        if self.patience:
            self.patience.take_time()

    async def work(self, doing: Awaitable[T]) -> T:
        """What a task beside that of the request does for it: `drop` ends that, too."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("only tasks wait")
        self.at_work.add(task)
        try:
            return await doing
        finally:
            self.at_work.discard(task)

    def drop(self) -> None:
        """Nobody waits for the answer any more."""
        for task in self.at_work:
            task.cancel()

    def suppose(self) -> Supposed | None:
        """Who seems to ask where that is not known yet, and was seen before; the same each time it is asked."""
        if self.known is None and self.coming and self._supposed is None:
            self._supposed = self.coming.supposed()
        return self._supposed if self.known is None else None

    def confirm(self, supposed: Supposed, row: Mapping[str, Any]) -> bool:
        """Finds out who asks by what a statement said beside its answer; whether the answer is for that viewer."""
        try:
            self.known = supposed.confirmed(row)
        except Unauthenticated as refusal:
            self._reject(supposed.coming, refusal)
        return self.known is supposed.guess

    async def read(self, prepared: Prepared, key: UUID) -> Mapping[str, Any]:
        """What is prepared, of the thing with that key; who asks is found out by the same statement, if need be.

        Raises Unauthenticated for a token that does not hold.
        """
        if supposed := self.suppose():
            found, row = await prepared.supposing(supposed, key)
            if self.confirm(supposed, row):
                return found
        await self.settle()
        if self.rejected:
            raise self.rejected
        return await prepared.read(self.viewer, key)

    def _reject(self, coming: Coming, refusal: Unauthenticated) -> None:
        self.known, self.rejected = coming.visitor(), refusal
