"""Imports, compiled and ordinary: their words, counts and rows, page by page, on both databases."""

import json
from typing import Any

import pytest

from server import schema
from server.models.imports import ImportRow, ImportRun, ImportState
from server.schema.compiling.marks import NotCompiled
from server.schema.ids import id_of
from server.schema.reading import Asking
from tests import make
from tests.cast import Cast
from tests.compiling.test_roads import answers, compiler
from tests.web.test_statements import Statements

RUNS = """{ importRuns { totalCount edges { cursor node { id fileName sha256 state term startedAt appliedAt undoneAt
  startedBy { name } errorCount counts { kind new changed same error __typename } } } }
  columns: importColumns { name: field heading } }"""
RUN = """query($id: ID!, $outcome: ImportOutcome, $kind: String, $first: Int, $after: String, $last: Int) {
  importRun(id: $id) { fileName headings { name meaning } classifications { was: name meaning }
    rows(outcome: $outcome, kind: $kind, first: $first, after: $after, last: $last) {
      totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      edges { cursor node { id kind listName row label outcome changes { field before after }
        messages { field message isError __typename } } } } } }"""
ASKS = [
    {"asks": "column", "name": "電話", "nearest": "phone"},
    {"asks": "column", "name": "Mail", "other": "E-mail", "field": "email"},
    {"asks": "column", "name": "Colour"},
    {"asks": "kind", "name": "circle"},
    {"asks": "term", "name": ""},
]


@pytest.fixture
async def run(everyone: Cast) -> ImportRun:
    """A preview with rows of each outcome, and with all that can be asked of a file."""
    found = await ImportRun.create(
        file_name="people.csv",
        sha256="0" * 64,
        started_at=make.NOW,
        started_by=everyone.accounts["secretary"],
        counts={"people": {"new": 2, "changed": 1, "same": 0, "error": 1}, "bodies": {}, "errors": [{}, {}]},
        options={"format": "table", "term": "14", "map": {"party": "party"}, "columns": {"Z": "ignore", "A": "sex"}},
    )
    await ImportRun.create(file_name="no.csv", sha256="1" * 64, started_at=make.NOW, state=ImportState.DISCARDED)
    told = [{"field": None, "text": "{name} is unclear.", "facts": a, "error": True, "asks": a["asks"]} for a in ASKS]
    await ImportRow.create(run=found, kind="file", list_name="rows", row=1, label="", outcome="error", messages=told)
    changes = [
        {"field": "email", "before": "old@example.org", "after": "new@example.org"},
        {"field": "expertise", "before": None, "after": ["木", 'fire "and" ice']},
    ]
    warning = {"field": "sex", "text": "Known as {what}.", "facts": {"what": "x"}, "error": False, "asks": ""}
    for number, outcome in enumerate(("new", "changed", "same", "error", "new"), 2):
        await ImportRow.create(
            run=found,
            kind="people",
            list_name="rows",
            row=number,
            label=f"人 {number}",
            outcome=outcome,
            warned=outcome == "changed",
            changes=changes if outcome == "changed" else [],
            messages=[warning] if outcome == "changed" else [],
        )
    return found


async def test_both_roads_tell_the_same_imports(everyone: Cast, run: ImportRun) -> None:
    for name in ("secretary", "admin"):
        ordinary, compiled = await answers(RUNS, Asking(everyone[name]))
        assert compiled == ordinary
        assert [edge["node"]["errorCount"] for edge in compiled["importRuns"]["edges"]] == [2]


@pytest.mark.parametrize(
    "part",
    [{}, {"first": 2}, {"last": 3}, {"outcome": "NEW"}, {"outcome": "WARNING"}, {"kind": "people"}, {"kind": "file"}],
)
async def test_both_roads_tell_the_same_rows(everyone: Cast, run: ImportRun, part: dict[str, Any]) -> None:
    for name in ("secretary", "admin"):
        asking, wanted = Asking(everyone[name]), {"id": id_of(run), **part}
        ordinary, compiled = await answers(RUN, asking, wanted)
        assert compiled == ordinary
        after = compiled["importRun"]["rows"]["pageInfo"]["startCursor"]
        ordinary, compiled = await answers(RUN, asking, wanted | {"after": after})
        assert compiled == ordinary


async def test_what_is_unclear_of_a_file_is_one_statement(
    everyone: Cast, run: ImportRun, statements: Statements
) -> None:
    with statements() as asked:
        text = await compiler.read(RUN, None, {"id": id_of(run)}, Asking(everyone["secretary"]))

    found = json.loads(text)["importRun"]
    assert len(asked) == 1
    assert [(word["name"], word["meaning"]) for word in found["headings"]] == [
        ("電話", "phone"), ("E-mail", "email"), ("Mail", "ignore"), ("Colour", "ignore"), ("A", "sex"), ("Z", "ignore"),
    ]  # fmt: skip
    assert [tuple(word.values()) for word in found["classifications"]] == [("circle", "other"), ("party", "party")]


@pytest.mark.parametrize("text", [RUNS, "{ importColumns { field } }"])
async def test_who_may_not_import_is_told_so_by_the_ordinary_road(everyone: Cast, run: ImportRun, text: str) -> None:
    asking = Asking(everyone["member"])
    with pytest.raises(NotCompiled):
        await compiler.read(text, None, {}, asking)

    result = schema.formatted(await schema.ask(text, {}, asking, None), asking)

    assert result["errors"][0]["extensions"]["kind"] == "REFUSED"
