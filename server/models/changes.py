"""What changed, in the order in which it was committed, for whoever keeps a copy of the register.

Triggers note each row that is written in `touched`, whoever writes it (server/models/indexes.py). A transaction that
writes an audit entry turns what it touched into changes while it holds the lock of the audit trail: so the serials of
changes come in the order of commits, and whoever has read up to one will never miss one before it. Of each thing only
its last change is kept. See docs/decisions/changes.md.
"""

import enum
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.expressions import Q, Subquery
from tortoise.models import Model
from tortoise.queryset import QuerySet

from server.models.bodies.queries import sensitive_seen
from server.models.bodies.tables import Body, BodyMembership, BodyRelation
from server.models.database import connection, measured
from server.models.fields import Keyed
from server.models.members.queries import NOTHING
from server.models.members.tables import Membership, MembershipPost, Person, Term, TermStatus
from server.rules.permissions import Action
from server.viewer import Viewer

T = TypeVar("T")
PORTION = 500


class RegisterCollection(enum.Enum):
    """The collections that others keep a copy of, by the letters of their IDs."""

    TERMS = "trm"
    PEOPLE = "per"
    MEMBERS = "mem"
    BODIES = "bod"
    BODY_MEMBERSHIPS = "bdm"


class ChangeKind(enum.Enum):
    """What became of a thing."""

    CHANGED = "changed"
    GONE = "gone"


class Audience(enum.Enum):
    """To whom a change is told: a sensitive body is nothing to most."""

    OPEN = "open"
    ALL = "all"


PEOPLE, MEMBERS, BODIES = RegisterCollection.PEOPLE, RegisterCollection.MEMBERS, RegisterCollection.BODIES
PLACES = RegisterCollection.BODY_MEMBERSHIPS


class Touched(Model):
    """A row that was written, until the next change is committed. listed: the letters of its collection."""

    id = fields.BigIntField(primary_key=True, generated=True)
    listed = fields.CharField(max_length=20)
    key = fields.UUIDField()

    class Meta:
        table = "touched"


class Change(Keyed):
    """The last change of a thing that its audience could notice. serial: of the audit entry that it came with.

    under: the sensitive body that the thing is, or is in; who may see that one is told what all are told.
    """

    audience = fields.CharEnumField(Audience, max_length=20)
    collection = fields.CharEnumField(RegisterCollection, max_length=20)
    thing = fields.CharField(max_length=40)
    kind = fields.CharEnumField(ChangeKind, max_length=20)
    serial = fields.BigIntField()
    under = fields.UUIDField(null=True)

    class Meta:
        table = "change"


@dataclass(frozen=True)
class Kept:
    """How the rows of a collection are read. lost: the column that is set where it is not shown; hidden: see Change.

    state: the column that says of what is only planned that it is a draft, which is shown to who prepares it.
    """

    model: type[Model]
    lost: str = ""
    under: str = ""
    hidden: str = ""
    state: str = ""

    @property
    def columns(self) -> set[str]:
        """The key, and those that tell who may see a row."""
        return {"id", self.lost, self.under, self.hidden, self.state} - {""}


COLLECTIONS: dict[RegisterCollection, Kept] = {
    RegisterCollection.TERMS: Kept(Term),
    RegisterCollection.PEOPLE: Kept(Person, lost="merged_into_id"),
    RegisterCollection.MEMBERS: Kept(Membership, lost="person__merged_into_id", state="term__status"),
    RegisterCollection.BODIES: Kept(Body, under="id", hidden="sensitive"),
    RegisterCollection.BODY_MEMBERSHIPS: Kept(
        BodyMembership, lost="voided_at", under="body_id", hidden="body__sensitive"
    ),
}

Thing = tuple[RegisterCollection, UUID]
Known = dict[tuple[Audience, str], ChangeKind]


def told_to(viewer: Viewer) -> Q:
    """The changes of what this viewer may see, or could see before."""
    if not viewer.may(Action.READ_REGISTER).allowed:
        return NOTHING
    own = sensitive_seen(viewer)
    if own is None:
        return Q(audience=Audience.ALL)
    within: dict[str, Any] = {"under__in": Subquery(own.values("id"))}
    elsewhere = Q(under__isnull=True) | ~Q(**within)
    return Q(audience=Audience.OPEN) & elsewhere | Q(audience=Audience.ALL) & Q(**within)


async def settle(serial: int) -> None:
    """Turns what this transaction touched into changes, under the lock of the trail. serial: of its last entry."""
    things = {(RegisterCollection(row["listed"]), UUID(str(row["key"]))) for row in await _taken()}
    waiting = things
    while waiting:
        turned: list[Thing] = []
        for number, portion in enumerate(_portions(waiting), 1):
            turned += await _note(portion, serial)
            if number > 1:
                await measured(number, Change)
        waiting = await _hanging(turned) - things
        things |= waiting


