"""Imports as the world may ask and decide them: a preview with every row, then apply, discard, or undo as a whole."""

import datetime as dt
import enum
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import strawberry
from tortoise.expressions import Q

from server.imports import runs, undoing
from server.imports.asking import Asks, by_choice
from server.imports.columns import COLUMNS
from server.imports.options import Options
from server.imports.table import IGNORE
from server.models import accounts, imports
from server.models.bodies import BodyKind
from server.models.imports import ImportState
from server.models.reads import Columns
from server.rules.permissions import GUARDED_FIELDS, Action
from server.schema.accounts import Account
from server.schema.arguments import with_texts
from server.schema.declared import DESCRIBED
from server.schema.guard import needs
from server.schema.ids import id_for, key_of, not_there
from server.schema.making import made, makes
from server.schema.node import Node
from server.schema.paging import After, Before, Connection, First, Last, Slice, connect
from server.schema.problems import Problems
from server.schema.reading import Answer, Asking, Id, column, computed, one, reads, shows
from server.schema.rows import row_of
from server.viewer import Viewer
from server.words import Locale, Words

KINDS = ("people", "bodies", "memberships", "term_memberships", "terms")


def _visible(viewer: Viewer) -> Q:
    return Q() if viewer.may(Action.IMPORT_PEOPLE) else Q(id__in=[])


@strawberry.enum(description="What a row of a file comes to.")
class ImportOutcome(enum.Enum):
    """Warnings stand beside the others."""

    NEW = strawberry.enum_value("new", description="It adds something.")
    CHANGED = strawberry.enum_value("changed", description="It changes something.")
    SAME = strawberry.enum_value("same", description="All of it is in the register already.")
    WARNING = strawberry.enum_value("warning", description="It is taken, with something to know.")
    ERROR = strawberry.enum_value("error", description="It is wrong: the file is not taken until it is mended.")


@strawberry.type(description="How many things of one kind a file adds, changes, leaves or gets wrong.")
class ImportCount:
    """A line of the summary."""

    kind: str = strawberry.field(description="people, bodies, memberships (of bodies), term_memberships or terms.")
    new: int = strawberry.field(description="Added.")
    changed: int = strawberry.field(description="Changed.")
    same: int = strawberry.field(description="The same already.")
    error: int = strawberry.field(description="Wrong.")


@strawberry.type(description="A field that a row changes.")
class ImportFieldChange:
    """Before and after, as text."""

    field: str = strawberry.field(description="Which.")
    before: str = strawberry.field(description="What the register says, or empty.")
    after: str = strawberry.field(description="What the file says, or empty.")


@strawberry.type(description="What is wrong with a row, or worth knowing, and what to do.")
class ImportMessage:
    """In the viewer's language."""

    field: str | None = strawberry.field(description="The field concerned, or null for the whole row.")
    message: str = strawberry.field(description="What, and the remedy.")
    is_error: bool = strawberry.field(description="An error stops the whole file; a warning does not.")


@strawberry.type(description="One row of a file and what it comes to.")
@reads(imports.ImportRow, _visible)
class ImportRow(Node):
    """A row of a preview."""

    kind: str = column("What it is about: people, bodies, memberships, term_memberships, terms or file.")
    list_name: str = column("The list in the file: rows for a table, persons, organizations ... for Popolo.")
    row: int = column("The line as a spreadsheet shows it (heading = 1), or the 1-based place in the list.")
    label: str = column("The name or id that the row carries.")

    @computed("What it comes to.", "outcome")
    def outcome(root: strawberry.Parent[imports.ImportRow], info: Answer) -> ImportOutcome:
        """As counted."""
        return ImportOutcome(root.outcome)

    @computed("The fields it changes.", "changes")
    def changes(root: strawberry.Parent[imports.ImportRow], info: Answer) -> list[ImportFieldChange]:
        """As text. What the register says of a guarded field is blank unless you may read files."""
        hidden = GUARDED_FIELDS if not info.context.viewer.may(Action.READ_FILE) else frozenset()
        return [
            ImportFieldChange(
                field=str(c["field"]),
                before="" if c["field"] in hidden else _text(c["before"]),
                after=_text(c["after"]),
            )
            for c in root.changes
        ]

    @computed("Errors and warnings.", "messages")
    def messages(root: strawberry.Parent[imports.ImportRow], info: Answer) -> list[ImportMessage]:
        """In the viewer's language."""
        locale = info.context.viewer.locale
        return [ImportMessage(field=m["field"], message=_said(m, locale), is_error=m["error"]) for m in _messages(root)]


RowOutcome = Annotated[ImportOutcome | None, strawberry.argument(description="Only rows of this outcome.")]
OfKind = Annotated[str | None, strawberry.argument(description="Only rows about this kind of thing.")]


@strawberry.type(description="A word of the file whose meaning only a person can say.")
class ImportWord:
    """With what was said of it, or what is likely."""

    name: str = strawberry.field(description="The word, as the file has it.")
    meaning: str = strawberry.field(
        description="A field of importColumns or ignore; of a classification the kind of body, in small letters."
    )


