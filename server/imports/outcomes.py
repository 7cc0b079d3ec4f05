"""What a plan says of each row, and the sum of it that a person or a program reads."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from server.imports.asking import by_option
from server.imports.records import COUNTED, Kind, Message, Record
from server.imports.values import written

Result = Literal["new", "changed", "same", "error"]


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that would be another. field: as the file calls it."""

    field: str
    before: Any
    after: Any


@dataclass(slots=True)
class Outcome:
    """What becomes of one record. result: None for a message about the file, which counts nowhere."""

    kind: Kind
    list_name: str
    row: int
    label: str
    result: Result | None
    changes: list[Change] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)


def outcome(record: Record, label: str, *, new: bool, changes: Iterable[Change] = ()) -> Outcome:
    """The outcome of a record that was looked up: its errors go before all else."""
    made = [] if new or record.bad else list(changes)
    result: Result = "error" if record.bad else "new" if new else "changed" if made else "same"
    return Outcome(record.kind, record.list_name, record.row, label, result, made, record.messages)


ERRORS = 10_000
"""So many are told; whoever has more mends those first."""


class Report:
    """The counts, errors and warnings of a plan. digest: equal for two plans with the same outcome in every row."""

    def __init__(self) -> None:
        self.counts: dict[str, dict[str, int]] = {
            kind: {"new": 0, "changed": 0, "same": 0, "error": 0} for kind in COUNTED
        }
        self.errors: list[dict[str, Any]] = []
        self.warnings: list[dict[str, Any]] = []
        self._digest = hashlib.sha256()

    def add(self, outcome: Outcome) -> None:
        """Count one more."""
        if outcome.result:
            self.counts[outcome.kind][outcome.result] += 1
        for message in outcome.messages:
            (self.errors if message.error else self.warnings).append(told(message))
        said = [outcome.kind, outcome.list_name, outcome.row, outcome.result, [shown(c) for c in outcome.changes]]
        self._digest.update(json.dumps(said, ensure_ascii=False, default=str).encode())

    @property
    def full(self) -> bool:
        """There are as many errors as are told."""
        return len(self.errors) >= ERRORS

    @property
    def writes(self) -> bool:
        """Something would be written."""
        return any(counts["new"] or counts["changed"] for counts in self.counts.values())

    def answer(self, *, dry_run: bool) -> dict[str, Any]:
        """The `--json` of the contract; `digest` stands beside it."""
        return {
            "dry_run": dry_run,
            **self.counts,
            "errors": self.errors,
            "warnings": self.warnings,
            "digest": self._digest.hexdigest(),
        }


def told(message: Message) -> dict[str, Any]:
    """A message as data, in English, with the option that mends it."""
    remedy = by_option(message.asks, message.words.facts)
    said = f"{message.words} {remedy}" if remedy else str(message.words)
    return {"list": message.list_name, "row": message.row, "field": message.field, "message": said}


def shown(change: Change) -> dict[str, Any]:
    """A change as data."""
    return {"field": change.field, "before": _plain(change.before), "after": _plain(change.after)}


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return written(value) if not hasattr(value, "hex") or isinstance(value, str | int) else str(value)
