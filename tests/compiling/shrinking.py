"""As little of an operation as still goes wrong."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from graphql import (
    REMOVE,
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    Node,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    parse,
    print_ast,
    validate,
    visit,
)

from tests.compiling.comparing import Asked

TRIES = 300
"""How often it is tried with less in it."""
PARTS = ("field", "inline_fragment", "fragment_spread", "argument", "directive")
"""Kinds of what may be left out."""


class _Cut(Visitor):
    """Leaves out the part of that number."""

    def __init__(self, place: int) -> None:
        super().__init__()
        self.left = place
        self.done = False

    def enter(self, node: Node, *_: Any) -> Any:
        if node.kind not in PARTS or self.done:
            return None
        self.left -= 1
        self.done = self.left < 0
        return REMOVE if self.done else None


class _Used(Visitor):
    """Notes which fragments and variables are used."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> None:
        self.names.add(f"...{node.name.value}")

    def enter_variable(self, node: VariableNode, _key: Any, parent: Any, *_: Any) -> None:
        if not isinstance(parent, VariableDefinitionNode):
            self.names.add(f"${node.name.value}")


class _Tidy(Visitor):
    """Leaves out the fragments and variables that are not used."""

    def __init__(self, used: set[str]) -> None:
        super().__init__()
        self.used = used

    def enter_fragment_definition(self, node: FragmentDefinitionNode, *_: Any) -> Any:
        return None if f"...{node.name.value}" in self.used else REMOVE

    def enter_variable_definition(self, node: VariableDefinitionNode, *_: Any) -> Any:
        return None if f"${node.variable.name.value}" in self.used else REMOVE


async def shrunk(asked: Asked, schema: GraphQLSchema, wrong: Callable[[Asked], Awaitable[object]]) -> Asked:
    """The operation without what can be left out while it is still wrong."""
    place = 0
    for _ in range(TRIES):
        cut = _Cut(place)
        document = _tidied(visit(parse(asked.text, no_location=True), cut))
        if not cut.done:
            break
        less = replace(asked, text=print_ast(document))
        if _is_valid(less.text, schema) and await wrong(less):
            asked = less
        else:
            place += 1
    return asked


def _tidied(document: DocumentNode) -> DocumentNode:
    before: DocumentNode | None = None
    while before is not document:
        used = _Used()
        visit(document, used)
        before, document = document, visit(document, _Tidy(used.names))
    return document


def _is_valid(text: str, schema: GraphQLSchema) -> bool:
    return "{}" not in text and not validate(schema, parse(text), max_errors=1)
