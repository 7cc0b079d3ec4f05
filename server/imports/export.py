"""The register as a file, in streams: Popolo JSON, CSV or XLSX. Importing one again changes nothing."""

import csv
import io
import json
import tempfile
from collections.abc import AsyncIterator, Iterator
from typing import Any

from server.imports.columns import Column
from server.imports.gathering import Facts, Gathering, Someone
from server.imports.options import Format
from server.imports.values import KEEP, written
from server.models import audit
from server.models.database import transaction
from server.rules.permissions import Action
from server.viewer import Viewer

CHUNK = 64 * 1024
TYPES: dict[Format, str] = {
    "popolo": "application/json",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""The media type of each format."""

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet read a text as a formula."""


async def export_people(viewer: Viewer, format: Format) -> AsyncIterator[bytes]:
    """All people, bodies and memberships that this viewer may take away; the file in pieces.

    Guarded fields only with READ_FILE, sensitive bodies only with READ_SENSITIVE. The audit trail keeps who took it.
    """
    viewer.must(Action.EXPORT_PEOPLE)
    gathering = Gathering(viewer)
    await gathering.load()
    async with transaction():
        payload = {"format": format, "people": len(gathering.people), "bodies": len(gathering.rows)}
        await audit.record(viewer, "members.export", "", payload)
    pieces = {"popolo": _popolo, "csv": _csv, "xlsx": _xlsx}[format]
    async for piece in pieces(gathering, viewer.locale):
        yield piece


def template(locale: str) -> bytes:
    """An empty table with the headings that people fill in by hand."""
    from server.imports.columns import COLUMNS

    by_export = {"sort_pinyin", "sort_strokes", "earlier", "identifiers", "body_identifiers"}
    return _line([_heading(column, locale) for column in COLUMNS if column.field not in by_export], first=True)


# Tables


async def _csv(gathering: Gathering, locale: str) -> AsyncIterator[bytes]:
    columns = gathering.columns
    yield _line([_heading(column, locale) for column in columns], first=True)
    async for rows in _tables(gathering):
        yield b"".join(_line([_cell(row.get(column.field)) for column in columns]) for row in rows)


async def _xlsx(gathering: Gathering, locale: str) -> AsyncIterator[bytes]:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("people")
    columns = gathering.columns
    sheet.append([_heading(column, locale) for column in columns])
    async for rows in _tables(gathering):
        for row in rows:
            sheet.append([_cell(row.get(column.field)) or None for column in columns])
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while piece := file.read(CHUNK):
            yield piece


async def _tables(gathering: Gathering) -> AsyncIterator[list[Facts]]:
    """The rows of a table, in portions: people with seats and memberships, then bodies in which nobody sits."""
    lonely = dict(gathering.bodies)
    async for portion in gathering.portions():
        yield [row for someone in portion for row in _rows(gathering, someone, lonely)]
    yield list(lonely.values())


def _rows(gathering: Gathering, someone: Someone, lonely: dict[Any, Facts]) -> Iterator[Facts]:
    """One row for each membership and each seat, side by side; each repeats the person."""
    for at in range(max(1, len(someone.seats), len(someone.memberships))):
        row = dict(someone.facts)
        if at < len(someone.seats):
            row |= someone.seats[at]
        if at < len(someone.memberships):
            place = someone.memberships[at]
            lonely.pop(place["body_key"], None)
            row |= gathering.bodies[place["body_key"]] | place
        yield row


def _heading(column: Column, locale: str) -> str:
    return column.zh if locale == "zh" else column.field


def _cell(value: Any) -> str:
    """A value as a cell: lists a line each, and nothing that a spreadsheet would calculate."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return _safe(_listed(value))
    return _safe(str(written(value)))


def _listed(values: list[Any]) -> str:
    if values and isinstance(values[0], dict):
        return json.dumps(values, ensure_ascii=False)
    lines = [f"{item[0]}={item[1]}" if isinstance(item, tuple) else str(item) for item in values]
    joined = "\n".join(lines)
    return joined + "\n" if len(lines) == 1 and (";" in joined or "；" in joined) else joined


def _safe(text: str) -> str:
    """An apostrophe before what could be a formula; the import takes one away again."""
    return f"'{text}" if text.lstrip("'").startswith(DANGEROUS) else text


def _line(cells: list[str], *, first: bool = False) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return (("\ufeff" if first else "") + out.getvalue()).encode()


# Popolo


async def _popolo(gathering: Gathering, locale: str) -> AsyncIterator[bytes]:
    """Three lists at the top, each item on a line of its own."""
    yield b'{"persons": [\n'
    mark = b""
    async for portion in gathering.portions():
        for someone in portion:
            yield mark + _json(_person(someone))
            mark = b",\n"
    yield b'\n], "organizations": [\n'
    yield b",\n".join(_json(_organization(facts)) for facts in gathering.bodies.values())
    yield b'\n], "memberships": [\n'
    mark = b""
    async for portion in gathering.portions():
        for someone in portion:
            for place in someone.memberships:
                yield mark + _json(_membership(gathering, someone, place))
                mark = b",\n"
    yield b"\n]}\n"


def _json(item: Facts) -> bytes:
    return json.dumps(item, ensure_ascii=False).encode()


def _person(someone: Someone) -> Facts:
    facts = dict(someone.facts)
    item: Facts = {"id": facts.pop("id"), "name": facts.pop("name")}
    item |= {name: facts.pop(name) for name in ("name_zh", "name_en")}
    identifiers = facts.pop("identifiers")
    item |= {("gender" if name == "sex" else name): _value(fact) for name, fact in facts.items() if fact}
    item |= {"identifiers": _identifiers(identifiers)} if identifiers else {}
    seats = [{name: _value(fact) for name, fact in seat.items() if fact and fact != KEEP} for seat in someone.seats]
    return item | ({"term_memberships": seats} if seats else {})


def _organization(facts: Facts) -> Facts:
    item: Facts = {
        "id": facts["body_id"],
        "name": facts["body"],
        "name_zh": facts["name_zh"],
        "name_en": facts["body_en"],
    }
    keys = {
        "classification": facts["classification"],
        "kind": facts["body_kind"],
        "term": facts["body_term"],
        "parent_id": facts["parent_id"],
        "founding_date": facts["body_start"],
        "dissolution_date": facts["body_end"],
        "sensitive": facts["sensitive"],
        "identifiers": _identifiers(facts["body_identifiers"]),
    }
    return item | {name: _value(fact) for name, fact in keys.items() if fact}


def _membership(gathering: Gathering, someone: Someone, place: Facts) -> Facts:
    keys = {
        "role": place["title"],
        "body_role": place["body_role"],
        "start_date": place["start_date"],
        "end_date": place["end_date"],
        "membership_term": place["membership_term"],
        "on_behalf_of_id": place["on_behalf_of_id"],
    }
    item = {
        "person_id": someone.facts["id"],
        "organization_id": gathering.ids[place["body_key"]],
        "role": place["title"],
    }
    item |= {name: _value(fact) for name, fact in keys.items() if fact}
    return item if place["primary"] else item | {"primary": False}


def _identifiers(pairs: list[tuple[str, str]]) -> list[Facts]:
    return [{"scheme": scheme, "identifier": value} for scheme, value in pairs]


def _value(fact: Any) -> Any:
    return fact if isinstance(fact, list) else written(fact)