@strawberry.type(description="One file: what it would change, and what became of it.")
@reads(imports.ImportRun, _visible)
class ImportRun(Node):
    """An import."""

    file_name: str = column("The name of the file.")
    sha256: str = column("Its digest.")
    state: ImportState = column("Where it stands.")
    started_at: dt.datetime = column("When it was uploaded.")
    started_by = one(accounts.Account, "started_by", Account | None, "Who uploaded it; null for the command line.")
    applied_at: dt.datetime | None = column("When it was applied.")
    undone_at: dt.datetime | None = column("When it was undone.")

    @computed("The term whose members the people became, or empty.", "options")
    def term(root: strawberry.Parent[imports.ImportRun], info: Answer) -> str:
        """Its code."""
        return str(root.options.get("term", ""))

    @computed("What it comes to, by kind of thing.", "counts")
    def counts(root: strawberry.Parent[imports.ImportRun], info: Answer) -> list[ImportCount]:
        """Only kinds that the file speaks of."""
        found: dict[str, Any] = root.counts
        return [ImportCount(kind=kind, **found[kind]) for kind in KINDS if any(found.get(kind, {}).values())]

    @computed("How many errors there are; with one, nothing can be applied.", "counts")
    def error_count(root: strawberry.Parent[imports.ImportRun], info: Answer) -> int:
        """Over all rows."""
        found: Any = root.counts.get("errors", [])
        return len(found)

    @computed("How many warnings there are: what is taken, with something to know.", "counts")
    def warning_count(root: strawberry.Parent[imports.ImportRun], info: Answer) -> int:
        """Over all rows."""
        found: Any = root.counts.get("warnings", [])
        return len(found)

    @makes(
        "Headings that nobody knows or that mean the same, with their likely meaning; then those of which "
        "was said what they mean. Only for a single import.",
        "id",
        "options",
    )
    async def headings(root: strawberry.Parent[imports.ImportRun], info: Answer) -> list[ImportWord]:
        """Those in the order of the file. One statement."""

        def words(asked: list[dict[str, Any]]) -> list[ImportWord]:
            found: dict[str, str] = {}
            for facts in asked:
                if "other" in facts:
                    found.setdefault(facts["other"], facts["field"])
                found[facts["name"]] = facts.get("nearest") or IGNORE
            return _words(found, root.options["columns"])

        return await _asked(info.context, root, "column", words)

    @makes(
        "Classifications of new bodies that are no kind of body yet, then those of which was said what "
        "they are. Only for a single import.",
        "id",
        "options",
    )
    async def classifications(root: strawberry.Parent[imports.ImportRun], info: Answer) -> list[ImportWord]:
        """Those in the order of the file. One statement."""

        def words(asked: list[dict[str, Any]]) -> list[ImportWord]:
            return _words({facts["name"]: BodyKind.OTHER.value for facts in asked}, root.options["map"])

        return await _asked(info.context, root, "kind", words)

    @strawberry.field(
        description="Its rows, in the order of the file.",
        graphql_type=Connection[ImportRow],
        metadata=DESCRIBED,
    )
    async def rows(
        root: strawberry.Parent[imports.ImportRun],
        info: Answer,
        outcome: RowOutcome = None,
        kind: OfKind = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Any:
        """One statement; only for a single import, not for a list of them."""
        found = imports.ImportRow.filter(run_id=root.id)
        if outcome:
            found = found.filter(Q(warned=True) if outcome is ImportOutcome.WARNING else Q(outcome=outcome.value))
        if kind:
            found = found.filter(with_texts(imports.ImportRow, kind=kind))
        return await connect(info.context, found, ("list_name", "row", "id"), Slice(first, after, last, before))


def _messages(row: imports.ImportRow) -> list[dict[str, Any]]:
    found: Any = row.messages
    return list(found)


async def _asked(
    asking: Asking, run: imports.ImportRun, asks: Asks, words: Callable[[list[dict[str, Any]]], list[ImportWord]]
) -> Any:
    """The words in the messages about the whole file that ask this. words: made of the facts of these messages."""

    def make(told: Mapping[str, Any]) -> list[ImportWord]:
        return words([m["facts"] for (messages,) in told["messages"] for m in messages if m.get("asks") == asks])

    rows = imports.ImportRow.filter(run_id=run.id, kind="file").order_by("id")
    return await made(asking, {"messages": Columns(rows, ("messages",))}, make)


def _words(asked: dict[str, str], answered: Any) -> list[ImportWord]:
    """answered: word -> meaning, as the options of a run keep them, in no order."""
    more = sorted((name, meaning) for name, meaning in answered.items() if name not in asked)
    return [ImportWord(name=name, meaning=meaning) for name, meaning in (*asked.items(), *more)]


def _said(message: dict[str, Any], locale: Locale) -> str:
    """What is wrong, and what to choose where that mends it."""
    said = Words(message["text"], message["facts"]).into(locale)
    remedy = by_choice(message.get("asks", ""))
    return said + ("" if locale == "zh" else " ") + remedy.into(locale) if remedy else said


def _text(value: object) -> str:
    return "" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)


