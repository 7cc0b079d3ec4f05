"""Taking a backup: one snapshot of the database and the files, written, read back, and only then given its name."""

import asyncio
import datetime as dt
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO

from server.backup.faults import BackupError
from server.backup.files import Place, keep
from server.backup.kinds import Dialect, writer
from server.backup.manifest import Manifest, Rows, Trail
from server.backup.reading import Progress, nobody, opened
from server.backup.source import Snapshot, Table, snapshot
from server.backup.writing import UNFINISHED, Writer, Writing, named, seal, unfinished
from server.models import audit
from server.models.database import known_migrations, tables_of
from server.models.health import unready
from server.rules.permissions import Action
from server.viewer import Viewer

TRAIL = "audit_entry"
TAKE = "backup.take"
Look = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Taken:
    """A backup that was taken and read back. sha256: of the whole file, as sha256sum prints it."""

    path: Path
    bytes: int
    sha256: str
    manifest: Manifest


async def take(viewer: Viewer, path: Path, files: Place, progress: Progress = nobody) -> Taken:
    """Write a backup of the connected database to a new file. Raises BackupError; then there is no such file.

    All that was answered before it began is in it. The audit trail says so, unless the tables are of another version.
    """
    viewer.must(Action.KEEP_BACKUPS)
    try:
        with unfinished(path) as file:
            manifest = await _write(file, viewer.now, files, progress)
            sha256 = await asyncio.to_thread(seal, file)
            size = file.seek(0, 2)
            await asyncio.to_thread(_read_back, path.with_name(path.name + UNFINISHED))
            named(path)
    except OSError as error:
        raise BackupError(f"{path} cannot be written ({error.strerror}).") from error
    taken = Taken(path, size, sha256, manifest)
    await _record(viewer, taken)
    return taken


async def _write(file: BinaryIO, at: dt.datetime, files: Place, progress: Progress) -> Manifest:
    writing = Writing(file, at)
    try:
        async with snapshot() as moment:
            manifest = await _manifest(writing, moment, at, files, progress)
        await asyncio.to_thread(writing.finish, manifest)
    except BaseException:
        writing.give_up()
        raise
    return manifest


async def _manifest(writing: Writing, moment: Snapshot, at: dt.datetime, files: Place, progress: Progress) -> Manifest:
    migrations = await moment.migrations()
    must_be_known(migrations, await known_migrations())
    tables = await moment.tables(await tables_of(migrations))
    counts = [0 if progress is nobody else await moment.count(table) for table in tables]
    walk, done, rows = _Trail(), 0, []
    for table, count in zip(tables, counts, strict=True):
        look = walk.step if table.name == TRAIL else None
        rows.append(await _rows(writing, moment, table, look))
        done += count
        progress(done, sum(counts))
    return Manifest(
        product=version("luzhi"),
        taken_at=at,
        database=moment.dialect,
        migrations=migrations,
        tables=rows,
        files=await asyncio.to_thread(keep, writing, files),
        trail=walk.found,
    )


def must_be_known(migrations: Sequence[str], known: Sequence[str]) -> None:
    """Raises BackupError for a database in which there is nothing of ours, or more than this program knows."""
    if not migrations:
        raise BackupError("There is nothing in this database yet. Run: luzhi migrate")
    if unknown := sorted(set(migrations) - set(known)):
        raise BackupError(
            f"The tables of this database are of a newer Luzhi ({unknown[0]}). Take the backup with that."
        )


async def _rows(writing: Writing, moment: Snapshot, table: Table, look: Look | None) -> Rows:
    count, lines = 0, _Lines(moment.dialect, table)
    with writing.part(f"tables/{table.name}.jsonl") as out:
        async for rows in moment.rows(table):
            await asyncio.to_thread(lines.write, out, rows, look)
            count += len(rows)
    return Rows.of(table, count, out.part)


class _Lines:
    """Turns rows into lines."""

    def __init__(self, dialect: Dialect, table: Table) -> None:
        acts = [writer(dialect, column.kind) for column in table.columns]
        self.names = [column.name for column in table.columns]
        self.acts = [(place, act) for place, act in enumerate(acts) if act]

    def write(self, out: Writer, rows: list[Sequence[Any]], look: Look | None) -> None:
        """One line each."""
        plain = list(self._plain(rows))
        out.write("".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in plain).encode())
        if look:
            for row in plain:
                look(dict(zip(self.names, row, strict=True)))

    def _plain(self, rows: list[Sequence[Any]]) -> Iterator[list[Any]]:
        for row in rows:
            values = list(row)
            for place, act in self.acts:
                values[place] = act(values[place])
            yield values


class _Trail:
    """Goes along the audit trail as it is written."""

    def __init__(self) -> None:
        self.walk = audit.Walk([])

    def step(self, row: dict[str, Any]) -> None:
        """The next entry."""
        at = dt.datetime.fromisoformat(row["at"])
        self.walk.step(audit.AuditEntry(**row | {"at": at if at.tzinfo else at.replace(tzinfo=dt.UTC)}))

    @property
    def found(self) -> Trail:
        """What it came to."""
        walk = self.walk
        return Trail(walk.serial, walk.hash, min([*walk.bad, *walk.unexplained], default=None))


def _read_back(path: Path) -> None:
    """Raises Unfit where what is on the disk is not what was written."""
    with opened(path):
        pass


async def _record(viewer: Viewer, taken: Taken) -> None:
    """In the audit trail, from which the home page knows when the last one was taken."""
    if await unready():
        return
    facts = {"file": taken.path.name, "bytes": taken.bytes, "sha256": taken.sha256, "rows": taken.manifest.rows}
    await audit.record(viewer, TAKE, "", facts)
