"""RD-1 for many people at once: what is read of them and of documents, and each case as `decide` looks at it.

Said as data, so that a page reads it in one statement however many people there are.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from server.models.accounts.holders import DEPUTY, given_role
from server.models.accounts.tables import Account, RoleAssignment
from server.models.bodies.queries import active_seats, by_place, leading_places, member
from server.models.bodies.tables import BodyMembership, BodyRole
from server.models.documents.queries import GRANT, as_grant, taking_part
from server.models.documents.tables import (
    AccessGrant,
    AgreementAcceptance,
    Document,
    DocumentAudience,
    Folder,
    FolderPath,
    GrantUse,
)
from server.models.fields import holding
from server.models.members.queries import active_seats as seats_on
from server.models.members.queries import posts_on
from server.models.members.tables import Person
from server.models.reads import Columns, Read
from server.models.rooms.tables import Booking
from server.rules.documents import CatalogueAudience, Grant, GrantState, Paper, Reader
from server.rules.permissions import Action, HeldRole, Role, may
from server.rules.rooms import BookingState
from server.viewer import NOWHERE, Viewer

PAPER = ("id", "folder_id", "level", "read_mode", "state", "catalogue_audience", "agreement_id")
WINDOW = ("available_from", "expires_at")
WHOSE = ("body_id", "body_role", "term_id", "activity_id")
"""Of a grant that reaches others than one by name."""


def surveying(viewer: Viewer, people: QuerySet[Person], papers: QuerySet[Document]) -> dict[str, Read]:
    """What is read of these people and documents to decide for each of them as they stand now: see `Survey`."""
    today, now = viewer.today, viewer.now
    who, what = Subquery(people.values("id")), Subquery(papers.values("id"))
    lies = Subquery(papers.values("folder_id"))
    above: Any = {"folder_id__in": Subquery(FolderPath.filter(folder_id__in=lies).values("above_id"))}
    on: Any = {"document_id__in": what}
    grants = AccessGrant.filter(Q(**on) | Q(**above), state=GrantState.ACTIVE, valid_until__gt=now)
    theirs: Any = {"person_id__in": who}
    grants = grants.filter(Q(person_id__isnull=True) | Q(**theirs))
    accounts = Account.filter(person_id__in=who)
    given = RoleAssignment.filter(holding(today), account_id__in=Subquery(accounts.values("id")), account__active=True)
    lasting = Q(body__ends_on__isnull=True) | Q(body__ends_on__gt=today)
    places = BodyMembership.filter(holding(today), lasting, **theirs)
    posts = posts_on(today).filter(membership__person_id__in=who, sector_id__isnull=False)
    there = {"slot__starts_at__lte": now, "slot__ends_at__gt": now, "slot__cancelled_at__isnull": True}
    booked = Booking.filter(state=BookingState.CHECKED_IN, document_id__in=what, **theirs, **there)
    parts = Person.filter(taking_part("participations__"), id__in=who)
    body = ("body_id", "body__name_zh", "body__name_en")
    return {
        "papers": Columns(papers, (*PAPER, *WINDOW)),
        "folders": Columns(Folder.filter(id__in=lies), ("id", "body_id")),
        "paths": Columns(FolderPath.filter(folder_id__in=lies), ("folder_id", "above_id")),
        "grants": Columns(grants, (*GRANT, *WHOSE)),
        "accounts": Columns(accounts, ("person_id", "active")),
        "roles": Columns(given, ("account__person_id", "role", "starts_on", "ends_on", *body, *DEPUTY)),
        "seats": active_seats(who, today),
        "leads": leading_places(who, today),
        "places": Columns(places, ("person_id", "body_id", "role")),
        "posts": Columns(posts, ("membership__person_id", "sector_id")),
        "terms": Columns(seats_on(today).filter(person_id__in=who), ("person_id", "term_id")),
        "parts": Columns(parts, ("id", "participations__activity_id")),
        "agreed": Columns(AgreementAcceptance.filter(**theirs), ("person_id", "agreement_id")),
        "booked": Columns(booked, ("person_id", "document_id")),
        "uses": Columns(GrantUse.filter(grant_id__in=Subquery(grants.values("id")), **theirs), USE),
        "told": Columns(DocumentAudience.filter(document_id__in=what), ("document_id", "body_id")),
    }


USE = ("person_id", "grant_id", "left")


@dataclass(frozen=True)
class Survey:
    """What `surveying` read, so that each pair of a person and a document can be looked at."""

    found: Mapping[str, Any]

    @cached_property
    def papers(self) -> dict[UUID, dict[str, Any]]:
        """The documents by key."""
        return {row[0]: dict(zip((*PAPER, *WINDOW), row, strict=True)) for row in self.found["papers"]}

    def reader(self, person: UUID, document: UUID) -> Reader:
        """As they stand now. Without an account, as they would with one; with one that is closed, not at all."""
        paper, roles = self.papers[document], self._roles[person]
        body = self._bodies[paper["folder_id"]] or NOWHERE
        member = any(role.role is Role.MEMBER for role in roles)
        told = self._told[document] & self._sits[person]
        audience = paper["catalogue_audience"]
        return Reader(
            active=bool(may(roles, Action.READ_DOCUMENTS)) and self.accounts.get(person, True),
            custodian=bool(may(roles, Action.MANAGE_DOCUMENTS, body=body)),
            catalogued=(audience is CatalogueAudience.EVERY_MEMBER and member)
            or (audience is CatalogueAudience.SOME_BODIES and bool(told)),
            agreed=paper["agreement_id"] is None or (person, paper["agreement_id"]) in self._agreed,
            in_room=(person, document) in self._booked,
        )

    def paper(self, person: UUID, document: UUID, *more: Grant) -> Paper:
        """With the grants that reach this person. more: as if these did, too."""
        facts = self.papers[document]
        places = (document, *self._above[facts["folder_id"]])
        reaching = [row for place in places for row in self._grants[place] if self._reaches(row, person)]
        return Paper(
            level=facts["level"],
            mode=facts["read_mode"],
            state=facts["state"],
            available_from=facts["available_from"],
            expires_at=facts["expires_at"],
            agreement=facts["agreement_id"] is not None,
            grants=(*(as_grant(row, self._left[person]) for row in reaching), *more),
        )

    def belongs(
        self,
        person: UUID,
        *,
        body: UUID | None,
        role: BodyRole | None,
        term: UUID | None,
        activity: UUID | None = None,
    ) -> bool:
        """Whether a grant to that body (in that role), term or activity reaches this person today."""
        if term:
            return term in self._terms[person]
        if activity:
            return (person, activity) in self._parts
        return (body, role) in self._held[person] if role else body in self._sits[person]

    @cached_property
    def accounts(self) -> dict[UUID, bool]:
        """Person -> whether their account lets them in; who has none is not among them."""
        return dict(self.found["accounts"])

    def _reaches(self, row: Mapping[str, Any], person: UUID) -> bool:
        if row["person_id"]:
            return bool(row["person_id"] == person)
        whose = {"body": row["body_id"], "term": row["term_id"], "activity": row["activity_id"]}
        return self.belongs(person, role=row["body_role"], **whose)

    @cached_property
    def _parts(self) -> set[tuple[UUID, UUID]]:
        return set(self.found["parts"])

    @cached_property
    def _roles(self) -> dict[UUID, list[HeldRole]]:
        found: dict[UUID, list[HeldRole]] = defaultdict(list)
        for person, *role in self.found["roles"]:
            found[person].append(given_role(*role))
        for person, *seat in self.found["seats"]:
            found[person].append(member(*seat))
        for person, *place in self.found["leads"]:
            found[person].extend(by_place(*place))
        return found

    @cached_property
    def _grants(self) -> dict[UUID, list[dict[str, Any]]]:
        found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
        for one in self.found["grants"]:
            row = dict(zip((*GRANT, *WHOSE), one, strict=True))
            found[row["document_id"] or row["folder_id"]].append(row)
        return found

    @cached_property
    def _left(self) -> dict[UUID, dict[UUID, int]]:
        found: dict[UUID, dict[UUID, int]] = defaultdict(dict)
        for person, grant, left in self.found["uses"]:
            found[person][grant] = left
        return found

    @cached_property
    def _sits(self) -> dict[UUID, set[UUID]]:
        return _sets([*((person, body) for person, body, _ in self.found["places"]), *self.found["posts"]])

    @cached_property
    def _held(self) -> dict[UUID, set[Any]]:
        return _sets((person, (body, role)) for person, body, role in self.found["places"])

    @cached_property
    def _terms(self) -> dict[UUID, set[UUID]]:
        return _sets(self.found["terms"])

    @cached_property
    def _above(self) -> dict[UUID, set[UUID]]:
        return _sets(self.found["paths"])

    @cached_property
    def _told(self) -> dict[UUID, set[UUID]]:
        return _sets(self.found["told"])

    @cached_property
    def _bodies(self) -> dict[UUID, UUID | None]:
        return dict(self.found["folders"])

    @cached_property
    def _agreed(self) -> set[tuple[UUID, UUID]]:
        return set(self.found["agreed"])

    @cached_property
    def _booked(self) -> set[tuple[UUID, UUID]]:
        return set(self.found["booked"])


def _sets(pairs: Iterable[Sequence[Any]]) -> dict[UUID, set[Any]]:
    found: dict[UUID, set[Any]] = defaultdict(set)
    for one, other in pairs:
        found[one].add(other)
    return found
