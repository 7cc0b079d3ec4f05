# ruff: noqa: S608  # what is put together here are names and constants of this module; facts are parameters
"""Whom an announcement is for, and who of them has read it: told by one statement, however many they are."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.queryset import AwaitableQuery, QuerySet

from server.models.accounts.tables import Account, RoleAssignment
from server.models.announcements.tables import Announcement
from server.models.bodies.queries import DERIVED_FROM
from server.models.bodies.tables import Body, BodyMembership
from server.models.documents.queries import lasting_body
from server.models.fields import holding
from server.models.members.queries import active_seats, posts_on
from server.models.members.tables import Person
from server.models.reads import Columns, Statement, day, flag, moment, read
from server.rules.announcements import AnnouncementAudience, ReadStanding
from server.rules.permissions import Role
from server.viewer import Viewer

Kinds = dict[str, Callable[[str], Any]]
"""The columns of a SELECT of ours, each with what makes a value of its text."""
POSTED, HOLDER = "membership__person_id", "account__person_id"


@dataclass(frozen=True)
class Reach:
    """The people whom these announcements are for today, by the places, seats and roles of the day.

    What is for everyone is for the members here: nobody waits for the world to read it. What staff may read besides is
    not for them. people: of these alone.
    """

    viewer: Viewer
    rows: QuerySet[Announcement]
    people: QuerySet[Person]

    @property
    def keys(self) -> Statement:
        """The people, each once."""
        return self.read("SELECT DISTINCT person_id FROM {reached} reached", {"person_id": UUID}, ("person_id",))

    @property
    def groups(self) -> Statement:
        """How many stand alike: a row of standing, whether they can sign in, and how many."""
        found = "SELECT stands, inside, COUNT(*) AS people FROM {stood} stood GROUP BY stands, inside"
        return self.read(found, GROUP, ("stands", "inside"))

    def groups_of(self, pairs: AwaitableQuery[Any], bodies: QuerySet[Body]) -> Statement:
        """The same for each of these bodies: key, sort key and both names of it first; none for who is in none of any.

        pairs: person and body, as `person` and `body`.
        """
        kinds: Kinds = {"body_id": UUID, "sort": str, "name_zh": str, "name_en": str, **GROUP}
        rows = {"pairs": pairs, "bodies": bodies.values("id", "sort", "name_zh", "name_en")}
        return self.read(_BY_BODY, kinds, ("sort", "body_id", "stands", "inside"), rows)

    def read(
        self,
        sql: str,
        kinds: Kinds,
        order: tuple[str, ...] = (),
        rows: Mapping[str, AwaitableQuery[Any]] | None = None,
        shared: Mapping[str, str] | None = None,
        **facts: Any,
    ) -> Statement:
        """A SELECT that may name the tables of these, and more of them."""
        values = {"everyone": AnnouncementAudience.EVERYONE, "members": AnnouncementAudience.MEMBERS}
        values |= {"bodies_": AnnouncementAudience.BODIES, "roles_": AnnouncementAudience.ROLES}
        told = {name: value.value for name, value in values.items()} | {"member": Role.MEMBER.value}
        return Statement(sql, told | facts, kinds, order, {**self._rows, **(rows or {})}, {**_TABLES, **(shared or {})})

    @property
    def _rows(self) -> dict[str, Any]:
        today, accounts = self.viewer.today, Account.filter(active=True, person_id__isnull=False)
        places = BodyMembership.filter(holding(today), lasting_body(self.viewer))
        return {
            "announcements": self.rows.values("id"),
            "people": self.people.values("id"),
            "seats": active_seats(today).values("person_id"),
            "places": places.values("person_id", "body_id"),
            "leads": places.filter(_leading()).values("person_id", "role", "body__kind"),
            "posts": posts_on(today).filter(sector_id__isnull=False).values(POSTED, "sector_id"),
            "given": RoleAssignment.filter(holding(today), account__person_id__isnull=False).values(HOLDER, "role"),
            "accounts": accounts.values("person_id"),
        }


async def audience(viewer: Viewer, row: Announcement) -> list[UUID]:
    """The people whom it is for today."""
    people = Person.filter(merged_into_id__isnull=True)
    return [key for (key,) in await read(Reach(viewer, Announcement.filter(id=row.id), people).keys)]


async def short_of(viewer: Viewer, announcement: UUID) -> dict[UUID, bool]:
    """Who of them has not read it as it stands -> whether they can sign in."""
    people = Person.filter(merged_into_id__isnull=True)
    found = Reach(viewer, Announcement.filter(id=announcement), people).read(
        "SELECT person_id, inside FROM {stood} stood WHERE stands <> :read",
        {"person_id": UUID, "inside": flag},
        ("person_id",),
        read=ReadStanding.READ.value,
    )
    return dict(await read(found))


@dataclass(frozen=True)
class Readers:
    """A part of the list of these people. beyond: of `seen`, those that come after the place where the part begins."""

    reach: Reach
    seen: QuerySet[Person]
    beyond: QuerySet[Person]
    standing: ReadStanding | None
    size: int
    backward: bool

    @property
    def entries(self) -> Statement:
        """How long the whole list is, and of each in this part what it is sorted by, and how they stand.

        One row more than asked for, where there is one; of an empty part one row whose person is None.
        """
        kinds: Kinds = {"total": int, "place": str, **STOOD}
        whole = f"SELECT COUNT(*) AS total FROM ({self._listed('{seen}')}) listed"
        found = f"SELECT whole.total, part.* FROM ({whole}) whole LEFT JOIN {{part}} part ON 1 = 1"
        return self._read(found, kinds, self._order)

    @property
    def keys(self) -> Statement:
        """The keys of the people of this part."""
        return self._read("SELECT person_id AS key FROM {part} part", {"key": UUID})

    def _read(self, sql: str, kinds: Kinds, order: tuple[str, ...] = ()) -> Statement:
        facts: dict[str, Any] = {"size": self.size + 1}
        if self.standing:
            facts["stands"] = self.standing.value
        part = f"{self._listed('{beyond}')} ORDER BY {', '.join(self._order)} LIMIT :size"
        rows = {name: getattr(self, name).values("id", "sort_pinyin") for name in ("seen", "beyond")}
        return self.reach.read(sql, kinds, order, rows, {"part": part}, **facts)

    def _listed(self, rows: str) -> str:
        such = " WHERE s.stands = :stands" if self.standing else ""
        columns = ", ".join(f"s.{name}" for name in STOOD)
        return f"SELECT p.sort_pinyin AS place, {columns} FROM {{stood}} s JOIN ({rows}) p ON p.id = s.person_id{such}"

    @property
    def _order(self) -> tuple[str, ...]:
        return tuple(f"{name} DESC" if self.backward else name for name in ("place", "person_id"))


def timely(rows: QuerySet[Announcement]) -> Statement:
    """Of these announcements department, day of the occurrence, moment of publication and of the first reading."""
    kinds: Kinds = {"origin_id": UUID, "occurred_on": day, "publish_at": moment, "read_at": moment}
    found = """SELECT a.id, a.origin_id, a.occurred_on, a.publish_at, MIN(g.first_read_at) AS read_at
  FROM announcement a LEFT JOIN announcement_reading g ON g.announcement_id = a.id
  WHERE a.id IN ({announcements}) GROUP BY a.id, a.origin_id, a.occurred_on, a.publish_at"""
    return Statement(found, {}, kinds, ("publish_at", "id"), {"announcements": rows.values("id")})


def origins(rows: QuerySet[Announcement]) -> Columns:
    """The departments from which these come, by name: key and both names."""
    named: Any = {"id__in": Subquery(rows.values("origin_id"))}
    return Columns(Body.filter(**named).order_by("sort", "id"), ("id", "name_zh", "name_en"))


STOOD: Kinds = {
    "person_id": UUID,
    "inside": flag,
    "seen": int,
    "first_read_at": dt.datetime.fromisoformat,
    "read_at": dt.datetime.fromisoformat,
    "stands": ReadStanding,
}
"""The columns of someone whom an announcement is for."""
GROUP: Kinds = {"stands": ReadStanding, "inside": flag, "people": int}


def _leading() -> Q:
    return Q(*(Q(body__kind=kind, role=place) for kind, place in DERIVED_FROM), join_type=Q.OR)


def _derived() -> str:
    """Roles that follow from a place, as one condition: the rule `DERIVED_FROM` once more."""
    of = (
        f"(x.role = '{role.value}' AND l.body__kind = '{kind.value}' AND l.role = '{place.value}')"
        for (kind, place), role in DERIVED_FROM.items()
    )
    return " OR ".join(of)


_REACHED = f"""
  SELECT a.id AS announcement_id, a.version, s.person_id FROM announcement a
    JOIN ({{seats}}) s ON a.audience IN (:everyone, :members) WHERE a.id IN ({{announcements}})
  UNION SELECT a.id AS announcement_id, a.version, s.person_id FROM announcement a
    JOIN announcement_body b ON b.announcement_id = a.id JOIN ({{places}}) s ON s.body_id = b.body_id
    WHERE a.id IN ({{announcements}}) AND a.audience = :bodies_
  UNION SELECT a.id AS announcement_id, a.version, s.{POSTED} AS person_id FROM announcement a
    JOIN announcement_body b ON b.announcement_id = a.id JOIN ({{posts}}) s ON s.sector_id = b.body_id
    WHERE a.id IN ({{announcements}}) AND a.audience = :bodies_
  UNION SELECT a.id AS announcement_id, a.version, g.{HOLDER} AS person_id FROM announcement a
    JOIN announcement_role x ON x.announcement_id = a.id JOIN ({{given}}) g ON g.role = x.role
    WHERE a.id IN ({{announcements}}) AND a.audience = :roles_
  UNION SELECT a.id AS announcement_id, a.version, l.person_id FROM announcement a
    JOIN announcement_role x ON x.announcement_id = a.id JOIN ({{leads}}) l ON {_derived()}
    WHERE a.id IN ({{announcements}}) AND a.audience = :roles_
  UNION SELECT a.id AS announcement_id, a.version, s.person_id FROM announcement a
    JOIN announcement_role x ON x.announcement_id = a.id AND x.role = :member JOIN ({{seats}}) s ON 1 = 1
    WHERE a.id IN ({{announcements}}) AND a.audience = :roles_"""

_STOOD = f"""
  SELECT r.person_id, CASE WHEN r.person_id IN ({{accounts}}) THEN 1 ELSE 0 END AS inside, g.seen,
    g.first_read_at, g.read_at, CASE WHEN g.seen IS NULL THEN '{ReadStanding.UNREAD.value}'
      WHEN g.seen < r.version THEN '{ReadStanding.EARLIER.value}' ELSE '{ReadStanding.READ.value}' END AS stands
  FROM {{reached}} r LEFT JOIN announcement_reading g
    ON g.announcement_id = r.announcement_id AND g.person_id = r.person_id"""
"""The rule `read_standing` once more, for lists and figures that are not read whole."""

_TABLES = {"reached": f"SELECT * FROM ({_REACHED}) whole WHERE whole.person_id IN ({{people}})", "stood": _STOOD}

_BY_BODY = """
  SELECT b.id AS body_id, b.sort, b.name_zh, b.name_en, s.stands, s.inside, COUNT(*) AS people FROM {stood} s
    JOIN (SELECT DISTINCT person, body FROM ({pairs}) every_pair) i ON i.person = s.person_id
    JOIN ({bodies}) b ON b.id = i.body GROUP BY b.id, b.sort, b.name_zh, b.name_en, s.stands, s.inside
  UNION ALL SELECT NULL AS body_id, NULL AS sort, NULL AS name_zh, NULL AS name_en, s.stands, s.inside,
    COUNT(*) AS people FROM {stood} s WHERE s.person_id NOT IN (SELECT person FROM ({pairs}) every_pair)
    GROUP BY s.stands, s.inside"""
