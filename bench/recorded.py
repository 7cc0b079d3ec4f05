"""What a look at a page left behind: the same facts by whichever server, and all of them in one chain that holds."""

from collections.abc import Mapping, Sequence
from typing import Any

from bench.equal import Different
from bench.figures import Sample
from bench.papers import SERVERS
from server.models import audit, database
from server.models.audit import AuditEntry
from server.models.reading.tables import ReadingProgress, ReadingSession

ACTION = "reading.page"
FAR = ("pages", "pages_seen", "last_page", "opens", "refused")


async def openings(url: str) -> dict[str, list[str]]:
    """The keys of those in which each server is asked for pages."""
    await database.connect(url)
    try:
        return {server: [str(row.id) for row in await _of(server)] for server in SERVERS}
    finally:
        await database.close()


async def alike(url: str) -> int:
    """How many entries were compared, before anything was measured. Raises Different."""
    await database.connect(url)
    try:
        first, *others = [await _facts(server) for server in SERVERS]
    finally:
        await database.close()
    for server, found in zip(SERVERS[1:], others, strict=True):
        for expected, one in zip(first, found, strict=True):
            if expected != one:
                raise Different(f"{server} left {one} behind, and {SERVERS[0]} {expected}")
    return sum(len(entries) for _, _, entries in first)


async def kept(url: str, rounds: Mapping[str, Sequence[Sample]]) -> int:
    """How many entries the chain has. Raises Different where it does not hold, or tells of less than was answered."""
    await database.connect(url)
    try:
        verified = await audit.verify()
        told = {
            server: await AuditEntry.filter(action=ACTION, object__in=await _papers(server)).count()
            for server in rounds
        }
    finally:
        await database.close()
    if not verified.ok:
        raise Different(f"the chain is broken at entry {verified.first_bad}")
    for server, samples in rounds.items():
        if told[server] < sum(sample.load.answers for sample in samples):
            raise Different(f"{server} answered more often than the ledger tells: {told[server]} entries")
    return verified.entries


async def _of(server: str) -> list[ReadingSession]:
    return await ReadingSession.filter(device=server).order_by("number")


async def _papers(server: str) -> list[str]:
    return [f"doc_{row.document_id}" for row in await _of(server)]


async def _facts(server: str) -> list[tuple[Any, ...]]:
    """Of each opening: itself, how far its reader came, and its entries without what is each one's own."""
    found = []
    for row in await _of(server):
        mine = {"document_id": row.document_id, "person_id": row.person_id}
        far = await ReadingProgress.filter(**mine).values_list(*FAR)
        entries = await AuditEntry.filter(action=ACTION, object=f"doc_{row.document_id}").order_by("serial")
        told = [(one.actor, one.on_behalf_of, (one.facts or {}) | {"number": len(row.number)}) for one in entries]
        found.append(((row.seen, row.pages, row.closed_at), far, told))
    return found
