"""Every road that leads to a document, each as a question of one reader at one server: was it had by it?"""

import io
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx
from pypdf import PdfReader

from server.leaf import WIDTHS
from tests.documents.hearing import Socket
from tests.web.visitors import htmx

WORD = "drill"
"""What is searched for; it stands in the title."""
SEALED = "sealed"
"""What stands in the title, and in the name of the file, only while the document is nobody's."""
HAD, NOT_HAD = (200, 204, 303), (403, 404, 409, 422)
RANGE = {"Range": "bytes=0-9"}
AGAIN = {"If-None-Match": "*", "If-Modified-Since": "Sun, 29 Nov 2037 00:00:00 GMT"}


@dataclass
class Target:
    """What is read, by IDs. file: the version that is read. answer: to a question about it, for all its readers."""

    document: str
    file: str
    answer: str


@dataclass
class Reader:
    """Someone who asks a server: by token, in a browser and by a socket. opened: the address of the last opening.

    leaks: what was read in an answer that stood there only while nobody could have it.
    """

    address: str
    api: httpx.AsyncClient
    browser: httpx.AsyncClient
    socket: Socket
    target: Target
    person: str
    opened: str = ""
    leaks: deque[str] = field(default_factory=deque)

    async def ask(self, query: str, **variables: str) -> dict:
        answer = await self.api.post("/graphql", json=asked(self, query, variables))
        self.look(answer.text)
        said = answer.json()
        assert "errors" not in said, said
        return said["data"]

    async def get(self, path: str, **headers: str) -> httpx.Response:
        answer = await self.browser.get(path, headers=headers)
        if answer.headers.get("Content-Type", "").startswith("text/"):
            self.look(answer.text)
        return answer

    async def post(self, path: str) -> httpx.Response:
        return await self.browser.post(path, headers={"Origin": self.address})

    def look(self, text: str) -> None:
        """At what was answered."""
        if SEALED in text:
            at = text.index(SEALED)
            self.leaks.append(text[max(0, at - 60) : at + 20])


Road = Callable[[Reader], Awaitable[bool]]
"""Whether the document was had by it."""


def asked(reader: Reader, query: str, variables: dict[str, str]) -> dict:
    """As it is sent. A variable is the document unless another is said."""
    return {"query": query, "variables": variables or {"id": reader.target.document}}


async def by_field(reader: Reader) -> bool:
    return (await reader.ask("query($id: ID!) { document(id: $id) { title } }"))["document"] is not None


async def by_node(reader: Reader) -> bool:
    found = await reader.ask("query($id: ID!) { node(id: $id) { ... on Document { title } } }")
    return found["node"] is not None


async def by_file_node(reader: Reader) -> bool:
    query = "query($id: ID!) { node(id: $id) { ... on DocumentVersion { name } } }"
    return (await reader.ask(query, id=reader.target.file))["node"] is not None


async def by_answer(reader: Reader) -> bool:
    """The published answer of a department is for those who may read the document."""
    query = "query($id: ID!) { node(id: $id) { ... on Explanation { reply document { title } } } }"
    return (await reader.ask(query, id=reader.target.answer))["node"] is not None


async def by_socket(reader: Reader) -> bool:
    """As by POST, over a socket that stays open."""
    query = "query($id: ID!) { document(id: $id) { title versions { name } } }"
    found = await reader.socket.ask(asked(reader, query, {}))
    reader.look(str(found))
    return found["document"] is not None


async def by_list(reader: Reader) -> bool:
    found = await reader.ask(f'{{ documents(search: "{WORD}") {{ edges {{ node {{ id title }} }} }} }}')
    return bool(found["documents"]["edges"])


async def by_readable(reader: Reader) -> bool:
    found = await reader.ask("{ documents(may: READ, first: 5) { edges { node { id versions { name } } } } }")
    return bool(found["documents"]["edges"])


async def by_count(reader: Reader) -> bool:
    found = await reader.ask(f'{{ documents(search: "{WORD}") {{ totalCount }} }}')
    return bool(found["documents"]["totalCount"])


async def by_folders(reader: Reader) -> bool:
    return bool((await reader.ask("{ folders { id } }"))["folders"])


async def by_decision(reader: Reader) -> bool:
    found = await reader.ask("query($id: ID!) { document(id: $id) { decisions { act allowed } } }")
    return found["document"] is not None and any(
        one["allowed"] for one in found["document"]["decisions"] if one["act"] == "READ"
    )


async def by_grants(reader: Reader) -> bool:
    """A grant outlives what it gives, but names its document only to who may see that."""
    found = await reader.ask("{ grants(first: 5) { edges { node { document { title } } } } }")
    return any(one["node"]["document"] for one in found["grants"]["edges"])


async def by_own_readings(reader: Reader) -> bool:
    query = "query($id: ID!) { readerDocuments(person: $id) { documents { edges { node { document { title } } } } } }"
    found = await reader.ask(query, id=reader.person)
    return bool(found["readerDocuments"]["documents"]["edges"])


async def status(answer: httpx.Response) -> bool:
    """Whether it was given. What is refused is 403 or 404; 409 or 422 for an opening that is over; never 206 or 304."""
    assert answer.status_code in HAD + NOT_HAD, (answer.status_code, answer.text)
    return answer.status_code in HAD


