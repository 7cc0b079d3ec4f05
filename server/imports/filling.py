"""Filling a record from raw cells or keys, the same for every format."""

from typing import Any

from server.imports.columns import Column
from server.imports.records import Record
from server.imports.values import KEEP, Wrong, convert
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
    "body_en": "name_en",
    "start_date": "starts_on",
    "end_date": "ends_on",
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
    """Turn `name` and `name_en` into name_zh and name_en: stored whole, by script, never split."""
    named = record.names.get("name", "name")
    record.names.setdefault("name_zh", named)
    record.names.setdefault("name_en", named)
    if "name" not in record.facts:
        return
    name = record.facts.pop("name")
    zh, en = split_script(name)
    if zh or not name:
        record.facts.setdefault("name_zh", zh)
    elif record.facts.get("name_en", "") not in ("", en):
        record.facts.setdefault("name_zh", name)
    else:
        record.facts["name_en"] = en


def settle_days(record: Record, start: str = "starts_on", end: str = "ends_on") -> None:
    """An end before its beginning is an error at the end; on the same day it is worth a look."""
    first, last = record.facts.get(start), record.facts.get(end)
    if first and last and last < first:
        record.wrong(
            end, say("It ends on {end}, before it starts on {start}. Correct one of the two.", end=last, start=first)
        )
    elif first and first == last:
        record.warn(end, say("It ends on the day it starts, so it holds on no day."))
