"""From a validated operation to a tree of what is read: rows, their columns, and the rows they are tied to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from graphql import (
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationDefinitionNode,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_object_type,
)
from graphql.execution.collect_fields import FieldDetailsList, FragmentDetails, collect_fields, collect_subfields
from graphql.execution.values import VariableValues, get_argument_values
from graphql.pyutils import Path, is_awaitable
from tortoise.models import Model
from tortoise.queryset import QuerySet

from server.models.fields import holding
from server.rules.permissions import may_read_field
from server.schema.compiling.marks import NotCompiled
from server.schema.declared import READS, Chosen, Column, Computed, Current, Guarded, Key, Many, One, Part, Row, Rows
from server.schema.reading import READINGS, RIGHT, Asking


@dataclass(frozen=True)
class Constant:
    """The same for every row."""

    value: str


@dataclass(frozen=True)
class Cell:
    """A column of the row. kind: the name of its GraphQL type."""

    column: str
    kind: str


@dataclass(frozen=True)
class Either:
    """The first text, or the second where that one is empty."""

    first: str
    second: str


@dataclass(frozen=True)
class Id:
    """The key of the row after the letters of its table."""

    model: type[Model]


@dataclass(frozen=True)
class Guard:
    """A personal column. whole: the viewer may read everyone's. own: the viewer may read the viewer's own."""

    cell: Cell
    whole: bool
    own: bool


@dataclass(frozen=True)
class Later:
    """Columns of the row, and the resolver that makes a leaf of them after the statement."""

    model: type[Model]
    columns: tuple[str, ...]
    resolver: Callable[..., Any]


@dataclass(frozen=True)
class Record:
    """An object of an answer. own: keys that are names of the schema; others are aliases of a request."""

    model: type[Model]
    fields: "dict[str, Value]"
    own: frozenset[str]

    @property
    def guards(self) -> list[str]:
        """The personal columns whose reading is logged (AU-1)."""
        return sorted({one.cell.column for one in self.fields.values() if isinstance(one, Guard) and one.whole})


@dataclass(frozen=True)
class Link:
    """The row among `rows` whose key is in that column of ours, or null."""

    column: str
    rows: QuerySet[Any]
    record: Record


@dataclass(frozen=True)
class Links:
    """The rows whose column holds our key, in their order."""

    column: str
    rows: QuerySet[Any]
    record: Record


@dataclass(frozen=True)
class Held:
    """Of the rows whose column holds our key the one there is, or null. shown: the object, or one of its cells."""

    column: str
    rows: QuerySet[Any]
    shown: Record | Cell


@dataclass(frozen=True)
class Single:
    """The one row, or null."""

    rows: QuerySet[Any]
    record: Record


@dataclass(frozen=True)
class Listed:
    """All rows, in their order."""

    rows: QuerySet[Any]
    record: Record


@dataclass(frozen=True)
class Paged:
    """A part of a list. fields: answer key -> edges | pageInfo | totalCount | __typename, each with its own fields."""

    part: Part
    fields: "dict[str, Piece]"
    own: frozenset[str]


@dataclass(frozen=True)
class Piece:
    """One thing about a part of a list. name: of the field; fields: of what it selects; record: of a node."""

    name: str
    fields: "dict[str, Piece]" = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    record: Record | None = None
    type_name: str = ""


Value = Constant | Cell | Either | Guard | Held | Id | Later | Link | Links
Root = Constant | Single | Listed | Paged


@dataclass(frozen=True)
class Follower:
    """Follows the selections of one operation. asking: in writing, its viewer marked."""

    schema: GraphQLSchema
    operation: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: VariableValues
    asking: Asking

    async def root(self) -> tuple[dict[str, Root], frozenset[str]]:
        """Answer key -> what is read for it, and which of the keys are names of the schema."""
        kind = self.schema.query_type
        if kind is None or self.operation.operation.value != "query":
            raise NotCompiled("it is no query")
        details = {name: FragmentDetails(node) for name, node in self.fragments.items()}
        found = collect_fields(self.schema, details, self.variables, kind, self.operation)
        fields = found.grouped_field_set
        return {key: await self._root(key, kind, asked) for key, asked in fields.items()}, _own(fields)

    async def _root(self, key: str, kind: GraphQLObjectType, asked: FieldDetailsList) -> Root:
        name = asked[0].node.name.value
        if name == "__typename":
            return Constant(kind.name)
        described = await self._resolved(key, kind, asked)
        target = get_named_type(kind.fields[name].type)
        if isinstance(described, Part) and is_object_type(target):
            return self._paged(described, target, asked)
        if isinstance(described, Row):
            return Single(described.rows, self._record(described.rows.model, asked))
        if isinstance(described, Rows):
            return Listed(described.rows, self._record(described.rows.model, asked))
        raise NotCompiled(f"{name} is not described by rows")

    async def _resolved(self, key: str, kind: GraphQLObjectType, asked: FieldDetailsList) -> Any:
        node = asked[0].node
        definition = kind.fields.get(node.name.value)
        if definition is None or definition.resolve is None or not _described(definition):
            raise NotCompiled(f"{node.name.value} is not declared to be compiled")
        info = GraphQLResolveInfo(
            field_name=node.name.value,
            field_nodes=[one.node for one in asked],
            return_type=definition.type,
            parent_type=kind,
            path=Path(None, key, kind.name),
            schema=self.schema,
            fragments=dict(self.fragments),
            root_value=None,
            operation=self.operation,
            variable_values=self.variables,
            context=self.asking,
            is_awaitable=is_awaitable,
            abort_signal=None,
            async_helpers=cast(Any, None),
        )
        return await definition.resolve(None, info, **get_argument_values(definition, node, self.variables))

    def _fields(self, kind: GraphQLObjectType, asked: FieldDetailsList) -> dict[str, FieldDetailsList]:
        details = {name: FragmentDetails(node) for name, node in self.fragments.items()}
        return collect_subfields(self.schema, details, self.variables, self.operation, kind, asked).grouped_field_set

    def _record(self, model: type[Model], asked: FieldDetailsList) -> Record:
        kind = cast(GraphQLObjectType, self.schema.get_type(READINGS[model].name))
        fields = self._fields(kind, asked)
        return Record(model, {key: self._field(kind, model, one) for key, one in fields.items()}, _own(fields))

    def _field(self, kind: GraphQLObjectType, model: type[Model], asked: FieldDetailsList) -> Value:
        name = asked[0].node.name.value
        if name == "__typename":
            return Constant(kind.name)
        value = self._value(kind.fields[name], model, asked)
        if value is None:
            raise NotCompiled(f"{kind.name}.{name} is not declared as data")
        return value

    def _value(self, definition: GraphQLField, model: type[Model], asked: FieldDetailsList) -> Value | None:
        said = definition.extensions["strawberry-definition"]
        match said.metadata.get(READS):
            case Column():
                return Cell(said.python_name, _kind_of(definition.type))
            case Key():
                return Id(model)
            case Chosen(stem):
                names = (f"{stem}_zh", f"{stem}_en")
                return Either(*(names if self.asking.viewer.locale == "zh" else names[::-1]))
            case Computed(columns):
                return Later(model, columns, said.base_resolver.wrapped_func)
            case Guarded(column):
                return self._guarded(Cell(column, _kind_of(definition.type)))
            case One(target, key):
                visible = target.filter(READINGS[target].visible(self.asking.viewer))
                return Link(f"{key}_id", visible, self._record(target, asked))
            case Many() | Current() as tied:
                return self._tied(tied, definition, asked)
        return None

    def _guarded(self, cell: Cell) -> Guard:
        viewer = self.asking.viewer
        whole, own = (may_read_field(viewer.roles, one, cell.column, scopes=viewer.scopes) for one in (False, True))
        return Guard(cell, bool(whole), bool(own))

    def _tied(self, tied: Many | Current, definition: GraphQLField, asked: FieldDetailsList) -> Links | Held:
        viewer, arguments = self.asking.viewer, get_argument_values(definition, asked[0].node, self.variables)
        rows = tied.model.filter(READINGS[tied.model].visible(viewer))
        day = arguments.get("on") or viewer.today
        if isinstance(tied, Current):
            shown = Cell(tied.pick, _kind_of(definition.type)) if tied.pick else self._record(tied.model, asked)
            return Held(f"{tied.key}_id", rows.filter(holding(day)).order_by("id").limit(1), shown)
        where = (RIGHT if arguments.get("ever") else holding(day)) if tied.dated else tied.where
        return Links(f"{tied.key}_id", rows.filter(where).order_by(*tied.order), self._record(tied.model, asked))

    def _paged(self, part: Part, kind: GraphQLObjectType, asked: FieldDetailsList) -> Paged:
        fields = self._fields(kind, asked)
        return Paged(part, {key: self._piece(part, kind, one) for key, one in fields.items()}, _own(fields))

    def _piece(self, part: Part, kind: GraphQLObjectType, asked: FieldDetailsList) -> Piece:
        name = asked[0].node.name.value
        if name not in {"__typename", "edges", "node", "cursor", "pageInfo", "totalCount"} | set(PAGE_INFO):
            raise NotCompiled(f"{kind.name}.{name} is not declared as data")
        if name == "node":
            return Piece(name, record=self._record(part.rows.model, asked))
        if name == "__typename" or is_leaf_type(get_named_type(kind.fields[name].type)):
            return Piece(name, type_name=kind.name)
        target = cast(GraphQLObjectType, get_named_type(kind.fields[name].type))
        fields = self._fields(target, asked)
        return Piece(name, {key: self._piece(part, target, one) for key, one in fields.items()}, _own(fields))


PAGE_INFO = ("hasNextPage", "hasPreviousPage", "startCursor", "endCursor")


def _described(definition: Any) -> bool:
    return bool(definition.extensions["strawberry-definition"].metadata.get(READS))


def _own(fields: Mapping[str, FieldDetailsList]) -> frozenset[str]:
    return frozenset(key for key, asked in fields.items() if asked[0].node.alias is None)


def _kind_of(kind: Any) -> str:
    return "[]" if is_list_type(get_nullable_type(kind)) else get_named_type(kind).name
