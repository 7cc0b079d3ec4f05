"""Taking an import back as a whole, if nothing touched what it wrote since."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from typing import Any
from uuid import UUID

from tortoise.context import require_context
from tortoise.expressions import Subquery
from tortoise.fields.relational import ForeignKeyFieldInstance
from tortoise.models import Model

from server.errors import Conflict, Problem
from server.imports.naming import TABLES, called, named
from server.imports.runs import locked_run
from server.imports.writing import DERIVED, ORDER, touch
from server.models import audit
from server.models.bodies import Body
from server.models.database import APP, BATCH, transaction
from server.models.imports import ImportChange, ImportRun, ImportState
from server.models.leaving import Left, leave
from server.models.members import Membership, Person, Term
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import say

MODELS: dict[str, type[Model]] = {model._meta.db_table: model for model in ORDER}
LISTED = 20
"""Reasons that a refusal lists; more help nobody."""

LISTS: dict[type[Model], Left] = {Person: Left.PEOPLE, Membership: Left.MEMBERS, Body: Left.BODIES}
UNDONE = "import undone"


async def undo(viewer: Viewer, run: UUID) -> ImportRun:
    """Remove what the import made and restore what it changed. People, seats and bodies leave a tombstone.

    Raises Conflict, naming what and why, where someone changed one of these rows or made use of one since.
    """
    viewer.must(Action.IMPORT_PEOPLE)
    async with transaction():
        row = await locked_run(run, ImportState.APPLIED)
        await _untouched(run)
        concerned: dict[str, set[UUID]] = {"person_id": set(), "membership_id": set(), "body_id": set()}
        async for portion in _backwards(run):
            await _restore(viewer, portion, concerned)
        await touch(viewer, *concerned.values())
        await ImportRun.filter(id=run).update(state=ImportState.UNDONE, undone_at=viewer.now)
        await audit.record(viewer, "imports.undo", f"imp_{run}", {"file": row.file_name, "sha256": row.sha256})
    return await ImportRun.get(id=run)


async def _backwards(run: UUID) -> AsyncIterator[list[ImportChange]]:
    """What the import wrote, the last first, in portions."""
    before = await ImportChange.filter(run_id=run).count() + 1
    while portion := await ImportChange.filter(run_id=run, seq__lt=before).order_by("-seq").limit(BATCH):
        yield portion
        before = portion[-1].seq


# Has anyone touched it?


async def _untouched(run: UUID) -> None:
    problems: list[Problem] = []
    async for portion in _backwards(run):
        for model, changes in _by_model(portion).items():
            problems += await _changed_since(model, changes)
            problems += await _used_since(model, run, changes)
        if len(problems) >= LISTED:
            break
    if problems:
        raise Conflict(*problems[:LISTED])


async def _changed_since(model: type[Model], changes: list[ImportChange]) -> list[Problem]:
    rows = {row.pk: row for row in await model.filter(id__in=[change.object_id for change in changes])}
    problems = []
    for change in changes:
        row = rows.get(change.object_id)
        if not change.after:
            continue
        if row is None:
            said = say("Something that the import wrote is gone: {what}.", what=TABLES[change.table_name])
            problems.append(Problem("GONE_SINCE", said))
            continue
        now = [name for name in change.after if name not in DERIVED and _differs(row, name, change.after[name])]
        if now:
            said = say("{what} was changed since the import: {facts}.", what=await called(row), facts=named(now))
            problems.append(Problem("CHANGED_SINCE", said))
    return problems


def _differs(row: Model, name: str, after: Any) -> bool:
    return bool(getattr(row, name) != row._meta.fields_map[name].to_python_value(after))


async def _used_since(model: type[Model], run: UUID, changes: list[ImportChange]) -> list[Problem]:
    """Rows outside the import that point to what it made."""
    made = [change.object_id for change in changes if change.before is None]
    if model not in (Term, Person, Body, Membership) or not made:
        return []
    problems = []
    for other, column in _pointing_to(model):
        ours = Subquery(ImportChange.filter(run_id=run, table_name=other._meta.db_table).values("object_id"))
        users = await other.filter(**{f"{column}__in": made}).exclude(id__in=ours).limit(LISTED)
        targets = {row.pk: row for row in await model.filter(id__in=[getattr(user, column) for user in users])}
        for user in users:
            what = await called(targets[getattr(user, column)])
            by = TABLES[other._meta.db_table]
            said = say("{what} is in use since the import: {by}.", what=what, by=by)
            problems.append(Problem("USED_SINCE", said))
    return problems


def _pointing_to(model: type[Model]) -> Iterable[tuple[type[Model], str]]:
    """(table, column) of every foreign key to this table."""
    apps = require_context().apps
    for other in (apps[APP] if apps else {}).values():
        for field in other._meta.fields_map.values():
            if isinstance(field, ForeignKeyFieldInstance) and field.related_model is model:
                yield other, str(field.source_field)


# Taking it back


async def _restore(viewer: Viewer, portion: list[ImportChange], concerned: dict[str, set[UUID]]) -> None:
    """Undo a portion, in the order given, and note whom and what its rows are about."""
    for model, changes in _by_model(portion).items():
        made = [change.object_id for change in changes if change.before is None]
        await _note(model, changes, concerned)
        for change in changes:
            if change.before is not None:
                await _put_back(viewer, model, change, change.before)
        if model is Body:
            await Body.filter(id__in=made).update(parent_id=None)
            hidden = [change.object_id for change in changes if (change.before or {}).get("sensitive")]
            await leave(viewer, Left.BODIES, hidden, "sensitive")
        await _bury(viewer, model, made)
        await model.filter(id__in=made).delete()


async def _note(model: type[Model], changes: list[ImportChange], concerned: dict[str, set[UUID]]) -> None:
    columns = concerned.keys() & model._meta.fields_map.keys()
    if not columns:
        return
    rows = await model.filter(id__in=[change.object_id for change in changes]).values(*columns)
    for facts in (*rows, *(change.before or {} for change in changes)):
        for name in columns & facts.keys():
            if facts[name]:
                concerned[name].add(UUID(str(facts[name])))


async def _put_back(viewer: Viewer, model: type[Model], change: ImportChange, before: dict[str, Any]) -> None:
    fields = model._meta.fields_map
    facts = {name: fields[name].to_python_value(value) for name, value in before.items()}
    if not change.after:
        await model.create(id=change.object_id, **facts)
        return
    if "updated_at" in fields:
        facts["updated_at"] = viewer.now
    await model.filter(id=change.object_id).update(**facts)


async def _bury(viewer: Viewer, model: type[Model], made: list[UUID]) -> None:
    if model not in LISTS:
        return
    secret = {body.id for body in await Body.filter(id__in=made, sensitive=True)} if model is Body else set()
    await leave(viewer, LISTS[model], [key for key in made if key not in secret], UNDONE)
    await leave(viewer, Left.SENSITIVE_BODIES, secret, UNDONE)


def _by_model(portion: list[ImportChange]) -> dict[type[Model], list[ImportChange]]:
    """Those of one table together, dependent tables first."""
    found: dict[type[Model], list[ImportChange]] = defaultdict(list)
    for change in portion:
        found[MODELS[change.table_name]].append(change)
    return {model: found[model] for model in reversed(ORDER) if model in found}
