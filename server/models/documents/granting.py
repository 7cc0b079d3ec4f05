"""Giving and taking permission to read (RD-2): each grant is a row that is never changed in what it gives."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack
from uuid import UUID, uuid4

from server.errors import Conflict, Invalid, Problem, Refused
from server.models import audit
from server.models.bodies.tables import Body, BodyRole
from server.models.database import transaction
from server.models.documents.tables import AccessGrant, Document, Folder
from server.models.facts import tidy
from server.models.history import locked, not_there, sound_reason, there
from server.models.members.tables import Person, Term
from server.models.messages import telling
from server.rules.documents import GRANT_MOVES, Act, Effect, GrantState, Level, grant_problems, until_by_default
from server.rules.messages import Topic
from server.rules.permissions import Action
from server.viewer import NOWHERE, Viewer
from server.words import say

MOST = 1000
"""People or bodies that are given something at once."""


@dataclass(frozen=True)
class Whom:
    """Who is given something: a person, a body (those in one role there, or all), or all with a seat in a term."""

    person: UUID | None = None
    body: UUID | None = None
    body_role: BodyRole | None = None
    term: UUID | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """Of a grant."""
        return {
            "person_id": self.person,
            "body_id": self.body,
            "body_role": self.body_role,
            "term_id": self.term,
        }


class Terms(TypedDict, total=False):
    """On what terms. valid_from: now if absent; valid_until: see `until_by_default`."""

    effect: Effect
    act: Act
    overrides: bool
    valid_from: dt.datetime
    valid_until: dt.datetime
    max_opens: int | None
    reason: str


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
    Raises Invalid for terms that do not fit (RD-2), NotThere for who or what is not there, Refused for oneself.
    """
    async with transaction():
        place, expires_at, waits = await _place(viewer, document, folder, by)
        said = _sound(viewer, terms, expires_at)
        await _all_there(viewer, whom)
        opens = said["effect"] is Effect.ALLOW
        state = GrantState.UNCONFIRMED if waits and opens else GrantState.ACTIVE
        rows = [
            AccessGrant(
                id=uuid4(),
                document_id=document,
                folder_id=folder,
                state=state,
                granted_at=viewer.now,
                granted_by_id=viewer.account,
                **one.columns,
                **said,
            )
            for one in dict.fromkeys(whom)
        ]
        await AccessGrant.bulk_create(rows, batch_size=500)
        whose = [row.id for row in rows]
        await audit.record(viewer, "documents.grant", place, said | {"grants": whose, "state": state})
        if opens and state is GrantState.ACTIVE:
            await _tell(viewer, [one.person for one in whom if one.person], document)
    return rows


async def grant_confirm(viewer: Viewer, *, grants: Sequence[UUID]) -> list[AccessGrant]:
    """As the second person: they hold from now on. Raises Refused for who gave one, or would get it; Conflict."""
    async with transaction():
        rows = [await _confirmable(viewer, key) for key in sorted(set(grants))]
        facts: Any = {"state": GrantState.ACTIVE, "second_id": viewer.account, "decided_at": viewer.now}
        await AccessGrant.filter(id__in=[row.id for row in rows]).update(**facts)
        for row in rows:
            await audit.record(viewer, "documents.grant_confirm", f"grt_{row.id}", {})
            await _tell(viewer, [row.person_id] if row.person_id else [], row.document_id)
    return await AccessGrant.filter(id__in=[row.id for row in rows])


async def grant_end(viewer: Viewer, *, grants: Sequence[UUID], to: GrantState, reason: str) -> list[AccessGrant]:
    """Decline what waits, suspend what holds, take up again what is suspended, or revoke for good: at once for all.

    It holds for the next request on every road. Raises Conflict for what cannot become of one as it stands.
    """
    why = sound_reason(reason)
    async with transaction():
        rows = [await _kept(viewer, key) for key in sorted(set(grants))]
        if any(to not in GRANT_MOVES[row.state] for row in rows):
            raise Conflict(Problem("NO_SUCH_MOVE", say("That cannot become of it as it stands."), "to"))
        decided = {"decided_at": viewer.now, "decided_by_id": viewer.account, "decided_reason": why}
        await AccessGrant.filter(id__in=[row.id for row in rows]).update(state=to, **decided)
        for row in rows:
            await audit.record(
                viewer, "documents.grant_end", f"grt_{row.id}", {"state": [row.state, to], "reason": why}
            )
    return await AccessGrant.filter(id__in=[row.id for row in rows])


