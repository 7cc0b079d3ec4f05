"""What a file says of a dated fact, against what is recorded: ended, completed, corrected, or followed by another."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import uuid4

from server.imports.writing import Sink
from server.models.fields import Dated
from server.viewer import Viewer

D = TypeVar("D", bound=Dated)
REASON = "Corrected by an import."


def revise(viewer: Viewer, sink: Sink, row: D, facts: Mapping[str, Any], *, moves: bool) -> D:
    """Bring the row to these facts; the row that holds then.

    An end where there was none just ends it. What was empty, and wrong days, are corrected: the row is voided, the
    right one stands beside it. Other facts correct it too, or, where the fact `moves`, follow it: from the start
    that is given, else from today.
    """
    changed = {name: value for name, value in facts.items() if getattr(row, name) != value}
    if set(changed) == {"ends_on"} and row.ends_on is None:
        sink.change(row, changed)
        return row
    values = {name: value for name, value in changed.items() if name not in ("starts_on", "ends_on")}
    day = changed.get("starts_on") or viewer.today
    if moves and any(getattr(row, name) not in (None, "") for name in values) and _begun_before(row, day):
        sink.change(row, {"ends_on": day})
        return _beside(viewer, sink, row, {**changed, "starts_on": day})
    sink.change(row, {"voided_at": viewer.now, "voided_by_id": viewer.account, "voided_reason": REASON})
    return _beside(viewer, sink, row, changed)


def add(viewer: Viewer, sink: Sink, model: type[D], facts: Mapping[str, Any]) -> D:
    """A row with these facts. One that was voided elsewhere is recorded by us, and voided by nobody of ours."""
    row = model(id=uuid4(), **facts, recorded_at=viewer.now, recorded_by_id=viewer.account)
    sink.create(row)
    return row


WORDS = ("reason", "voided_elsewhere", "voided_reason")
"""What a file says about a row beside its facts; it tells no two rows apart."""


def matched(rows: list[D], facts: Mapping[str, Any]) -> D | None:
    """The row of these facts, voided at the same moment if at all. It is taken out, for it answers only once."""
    telling = {name: value for name, value in facts.items() if name not in WORDS}
    for at, row in enumerate(rows):
        if all(getattr(row, name, None) == value for name, value in telling.items()):
            return rows.pop(at)
    return None


def _begun_before(row: Dated, day: dt.date) -> bool:
    return (row.starts_on is None or row.starts_on < day) and row.ends_on is None


def _beside(viewer: Viewer, sink: Sink, row: D, facts: Mapping[str, Any]) -> D:
    columns = [n for n in row._meta.fields_db_projection if n != "id" and not n.startswith(("recorded_", "voided_"))]
    kept = {name: getattr(row, name) for name in columns}
    return add(viewer, sink, type(row), kept | dict(facts))
