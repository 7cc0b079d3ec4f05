"""RD-1 as conditions of a query: the documents with which a viewer may do something at this moment, and the facts from
which `decide` says the same of one. Nothing of it is kept from one request to the next."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from tortoise.expressions import F, Q, Subquery
from tortoise.queryset import QuerySet

from server.models.bodies.tables import BodyMembership
from server.models.documents.granted import FOLDER, MINE, Granted, Such
from server.models.documents.tables import (
    AccessGrant,
    AgreementAcceptance,
    Document,
    DocumentAudience,
    Folder,
    FolderPath,
    GrantUse,
)
from server.models.fields import FoundFirst, holding
from server.models.members.queries import NOTHING, active_seats, posts_on
from server.models.members.tables import MembershipPost, Person
from server.models.prepared import Prepared
from server.models.reads import Columns, Count, Read, Statement, kinds_in
from server.models.rooms.tables import Booking
from server.rules.activities import ActivityState
from server.rules.attendance import Rsvp
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
from server.rules.rooms import BookingState
from server.viewer import Viewer

ALL = Q()
CANCELLED = ActivityState.CANCELLED


def visible_documents(viewer: Viewer) -> Q:
    """Those of which the viewer may know; what lists, counts, search and links read."""
    return allowed(viewer, Act.SEE)


def allowed(viewer: Viewer, act: Act) -> Q:
    """The documents with which the viewer may do this now: the same answer as `decide`, as one condition."""
    if not _active(viewer):
        return open_now(viewer) & _public(act) if not viewer.signed_in else NOTHING
    kept = _kept(viewer)
    if act is Act.MANAGE:  # no grant carries it
        return kept
    usual = (
        open_now(viewer) & _not_closed(viewer, act) & (_public(act) | _catalogued(viewer, act) | _given(viewer, act))
    )
    if act is Act.SEE:
        return kept | usual
    return (kept & Q(state__in=sorted(BEFORE, key=lambda s: s.value)) | usual) if act is Act.READ else usual


def visible_folders(viewer: Viewer) -> Q:
    """The folders that the viewer keeps, and those in or above which something lies that they may know of."""
    seen = Subquery(Document.filter(visible_documents(viewer)).values("folder_id"))
    lying: Any = {"id__in": Subquery(FolderPath.filter(folder_id__in=seen).values("above_id"))}
    kept: Any = {"id__in": Subquery(Folder.filter(kept_folders(viewer)).values("id"))}  # ALL | x would be x
    return Q(**kept) | Q(**lying)


def _active(viewer: Viewer) -> bool:
    """Any role that holds today; with a token, within its scopes."""
    return bool(viewer.may(Action.READ_DOCUMENTS))


def visible_versions(viewer: Viewer) -> Q:
    """All of what the viewer keeps; of what they may read the one that is read."""
    kept: Any = {"document_id__in": Subquery(Document.filter(_kept(viewer)).values("id"))}
    read: Any = {"document_id__in": Subquery(Document.filter(allowed(viewer, Act.READ)).values("id"))}
    return Q(**kept) | Q(**read, current=True)


def visible_grants(viewer: Viewer) -> Q:
    """Those on what the viewer keeps, those that wait for a second person who they may be or that they confirmed, and
    what they were given.

    All of them for an auditor, who sees of the documents what anyone does.
    """
    if viewer.may(Action.READ_AUDIT):
        return ALL
    if not _active(viewer):
        return NOTHING
    mine: Any = {"id__in": Subquery(_grants(viewer).filter(effect=Effect.ALLOW).values("id"))}
    waiting = _on(folders_where(viewer, Action.CONFIRM_GRANTS)) & Q(state=GrantState.UNCONFIRMED)
    confirmed: Any = {"second_id__in": [viewer.account] if viewer.account else []}
    return _on(kept_folders(viewer)) | waiting | Q(**confirmed) | Q(**mine)


def review_due(viewer: Viewer) -> Q:
    """What the viewer keeps and is to be looked at again by today."""
    over = [DocumentState.ARCHIVED, DocumentState.DESTROYED]
    return allowed(viewer, Act.MANAGE) & Q(review_on__lte=viewer.today) & ~Q(state__in=over)


def kept_told(viewer: Viewer) -> Q:
    """Which bodies may know of what the viewer keeps."""
    kept: Any = {"document_id__in": Subquery(Document.filter(_kept(viewer)).values("id"))}
    return Q(**kept)


def kept_folders(viewer: Viewer) -> Q:
    """The folders that the viewer keeps now, as the table of permissions has it."""
    return folders_where(viewer, Action.MANAGE_DOCUMENTS)


def confirmed_folders(viewer: Viewer) -> Q:
    """The folders in which the viewer may be the second person now, as the table of permissions has it."""
    return folders_where(viewer, Action.CONFIRM_GRANTS)


def below(folder: UUID) -> Q:
    """Documents in that folder, or below it."""
    lies: Any = {"folder_id__in": Subquery(FolderPath.filter(above_id=folder).values("folder_id"))}
    return Q(**lies)


def folders_where(viewer: Viewer, action: Action) -> Q:
    """The folders for whose bodies the viewer may do that."""
    if not viewer.may(action):
        return NOTHING
    bodies = where(viewer.roles, action)
    return ALL if bodies is None else Q(body_id__in=list(bodies))


def _on(folders: Q) -> Q:
    """Grants on these folders, or on what lies in them."""
    these = Subquery(Folder.filter(folders).values("id"))
    lying: Any = {"document_id__in": Subquery(Document.filter(folder_id__in=these).values("id"))}
    there: Any = {"folder_id__in": these}
    return Q(**there) | Q(**lying)


def _kept(viewer: Viewer) -> Q:
    folders: Any = {"folder_id__in": Subquery(Folder.filter(kept_folders(viewer)).values("id"))}
    return Q(**folders)


def open_now(viewer: Viewer) -> Q:
    """Available, and within the days in which it can be had."""
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
    everyone = Q(catalogue_audience=CatalogueAudience.EVERY_MEMBER) if member else NOTHING
    if viewer.person is None:
        return everyone
    ours = (DocumentAudience.filter(**bodies) for bodies in _bodies(viewer.person, viewer))
    told: Any = {"id__in": FoundFirst(*(some.values("document_id") for some in ours))}
    return everyone | Q(catalogue_audience=CatalogueAudience.SOME_BODIES, **told)


def _not_closed(viewer: Viewer, act: Act) -> Q:
    if viewer.person is None:
        return ALL
    closed = Such(Effect.DENY, act)
    lifted = Such(Effect.ALLOW, act, by_name=True, overriding=True)
    by_name, by_group = replace(closed, by_name=True), replace(closed, by_name=False)
    mine = _mine(viewer, viewer.person)
    return ~_reached(mine, by_name) & (~_reached(mine, by_group) | _opened(mine, lifted))


def _given(viewer: Viewer, act: Act) -> Q:
    """An allow carries it, and nothing else stands in the way: agreement, room, openings, mode."""
    if viewer.person is None:
        return NOTHING
    mine, carries = _mine(viewer, viewer.person), Such(Effect.ALLOW, act)
    if act is Act.SEE:
        return _opened(mine, carries)
    here = ~Q(read_mode=ReadMode.ROOM_ONLY) | _in_room(viewer)
    given = _opened(mine, replace(carries, left_to=viewer.person)) & _agreed(viewer.person) & here
    return given & Q(read_mode=ReadMode.DOWNLOAD) if act is Act.DOWNLOAD else given


def _mine(viewer: Viewer, person: UUID) -> FoundFirst:
    """The grants that reach someone, decided, begun and not over."""
    return FoundFirst(*(some.filter(**holding_now(viewer)).values(*MINE) for some in _reaching(person, viewer)))


def holding_now(viewer: Viewer) -> dict[str, Any]:
    """Conditions on grants: decided, begun and not over."""
    return {"valid_from__lte": viewer.now, "valid_until__gt": viewer.now, "state": GrantState.ACTIVE}


def reaching(person: UUID, viewer: Viewer) -> Q:
    """Grants to someone by name, by a place in a body, a sector stood for, or a seat in a term, on this day; or by
    taking part in an activity."""
    hers: Any = {"id__in": FoundFirst(*(some.values("id") for some in _reaching(person, viewer)))}
    return Q(**hers)


def _reaching(person: UUID, viewer: Viewer) -> Iterator[QuerySet[AccessGrant]]:
    """By each way on its own: each is found by an index, however many grants others have."""
    yield AccessGrant.filter(person_id=person)
    sits, stands = _bodies(person, viewer)
    yield AccessGrant.filter(body_role__isnull=True, **sits)
    yield AccessGrant.filter(body_role__isnull=True, **stands)
    place = "body__body_memberships__"
    alike: Any = {f"{place}person_id": person, f"{place}role": F("body_role")}
    yield AccessGrant.filter(holding(viewer.today, place), **sits, **alike)
    seats: Any = {"term_id__in": FoundFirst(active_seats(viewer.today).filter(person_id=person).values("term_id"))}
    yield AccessGrant.filter(**seats)
    part = "activity__participations__"
    yield AccessGrant.filter(taking_part(part), **{f"{part}person_id": person})


def taking_part(prefix: str) -> Q:
    """Participations, to which `prefix` leads, of who was told, has not declined, and in what was not cancelled."""
    told: dict[str, Any] = {f"{prefix}invited_at__isnull": False}
    comes: dict[str, Any] = {f"{prefix}rsvp__in": [one for one in Rsvp if one is not Rsvp.NO]}
    held: dict[str, Any] = {f"{prefix}activity__state__in": [s for s in ActivityState if s is not CANCELLED]}
    return Q(**told, **comes, **held)


def _bodies(person: UUID, viewer: Viewer) -> tuple[dict[str, Any], dict[str, Any]]:
    """Conditions on rows of a body to which someone belongs today: by a place in it, and as the sector stood for."""
    places, posts = _places(person, viewer)
    sits, stands = FoundFirst(places.values("body_id")), FoundFirst(posts.values("sector_id"))
    return {"body_id__in": sits}, {"body_id__in": stands}


def _places(person: UUID, viewer: Viewer) -> tuple[QuerySet[BodyMembership], QuerySet[MembershipPost]]:
    """Someone's places in bodies today, and what they stand for."""
    places = BodyMembership.filter(holding(viewer.today), lasting_body(viewer), person_id=person)
    return places, posts_on(viewer.today).filter(membership__person_id=person, sector_id__isnull=False)


