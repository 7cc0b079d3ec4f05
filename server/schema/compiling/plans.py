"""Plans: what was written for an operation once, kept, bound to each request and run.

A plan holds for requests of one shape: the same document and operation, the same variables present, the same kind of
viewer. What the shape leaves open is bound. It decides nothing: what a viewer may is part of the shape, read anew
for each request.
"""

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any, cast
from uuid import UUID

from graphql import (
    GraphQLError,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLSchema,
    get_nullable_type,
    is_enum_type,
    is_input_object_type,
    is_list_type,
)
from graphql.execution.values import VariableValues
from tortoise.exceptions import BaseORMException, OperationalError

from server.errors import DomainError
from server.models.accounts.standing import beside
from server.models.database import connection, is_postgres
from server.rules.names import search_words
from server.schema.compiling.dialects import Postgres, Sqlite
from server.schema.compiling.documents import Document, Operation, document
from server.schema.compiling.finishing import Finish, finish, finishes, unsealed
from server.schema.compiling.marks import Bind, Day, Given, Marks, NotCompiled
from server.schema.compiling.nodes import Making, Record
from server.schema.compiling.sql import Writer
from server.schema.compiling.texts import KEPT_WEIGHT, Kept, Texts
from server.schema.compiling.tree import Follower
from server.schema.ids import ASSIGNMENT, MODEL
from server.schema.leaving import moment
from server.schema.reading import Asking
from server.viewer import Viewer

MOST = 5_000_000
"""Letters of the texts and statements of all plans that are kept; the one not used for longest goes."""
MANY = 500
"""Items of a list in the variables: each is a value of the statement, and each length a plan."""
BLANK = 40
"""Blanks of a text that has nothing else: they are part of the shape. With more it takes the ordinary road."""
TOO_MUCH = (
    *("parser stack overflow", "Expression tree is too large", "tables in a join", "too many columns"),
    "stack depth limit exceeded",
)
"""How SQLite, and PostgreSQL, say that a statement is nested deeper, or wider, than they were built for."""


class TooMuch(NotCompiled):
    """The statement is nested deeper, or wider, than the database was built for."""


@dataclass(frozen=True)
class Plan:
    """A statement, where its values come from, and what is done to its answer.

    logs: the answer tells whose files it opens. asides: values that are not in the statement, but must make sense all
    the same, such as the cursor of a list that is only counted.
    """

    sql: str
    binds: tuple[Bind, ...]
    asides: tuple[Bind, ...]
    finishes: tuple[Finish, ...]
    logs: bool
    postgres: bool

    @cached_property
    def always(self) -> list[Any]:
        """The values that are the same for every request, each in its place."""
        return [bind.of(cast(Any, None)) if bind.fixed else None for bind in self.binds]

    @cached_property
    def moving(self) -> list[tuple[Bind, list[int]]]:
        """The others, with their places: what is bound in several is worked out once."""
        found: dict[Bind, list[int]] = {}
        for place, bind in enumerate(self.binds):
            if not bind.fixed:
                found.setdefault(bind, []).append(place)
        return list(found.items())

    def bound(self, given: Given) -> list[Any]:
        """The values of a request in the order of the statement. Raises NotCompiled where one is not to be had."""
        values = self.always.copy()
        try:
            for bind in self.asides:
                bind.of(given)
            for bind, places in self.moving:
                value = bind.of(given)
                for place in places:
                    values[place] = value
        except DomainError as error:
            raise NotCompiled(str(error)) from error
        return values


@dataclass(frozen=True)
class Written:
    """A plan just made. root: what is read, with these marks in place of values."""

    plan: Plan
    root: Record
    marks: Marks


@dataclass(frozen=True)
class MarkedViewer(Viewer):
    """A viewer in whom all that differs from one to the next is marked."""

    day: Day = field(default_factory=lambda: Day(1, 1, 1))

    @property
    def today(self) -> Day:
        """The marked day."""
        return self.day


