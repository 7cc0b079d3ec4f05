"""The drill of zero staleness: a permission is given and taken again and again while many read by every road, in two
processes. What was read when is compared with what was acknowledged when."""

import asyncio
import datetime as dt
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import cycle
from uuid import UUID

import httpx

from server.files import Shelves
from server.models import bodies, documents
from server.models.accounts import token_issue
from server.models.documents import Document, Whom
from server.rules.documents import Act, CatalogueAudience, DocumentState, Effect, GrantState, Media, ReadMode
from server.viewer import Viewer
from tests.cast import Cast
from tests.reading.papers import pdf
from tests.web.visitors import COOKIE, htmx, open_session

HUNG_S = 60
SOON = dt.timedelta(milliseconds=400)


@dataclass(frozen=True)
class Reader:
    """Someone who asks a server: by token, and in a browser. document: its ID."""

    address: str
    api: httpx.AsyncClient
    browser: httpx.AsyncClient
    document: str

    async def ask(self, query: str) -> dict:
        answer = (await self.api.post("/graphql", json={"query": query, "variables": {"id": self.document}})).json()
        assert "errors" not in answer, answer
        return answer["data"]


Road = Callable[[Reader], Awaitable[bool]]
"""Whether the document was had by it."""


async def by_field(reader: Reader) -> bool:
    return (await reader.ask("query($id: ID!) { document(id: $id) { title } }"))["document"] is not None


async def by_node(reader: Reader) -> bool:
    return (await reader.ask("query($id: ID!) { node(id: $id) { id } }"))["node"] is not None


async def by_list(reader: Reader) -> bool:
    found = await reader.ask('{ documents(search: "drill") { edges { node { id } } } }')
    return bool(found["documents"]["edges"])


async def by_readable(reader: Reader) -> bool:
    found = await reader.ask("{ documents(may: READ, first: 5) { edges { node { id versions { name } } } } }")
    return bool(found["documents"]["edges"])


async def by_count(reader: Reader) -> bool:
    return bool((await reader.ask('{ documents(search: "drill") { totalCount } }'))["documents"]["totalCount"])


async def by_folders(reader: Reader) -> bool:
    return bool((await reader.ask("{ folders { id } }"))["folders"])


async def by_decision(reader: Reader) -> bool:
    found = await reader.ask("query($id: ID!) { document(id: $id) { decisions { act allowed } } }")
    return found["document"] is not None and any(
        one["allowed"] for one in found["document"]["decisions"] if one["act"] == "READ"
    )


async def by_grants(reader: Reader) -> bool:
    """A grant outlives what it gives, but names its document only to who may see that."""
    found = await reader.ask("{ grants(first: 5) { edges { node { document { id } } } } }")
    return any(one["node"]["document"] for one in found["grants"]["edges"])


async def _status(answer: httpx.Response) -> bool:
    """Whether it was given. Whatever is refused is 403, or as if it were not there."""
    assert answer.status_code in (200, 303, 403, 404), answer.text
    return answer.status_code in (200, 303)


async def by_page(reader: Reader) -> bool:
    return await _status(await reader.browser.get(f"/documents/{reader.document}"))


async def by_list_page(reader: Reader) -> bool:
    return reader.document in (await reader.browser.get("/documents")).text


async def by_block(reader: Reader) -> bool:
    return reader.document in (await reader.browser.get("/documents?may=SEE", headers=htmx("papers"))).text


async def by_leaf(reader: Reader) -> bool:
    """Opened, and the first page looked at. What is opened and then refused was not had."""
    opened = await reader.browser.post(f"/documents/{reader.document}/read", headers={"Origin": reader.address})
    if not await _status(opened):
        return False
    return await _status(await reader.browser.get(f"{opened.headers['Location']}/pages/1?width=600"))


async def by_file(reader: Reader) -> bool:
    return await _status(await reader.browser.get(f"/documents/{reader.document}/file"))


async def by_confirmation(reader: Reader) -> bool:
    """Asked whether what one has is still so: never 304."""
    headers = {"If-None-Match": "*", "If-Modified-Since": "Sun, 29 Nov 2037 00:00:00 GMT", "Range": "bytes=0-9"}
    return await _status(await reader.browser.get(f"/documents/{reader.document}/file", headers=headers))


