"""Who read a file, as the person concerned and the auditors may ask."""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Protocol, cast
from uuid import UUID

import strawberry
from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from server.models import members
from server.models.accounts import Account
from server.models.audit import facts_of
from server.models.reads import Columns
from server.rules.permissions import Action, may_read_field
from server.schema.declared import DESCRIBED, Row
from server.schema.ids import PREFIX
from server.schema.making import made, makes
from server.schema.paging import Slice, connect
from server.schema.problems import camel
from server.schema.reading import Answer, Asking, column, computed
from server.schema.rows import batch

if TYPE_CHECKING:
    from server.schema.compiling.marks import Marks
    from server.schema.members.types import Person

Reader = Annotated["Person", strawberry.lazy("server.schema.members.types")]


class Opened(Protocol):
    """An entry of the audit trail that says that a file was opened. whose: its person, handed on by the list."""

    actor: str
    on_behalf_of: str
    action: str
    payload: str | None
    whose: UUID


Entry = strawberry.Parent[Opened]


@strawberry.type(description="That someone read the guarded fields of a file.")
class FileReading:
    """A view on an entry of the audit trail, as it concerns one person."""

    at: dt.datetime = column("When.")

    @makes("The account, or the system's own name.", "actor", "on_behalf_of")
    async def by(root: Entry, info: Answer) -> str:
        """One statement, however many entries are asked for."""

        def name(found: Mapping[str, Any]) -> str:
            return str(found["names"][0][0] if found["names"] else _actor(root))

        if info.context.writing:
            names = Columns(_accounts(info.context.writing, root), ("name",))
            return cast(str, await made(info.context, {"names": names}, name))
        account = await _account(info.context, root)
        return account.name if account else _actor(root)

    @strawberry.field(
        description="Who that is in the register, where it is a person.",
        graphql_type=Reader | None,
        metadata=DESCRIBED,
    )
    async def reader(root: Entry, info: Answer) -> Any:
        """One statement, however many entries are asked for."""
        if info.context.writing:
            accounts = _accounts(info.context.writing, root)
            return Row(members.Person.filter(id__in=Subquery(accounts.values("person_id"))))
        account = await _account(info.context, root)
        return account and account.person

    @computed("Whether a program read it, by a token of that account.", "on_behalf_of")
    def program(root: Entry, info: Answer) -> bool:
        """It acted for someone."""
        return bool(root.on_behalf_of)

    @computed("Whether it left the house in an export of all people.", "action")
    def exported(root: Entry, info: Answer) -> bool:
        """By what was done."""
        return root.action == members.EXPORTED

    @computed(
        "Which fields, by their names here, such as birthDate; null once the trail no longer says.",
        "action",
        "payload",
        "whose",
    )
    def fields(root: Entry, info: Answer) -> list[str] | None:
        """Of this person's file alone."""
        read = members.fields_read(root.action, facts_of(root.payload), root.whose)
        return None if read is None else [str(camel(name)) for name in read]


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
    """A part of the readings of a file, the last one first. Raises Refused where it is not for this viewer.

    One statement, and one more for all who read.
    """
    _must(asking, person)
    return await connect(asking, members.readings_of(person), ("-serial",), part, handed={"whose": person.pk})


def _must(asking: Asking, person: members.Person) -> None:
    viewer = asking.viewer
    if asking.writing and viewer.person and not viewer.may(Action.READ_AUDIT):
        asking.checks.append(members.Person.filter(id=person.pk).filter(id=viewer.person))
    elif asking.writing or viewer.person != person.pk:
        viewer.must(Action.READ_AUDIT)


def _actor(entry: Opened) -> str:
    return entry.on_behalf_of or entry.actor


def _accounts(marks: "Marks", entry: Opened) -> QuerySet[Account]:
    """The account that read, or whose token did; none where it was the system."""
    actor, owner = (marks.key_in(name, PREFIX[Account]) for name in (entry.actor, entry.on_behalf_of))
    return Account.filter(Q(id=actor) | Q(id=owner))


async def _account(asking: Asking, entry: Opened) -> Account | None:
    return cast(Account | None, await batch(asking, "readers", _readers, _actor(entry)))


async def _readers(names: list[str]) -> list[Account | None]:
    letters = f"{PREFIX[Account]}_"
    keys = [UUID(name.removeprefix(letters)) for name in names if name.startswith(letters)]
    rows = await Account.filter(id__in=keys).select_related("person") if keys else []
    found = {f"{letters}{row.id}": row for row in rows}
    return [found.get(name) for name in names]
