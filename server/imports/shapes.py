"""What a cell means, by the shape of its column; lists of dated facts stand in one cell as JSON."""

import json
from collections.abc import Callable
from typing import Any

from server.imports.columns import Column
from server.imports.values import (
    BODY_KINDS,
    BODY_ROLES,
    POSTS,
    SEXES,
    STATUSES,
    TERM_STATUSES,
    TIES,
    Wrong,
    chosen,
    day,
    moment,
    pairs,
    ref,
    several,
    text,
    yes,
)
from server.models.bodies import BodyRole
from server.models.members import PostKind, Status, TermStatus
from server.words import say

Item = dict[str, Any]


def convert(column: Column, raw: Any) -> Any:
    """What the column's cell means; of a day the Day. Raises Wrong."""
    if column.shape == "day":
        return day(raw, end=column.field.endswith(("_end", "end_date")))
    if column.shape == "text":
        return text(raw, column.longest)
    return SHAPES[column.shape](raw)


def spans(raw: Any) -> list[Item]:
    """Other rows of a seat's history, by column: what it was before, and what was found to be wrong."""
    return [_status(item) if "status" in item else _post(item) for item in _items(raw)]


def ties(raw: Any) -> list[Item]:
    """Ties of a body to others: {"kind", "target", "starts_on", "ends_on"}; the target is still to be found."""
    return [_tie(item) for item in _items(raw)]


def years(raw: Any) -> list[Item]:
    """The years of a term: {"n", "starts_on", "ends_on"}, neither day open."""
    return [_year(item) for item in _items(raw)]


def _items(raw: Any) -> list[Item]:
    if raw is None or isinstance(raw, str):
        try:
            raw = json.loads(raw) if raw and raw.strip() else []
        except ValueError:
            raise _by_export() from None
    if not isinstance(raw, list) or not all(isinstance(item, dict) for item in raw):
        raise _by_export()
    return raw


def _by_export() -> Wrong:
    return Wrong(say("This column is written by the export; leave it as it was."))


def _status(item: Item) -> Item:
    facts = {"status": chosen(STATUSES, item["status"], Status.ACTIVE), "reason": text(item.get("reason"), 500)}
    return facts | _days(item) | _voided(item)


def _post(item: Item) -> Item:
    return {
        "kind": chosen(POSTS, item.get("post"), PostKind.ORDINARY),
        "sector": ref(item.get("sector")),
        "unit": text(item.get("unit"), 200),
        "residence_area": text(item.get("residence_area"), 200),
        **_days(item),
        **_voided(item),
    }


def _tie(item: Item) -> Item:
    kind, target = chosen(TIES, item.get("kind")), ref(item.get("organization_id"))
    if kind is None or target is None:
        raise Wrong(say("A tie needs its kind and the other body."))
    return {"kind": kind, "target": target, **_days(item), **_voided(item)}


def _year(item: Item) -> Item:
    days = _days(item)
    n = text(item.get("n"), 3)
    if not n.isascii() or not n.isdigit() or int(n) < 1:
        raise Wrong(say("Count the years from 1."))
    if not days["starts_on"] or not days["ends_on"] or days["ends_on"] <= days["starts_on"]:
        raise Wrong(say("A year needs its first day, and the later day on which it is over."))
    return {"n": int(n), **days}


def _days(item: Item) -> Item:
    first, last = day(item.get("start_date")), day(item.get("end_date"), end=True)
    return {"starts_on": first and first.value, "ends_on": last and last.value}


def _voided(item: Item) -> Item:
    """When, by whom and why it was found to be wrong; nothing where it stands."""
    at = moment(item.get("voided_at"))
    if at is None:
        return {}
    who, why = text(item.get("voided_by"), 150), text(item.get("voided_reason"), 500)
    return {"voided_at": at, "voided_elsewhere": who, "voided_reason": why}


SHAPES: dict[str, Callable[[Any], Any]] = {
    "sex": lambda raw: chosen(SEXES, raw),
    "body_kind": lambda raw: chosen(BODY_KINDS, raw),
    "body_role": lambda raw: chosen(BODY_ROLES, raw, BodyRole.MEMBER),
    "status": lambda raw: chosen(STATUSES, raw, Status.ACTIVE),
    "post": lambda raw: chosen(POSTS, raw, PostKind.ORDINARY),
    "term_status": lambda raw: chosen(TERM_STATUSES, raw, TermStatus.ACTIVE),
    "list": several,
    "yes": yes,
    "ref": ref,
    "pairs": pairs,
    "moment": moment,
    "spans": spans,
    "ties": ties,
    "years": years,
}
