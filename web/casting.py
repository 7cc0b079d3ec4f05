"""Strings of a path, query or form, as the types that an operation declares; what does not fit is a problem."""

import datetime as dt
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from graphql import (
    ListTypeNode,
    NamedTypeNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    TypeNode,
    VariableDefinitionNode,
)
from strawberry.types.enum import StrawberryEnumDefinition

from server import schema
from server.words import Words, say

YES = {"true", "on", "yes", "1"}
INT_BITS = 32
"""GraphQL's Int."""


def _int(text: str) -> int:
    number = int(text)
    if number.bit_length() >= INT_BITS:
        raise ValueError(text)
    return number


CASTS: dict[str, tuple[Callable[[str], Any], Words]] = {
    "Int": (_int, say("Write a whole number, such as 12.")),
    "Float": (float, say("Write a number, such as 0.5.")),
    "Boolean": (lambda text: text.lower() in YES, say("Choose yes or no.")),
    "Date": (dt.date.fromisoformat, say("Write the day as year-month-day, such as 2026-03-01.")),
    "DateTime": (dt.datetime.fromisoformat, say("Write the time as 2026-03-01T09:30:00+08:00.")),
}
KEEPS_EMPTY = {"String"}
"""An empty text is a text: it clears. An empty box of any other type is nothing."""


def cast(operation: OperationDefinitionNode, given: Mapping[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The operation's variables, and a problem for each value that does not fit: {field, code, message}."""
    variables: dict[str, Any] = {}
    problems: list[dict[str, Any]] = []
    for node in operation.variable_definitions or ():
        name = node.variable.name.value
        if name not in given and not isinstance(node.type, NonNullTypeNode):
            continue  # what was not given is not said, and the operation's own default counts
        try:
            value = _value(node.type, given.get(name))
        except Misfit as misfit:
            problems.append({"field": name, "code": "BAD_VALUE", "message": misfit.words, "rule": None})
            continue
        if value is not None:
            variables[name] = value
        elif name in given and given[name] == "" and not isinstance(node.type, NonNullTypeNode):
            variables[name] = None
        elif _required(node):
            problems.append({"field": name, "code": "REQUIRED", "message": say("This is needed."), "rule": None})
    return variables, problems


class Misfit(Exception):
    """A text that is not of its type."""

    def __init__(self, words: Words) -> None:
        super().__init__(str(words))
        self.words = words


def _required(node: VariableDefinitionNode) -> bool:
    return isinstance(node.type, NonNullTypeNode) and node.default_value is None


def _value(kind: TypeNode, given: Any) -> Any:
    if isinstance(kind, NonNullTypeNode):
        return _value(kind.type, given)
    if isinstance(kind, ListTypeNode):
        texts = given.splitlines() if isinstance(given, str) else given or []
        return [value for text in texts if text and (value := _value(kind.type, text.strip())) is not None]
    if isinstance(given, list):
        given = given[-1]
    if not isinstance(kind, NamedTypeNode) or not isinstance(given, str):
        return given
    return _scalar(kind.name.value, given)


def _scalar(name: str, text: str) -> Any:
    if name in KEEPS_EMPTY:
        return text
    if not text.strip():
        return None
    make, words = CASTS.get(name, (partial(_known, name), say("This is not known.")))
    try:
        return make(text.strip())
    except ValueError:
        raise Misfit(words) from None


def _known(name: str, text: str) -> str:
    """One of the values of an enum, or any ID. Raises ValueError."""
    kind = schema.pages.get_type_by_name(name)
    if isinstance(kind, StrawberryEnumDefinition) and text not in {value.name for value in kind.values}:
        raise ValueError(text)
    return text
