"""The audit trail as those may read it who answer for it, and each person's own part of it."""

import datetime as dt
from typing import Annotated, Any

import strawberry

from server.models import audit, members
from server.rules.chain import canonical
from server.rules.permissions import GUARDED_FIELDS, Action
from server.schema.arguments import with_texts
from server.schema.declared import DESCRIBED
from server.schema.guard import needs
from server.schema.ids import key_of
from server.schema.node import Node
from server.schema.paging import After, Before, Connection, First, Last, Slice, connect
from server.schema.reading import Answer, column, computed, named

ObjectId = Annotated[strawberry.ID | None, strawberry.argument(description="Only entries about this thing.")]


@strawberry.type(description="Who did what, when. Entries form one chain: changing one breaks all after it.")
class AuditEntry:
    """An entry; its payload is empty once its retention is over."""

    serial: int = column("1, 2, 3 ... without a gap.")
    at: dt.datetime = column("When.")
    actor: str = column("Who: an account, a token, or the system's own name.")
    on_behalf_of: str = column("For whom, where a program or a deputy acted.")
    action: str = column("What was done, as room.verb.")
    object: str = column("The ID of the thing, or empty.")

    @computed("The facts as JSON; null once purged. Guarded fields are blank for most.", "payload", "object")
    def payload(root: strawberry.Parent[audit.AuditEntry], info: Answer) -> str | None:
        """Reading another's guarded fields here is logged like reading them in the file (AU-1)."""
        facts = audit.facts_of(root.payload)
        if facts is None:
            return None
        guarded = {name for name in GUARDED_FIELDS if name in facts}
        if guarded and info.context.viewer.may(Action.READ_FILE):
            _log(info, root.object, guarded)
        elif guarded:
            facts = facts | dict.fromkeys(guarded)
        return canonical(facts)

    hash: str = column("The hash that the next entry carries.")

    who = named("actor", Node | None, "Who acted, as a thing; null for the system.")
    for_whom = named("on_behalf_of", Node | None, "For whom a program or a deputy acted, as a thing, or null.")
    about = named("object", Node | None, "The thing itself; null where it is gone or not for you.")


def _log(info: Answer, object: str, guarded: set[str]) -> None:
    if object.startswith("per_"):
        person = key_of(object, members.Person)
        if person != info.context.viewer.person:
            info.context.files_read.setdefault(person, set()).update(guarded)


@strawberry.type
class AuditQuery:
    """Root fields of this room."""

    @strawberry.field(
        description="The audit trail, the newest first.",
        graphql_type=Connection[AuditEntry],
        extensions=needs(Action.READ_AUDIT),
        metadata=DESCRIBED,
    )
    async def audit(
        self,
        info: Answer,
        object: ObjectId = None,
        action: Annotated[str, strawberry.argument(description="Only actions that begin so.")] = "",
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Any:
        """One statement."""
        rows = audit.AuditEntry.all()
        if object:
            rows = rows.filter(with_texts(audit.AuditEntry, object=object))
        if action:
            rows = rows.filter(action__startswith=action)
        return await connect(info.context, rows, ("-serial",), Slice(first, after, last, before))
