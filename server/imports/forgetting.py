"""What previews leave when nobody decides on them, or when their process ends: it holds personal data, so it goes."""

import asyncio
import datetime as dt
from pathlib import Path

from tortoise.expressions import Q, Subquery

from server.errors import Conflict
from server.imports.runs import discard
from server.models.imports import ImportRow, ImportRun, ImportState
from server.models.sweeping import sweep
from server.rules.permissions import Action
from server.viewer import Viewer

UNDECIDED = dt.timedelta(days=30)
"""How long a preview waits for a decision."""
UNFINISHED = dt.timedelta(days=1)
"""After so long a preview that is not whole will never be: its process has ended."""


async def forget_previews(viewer: Viewer, *, folder: Path) -> tuple[int, int]:
    """Discard previews that nobody decided on for 30 days, and remove rows and files that belong to none.

    How many previews, and how many rows and files. folder: where files are kept.
    """
    viewer.must(Action.IMPORT_PEOPLE)
    old = ImportRun.filter(state=ImportState.PREVIEWED, started_at__lte=viewer.now - UNDECIDED)
    discarded = sum([await _discarded(viewer, run, folder) for run in await old.order_by("started_at", "id")])
    rows = await _forget_rows(viewer)
    return discarded, rows + await _forget_files(viewer, folder)


async def _discarded(viewer: Viewer, run: ImportRun, folder: Path) -> bool:
    try:
        await discard(viewer, run.id, folder=folder)
    except Conflict:  # someone decided on it a moment ago
        return False
    return True


async def _forget_rows(viewer: Viewer) -> int:
    """Those of previews whose last row never came: until then they are as good as discarded."""
    dead = ImportRun.filter(state=ImportState.DISCARDED, started_at__lte=viewer.now - UNFINISHED)
    return await sweep(ImportRow.filter(run_id__in=Subquery(dead.values("id"))))


async def _forget_files(viewer: Viewer, folder: Path) -> int:
    """Those that no preview needs, not even one that is being made."""
    making = Q(state=ImportState.DISCARDED, started_at__gt=viewer.now - UNFINISHED)
    needed = await ImportRun.filter(Q(state=ImportState.PREVIEWED) | making).values_list("sha256", flat=True)
    return await asyncio.to_thread(_remove, folder, set(needed), viewer.now - UNFINISHED)


def _remove(folder: Path, needed: set[object], before: dt.datetime) -> int:
    files = list(folder.iterdir()) if folder.is_dir() else []
    old = [file for file in files if file.name not in needed and file.stat().st_mtime < before.timestamp()]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)
