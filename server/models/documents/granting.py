"""Giving and taking permission to read (RD-2): each grant is a row that is never changed in what it gives."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypedDict, Unpack
from uuid import UUID, uuid4

from tortoise.expressions import Q

from server.errors import Conflict, Invalid, Problem, Refused
from server.models import audit
from server.models.activities.queries import visible_activities
from server.models.activities.tables import Activity
from server.models.bodies.queries import visible_bodies
from server.models.bodies.tables import Body, BodyRole
from server.models.database import transaction
from server.models.documents.consulting import held_reads, lives_until
from server.models.documents.queries import reaching, visible_documents, visible_folders, visible_grants
from server.models.documents.tables import AccessGrant, Document, Folder
from server.models.facts import tidy
from server.models.history import not_there, sound_reason
from server.models.members.queries import visible_people, visible_terms
from server.models.members.tables import Person, Term
from server.models.messages import telling
from server.models.reads import read_all
from server.models.rooms.tables import Loan
from server.rules.documents import GRANT_MOVES, Act, Effect, GrantState, Level, grant_problems, until_by_default
from server.rules.keeping import is_one_hand
from server.rules.messages import Topic
from server.rules.permissions import Action
from server.viewer import NOWHERE, Viewer
from server.words import say

MOST = 1000
"""People or bodies that are given something at once; grants that something is decided of at once."""
AT_ONCE = 500
"""Rows in one statement."""
CLOSED = dt.timedelta(days=366)
"""How long something stays closed where nothing else is said: a recusal must not end by itself in a week."""
GIVEN = ("effect", "act", "overrides", "max_opens", "text")
"""What a grant gives, and the one that renews it, too."""


@dataclass(frozen=True)
class Whom:
    """Who is given something: a person, a body (those in one role there, or all), all with a seat in a term, or who
    takes part in an activity."""

    person: UUID | None = None
    body: UUID | None = None
    body_role: BodyRole | None = None
    term: UUID | None = None
    activity: UUID | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """Of a grant."""
        return {
            "person_id": self.person,
            "body_id": self.body,
            "body_role": self.body_role,
            "term_id": self.term,
            "activity_id": self.activity,
        }


class Terms(TypedDict, total=False):
    """On what terms. valid_from: now if absent; valid_until: see `until_by_default`."""

    effect: Effect
    act: Act
    overrides: bool
    valid_from: dt.datetime
    valid_until: dt.datetime
    max_opens: int | None
    text: bool
    reason: str


@dataclass(frozen=True)
class Place:
    """A document or a folder that the viewer keeps. waits: what is given there waits for a second person. lives_until:
    see `until_by_default`."""

    document: UUID | None
    folder: UUID | None
    expires_at: dt.datetime | None = None
    waits: bool = False
    lives_until: dt.datetime | None = None

    @property
    def id(self) -> str:
        """As the trail calls it."""
        return f"doc_{self.document}" if self.document else f"fol_{self.folder}"

    def state(self, effect: Effect) -> GrantState:
        """What a new grant is there. A deny waits for nobody."""
        return GrantState.UNCONFIRMED if self.waits and effect is Effect.ALLOW else GrantState.ACTIVE


async def grant_add(
    viewer: Viewer,
    *,
    document: UUID | None = None,
    folder: UUID | None = None,
    whom: Sequence[Whom],
    by: Action = Action.MANAGE_DOCUMENTS,
    **terms: Unpack[Terms],
) -> list[AccessGrant]:
    """Give, or close, a document or a folder to these, on the same terms. What is work-sensitive waits for a second.

    by: what one must be allowed there; who reviews a refusal may be one who only confirms (RD-5).
    Raises Invalid for terms that do not fit (RD-2), NotThere for who or what is not there, Refused for oneself by
    name: what comes to a body to which the giver belongs is for all of it, and what is work-sensitive has its second.
    """
    async with transaction():
        viewer, place = await _place(viewer, document, folder, by)
        wanted = list(dict.fromkeys(whom))
        await _all_there(viewer, wanted)
        papers = Document.filter(id=place.document) if place.document else None
        held = await read_all(held_reads(papers, [one.activity for one in wanted if one.activity]))
        place = replace(place, lives_until=lives_until(viewer, held))
        said = sound_terms(viewer, terms, place)
        rows = [_row(viewer, place, one.columns, said) for one in wanted]
        await AccessGrant.bulk_create(rows, batch_size=AT_ONCE)
        facts = said | {"grants": [row.id for row in rows], "state": place.state(said["effect"])}
        await audit.record(viewer, "documents.grant", place.id, facts)
        await _tell(viewer, rows)
    return rows


async def grant_confirm(viewer: Viewer, *, grants: Sequence[UUID]) -> list[AccessGrant]:
    """As the second person: all of them hold from now on.

    Raises Refused for who gave one, or whom one would reach; Conflict for one that is decided, or over.
    """
    async with transaction():
        viewer, rows = await _these(viewer, grants, Action.CONFIRM_GRANTS)
        if any(row.state is not GrantState.UNCONFIRMED for row in rows):
            raise Conflict(Problem("DECIDED", say("This is decided already."), "grants"))
        if any(row.valid_until <= viewer.now for row in rows):
            raise Conflict(Problem("OVER", say("Its time is over: give it anew."), "grants"))
        if not viewer.account or await _involved(viewer, rows):
            raise Refused(Problem("SECOND_PERSON", say("Another person has to confirm this."), "grants", "RD-2"))
        facts: Any = {"state": GrantState.ACTIVE, "second_id": viewer.account, "decided_at": viewer.now}
        done = await _decided(rows, GrantState.UNCONFIRMED, **facts)
        await audit.record(viewer, "documents.grant_confirm", _about(rows), _named(rows))
        await _tell(viewer, done)
    return done


async def grant_end(viewer: Viewer, *, grants: Sequence[UUID], to: GrantState, reason: str) -> list[AccessGrant]:
    """Decline what waits, suspend what holds, take up again what is suspended, or revoke for good: at once for all.

    It holds for the next request on every road. Raises Conflict for what cannot become of one as it stands.
    """
    why = sound_reason(reason)
    async with transaction():
        viewer, rows = await _these(viewer, grants, Action.MANAGE_DOCUMENTS)
        if any(to not in GRANT_MOVES[row.state] for row in rows):
            raise Conflict(Problem("NO_SUCH_MOVE", say("That cannot become of it as it stands."), "grants"))
        was = {row.id: row.state for row in rows}
        facts: Any = {"state": to, "decided_at": viewer.now, "decided_by_id": viewer.account, "decided_reason": why}
        done = await _decided(rows, *set(was.values()), **facts)
        said = {"state": [sorted({state.value for state in was.values()}), to], "reason": why}
        await audit.record(viewer, "documents.grant_end", _about(rows), _named(rows) | said)
        held = [row for row in done if was[row.id] is GrantState.ACTIVE]
        await _tell(viewer, done if to is GrantState.ACTIVE else [])
        await _tell_ended(viewer, held, to)
    return done


async def grant_again(
    viewer: Viewer, *, grants: Sequence[UUID], valid_until: dt.datetime | None = None, reason: str
) -> list[AccessGrant]:
    """The same to the same once more, from now: renewals, or revocations undone. Where two have to, again both.

    valid_until: as it was for what is undone, else as usual. Raises as `grant_add` does; Conflict for what was given
    once more already, waits or is suspended, and while someone has not brought a copy on paper back in time.
    """
    async with transaction():
        viewer, rows = await _these(viewer, grants, Action.MANAGE_DOCUMENTS)
        await _must_be_free(viewer, rows)
        places = await _places(rows)
        new = []
        for row in rows:
            place = places[row.id]
            until = valid_until or _until(viewer, row, place)
            terms: Any = {name: getattr(row, name) for name in GIVEN} | {"valid_until": until, "reason": reason}
            said = sound_terms(viewer, terms | {"valid_from": max(viewer.now, row.valid_from)}, place)
            new.append(_row(viewer, place, _whom(row).columns, said | {"renews_id": row.id}))
        await AccessGrant.bulk_create(new, batch_size=AT_ONCE)
        facts = _named(new) | {"renews": [row.id for row in rows], "valid_until": valid_until}
        await audit.record(viewer, "documents.grant_again", _about(rows), facts | {"reason": new[0].reason})
        await _tell(viewer, new)
    return new


async def view_as(viewer: Viewer, *, person: UUID) -> None:
    """Notes that the viewer looks at what this person may see and read, and tells them who looked, and when."""
    viewer = viewer.acting(Action.MANAGE_DOCUMENTS)
    async with transaction():
        await audit.record(viewer, "documents.view_as", f"per_{person}", {})
        words = say("{name} looked at which documents you may read", name=viewer.name)
        more = say("That was on {moment}. Titles and reasons were seen, no content and no notes.", moment=viewer.clock)
        await telling.tell(viewer, topic=Topic.DOCUMENTS, words=words, more=more, people=[person])


def sound_terms(viewer: Viewer, terms: Terms, place: Place) -> dict[str, Any]:
    """All terms of a grant, those that were not said as usual. Raises Invalid for what does not fit (RD-2)."""
    usual = {"effect": Effect.ALLOW, "act": Act.READ, "overrides": False, "max_opens": None, "text": True}
    closes = terms.get("effect") is Effect.DENY
    expires_at = place.expires_at
    until = viewer.now + CLOSED if closes else until_by_default(viewer.now, expires_at, place.lives_until)
    window = {"valid_from": viewer.now, "valid_until": until}
    said = tidy(AccessGrant, usual | window | dict(terms) | {"reason": sound_reason(terms.get("reason", ""))})
    if said["act"] is Act.MANAGE:
        raise Invalid(Problem("NOT_GRANTED", say("To manage is a role, which an administrator gives."), "act"))
    terms_of: Any = {name: said[name] for name in ("valid_from", "valid_until", "max_opens")}
    ends = expires_at.astimezone(viewer.zone) if expires_at and said["effect"] is Effect.ALLOW else None
    if problems := grant_problems(**terms_of, expires_at=ends):
        raise Invalid(*problems)
    return said


def _row(viewer: Viewer, place: Place, whom: dict[str, Any], said: dict[str, Any]) -> AccessGrant:
    on = {"document_id": place.document, "folder_id": place.folder, "state": place.state(said["effect"])}
    by = {"granted_at": viewer.now, "granted_by_id": viewer.account, "granted_for_id": viewer.acting_for}
    return AccessGrant(id=uuid4(), **by, **on, **whom, **said)


def _whom(row: AccessGrant) -> Whom:
    group = {"body": row.body_id, "term": row.term_id, "activity": row.activity_id}
    return Whom(person=row.person_id, body_role=row.body_role, **group)


def _until(viewer: Viewer, row: AccessGrant, place: Place) -> dt.datetime:
    """What is undone ends when it would have."""
    undone = row.state in (GrantState.REVOKED, GrantState.DECLINED) and row.valid_until > viewer.now
    if undone:
        return row.valid_until
    return viewer.now + CLOSED if row.effect is Effect.DENY else until_by_default(viewer.now, place.expires_at)


async def _place(viewer: Viewer, document: UUID | None, folder: UUID | None, by: Action) -> tuple[Viewer, Place]:
    """The viewer as they act there, and the place. Raises NotThere, Refused, Invalid."""
    if (document is None) == (folder is None):
        raise Invalid(Problem("ONE_PLACE", say("Name a document or a folder."), "document"))
    if folder:
        shelf = await Folder.filter(visible_folders(viewer), id=folder).first()
        if shelf is None:
            raise not_there("folder")
        return viewer.acting(by, shelf.body_id or NOWHERE), Place(None, folder)
    known = visible_documents(viewer) if by is Action.MANAGE_DOCUMENTS else Q()  # who confirms need not see it
    seen = Document.filter(known, id=document)
    row = await seen.select_for_update(no_key=True).first()
    if row is None:
        raise not_there("document")
    return viewer.acting(by, (await Folder.get(id=row.folder_id)).body_id or NOWHERE), _of(row)


def _of(row: Document) -> Place:
    return Place(row.id, None, row.expires_at, row.level is Level.WORK_SENSITIVE)


async def _places(rows: Sequence[AccessGrant]) -> dict[UUID, Place]:
    """Of each of these grants, its document locked."""
    wanted = Document.filter(id__in={row.document_id for row in rows if row.document_id}).order_by("id")
    found = {row.id: _of(row) for row in await wanted.select_for_update(no_key=True)}
    return {row.id: found[row.document_id] if row.document_id else Place(None, row.folder_id) for row in rows}


async def _all_there(viewer: Viewer, whom: Sequence[Whom]) -> None:
    if not whom or len(whom) > MOST:
        raise Invalid(Problem("HOW_MANY", say("Between one and {most} at once.", most=MOST), "whom"))
    if any(sum(key is not None for key in (one.person, one.body, one.term, one.activity)) != 1 for one in whom):
        raise Invalid(Problem("ONE_WHOM", say("Name a person, a body, a term or an activity."), "whom"))
    _must_be_others(viewer, whom)
    for model, visible, keys in (
        (Person, visible_people(viewer), {one.person for one in whom}),
        (Body, visible_bodies(viewer), {one.body for one in whom}),
        (Term, visible_terms(viewer), {one.term for one in whom}),
        (Activity, visible_activities(viewer), {one.activity for one in whom}),
    ):
        wanted = keys - {None}
        if wanted and await model.filter(visible, id__in=wanted).count() < len(wanted):
            raise not_there("whom")


def _must_be_others(viewer: Viewer, whom: Iterable[Whom]) -> None:
    if viewer.person and any(one.person == viewer.person for one in whom):
        raise Refused(
            Problem("ONESELF", say("Nobody gives permission to themselves: ask another custodian."), "whom", "RD-2")
        )


async def _must_be_free(viewer: Viewer, rows: Sequence[AccessGrant]) -> None:
    """To be given once more: not waiting, not suspended, not given once more already, and no loan overdue (RD-2)."""
    _must_be_others(viewer, map(_whom, rows))
    if any(row.state in (GrantState.UNCONFIRMED, GrantState.SUSPENDED) for row in rows):
        raise Conflict(Problem("NO_SUCH_MOVE", say("That cannot become of it as it stands."), "grants"))
    alive = [GrantState.UNCONFIRMED, GrantState.ACTIVE, GrantState.SUSPENDED]
    if await AccessGrant.filter(renews_id__in=[row.id for row in rows], state__in=alive).exists():
        raise Conflict(Problem("RENEWED", say("It was given once more already."), "grants"))
    late = Loan.filter(returned_at__isnull=True, due_on__lt=viewer.today)
    late = late.filter(person_id__in={row.person_id for row in rows if row.person_id})
    overdue = set(await late.values_list("person_id", "copy__document_id"))
    if any((row.person_id, row.document_id) in overdue for row in rows):
        said = say("Someone of these has not brought a copy on paper back in time. First it has to be here.")
        raise Conflict(Problem("LOAN_OVERDUE", said, "grants", "RD-2"))


async def _these(viewer: Viewer, grants: Sequence[UUID], action: Action) -> tuple[Viewer, list[AccessGrant]]:
    """The viewer as they act, and these grants, locked, all of them on something of which they may decide.

    Raises NotThere, Refused; Conflict where they would act for one there and for another, or themselves, elsewhere.
    """
    keys = set(grants)
    if not keys or len(keys) > MOST:
        raise Invalid(Problem("HOW_MANY", say("Between one and {most} at once.", most=MOST), "grants"))
    seen = AccessGrant.filter(visible_grants(viewer), id__in=keys).order_by("id")
    rows = await seen.select_for_update(no_key=True)
    if len(rows) < len(keys):
        raise not_there("grants")
    every = [viewer.acting(action, body or NOWHERE) for body in await _bodies_of(rows)]
    if len({one.acting_for for one in every}) > 1:
        message = say("You decide on some of these in the place of somebody, and on others not: take them separately.")
        raise Conflict(Problem("SEVERAL_HANDS", message, "grants"))
    return every[0], rows


async def _bodies_of(rows: Sequence[AccessGrant]) -> set[UUID | None]:
    """Whose the folders are on which these grants are, or in which their documents lie."""
    lies = Document.filter(id__in={row.document_id for row in rows if row.document_id})
    folders = {row.folder_id for row in rows} | {key async for key in lies.values_list("folder_id", flat=True)}
    return {key async for key in Folder.filter(id__in=folders - {None}).values_list("body_id", flat=True)}


async def _involved(viewer: Viewer, rows: Sequence[AccessGrant]) -> bool:
    """Whether the viewer gave one of these, or one would reach them, by name, body or term.

    A deputy and whoever they stand in for are one, whichever of them gave it.
    """
    if any(is_one_hand(viewer.account, viewer.roles, row.granted_by_id, row.granted_for_id) for row in rows):
        return True
    mine = reaching(viewer.person, viewer) if viewer.person else Q(id__in=[])
    return await AccessGrant.filter(mine, id__in=[row.id for row in rows]).exists()


async def _decided(rows: Sequence[AccessGrant], *was: GrantState, **facts: Any) -> list[AccessGrant]:
    """Says so of all of them in one statement. was: as each of them stands."""
    keys = [row.id for row in rows]
    await AccessGrant.filter(id__in=keys, state__in=was).update(**facts)
    return await AccessGrant.filter(id__in=keys).order_by("id")


def _about(rows: Sequence[AccessGrant]) -> str:
    """What the trail says an act was about: the one grant, the one place of all, or nothing."""
    places = _on(rows)
    if len(rows) == 1:
        return f"grt_{rows[0].id}"
    return places[0] if len(places) == 1 else ""


def _named(rows: Sequence[AccessGrant]) -> dict[str, Any]:
    """The grants, and on what they are: who waits for a change of a document hears of one of its grants, too."""
    return {"grants": [row.id for row in rows], "on": _on(rows)}


def _on(rows: Sequence[AccessGrant]) -> list[str]:
    return sorted({Place(row.document_id, row.folder_id).id for row in rows})


async def _tell(viewer: Viewer, rows: Iterable[AccessGrant]) -> None:
    """Those who were named, of what they may read now; no message carries a title above public (PU-1)."""
    links: dict[UUID, set[str]] = defaultdict(set)
    for row in rows:
        if row.person_id and row.effect is Effect.ALLOW and row.state is GrantState.ACTIVE:
            links[row.person_id].add(_link(row))
    words = say("You were given a document to read")
    said = {
        person: telling.Said(Topic.DOCUMENTS, words, link=found.pop() if len(found) == 1 else "/documents")
        for person, found in links.items()
    }
    await telling.tell_each(viewer, said)


ENDED = {
    GrantState.REVOKED: say("A permission to read was taken back"),
    GrantState.SUSPENDED: say("A permission to read is suspended for now"),
}


async def _tell_ended(viewer: Viewer, rows: Iterable[AccessGrant], to: GrantState) -> None:
    """Those who were named and cannot read by it any more: whoever is reading just then learns why it ends."""
    links: dict[UUID, set[str]] = defaultdict(set)
    for row in rows:
        if row.person_id and row.effect is Effect.ALLOW:
            links[row.person_id].add(f"/grants/grt_{row.id}")
    said = {
        person: telling.Said(Topic.DOCUMENTS, ENDED[to], link=found.pop() if len(found) == 1 else "/grants")
        for person, found in links.items()
    }
    await telling.tell_each(viewer, said)


def _link(row: AccessGrant) -> str:
    return f"/documents/doc_{row.document_id}" if row.document_id else f"/folders/fol_{row.folder_id}"