async def by_page(reader: Reader) -> bool:
    return await status(await reader.get(f"/documents/{reader.target.document}"))


async def by_list_page(reader: Reader) -> bool:
    return await _told(reader, "/documents")


async def by_search_page(reader: Reader) -> bool:
    return await _told(reader, f"/documents?search={WORD}")


async def by_block(reader: Reader) -> bool:
    return await _told(reader, "/documents?may=SEE", **htmx("papers"))


async def by_own_page(reader: Reader) -> bool:
    return await _told(reader, f"/readers/{reader.person}")


async def _told(reader: Reader, page: str, **headers: str) -> bool:
    """Whether it stands in a list that is there for everyone."""
    answer = await reader.get(page, **headers)
    assert answer.status_code == 200, answer.text
    return reader.target.document in answer.text


async def by_export(reader: Reader) -> bool:
    """What one was given to read, as a PDF to take along."""
    answer = await reader.get(f"/paper/readers/{reader.person}")
    assert answer.status_code == 200, answer.text
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    reader.look(text)
    return WORD in text


async def by_leaf(reader: Reader) -> bool:
    """Opened, and the first page looked at. What is opened and then refused was not had."""
    return await _anew(reader, _page)


async def by_open_reader(reader: Reader) -> bool:
    """A page more of what is open; the last opening may have been taken away meanwhile."""
    return await _open(reader, _page)


async def by_thumbnail(reader: Reader) -> bool:
    return await _open(reader, _thumbnail)


async def by_words(reader: Reader) -> bool:
    return await _open(reader, _words)


async def by_beat(reader: Reader) -> bool:
    """An open reader asks so every 20 seconds whether it may stay."""
    return await _open(reader, _beat)


async def by_reader_page(reader: Reader) -> bool:
    return await _open(reader, _reader_page)


async def by_opening(reader: Reader) -> bool:
    return await _open(reader, _opening)


async def _open(reader: Reader, look: Callable[[Reader, str], Awaitable[bool]]) -> bool:
    """By the last opening, or where that is over by a new one."""
    return bool(reader.opened and await look(reader, reader.opened)) or await _anew(reader, look)


async def _anew(reader: Reader, look: Callable[[Reader, str], Awaitable[bool]]) -> bool:
    answer = await reader.post(f"/documents/{reader.target.document}/read")
    if not await status(answer):
        return False
    reader.opened = opened = answer.headers["Location"]
    return await look(reader, opened)


async def _page(reader: Reader, opened: str) -> bool:
    return await status(await reader.get(f"{opened}/pages/1?width={WIDTHS[1]}"))


async def _thumbnail(reader: Reader, opened: str) -> bool:
    """The smallest picture there is."""
    return await status(await reader.get(f"{opened}/pages/1?width={WIDTHS[0]}", **AGAIN, **RANGE))


async def _words(reader: Reader, opened: str) -> bool:
    return await status(await reader.get(f"{opened}/text/1"))


async def _beat(reader: Reader, opened: str) -> bool:
    return await status(await reader.post(f"{opened}/beat"))


async def _reader_page(reader: Reader, opened: str) -> bool:
    """Where the opening is over there is a page that says so."""
    answer = await reader.get(opened)
    return await status(answer) and f"{opened}/pages/" in answer.text


async def _opening(reader: Reader, opened: str) -> bool:
    """An opening stays one's own, but not what was opened; of a file that was replaced the document alone."""
    query = "query($id: ID!) { reading(id: $id) { document { title } version { name current } } }"
    found = (await reader.ask(query, id=opened.rpartition("/")[2]))["reading"]
    return bool(found["document"] or found["version"])


async def by_bytes(reader: Reader) -> bool:
    return await status(await reader.get(f"/documents/{reader.target.document}/file"))


async def by_range(reader: Reader) -> bool:
    """The whole or nothing: never a part of it."""
    return await status(await reader.get(f"/documents/{reader.target.document}/file", **RANGE))


async def by_condition(reader: Reader) -> bool:
    """Asked whether what one has is still so: never 304."""
    return await status(await reader.get(f"/documents/{reader.target.document}/file", **AGAIN))


ROADS: dict[str, Road] = {
    "field": by_field,
    "node": by_node,
    "file node": by_file_node,
    "answer": by_answer,
    "socket": by_socket,
    "list": by_list,
    "readable": by_readable,
    "count": by_count,
    "folders": by_folders,
    "decision": by_decision,
    "grants": by_grants,
    "own readings": by_own_readings,
    "page": by_page,
    "list page": by_list_page,
    "search page": by_search_page,
    "block": by_block,
    "own page": by_own_page,
    "leaf": by_leaf,
    "open reader": by_open_reader,
    "thumbnail": by_thumbnail,
    "words": by_words,
    "beat": by_beat,
    "reader page": by_reader_page,
    "opening": by_opening,
    "bytes": by_bytes,
    "range": by_range,
    "condition": by_condition,
}
ASIDE: dict[str, Road] = {"export": by_export}
"""What takes so long that it is not waited for each time."""