class Compiler:
    """Reads operations of one schema from the database in one statement each."""

    def __init__(self, schema: GraphQLSchema, texts: Texts | None = None, *, dates: bool = False) -> None:
        """texts: the documents that were read already. dates: days and times of an answer are such, not texts."""
        self.schema, self.dates, self.texts = schema, dates, texts or Texts(schema)
        self.plans: Kept[Any, Plan | str] = Kept(MOST)
        """Shape -> plan, or why there is none."""
        self.documents: Kept[str, Document] = Kept(KEPT_WEIGHT)

    def document(self, text: str) -> Document:
        """Of its text. Raises NotCompiled where it is not to be compiled."""
        found = self.documents.find(text)
        if found is None:
            found = document(self.texts, text)
            self.documents.keep(text, found, self.texts.of(text).weight)
        return found

    async def read(self, text: str, name: str | None, variables: Mapping[str, Any], asking: Asking) -> bytes:
        """The JSON of `data`. Raises NotCompiled, with the reason, where the ordinary road must answer.

        Whose files it opens is told to `asking.files_read`, as on the ordinary road.
        """
        found, plan, given = await self._read(text, name, variables, asking)
        if not plan.logs and not plan.finishes:
            return found
        return json.dumps(await _finished(found, plan, given, asking), ensure_ascii=False).encode()

    async def values(self, text: str, name: str | None, variables: Mapping[str, Any], asking: Asking) -> dict[str, Any]:
        """`data` as values, days and times as such. Raises NotCompiled as `read` does."""
        found, plan, given = await self._read(text, name, variables, asking)
        return await _finished(found, plan, given, asking)

    async def _read(
        self, text: str, name: str | None, variables: Mapping[str, Any], asking: Asking
    ) -> tuple[bytes, Plan, Given]:
        """Reads for who asks; where that is not known yet, for who seems to, and again if it is someone else."""
        operation = self.document(text).query(name)
        variables = operation.variables(self.schema, variables)
        supposed = asking.suppose()
        if supposed:
            given = Given(variables, supposed.guess)
            plan = await self._plan(text, operation, given)
            values = [*plan.bound(given), *supposed.coming.values]
            with contextlib.suppress(TooMuch):  # alone it may not be
                row = await _row(beside(plan.sql, len(plan.binds), supposed.coming.kind, plan.postgres), values)
                if asking.confirm(supposed, row):
                    return _sound(row), plan, given
        await asking.settle()
        given = Given(variables, asking.viewer)
        plan = await self._plan(text, operation, given)
        return _sound(await _row(plan.sql, plan.bound(given))), plan, given

    async def plan(self, text: str, name: str | None, variables: Mapping[str, Any], viewer: Viewer) -> Plan:
        """The plan for a request of this shape. Raises NotCompiled."""
        operation = self.document(text).query(name)
        return await self._plan(text, operation, Given(operation.variables(self.schema, variables), viewer))

    async def written(self, text: str, name: str | None, given: Given) -> Written:
        """The plan for a request of this shape, made anew, with the tree behind it. Raises NotCompiled."""
        operation = self.document(text).query(name)
        await self._plan(text, operation, given)
        return await self._compiled(text, operation, given)

    async def _plan(self, text: str, operation: Operation, given: Given) -> Plan:
        shapes = tuple((name, _shape(value, operation.kinds[name])) for name, value in given.variables.items())
        key = (text, operation.name, shapes, _viewer_shape(given.viewer), is_postgres())
        found = self.plans.find(key)
        if found is None:
            try:
                found = (await self._compiled(text, operation, given)).plan
            except NotCompiled as why:
                found = str(why)
            self.plans.keep(key, found, len(text) + (len(found) if isinstance(found, str) else len(found.sql)))
        if isinstance(found, str):
            raise NotCompiled(found)
        return found

    async def _compiled(self, text: str, operation: Operation, given: Given) -> Written:
        kinds, marks = operation.kinds, Marks()
        marked = {name: _marked(value, kinds[name], marks, _variable(name)) for name, value in given.variables.items()}
        asking = Asking(_marked_viewer(given.viewer, marks), writing=marks)
        follower = Follower(
            self.schema, operation.node, self.document(text).fragments, VariableValues({}, marked), asking
        )
        postgres = is_postgres()
        writer = Writer(
            Postgres() if postgres else Sqlite(), marks.cells, enums=self._enum, person=asking.viewer.person
        )
        try:
            root = await follower.root()
            sql = writer.statement(root, asking.checks)
        except (DomainError, GraphQLError, BaseORMException) as error:
            raise NotCompiled(str(error)) from error
        binds = tuple(marks.bound(value) for value in writer.values)
        asides = tuple(bind for bind in marks.behind.values() if bind not in binds)
        plan = Plan(sql, binds, asides, tuple(finishes(root, dates=self.dates)), writer.logs, postgres)
        return Written(plan, root, marks)

    def _enum(self, name: str) -> dict[str, str] | None:
        kind = self.schema.get_type(name)
        return {str(one.value): key for key, one in kind.values.items()} if is_enum_type(kind) else None


async def _row(sql: str, values: list[Any]) -> dict[str, Any]:
    """The one row that a plan's statement gives. Raises TooMuch where the database cannot take it."""
    try:
        (row,) = await connection().execute_query_dict(sql, values)
    except OperationalError as error:
        if any(said in str(error) for said in TOO_MUCH):
            raise TooMuch("it is too much for one statement") from error
        raise
    return row


def _sound(row: Mapping[str, Any]) -> bytes:
    if not row["sound"]:
        raise NotCompiled("an argument names what is not there for this viewer")
    return bytes(row["data"])