async def _taken() -> list[dict[str, Any]]:
    """What is noted so far, which is not any more."""
    return await connection().execute_query_dict("DELETE FROM touched RETURNING listed, key")


async def _note(things: Iterable[Thing], serial: int) -> list[Thing]:
    """Writes down that these changed. Returns those that came out of sight, or into it."""
    wanted = {_id(*thing): thing for thing in things}
    known: Known = {
        (audience, thing): kind
        for audience, thing, kind in await Change.filter(thing__in=list(wanted)).values_list(
            "audience", "thing", "kind"
        )
    }
    rows: list[Change] = []
    there: set[str] = set()
    async for row in _read(wanted.values()):
        there.add(row.thing)
        rows += _changes(row, known, serial)
    await Change.bulk_create(
        rows, PORTION, on_conflict=("audience", "thing"), update_fields=("kind", "serial", "under")
    )
    gone = Change.filter(thing__in=[thing for thing in wanted if thing not in there], kind=ChangeKind.CHANGED)
    if len(there) < len(wanted):
        await gone.update(kind=ChangeKind.GONE, serial=serial)
    return list(_turned(rows, known, wanted))


@dataclass(frozen=True)
class Found:
    """A row as it is now. lost: nobody is shown it. under: the sensitive body that it is, or is in.

    planned: it is part of a draft.
    """

    thing: str
    listed: RegisterCollection
    lost: bool
    under: UUID | None
    planned: bool


async def _read(things: Iterable[Thing]) -> AsyncIterator[Found]:
    for listed, kept in COLLECTIONS.items():
        keys = [key for one, key in things if one is listed]
        if not keys:
            continue
        async for facts in kept.model.filter(id__in=keys).values(*kept.columns):
            under = facts[kept.under] if kept.hidden and facts[kept.hidden] else None
            planned = bool(kept.state) and facts[kept.state] is TermStatus.DRAFT
            yield Found(_id(listed, facts["id"]), listed, bool(kept.lost and facts[kept.lost]), under, planned)


def _changes(row: Found, known: Known, serial: int) -> Iterator[Change]:
    """For all: that it is, or is lost. For others: that it is open to them, or that it was until now."""

    def change(audience: Audience, *, gone: bool) -> Change:
        kind = ChangeKind.GONE if gone else ChangeKind.CHANGED
        facts: Any = {"collection": row.listed, "thing": row.thing, "kind": kind, "under": row.under}
        return Change(id=uuid4(), audience=audience, serial=serial, **facts)

    yield change(Audience.ALL, gone=row.lost)
    shut = row.lost or row.under is not None or row.planned
    if not shut or known.get((Audience.OPEN, row.thing)) is ChangeKind.CHANGED:
        yield change(Audience.OPEN, gone=shut)


def _turned(rows: Iterable[Change], known: Known, wanted: Mapping[str, Thing]) -> Iterator[Thing]:
    """Those that were known, and whose being open to all is another than before."""
    is_open = {row.thing for row in rows if row.audience is Audience.OPEN and row.kind is ChangeKind.CHANGED}
    for thing, found in wanted.items():
        was_open = known.get((Audience.OPEN, thing)) is ChangeKind.CHANGED
        if (Audience.ALL, thing) in known and was_open != (thing in is_open):
            yield found


async def _hanging(turned: Iterable[Thing]) -> set[Thing]:
    """What shows another face where these are not to be seen: places, parts, ties, seats."""
    found: set[Thing] = set()
    for portion in _portions(turned):
        people, bodies = ([key for listed, key in portion if listed is one] for one in (PEOPLE, BODIES))
        if people:
            found |= await _of(MEMBERS, Membership.filter(person_id__in=people), "id")
            found |= await _of(PLACES, BodyMembership.filter(person_id__in=people), "id")
        if bodies:
            places = BodyMembership.filter(Q(body_id__in=bodies) | Q(on_behalf_of_id__in=bodies))
            ties = BodyRelation.filter(Q(source_id__in=bodies) | Q(target_id__in=bodies))
            found |= await _of(PLACES, places, "id")
            found |= await _of(MEMBERS, MembershipPost.filter(sector_id__in=bodies), "membership_id")
            found |= await _of(BODIES, Body.filter(parent_id__in=bodies), "id")
            found |= await _of(BODIES, ties, "source_id") | await _of(BODIES, ties, "target_id")
    return found


async def _of(listed: RegisterCollection, rows: QuerySet[Any], column: str) -> set[Thing]:
    return {(listed, row[column]) for row in await rows.values(column)}


def _portions(found: Iterable[T]) -> Iterator[list[T]]:
    every = sorted(found, key=str)
    yield from (every[start : start + PORTION] for start in range(0, len(every), PORTION))


def _id(listed: RegisterCollection, key: UUID) -> str:
    return f"{listed.value}_{key}"
