"""What an operation can cost, told from its text before it runs: docs/cost.md says the rule.

A field costs its weight, and what it selects as often as that can be there. A page is as long as `first` or `last` say.
Each fragment is counted once, whoever spreads it, so the work grows with the text and not with what it stands for.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    Node,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_composite_type,
    is_input_object_type,
    is_interface_type,
    is_introspection_type,
    is_list_type,
    is_object_type,
)

from server.rules.budgets import Cost
from server.schema.declared import COUNTED, READS, SHORT, WEIGHT, Many, Through
from server.schema.exploring import INTROSPECTION
from server.schema.paging import CAP, DEFAULT, PAGED

VALUE = 1
"""The weight of a value or an object that is read."""
CALLED = 10
"""The weight of a field that a function of ours has to find, which no declaration tells."""
LIST = 50
"""How many there are counted in a list without pages that no link declares, and that does not say."""
TOLD = 4
"""So many values of introspection cost as much as one that is read."""
MOST = 10**12
"""Nothing is counted further than this."""
KEPT = 32
"""Costs that a document keeps: one for each set of sizes of its pages."""

SIZING = ("first", "last")


@dataclass(slots=True)
class Tally:
    """What a selection comes to. each_cost, each_rows: of the list in it that is as long as the page around it."""

    cost: int = 0
    rows: int = 0
    each_cost: int = 0
    each_rows: int = 0
    depth: int = 0
    aliases: int = 0
    directives: int = 0
    roots: int = 0
    fields: int = 0

    def take(self, other: "Tally") -> None:
        """The same selection has this, too."""
        self.cost += other.cost
        self.rows += other.rows
        self.each_cost += other.each_cost
        self.each_rows += other.each_rows
        self.depth = max(self.depth, other.depth)
        self.aliases += other.aliases
        self.directives = max(self.directives, other.directives)
        self.roots += other.roots
        self.fields += other.fields

    def cut(self) -> "Tally":
        """Itself, no number above MOST: what doubles a thousand times is not worth its digits."""
        for name in ("cost", "rows", "each_cost", "each_rows", "aliases", "roots", "fields"):
            setattr(self, name, min(getattr(self, name), MOST))
        return self


class Costs:
    """The costs of the operations of one parsed document; it need not be valid. Raises GraphQLError for a ring.

    For documents that are valid, and for those of which that is not known yet: a field that the schema does not know
    counts as a value.
    """

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self.schema, self.tokens = schema, document.token_count
        self.operations = {id(node): node for node in document.definitions if isinstance(node, OperationDefinitionNode)}
        found = [node for node in document.definitions if isinstance(node, FragmentDefinitionNode)]
        self.fragments = _inside_out({node.name.value: node for node in found})
        self.sizing = sorted({name for node in document.definitions for name in _sizing(node)})
        self._kept = lru_cache(KEPT)(self._counted)

    def of(self, operation: OperationDefinitionNode, variables: Mapping[str, Any] | None = None) -> Cost:
        """variables: as the schema reads them; where they are not known, each page has the most rows it can have."""
        return self._kept(id(operation), self._sizes(variables))

    def asked(self, operation: OperationDefinitionNode, given: Mapping[str, Any]) -> Cost:
        """The same with variables as they came, which need not fit."""
        if not self.sizing:
            return self._kept(id(operation), ())
        defaults = {one.variable.name.value: one.default_value for one in operation.variable_definitions or ()}
        return self._kept(id(operation), tuple((name, _given(name, given, defaults)) for name in self.sizing))

    def parts(
        self, operation: OperationDefinitionNode, variables: Mapping[str, Any] | None = None
    ) -> list[tuple[str, Cost]]:
        """The same of each root field, by the key of its answer."""
        counter = Counter(self.schema, self.fragments, dict(self._sizes(variables)))
        kind = counter.root(operation)
        fields = _fields(operation.selection_set, {node.name.value: node for node in self.fragments})
        counted = [((node.alias or node.name).value, counter.selection([node], kind)) for node in fields]
        return [(key, _cost(found, self.tokens)) for key, found in counted]

    def _sizes(self, variables: Mapping[str, Any] | None) -> tuple[tuple[str, int], ...]:
        if variables is None:
            return tuple((name, CAP) for name in self.sizing)
        return tuple((name, _fit(variables.get(name))) for name in self.sizing)

    def _counted(self, which: int, sizes: tuple[tuple[str, int], ...]) -> Cost:
        operation = self.operations[which]
        counter = Counter(self.schema, self.fragments, dict(sizes))
        found = counter.selection(operation.selection_set.selections, counter.root(operation))
        found.directives = max(found.directives, _directives(operation))
        return _cost(found, self.tokens)


class Counter:
    """Counts the selections of one document for these sizes of pages. fragments: each after those that it spreads."""

    def __init__(
        self, schema: GraphQLSchema, fragments: Sequence[FragmentDefinitionNode], sizes: Mapping[str, int]
    ) -> None:
        self.schema, self.sizes = schema, sizes
        self.fragments: dict[str, Tally] = {}
        for node in fragments:
            found = self.selection(node.selection_set.selections, schema.get_type(node.type_condition.name.value))
            found.directives = max(found.directives, len(node.directives or ()))
            self.fragments[node.name.value] = found

    def root(self, operation: OperationDefinitionNode) -> GraphQLNamedType | None:
        """The type of the operation's own fields."""
        return self.schema.get_root_type(operation.operation)

    def selection(self, nodes: Sequence[SelectionNode], kind: GraphQLNamedType | None) -> Tally:
        """What these come to on a thing of that type. A fragment spread twice is there once."""
        found, spread = Tally(), set()
        for node in nodes:
            found.directives = max(found.directives, len(node.directives or ()))
            match node:
                case FieldNode():
                    self._field(found, node, kind)
                case InlineFragmentNode(type_condition=said):
                    within = self.schema.get_type(said.name.value) if said else kind
                    found.take(self.selection(node.selection_set.selections, within))
                case FragmentSpreadNode(name=name) if name.value not in spread:
                    spread.add(name.value)
                    found.take(self.fragments.get(name.value, Tally()))
        return found.cut()

    def _field(self, found: Tally, node: FieldNode, kind: GraphQLNamedType | None) -> None:
        name = node.name.value
        definition = self.schema.get_field(kind, name) if is_composite_type(kind) else None
        found.roots += 1
        found.aliases += node.alias is not None
        found.cost += _weight(definition)
        inner = self._below(node, definition)
        found.fields += 1 + inner.fields
        if name in INTROSPECTION:
            inner.cost //= TOLD
        found.depth = max(found.depth, inner.depth + 1)
        found.aliases += inner.aliases
        found.directives = max(found.directives, inner.directives)
        if PAGED.items() <= _declared(definition).items():
            found.each_cost += VALUE + inner.cost
            found.each_rows += 1 + inner.rows
            return
        times = self._times(name, definition, kind) if definition else None
        found.cost += inner.cost if times is None else times * (VALUE + inner.cost)
        found.rows += inner.rows if times is None else times * (1 + inner.rows)

    def _below(self, node: FieldNode, definition: GraphQLField | None) -> Tally:
        """What a field selects, its page as long as it is asked for."""
        if node.selection_set is None:
            return Tally()
        found = self.selection(node.selection_set.selections, get_named_type(definition.type) if definition else None)
        size = self._size(node.arguments or ())
        return Tally(
            found.cost + size * found.each_cost,
            found.rows + size * found.each_rows,
            depth=found.depth,
            aliases=found.aliases,
            directives=found.directives,
            fields=found.fields,
        )

    def _times(self, name: str, definition: GraphQLField, kind: GraphQLNamedType | None) -> int | None:
        """How many there are counted in a list of things; None for what is no such list."""
        if not is_list_type(get_nullable_type(definition.type)) or not is_composite_type(
            get_named_type(definition.type)
        ):
            return None
        if kind is not None and is_introspection_type(kind):
            return told(self.schema)[name]
        said = _declared(definition)
        return int(said.get(COUNTED, SHORT if isinstance(said.get(READS), Many | Through) else LIST))

    def _size(self, arguments: Sequence[ArgumentNode]) -> int:
        sizes = [self._said(one.value) for one in arguments if one.name.value in SIZING]
        return max([size for size in sizes if size is not None], default=DEFAULT)

    def _said(self, value: Node) -> int | None:
        match value:
            case IntValueNode():
                return _fit(int(value.value[:4]))
            case VariableNode():
                return self.sizes[value.name.value]
        return None


