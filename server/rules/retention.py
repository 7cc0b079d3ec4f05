"""How long things are kept: what is recorded of people, by class (RT-1); and of backups the newest of each of the last
days, weeks and months of which there are any."""

import datetime as dt
import enum
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass


class RecordClass(enum.Enum):
    """What is recorded of people and kept for a time. The value stands in tombstones: it is never changed."""

    READING = "reading"


@dataclass(frozen=True)
class Keep:
    """How long a class is kept. years: whole ones after it was recorded. room: the entries of the trail that belong to
    it, by what their action begins with. source: who says so."""

    years: int
    room: str
    source: str


KEPT: dict[RecordClass, Keep] = {
    RecordClass.READING: Keep(5, "reading.", "RT-1"),
}
"""The one place in which it is said; a change of it is a change of the program, with its version and its reason."""


def class_of(action: str) -> RecordClass | None:
    """To which class an entry of the trail belongs, by its action; None for what is kept without an end."""
    return next((one for one, keep in KEPT.items() if action.startswith(keep.room)), None)


def due_before(record: RecordClass, now: dt.datetime) -> dt.datetime:
    """What was recorded before that moment is not kept any more. Of a 29 February, from the 28th on."""
    year = now.year - KEPT[record].years
    try:
        return now.replace(year=year)
    except ValueError:
        return now.replace(year=year, day=28)


LATE = dt.timedelta(hours=48)
"""A last backup that is older than this is one too few."""
Period = Callable[[dt.datetime], Hashable]


@dataclass(frozen=True)
class Retention:
    """How many of each are kept."""

    days: int = 7
    weeks: int = 4
    months: int = 12


USUAL = Retention()


def kept(taken: Iterable[dt.datetime], how: Retention = USUAL) -> set[dt.datetime]:
    """Those of the times that stay. They are local: a day is one where the assembly sits.

    Periods without a backup do not count, so a pause takes nothing away; the newest one always stays.
    """
    newest = sorted(taken, reverse=True)
    return (
        _one_each(newest, how.days, dt.datetime.date)
        | _one_each(newest, how.weeks, lambda at: at.isocalendar()[:2])
        | _one_each(newest, how.months, lambda at: (at.year, at.month))
    )


def is_late(last: dt.datetime | None, begun: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether a backup should have been taken by now. begun: the first record, None for none yet."""
    since = last or begun
    return since is not None and now - since > LATE


def _one_each(newest: list[dt.datetime], count: int, period: Period) -> set[dt.datetime]:
    found: dict[Hashable, dt.datetime] = {}
    for at in newest:
        found.setdefault(period(at), at)
    return set(list(found.values())[:count])
