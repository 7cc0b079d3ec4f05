"""Who read a file, as the person concerned and the auditors may ask."""

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry

from server.models import members
from server.models.accounts import Account
from server.models.audit import AuditEntry
from server.rules.permissions import may_read_field
from server.schema.paging import Slice, connect
from server.schema.problems import camel
from server.schema.reading import Asking, batch, shows

if TYPE_CHECKING:
    from server.schema.members.types import Person

Reader = Annotated["Person", strawberry.lazy("server.schema.members.types")]


@strawberry.type(description="That someone read the guarded fields of a file.")
class FileReading:
    """An entry of the audit trail, as it concerns one person."""

    at: dt.datetime = strawberry.field(description="When.")
    by: str = strawberry.field(description="The account, or the system's own name.")
    reader: Reader | None = strawberry.field(description="Who that is in the register, where it is a person.")
    program: bool = strawberry.field(description="Whether a program read it, by a token of that account.")
    exported: bool = strawberry.field(description="Whether it left the house in an export of all people.")
    fields: list[str] | None = strawberry.field(
        description="Which fields, by their names here, such as birthDate; null once the trail no longer says."
    )


async def opens(asking: Asking, seat: UUID, field: str) -> bool:
    """May the viewer read this guarded field of whoever holds the seat? Reading another's is logged (AU-1)."""
    viewer, holder = asking.viewer, await batch(asking, _holders, _holders, seat)
    own = viewer.person == holder
    if not may_read_field(viewer.roles, own, field, scopes=viewer.scopes):
        return False
    if not own:
        asking.files_read.setdefault(holder, set()).add(field)
    return True


async def _holders(seats: list[UUID]) -> list[UUID]:
    found = dict(await members.Membership.filter(id__in=seats).values_list("id", "person_id"))
    return [found[seat] for seat in seats]


async def read_by(asking: Asking, person: members.Person, part: Slice) -> Any:
    """A part of the readings of a file, the last one first. Two statements."""
    found = await connect(asking, members.readings_of(person), ("-serial",), part)
    readers = await _readers([edge.node for edge in found.edges])
    for edge in found.edges:
        edge.node = _reading(edge.node, person, readers)
    return found


async def _readers(entries: list[AuditEntry]) -> dict[str, Account]:
    keys = {name.removeprefix("acc_") for name in map(_actor, entries) if name.startswith("acc_")}
    rows = await Account.filter(id__in=[UUID(key) for key in sorted(keys)]).select_related("person") if keys else []
    return {f"acc_{row.id}": row for row in rows}


def _actor(entry: AuditEntry) -> str:
    return str(entry.on_behalf_of or entry.actor)


def _reading(entry: AuditEntry, person: members.Person, readers: dict[str, Account]) -> FileReading:
    account = readers.get(_actor(entry))
    read = members.fields_read(entry, person)
    return shows(
        FileReading,
        at=entry.at,
        by=account.name if account else _actor(entry),
        reader=account.person if account else None,
        program=bool(entry.on_behalf_of),
        exported=entry.action == members.EXPORTED,
        fields=None if read is None else [str(camel(name)) for name in read],
    )
