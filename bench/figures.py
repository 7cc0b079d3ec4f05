"""What is made of the measurements: medians, ratios, and the lines for scripts. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

LINE = re.compile(r"FIGURES rps=([\d.]+) p50=([\d.]+) p99=([\d.]+) answers=(\d+) wrong=(\d+)")
OURS = "luzhi"


@dataclass(frozen=True)
class Load:
    """What wrk saw in one run. rps: answers a second. p50, p99: ms. wrong: answers that were none."""

    rps: float
    p50: float
    p99: float
    answers: int
    wrong: int


@dataclass(frozen=True)
class Sample:
    """One run of one server. server_ms, database_ms: processor time of one request."""

    load: Load
    server_ms: float
    database_ms: float


Rounds = Mapping[str, Sequence[Sample]]
"""The runs of each server, those of one round at the same place."""


def read(output: str) -> Load:
    """The line that load.lua prints. Raises ValueError where there is none."""
    found = LINE.search(output)
    if found is None:
        raise ValueError(f"wrk said nothing that can be read: {output[-300:]}")
    rps, p50, p99, answers, wrong = found.groups()
    return Load(float(rps), float(p50), float(p99), int(answers), int(wrong))


def typical(samples: Sequence[Sample]) -> Sample:
    """The median of each figure; answers are added up."""
    loads = [sample.load for sample in samples]
    load = Load(
        median(one.rps for one in loads),
        median(one.p50 for one in loads),
        median(one.p99 for one in loads),
        sum(one.answers for one in loads),
        sum(one.wrong for one in loads),
    )
    return Sample(load, median(one.server_ms for one in samples), median(one.database_ms for one in samples))


def ratios(rounds: Rounds) -> dict[str, float]:
    """For each other server: our throughput divided by its own in the same round, the median of the rounds."""
    ours = [sample.load.rps for sample in rounds[OURS]]
    return {
        name: median(mine / theirs.load.rps for mine, theirs in zip(ours, samples, strict=True))
        for name, samples in rounds.items()
        if name != OURS
    }


def spent(rounds: Rounds) -> dict[str, float]:
    """The same for processor time, server and database together: how much more of it they spend on a request."""
    ours = [sample.server_ms + sample.database_ms for sample in rounds[OURS]]
    return {
        name: median((one.server_ms + one.database_ms) / mine for mine, one in zip(ours, samples, strict=True))
        for name, samples in rounds.items()
        if name != OURS
    }


def line(item: str, found: Mapping[str, float]) -> str:
    """For scripts: `RATIO q3 raw=0.97 postgraphile=2.4`."""
    return " ".join(["RATIO", item, *(f"{name}={significant(value)}" for name, value in found.items())])


def significant(value: float) -> str:
    """Three digits of it that matter, never as a power of ten."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def item_name(item: str, scale: int, database: str) -> str:
    """`q3`, `q3@50`, `q3@sqlite`: how a work item is called in the lines."""
    place = database if database == "sqlite" else ""
    parts = [place, str(scale) if scale != 1 else ""]
    return "@".join([item, *filter(None, parts)])
