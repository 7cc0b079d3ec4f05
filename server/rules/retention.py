"""Which backups are kept: the newest of each of the last days, weeks and months of which there are any."""

import datetime as dt
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

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