def lasting_body(viewer: Viewer) -> Q:
    """Places in a body that has not ended."""
    return Q(body__ends_on__isnull=True) | Q(body__ends_on__gt=viewer.today)


def _reached(mine: FoundFirst, such: Such) -> Q:
    """The documents that these are on, or on whose folder or one above it they are."""
    straight: Any = {"id__in": Granted(mine, such, "document_id")}
    below: Any = {"folder_id__in": Granted(mine, such, FOLDER)}
    return Q(**straight) | Q(**below)


def _opened(mine: FoundFirst, such: Such) -> Q:
    """The documents that these allows open: a work-sensitive one only where a second person confirmed it (RD-2)."""
    usual = ~Q(level=Level.WORK_SENSITIVE) & _reached(mine, such)
    return usual | _reached(mine, replace(such, confirmed=True))


def _agreed(person: UUID) -> Q:
    accepted: Any = {"agreement_id__in": Subquery(AgreementAcceptance.filter(person_id=person).values("agreement_id"))}
    return Q(agreement_id__isnull=True) | Q(**accepted)


def _in_room(viewer: Viewer) -> Q:
    """The documents for which the viewer is checked in, in a reading room, in a time that goes on."""
    lies: Any = {"id__in": Subquery(checked_in(viewer).filter(person_id=viewer.person).values("document_id"))}
    return Q(**lies)


