"""The page's road: preview, apply, discard, undo."""

import asyncio
import stat
from pathlib import Path

import pytest
from tortoise.context import require_context
from tortoise.fields.relational import ForeignKeyFieldInstance
from tortoise.models import Model

from server.errors import Conflict, DomainError, Invalid, NotThere, Refused
from server.imports.naming import FACTS, TABLES
from server.imports.options import Options
from server.imports.plan import PORTION
from server.imports.runs import apply, carry_out, check, discard, preview
from server.imports.undoing import undo
from server.imports.writing import DERIVED, ORDER
from server.models import audit
from server.models.accounts import Account
from server.models.audit import AuditEntry
from server.models.bodies import Body, BodyIdentifier, BodyMembership
from server.models.database import APP
from server.models.imports import ImportChange, ImportRow, ImportRun, ImportState
from server.models.members import Membership, MembershipPost, Person, PersonIdentifier, Term, Tombstone, change_person
from server.rules.permissions import Role
from tests import make
from tests.imports import crowd
from tests.imports.bringing import FILES, brought, secretary
from tests.imports.test_tables import table

pytestmark = pytest.mark.usefixtures("db")
TERM = Options(term="15")


async def everything() -> dict[str, list[dict[str, object]]]:
    """All rows that imports write, without the marks of time."""
    found: dict[str, list[dict[str, object]]] = {}
    for model in ORDER:
        rows: list[Model] = await model.all().order_by("id")
        names = [name for name in model._meta.fields_db_projection if name not in ("updated_at", "created_at")]
        found[model._meta.db_table] = [{name: getattr(row, name) for name in names} for row in rows]
    return found


async def shown(folder: Path, path: Path = FILES / "people.csv", options: Options = TERM) -> ImportRun:
    return await preview(secretary(), path, name="people.csv", options=options, folder=folder)


async def test_a_preview_keeps_the_file_for_its_owner_and_a_row_for_each_thing(tmp_path: Path) -> None:
    run = await shown(tmp_path)

    assert (run.state, run.counts["people"]) == (ImportState.PREVIEWED, {"new": 2, "changed": 0, "same": 0, "error": 0})
    assert stat.S_IMODE((tmp_path / run.sha256).stat().st_mode) == 0o600
    rows = await ImportRow.filter(run=run, kind="people").order_by("row")
    assert [(r.list_name, r.row, r.label, r.outcome, r.warned) for r in rows] == [
        ("rows", 2, "单小明", "new", False),
        ("rows", 4, "欧阳·某某", "new", False),
    ]
    assert await Person.all().count() == 0


async def test_a_preview_shows_each_change_and_message(tmp_path: Path) -> None:
    await brought(table(tmp_path, "id,name,email\n1,A,a@example.org\n"))

    run = await preview(
        secretary(),
        b"id,name,email,nick,birth_date\n1,A,odd,x,\n2,B,,,1970-02-30\n",
        name="x.csv",
        options=Options(),
        folder=tmp_path / "kept",
    )

    rows = await ImportRow.filter(run=run).order_by("row", "kind")
    assert [(r.row, r.kind, r.outcome, r.warned) for r in rows] == [
        (1, "file", "error", False),
        (2, "people", "changed", True),
        (3, "people", "error", False),
    ]
    assert rows[1].changes == [{"field": "email", "before": "a@example.org", "after": "odd"}]
    assert rows[2].messages == [
        {
            "field": "birth_date",
            "text": "There is no such day: {text}. That month has {last} days.",
            "facts": {"text": "1970-02-30", "last": 28},
            "error": True,
            "asks": "",
        }
    ]
    with pytest.raises(Conflict, match="is previewed"):
        await undo(secretary(), run.id)
    with pytest.raises(Invalid, match="Errors in the file: 2"):
        await apply(secretary(), run.id, folder=tmp_path / "kept")


