"""Who opened the file of a person: the entries of the audit trail that say so (AU-1)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from server.models.audit import AuditEntry
from server.models.members.tables import Person
from server.rules.permissions import GUARDED_FIELDS

READ, EXPORTED = "members.read_file", "members.export"


def readings_of(person: Person) -> QuerySet[AuditEntry]:
    """The entries that say that someone else opened this file, alone, among others, or in an export of all."""
    name = _id(person.id)
    alone, among = Q(object=name), Q(object="", payload__contains=f'"{name}"')
    exported = Q(action=EXPORTED, at__gte=person.created_at)
    return AuditEntry.filter(Q(action=READ) & (alone | among) | exported)


def fields_read(action: str, facts: Mapping[str, Any] | None, person: UUID) -> list[str] | None:
    """Which guarded fields of the person an entry shows; None where the retention of that is over.

    facts: its payload.
    """
    if action == EXPORTED:
        return sorted(GUARDED_FIELDS)
    return None if facts is None else list(facts.get(_id(person), []))


def _id(person: UUID) -> str:
    return f"per_{person}"