def _cost(found: Tally, tokens: int) -> Cost:
    return Cost(found.cost, found.rows, found.depth, found.aliases, found.directives, found.roots, found.fields, tokens)


def _declared(definition: GraphQLField | None) -> Mapping[str, Any]:
    """What a field says of itself; nothing for those of GraphQL's own."""
    said = definition.extensions.get("strawberry-definition") if definition else None
    return said.metadata if said else {}


def _weight(definition: GraphQLField | None) -> int:
    said = definition.extensions.get("strawberry-definition") if definition else None
    if said and WEIGHT in said.metadata:
        return int(said.metadata[WEIGHT])
    return CALLED if said and said.base_resolver and READS not in said.metadata else VALUE


@lru_cache
def told(schema: GraphQLSchema) -> Mapping[str, int]:
    """How many there are counted in the lists of introspection: all types, and of what a type has as many as are usual.

    That is the mean over all types and over those that fields lead to, whichever is more, and at least one.
    """
    types = list(schema.type_map.values())
    members = [field for kind in types for field in getattr(kind, "fields", {}).values()]
    led_to = [get_named_type(field.type) for field in members]
    sizes: dict[str, Callable[[Any], int]] = {
        "fields": lambda kind: len(kind.fields) if is_object_type(kind) or is_interface_type(kind) else 0,
        "inputFields": lambda kind: len(kind.fields) if is_input_object_type(kind) else 0,
        "enumValues": lambda kind: len(getattr(kind, "values", ())),
        "interfaces": lambda kind: len(getattr(kind, "interfaces", ())),
        "possibleTypes": lambda kind: len(schema.get_possible_types(kind)) if is_abstract_type(kind) else 0,
    }
    usual = {name: max(_mean(map(size, types)), _mean(map(size, led_to))) for name, size in sizes.items()}
    arguments = _mean(len(getattr(field, "args", ())) for field in members)
    return usual | {"types": len(types), "directives": len(schema.directives), "args": arguments}


