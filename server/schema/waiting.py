"""From the document of a subscription to the query that is asked at each moment.

It is the same operation as a query. What `changed` is told to wait for gives way to the one thing that changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    ExecutableDefinitionNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSyntaxError,
    ListTypeNode,
    NamedTypeNode,
    NameNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    OperationType,
    TypeInfo,
    TypeInfoVisitor,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    get_variable_values,
    print_ast,
    separate_operations,
    visit,
)
from graphql.execution.collect_fields import FragmentDetails, collect_fields
from graphql.execution.values import get_argument_values

from server import schema
from server.errors import DomainError
from server.schema.asking import Asking
from server.schema.compiling.texts import KEPT_WEIGHT, LONGEST, Kept
from server.schema.happening import Subscription
from server.schema.problems import error

API = schema.api._schema
THINGS, ARGUMENT = "changed", "ids"
"""The field whose answer is about one thing at a time, and its argument that says which."""


class Ended(Exception):
    """A subscription is over, or could not begin, for these reasons: entries of `errors`."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(str(errors))
        self.errors = errors

    @classmethod
    def by(cls, refusal: DomainError, asking: Asking) -> "Ended":
        """For what a refusal says."""
        return cls([error(GraphQLError(str(refusal), original_error=refusal), asking, ran=False)])


@dataclass(frozen=True)
class Waiting:
    """text: of the query. things: its variable for what changed. operation, fragments: the client's own."""

    text: str
    name: str | None
    things: str
    operation: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]

    def asked(self, variables: Mapping[str, Any], asking: Asking) -> tuple[str, dict[str, Any]]:
        """The root field, and its arguments as the schema reads them. Raises Ended where they do not fit."""
        known = get_variable_values(API, self.operation.variable_definitions or (), dict(variables))
        if isinstance(known, list):
            raise Ended([error(one, asking, ran=True) for one in known[: schema.MOST_ERRORS]])
        fragments = {name: FragmentDetails(node) for name, node in self.fragments.items()}
        root = _root()
        ((first, *_),) = collect_fields(API, fragments, known, root, self.operation).grouped_field_set.values()
        try:
            return first.node.name.value, get_argument_values(root.fields[first.node.name.value], first.node, known)
        except GraphQLError as wrong:
            raise Ended([error(wrong, asking, ran=True)]) from wrong


READY: Kept[tuple[str, str | None], Waiting] = Kept(KEPT_WEIGHT)
"""Those that were made ready, by text and name."""


def kind_of(text: str, name: str | None) -> OperationType | None:
    """Of the operation of that name, or the only one; None where it is not clear which one it is, or cannot be read."""
    try:
        operation = schema.api.texts.of(text).operation(name)
    except GraphQLSyntaxError:
        return None
    return operation.operation if operation else None


def waiting(text: str, name: str | None, asking: Asking) -> Waiting:
    """A subscription made ready. Raises Ended where it is not valid."""
    found = READY.find((text, name))
    if found is None:
        document = schema.api.texts.of(text)
        operation = document.operation(name)
        if document.faults or operation is None:
            raise Ended([error(one, asking, ran=False) for one in document.faults[: schema.MOST_ERRORS]])
        found = _waiting(document.document, operation)
        if len(text) <= LONGEST:
            READY.keep((text, name), found, document.weight)
    return found


def _waiting(document: DocumentNode, operation: OperationDefinitionNode) -> Waiting:
    name = operation.name.value if operation.name else None
    alone = separate_operations(document)[name or ""]
    things = _free({one.variable.name.value for one in operation.variable_definitions or ()})
    fragments = {node.name.value: node for node in alone.definitions if isinstance(node, FragmentDefinitionNode)}
    return Waiting(print_ast(_as_query(alone, things)), name, things, operation, fragments)


def _free(taken: set[str], name: str = "things") -> str:
    return _free(taken, f"{name}_") if name in taken else name


def _as_query(document: DocumentNode, things: str) -> DocumentNode:
    """The operation as a query whose variables are those that it still uses."""
    types = TypeInfo(API)
    document = visit(document, TypeInfoVisitor(types, OneThing(types, things)))
    used = Used()
    for node in document.definitions:
        if isinstance(node, ExecutableDefinitionNode):
            visit(node.selection_set, used)
    return visit(document, AsQuery(used.names, things))


class OneThing(Visitor):
    """Puts the variable for what changed in the place of what was waited for."""

    def __init__(self, types: TypeInfo, things: str) -> None:
        super().__init__()
        self.types, self.things = types, things

    def leave_field(self, node: FieldNode, *_: Any) -> FieldNode | None:
        """Of root fields, the one that is about things."""
        if self.types.get_parent_type() is not _root() or node.name.value != THINGS:
            return None
        argument = ArgumentNode(name=NameNode(value=ARGUMENT), value=_variable(self.things))
        return replace(node, arguments=(argument,))


class Used(Visitor):
    """The names of all variables that stand anywhere."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        """One of them."""
        self.names.add(node.name.value)


class AsQuery(Visitor):
    """Makes a query of a subscription."""

    def __init__(self, used: set[str], things: str) -> None:
        super().__init__()
        self.used, self.things = used, things

    def leave_operation_definition(self, node: OperationDefinitionNode, *_: Any) -> OperationDefinitionNode:
        """Variables that nothing uses any more are left out."""
        kept = [one for one in node.variable_definitions or () if one.variable.name.value in self.used]
        if self.things in self.used:
            kind = ListTypeNode(type=NonNullTypeNode(type=NamedTypeNode(name=NameNode(value="ID"))))
            kept.append(VariableDefinitionNode(variable=_variable(self.things), type=kind))
        return replace(node, operation=OperationType.QUERY, variable_definitions=tuple(kept))


def _variable(name: str) -> VariableNode:
    return VariableNode(name=NameNode(value=name))


def _root() -> GraphQLObjectType:
    root = API.subscription_type
    if root is None:
        raise LookupError(Subscription)
    return root
