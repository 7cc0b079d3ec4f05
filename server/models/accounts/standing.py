# ruff: noqa: S608  # to write SQL is what this file is for: from names of ours; what a request brings is bound
"""How someone stands now, as data of one statement: a session or token, its account, its app, all roles of a day.

The text that the statement gives is everything that decides who asks and what they may. Equal facts give equal texts,
so a process that has seen a text before knows by comparing it that nothing has changed since.
"""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from pypika_tortoise.terms import Function
from tortoise.models import Model

from server.models.accounts.holders import given_role, given_roles
from server.models.accounts.tables import Account, ApiClient, AppToken, CalendarFeed, Session
from server.models.bodies.queries import active_seats, by_place, leading_places, member
from server.models.bodies.tables import BodyKind, BodyRole
from server.models.database import connection, is_postgres
from server.models.reads import Columns, day, inner
from server.rules.addresses import Network, network
from server.rules.permissions import HeldRole, Role, together

ACCOUNT, PERSON, DAY = UUID(int=1), UUID(int=2), dt.date(9000, 1, 1)
"""Stand in the conditions of roles for the account and person of the statement's row, and for the day that is bound."""
PARAMETER = re.compile(r"\$\d+|\?")
"""As Tortoise writes it, on either database."""
KEPT = 4096
"""Texts that are kept read; the one not used for longest goes."""


@dataclass(frozen=True, eq=False)
class Kind:
    """By what someone comes: the table, `credential`, and SQL over it and what is joined to it.

    owner: the account. ended: times of an end before time. used: last use. key: what the use is noted of. app: the app
    that acts, addresses: the networks it may come from. scopes: lists of them; what all carry holds. until: it
    ends by itself.
    """

    table: type[Model]
    owner: str
    ended: tuple[str, ...]
    used: str
    scopes: tuple[str, ...] = ()
    key: str = 'credential."id"'
    app: str = "NULL"
    addresses: str = "NULL"
    joined: str = ""
    until: str = 'credential."expires_at"'


SESSION = Kind(Session, 'credential."account_id"', ('credential."ended_at"',), 'credential."last_seen_at"')
TOKEN = Kind(
    ApiClient,
    'credential."owner_id"',
    ('credential."revoked_at"',),
    'credential."last_used_at"',
    ('credential."scopes"',),
    addresses='credential."addresses"',
)
APP = Kind(
    AppToken,
    'consent."account_id"',
    ('credential."revoked_at"', 'consent."ended_at"', 'app."disabled_at"'),
    'consent."last_used_at"',
    ('credential."scopes"', 'consent."scopes"', 'app."scopes"'),
    key='consent."id"',
    app='app."id"',
    joined=' JOIN "consent" consent ON consent."id" = credential."consent_id" AND NOT credential."refresh"'
    ' JOIN "app" app ON app."id" = consent."app_id"',
)
"""An app that acts for someone is noted as used with the consent, which stays while its tokens come and go."""
FEED = Kind(
    CalendarFeed,
    'credential."account_id"',
    ('credential."revoked_at"',),
    'credential."last_used_at"',
    until="CAST('9999-12-31T00:00:00+00:00' AS VARCHAR)",
)
"""A calendar feed has no end of its own: a calendar that falls silent tells nobody that it has."""


@dataclass(frozen=True)
class Standing:
    """A credential and its account. over: signed out or revoked. roles: of the day, the given ones first.

    addresses: the networks from which alone it counts; empty for everywhere.
    """

    credential: UUID
    over: bool
    app: UUID | None
    addresses: tuple[Network, ...]
    scopes: frozenset[str] | None
    account: UUID
    name: str
    person: UUID | None
    locale: str
    demo: bool
    active: bool
    roles: tuple[HeldRole, ...]


@dataclass(frozen=True)
class Seen:
    """What the statement gave. facts: a text, see `standing`. until: when the credential ends by itself.

    used: when its use was last noted. Both change without changing who asks, so they are no part of the text.
    """

    facts: str
    until: dt.datetime
    used: dt.datetime | None

    @property
    def standing(self) -> Standing:
        """What the text says."""
        return standing(self.facts)


def digest(secret: str) -> str:
    """Hex SHA-256 of a random secret of 256 bits: enough, since nobody can guess through so many."""
    return hashlib.sha256(secret.encode()).hexdigest()


async def look(kind: Kind, digest: str, on: dt.date) -> Seen | None:
    """How whoever shows that credential stands on that day; None for an unknown one. One statement."""
    rows = await connection().execute_query_dict(statement(kind, is_postgres()), [digest, on])
    return seen(rows[0]) if rows else None


def seen(row: Mapping[str, Any]) -> Seen | None:
    """What the columns of a row say; None where there is no such credential."""
    if row["facts"] is None:
        return None
    return Seen(row["facts"], _moment(row["until"]), row["used"] and _moment(row["used"]))