def checked_in(viewer: Viewer) -> QuerySet[Booking]:
    """Who is there now, in a time that goes on."""
    now = {"slot__starts_at__lte": viewer.now, "slot__ends_at__gt": viewer.now, "slot__cancelled_at__isnull": True}
    return Booking.filter(state=BookingState.CHECKED_IN, **now)


GRANT = (
    *("id", "document_id", "folder_id", "person_id", "effect", "act", "overrides", "valid_from", "valid_until"),
    *("max_opens", "text", "state", "second_id"),
)
"""The columns of a grant that `decide` looks at."""


def deciding_reads(viewer: Viewer, document: UUID) -> dict[str, Read]:
    """What is read of one document to decide: see `decided`."""
    one, person = Document.filter(id=document), viewer.person
    agreed = _agreed(person) if person else Q(agreement_id__isnull=True)
    return {
        "kept": Count(one.filter(_kept(viewer))),
        "told": Count(one.filter(_catalogued(viewer, Act.SEE))),
        "agreed": Count(one.filter(agreed)),
        "in_room": Count(one.filter(_in_room(viewer) if person else NOTHING)),
        "grants": _grants_on(viewer, person, document) if person else Columns(AccessGrant.filter(NOTHING), GRANT),
    }


ON_ONE = """SELECT g.*, used."left" FROM (
  SELECT * FROM access_grant WHERE document_id = :document
  UNION ALL
  SELECT g.* FROM folder_path f JOIN access_grant g ON g.folder_id = f.above_id WHERE f.folder_id IN ({folder})
) g LEFT JOIN grant_use used ON used.grant_id = g.id AND used.person_id = :person
WHERE g.person_id = :person OR g.term_id IN (SELECT term_id FROM {seats})
OR g.activity_id IN (SELECT activity_id FROM {takes})
OR g.body_role IS NULL AND g.body_id IN (SELECT sector_id FROM {stands})
OR g.body_id IN (SELECT body_id FROM {sits} WHERE g.body_role IS NULL OR g.body_role = role)"""
"""The grants on a document, its folder or one above it, which are few; and which of them reach someone, as `_reaching`
has it. With what is left of each."""