async def grant_again(
    viewer: Viewer, *, grant: UUID, valid_until: dt.datetime | None = None, reason: str
) -> AccessGrant:
    """The same to the same once more, from now: a renewal, or a revocation undone."""
    row = await there(AccessGrant, grant, "grant")
    whom = Whom(person=row.person_id, body=row.body_id, body_role=row.body_role, term=row.term_id)
    terms: Terms = {
        "effect": row.effect,
        "act": row.act,
        "overrides": row.overrides,
        "max_opens": row.max_opens,
        "reason": reason,
    }
    if valid_until or row.valid_until > viewer.now:
        terms["valid_until"] = valid_until or row.valid_until
    return (await grant_add(viewer, document=row.document_id, folder=row.folder_id, whom=[whom], **terms))[0]


async def _place(
    viewer: Viewer, document: UUID | None, folder: UUID | None, by: Action
) -> tuple[str, dt.datetime | None, bool]:
    """Its ID, the moment after which nothing is there any more, and whether a second person has to confirm."""
    if (document is None) == (folder is None):
        raise Invalid(Problem("ONE_PLACE", say("Name a document or a folder."), "document"))
    row = await locked(Document, document, "document") if document else None
    lies = await there(Folder, row.folder_id if row else folder or NOWHERE, "folder")
    viewer.must(by, lies.body_id or NOWHERE)
    if row is None:
        return f"fol_{folder}", None, False
    return f"doc_{document}", row.expires_at, row.level is Level.WORK_SENSITIVE


def _sound(viewer: Viewer, terms: Terms, expires_at: dt.datetime | None) -> dict[str, Any]:
    usual = {"effect": Effect.ALLOW, "act": Act.READ, "overrides": False, "max_opens": None, "valid_from": viewer.now}
    until = {"valid_until": until_by_default(viewer.now, expires_at)}
    said = tidy(AccessGrant, usual | until | dict(terms) | {"reason": sound_reason(terms.get("reason", ""))})
    if said["act"] is Act.MANAGE:
        raise Invalid(Problem("NOT_GRANTED", say("To manage is a role, which an administrator gives."), "act"))
    window = {name: said[name] for name in ("valid_from", "valid_until", "max_opens")}
    if problems := grant_problems(**window, expires_at=expires_at if said["effect"] is Effect.ALLOW else None):
        raise Invalid(*problems)
    return said


async def _all_there(viewer: Viewer, whom: Sequence[Whom]) -> None:
    if not whom or len(whom) > MOST:
        raise Invalid(Problem("HOW_MANY", say("Between one and {most} at once.", most=MOST), "whom"))
    if any((one.person is not None) + (one.body is not None) + (one.term is not None) != 1 for one in whom):
        raise Invalid(Problem("ONE_WHOM", say("Name a person, a body or a term."), "whom"))
    if viewer.person and any(one.person == viewer.person for one in whom):
        raise Refused(
            Problem("ONESELF", say("Nobody gives permission to themselves: ask another custodian."), "whom", "RD-2")
        )
    for model, keys in (
        (Person, {one.person for one in whom}),
        (Body, {one.body for one in whom}),
        (Term, {one.term for one in whom}),
    ):
        wanted = keys - {None}
        if wanted and await model.filter(id__in=wanted).count() < len(wanted):
            raise not_there("whom")


async def _kept(viewer: Viewer, grant: UUID) -> AccessGrant:
    """The grant, locked, on something that the viewer keeps."""
    row = await locked(AccessGrant, grant, "grants")
    viewer.must(Action.MANAGE_DOCUMENTS, await _body_of(row) or NOWHERE)
    return row


async def _confirmable(viewer: Viewer, grant: UUID) -> AccessGrant:
    row = await locked(AccessGrant, grant, "grants")
    viewer.must(Action.CONFIRM_GRANTS, await _body_of(row) or NOWHERE)
    if row.state is not GrantState.UNCONFIRMED:
        raise Conflict(Problem("DECIDED", say("This is decided already."), "grants"))
    if (
        viewer.account is None
        or row.granted_by_id == viewer.account
        or (row.person_id and row.person_id == viewer.person)
    ):
        raise Refused(Problem("SECOND_PERSON", say("Another person has to confirm this."), "grants", "RD-2"))
    return row


async def _body_of(row: AccessGrant) -> UUID | None:
    folder = row.folder_id or (await Document.get(id=row.document_id)).folder_id
    return (await Folder.get(id=folder)).body_id


async def _tell(viewer: Viewer, people: Collection[UUID], document: UUID | None) -> None:
    """Those who were named; the body of a message carries no title above public (PU-1)."""
    if people and document:
        words = say("You were given a document to read")
        await telling.tell(viewer, topic=Topic.DOCUMENTS, words=words, people=people, link=f"/documents/doc_{document}")