async def test_applying_writes_once_with_one_audit_entry_and_the_file_goes(tmp_path: Path) -> None:
    run = await shown(tmp_path)
    other = await shown(tmp_path)

    applied = await apply(secretary(), run.id, folder=tmp_path)

    assert (applied.state, applied.applied_at, applied.counts["dry_run"]) == (ImportState.APPLIED, make.NOW, False)
    assert await Person.all().count() == 2
    entry = await AuditEntry.get()
    assert (entry.action, entry.object) == ("imports.apply", f"imp_{run.id}")
    assert entry.facts is not None
    assert (entry.facts["file"], entry.facts["sha256"]) == ("people.csv", run.sha256)
    assert (tmp_path / run.sha256).exists()
    with pytest.raises(Conflict, match="The register changed since the preview"):
        await apply(secretary(), other.id, folder=tmp_path)
    await discard(secretary(), other.id, folder=tmp_path)
    assert not (tmp_path / run.sha256).exists()
    assert await ImportRow.filter(run=other).count() == 0
    with pytest.raises(Conflict, match="is applied"):
        await apply(secretary(), run.id, folder=tmp_path)


async def test_a_file_that_is_gone_cannot_be_applied(tmp_path: Path) -> None:
    run = await shown(tmp_path)
    (tmp_path / run.sha256).unlink()

    with pytest.raises(Conflict, match="not kept any more"):
        await apply(secretary(), run.id, folder=tmp_path)


async def test_undoing_leaves_everything_as_it_was_and_tombstones(tmp_path: Path) -> None:
    before = await everything()
    run = await shown(tmp_path)
    await apply(secretary(), run.id, folder=tmp_path)
    people, bodies = await Person.all().values_list("id", flat=True), await Body.all().values_list("id", flat=True)
    seats = await Membership.all().values_list("id", flat=True)

    undone = await undo(secretary(), run.id)

    assert await everything() == before
    assert (undone.state, undone.undone_at) == (ImportState.UNDONE, make.NOW)
    stones = await Tombstone.all().values_list("collection", "object_id", "reason")
    assert set(stones) == {
        *(("people", key, "import undone") for key in people),
        *(("bodies", key, "import undone") for key in bodies),
        *(("members", key, "import undone") for key in seats),
    }
    assert [e.action for e in await AuditEntry.all().order_by("serial")] == ["imports.apply", "imports.undo"]
    assert (await audit.verify()).ok


async def test_undoing_restores_what_was_changed_ended_corrected_and_removed(tmp_path: Path) -> None:
    first = (
        "id,name,identifiers,sector,unit,body_id,body,parent,start_date,end_date,title,expertise,birth_date\n"
        '1,A,"a=1\nb=2",Arts,,o,O,,,,x,law,\n1,A,"a=1\nb=2",Arts,,o,O,,,2024-01-01,y,law,\n'
    )
    second = (
        "id,name,identifiers,sector,unit,body_id,body,parent,start_date,end_date,title,expertise,birth_date\n"
        '1,A2,"a=1\nc=3",Trade,U,o,O2,p,,2025-01-01,x,music,1970-02-03\n'
        '1,A2,"a=1\nc=3",Trade,U,o,O2,p,,2026-01-01,y,music,1970-02-03\n1,A2,"a=1\nc=3",Trade,U,p,P,,,,,music,1970-02-03\n'
    )
    await brought(table(tmp_path, first), term="15")
    before = await everything()
    await brought(table(tmp_path, second), term="15")
    assert await everything() != before

    runs = {change.run_id for change in await ImportChange.filter(table_name="person", before__isnull=False)}
    await undo(secretary(), runs.pop())

    assert await everything() == before
    assert len(before["person_identifier"]) == 3


