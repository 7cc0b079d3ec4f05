"""Short ways to plan and bring in files, for the tests of imports."""

from pathlib import Path
from typing import Any

from server.imports.export import export_people
from server.imports.options import Format, Options
from server.imports.runs import carry_out, check
from server.rules.permissions import Role
from server.viewer import Viewer
from tests import make

FILES = Path(__file__).parent / "files"
COUNTED = ("people", "bodies", "memberships", "term_memberships")


def secretary() -> Viewer:
    """Who imports."""
    return make.viewer(Role.SECRETARY, name="secretary")


async def planned(path: Path, **options: Any) -> dict[str, Any]:
    """The answer to a dry run."""
    return (await check(secretary(), path, Options.parsed(**options))).answer(dry_run=True)


async def brought(path: Path, **options: Any) -> dict[str, Any]:
    """The answer to an import, which must have no errors."""
    answer = await planned(path, **options)
    assert answer["errors"] == []
    chosen = Options.parsed(**options)
    await carry_out(secretary(), path, name=path.name, options=chosen, digest=answer["digest"])
    return answer


def counts(answer: dict[str, Any]) -> dict[str, dict[str, int]]:
    """The counts that are not zero."""
    found = {kind: {result: n for result, n in answer[kind].items() if n} for kind in COUNTED}
    return {kind: results for kind, results in found.items() if results}


def told(answer: dict[str, Any], kind: str = "errors") -> list[tuple[str, int, str, str]]:
    """(list, row, field, message) of each."""
    return [(m["list"], m["row"], m["field"], m["message"]) for m in answer[kind]]


def places(answer: dict[str, Any], kind: str = "errors") -> list[tuple[str, int, str]]:
    """(list, row, field) of each."""
    return [(m["list"], m["row"], m["field"]) for m in answer[kind]]


async def taken(viewer: Viewer, format: Format) -> bytes:
    """An export."""
    return b"".join([piece async for piece in export_people(viewer, format)])
