# ruff: noqa: S608  # what is put together here are names and constants of this module; facts are parameters
"""Who may read a document by a grant, and who of them has not: told by one statement, however many they are (RD-3)."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.queryset import AwaitableQuery, QuerySet

from server.errors import Invalid, Problem
from server.models import audit
from server.models.accounts.tables import Account, RoleAssignment
from server.models.bodies.queries import DERIVED_FROM
from server.models.bodies.tables import Body, BodyMembership
from server.models.database import transaction
from server.models.documents.granted import CARRYING
from server.models.documents.queries import (
    checked_in,
    folders_where,
    holding_now,
    lasting_body,
    open_now,
    taking_part,
)
from server.models.documents.tables import AccessGrant, Document, Folder
from server.models.fields import holding
from server.models.history import not_there
from server.models.members.queries import active_seats, posts_on
from server.models.members.tables import MembershipStatus, Person, Status, TermStatus
from server.models.messages import telling
from server.models.messages.tables import Message
from server.models.messages.telling import message_key
from server.models.reads import Statement, day, flag, read
from server.rules.documents import Act, Effect, Level, ReadMode
from server.rules.messages import Topic
from server.rules.permissions import Action
from server.rules.readers import ReaderStanding, Reading
from server.viewer import Viewer
from server.words import Words, say

DECIDING = {effect: sorted(act.value for act in CARRYING[effect][Act.READ]) for effect in Effect}
"""The acts of grants that decide about reading."""
Kinds = dict[str, Callable[[str], Any]]
"""The columns of a SELECT of ours, each with what makes a value of its text."""


def reported(viewer: Viewer) -> Q:
    """The documents of which this viewer may know who read them, and who did not."""
    folders: Any = {"folder_id__in": Subquery(Folder.filter(folders_where(viewer, Action.READ_READINGS)).values("id"))}
    return Q(**folders)


def remindable(viewer: Viewer) -> Q:
    """The documents of which this viewer may remind people."""
    folders: Any = {"folder_id__in": Subquery(Folder.filter(folders_where(viewer, Action.REMIND_READERS)).values("id"))}
    return Q(**folders)


def refusals_told(viewer: Viewer) -> Q:
    """The documents of which this viewer is told of tries that were refused: for who keeps them, and for auditors."""
    if viewer.may(Action.READ_AUDIT) and viewer.may(Action.READ_READINGS):
        return Q()
    kept: Any = {"folder_id__in": Subquery(Folder.filter(folders_where(viewer, Action.MANAGE_DOCUMENTS)).values("id"))}
    return Q(**kept)


@dataclass(frozen=True)
class Reach:
    """The people whom grants on these documents reach now, and to whom nothing closes them; of these people only."""

    viewer: Viewer
    documents: QuerySet[Document]
    people: QuerySet[Person]
    own: QuerySet[Document] | None = None
    """Of the viewer these instead, where they are among the people."""

    @property
    def readings(self) -> Statement:
        """A row for each document and person, in the order of `Reading`."""
        return self.read("SELECT * FROM {read} read", READING, ("document_id", "person_id"))

    @property
    def overdue(self) -> Statement:
        """Document, how many it concerns and how many of them have confirmed, of those whose day has gone by."""
        kinds: Kinds = {"document_id": UUID, "people": int, "confirmed": int}
        return self.read(_OVERDUE, kinds, ("receipt_by", "document_id"))

    @property
    def groups(self) -> Statement:
        """How many stand alike: a row for each `Group`, its columns in their order."""
        found = f"SELECT {_ALIKE}, COUNT(*) AS people FROM {{stood}} stood GROUP BY {_ALIKE}"
        return self.read(found, GROUP, GROUPED)

    def groups_of(self, pairs: QuerySet[Any], bodies: QuerySet[Body]) -> Statement:
        """The same for each of these bodies: key, sort key and both names of it, then a `Group`. Without a body: of
        who is in none, whoever may be shown. pairs: person and body, as `person` and `body`.
        """
        kinds: Kinds = {"body_id": UUID, "sort": str, "name_zh": str, "name_en": str, **GROUP}
        rows = {"pairs": pairs, "bodies": bodies.values("id", "sort", "name_zh", "name_en")}
        return self.read(_BY_BODY, kinds, ("sort", "body_id", *GROUPED), rows=rows)

    def read(
        self,
        sql: str,
        kinds: Kinds,
        order: tuple[str, ...] = (),
        *,
        rows: Mapping[str, AwaitableQuery[Any]] | None = None,
        shared: Mapping[str, str] | None = None,
        **facts: Any,
    ) -> Statement:
        """A SELECT that may name the tables of these, and more of them."""
        tables = _TABLES if self.own is None else _TABLES | _OWN
        named = {**self._rows, **(rows or {})} | ({} if self.own is None else {"own": self.own.values("id")})
        return Statement(sql, self._facts | facts, kinds, order, named, {**tables, **(shared or {})})

    @property
    def _facts(self) -> dict[str, Any]:
        acts = {f"{effect.value}{n}": act for effect, names in DECIDING.items() for n, act in enumerate(names)}
        values = {"allow": Effect.ALLOW, "deny": Effect.DENY, "sensitive": Level.WORK_SENSITIVE, "public": Level.PUBLIC}
        told = {name: value.value for name, value in values.items()}
        me = self.viewer.person or UUID(int=0)
        return acts | told | {"room_only": ReadMode.ROOM_ONLY.value, "today": self.viewer.today, "me": me}

    @cached_property
    def _rows(self) -> dict[str, Any]:
        """Conditions that are shared with the decision on one document; see server/models/documents/queries.py."""
        viewer, today = self.viewer, self.viewer.today
        among: Any = {"person_id__in": Subquery(self.people.values("id"))}
        seated: Any = {"membership__person_id__in": Subquery(self.people.values("id"))}
        places = BodyMembership.filter(holding(today), lasting_body(viewer), **among)
        leads = Q(*(Q(body__kind=kind, role=role) for kind, role in DERIVED_FROM), join_type=Q.OR)
        active: Any = {"status": Status.ACTIVE, "membership__term__status": TermStatus.ACTIVE}
        accounts = Account.filter(active=True, **among)
        given: Any = {"account_id__in": Subquery(accounts.values("id"))}
        return {
            "documents": self.documents.values("id"),
            "open": Document.filter(open_now(viewer)).values("id"),
            "told": Document.filter(refusals_told(viewer)).values("id"),
            "grants": AccessGrant.filter(**holding_now(viewer)).values(*GRANT),
            "people": self.people.values("id"),
            "places": places.values("person_id", "body_id", "role"),
            "posts": posts_on(today).filter(sector_id__isnull=False, **seated).values(POSTED, "sector_id"),
            "seats": active_seats(today).filter(**among).values("person_id", "term_id"),
            "parts": self.people.filter(taking_part("participations__")).values(
                reader="id", activity_id="participations__activity_id"
            ),
            "rooms": checked_in(viewer).filter(**among).values("person_id", "document_id"),
            "members": MembershipStatus.filter(holding(today), **active, **seated).values(POSTED),
            "leaders": places.filter(leads).values("person_id"),
            "roles": RoleAssignment.filter(holding(today), **given).values("account__person_id"),
            "accounts": accounts.values("person_id"),
        }


async def readings(viewer: Viewer, documents: QuerySet[Document], people: QuerySet[Person]) -> list[Reading]:
    """How far each of these people came with each of these documents that they were given: one statement.

    Refused tries are told of what `refusals_told` says alone.
    """
    return [Reading(*row) for row in await read(Reach(viewer, documents, people).readings)]


def overdue_read(viewer: Viewer, documents: QuerySet[Document]) -> Statement:
    """What is read to tell `overdue_receipts`."""
    late = documents.filter(open_now(viewer), receipt_by__lt=viewer.today)
    return Reach(viewer, late, Person.all()).overdue


async def overdue_receipts(viewer: Viewer, documents: QuerySet[Document]) -> list[tuple[UUID, int, int]]:
    """Documents that can be had, whose readers should have confirmed by now and have not all: see `Reach.overdue`."""
    return list(await read(overdue_read(viewer, documents)))


async def remind_readers(viewer: Viewer, *, document: UUID, short_of: ReaderStanding) -> int:
    """Remind those who may read a document and have not come so far with it; how many. Nobody twice on one day.

    The message holds no title, only a link (PU-1). Raises NotThere; Invalid where nobody is left to be reminded.
    """
    viewer.must(Action.REMIND_READERS)
    async with transaction():
        row = await Document.filter(remindable(viewer), id=document).first()
        if row is None:
            raise not_there("document")
        people, _ = await to_be_reminded(viewer, document, short_of)
        if not people:
            said = say("Nobody is left to be reminded: they have come so far, or were reminded today.")
            raise Invalid(Problem("NOBODY", said, "short_of"))
        link = f"/documents/doc_{document}"
        key = _key(viewer, document)
        await telling.tell(viewer, topic=Topic.DOCUMENTS, words=_words(row), people=people, link=link, key=key)
        facts = {"short_of": short_of, "people": len(people)}
        await audit.record(viewer, "readers.remind", f"doc_{document}", facts)
    return len(people)


async def to_be_reminded(viewer: Viewer, document: UUID, short_of: ReaderStanding) -> tuple[list[UUID], list[UUID]]:
    """Who has not come so far with it: those who were not reminded of it today, and those who were."""
    found = await readings(viewer, Document.filter(id=document), Person.all())
    people = {
        message_key(_key(viewer, document), one.person): one.person for one in found if one.standing.short_of(short_of)
    }
    told: set[Any] = set(await Message.filter(id__in=list(people)).values_list("id", flat=True))
    return [one for key, one in people.items() if key not in told], [people[key] for key in told]


def _key(viewer: Viewer, document: UUID) -> str:
    return f"readers.remind:{document}:{viewer.today}"


def _words(row: Document) -> Words:
    if row.receipt_by:
        return say("A document waits for you; please confirm by {day} that you have read it", day=row.receipt_by)
    return say("A document waits for you to read it")


GRANT = (
    *("id", "document_id", "folder_id", "person_id", "body_id", "body_role", "term_id", "activity_id"),
    *("effect", "act", "overrides", "second_id", "max_opens"),
)
"""The columns of a grant that decide whom it reaches, and what it does."""
POSTED = "membership__person_id"
READING: Kinds = {
    "document_id": UUID,
    "person_id": UUID,
    "may_read": flag,
    "inside": flag,
    "receipt_by": day,
    "version_id": UUID,
    "pages": int,
    "seen": UUID,
    "pages_seen": int,
    "opened_at": dt.datetime.fromisoformat,
    "finished_at": dt.datetime.fromisoformat,
    "confirmed_at": dt.datetime.fromisoformat,
    "refused": int,
    "refused_at": dt.datetime.fromisoformat,
}
"""The columns of a reading, in the order of `Reading`."""
GROUP: Kinds = {"stands": ReaderStanding, "inside": flag, "receipt_by": day, "people": int}
"""The columns of a `Group`."""
GROUPED = ("stands", "inside", "receipt_by")


def _acts(effect: Effect) -> str:
    return ", ".join(f":{effect.value}{n}" for n in range(len(DECIDING[effect])))


_PAPERS = """
  SELECT d.id, d.folder_id, d.level, d.read_mode, d.agreement_id, d.receipt_by, v.id AS version_id, v.pages,
    CASE WHEN d.id IN ({open}) THEN 1 ELSE 0 END AS had, CASE WHEN d.id IN ({told}) THEN 1 ELSE 0 END AS told
  FROM document d LEFT JOIN document_version v ON v.document_id = d.id AND v.current WHERE d.id IN ({documents})"""

_GIVEN = """
  SELECT p.id AS paper, g.* FROM {papers} p JOIN ({grants}) g ON g.document_id = p.id
  UNION ALL SELECT p.id AS paper, g.* FROM {papers} p JOIN folder_path f ON f.folder_id = p.folder_id
    JOIN ({grants}) g ON g.folder_id = f.above_id"""

_REACHED = """
  SELECT g.*, g.person_id AS reader FROM {given} g WHERE g.person_id IN ({people})
  UNION ALL SELECT g.*, s.person_id AS reader FROM {given} g JOIN ({places}) s ON s.body_id = g.body_id
    AND (g.body_role IS NULL OR g.body_role = s.role)
  UNION ALL SELECT g.*, s.membership__person_id AS reader FROM {given} g JOIN ({posts}) s ON s.sector_id = g.body_id
    WHERE g.body_role IS NULL
  UNION ALL SELECT g.*, s.person_id AS reader FROM {given} g JOIN ({seats}) s ON s.term_id = g.term_id
  UNION ALL SELECT g.*, s.reader FROM {given} g JOIN ({parts}) s ON s.activity_id = g.activity_id"""

_OPENS = (
    f"r.effect = :allow AND r.act IN ({_acts(Effect.ALLOW)}) AND (p.level <> :sensitive OR r.second_id IS NOT NULL)"
)
_CLOSES = f"r.effect = :deny AND r.act IN ({_acts(Effect.DENY)})"
_LEFT = """(r.max_opens IS NULL OR NOT EXISTS (
      SELECT 1 FROM grant_use u WHERE u.grant_id = r.id AND u.person_id = r.reader AND u."left" <= 0))"""

_WEIGHED = f"""
  SELECT r.paper, r.reader,
    MAX(CASE WHEN {_OPENS} THEN 1 ELSE 0 END) AS opens,
    MAX(CASE WHEN {_OPENS} AND {_LEFT} THEN 1 ELSE 0 END) AS usable,
    MAX(CASE WHEN {_OPENS} AND r.person_id IS NOT NULL AND r.overrides THEN 1 ELSE 0 END) AS lifts,
    MAX(CASE WHEN {_CLOSES} AND r.person_id IS NOT NULL THEN 1 ELSE 0 END) AS closed_to_them,
    MAX(CASE WHEN {_CLOSES} AND r.person_id IS NULL THEN 1 ELSE 0 END) AS closed_to_all
  FROM {{reached}} r JOIN {{papers}} p ON p.id = r.paper GROUP BY r.paper, r.reader"""

_STANDING = """
  SELECT membership__person_id AS person_id FROM ({members}) m UNION SELECT person_id FROM ({leaders}) l
  UNION SELECT account__person_id AS person_id FROM ({roles}) h"""
"""Who is anything to the assembly today; together with a way in that is what the decision calls active."""

_READERS = """
  SELECT w.* FROM {weighed} w WHERE w.opens = 1 AND w.closed_to_them = 0 AND (w.closed_to_all = 0 OR w.lifts = 1)
    AND w.reader IN (SELECT person_id FROM {standing} s)"""

_READS = """p.had = 1 AND w.reader IN ({accounts}) AND (p.level = :public OR (w.usable = 1
    AND (p.agreement_id IS NULL OR EXISTS (SELECT 1 FROM agreement_acceptance a
      WHERE a.agreement_id = p.agreement_id AND a.person_id = w.reader))
    AND (p.read_mode <> :room_only OR EXISTS (SELECT 1 FROM ({rooms}) b
      WHERE b.document_id = p.id AND b.person_id = w.reader))))"""

_READINGS = f"""
  SELECT p.id AS document_id, w.reader AS person_id, CASE WHEN {_READS} THEN 1 ELSE 0 END AS may_read,
    CASE WHEN w.reader IN ({{accounts}}) THEN 1 ELSE 0 END AS inside, p.receipt_by, p.version_id, p.pages,
    g.version_id AS seen, g.pages_seen, g.last_opened_at AS opened_at, g.finished_at, c.confirmed_at,
    CASE WHEN p.told = 1 THEN COALESCE(g.refused, 0) END AS refused,
    CASE WHEN p.told = 1 THEN g.refused_at END AS refused_at
  FROM {{readers}} w JOIN {{papers}} p ON p.id = w.paper
  LEFT JOIN reading_progress g ON g.document_id = p.id AND g.person_id = w.reader
  LEFT JOIN read_receipt c ON c.version_id = p.version_id AND c.person_id = w.reader"""

_STOOD = """
  SELECT r.*, CASE WHEN r.confirmed_at IS NOT NULL THEN 'understood'
    WHEN r.opened_at IS NULL OR NOT COALESCE(r.seen = r.version_id, r.seen IS NULL AND r.version_id IS NULL)
      THEN 'unopened'
    WHEN r.finished_at IS NOT NULL THEN 'read_through' ELSE 'begun' END AS stands
  FROM {read} r"""
"""The rule `Reading.standing` once more, for lists and figures that are not read whole."""

_TABLES = {
    "papers": _PAPERS,
    "given": _GIVEN,
    "reached": _REACHED,
    "weighed": _WEIGHED,
    "standing": _STANDING,
    "readers": _READERS,
    "read": _READINGS,
    "stood": _STOOD,
}

_OWN = {
    "papers": _PAPERS.replace("{documents}", "SELECT id FROM ({documents}) other UNION SELECT id FROM ({own}) own"),
    "read": f"{_READINGS} WHERE CASE WHEN w.reader = :me THEN p.id IN ({{own}}) ELSE p.id IN ({{documents}}) END",
}
"""The same where the viewer may be among the people."""

_ALIKE = "stands, inside, receipt_by"
_BY_BODY = f"""
  SELECT b.id AS body_id, b.sort, b.name_zh, b.name_en, {_ALIKE}, COUNT(*) AS people FROM {{stood}} s
    JOIN (SELECT DISTINCT person, body FROM ({{pairs}}) every_pair) i ON i.person = s.person_id
    JOIN ({{bodies}}) b ON b.id = i.body GROUP BY b.id, b.sort, b.name_zh, b.name_en, {_ALIKE}
  UNION ALL SELECT NULL AS body_id, NULL AS sort, NULL AS name_zh, NULL AS name_en, {_ALIKE}, COUNT(*) AS people
    FROM {{stood}} s WHERE s.person_id NOT IN (SELECT person FROM ({{pairs}}) every_pair) GROUP BY {_ALIKE}"""

_OVERDUE = """
  SELECT p.id AS document_id, p.receipt_by, COUNT(*) AS people, COUNT(c.id) AS confirmed
  FROM {readers} w JOIN {papers} p ON p.id = w.paper
  LEFT JOIN read_receipt c ON c.version_id = p.version_id AND c.person_id = w.reader
  GROUP BY p.id, p.receipt_by HAVING COUNT(c.id) < COUNT(*)"""