def _mean(sizes: Iterable[int]) -> int:
    """Rounded up, and at least one."""
    found = list(sizes)
    return max(1, math.ceil(sum(found) / len(found))) if found else 1


def _fit(size: Any) -> int:
    """A size that is asked for, as far as it can be had. Null is none; what is no number, or none yet, is the most."""
    if size is None:
        return DEFAULT
    return min(max(size, 0), CAP) if isinstance(size, int) else CAP


def _given(name: str, given: Mapping[str, Any], defaults: Mapping[str, Node | None]) -> int:
    """A size by the variable of that name, or by its default."""
    if name in given:
        return _fit(given[name])
    default = defaults.get(name)
    return _fit(int(default.value[:4])) if isinstance(default, IntValueNode) else DEFAULT


def _directives(operation: OperationDefinitionNode) -> int:
    variables = [len(one.directives or ()) for one in operation.variable_definitions or ()]
    return max([len(operation.directives or ()), *variables])


def _fields(selected: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]) -> Iterator[FieldNode]:
    """The fields of a selection itself, those of its fragments included."""
    waiting, spread = list(reversed(selected.selections)), set[str]()
    while waiting:
        match waiting.pop():
            case FieldNode() as node:
                yield node
            case InlineFragmentNode(selection_set=within):
                waiting += reversed(within.selections)
            case FragmentSpreadNode(name=name) if name.value in fragments and name.value not in spread:
                spread.add(name.value)
                waiting += reversed(fragments[name.value].selection_set.selections)


def _everywhere(node: Any) -> Iterator[FieldNode | FragmentSpreadNode]:
    """Every field and spread below a definition, in no order."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        if isinstance(found, FieldNode | FragmentSpreadNode):
            yield found
        within = getattr(found, "selection_set", None)
        waiting += within.selections if within else ()


def _inside_out(fragments: Mapping[str, FragmentDefinitionNode]) -> tuple[FragmentDefinitionNode, ...]:
    """Each fragment after those that it spreads."""
    spreads = {
        name: {one.name.value for one in _everywhere(node) if isinstance(one, FragmentSpreadNode)} & fragments.keys()
        for name, node in fragments.items()
    }
    try:
        return tuple(fragments[name] for name in TopologicalSorter(spreads).static_order())
    except CycleError as ring:
        raise GraphQLError(
            f"Fragments spread each other in a ring: {', '.join(dict.fromkeys(ring.args[1]))}."
        ) from ring


def _sizing(node: Any) -> Iterator[str]:
    """The variables that say how long a page is."""
    for found in _everywhere(node):
        for one in (found.arguments or ()) if isinstance(found, FieldNode) else ():
            if one.name.value in SIZING and isinstance(one.value, VariableNode):
                yield one.value.name.value
