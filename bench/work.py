"""The work items: the stored operations, and the requests that are sent in turn."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.asking import ask
from bench.figures import OURS
from bench.loading import ZONE
from bench.servers import OUT, Server
from server.models import database
from server.models.accounts.tables import Account
from server.models.activities.tables import Activity
from server.models.bodies.tables import Body, BodyKind
from server.models.documents.queries import allowed
from server.models.documents.tables import Document
from server.models.members.tables import Membership
from server.rules.cursors import cursor
from server.rules.documents import Act
from server.rules.permissions import HeldRole, Role
from server.viewer import Viewer

FOLDER = Path(__file__).parent
REQUESTS = 40
"""How many different requests of an item are sent in turn."""
ITEMS = {
    "q1": "one member with sector and groups",
    "q2": "50 members with sector and groups",
    "q3": "20 learning groups x 30 memberships x member x sector",
    "q4": "the 50 documents that I may read now, the newest first, with my last reading",
    "q5": "record a reading: one look at a page, on the disk and in the ledger",
    "q6": "20 activities x 30 attendances x member x sector",
}
OFFICE = "q6"
"""The item that the secretary asks, who sees who came; all others are a member's."""
WRITES = "q5"
"""The item that is compared by what it leaves behind, on PostgreSQL alone."""
PAGES = 5
"""How many pages of each opening are looked at in turn."""
PART = {"q2": 50, "q3": 20, "q4": 50, "q6": 20}
"""How many rows of a list are asked for at once."""
LISTS = {
    "q2": "allMembers(first: 1, offset: %d, orderBy: [SORT_PINYIN_ASC, ID_ASC]) { edges { cursor } }",
    "q3": 'allBodies(first: 1, offset: %d, condition: { kind: "learning_group" }, orderBy: [SORT_ASC, ID_ASC]) '
    "{ edges { cursor } }",
    "q4": "allDocuments(first: 1, offset: %d, orderBy: [CREATED_AT_DESC, ID_ASC]) { edges { cursor } }",
    "q6": "allActivities(first: 1, offset: %d, orderBy: [STARTS_AT_ASC, ID_ASC]) { edges { cursor } }",
}
"""How the peer tells the cursor of the n-th row of a list."""


@dataclass(frozen=True)
class Places:
    """Where requests begin. keys: of seats. offsets: after how many rows a part begins, for each list."""

    keys: Sequence[str]
    offsets: dict[str, list[int]]
    cursors: dict[str, list[str | None]]


async def places(url: str) -> Places:
    """Evenly spread over all there is; the first part of each list is one of them."""
    await database.connect(url)
    try:
        seats = Membership.filter(person__merged_into_id__isnull=True).order_by("person__sort_pinyin", "id")
        groups = Body.filter(kind=BodyKind.LEARNING_GROUP).order_by("sort", "id")
        members = [tuple(map(str, row)) for row in await seats.values_list("person__sort_pinyin", "id")]
        bodies = [tuple(map(str, row)) for row in await groups.values_list("sort", "id")]
        readable = Document.filter(allowed(await _asking(), Act.READ)).order_by("-created_at", "id")
        documents = [tuple(map(str, row)) for row in await readable.values_list("created_at", "id")]
        held = Activity.all().order_by("starts_at", "id")
        activities = [tuple(map(str, row)) for row in await held.values_list("starts_at", "id")]
    finally:
        await database.close()
    rows = {"q2": members, "q3": bodies, "q4": documents, "q6": activities}
    offsets = {item: spread(len(rows[item]) - PART[item]) for item in rows}
    cursors = {
        item: [cursor(*rows[item][offset - 1]) if offset else None for offset in offsets[item]] for item in offsets
    }
    return Places([members[n][1] for n in spread(len(members) - 1)], offsets, cursors)


async def _asking() -> Viewer:
    """The member who asks, as the decision sees that one."""
    account = await Account.get(name="asking")
    now, roles = dt.datetime.now(dt.UTC), (HeldRole(Role.MEMBER),)
    return Viewer(now=now, zone=ZONE, account=account.id, person=account.person_id, roles=roles)


def whose(item: str, tokens: Mapping[str, str]) -> str:
    """The token of who asks that."""
    return tokens["office" if item == OFFICE else "asking"]


def spread(last: int) -> list[int]:
    """Whole numbers from 0 to that one, evenly, no more than REQUESTS."""
    return sorted({last * n // (REQUESTS - 1) for n in range(REQUESTS)})


def variables(item: str, found: Places) -> list[dict[str, Any]]:
    """What we are sent, and the limit."""
    if item == "q1":
        return [{"id": f"mem_{key}"} for key in found.keys]
    return [{"after": place} for place in found.cursors[item]]


def peer_variables(item: str, found: Places, peer: Server, token: str) -> list[dict[str, Any]]:
    """The same places as the peer names them: it is asked for its cursors."""
    if item == "q1":
        return [{"id": key} for key in found.keys]
    return [{"after": _peer_cursor(item, offset, peer, token) if offset else None} for offset in found.offsets[item]]


def _peer_cursor(item: str, offset: int, peer: Server, token: str) -> str:
    answer = ask(peer, {"query": "{ list: %s }" % (LISTS[item] % (offset - 1))}, token)
    return str(answer["data"]["list"]["edges"][0]["cursor"])


def requests(item: str, dialect: str, given: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The bodies of the requests."""
    folder = FOLDER if dialect == "ours" else FOLDER / dialect
    text = (folder / f"{item}.graphql").read_text("utf-8")
    return [{"operationName": item.upper(), "query": text, "variables": one} for one in given]


def looks(server: Server, openings: Sequence[str]) -> list[str | dict[str, Any]]:
    """What is asked for pages: at their address of us, of others as an operation."""
    if server.dialect == "ours" and server.name == OURS:
        return [f"/reading/rds_{key}/pages/{page}" for key in openings for page in range(1, PAGES + 1)]
    given = [{"session": key, "page": page} for key in openings for page in range(1, PAGES + 1)]
    if server.dialect == "ours":  # the limit reads no query
        return [{"operationName": "Q5", "variables": one} for one in given]
    return [*requests(WRITES, server.dialect, given)]


def written(item: str, server: Server, bodies: Sequence[str | dict[str, Any]]) -> Path:
    """The file that load.lua reads."""
    path = OUT / f"{server.name}-{item}.bodies"
    path.write_text("".join(f"{body if isinstance(body, str) else json.dumps(body)}\n" for body in bodies), "utf-8")
    return path