@pytest.mark.parametrize("touch", ["changed", "used", "gone", "account"])
async def test_what_was_touched_since_cannot_be_undone(tmp_path: Path, touch: str) -> None:
    run = await shown(tmp_path)
    await apply(secretary(), run.id, folder=tmp_path)
    person = await Person.get(name_zh="单小明")
    if touch == "changed":
        await change_person(secretary(), person.id, email="new@example.org")
    if touch == "used":
        await make.place(await make.body(name_en="Other"), person)
    if touch == "gone":
        await PersonIdentifier.filter(person=person).delete()
    if touch == "account":
        await Account.create(name="dan", person=person)
    before = await everything()

    with pytest.raises(Conflict) as refused:
        await undo(secretary(), run.id)

    said = {
        "changed": "单小明 was changed since the import: E-mail.",
        "used": "单小明 is in use since the import: place in a body.",
        "gone": "Something that the import wrote is gone: identifier of a person.",
        "account": "单小明 is in use since the import: account.",
    }
    assert [str(problem.message) for problem in refused.value.problems] == [said[touch]]
    assert await everything() == before


async def test_a_refusal_names_whose_fact_was_touched(tmp_path: Path) -> None:
    run = await shown(tmp_path)
    await apply(secretary(), run.id, folder=tmp_path)
    await BodyMembership.filter(title="组长").update(title="x")
    await Body.filter(name_zh="经济委员会").update(name_en="x")

    with pytest.raises(Conflict) as refused:
        await undo(secretary(), run.id)

    assert {str(problem.message) for problem in refused.value.problems} == {
        "单小明 (place in a body) was changed since the import: Title.",
        "x was changed since the import: Name in Latin letters.",
    }


@pytest.mark.parametrize("role", [None, Role.MEMBER, Role.AUDITOR, Role.CUSTODIAN])
async def test_who_may_not_import_may_not_do_any_of_it(tmp_path: Path, role: Role | None) -> None:
    stranger = make.viewer(role)
    run = await shown(tmp_path)

    for act in (
        preview(stranger, b"name\nA\n", name="x", options=Options(), folder=tmp_path),
        apply(stranger, run.id, folder=tmp_path),
        discard(stranger, run.id, folder=tmp_path),
        undo(stranger, run.id),
    ):
        with pytest.raises(Refused):
            await act
    assert (await ImportRun.get()).state is ImportState.PREVIEWED


async def test_a_run_that_does_not_exist_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotThere):
        await apply(secretary(), make.some_id(), folder=tmp_path)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"format": "xml"}, "The formats are popolo, csv, xlsx."),
        ({"map": ["x"]}, "Write CLASSIFICATION=KIND, not x."),
        ({"map": ["x=sectr"]}, "There is no kind of body sectr. The nearest is sector."),
        ({"columns": ["x"]}, "Write NAME=FIELD or NAME=ignore, not x."),
        ({"columns": ["x=emial"]}, "There is no field emial. The nearest is email."),
        ({"term": "x" * 41}, "The code of a term has at most 40 characters."),
    ],
)
async def test_options_that_make_no_sense_name_the_nearest(given: dict[str, object], says: str) -> None:
    with pytest.raises(DomainError, match=says.replace("?", "")):
        Options.parsed(**given)


async def test_a_refusal_names_no_more_than_help(tmp_path: Path) -> None:
    await brought(table(tmp_path, "id,name\n" + "".join(f"{n},P{n}\n" for n in range(30))), term="15")
    await Person.all().update(education="changed")
    await Term.all().update(code="16")
    await make.body(term=await Term.get())
    run = await ImportRun.get()

    with pytest.raises(Conflict) as refused:
        await undo(secretary(), run.id)

    assert len(refused.value.problems) == 20
    await Person.all().update(education="")
    with pytest.raises(Conflict) as refused:
        await undo(secretary(), run.id)
    assert {str(problem.message) for problem in refused.value.problems} == {
        "16 was changed since the import: Code.",
        "16 is in use since the import: body.",
    }


