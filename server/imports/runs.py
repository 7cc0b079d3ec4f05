"""The verbs of imports: preview, apply, discard, undo. A preview keeps its file until it is applied or discarded."""

import asyncio
import hashlib
import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from uuid import UUID, uuid4

from server.errors import Conflict, Invalid, NotThere, Problem
from server.imports.options import Options, open_file
from server.imports.outcomes import Outcome, Report, shown
from server.imports.plan import Plan
from server.imports.records import Message, Reader
from server.imports.writing import Nowhere, Writing, plain
from server.models import audit
from server.models.database import BATCH, transaction
from server.models.imports import ImportRow, ImportRun, ImportState
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import Words, say

FOLDER = "imports"
"""Of the data directory, in which files wait between preview and apply."""
Progress = Callable[[Reader], None]
"""Hears after each portion how far the reader is."""


async def check(viewer: Viewer, path: Path, options: Options, progress: Progress | None = None) -> Report:
    """What an import of this file would do, kept nowhere."""
    viewer.must(Action.IMPORT_PEOPLE)

    async def tell(outcomes: list[Outcome]) -> None:
        if progress:
            progress(reader)

    reader = open_file(path, options)
    return await Plan(viewer, options, Nowhere(), tell).run(reader)


async def carry_out(
    viewer: Viewer, path: Path, *, name: str, options: Options, digest: str, progress: Progress | None = None
) -> ImportRun:
    """Import a file whose plan was just made. digest: that plan's. Raises as `apply` does."""
    viewer.must(Action.IMPORT_PEOPLE)
    async with transaction():
        run = await ImportRun.create(
            id=uuid4(),
            file_name=name[-300:],
            sha256=sha256(path),
            options=options.stored(),
            counts={"digest": digest},
            started_by_id=viewer.account,
            started_at=viewer.now,
        )
        return await _apply(viewer, run, path, progress)


async def preview(viewer: Viewer, source: Path | bytes, *, name: str, options: Options, folder: Path) -> ImportRun:
    """Plan a file, and keep file and rows so that a person can look at them. folder: where files are kept.

    Others write meanwhile: each portion of rows is a transaction of its own, and the run is as good as discarded
    until the last one is there.
    """
    viewer.must(Action.IMPORT_PEOPLE)
    path = _keep(source, folder)
    run = ImportRun(
        id=uuid4(),
        file_name=name[-300:],
        sha256=path.name,
        options=options.stored(),
        state=ImportState.DISCARDED,
        started_by_id=viewer.account,
        started_at=viewer.now,
    )
    try:
        await run.save(force_create=True)
        return await _looked_at(viewer, run, path, options)
    except BaseException:
        await _forget(run, path)
        raise


async def _looked_at(viewer: Viewer, run: ImportRun, path: Path, options: Options) -> ImportRun:
    """The run with its rows and counts."""
    keys = _counting_up()

    async def tell(outcomes: list[Outcome]) -> None:
        rows = [_row(run.id, next(keys), said) for said in outcomes]
        async with transaction():
            await ImportRow.bulk_create(rows, batch_size=BATCH)

    report = await Plan(viewer, options, Nowhere(), tell).run(open_file(path, options))
    run.counts, run.state = report.answer(dry_run=True), ImportState.PREVIEWED
    await ImportRun.filter(id=run.id).update(counts=run.counts, state=run.state)
    return run


async def again(viewer: Viewer, run: UUID, *, options: Options, folder: Path) -> ImportRun:
    """Plan the file of a preview anew, by other options; the former one is discarded.

    Raises Conflict where it is no preview any more, or its file is gone.
    """
    viewer.must(Action.IMPORT_PEOPLE)
    async with transaction():
        row = await locked_run(run, ImportState.PREVIEWED)
    path = folder / row.sha256
    await _is_kept(path)
    new = await preview(viewer, path, name=row.file_name, options=options, folder=folder)
    await discard(viewer, run, folder=folder)
    return new


async def _is_kept(path: Path) -> None:
    if not await asyncio.to_thread(path.exists):
        raise Conflict(Problem("FILE_GONE", say("The file is not kept any more. Upload it again.")))


async def _forget(run: ImportRun, path: Path) -> None:
    """Nothing remains of a preview that could not be finished."""
    async with transaction():
        await ImportRow.filter(run_id=run.id).delete()
        await ImportRun.filter(id=run.id).delete()
        kept = await _kept_for_others(run)
    if not kept:
        await asyncio.to_thread(path.unlink, missing_ok=True)


