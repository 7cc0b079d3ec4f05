"""Documents: parsed and validated once, with what is known of their operations before any request."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    FragmentDefinitionNode,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    get_nullable_type,
    get_variable_values,
    is_list_type,
    type_from_ast,
)

from server.schema.compiling.marks import NotCompiled
from server.schema.compiling.texts import LONGEST, Texts

AS_GIVEN: dict[str, type] = {"ID": str, "String": str, "Boolean": bool}
"""Types whose values the schema takes as they come, where they come as this."""


@dataclass(frozen=True)
class Operation:
    """An operation. kinds: the type of each variable. plain: what each is in Python that needs no reading."""

    node: OperationDefinitionNode
    name: str | None
    kinds: Mapping[str, Any]
    plain: Mapping[str, type | None]

    def variables(self, schema: GraphQLSchema, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """As the schema reads them, in the order of the operation. Raises NotCompiled where they do not fit."""
        if given.keys() == self.plain.keys() and all(type(given[name]) is kind for name, kind in self.plain.items()):
            return {name: given[name] for name in self.plain}
        found = get_variable_values(schema, self.node.variable_definitions or (), dict(given))
        if isinstance(found, list):
            raise NotCompiled("its variables do not fit")
        return found.coerced


@dataclass(frozen=True)
class Document:
    """A parsed document that is valid for the schema."""

    fragments: Mapping[str, FragmentDefinitionNode]
    queries: Mapping[str | None, Operation]
    """By name; the only one also without."""
    others: frozenset[str | None]
    """The names of what is no query."""

    def query(self, name: str | None) -> Operation:
        """The one of that name, or the only one. Raises NotCompiled."""
        if name in self.queries:
            return self.queries[name]
        alone = name in self.others or (name is None and len(self.others) == 1 and not self.queries)
        raise NotCompiled("it is no query" if alone else "which operation is not clear")


def document(texts: Texts, text: str) -> Document:
    """Of its text. Raises NotCompiled where it is not valid, or too long to be kept."""
    if len(text) > LONGEST:
        raise NotCompiled("it is too long to be kept")
    try:
        found = texts.of(text)
    except GraphQLSyntaxError as error:
        raise NotCompiled("it cannot be parsed") from error
    if found.faults:
        raise NotCompiled("it is not valid")
    schema = found.schema
    operations = [_operation(schema, node) for node in found.operations]
    fragments = [node for node in found.document.definitions if isinstance(node, FragmentDefinitionNode)]
    queries = {one.name: one for one in operations if one.node.operation is OperationType.QUERY}
    others = frozenset(one.name for one in operations if one.name not in queries)
    if len(operations) == 1 and queries:
        queries[None] = operations[0]
    return Document({node.name.value: node for node in fragments}, queries, others)


def _operation(schema: GraphQLSchema, node: OperationDefinitionNode) -> Operation:
    kinds = {one.variable.name.value: type_from_ast(schema, one.type) for one in node.variable_definitions or ()}
    plain = {name: _plain(kind) for name, kind in kinds.items()}
    return Operation(node, node.name.value if node.name else None, kinds, plain)


def _plain(kind: Any) -> type | None:
    named = get_nullable_type(kind)
    return None if is_list_type(named) else AS_GIVEN.get(named.name)