@lru_cache(KEPT)
def standing(facts: str) -> Standing:
    """What the text says: a pure function of it."""
    shown, (account, name, person, locale, demo, active), *roles = json.loads(facts)
    credential, over, app, addresses, *scopes = shown
    given, seats, places = roles
    return Standing(
        credential=UUID(credential),
        over=bool(over),
        app=_key(app),
        addresses=tuple(map(network, addresses or ())),
        scopes=_scopes(scopes),
        account=UUID(account),
        name=name,
        person=_key(person),
        locale=locale,
        demo=bool(demo),
        active=bool(active),
        roles=(*map(_given, given), *map(_member, seats), *(role for place in places for role in _by_place(place))),
    )


def _scopes(lists: list[list[str]]) -> frozenset[str] | None:
    """What all lists carry; None where there is none, for a browser may everything."""
    if not lists:
        return None
    return frozenset(lists[0]) if len(lists) == 1 else together(*lists)


@cache
def statement(kind: Kind, postgres: bool, first: int = 1) -> str:
    """A row of facts, until, used; none for an unknown credential. Parameters, from `first` on: digest, day."""
    digest, on = (f"${first}", f"${first + 1}::date") if postgres else (f"?{first}", f"?{first + 1}")
    around = {ACCOUNT: 'holder."id"', PERSON: 'holder."person_id"', DAY: on}
    array = "json_build_array" if postgres else "json_array"
    columns = ", ".join(f'holder."{name}"' for name in ("id", "name", "person_id", "locale", "demo", "active"))
    lists = [one if postgres or one == "NULL" else f"json({one})" for one in (kind.addresses, *kind.scopes)]
    over = " OR ".join(f"{time} IS NOT NULL" for time in kind.ended)
    roles = (given_roles([ACCOUNT], DAY), active_seats([PERSON], DAY), leading_places([PERSON], DAY))
    parts = (
        f"{array}({kind.key}, {over}, {kind.app}, {', '.join(lists)})",
        f"{array}({columns})",
        *(_listed(rows, around, postgres) for rows in roles),
    )
    return (
        f"SELECT CAST({array}({', '.join(parts)}) AS VARCHAR) AS facts, "
        f"{kind.until} AS until, {kind.used} AS used "
        f'FROM "{kind.table._meta.db_table}" credential{kind.joined} JOIN "{Account._meta.db_table}" holder '
        f'ON holder."id" = {kind.owner} WHERE credential."token_hash" = {digest}'
    )


@lru_cache(KEPT)
def beside(sql: str, bound: int, kind: Kind, postgres: bool) -> str:
    """A statement of one row, with the columns of `statement` beside its own; they are null for an unknown credential.

    bound: how many parameters it has; digest and day come after them.
    """
    asker = statement(kind, postgres, bound + 1)
    return f"SELECT answer.*, asker.* FROM ({sql}) answer LEFT JOIN ({asker}) asker ON 1 = 1"


def _listed(columns: Columns, around: Mapping[object, str], postgres: bool) -> str:
    """A JSON list of these rows, each a list of its values but for the first: that is whose they are."""
    rows = columns.rows.values_list(*columns.names)
    rows._choose_db_if_not_chosen()
    rows._make_query()
    query: Any = rows.query
    inner(query, rows.model)
    query._selects = [Function("json_build_array" if postgres else "json_array", *query._selects[1:]).as_("row")]
    sql, values = query.get_parameterized_sql()
    given = iter(values)
    sql = PARAMETER.sub(lambda _: _placed(next(given), around), sql)
    return f"to_json(ARRAY({sql}))" if postgres else f"json((SELECT json_group_array(json(row)) FROM ({sql})))"


def _placed(value: object, around: Mapping[object, str]) -> str:
    """What stands for a value of a condition: a column around it, or the value itself, one of an enum of ours."""
    for mark, place in around.items():
        if str(mark) == str(value):
            return place
    return "'" + str(value).replace("'", "''") + "'"


def _given(row: list[Any]) -> HeldRole:
    role, since, until, body, zh, en, deputy_for, called = row
    return given_role(Role(role), _day(since), _day(until), _key(body), zh, en, _key(deputy_for), called)


def _member(row: list[Any]) -> HeldRole:
    since, until, term = row
    return member(_day(since), _day(until), term)


def _by_place(row: list[Any]) -> Iterable[HeldRole]:
    role, since, until, body, kind, zh, en, ends_on = row
    return by_place(BodyRole(role), _day(since), _day(until), UUID(body), BodyKind(kind), zh, en, _day(ends_on))


def _day(text: str | None) -> dt.date | None:
    return day(text) if text else None


def _key(text: str | None) -> UUID | None:
    return UUID(text) if text else None


def _moment(value: Any) -> dt.datetime:
    """SQLite keeps times as texts."""
    return dt.datetime.fromisoformat(value) if isinstance(value, str) else value
