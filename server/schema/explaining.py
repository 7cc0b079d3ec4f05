"""What becomes of an operation, told to people: its road, what it reads, its statement, its values, its cost."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    NonNullTypeNode,
    OperationDefinitionNode,
    OperationType,
    get_variable_values,
    parse,
    validate,
)

from server import schema
from server.models.database import connection, is_postgres
from server.rules.budgets import Cost
from server.schema.compiling.cost import Costs
from server.schema.compiling.layout import STEP, laid_out
from server.schema.compiling.marks import Given, NotCompiled
from server.schema.compiling.plans import Plan
from server.schema.compiling.telling import Teller
from server.viewer import Viewer

UNNAMED = "without a name"


class Unclear(Exception):
    """What was given cannot be explained; a sentence for each reason."""

    def __init__(self, faults: Iterable[str]) -> None:
        super().__init__("\n".join(faults))


@dataclass(frozen=True)
class Value:
    """What is bound in some places of a statement, and where it comes from."""

    places: tuple[int, ...]
    value: Any
    tells: str


@dataclass(frozen=True)
class Explained:
    """One operation. ordinary: why it takes the ordinary road; the rest is empty then.

    tree: what is read, in words. parts: of the cost, by root field. plan: of the database, if it was asked for.
    """

    kind: str
    name: str
    cost: Cost
    parts: list[tuple[str, Cost]]
    ordinary: str = ""
    tree: list[str] = field(default_factory=list)
    sql: str = ""
    values: list[Value] = field(default_factory=list)
    plan: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Explainer:
    """Explains the operations of one document. Raises Unclear where it is not valid GraphQL."""

    text: str
    document: DocumentNode

    @staticmethod
    def of(text: str) -> "Explainer":
        """For that text. Raises Unclear, with the place of each fault."""
        try:
            document = parse(text)
        except GraphQLError as error:
            raise Unclear([_placed(error)]) from error
        if faults := validate(schema.api._schema, document):
            raise Unclear(map(_placed, faults))
        return Explainer(text, document)

    def operations(self, name: str | None) -> list[OperationDefinitionNode]:
        """All of them, or the one of that name. Raises Unclear where there is none."""
        found = [node for node in self.document.definitions if isinstance(node, OperationDefinitionNode)]
        wanted = [node for node in found if name is None or (node.name and node.name.value == name)]
        if not wanted:
            names = ", ".join(_name(node) for node in found)
            raise Unclear([f"There is no operation {name}. There are: {names}." if found else "There is no operation."])
        return wanted

    def given(self, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The variables as the schema reads them. Raises Unclear where they do not fit; None if it is no query then."""
        found = get_variable_values(schema.api._schema, operation.variable_definitions or (), dict(variables))
        if not isinstance(found, list):
            return found.coerced
        if operation.operation is OperationType.QUERY:
            raise Unclear([*(f"{_name(operation)}: {error.message}" for error in found), _wanted(operation, variables)])
        return None

    async def explain(
        self, operation: OperationDefinitionNode, given: Mapping[str, Any] | None, viewer: Viewer, *, analyze: bool
    ) -> Explained:
        """What becomes of it for that viewer on the connected database. given: as `given` gives it."""
        costs = Costs(schema.api._schema, self.document)
        cost, parts = costs.of(operation, given), costs.parts(operation, given)
        about = Explained(operation.operation.value, _name(operation), cost, parts)
        asked = Given(given or {}, viewer)
        try:
            named = operation.name.value if operation.name else None
            written = await schema.compiled.written(self.text, named, asked)
            bound = written.plan.bound(asked)
        except NotCompiled as why:
            return replace(about, ordinary=str(why))
        plan = await _planned(written.plan.sql, bound) if analyze else []
        tree, values = Teller(written.marks).told(written.root), _values(written.plan, bound)
        return replace(about, tree=tree, sql=laid_out(written.plan.sql), values=values, plan=plan)


def _name(operation: OperationDefinitionNode) -> str:
    return operation.name.value if operation.name else UNNAMED


def _wanted(operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> str:
    """What to type: what was given, and what must be."""
    needed = [
        one.variable.name.value
        for one in operation.variable_definitions or ()
        if isinstance(one.type, NonNullTypeNode) and one.default_value is None
    ]
    return f"It takes --variables '{json.dumps({**dict.fromkeys(needed, '...'), **variables}, ensure_ascii=False)}'."


def _placed(error: GraphQLError) -> str:
    """Its message after the place where it is."""
    place = error.locations[0] if error.locations else None
    return f"line {place.line}, column {place.column}: {error.message}" if place else error.message


def _values(plan: Plan, bound: Sequence[Any]) -> list[Value]:
    """Equal ones from one source together, in the order of their first places."""
    found: dict[tuple[str, str], Value] = {}
    for place, (bind, value) in enumerate(zip(plan.binds, bound, strict=True), 1):
        key = (bind.tells, repr(value))
        places = found[key].places if key in found else ()
        found[key] = Value((*places, place), value, bind.tells)
    return list(found.values())


async def _planned(sql: str, values: list[Any]) -> list[str]:
    """How the database reads it: PostgreSQL runs it for that, SQLite only says what it would do."""
    if is_postgres():
        rows = await connection().execute_query_dict(f"EXPLAIN (ANALYZE, BUFFERS) {sql}", values)
        return [row["QUERY PLAN"] for row in rows]
    deep = {0: -1}
    lines = []
    for row in await connection().execute_query_dict(f"EXPLAIN QUERY PLAN {sql}", values):
        deep[row["id"]] = deep[row["parent"]] + 1
        lines.append(STEP * deep[row["id"]] + row["detail"])
    return lines
