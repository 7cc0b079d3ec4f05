"""Builders of rows and viewers: what matters stands in the test, the rest is filled in here."""

import datetime as dt
import itertools
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from server.models.accounts.tables import Account, RoleAssignment
from server.models.bodies.tables import Body, BodyKind, BodyMembership, BodyRole
from server.models.members.tables import (
    Membership,
    MembershipPost,
    MembershipStatus,
    Person,
    PostKind,
    Status,
    Term,
    TermStatus,
)
from server.rules import names
from server.rules.permissions import HeldRole, Role
from server.viewer import Viewer

ZONE = ZoneInfo("Asia/Shanghai")
NOW = dt.datetime(2026, 11, 22, 2, 0, tzinfo=dt.UTC)
"""Ten in the morning where the assembly sits."""
TODAY = dt.date(2026, 11, 22)
_numbers = itertools.count(1)


def viewer(role: Role | None = None, *, body: Body | None = None, **facts: Any) -> Viewer:
    """One who asks, in English, at NOW, with one role for one body or all. facts: other fields of Viewer."""
    held = HeldRole(role, body.id if body else None, body.name_en or body.name_zh if body else "") if role else None
    return Viewer(**{"now": NOW, "zone": ZONE, "roles": (held,) if held else (), "locale": "en"} | facts)


async def person(name_zh: str = "", name_en: str = "", **facts: Any) -> Person:
    """Someone of the register; with a name of their own where none is given."""
    if not name_zh and not name_en:
        name_en = f"Person {next(_numbers)}"
    whole = (name_zh, name_en, facts.get("family_name", ""), facts.get("given_name", ""))
    return await Person.create(
        **{
            "name_zh": name_zh,
            "name_en": name_en,
            "sort_pinyin": names.sort_pinyin(*whole),
            "sort_strokes": names.sort_strokes(*whole),
            "search": names.search_text(*whole),
            "updated_at": NOW,
        }
        | facts
    )


async def term(code: str = "", **facts: Any) -> Term:
    """An active term with open dates."""
    return await Term.create(**{"code": code or f"T{next(_numbers)}", "status": TermStatus.ACTIVE} | facts)


async def seat(
    holder: Person | None = None,
    of: Term | None = None,
    *,
    no: str = "",
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
    status: Status = Status.ACTIVE,
    kind: PostKind = PostKind.ORDINARY,
    sector: Body | None = None,
    unit: str = "",
) -> Membership:
    """A seat with its status and its post over one span of days; active since ever where no day is given."""
    row = await Membership.create(person=holder or await person(), term=of or await term(), no=no)
    span = {"membership": row, "starts_on": starts_on, "ends_on": ends_on}
    await MembershipStatus.create(**span, status=status)
    await MembershipPost.create(**span, kind=kind, sector=sector, unit=unit)
    return row


async def body(kind: BodyKind = BodyKind.SPECIAL_COMMITTEE, name_en: str = "", name_zh: str = "", **facts: Any) -> Body:
    """A body; with a name of its own where none is given."""
    if not name_zh and not name_en:
        name_en = f"Body {next(_numbers)}"
    return await Body.create(
        **{
            "kind": kind,
            "name_zh": name_zh,
            "name_en": name_en,
            "sort": names.sort_title(name_zh, name_en),
            "search": names.search_title(name_zh, name_en),
            "updated_at": NOW,
        }
        | facts
    )


async def place(where: Body, who: Person, role: BodyRole = BodyRole.MEMBER, **facts: Any) -> BodyMembership:
    """Someone's place in a body; since ever where no day is given."""
    return await BodyMembership.create(body=where, person=who, role=role, **facts)


async def account(name: str = "", **facts: Any) -> Account:
    """A way in, without a password that anyone knows."""
    return await Account.create(name=name or f"account{next(_numbers)}", **facts)


async def role(holder: Account, given: Role, at: Body | None = None, **facts: Any) -> RoleAssignment:
    """A role given to an account, for one body or for all."""
    return await RoleAssignment.create(account=holder, role=given, body=at, **facts)


def some_id() -> UUID:
    """An id that no row has, the same in each run for the same call."""
    return UUID(int=next(_numbers))
