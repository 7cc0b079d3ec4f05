"""The drill of zero staleness: a permission is given and taken again and again while many read by every road, in two
processes. What was read when is compared with what was acknowledged when.

That is no proof of what a socket says by itself: nobody knows when it was read. So the document has another title, and
now and then another file, exactly while it is nobody's: whoever is told of one of these was told too much.
"""

import asyncio
import datetime as dt
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count, cycle
from uuid import UUID, uuid4

import httpx

from server.files import Shelves
from server.models import bodies, documents
from server.models.accounts import token_issue
from server.models.documents import DocumentVersion, Explanation, Whom
from server.models.documents.versions import Filed, version_add
from server.rules.documents import Act, CatalogueAudience, DocumentState, Effect, GrantState, Media, ReadMode
from server.rules.explanations import ExplanationState
from server.viewer import Viewer
from tests.cast import Cast
from tests.documents.hearing import WAITS, hearing
from tests.documents.roads import ASIDE, ROADS, SEALED, WORD, Reader, Road, Target
from tests.reading.papers import pdf
from tests.web.visitors import COOKIE, open_session

FRESH = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=1)
"""A server ends what was idle for five seconds: who uses a connection again at just that moment gets no answer."""
HUNG_S = 240
RARELY = 10
"""In the first of so many cycles it is waited for what takes long, too."""
SOON = dt.timedelta(seconds=5)
SERVERS = 2
EARS = {f"{way}, server {number}" for way in WAITS for number in range(SERVERS)}
"""Those who are told by themselves."""


@dataclass
class Truth:
    """What was acknowledged when. given, taken: while it is surely so; None while it is being changed."""

    changes: list[tuple[float, bool | None]] = field(default_factory=list)

    def say(self, given: bool | None) -> None:
        self.changes.append((time.monotonic(), given))

    def throughout(self, began: float, ended: float) -> bool | None:
        """What surely held from a moment to another; None where it changed meanwhile."""
        before = [state for at, state in self.changes if at <= began]
        within = [state for at, state in self.changes if began < at <= ended]
        return before[-1] if before and not within else None


