"""What a run found, as tables: on the terminal, and in RESULTS.md. Pure but for the file."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench.figures import OURS, Load, Rounds, Sample, significant, spent, typical

RESULTS = Path(__file__).parent / "RESULTS.md"
BY_HAND = "## What holds, what does not, and why\n"
"""What stands below this heading is written by people and kept."""
TARGETS = {
    "q1": {"raw": 0.9, "postgraphile": 1.8},
    "q2": {"raw": 0.95, "postgraphile": 2.0},
    "q3": {"raw": 0.95, "postgraphile": 5.0},
    "q4": {"raw": 0.95, "postgraphile": 2.0},
    "q5": {"raw": 1.5, "postgraphile": 3.0},
    "q6": {"raw": 0.95, "postgraphile": 5.0},
    "q1@sqlite": {"raw": 1 / 1.5},
    "q2@sqlite": {"raw": 1 / 1.5},
    "q3@sqlite": {"raw": 1 / 1.5},
    "q4@sqlite": {"raw": 1 / 1.5},
    "q6@sqlite": {"raw": 1 / 1.5},
}
PAGE_TARGET, MEMORY_TARGET, GROWTH_TARGET = 1.3, 80.0, 1.5
SCALED = 50


@dataclass(frozen=True)
class Page:
    """Processor time of a page of 50 members, in ms: whole, its operation and template, its template alone."""

    whole: float
    shown: float
    template: float

    @property
    def ratio(self) -> float:
        """The whole page by its template alone."""
        return self.whole / self.template


@dataclass
class Run:
    """What one run found. rounds: name of the item -> server -> typical figures; ratios likewise."""

    scale: int
    day: str
    versions: dict[str, str]
    machine: str
    how: str
    figures: dict[str, dict[str, Sample]] = field(default_factory=dict)
    ratios: dict[str, dict[str, float]] = field(default_factory=dict)
    spent: dict[str, dict[str, float]] = field(default_factory=dict)
    memory: dict[str, float] = field(default_factory=dict)
    page: Page | None = None

    def add(self, name: str, rounds: Rounds, found: Mapping[str, float]) -> None:
        """The rounds of one item."""
        self.figures[name] = {server: typical(samples) for server, samples in rounds.items()}
        self.ratios[name] = dict(found)
        self.spent[name] = spent(rounds)

    def keep(self, folder: Path) -> None:
        """For the next report, which tells of every scale."""
        (folder / f"run-{self.scale}.json").write_text(json.dumps(asdict(self), ensure_ascii=False), "utf-8")


def kept(folder: Path) -> dict[int, Run]:
    """The last run of each scale."""
    found = [_read(json.loads(path.read_text("utf-8"))) for path in folder.glob("run-*.json")]
    return {run.scale: run for run in sorted(found, key=lambda run: run.scale)}


def _read(said: dict[str, Any]) -> Run:
    figures = {
        item: {server: Sample(Load(**one.pop("load")), **one) for server, one in servers.items()}
        for item, servers in said.pop("figures").items()
    }
    page = said.pop("page")
    return Run(**said, figures=figures, page=Page(**page) if page else None)


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table in Markdown."""
    first = list(head)
    lines = [first, ["---"] * len(first), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def figures_table(run: Run) -> str:
    """Every figure of a run."""
    head = ("work", "server", "answers/s", "p50 ms", "p99 ms", "server CPU ms", "database CPU ms")
    rows = [
        [item, name, *map(significant, (one.load.rps, one.load.p50, one.load.p99, one.server_ms, one.database_ms))]
        for item, servers in run.figures.items()
        for name, one in servers.items()
    ]
    return table(head, rows)


def targets_table(runs: Mapping[int, Run]) -> str:
    """Each target with what was measured at each scale."""
    return table(("work", "to", "wanted", "measured", "", "by processor time"), _targets(runs))


def _targets(runs: Mapping[int, Run]) -> Iterable[list[str]]:
    for run in runs.values():
        for item, found in run.ratios.items():
            wanted = TARGETS.get(item.replace(f"@{run.scale}", "") if run.scale != 1 else item, {})
            for name, least in wanted.items():
                by_time = significant(run.spent[item][name])
                yield [item, name, f">= {least:.2g}", significant(found[name]), holds(found[name] >= least), by_time]
    for run in runs.values():
        yield from _others(run)
    if 1 in runs and SCALED in runs:
        yield from _growth(runs[1], runs[SCALED])


def _others(run: Run) -> Iterable[list[str]]:
    at = "" if run.scale == 1 else f"@{run.scale}"
    if run.page:
        found = run.page.ratio
        yield [
            f"page of 50 members{at}",
            "its template",
            f"<= {PAGE_TARGET}",
            significant(found),
            *_last(found <= PAGE_TARGET),
        ]
    for name, found in run.memory.items():
        if name.startswith(OURS):
            said = f"memory of a worker{at}{name.removeprefix(OURS)}"
            yield [said, "", f"<= {MEMORY_TARGET:.0f} MB", f"{found:.0f} MB", *_last(found <= MEMORY_TARGET)]


def _growth(small: Run, large: Run) -> Iterable[list[str]]:
    for item, servers in small.figures.items():
        scaled = large.figures.get(f"{item}@{large.scale}")
        if scaled and "@" not in item:
            before, after = servers[OURS], scaled[OURS]
            found = (after.server_ms + after.database_ms) / (before.server_ms + before.database_ms)
            said = f"{item} on {large.scale} times the data"
            yield [said, "its own cost", f"<= {GROWTH_TARGET}", significant(found), *_last(found <= GROWTH_TARGET)]


def _last(held: bool) -> list[str]:
    return [holds(held), ""]


def holds(held: bool) -> str:
    """In a word."""
    return "holds" if held else "**missed**"


def page_lines(page: Page) -> str:
    """The page, for people."""
    return (
        f"Page of 50 members, processor time of the worker: {page.whole:.2f} ms as it is answered (sign-in included), "
        f"{page.shown:.2f} ms its operation and template, {page.template:.2f} ms its template alone."
    )


def document(runs: Mapping[int, Run], by_hand: str) -> str:
    """RESULTS.md. by_hand: what people wrote below BY_HAND."""
    parts = ["# What was measured\n", "Made by `make bench`; [README.md](README.md) says how.\n", targets_table(runs)]
    for scale, run in runs.items():
        said = ", ".join(f"{name} {version}" for name, version in run.versions.items())
        parts.append(f"## {2000 * scale:,} members\n\n{run.day}, {run.machine}. {said}. {run.how}\n")
        parts.append(figures_table(run))
        memory = ", ".join(f"{name} {found:.0f} MB" for name, found in run.memory.items())
        parts.append(f"Resident memory after the run: {memory}.\n")
        parts += [f"{page_lines(run.page)}\n"] if run.page else []
    return "\n".join([*parts, BY_HAND]) + by_hand


def write(runs: Mapping[int, Run]) -> None:
    """RESULTS.md anew; what people wrote stays."""
    before = RESULTS.read_text("utf-8") if RESULTS.exists() else ""
    RESULTS.write_text(document(runs, before.partition(BY_HAND)[2]), "utf-8")


def today() -> str:
    """The day of a run."""
    return dt.datetime.now(dt.UTC).date().isoformat()
