"""A register as plain values, whatever keys its rows have: two are equal where these are."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from tortoise.models import Model

from server.models.bodies import Body, BodyIdentifier, BodyMembership, BodyRelation
from server.models.fields import Dated
from server.models.members import Membership, MembershipPost, MembershipStatus, Person, PersonIdentifier, Term, TermYear

HERE = {"id", "created_at", "updated_at", "recorded_at", "recorded_by_id", "voided_by_id", "voided_elsewhere"}
"""Columns that say something of this installation, not of the assembly."""
PLANNED = {"follows_id"}
"""Of the plan for the next term, which is prepared in one installation: see docs/decisions/renewal.md."""

Values = dict[str, list[tuple[str, ...]]]


async def register() -> Values:
    """Table -> its rows in order, each as texts; keys as an export tells them. Merged entries are left out."""
    people = await _named(Person.filter(merged_into_id=None), PersonIdentifier, "person_id", "per")
    bodies = await _named(Body.all(), BodyIdentifier, "body_id", "bod")
    terms = {term.id: term.code for term in await Term.all()}
    seats = await Membership.filter(person_id__in=[*people])
    names: dict[UUID, str] = people | bodies | terms
    names |= {seat.id: f"{people[seat.person_id]} in {terms[seat.term_id]}" for seat in seats}
    of_seats = {"membership_id__in": [seat.id for seat in seats]}
    found: dict[type[Model], Iterable[Model]] = {
        Term: await Term.all(),
        TermYear: await TermYear.all(),
        Person: await Person.filter(merged_into_id=None),
        PersonIdentifier: _beside(await PersonIdentifier.filter(person_id__in=[*people]), "person_id", people),
        Membership: seats,
        MembershipStatus: await MembershipStatus.filter(**of_seats).select_related("voided_by"),
        MembershipPost: await MembershipPost.filter(**of_seats).select_related("voided_by"),
        Body: await Body.all(),
        BodyIdentifier: _beside(await BodyIdentifier.all(), "body_id", bodies),
        BodyRelation: await BodyRelation.all().select_related("voided_by"),
        BodyMembership: await BodyMembership.filter(person_id__in=[*people]).select_related("voided_by"),
    }
    return {model._meta.db_table: sorted(_told(rows, names)) for model, rows in found.items()}


async def _named(rows: Any, identifiers: type[Model], owner: str, prefix: str) -> dict[UUID, str]:
    """By the id of a source, the first of several; else by our own."""
    pairs = await identifiers.filter(scheme="source").order_by("-value").values_list(owner, "value")
    sources = dict(pairs)
    return {row.id: sources.get(row.id, f"{prefix}_{row.id}") for row in await rows}


def _beside(rows: Iterable[Any], owner: str, names: dict[UUID, str]) -> list[Model]:
    """The identifiers beside the one by which an export calls them."""
    return [row for row in rows if (row.scheme, row.value) != ("source", names[getattr(row, owner)])]


def _told(rows: Iterable[Model], names: dict[UUID, str]) -> Iterable[tuple[str, ...]]:
    for row in rows:
        columns = [name for name in row._meta.fields_db_projection if name not in HERE | PLANNED]
        told = [_plain(getattr(row, name), names) for name in columns]
        who = row.voided_by.name if isinstance(row, Dated) and row.voided_by else getattr(row, "voided_elsewhere", "")
        yield (names.get(row.pk, ""), *told, who)


def _plain(value: Any, names: dict[UUID, str]) -> str:
    return names[value] if isinstance(value, UUID) else str(value)
