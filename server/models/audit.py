"""The audit trail: one chain of entries, each carrying the hash of the one before."""

import datetime as dt
import json
import secrets
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tortoise import fields
from tortoise.models import Model

from server.errors import Invalid, Problem
from server.models.at_once import Rows, write
from server.models.database import append_lock, before_commit, is_the_change, transaction, with_next_commit
from server.rules.chain import GENESIS, Link, canonical, salted_digest
from server.rules.permissions import Action
from server.rules.retention import KEPT, RecordClass, class_of, due_before
from server.viewer import Viewer
from server.words import say

PURGE = "audit.purge"
QUIET = frozenset(
    {"members.read_file", "members.export", "account.sign_in", "reading.open", "reading.download", "reading.note"}
)
"""What changes nothing that anyone could see: nobody is told of it. So is what is recorded outside of a transaction."""
CHUNK = 1000
"""Entries read or written at a time."""
PORTION = 5000
"""Entries that are emptied in one transaction, with one tombstone."""
SLACK = 10_000
"""Entries that may stand before others though they are younger: requests take their moment when they begin."""


class AuditEntry(Model):
    """Who did what to which object, when. Only payload and salt may ever be emptied, and only together.

    serial: 1, 2, 3 ... without a gap. actor: the account ("acc_..."), the token ("tok_..."), the app ("app_...") or the
    system's name; `on_behalf_of` is the account in whose name a token or app acts, or in whose place a deputy does (for
    the token of a deputy that stands in the payload, as deputy_for). payload: canonical JSON as
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
    if viewer.acting_for and viewer.client:
        payload = payload | {"deputy_for": f"acc_{viewer.acting_for}"}
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
    if program:
        return program, owner
    return owner, f"acc_{viewer.acting_for}" if viewer.acting_for else ""


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
    purges = await AuditEntry.filter(action=PURGE).order_by("serial")
    walk = Walk([stone for entry in purges if (stone := _tombstone(entry))], through)
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


async def purge_class(viewer: Viewer, record_class: RecordClass) -> int:
    """Empty payload and salt of the entries of a class whose retention is over (RT-1). How many were emptied.

    A portion in each transaction, with its tombstone: {class, purged_at, before, first, last, entries}; first and last
    are serials, and say together with class and before exactly which entries. Raises Refused.
    """
    viewer.must(Action.PURGE_AUDIT)
    emptied = 0
    while some := await _empty_some(viewer, record_class, due_before(record_class, viewer.now)):
        emptied += some
    return emptied


async def _empty_some(viewer: Viewer, record_class: RecordClass, before: dt.datetime) -> int:
    room = KEPT[record_class].room
    due = AuditEntry.filter(at__lt=before, payload__isnull=False, action__startswith=room)
    async with transaction():
        within = due.filter(**await _where_to_look(record_class, before))
        serials = [serial for (serial,) in await within.order_by("serial").limit(PORTION).values_list("serial")]
        if not serials:
            return 0
        first, last = serials[0], serials[-1]
        emptied = await due.filter(serial__gte=first, serial__lte=last).update(payload=None, salt="")
        which = {"class": record_class, "before": before, "first": first, "last": last}
        await record(viewer, PURGE, "", which | {"purged_at": viewer.now, "entries": emptied})
    return emptied


async def _where_to_look(record_class: RecordClass, before: dt.datetime) -> dict[str, int]:
    """From the last purge on, and no farther than time goes, so that a trail of many years is not read each night.

    Entries come in the order of commits, which is nearly that of time: a few more are looked at on both sides.
    """
    stones = [_tombstone(entry) for entry in await AuditEntry.filter(action=PURGE).order_by("-serial")]
    gone = max((one.last for one in stones if one and one.record_class is record_class), default=0)
    newest = await AuditEntry.filter(at__lt=before).order_by("-at", "-serial").first()
    return {"serial__gte": gone - SLACK, "serial__lte": (newest.serial if newest else 0) + SLACK}


@dataclass(frozen=True)
class Tombstone:
    """An entry that says what was emptied: what is older than `before`; of one class, from entry to entry, or all."""

    serial: int
    before: dt.datetime
    record_class: RecordClass | None = None
    first: int = 1
    last: int = 0

    def explains(self, entry: AuditEntry) -> bool:
        """Whether that entry was emptied rightly."""
        if entry.serial >= self.serial or entry.at >= self.before:
            return False
        if self.record_class is None:
            return True
        return self.first <= entry.serial <= self.last and class_of(entry.action) is self.record_class


class Walk:
    """A walk along the chain. tombstones: of the purges known at its start. through: see `verify`."""

    def __init__(self, tombstones: Sequence[Tombstone], through: Mapping[int, str] = {}) -> None:
        self.tombstones, self.through = tombstones, through
        self.serial, self.hash, self.purged = 0, GENESIS, 0
        self.bad: list[int] = []
        self.unexplained: dict[int, AuditEntry] = {}

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
        if stone := _tombstone(entry):
            self._explain(stone)
        self.serial, self.hash = entry.serial, entry.hash

    def _note_purged(self, entry: AuditEntry) -> None:
        self.purged += 1
        if not any(stone.explains(entry) for stone in self.tombstones):
            self.unexplained[entry.serial] = entry

    def _explain(self, stone: Tombstone) -> None:
        """A purge during the walk shows its emptied entries first and its tombstone at the end."""
        self.unexplained = {serial: one for serial, one in self.unexplained.items() if not stone.explains(one)}


def _tombstone(entry: AuditEntry) -> Tombstone | None:
    """What a tombstone says was emptied; None for other entries, and for one that was tampered with."""
    if entry.action != PURGE:
        return None
    try:
        facts = json.loads(entry.payload or "")
        before = dt.datetime.fromisoformat(facts["before"])
        if "class" not in facts:
            return Tombstone(entry.serial, before)
        return Tombstone(entry.serial, before, RecordClass(facts["class"]), int(facts["first"]), int(facts["last"]))
    except (ValueError, KeyError, TypeError):
        return None


async def _all() -> AsyncIterator[AuditEntry]:
    after = -1
    while chunk := await AuditEntry.filter(serial__gt=after).order_by("serial").limit(CHUNK):
        for entry in chunk:
            yield entry
        after = chunk[-1].serial
