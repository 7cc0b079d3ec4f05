"""Filling a record from raw cells or keys, the same for every format."""

from typing import Any

from server.imports.columns import Column
from server.imports.records import Record
from server.imports.shapes import convert
from server.imports.values import KEEP, Wrong
from server.rules.dates import Day
from server.rules.names import split_script
from server.words import say

FACTS = {
    "body_kind": "kind",
    "body_term": "term",
    "body_start": "starts_on",
    "body_end": "ends_on",
    "body_identifiers": "identifiers",
    "body": "name",
    "body_zh": "name_zh",
    "body_en": "name_en",
    "body_ties": "ties",
    "start_date": "starts_on",
    "end_date": "ends_on",
    "term_zh": "name_zh",
    "term_en": "name_en",
    "term_start": "starts_on",
    "term_end": "ends_on",
    "term_status": "status",
    "term_years": "years",
}
"""Columns whose fact has a shorter name in its own record."""


def put(record: Record, column: Column, raw: Any, named: str) -> None:
    """Say this fact in the record, or say why not. named: what the file calls it."""
    fact = FACTS.get(column.field, column.field)
    record.names[fact] = named
    if raw == KEEP:
        return
    try:
        value = convert(column, raw)
    except Wrong as wrong:
        record.wrong(fact, wrong.words)
        return
    if isinstance(value, Day):
        if not value.precise:
            record.warn(fact, say("Only a month or a year is given; it is kept as {day}.", day=value.value))
        value = value.value
    record.facts[fact] = value


def settle_names(record: Record) -> None:
    """Turn `name` beside name_zh and name_en into these two: stored whole, by script, never split."""
    named = record.names.get("name", "name")
    record.names.setdefault("name_zh", named)
    record.names.setdefault("name_en", named)
    if "name" not in record.facts:
        return
    name = record.facts.pop("name")
    facts, (zh, en) = record.facts, split_script(name)
    known_zh, known_en = facts.get("name_zh", ""), facts.get("name_en", "")
    if not name:
        facts.setdefault("name_zh", "")
    elif name in (known_zh, known_en) and ("name_zh" in facts or en):
        return
    elif known_zh:
        facts |= {"name_en": en} if en and not known_en else {}
    elif zh or known_en:
        facts["name_zh"] = name
    else:
        facts["name_en"] = en


def tells_all(name_zh: str, name_en: str) -> bool:
    """Are `name` and `name_en` enough to know both names again?"""
    record = Record("people", "", 0, {"name": name_zh or name_en, "name_en": name_en})
    settle_names(record)
    return (record.facts.get("name_zh", ""), record.facts.get("name_en", "")) == (name_zh, name_en)


def settle_days(record: Record, start: str = "starts_on", end: str = "ends_on") -> None:
    """An end before its beginning is an error at the end; on the same day it is worth a look."""
    first, last = record.facts.get(start), record.facts.get(end)
    if first and last and last < first:
        record.wrong(
            end, say("It ends on {end}, before it starts on {start}. Correct one of the two.", end=last, start=first)
        )
    elif first and first == last:
        record.warn(end, say("It ends on the day it starts, so it holds on no day."))