async def apply(viewer: Viewer, run: UUID, *, folder: Path) -> ImportRun:
    """Do what the preview says, in one transaction. Raises Invalid while a row has an error, Conflict where the
    register changed since the preview."""
    viewer.must(Action.IMPORT_PEOPLE)
    async with transaction():
        row = await locked_run(run, ImportState.PREVIEWED)
        applied = await _apply(viewer, row, folder / row.sha256, None)
        kept = await _kept_for_others(row)
    if not kept:
        (folder / row.sha256).unlink(missing_ok=True)
    return applied


async def discard(viewer: Viewer, run: UUID, *, folder: Path) -> ImportRun:
    """Forget a preview: its rows and its file go."""
    viewer.must(Action.IMPORT_PEOPLE)
    async with transaction():
        row = await locked_run(run, ImportState.PREVIEWED)
        await ImportRow.filter(run_id=run).delete()
        await ImportRun.filter(id=run).update(state=ImportState.DISCARDED)
        await audit.record(viewer, "imports.discard", f"imp_{run}", {"file": row.file_name, "sha256": row.sha256})
        kept = await _kept_for_others(row)
    if not kept:
        (folder / row.sha256).unlink(missing_ok=True)
    return await ImportRun.get(id=run)


def sha256(path: Path) -> str:
    """The digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


async def _apply(viewer: Viewer, run: ImportRun, path: Path, progress: Progress | None) -> ImportRun:
    await _is_kept(path)
    options = Options.loaded(run.options)
    reader = open_file(path, options)

    async def tell(outcomes: list[Outcome]) -> None:
        if progress:
            progress(reader)

    report = await Plan(viewer, options, Writing(viewer, run), tell).run(reader)
    answer = report.answer(dry_run=False)
    if answer["digest"] != run.counts["digest"]:
        raise Conflict(
            Problem("REGISTER_CHANGED", say("The register changed since the preview. Look at a new one first."))
        )
    if report.errors:
        raise Invalid(
            Problem("ROWS_WRONG", say("Errors in the file: {count}. Correct it first.", count=len(report.errors)))
        )
    await ImportRun.filter(id=run.id).update(state=ImportState.APPLIED, applied_at=viewer.now, counts=answer)
    payload = {"file": run.file_name, "sha256": run.sha256, "counts": report.counts, "options": run.options}
    await audit.record(viewer, "imports.apply", f"imp_{run.id}", payload)
    return await ImportRun.get(id=run.id)


async def locked_run(run: UUID, state: ImportState) -> ImportRun:
    """The run, kept for this transaction. Raises NotThere, or Conflict where it is in another state."""
    row = await ImportRun.filter(id=run).select_for_update(no_key=True).first()
    if row is None:
        raise NotThere(Problem("NOT_THERE", say("There is nothing here, or not for you.")))
    if row.state is not state:
        said = say("This import is {state}, so that cannot be done any more.", state=say(row.state.value))
        raise Conflict(Problem("OTHER_STATE", said))
    return row


async def _kept_for_others(run: ImportRun) -> bool:
    """Another preview needs the same file."""
    return await ImportRun.filter(sha256=run.sha256, state=ImportState.PREVIEWED).exclude(id=run.id).exists()


def _keep(source: Path | bytes, folder: Path) -> Path:
    """The file under its digest, readable by its owner only."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest = hashlib.sha256(source).hexdigest() if isinstance(source, bytes) else sha256(source)
    path, draft = folder / digest, folder / f".{uuid4().hex}"
    if not path.exists():
        draft.touch(mode=0o600)
        if isinstance(source, bytes):
            draft.write_bytes(source)
        else:
            shutil.copyfile(source, draft)
        draft.rename(path)
    return path


def _counting_up() -> Iterator[UUID]:
    """Keys from a random one upwards, so that what is said of the same place keeps the order of the file."""
    return (UUID(int=number) for number in count(uuid4().int & ~0xFFFFFFFF))


def _row(run: UUID, key: UUID, said: Outcome) -> ImportRow:
    errors = any(message.error for message in said.messages)
    return ImportRow(
        id=key,
        run_id=run,
        kind=said.kind,
        list_name=said.list_name[:40],
        row=said.row,
        label=said.label[:300],
        outcome=said.result or ("error" if errors else "warning"),
        warned=any(not message.error for message in said.messages),
        changes=[shown(change) for change in said.changes],
        messages=[_message(message) for message in said.messages],
    )


def _message(message: Message) -> dict[str, object]:
    words: Words = message.words
    facts = {name: str(fact) if isinstance(fact, Words) else plain(fact) for name, fact in words.facts.items()}
    return {"field": message.field, "text": words.msgid, "facts": facts, "error": message.error, "asks": message.asks}
