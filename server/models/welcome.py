"""What is stored about whoever asks, with where it came from; and that they have seen it."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from server.models import audit
from server.models.accounts.proving import in_browser
from server.models.accounts.tables import Account
from server.models.bodies import BodyMembership
from server.models.database import transaction
from server.models.fields import holding
from server.models.members import Person, posts_on
from server.models.reads import Columns, Read, Statement, moment
from server.rules.welcome import FILE
from server.viewer import Viewer
from server.words import Words, both_names, say

COLUMNS = tuple(kept.name for kept in FILE)


@dataclass(frozen=True)
class Origin:
    """Where a value came from. file: of an import; empty where the office entered it."""

    at: dt.datetime
    file: str = ""

    def words(self, zone: ZoneInfo) -> Words:
        """In a sentence, with the day that it was there."""
        day = self.at.astimezone(zone).date()
        if self.file:
            return say("from the file {file}, imported on {day}", file=self.file, day=day)
        return say("entered by the office on {day}", day=day)


def stored_reads(person: UUID, on: dt.date) -> dict[str, Read]:
    """What is read to tell it of that person."""
    posts = posts_on(on).filter(membership__person_id=person)
    places = BodyMembership.filter(holding(on), person_id=person)
    seat = ("membership__no", "unit", "sector__name_zh", "sector__name_en")
    return {
        "file": Columns(Person.filter(id=person), COLUMNS),
        "seats": Columns(posts.order_by("membership__term__code", "id"), seat),
        "bodies": Columns(places.order_by("body__sort", "id"), ("body__name_zh", "body__name_en")),
        "entries": Statement(_ENTRIES, {"person": person}, _ENTRY, ("serial",)),
        "imports": Statement(_IMPORTS, {"person": person}, _IMPORT, ("at", "seq")),
    }


def origins(facts: Mapping[str, Any]) -> dict[str, Origin]:
    """Column of the file -> where what stands there now came from; what nobody noted is left out."""
    told = sorted([*_by_office(facts["entries"]), *_by_import(facts["imports"])], key=lambda one: one[1].at)
    return {name: origin for name, origin in told if name in COLUMNS}


def seats_told(facts: Mapping[str, Any]) -> list[tuple[str, str, Words | str]]:
    """Number, unit and sector of each seat that is active."""
    return [(no, unit, both_names(zh, en) if zh or en else "") for no, unit, zh, en in facts["seats"]]


def bodies_told(facts: Mapping[str, Any]) -> list[Words]:
    """The names of the bodies, each once."""
    return [both_names(zh, en) for zh, en in dict.fromkeys(facts["bodies"])]


async def account_welcome(viewer: Viewer) -> None:
    """Note that the holder of the account has seen what is stored. Raises Refused without a browser."""
    account = await in_browser(viewer)
    async with transaction():
        if await Account.filter(id=account.id, welcomed_at=None).update(welcomed_at=viewer.now):
            await audit.record(viewer, "account.welcome", f"acc_{account.id}", {})


def _by_office(entries: list[tuple[Any, ...]]) -> Iterator[tuple[str, Origin]]:
    for _, at, payload in entries:
        for name in json.loads(payload) if payload else ():
            yield name, Origin(at)


def _by_import(imports: list[tuple[Any, ...]]) -> Iterator[tuple[str, Origin]]:
    for at, _, file, after in imports:
        for name in json.loads(after):
            yield name, Origin(at, file)


_ENTRY: dict[str, Any] = {"serial": int, "at": moment, "payload": str}
_IMPORT: dict[str, Any] = {"at": moment, "seq": int, "file_name": str, "after": str}

_ENTRIES = """SELECT serial, at, payload FROM audit_entry WHERE object = 'per_' || CAST(:person AS VARCHAR)
  AND action IN ('members.create_person', 'members.change_person')"""

_IMPORTS = """SELECT r.applied_at AS at, c.seq, r.file_name, CAST(c."after" AS VARCHAR) AS "after" FROM import_change c
  JOIN import_run r ON r.id = c.run_id AND r.undone_at IS NULL AND r.applied_at IS NOT NULL
  WHERE c.object_id = :person AND c.table_name = 'person'"""
