"""The audit trail: one chain of entries, each carrying the hash of the one before."""

import datetime as dt
import json
import secrets
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tortoise import fields
from tortoise.models import Model

from server.errors import Invalid, Problem
from server.models.at_once import Rows, write
from server.models.database import append_lock, before_commit, is_the_change, transaction, with_next_commit
from server.rules.chain import GENESIS, Link, canonical, salted_digest
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import say

PURGE = "audit.purge"
QUIET = frozenset(
    {"members.read_file", "members.export", "account.sign_in", "reading.open", "reading.download", "reading.note"}
)
"""What changes nothing that anyone could see: nobody is told of it. So is what is recorded outside of a transaction."""
CHUNK = 1000
"""Entries read at a time."""


class AuditEntry(Model):
    """Who did what to which object, when. Only payload and salt may ever be emptied, and only together.

    serial: 1, 2, 3 ... without a gap. actor: the account ("acc_..."), the token ("tok_..."), the app ("app_...") or the
    system's name; for a token or app `on_behalf_of` is the account in whose name it acts. payload: canonical JSON as
    text, None once purged.
    """

    serial = fields.BigIntField(primary_key=True, generated=False)
    at = fields.DatetimeField()
    actor = fields.CharField(max_length=150)
    on_behalf_of = fields.CharField(max_length=150, default="")
    action = fields.CharField(max_length=60)
    object = fields.CharField(max_length=100, default="")
    payload = fields.TextField(null=True)
    salt = fields.CharField(max_length=64)
    digest = fields.CharField(max_length=64)
    request_id = fields.CharField(max_length=64, default="")
    prev_hash = fields.CharField(max_length=64)
    hash = fields.CharField(max_length=64)

    class Meta:
        table = "audit_entry"

    @property
    def facts(self) -> dict[str, Any] | None:
        """The payload as data; None once purged."""
        return facts_of(self.payload)

    def link(self) -> Link:
        """What the hash of this entry covers."""
        return Link(
            serial=self.serial,
            at=self.at,
            actor=self.actor,
            on_behalf_of=self.on_behalf_of,
            action=self.action,
            object=self.object,
            digest=self.digest,
            request_id=self.request_id,
            prev_hash=self.prev_hash,
        )


COLUMNS = tuple(AuditEntry._meta.fields_map)
NEWEST = "SELECT serial, hash FROM audit_entry ORDER BY serial DESC LIMIT 1"
BEFORE = (0, GENESIS)
"""Serial and hash before the first entry."""


def facts_of(payload: str | None) -> dict[str, Any] | None:
    """The payload of an entry as data; None once purged."""
    return None if payload is None else dict(json.loads(payload))


@dataclass(frozen=True)
class Fact:
    """What is to be recorded, before it has its place in the chain. payload: canonical JSON."""

    at: dt.datetime
    actor: str
    on_behalf_of: str
    action: str
    object: str
    payload: str
    request_id: str


async def record(viewer: Viewer, action: str, object: str, payload: dict[str, Any]) -> None:
    """Append an entry when the transaction of the caller commits: what is not committed was never done.

    Only then, because the chain has one end: held from the first entry on, it would keep all other writers waiting
    for the whole of a long import, and two that wait for each other's rows too would never end. Outside of a
    transaction it goes with the next shared commit of the process, and returns after that.
    action: "room.verb". object: the external ID, such as "per_...", or "". payload: names to strings, whole
    numbers, marks, dates, ids, or lists and dicts of them.
    """
    said = fact(viewer, action, object, payload)
    if before_commit(_append, said):
        is_the_change()
    else:
        await with_next_commit(chain, said)


def fact(viewer: Viewer, action: str, object: str, payload: dict[str, Any]) -> Fact:
    """What `record` records, for who has it written with what else a shared commit does; see `chain`."""
    actor, on_behalf_of = _names(viewer)
    return Fact(viewer.now, actor, on_behalf_of, action, object, canonical(payload), viewer.request_id)


async def _append(facts: list[Fact]) -> None:
    from server.models.changes import settle  # it reads the rooms, which write here

    await append_lock(tell=any(fact.action not in QUIET for fact in facts))
    await settle(await _linked(facts))


async def chain(facts: list[Fact]) -> None:
    """Adds them, in a transaction that has its turn at the end of the chain."""
    await _linked(facts)


async def _linked(facts: list[Fact]) -> int:
    """Adds to the chain; the serial of its last entry."""
    serial, prev_hash = await end()
    await write(entries(facts, serial, prev_hash))
    return serial + len(facts)


def entries(facts: Iterable[Fact], serial: int, prev_hash: str) -> Rows:
    """What is to be added to the chain for these, after the entry with that serial and hash, see `end`."""
    rows = []
    for fact in facts:
        rows.append(_entry(fact, serial + 1, prev_hash))
        serial, prev_hash = serial + 1, rows[-1]["hash"]
    return Rows(AuditEntry, COLUMNS, rows, new=True)


