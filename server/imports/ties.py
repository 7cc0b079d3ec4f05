"""Planning ties between bodies: the same two bodies, kind and first day are the same tie."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from server.imports.histories import add, matched, revise
from server.imports.outcomes import Change
from server.imports.records import Record
from server.imports.values import written
from server.imports.writing import Sink
from server.models.bodies import BodyRelation
from server.rules.spans import Span
from server.viewer import Viewer
from server.words import say

Item = dict[str, Any]
IDENTITY = ("kind", "target_id", "starts_on")


class Ties:
    """All ties of the register and of the file, by the body from which they lead. They stay in memory."""

    def __init__(self, viewer: Viewer, sink: Sink) -> None:
        self.viewer, self.sink = viewer, sink
        self.rows: dict[UUID, list[BodyRelation]] = defaultdict(list)
        self.wrong: dict[UUID, list[BodyRelation]] = defaultdict(list)

    async def load(self) -> None:
        """The register's own."""
        for row in await BodyRelation.all().order_by("id"):
            (self.rows if row.voided_at is None else self.wrong)[row.source_id].append(row)

    def plan(self, record: Record, source: UUID, items: list[Item], labels: list[str]) -> list[Change]:
        """Ties that the file leaves out stay. items: by column; labels: what people call the other bodies."""
        changes = []
        for item, label in zip(items, labels, strict=True):
            before = self._planned(record, source, item)
            if before is not None:
                after = ", ".join([label, *(str(written(value)) for name, value in item.items() if _told(name, value))])
                changes.append(Change(record.names.get("ties", "ties"), before, after))
        return changes

    def _planned(self, record: Record, source: UUID, item: Item) -> str | None:
        """What was there of it before, "" for nothing. None where all is the same, or wrong."""
        if item["target_id"] == source:
            record.wrong("ties", say("A body cannot be tied to itself."))
            return None
        if "voided_at" in item:
            return None if matched(self.wrong[source], item) else self._create(source, item)
        there = self.rows[source]
        same = next((row for row in there if all(getattr(row, name) == item[name] for name in IDENTITY)), None)
        if same is None:
            return self._beside(record, source, item)
        if same.ends_on == item["ends_on"]:
            return None
        if not record.bad:
            revise(self.viewer, self.sink, same, {"ends_on": item["ends_on"]}, moves=False)
        return str(written(same.ends_on) or "…")

    def _beside(self, record: Record, source: UUID, item: Item) -> str | None:
        span = Span(item["starts_on"], item["ends_on"])
        others = [row for row in self.rows[source] if (row.kind, row.target_id) == (item["kind"], item["target_id"])]
        if any(Span(row.starts_on, row.ends_on).overlaps(span) for row in others):
            record.wrong("ties", say("The two are tied in this way already."))
            return None
        return self._create(source, item)

    def _create(self, source: UUID, item: Item) -> str:
        row = add(self.viewer, self.sink, BodyRelation, {"source_id": source, **item})
        if row.voided_at is None:
            self.rows[source].append(row)
        return ""


def _told(name: str, value: Any) -> bool:
    return name in ("kind", "starts_on", "ends_on", "voided_at") and value is not None