def _grants_on(viewer: Viewer, person: UUID, document: UUID) -> Statement:
    places, posts = _places(person, viewer)
    seats = active_seats(viewer.today).filter(person_id=person)
    rows = {"folder": Document.filter(id=document).values("folder_id"), "places": places.values("body_id", "role")}
    rows |= {"posts": posts.values("sector_id"), "terms": seats.values("term_id")}
    parts = Person.filter(taking_part("participations__"), id=person)
    rows |= {"parts": parts.values(activity_id="participations__activity_id")}
    shared = {"sits": "{places}", "stands": "{posts}", "seats": "{terms}", "takes": "{parts}"}
    kinds = dict(zip(GRANT, kinds_in(AccessGrant, GRANT), strict=True)) | {"left": int}
    facts = {"document": str(document), "person": str(person)}
    return Statement(ON_ONE, facts, kinds, rows=rows, shared=shared)


_one = Prepared.of(deciding_reads)


async def deciding_one(viewer: Viewer, row: Document) -> tuple[Reader, Paper]:
    """What `decide` looks at for one document, as `deciding` finds it for many: one statement."""
    return decided(viewer, row, await _one.read(viewer, row.id))


def decided(viewer: Viewer, row: Any, found: Mapping[str, Any]) -> tuple[Reader, Paper]:
    """What `decide` looks at. row: has the columns of a document; found: what `deciding_reads` says, read."""
    reader = Reader(
        active=_active(viewer),
        visitor=not viewer.signed_in,
        custodian=bool(found["kept"]),
        catalogued=bool(found["told"]),
        agreed=bool(found["agreed"]),
        in_room=bool(found["in_room"]),
    )
    left = {one[0]: one[-1] for one in found["grants"] if one[-1] is not None}
    return reader, _paper(row, [as_grant(dict(zip(GRANT, one, strict=False)), left) for one in found["grants"]])