def _entry(fact: Fact, serial: int, prev_hash: str) -> dict[str, Any]:
    salt = secrets.token_hex(16)
    said = vars(fact) | {"serial": serial, "digest": salted_digest(salt, fact.payload), "prev_hash": prev_hash}
    payload = said.pop("payload")
    return said | {"payload": payload, "salt": salt, "hash": Link(**said).hash()}


def _names(viewer: Viewer) -> tuple[str, str]:
    owner = f"acc_{viewer.account}" if viewer.account else viewer.name
    program = f"app_{viewer.app}" if viewer.app else f"tok_{viewer.client}" if viewer.client else ""
    return (program, owner) if program else (owner, "")


@dataclass(frozen=True)
class Verification:
    """The state of the chain. purged: entries whose payload was emptied rightly. first_bad: the first wrong serial."""

    entries: int
    purged: int
    ok: bool
    first_bad: int | None


async def end() -> tuple[int, str]:
    """Serial and hash of the newest entry; 0 and the hash before the first one where there is none."""
    last = await AuditEntry.all().order_by("-serial").first()
    return (last.serial, last.hash) if last else BEFORE


async def verify(through: Mapping[int, str] = {}) -> Verification:
    """Walk the whole chain, a chunk at a time: every hash, every payload, every purge.

    through: serial -> the hash that this entry had when a checkpoint was taken. One that is not there any more is the
    first bad one, too: the end of the chain was cut off.
    """
    tombstones = await AuditEntry.filter(action=PURGE).order_by("serial")
    walk = Walk([(entry.serial, before) for entry in tombstones if (before := _purged_before(entry))], through)
    async for entry in _all():
        walk.step(entry)
    if max(through, default=0) > walk.serial:
        walk.bad.append(walk.serial + 1)
    bad = min([*walk.bad, *walk.unexplained], default=None)
    return Verification(walk.serial, walk.purged, bad is None, bad)


async def purge(viewer: Viewer, before: dt.datetime) -> int:
    """Empty payload and salt of all entries before that time, and leave a tombstone in the chain (RT-1).

    Returns how many were emptied. Raises Refused, or Invalid for a time that is still to come.
    """
    viewer.must(Action.PURGE_AUDIT)
    if before > viewer.now:
        raise Invalid(Problem("FUTURE", say("Choose a time that has passed."), "before", "RT-1"))
    async with transaction():
        due = AuditEntry.filter(at__lt=before, payload__isnull=False).exclude(action=PURGE)
        emptied = await due.update(payload=None, salt="")
        if emptied:
            await record(viewer, PURGE, "", {"before": before, "entries": emptied})
    return emptied


class Walk:
    """A walk along the chain. tombstones: (serial, before) of the purges known at its start. through: see `verify`."""

    def __init__(self, tombstones: list[tuple[int, dt.datetime]], through: Mapping[int, str] = {}) -> None:
        self.tombstones, self.through = tombstones, through
        self.serial, self.hash, self.purged = 0, GENESIS, 0
        self.bad: list[int] = []
        self.unexplained: dict[int, dt.datetime] = {}

    def step(self, entry: AuditEntry) -> None:
        """Look at the next entry. Only the first bad one is kept."""
        sound = entry.serial == self.serial + 1 and entry.prev_hash == self.hash and entry.hash == entry.link().hash()
        if entry.payload is None:
            self._note_purged(entry)
            sound = sound and entry.salt == ""
        else:
            sound = sound and entry.digest == salted_digest(entry.salt, entry.payload)
        sound = sound and entry.hash == self.through.get(entry.serial, entry.hash)
        if not sound and not self.bad:
            self.bad.append(entry.serial)
        if before := _purged_before(entry):
            self._explain(before)
        self.serial, self.hash = entry.serial, entry.hash

    def _note_purged(self, entry: AuditEntry) -> None:
        self.purged += 1
        if not any(serial > entry.serial and entry.at < before for serial, before in self.tombstones):
            self.unexplained[entry.serial] = entry.at

    def _explain(self, before: dt.datetime) -> None:
        """A purge during the walk shows its emptied entries first and its tombstone at the end."""
        self.unexplained = {serial: at for serial, at in self.unexplained.items() if at >= before}


def _purged_before(entry: AuditEntry) -> dt.datetime | None:
    """What a tombstone says was emptied; None for other entries, and for one that was tampered with."""
    if entry.action != PURGE:
        return None
    try:
        return dt.datetime.fromisoformat(json.loads(entry.payload or "")["before"])
    except (ValueError, KeyError, TypeError):
        return None


async def _all() -> AsyncIterator[AuditEntry]:
    after = -1
    while chunk := await AuditEntry.filter(serial__gt=after).order_by("serial").limit(CHUNK):
        for entry in chunk:
            yield entry
        after = chunk[-1].serial
