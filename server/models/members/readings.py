"""Who opened the file of a person: the entries of the audit trail that say so (AU-1)."""

from typing import Any

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from server.models.audit import AuditEntry
from server.models.members.tables import Person
from server.rules.permissions import GUARDED_FIELDS

READ, EXPORTED = "members.read_file", "members.export"


def readings_of(person: Person) -> QuerySet[AuditEntry]:
    """The entries that say that someone else opened this file, alone, among others, or in an export of all."""
    alone, among = Q(object=_id(person)), Q(object="", payload__contains=f'"{_id(person)}"')
    exported = Q(action=EXPORTED, at__gte=person.created_at)
    return AuditEntry.filter(Q(action=READ) & (alone | among) | exported)


def fields_read(entry: AuditEntry, person: Person) -> list[str] | None:
    """Which guarded fields of the person were shown; None where the retention of that is over."""
    if entry.action == EXPORTED:
        return sorted(GUARDED_FIELDS)
    facts: dict[str, Any] | None = entry.facts
    return None if facts is None else list(facts.get(_id(person), []))


def _id(person: Person) -> str:
    return f"per_{person.id}"
