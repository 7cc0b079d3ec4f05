"""The register as a file, in streams: Popolo JSON, CSV or XLSX. Importing one again changes nothing."""

import csv
import io
import json
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import closing
from typing import Any

from server.errors import Conflict, Problem
from server.imports.columns import Column, heading
from server.imports.gathering import Facts, Gathering, Someone
from server.imports.keys import TERM
from server.imports.options import Format
from server.imports.values import KEEP, written
from server.models import audit
from server.models.database import transaction
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import say

CHUNK = 64 * 1024
TYPES: dict[Format, str] = {
    "popolo": "application/json",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""The media type of each format."""

LONGEST = 32_767
"""Characters that a cell of a workbook holds."""

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


# Tables


async def _csv(gathering: Gathering, locale: str) -> AsyncIterator[bytes]:
    columns = gathering.columns
    yield _line([heading(column, locale) for column in columns], first=True)
    async for rows in _tables(gathering):
        yield b"".join(_line([_cell(row.get(column.field)) for column in columns]) for row in rows)


async def _xlsx(gathering: Gathering, locale: str) -> AsyncIterator[bytes]:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("people")
    columns = gathering.columns
    sheet.append([heading(column, locale) for column in columns])
    with closing(sheet):
        async for rows in _tables(gathering):
            for row in rows:
                sheet.append([_fitting(_cell(row.get(column.field)), column) for column in columns])
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while piece := file.read(CHUNK):
            yield piece


async def _tables(gathering: Gathering) -> AsyncIterator[list[Facts]]:
    """The rows of a table, in portions: people with seats and memberships, bodies in which nobody sits, terms."""
    lonely = dict(gathering.bodies)
    async for portion in gathering.portions():
        yield [row for someone in portion for row in _rows(gathering, someone, lonely)]
    yield [*lonely.values(), *gathering.term_facts]


def _rows(gathering: Gathering, someone: Someone, lonely: dict[Any, Facts]) -> Iterator[Facts]:
    """One row for each membership and each seat, side by side; each repeats the person, and its body but for ties."""
    places = [*someone.memberships, *someone.voided]
    for at in range(max(1, len(someone.seats), len(places))):
        row = dict(someone.facts)
        if at < len(someone.seats):
            row |= someone.seats[at]
        if at < len(places):
            place = places[at]
            ties: Facts = {} if lonely.pop(place["body_key"], None) else {"body_ties": []}
            row |= gathering.bodies[place["body_key"]] | ties | place
        yield row


def _cell(value: Any) -> str:
    """A value as a cell: lists a line each, and nothing that a spreadsheet would calculate."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return safe(_listed(value))
    return safe(str(written(value)))


def _fitting(cell: str, column: Column) -> str | None:
    """A longer one would be cut off without a word."""
    if len(cell) > LONGEST:
        said = say("A cell of the column {name} would be too long for XLSX. Take CSV or JSON.", name=column.field)
        raise Conflict(Problem("CELL_TOO_LONG", said))
    return cell or None


def _listed(values: list[Any]) -> str:
    if values and isinstance(values[0], dict):
        return json.dumps(values, ensure_ascii=False)
    lines = [f"{item[0]}={item[1]}" if isinstance(item, tuple) else str(item) for item in values]
    joined = "\n".join(lines)
    return joined + "\n" if len(lines) == 1 and (";" in joined or "；" in joined) else joined


def safe(text: str) -> str:
    """An apostrophe before what could be a formula; the import takes one away again."""
    return f"'{text}" if text.lstrip("'").startswith(DANGEROUS) else text


def as_csv(rows: Iterable[list[str]]) -> bytes:
    """A small table as spreadsheets take it."""
    return b"".join(_line([safe(cell) for cell in cells], first=n == 0) for n, cells in enumerate(rows))


def as_xlsx(rows: Iterable[list[str]], title: str) -> bytes:
    """The same as a workbook of one sheet, whose first row stays in sight."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    with closing(sheet):
        for cells in rows:
            sheet.append([safe(cell)[:LONGEST] or None for cell in cells])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _line(cells: list[str], *, first: bool = False) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return (("\ufeff" if first else "") + out.getvalue()).encode()


# Popolo


async def _popolo(gathering: Gathering, locale: str) -> AsyncIterator[bytes]:
    """The lists one after the other, each item on a line of its own; `terms` and `voided_memberships` are ours."""
    yield b'{"terms": [\n'
    yield b",\n".join(_json(_term(facts)) for facts in gathering.term_facts)
    yield b'\n], "persons": [\n'
    mark = b""
    async for portion in gathering.portions():
        for someone in portion:
            yield mark + _json(_person(someone))
            mark = b",\n"
    yield b'\n], "organizations": [\n'
    yield b",\n".join(_json(_organization(facts)) for facts in gathering.bodies.values())
    yield b'\n], "memberships": [\n'
    mark, voided = b"", []
    async for portion in gathering.portions():
        for someone in portion:
            voided += [_json(_membership(gathering, someone, place)) for place in someone.voided]
            for place in someone.memberships:
                yield mark + _json(_membership(gathering, someone, place))
                mark = b",\n"
    yield b'\n], "voided_memberships": [\n' + b",\n".join(voided) + b"\n]}\n"


def _json(item: Facts) -> bytes:
    return json.dumps(item, ensure_ascii=False).encode()


def _term(facts: Facts) -> Facts:
    keys = {key: facts[field] for key, field in TERM.items()}
    return {"code": facts["term"], **{key: _value(fact) for key, fact in keys.items() if fact}}


def _person(someone: Someone) -> Facts:
    facts = dict(someone.facts)
    item: Facts = {"id": facts.pop("id"), "name": facts.pop("name")}
    item |= {name: facts.pop(name) for name in ("name_zh", "name_en")}
    identifiers = facts.pop("identifiers")
    item |= {("gender" if name == "sex" else name): _value(fact) for name, fact in facts.items() if fact}
    item |= {"identifiers": _identifiers(identifiers)} if identifiers else {}
    seats = [
        {name: _value(fact) for name, fact in seat.items() if (fact and fact != KEEP) or name == "post_start"}
        for seat in someone.seats
    ]
    return item | ({"term_memberships": seats} if seats else {})


def _organization(facts: Facts) -> Facts:
    item: Facts = {
        "id": facts["body_id"],
        "name": facts["body"],
        "name_zh": facts["body_zh"],
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
        "ties": facts["body_ties"],
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
    } | {name: place.get(name) for name in ("voided_at", "voided_by", "voided_reason")}
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