async def deciding(viewer: Viewer, documents: Collection[UUID]) -> dict[UUID, tuple[Reader, Paper]]:
    """The same for each of these documents: a constant number of statements, however many there are."""
    rows = await Document.filter(id__in=documents)
    these = Document.filter(id__in=documents)
    kept = await _keys(these.filter(_kept(viewer)))
    told = await _keys(these.filter(_catalogued(viewer, Act.SEE)))
    agreed = await _keys(these.filter(_agreed(viewer.person) if viewer.person else Q(agreement_id__isnull=True)))
    in_room = await _keys(these.filter(_in_room(viewer)))
    grants, left = await _concerning(viewer, rows)
    found = {
        row.id: {
            "kept": row.id in kept,
            "told": row.id in told,
            "agreed": row.id in agreed,
            "in_room": row.id in in_room,
            "grants": [(*one, left.get(one[0])) for one in grants[row.id]],
        }
        for row in rows
    }
    return {row.id: decided(viewer, row, found[row.id]) for row in rows}


async def _keys(rows: QuerySet[Any]) -> set[UUID]:
    return {key async for key in rows.values_list("id", flat=True)}


def _of(viewer: Viewer) -> dict[str, Any]:
    """Rows of the viewer's own; of nobody's where the account belongs to none."""
    return {"person_id__in": [viewer.person] if viewer.person else []}


def _grants(viewer: Viewer) -> QuerySet[AccessGrant]:
    """The grants that reach this viewer, whether they hold or not."""
    if viewer.person is None:
        return AccessGrant.filter(NOTHING)
    return AccessGrant.filter(reaching(viewer.person, viewer))


def _over(folders: Collection[UUID]) -> Q:
    """On one of these folders, or one above it."""
    above: Any = {"folder_id__in": Subquery(FolderPath.filter(folder_id__in=folders).values("above_id"))}
    return Q(**above)


def _paper(row: Any, grants: Iterable[Grant]) -> Paper:
    return Paper(
        level=row.level,
        mode=row.read_mode,
        state=row.state,
        available_from=row.available_from,
        expires_at=row.expires_at,
        agreement=row.agreement_id is not None,
        grants=tuple(grants),
    )


async def _concerning(
    viewer: Viewer, rows: Collection[Document]
) -> tuple[dict[UUID, list[tuple[Any, ...]]], dict[UUID, int]]:
    """The grants that reach this viewer on each of these documents, and how often those can be used that count."""
    folders = {row.folder_id for row in rows}
    paths = await FolderPath.filter(folder_id__in=folders).values_list("folder_id", "above_id")
    mine = _grants(viewer).filter(Q(document_id__in=[row.id for row in rows]) | _over(folders))
    on: dict[UUID | None, list[tuple[Any, ...]]] = defaultdict(list)
    for grant in await mine.values_list(*GRANT):
        on[grant[1] or grant[2]].append(grant)
    over: dict[UUID, list[tuple[Any, ...]]] = defaultdict(list)
    for folder, above in paths:
        over[folder] += on[above]
    left = dict(await GrantUse.filter(**_of(viewer)).values_list("grant_id", "left"))
    return {row.id: on[row.id] + over[row.folder_id] for row in rows}, left


def as_grant(row: Mapping[str, Any], left: Mapping[UUID, int]) -> Grant:
    """The columns `GRANT` of a row as the rule looks at it. left: grant -> how often it can still be used."""
    return Grant(
        id=row["id"],
        effect=row["effect"],
        act=row["act"],
        valid_from=row["valid_from"],
        valid_until=row["valid_until"],
        state=row["state"],
        person=row["person_id"] is not None,
        overrides=row["overrides"],
        confirmed=row["second_id"] is not None,
        used_up=row["max_opens"] is not None and left.get(row["id"], row["max_opens"]) <= 0,
        text=row["text"],
    )
