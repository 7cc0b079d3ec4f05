"""`luzhi import people` and `luzhi export people`: files in and out, from the machine itself."""

import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from server.cli.system import at_work
from server.errors import Invalid
from server.imports.export import export_people
from server.imports.options import FORMATS, Format, Options
from server.imports.outcomes import Report
from server.imports.records import COUNTED, Reader
from server.imports.runs import Progress, carry_out, check

NAMES = {"term_memberships": "seats"}
SUFFIXES: dict[str, Format] = {".json": "popolo", ".csv": "csv", ".xlsx": "xlsx"}
LISTED = 50
"""Messages that fit a screen."""

FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


@click.group("import")
def import_() -> None:
    """Bring a file into the register, as a whole or not at all."""


@import_.command("people")
@click.argument("file", type=FILE)
@click.option("--format", "format_", type=click.Choice(FORMATS), help="The file's own, if it is left out.")
@click.option("--term", "code", default="", help="Make the people members of the term of this code; it may be new.")
@click.option("--map", "kinds", multiple=True, metavar="CLASSIFICATION=KIND", help="Which kind of body that is.")
@click.option("--column", "columns", multiple=True, metavar="NAME=FIELD|ignore", help="What a column means.")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def import_people(
    file: Path,
    format_: str | None,
    code: str,
    kinds: tuple[str, ...],
    columns: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
) -> None:
    """Import people, bodies and memberships from FILE: Popolo JSON, CSV or XLSX."""
    try:
        options = Options.parsed(format=format_, term=code, map=kinds, columns=columns)
    except Invalid as refused:
        raise click.UsageError(str(refused)) from refused
    report = asyncio.run(_import(file, options, dry_run))
    if as_json:
        click.echo(json.dumps(report.answer(dry_run=dry_run), ensure_ascii=False))
    else:
        _tell(report, dry_run)
    if report.errors:
        sys.exit(1)


async def _import(file: Path, options: Options, dry_run: bool) -> Report:
    async with at_work() as viewer:
        with _bar("Checking") as progress:
            report = await check(viewer, file, options, progress)
        if not dry_run and not report.errors and report.writes:
            digest = report.answer(dry_run=True)["digest"]
            with _bar("Importing") as progress:
                await carry_out(viewer, file, name=file.name, options=options, digest=digest, progress=progress)
    return report


@contextmanager
def _bar(label: str) -> Iterator[Progress | None]:
    """A progress bar on a terminal, nothing in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=1000, label=label, file=sys.stderr) as bar:

        def progress(reader: Reader) -> None:
            done = min(1000, 1000 * reader.read // max(reader.size, 1))
            bar.update(max(0, done - bar.pos))

        yield progress
        bar.update(1000 - bar.pos)


def _tell(report: Report, dry_run: bool) -> None:
    for kind in COUNTED:
        counts = report.counts[kind]
        if any(counts.values()):
            figures = ", ".join(f"{count} {result}" for result, count in counts.items() if count)
            click.echo(f"{NAMES.get(kind, kind)}: {figures}")
    _list("Warning", report.warnings)
    _list("Error", report.errors)
    if report.errors:
        click.echo("Nothing was written. Mend the file and try again.", err=True)
    elif dry_run:
        click.echo("Nothing was written: this was a dry run.")


def _list(word: str, messages: list[dict[str, Any]]) -> None:
    for message in messages[:LISTED]:
        click.echo(f"{word}: {_line(message)}", err=True)
    if len(messages) > LISTED:
        click.echo(f"{word}: and {len(messages) - LISTED} more; --json lists all of them.", err=True)


def _line(message: dict[str, Any]) -> str:
    place = f"{message['list']} {message['row']}"
    return (
        f"{place}, {message['field']}: {message['message']}" if message["field"] else f"{place}: {message['message']}"
    )


@click.group("export")
def export() -> None:
    """Take the register away as a file."""


@export.command("people")
@click.option("--format", "format_", type=click.Choice(FORMATS), help="By the name of FILE, if it is left out.")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
def export_people_command(format_: Format | None, file: Path) -> None:
    """Write all people, bodies and memberships to FILE: Popolo JSON, CSV or XLSX."""
    chosen = format_ or SUFFIXES.get(file.suffix.lower())
    if chosen is None:
        raise click.UsageError("The name of FILE does not say the format. Give --format.")
    asyncio.run(_export(file, chosen))


async def _export(file: Path, chosen: Format) -> None:
    """Write beside the file first, so that a broken export leaves nothing half."""
    draft = file.with_name(f".{file.name}.part")
    try:
        async with at_work() as viewer:
            with draft.open("wb") as out:
                async for piece in export_people(viewer, chosen):
                    out.write(piece)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