async def _finished(text: bytes, plan: Plan, given: Given, asking: Asking) -> dict[str, Any]:
    def opened(person: UUID, columns: list[str]) -> None:
        if person != asking.viewer.person:
            asking.files_read.setdefault(person, set()).update(columns)

    data: dict[str, Any] = json.loads(text)
    describing = replace(asking, writing=Marks(), checks=[])
    await finish(data, plan.finishes, Making(describing, given.variables))
    if plan.logs:
        unsealed(data, opened)
    return data


def _variable(name: str) -> Bind:
    return Bind(f"variable ${name}", lambda given: given.variables[name])


def _item(of: Bind, place: int) -> Bind:
    return of.then(lambda values: values[place], tells=f", item {place + 1}")


def _part(of: Bind, name: str) -> Bind:
    return of.then(lambda values: values[name], tells=f", its {name}")


def _given(value: Mapping[str, Any], kind: GraphQLInputObjectType) -> list[tuple[str, GraphQLInputField]]:
    """The fields of an input object that are given, by the names under which they are."""
    named = ((field.out_name or name, field) for name, field in kind.fields.items())
    return [(name, field) for name, field in named if name in value]


def _shape(value: Any, kind: Any) -> Any:
    """What of a value the statement depends on."""
    if value is None:
        return None
    kind = get_nullable_type(kind)
    if is_list_type(kind):
        if len(value) > MANY:
            raise NotCompiled("it has a list too long to be kept")
        return tuple(_shape(one, kind.of_type) for one in value)
    if is_input_object_type(kind):
        return tuple((name, _shape(value[name], field.type)) for name, field in _given(value, kind))
    match kind.name:
        case "ID":
            return str(value).partition("_")[0]
        case "String":
            return len(search_words(value)) if value.strip() else _blank(value)
        case "Date" | "DateTime":
            return kind.name
    return value


def _marked(value: Any, kind: Any, marks: Marks, bind: Bind) -> Any:
    if value is None:
        return None
    kind = get_nullable_type(kind)
    if is_list_type(kind):
        return [_marked(one, kind.of_type, marks, _item(bind, n)) for n, one in enumerate(value)]
    if is_input_object_type(kind):
        return {name: _marked(value[name], field.type, marks, _part(bind, name)) for name, field in _given(value, kind)}
    match kind.name:
        case "ID":
            return _marked_id(value, marks, bind)
        case "String":
            return marks.text(bind, len(search_words(value))) if value.strip() else _blank(value)
        case "Date":
            return marks.day(bind)
        case "DateTime":
            return marks.moment(Bind(bind.tells, lambda given: moment(bind(given), given.viewer)))
    return value


def _blank(value: str) -> str:
    if len(value) > BLANK:
        raise NotCompiled("it has a long text without a letter")
    return value


def _marked_id(value: str, marks: Marks, bind: Bind) -> str:
    prefix, _, _ = value.partition("_")
    if prefix not in MODEL and prefix != ASSIGNMENT:
        raise NotCompiled("an ID is none of ours")
    whole = f"{prefix}_{marks.key(bind.then(_key))}"
    marks.behind[whole] = bind
    return whole


def _key(id: str) -> UUID:
    try:
        return UUID(id.partition("_")[2])
    except ValueError:
        raise NotCompiled("an ID is none of ours") from None


def _viewer_shape(viewer: Viewer) -> Any:
    roles = tuple((role.role, role.body is None) for role in viewer.roles)
    return (
        viewer.locale,
        viewer.person is None,
        viewer.account is None,
        viewer.place == "",
        viewer.scopes,
        viewer.client is None,
        roles,
    )


def _marked_viewer(viewer: Viewer, marks: Marks) -> MarkedViewer:
    facts = vars(viewer) | {"day": marks.day(Bind("the viewer's day", lambda given: given.viewer.today))}
    facts["now"] = marks.moment(Bind("now", lambda given: given.viewer.now))
    for name in ("person", "account"):
        if facts[name] is not None:
            facts[name] = marks.key(Bind(f"the viewer's {name}", partial(_of_viewer, name)))
    if facts["place"]:
        facts["place"] = marks.text(Bind("where the viewer comes from", partial(_of_viewer, "place")))
    facts["roles"] = tuple(
        role
        if role.body is None
        else replace(role, body=marks.key(Bind(f"the body of the viewer's role {n + 1}", partial(_role_body, n))))
        for n, role in enumerate(viewer.roles)
    )
    return MarkedViewer(**facts)


def _of_viewer(name: str, given: Given) -> Any:
    return getattr(given.viewer, name)


def _role_body(place: int, given: Given) -> Any:
    return given.viewer.roles[place].body