async def test_a_refusal_names_whose_seat_was_touched(tmp_path: Path) -> None:
    await brought(table(tmp_path, "id,name,unit\n1,A,U\n"), term="15")
    await MembershipPost.all().update(unit="V")
    await BodyIdentifier.create(body=await make.body(), scheme="x", value="y")

    with pytest.raises(Conflict, match=r"A \(office and sector\) was changed since the import: Unit"):
        await undo(secretary(), (await ImportRun.get()).id)


async def test_a_refusal_about_an_identifier_of_a_body(tmp_path: Path) -> None:
    await brought(table(tmp_path, "body_id,body\n1,O\n"))
    await BodyIdentifier.all().update(value="2")

    with pytest.raises(Conflict, match=r"O \(identifier of a body\) was changed since the import: Identifier"):
        await undo(secretary(), (await ImportRun.get()).id)


async def test_whatever_an_import_writes_has_words_in_both_languages() -> None:
    apps = require_context().apps
    assert apps
    pointing = {
        other._meta.db_table
        for other in apps[APP].values()
        for field in other._meta.fields_map.values()
        if isinstance(field, ForeignKeyFieldInstance) and field.related_model in (Term, Person, Body, Membership)
    }
    assert pointing | {model._meta.db_table for model in ORDER} <= TABLES.keys()
    assert {name for model in ORDER for name in model._meta.fields_db_projection} - {*DERIVED} <= FACTS.keys()
    assert all(words.into("zh") != words.into("en") for words in (*TABLES.values(), *FACTS.values()))


async def test_discarding_keeps_the_file_while_another_preview_needs_it(tmp_path: Path) -> None:
    run, other = await shown(tmp_path), await shown(tmp_path)

    await discard(secretary(), run.id, folder=tmp_path)
    assert (tmp_path / run.sha256).exists()

    await apply(secretary(), other.id, folder=tmp_path)
    assert not (tmp_path / run.sha256).exists()


async def test_carrying_out_a_plan_shows_how_far_it_is() -> None:
    plan = await check(secretary(), FILES / "people.csv", TERM)
    heard: list[int] = []

    run = await carry_out(
        secretary(),
        FILES / "people.csv",
        name="people.csv",
        options=TERM,
        digest=plan.answer(dry_run=True)["digest"],
        progress=lambda reader: heard.append(reader.read),
    )

    assert run.state is ImportState.APPLIED
    assert heard == sorted(heard)
    assert heard[-1] == 2 * (FILES / "people.csv").stat().st_size


async def test_others_write_while_a_preview_is_made(tmp_path: Path) -> None:
    crowd.table(3 * PORTION, tmp_path / "crowd.csv")
    looking = asyncio.create_task(shown(tmp_path / "kept", tmp_path / "crowd.csv"))

    made = 0
    while not looking.done():
        await make.person()
        made += 1

    run = await looking
    assert made > 10
    assert (run.state, await ImportRow.filter(run=run, kind="people").count()) == (ImportState.PREVIEWED, 3 * PORTION)


async def test_nothing_remains_of_a_preview_that_was_broken_off(tmp_path: Path) -> None:
    crowd.table(3 * PORTION, tmp_path / "crowd.csv")
    looking = asyncio.create_task(shown(tmp_path / "kept", tmp_path / "crowd.csv"))

    while not await ImportRow.all().exists():
        assert not looking.done()
    looking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await looking

    kept = list((tmp_path / "kept").iterdir())
    assert (await ImportRun.all().count(), await ImportRow.all().count(), kept) == (0, 0, [])


async def test_a_preview_that_is_broken_off_leaves_the_file_to_another(tmp_path: Path) -> None:
    crowd.table(PORTION, tmp_path / "crowd.csv")
    run = await shown(tmp_path / "kept", tmp_path / "crowd.csv")
    looking = asyncio.create_task(shown(tmp_path / "kept", tmp_path / "crowd.csv"))

    while await ImportRun.all().count() < 2:
        assert not looking.done()
    looking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await looking

    assert await ImportRun.all().values_list("id", flat=True) == [run.id]
    assert (tmp_path / "kept" / run.sha256).exists()