@strawberry.type(description="What a column of a table of people can mean.")
class ImportColumn:
    """For mapping headings."""

    field: str = strawberry.field(description="Its name in options.")
    heading: str = strawberry.field(description="Its heading in your language.")


@strawberry.type(description="The import as it is now.")
class ImportPayload:
    """Success."""

    import_run: ImportRun = strawberry.field(description="The import.")


ImportResult = Annotated[
    ImportPayload | Problems, strawberry.union("ImportResult", description="The import, or why not.")
]


@strawberry.type
class ImportQuery:
    """Root fields of this room."""

    @strawberry.field(
        description="One import, null where there is none or not for you.",
        graphql_type=ImportRun | None,
        extensions=needs(Action.IMPORT_PEOPLE),
        metadata=DESCRIBED,
    )
    async def import_run(self, info: Answer, id: Id) -> Any:
        """By its ID."""
        return await row_of(info.context, imports.ImportRun, key_of(id, imports.ImportRun))

    @strawberry.field(
        description="Imports, the newest first.",
        graphql_type=Connection[ImportRun],
        extensions=needs(Action.IMPORT_PEOPLE),
        metadata=DESCRIBED,
    )
    async def import_runs(
        self, info: Answer, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Any:
        """Discarded previews are left out."""
        rows = imports.ImportRun.exclude(state=ImportState.DISCARDED)
        return await connect(info.context, rows, ("-started_at", "id"), Slice(first, after, last, before))

    @computed("Every column that an import knows.", extensions=needs(Action.IMPORT_PEOPLE))
    def import_columns(self, info: Answer) -> list[ImportColumn]:
        """The one list that the reader, the template and the export share."""
        zh = info.context.viewer.locale == "zh"
        return [ImportColumn(field=c.field, heading=c.zh if zh else c.field.replace("_", " ")) for c in COLUMNS]


@strawberry.type
class ImportMutation:
    """Root fields that change this room. A file comes in by POST to /imports, for it may be large."""

    @strawberry.mutation(
        description="Previews the same file anew, with other meanings of its words.",
        extensions=needs(Action.IMPORT_PEOPLE),
    )
    async def import_again(
        self,
        info: Answer,
        id: Id,
        term: Annotated[str, strawberry.argument(description="Code of the term, or empty for none.")] = "",
        columns: Annotated[
            list[str] | None, strawberry.argument(description="NAME=FIELD or NAME=ignore, each.")
        ] = None,
        kinds: Annotated[list[str] | None, strawberry.argument(description="CLASSIFICATION=KIND, each.")] = None,
    ) -> ImportResult:
        """The former preview is discarded."""
        info.context.take_time()
        asking, old = info.context, await imports.ImportRun.get_or_none(id=key_of(id, imports.ImportRun))
        if old is None:
            raise not_there("id")
        known = Options.loaded(old.options)
        said = Options.parsed(format=known.format, term=term, map=kinds or [], columns=columns or [])
        options = Options(said.format, said.term, {**known.map, **said.map}, {**known.columns, **said.columns})
        run = await runs.again(asking.viewer, old.id, options=options, folder=folder(asking))
        return shows(ImportPayload, import_run=run)

    @strawberry.mutation(
        description="Does what the preview says, in one transaction, or nothing.",
        extensions=needs(Action.IMPORT_PEOPLE),
    )
    async def import_apply(self, info: Answer, id: Id) -> ImportResult:
        """Not while a row has an error, nor where the register changed since the preview."""
        info.context.take_time()
        key, asking = key_of(id, imports.ImportRun), info.context
        return shows(ImportPayload, import_run=await runs.apply(asking.viewer, key, folder=folder(asking)))

    @strawberry.mutation(description="Forgets a preview and its file.", extensions=needs(Action.IMPORT_PEOPLE))
    async def import_discard(self, info: Answer, id: Id) -> ImportResult:
        """Nothing was written."""
        key, asking = key_of(id, imports.ImportRun), info.context
        return shows(ImportPayload, import_run=await runs.discard(asking.viewer, key, folder=folder(asking)))

    @strawberry.mutation(
        description="Takes an applied import back as a whole, if nobody touched what it wrote.",
        extensions=needs(Action.IMPORT_PEOPLE),
    )
    async def import_undo(self, info: Answer, id: Id) -> ImportResult:
        """People and bodies that it made leave tombstones."""
        info.context.take_time()
        run = await undoing.undo(info.context.viewer, key_of(id, imports.ImportRun))
        return shows(ImportPayload, import_run=run)


def folder(asking: Asking) -> Path:
    """Where files wait between preview and apply."""
    return asking.data_dir / runs.FOLDER


async def upload(asking: Asking, file: Path, *, name: str, term: str, kinds: list[str]) -> strawberry.ID:
    """Previews an uploaded file; the ID of its import. Raises Invalid where it cannot be read at all."""
    asking.take_time()
    options = Options.parsed(term=term, map=kinds)
    run = await runs.preview(asking.viewer, file, name=name, options=options, folder=folder(asking))
    return id_for(imports.ImportRun, run.id)