ROADS: dict[str, Road] = {
    "field": by_field,
    "node": by_node,
    "list": by_list,
    "readable": by_readable,
    "count": by_count,
    "folders": by_folders,
    "decision": by_decision,
    "grants": by_grants,
    "page": by_page,
    "list page": by_list_page,
    "block": by_block,
    "leaf": by_leaf,
    "file": by_file,
    "confirmation": by_confirmation,
}


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
    """What is drilled: a custodian gives a document to a member and takes it away, in one way after the other."""

    cast: Cast
    document: UUID
    truth: Truth = field(default_factory=Truth)
    seen: Counter[tuple[str, bool]] = field(default_factory=Counter)
    met: set[str] = field(default_factory=set)
    all_met: asyncio.Event = field(default_factory=asyncio.Event)
    wrong: list[str] = field(default_factory=list)

    def now(self, name: str = "custodian") -> Viewer:
        return replace(self.cast[name], now=dt.datetime.now(dt.UTC))

    async def cycles(self, count: int) -> None:
        ways = cycle((self.revoked, self.ended, self.left, self.denied, self.suspended))
        for _ in range(count):
            if self.wrong:
                return
            self.truth.say(None)
            await next(ways)()

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
        """By itself, at its end."""
        until = dt.datetime.now(dt.UTC) + SOON
        terms = {"reason": "drill", "valid_until": until, "act": Act.DOWNLOAD}
        await documents.grant_add(self.now(), document=self.document, whom=[Whom(person=self.mei)], **terms)
        self.truth.say(given=True)
        await asyncio.sleep(max(0.0, (until - dt.datetime.now(dt.UTC)).total_seconds() - 0.05))
        self.truth.say(None)
        await asyncio.sleep(max(0.0, (until - dt.datetime.now(dt.UTC)).total_seconds()) + 0.001)
        await self.holds(given=False)

    async def left(self) -> None:
        """By leaving the body that had it; a place lasts until the day on which it ends."""
        admin = self.now("admin")
        place = await bodies.add_body_member(admin, self.cast.bureau.id, self.mei)
        grant = await self.given(Whom(body=self.cast.bureau.id))
        self.truth.say(None)
        await bodies.void_body_membership(self.now("admin"), place.id, reason="drill")
        await self.holds(given=False)
        await documents.grant_end(self.now(), grants=[grant], to=GrantState.REVOKED, reason="drill")

    async def holds(self, *, given: bool) -> None:
        """From now on, until each road was read."""
        self.met.clear()
        self.all_met.clear()
        self.truth.say(given)
        await asyncio.wait_for(self.all_met.wait(), HUNG_S)

    async def denied(self) -> None:
        """By a refusal beside the permission, which beats it."""
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
        await self.holds(given=False)
        for one in (grant, deny.id):
            await documents.grant_end(self.now(), grants=[one], to=GrantState.REVOKED, reason="drill")

    async def read(self, readers: list[Reader], start: int, done: asyncio.Event) -> None:
        """One road after the other, at one server after the other, until it is over."""
        names = list(ROADS)
        for turn in range(start, 1_000_000):
            if done.is_set():
                return
            name, reader = names[turn % len(names)], readers[turn // len(names) % len(readers)]
            began = time.monotonic()
            had = await ROADS[name](reader)
            expected = self.truth.throughout(began, time.monotonic())
            if expected is not None:
                self.seen[name, had] += 1
                if had != expected:
                    self.wrong.append(f"{name}: {'had' if had else 'refused'}, though it was not so")
                self.met.add(name)
                if len(self.met) == len(ROADS):
                    self.all_met.set()


async def prepared(cast: Cast, files: str) -> UUID:
    """A document that only a grant opens, its file in that store."""
    custodian = replace(cast["custodian"], now=dt.datetime.now(dt.UTC))
    folder = await documents.folder_add(custodian, name_en="Drill")
    facts = {"title_en": "Drill", "catalogue_audience": CatalogueAudience.NOBODY, "read_mode": ReadMode.DOWNLOAD}
    row = await documents.document_add(custodian, folder=folder.id, **facts)
    kept = await Shelves.at(files).keep(_piece(pdf("drill")), 1_000_000)
    file = {"name": "drill.pdf", "media": Media.PDF, "sha256": kept.sha256, "pages_sha256": kept.sha256, "pages": 1}
    await documents.DocumentVersion.create(document_id=row.id, n=1, size=kept.size, added_at=custodian.now, **file)
    for state in (DocumentState.CHECKED, DocumentState.AVAILABLE):
        await documents.document_move(custodian, document=row.id, to=state)
    return (await Document.get(id=row.id)).id


async def _piece(data: bytes) -> AsyncIterator[bytes]:
    yield data


@asynccontextmanager
async def reading(cast: Cast, addresses: list[str], document: UUID) -> AsyncIterator[list[Reader]]:
    """The member, at each of these servers."""
    member = cast.accounts["member"]
    admin = replace(cast["admin"], now=dt.datetime.now(dt.UTC))
    issued = await token_issue(admin, name="drill", scopes=["documents:read", "members:read"], days=1, owner=member.id)
    session = await open_session(member)
    readers = []
    for address in addresses:
        api = httpx.AsyncClient(
            base_url=address, headers={"Authorization": f"Bearer {issued.token}"}, timeout=HUNG_S, trust_env=False
        )
        browser = httpx.AsyncClient(base_url=address, cookies={COOKIE: session}, timeout=HUNG_S, trust_env=False)
        readers.append(Reader(address, api, browser, f"doc_{document}"))
    try:
        yield readers
    finally:
        for reader in readers:
            await reader.api.aclose()
            await reader.browser.aclose()


async def drilled(cast: Cast, addresses: list[str], files: str, cycles: int, at_once: int = 6) -> Drill:
    """So many times given and taken, while so many read. files: the store of these servers."""
    drill = Drill(cast, await prepared(cast, files))
    done = asyncio.Event()
    async with reading(cast, addresses, drill.document) as readers:
        tasks = [asyncio.create_task(drill.read(readers, n * 3, done)) for n in range(at_once)]
        try:
            await drill.cycles(cycles)
        finally:
            done.set()
            await asyncio.gather(*tasks)
    return drill
