"""From a validated operation to a tree of what is read: rows, their columns, and the rows they are tied to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, cast

from graphql import (
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from graphql.execution.collect_fields import FieldDetailsList, FragmentDetails, collect_fields, collect_subfields
from graphql.execution.values import VariableValues, get_argument_values
from tortoise.expressions import Q, Subquery
from tortoise.models import Model
from tortoise.queryset import QuerySet

from server.errors import DomainError
from server.models.fields import holding
from server.rules.permissions import may_read_field
from server.schema.compiling.calling import Call
from server.schema.compiling.marks import NotCompiled
from server.schema.compiling.nodes import (
    Cell,
    Constant,
    Either,
    Guard,
    Id,
    Later,
    Link,
    Listed,
    Making,
    Paged,
    Piece,
    Provided,
    Record,
    Resolve,
    Single,
    Thing,
    Value,
)
from server.schema.compiling.shapes import Field, items, leaf, record, required, shown
from server.schema.declared import (
    IN_PYTHON,
    READS,
    Among,
    Bare,
    Chosen,
    Column,
    Computed,
    Current,
    Guarded,
    Key,
    Made,
    Many,
    Named,
    One,
    Part,
    Picked,
    Row,
    Rows,
    Same,
    Through,
)
from server.schema.ids import PREFIX
from server.schema.reading import Asking, may_be
from server.schema.rows import READINGS, RIGHT

EDGES = ("edges", "node", "cursor", "pageInfo", "totalCount")
PAGE_INFO = ("hasNextPage", "hasPreviousPage", "startCursor", "endCursor")


class Outer:
    """The row of an object around, as a resolver sees it while a statement is written: every cell is a mark."""

    def __init__(self, model: type[Model], level: int, asking: Asking, handed: Mapping[str, Any]) -> None:
        """handed: marks that it has besides."""
        self._cells = (model, level, asking.writing)
        self._handed = {name: asking.writing.cells[str(mark)] for name, mark in handed.items() if asking.writing}
        vars(self).update(handed)

    def __getattr__(self, name: str) -> Any:
        model, level, marks = self._cells
        column = "id" if name == "pk" else name
        if marks is None or column not in model._meta.fields_db_projection:
            raise NotCompiled(f"{name} is no column")
        mark = marks.cell(level, column, model._meta.fields_map[column])
        setattr(self, name, mark)
        return mark


@dataclass(frozen=True)
class Seen:
    """An object whose fields are followed. row: its row, or what stands for one; model: None where it has none.

    again: finds an object that is no row anew, with the values of a request, when values are made.
    """

    kind: GraphQLObjectType
    model: type[Model] | None
    row: Any
    level: int
    again: Resolve | None = None


@dataclass(frozen=True)
class Follower:
    """Follows the selections of one operation. asking: in writing, its viewer marked."""

    schema: GraphQLSchema
    operation: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: VariableValues
    asking: Asking
    levels: Iterator[int] = field(default_factory=count)
    visible: dict[type[Model], Q] = field(default_factory=dict)
    """What the viewer may know of each, said once: so what it finds first is written once for all links to it."""

    async def root(self) -> Record:
        """What is read for the whole operation."""
        kind = self.schema.query_type
        if kind is None or self.operation.operation.value != "query":
            raise NotCompiled("it is no query")
        found = collect_fields(self.schema, self._details(), self.variables, kind, self.operation)
        return await self._filled(Seen(kind, None, None, next(self.levels)), found.grouped_field_set)

    def _details(self) -> dict[str, FragmentDetails]:
        return {name: FragmentDetails(node) for name, node in self.fragments.items()}

    def _fields(self, kind: GraphQLObjectType, asked: FieldDetailsList) -> dict[str, FieldDetailsList]:
        found = collect_subfields(self.schema, self._details(), self.variables, self.operation, kind, asked)
        return found.grouped_field_set

    async def _filled(self, seen: Seen, fields: Mapping[str, FieldDetailsList]) -> Record:
        found = {key: await self._field(seen, key, asked) for key, asked in fields.items()}
        return Record(seen.model, found, _own(fields), seen.level)

    async def _record(
        self, model: type[Model], target: Any, asked: FieldDetailsList, handed: Mapping[str, Any] | None = None
    ) -> Record:
        """Of a row. target: the type that is declared; of an interface the one that reads such rows."""
        kind = target if is_object_type(target) else self.schema.get_type(READINGS[model].name)
        level = next(self.levels)
        seen = Seen(cast(GraphQLObjectType, kind), model, Outer(model, level, self.asking, handed or {}), level)
        return await self._filled(seen, self._fields(seen.kind, asked))

    async def _field(self, seen: Seen, key: str, asked: FieldDetailsList) -> Value:
        name = asked[0].node.name.value
        if name == "__typename":
            return Constant(seen.kind.name)
        definition = seen.kind.fields.get(name)
        if definition is None:
            raise NotCompiled(f"{name} is no field of ours")
        metadata = definition.extensions["strawberry-definition"].metadata
        if IN_PYTHON.items() <= metadata.items():
            raise NotCompiled("it is weighed in Python")
        said = metadata.get(READS)
        if said is None:
            raise NotCompiled(f"{seen.kind.name}.{name} is not declared as data")
        if isinstance(said, str | Computed):
            return await self._resolved(seen, key, said, definition, asked)
        if seen.model is None:
            raise NotCompiled(f"{seen.kind.name}.{name} asks for a row")
        if isinstance(said, Many | Current | Through):
            return await self._tied(said, seen, definition, asked)
        return self._cell(said, seen, definition) or await self._linked(said, seen, definition, asked)

    def _cell(self, said: Any, seen: Seen, definition: GraphQLField) -> Value | None:
        """What is told by the row alone."""
        match said:
            case Column():
                name = definition.extensions["strawberry-definition"].python_name
                return Cell(name, _kind_of(definition.type))
            case Key():
                return Id(cast(type[Model], seen.model))
            case Chosen(stem):
                names = (f"{stem}_zh", f"{stem}_en")
                return Either(*(names if self.asking.viewer.locale == "zh" else names[::-1]))
            case Guarded():
                return self._guarded(said, definition)
        return None

    async def _linked(self, said: Any, seen: Seen, definition: GraphQLField, asked: FieldDetailsList) -> Value:
        target = get_named_type(definition.type)
        match said:
            case Same():
                kind = cast(GraphQLObjectType, target)
                same = Seen(kind, seen.model, seen.row, seen.level)
                return await self._filled(same, self._fields(kind, asked))
            case One(model, key):
                return Link(f"{key}_id", self._visible(model), await self._record(model, target, asked))
            case Named(column, models):
                kinds = {
                    PREFIX[model]: Single(self._visible(model), await self._record(model, None, asked))
                    for model in may_be(self.schema, target)
                    if model in (models or PREFIX)
                }
                return Thing(column, kinds)
        raise NotCompiled(f"{type(said).__name__} cannot be followed")

    def _visible(self, model: type[Model]) -> QuerySet[Any]:
        if model not in self.visible:
            self.visible[model] = READINGS[model].visible(self.asking.viewer)
        return model.filter(self.visible[model])

    def _guarded(self, said: Guarded, definition: GraphQLField) -> Guard:
        viewer, name = self.asking.viewer, said.logged or said.name
        whole, own = (may_read_field(viewer.roles, one, name, scopes=viewer.scopes) for one in (False, True))
        empty = '""' if is_non_null_type(definition.type) else "null"
        return Guard(Cell(said.name, _kind_of(definition.type)), bool(whole), bool(own), name, said.through, empty)

    async def _tied(
        self, tied: Many | Current | Through, seen: Seen, definition: GraphQLField, asked: FieldDetailsList
    ) -> Listed | Single:
        arguments = get_argument_values(definition, asked[0].node, self.variables)
        day = arguments.get("on") or self.asking.viewer.today
        target = get_named_type(definition.type)
        if isinstance(tied, Through):
            ties = self._visible(tied.ties).filter(tied.where(day), **{f"{tied.near}_id": seen.row.pk})
            rows = self._visible(tied.model).filter(id__in=Subquery(ties.values(f"{tied.far}_id")))
            return Listed(rows.order_by(*tied.order), await self._record(tied.model, target, asked))
        rows = self._visible(tied.model).filter(**{f"{tied.key}_id": seen.row.pk})
        if isinstance(tied, Current):
            cell = Cell(tied.pick, _kind_of(definition.type)) if tied.pick else None
            found = rows.filter(holding(day)).order_by("id").limit(1)
            return Single(found, cell or await self._record(tied.model, target, asked))
        where = tied.where
        if tied.dated:
            where &= RIGHT if arguments.get("ever") else holding(day)
        inner = await self._record(tied.model, target, asked)
        return Listed(rows.filter(where).order_by(*tied.order), inner, tied=f"{tied.key}_id", level=seen.level)

    async def _resolved(
        self, seen: Seen, key: str, said: Any, definition: GraphQLField, asked: FieldDetailsList
    ) -> Value:
        """What a resolver describes, or makes later."""
        call = Call(self.schema, self.operation, self.fragments, seen.kind, key, definition, asked)
        if isinstance(said, Computed) and not said.reads:
            return await self._later(seen, said, call, Made({}, dict))
        if seen.model is None:
            return await self._described(seen, said, call, await call(seen.row, self.asking, self.variables.coerced))
        asking = replace(self.asking, checks=[])
        try:
            described = await call(seen.row, asking, self.variables.coerced)
        except DomainError:  # where there is such a row, it is refused
            return Provided(Constant(None), (seen.model.filter(pk__in=[]),))
        found = await self._described(seen, said, call, described)
        return Provided(found, tuple(asking.checks)) if asking.checks else found

    async def _described(self, seen: Seen, said: Any, call: Call, described: Any) -> Value:
        definition, asked = call.definition, call.asked
        target = get_named_type(definition.type)
        match described:
            case Part():
                return await self._paged(described, cast(GraphQLObjectType, target), asked)
            case Row(rows):
                return Single(rows, await self._record(rows.model, target, asked))
            case Rows(rows):
                return Listed(rows, await self._record(rows.model, target, asked))
            case Bare(value):
                again = None if value is None else _again(seen, call)
                bare = Seen(cast(GraphQLObjectType, target), None, value, next(self.levels), again)
                return await self._filled(bare, self._fields(bare.kind, asked))
            case Made() if isinstance(said, Computed):
                return await self._later(seen, said, call, described)
            case None if not is_non_null_type(definition.type):
                return Constant(None)
        raise NotCompiled(f"{definition} is not described by rows")

    async def _later(self, seen: Seen, said: Computed, call: Call, made: Made) -> Later:
        picked: list[Listed] = []
        shape = await self._shape(call.definition.type, call.asked, made, picked)
        plain = seen.model is not None and not said.reads and not call.definition.args
        resolve = call.directly if plain else _later(seen, call)
        handed = {name: one for name, one in getattr(seen.row, "_handed", {}).items() if name in said.columns}
        return Later(seen.model, said.columns, made.reads, tuple(picked), resolve, shape, handed)

    async def _shape(self, kind: Any, asked: FieldDetailsList, made: Made, picked: list[Listed]) -> Any:
        """From a value of Python to JSON; what it shows of rows is noted in `picked`."""
        kind = get_nullable_type(kind)
        if is_list_type(kind):
            return items(await self._shape(kind.of_type, asked, made, picked))
        if is_leaf_type(kind):
            return leaf(kind.serialize)
        if not is_object_type(kind):
            raise NotCompiled(f"{kind} is made in Python, and of several types")
        fields: dict[str, Field] = {}
        for key, one in self._fields(kind, asked).items():
            fields[key] = await self._shaped(kind, key, one, made, picked)
        return record(fields)

    async def _shaped(
        self, kind: GraphQLObjectType, key: str, asked: FieldDetailsList, made: Made, picked: list[Listed]
    ) -> Field:
        name = asked[0].node.name.value
        if name == "__typename":
            return Field(None, None, constant=kind.name)
        definition = kind.fields[name]
        said = definition.extensions["strawberry-definition"]
        pick = said.metadata.get(READS)
        if isinstance(pick, Picked) and pick.rows not in made.rows:
            return Field(None, None)
        if isinstance(pick, Picked):
            rows = made.rows[pick.rows]
            rows, among = (rows.rows, rows.keys) if isinstance(rows, Among) else (rows, None)
            inner = await self._record(rows.model, get_named_type(definition.type), asked)
            picked.append(Listed(rows, inner, among))
            shape = shown(len(picked) - 1)
            return Field(said.python_name, required(shape) if is_non_null_type(definition.type) else shape)
        shape = await self._shape(definition.type, asked, made, picked)
        if said.base_resolver is None:
            return Field(said.python_name, shape)
        call = Call(self.schema, self.operation, self.fragments, kind, key, definition, asked)
        return Field(None, shape, call=call.later)

    async def _paged(self, part: Part, kind: GraphQLObjectType, asked: FieldDetailsList) -> Paged:
        fields = self._fields(kind, asked)
        found = {key: await self._piece(part, kind, key, one) for key, one in fields.items()}
        return Paged(part, found, _own(fields))

    async def _piece(self, part: Part, kind: GraphQLObjectType, key: str, asked: FieldDetailsList) -> Piece:
        name = asked[0].node.name.value
        if name == "__typename":
            return Piece(name, value=Constant(kind.name))
        definition = kind.fields[name]
        target = get_named_type(definition.type)
        if name == "node":
            return Piece(name, value=await self._record(part.rows.model, target, asked, part.handed))
        if name not in EDGES + PAGE_INFO:
            return Piece(name, value=await self._field(Seen(kind, None, part.whole, next(self.levels)), key, asked))
        if is_leaf_type(target):
            return Piece(name)
        fields = self._fields(cast(GraphQLObjectType, target), asked)
        inner = {one: await self._piece(part, cast(GraphQLObjectType, target), one, it) for one, it in fields.items()}
        return Piece(name, inner, _own(fields))


def _later(seen: Seen, call: Call) -> Resolve:
    """Calls a resolver with what stands for its object when values are made."""
    again = seen.again
    if again is None:
        return call.later

    async def resolve(root: Any, making: Making) -> Any:
        return await call.later(await again(root, making), making)

    return resolve


def _again(seen: Seen, call: Call) -> Resolve:
    """Finds an object that is no row, which a resolver describes."""
    resolve = _later(seen, call)

    async def found(root: Any, making: Making) -> Any:
        return (await resolve(root, making)).value

    return found


def _own(fields: Mapping[str, FieldDetailsList]) -> frozenset[str]:
    return frozenset(key for key, asked in fields.items() if asked[0].node.alias is None)


def _kind_of(kind: Any) -> str:
    return "[]" if is_list_type(get_nullable_type(kind)) else get_named_type(kind).name