@dataclass
class Drill:
    """What is drilled: a custodian gives a document to a member and takes it away, in one way after the other.

    files: two that take turns. title: as it is now. told: the title that each ear heard last, None for nothing.
    """

    cast: Cast
    document: UUID
    target: Target
    files: list[Filed]
    title: str = ""
    told: dict[str, str | None] = field(default_factory=dict)
    numbers: count = field(default_factory=count)
    truth: Truth = field(default_factory=Truth)
    seen: Counter[tuple[str, bool]] = field(default_factory=Counter)
    wanted: set[str] = field(default_factory=set)
    met: set[str] = field(default_factory=set)
    all_met: asyncio.Event = field(default_factory=asyncio.Event)
    wrong: list[str] = field(default_factory=list)

    def now(self, name: str = "custodian") -> Viewer:
        return replace(self.cast[name], now=dt.datetime.now(dt.UTC))

    def found(self, fault: str) -> None:
        """Something is not as it must be: it need not go on."""
        self.wrong.append(fault)
        self.all_met.set()

    async def cycles(self, count: int, done: asyncio.Event) -> None:
        ways = cycle((self.revoked, self.ended, self.left, self.denied, self.suspended, self.replaced))
        try:
            for number in range(count):
                if not self.wrong:
                    self.wanted = EARS | set(ROADS) | set(ASIDE if number % RARELY == 0 else ())
                    self.truth.say(None)
                    await next(ways)()
        finally:
            done.set()

    async def given(self, whom: Whom, **terms: object) -> UUID:
        terms = {"act": Act.DOWNLOAD} | terms
        (row,) = await documents.grant_add(self.now(), document=self.document, whom=[whom], reason="drill", **terms)
        await self.holds(given=True)
        return row.id

    @property
    def mei(self) -> UUID:
        return self.cast.people["member"].id

    async def revoked(self) -> None:
        grant = await self.given(Whom(person=self.mei))
        await self.taken(grant, GrantState.REVOKED)

    async def replaced(self) -> None:
        """Revoked, and then there is a new file, which only others see."""
        await self.revoked()
        await self.filed(f"{SEALED}.pdf")
        await self.holds(given=False)
        await self.filed("open.pdf")

    async def filed(self, name: str) -> None:
        self.files.reverse()
        row = await version_add(self.now(), document=self.document, file=replace(self.files[0], name=name))
        self.target.file = f"ver_{row.id}"

    async def suspended(self) -> None:
        grant = await self.given(Whom(person=self.mei))
        await self.taken(grant, GrantState.SUSPENDED)
        self.truth.say(None)
        await documents.grant_end(self.now(), grants=[grant], to=GrantState.ACTIVE, reason="drill")
        await self.holds(given=True)
        await self.taken(grant, GrantState.REVOKED)

    async def taken(self, grant: UUID, to: GrantState) -> None:
        self.truth.say(None)
        await documents.grant_end(self.now(), grants=[grant], to=to, reason="drill")
        await self.holds(given=False)

    async def ended(self) -> None:
        """By itself, at its end. Who asked before that is answered as of then, though it take a while."""
        until = dt.datetime.now(dt.UTC) + SOON
        terms = {"reason": "drill", "valid_until": until, "act": Act.DOWNLOAD}
        await documents.grant_add(self.now(), document=self.document, whom=[Whom(person=self.mei)], **terms)
        self.truth.say(given=True)
        await asyncio.sleep(max(0.0, (until - dt.datetime.now(dt.UTC)).total_seconds() - 0.05))
        self.truth.say(None)
        await asyncio.sleep(max(0.0, (until - dt.datetime.now(dt.UTC)).total_seconds()) + 0.001)
        await self.holds(given=False, sealed=False)

    async def left(self) -> None:
        """By leaving the body that had it; a place lasts until the day on which it ends."""
        admin = self.now("admin")
        place = await bodies.add_body_member(admin, self.cast.bureau.id, self.mei)
        grant = await self.given(Whom(body=self.cast.bureau.id))
        self.truth.say(None)
        await bodies.void_body_membership(self.now("admin"), place.id, reason="drill")
        await self.holds(given=False)
        await documents.grant_end(self.now(), grants=[grant], to=GrantState.REVOKED, reason="drill")

    async def denied(self) -> None:
        """By a refusal beside the permission, which beats it from its first moment on; see `ended`."""
        grant = await self.given(Whom(person=self.mei))
        self.truth.say(None)
        (deny,) = await documents.grant_add(
            self.now(),
            document=self.document,
            whom=[Whom(person=self.mei)],
            effect=Effect.DENY,
            act=Act.SEE,
            reason="drill",
        )
        await self.holds(given=False, sealed=False)
        for one in (grant, deny.id):
            await documents.grant_end(self.now(), grants=[one], to=GrantState.REVOKED, reason="drill")

    async def holds(self, *, given: bool, sealed: bool = True) -> None:
        """From now on, until each road was read, and whoever is told by themselves was told.

        sealed: whatever is answered from now on while it is not given was not to be had.
        """
        if self.wrong:
            return
        self.met.clear()
        self.all_met.clear()
        self.truth.say(given)
        await self.called("open" if given else SEALED if sealed else "over")
        if not given:
            self.met |= {ear for ear in EARS if self.told.get(ear) is None}
        try:
            await asyncio.wait_for(self.all_met.wait(), HUNG_S)
        except TimeoutError:
            self.found(f"not met in {HUNG_S} s, while given is {given}: {sorted(self.wanted - self.met)}")
        if not given:
            await self.called("between")

    async def called(self, what: str) -> None:
        """The document has another title: who waits for its changes is told, if they may know."""
        self.title = f"A {WORD}, {what} {next(self.numbers)}"
        await documents.document_change(self.now(), document=self.document, title_en=self.title)

    def heard(self, server: int, way: str, paper: dict | None) -> None:
        """What came by itself; None for what is not there any more."""
        ear, title = f"{way}, server {server}", paper and paper["title"]
        self.told[ear] = title
        if SEALED in str(paper):
            self.found(f"{ear}: {paper}")
        given = self.truth.changes[-1][1]
        if given is not None and (title == self.title if given else title is None):
            self.seen[ear, given] += 1
            self._meet(ear)

    def _meet(self, name: str) -> None:
        self.met.add(name)
        if self.met >= self.wanted:
            self.all_met.set()

    async def read(self, roads: dict[str, Road], readers: list[Reader], start: int, done: asyncio.Event) -> None:
        """One road after the other, at one server after the other, until it is over."""
        names = list(roads)
        for turn in range(start, 1_000_000):
            if done.is_set():
                return
            name, reader = names[turn % len(names)], readers[turn // len(names) % len(readers)]
            began = time.monotonic()
            had = await roads[name](reader)
            expected = self.truth.throughout(began, time.monotonic())
            if reader.leaks:
                self.found(f"{name}: {reader.leaks.popleft()}")
            if expected is not None:
                self.seen[name, had] += 1
                if had != expected:
                    self.found(f"{name}: {'had' if had else 'refused'}, though it was not so")
                self._meet(name)


async def prepared(cast: Cast, files: str) -> Drill:
    """A document that only a grant opens, its files in that store, and an answer that its readers see."""
    custodian = replace(cast["custodian"], now=dt.datetime.now(dt.UTC))
    folder = await documents.folder_add(custodian, name_en="Folder")
    facts = {"title_en": f"A {WORD}", "catalogue_audience": CatalogueAudience.NOBODY, "read_mode": ReadMode.DOWNLOAD}
    row = await documents.document_add(custodian, folder=folder.id, **facts)
    shelf = Shelves.at(files)
    kept = [await shelf.keep(_piece(pdf(text)), 1_000_000) for text in ("one", "other")]
    filed = [Filed("open.pdf", Media.PDF, one.sha256, one.size, one.sha256, 1) for one in kept]
    await version_add(custodian, document=row.id, file=filed[0])
    for state in (DocumentState.CHECKED, DocumentState.AVAILABLE):
        await documents.document_move(custodian, document=row.id, to=state)
    version, answer = await DocumentVersion.get(document_id=row.id), await _answered(cast, row.id, custodian.now)
    return Drill(cast, row.id, Target(f"doc_{row.id}", f"ver_{version.id}", f"exp_{answer.id}"), filed)


async def _answered(cast: Cast, document: UUID, at: dt.datetime) -> Explanation:
    """Another asked, and the answer is for all who may read it."""
    return await Explanation.create(
        id=uuid4(),
        document_id=document,
        person_id=cast.people["leader"].id,
        department_id=cast.bureau.id,
        question="Why?",
        state=ExplanationState.ANSWERED,
        asked_at=at,
        due_on=at.date(),
        reply="So.",
        replied_at=at,
        to_all=True,
    )


async def _piece(data: bytes) -> AsyncIterator[bytes]:
    yield data


@asynccontextmanager
async def reading(drill: Drill, addresses: list[str]) -> AsyncIterator[list[Reader]]:
    """The member, at each of these servers."""
    cast, target = drill.cast, drill.target
    member = cast.accounts["member"]
    issued = await token_issue(
        drill.now("admin"), name="drill", scopes=["documents:read", "members:read"], days=1, owner=member.id
    )
    session = await open_session(member)
    by_token = {"Authorization": f"Bearer {issued.token}"}
    async with AsyncExitStack() as stack:
        readers = []
        for number, address in enumerate(addresses):
            at = partial(httpx.AsyncClient, base_url=address, timeout=HUNG_S, limits=FRESH, trust_env=False)
            api = await stack.enter_async_context(at(headers=by_token))
            browser = await stack.enter_async_context(at(cookies={COOKIE: session}))
            told = partial(drill.heard, number)
            socket = await stack.enter_async_context(hearing(address, issued.token, target.document, told, drill.found))
            readers.append(Reader(address, api, browser, socket, target, f"per_{drill.mei}"))
        yield readers


async def drilled(cast: Cast, addresses: list[str], files: str, cycles: int, at_once: int = 6) -> Drill:
    """So many times given and taken, while so many read. files: the store of these servers."""
    drill = await prepared(cast, files)
    done = asyncio.Event()
    async with reading(drill, addresses) as readers, asyncio.TaskGroup() as tasks:
        for n in range(at_once):
            tasks.create_task(drill.read(ROADS, readers, n * 5, done))
        tasks.create_task(drill.read(ASIDE, readers, 0, done))
        tasks.create_task(drill.cycles(cycles, done))
    return drill
