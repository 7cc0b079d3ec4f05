"""RD-1 as conditions of a query: the documents with which a viewer may do something at this moment, and the facts from
which `decide` says the same of one. Nothing of it is kept from one request to the next."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from tortoise.expressions import F, Q, Subquery
from tortoise.queryset import QuerySet

from server.models.bodies.tables import BodyMembership
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
from server.models.members.queries import NOTHING, active_seats, posts_on
from server.rules.documents import (
    BEFORE,
    Act,
    CatalogueAudience,
    DocumentState,
    Effect,
    Grant,
    GrantState,
    Level,
    Paper,
    Reader,
    ReadMode,
)
from server.rules.permissions import Action, Role, where
from server.viewer import Viewer

ALL = Q()
CARRYING = {
    Effect.ALLOW: {act: [other for other in Act if other.carries(act) and other is not Act.MANAGE] for act in Act},
    Effect.DENY: {act: [other for other in Act if act.carries(other) and other is not Act.MANAGE] for act in Act},
}
"""By effect and what is wanted: the acts of grants that decide it."""


def visible_documents(viewer: Viewer) -> Q:
    """Those of which the viewer may know; what lists, counts, search and links read."""
    return allowed(viewer, Act.SEE)


def allowed(viewer: Viewer, act: Act) -> Q:
    """The documents with which the viewer may do this now: the same answer as `decide`, as one condition."""
    if not _active(viewer):
        return _open(viewer) & _public(act) if not viewer.signed_in else NOTHING
    kept = _kept(viewer)
    if act is Act.MANAGE:  # no grant carries it
        return kept
    usual = _open(viewer) & _not_closed(viewer, act) & (_public(act) | _catalogued(viewer, act) | _given(viewer, act))
    if act is Act.SEE:
        return kept | usual
    return (kept & Q(state__in=sorted(BEFORE, key=lambda s: s.value)) | usual) if act is Act.READ else usual


def visible_folders(viewer: Viewer) -> Q:
    """The folders that the viewer keeps, and those in or above which something lies that they may know of."""
    seen = Subquery(Document.filter(visible_documents(viewer)).values("folder_id"))
    lying: Any = {"id__in": Subquery(FolderPath.filter(folder_id__in=seen).values("above_id"))}
    return _kept_folders(viewer) | Q(**lying)


def _active(viewer: Viewer) -> bool:
    """Any role that holds today; with a token, within its scopes."""
    return bool(viewer.may(Action.READ_DOCUMENTS))


def _kept_folders(viewer: Viewer) -> Q:
    """Where the viewer holds MANAGE_DOCUMENTS now, as the table of permissions has it."""
    if not viewer.may(Action.MANAGE_DOCUMENTS):
        return NOTHING
    bodies = where(viewer.roles, Action.MANAGE_DOCUMENTS)
    return ALL if bodies is None else Q(body_id__in=list(bodies))


def _kept(viewer: Viewer) -> Q:
    folders: Any = {"folder_id__in": Subquery(Folder.filter(_kept_folders(viewer)).values("id"))}
    return Q(**folders)


def _open(viewer: Viewer) -> Q:
    begun = Q(available_from__isnull=True) | Q(available_from__lte=viewer.now)
    lasting = Q(expires_at__isnull=True) | Q(expires_at__gt=viewer.now)
    return Q(state=DocumentState.AVAILABLE) & begun & lasting


def _public(act: Act) -> Q:
    public = Q(level=Level.PUBLIC)
    kept = public & Q(read_mode=ReadMode.DOWNLOAD) if act is Act.DOWNLOAD else NOTHING
    return public if act in (Act.SEE, Act.READ) else kept


def _catalogued(viewer: Viewer, act: Act) -> Q:
    if act is not Act.SEE:
        return NOTHING
    member = any(role.role is Role.MEMBER for role in viewer.roles)
    everyone = Q(catalogue_audience=CatalogueAudience.MEMBERS) if member else NOTHING
    if viewer.person is None:
        return everyone
    told: Any = {"id__in": Subquery(DocumentAudience.filter(_in_bodies(viewer.person, viewer)).values("document_id"))}
    return everyone | Q(catalogue_audience=CatalogueAudience.BODIES, **told)


def _not_closed(viewer: Viewer, act: Act) -> Q:
    if viewer.person is None:
        return ALL
    by_name, by_group = Q(person_id=viewer.person), Q(person_id__isnull=True)
    denied = partial(_mine, viewer, viewer.person, Effect.DENY, act)
    lifted = _mine(viewer, viewer.person, Effect.ALLOW, act).filter(by_name, overrides=True)
    return ~_reached(denied().filter(by_name)) & (~_reached(denied().filter(by_group)) | _opened(lifted))


def _given(viewer: Viewer, act: Act) -> Q:
    """An allow carries it, and nothing else stands in the way: agreement, room, openings, mode."""
    if viewer.person is None:
        return NOTHING
    grants = _mine(viewer, viewer.person, Effect.ALLOW, act)
    if act is Act.SEE:
        return _opened(grants)
    on_screen = _agreed(viewer.person) & ~Q(read_mode=ReadMode.ROOM_ONLY)
    given = _opened(grants.filter(_not_used_up(viewer.person))) & on_screen
    return given & Q(read_mode=ReadMode.DOWNLOAD) if act is Act.DOWNLOAD else given


def _mine(viewer: Viewer, person: UUID, effect: Effect, act: Act) -> QuerySet[AccessGrant]:
    """The grants that decide this act for someone, decided, begun and not over. All of one person's are found first,
    by the same words wherever they are asked for, so that a statement finds them once."""
    now: dict[str, Any] = {"valid_from__lte": viewer.now, "valid_until__gt": viewer.now, "state": GrantState.ACTIVE}
    holding_now = AccessGrant.filter(reaching(person, viewer), **now)
    hers: Any = {"id__in": Subquery(holding_now.values("id"))}
    return AccessGrant.filter(effect=effect, act__in=CARRYING[effect][act], **hers)


def reaching(person: UUID, viewer: Viewer) -> Q:
    """Grants to someone by name, by a place in a body, a sector stood for, or a seat in a term, on this day."""
    seats: Any = {"term_id__in": Subquery(active_seats(viewer.today).filter(person_id=person).values("term_id"))}
    return Q(person_id=person) | _in_bodies(person, viewer, role=True) | Q(**seats)


def _in_bodies(person: UUID, viewer: Viewer, *, role: bool = False) -> Q:
    """Rows whose body someone belongs to today. role: and whose body_role is theirs there, or empty."""
    places = BodyMembership.filter(holding(viewer.today), _lasting_body(viewer), person_id=person)
    posts = posts_on(viewer.today).filter(membership__person_id=person, sector_id__isnull=False)
    sits: Any = {"body_id__in": Subquery(places.values("body_id"))}
    stands: Any = {"body_id__in": Subquery(posts.values("sector_id"))}
    if not role:
        return Q(**sits) | Q(**stands)
    place = "body__body_memberships__"
    alike: Any = {f"{place}person_id": person, f"{place}role": F("body_role")}
    held = AccessGrant.filter(holding(viewer.today, place), _lasting_body(viewer), **alike)
    exact: Any = {"id__in": Subquery(held.values("id"))}
    return Q(**exact) | Q(body_role__isnull=True) & (Q(**sits) | Q(**stands))


def _lasting_body(viewer: Viewer) -> Q:
    return Q(body__ends_on__isnull=True) | Q(body__ends_on__gt=viewer.today)


def _reached(grants: QuerySet[AccessGrant]) -> Q:
    """The documents that these are on, or on whose folder or one above it they are."""
    straight: Any = {"id__in": Subquery(grants.filter(document_id__isnull=False).values("document_id"))}
    folders: Any = {"above_id__in": Subquery(grants.filter(folder_id__isnull=False).values("folder_id"))}
    below: Any = {"folder_id__in": Subquery(FolderPath.filter(**folders).values("folder_id"))}
    return Q(**straight) | Q(**below)


def _opened(grants: QuerySet[AccessGrant]) -> Q:
    """The documents that these allows open: a work-sensitive one only where a second person confirmed it (RD-2)."""
    usual = ~Q(level=Level.WORK_SENSITIVE) & _reached(grants)
    return usual | _reached(grants.filter(second_id__isnull=False))


def _agreed(person: UUID) -> Q:
    accepted: Any = {"agreement_id__in": Subquery(AgreementAcceptance.filter(person_id=person).values("agreement_id"))}
    return Q(agreement_id__isnull=True) | Q(**accepted)


def _not_used_up(person: UUID) -> Q:
    used: Any = {"id__in": Subquery(GrantUse.filter(person_id=person, left__lte=0).values("grant_id"))}
    return Q(max_opens__isnull=True) | ~Q(**used)


async def _keys(rows: QuerySet[Any], column: str) -> set[UUID]:
    return {key async for key in rows.values_list(column, flat=True)}


async def deciding(viewer: Viewer, documents: Collection[UUID]) -> dict[UUID, tuple[Reader, Paper]]:
    """What `decide` looks at, for each of these documents: a constant number of statements, however many there are."""
    rows = await Document.filter(id__in=documents)
    kept = await _keys(Document.filter(_kept(viewer), id__in=documents), "id")
    told = await _keys(Document.filter(_catalogued(viewer, Act.SEE), id__in=documents), "id")
    agreed = await _keys(AgreementAcceptance.filter(person_id=viewer.person), "agreement_id")
    grants = await _concerning(viewer, rows)
    return {row.id: (_reader(viewer, row, kept, told, agreed), _paper(row, grants[row.id])) for row in rows}


def _reader(viewer: Viewer, row: Document, kept: set[UUID], told: set[UUID], agreed: set[UUID]) -> Reader:
    return Reader(
        active=_active(viewer),
        visitor=not viewer.signed_in,
        custodian=row.id in kept,
        catalogued=row.id in told,
        agreed=row.agreement_id in agreed,
    )


def _paper(row: Document, grants: Iterable[Grant]) -> Paper:
    return Paper(
        level=row.level,
        mode=row.read_mode,
        state=row.state,
        available_from=row.available_from,
        expires_at=row.expires_at,
        agreement=row.agreement_id is not None,
        grants=tuple(grants),
    )


async def _concerning(viewer: Viewer, rows: Collection[Document]) -> dict[UUID, list[Grant]]:
    """The grants that reach this viewer on each of these documents, whether they hold or not."""
    if viewer.person is None:
        return {row.id: [] for row in rows}
    paths = await FolderPath.filter(folder_id__in={row.folder_id for row in rows}).values_list("folder_id", "above_id")
    whose = reaching(viewer.person, viewer)
    places: Any = {"document_id__in": [row.id for row in rows]}
    folders: Any = {"folder_id__in": {above for _, above in paths}}
    left = dict(await GrantUse.filter(person_id=viewer.person).values_list("grant_id", "left"))
    on: dict[UUID | None, list[Grant]] = defaultdict(list)
    for grant in await AccessGrant.filter(whose, Q(**places) | Q(**folders)):
        on[grant.document_id or grant.folder_id].append(_grant(grant, left))
    over: dict[UUID, list[Grant]] = defaultdict(list)
    for folder, above in paths:
        over[folder] += on[above]
    return {row.id: on[row.id] + over[row.folder_id] for row in rows}


def _grant(row: AccessGrant, left: Mapping[UUID, int]) -> Grant:
    return Grant(
        id=row.id,
        effect=row.effect,
        act=row.act,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        state=row.state,
        person=row.person_id is not None,
        overrides=row.overrides,
        confirmed=row.second_id is not None,
        used_up=row.max_opens is not None and left.get(row.id, row.max_opens) <= 0,
    )
