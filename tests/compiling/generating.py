"""Operations made up at random, valid for the schema: fragments, aliases, directives, variables of every type."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_enum_type,
    is_interface_type,
    is_leaf_type,
    is_required_argument,
    parse_value,
    value_from_ast,
)
from graphql.pyutils import Undefined

from server.schema.declared import READS
from server.schema.rows import READINGS
from tests.compiling.values import Stock, Values

DEEPEST = 5
UNSAID = object()
"""A variable of which a request says nothing."""


@dataclass
class Generator:
    """One operation."""

    schema: GraphQLSchema
    chance: random.Random
    stock: Stock
    variables: dict[str, Any] = field(default_factory=dict)
    declared: dict[str, str] = field(default_factory=dict)
    fragments: dict[str, tuple[str, str]] = field(default_factory=dict)
    names: Iterator[int] = field(default_factory=count)
    left: int = 30
    """How many more fields there may be."""

    def operation(self, roots: list[str]) -> str:
        """The text of a document that asks for some of these root fields; its values are in `variables`."""
        kind = self.schema.query_type
        assert kind is not None
        self.left = self.chance.choice((3, 8, 15, 30))
        chosen = [self._field(kind, self.chance.choice(roots), 0, True) for _ in range(self.chance.choice((1, 1, 2)))]
        head = f"query Made({', '.join(self.declared.values())})" if self.declared else "query Made"
        tail = " __typename" if self.chance.random() < 0.2 else ""
        return "\n".join([f"{head} {{ {' '.join(chosen)}{tail} }}", *(text for _, text in self.fragments.values())])

    # Selections

    def _field(self, kind: GraphQLObjectType, name: str, deep: int, aliased: bool) -> str:
        self.left -= 1
        definition = kind.fields[name]
        alias = f"{self._named('f')}: " if aliased or self.chance.random() < 0.4 else ""
        said = f"{alias}{name}{self._arguments(name, definition)}"
        found = get_named_type(definition.type)
        if is_leaf_type(found):
            return said + self._directive()
        twice = f" {said} {self._selection(found, deep + 1, True)}" if self.chance.random() < 0.05 else ""
        return f"{said}{self._directive()} {self._selection(found, deep + 1, aliased)}{twice}"

    def _selection(self, kind: Any, deep: int, aliased: bool) -> str:
        if is_abstract_type(kind):
            return f"{{ {self._of_any(kind, deep)} }}"
        names = [name for name, one in kind.fields.items() if self._wanted(one, deep)]
        if kind.name.endswith(("Connection", "Edge")):  # else most parts of lists would show no row
            names += [name for name in names if name in ("edges", "node")] * 3
        most = max(1, min(len(names), 6, self.left))
        chosen = dict.fromkeys(self.chance.sample(names, self.chance.randint(1, most))) if names else ()
        split = self.chance.random() < 0.2
        parts = [self._field(kind, name, deep, aliased or split) for name in chosen]
        if self.chance.random() < 0.15 or not parts:
            parts.append(self.chance.choice(("__typename", f"{self._named('f')}: __typename")))
        return f"{{ {' '.join(self._wrapped(kind, parts, deep) if split else parts)} }}"

    def _of_any(self, kind: Any, deep: int) -> str:
        """What is asked of an interface: of each of some types what it has. Aliased, since their fields may differ."""
        of_all = ["id"] if is_interface_type(kind) else []
        found = list(self.schema.get_possible_types(kind))
        chosen = self.chance.sample(found, self.chance.randint(0, min(3, len(found))))
        inner = [f"... on {one.name} {self._selection(one, deep + 1, True)}" for one in chosen]
        return " ".join([*of_all, "__typename", *inner])

    def _wrapped(self, kind: GraphQLObjectType, parts: list[str], deep: int) -> list[str]:
        """Some of the fields in fragments: inline, named, within each other, of an interface, used again."""
        place = self.chance.randint(0, len(parts))
        before, inner = parts[:place], " ".join(parts[place:]) or "__typename"
        match self.chance.randrange(6):
            case 0:
                inner = f"... on {kind.name}{self._directive()} {{ {inner} }}"
            case 1:
                inner = f"...{self._directive()} {{ {inner} }}"
            case 2 if kind.interfaces:
                inner = (
                    f"... on {kind.interfaces[0].name} {{ {self._named('f')}: id ... on {kind.name} {{ {inner} }} }}"
                )
            case 3:
                known = [name for name, (of, _) in self.fragments.items() if of == kind.name]
                inner += f" ...{self.chance.choice(known)}" if known and deep < DEEPEST - 1 else ""
            case _:
                name = self._named("F")
                self.fragments[name] = (kind.name, f"fragment {name} on {kind.name} {{ {inner} }}")
                inner = f"...{name}{self._directive()}" + (f" ...{name}" if self.chance.random() < 0.3 else "")
        return [*before, inner]

    def _wanted(self, one: GraphQLField, deep: int) -> bool:
        return (deep < DEEPEST and self.left > 0) or is_leaf_type(get_named_type(one.type))

    def _directive(self) -> str:
        if self.chance.random() > 0.08:
            return ""
        both = self.chance.choice((["skip"], ["include"], ["include"], ["skip", "include"]))
        return "".join(f" @{one}(if: {self._given('Boolean!', self.chance.random() < 0.5)})" for one in both)

    # Arguments

    def _arguments(self, name: str, definition: GraphQLField) -> str:
        values, found = Values(self.chance, self.stock, self.schema), {}
        for argument, taken in definition.args.items():
            if is_required_argument(taken) or self.chance.random() < 0.22:
                found[argument] = (taken, values.of(taken.type, argument, name))
        for one, other in (("first", "last"), ("after", "before")):
            if one in found and other in found and self.chance.random() < 0.8:
                del found[other]
        given = (f"{key}: {self._given(str(taken.type), value)}" for key, (taken, value) in found.items())
        return f"({', '.join(given)})" if found else ""

    def _given(self, kind: str, value: Any) -> str:
        """As a variable, mostly; as a literal where that is valid."""
        if self.chance.random() < 0.3 and (literal := self._literal(kind, value)):
            return literal
        known = [name for name, said in self.declared.items() if said == f"${name}: {kind}"]
        if known and self.chance.random() < 0.15:
            return f"${self.chance.choice(known)}"
        return f"${self._variable(kind, value)}"

    def _variable(self, kind: str, value: Any) -> str:
        name, luck = self._named("v"), self.chance.random()
        self.declared[name] = f"${name}: {kind}"
        if luck < 0.1 and value is not None and (literal := self._literal(kind, value)):
            self.declared[name] = f"${name}: {kind.rstrip('!') if luck < 0.05 else kind} = {literal}"
            value = UNSAID if luck < 0.08 else value
        elif luck < 0.2 and not kind.endswith("!"):
            value = self.chance.choice((None, UNSAID))
        elif luck < 0.25 and value is not None and not kind.endswith("!"):
            self.declared[name] += "!"
        if value is not UNSAID:
            self.variables[name] = value
        return name

    def _literal(self, kind: str, value: Any) -> str:
        """As GraphQL writes it; empty where it would not be valid there."""
        if value is None:
            return "" if kind.endswith("!") else "null"
        named = self.schema.get_type(kind.strip("[]!"))
        if isinstance(value, list):
            inner = [self._literal(kind.strip("[]!") + "!", one) for one in value]
            return f"[{', '.join(inner)}]" if all(inner) else ""
        if isinstance(named, GraphQLInputObjectType):
            parts = {name: self._literal(str(named.fields[name].type), one) for name, one in value.items()}
            return f"{{{', '.join(f'{name}: {part}' for name, part in parts.items())}}}" if all(parts.values()) else ""
        if is_enum_type(named):
            return str(value)
        written = json.dumps(value, ensure_ascii=self.chance.random() < 0.5)
        return written if value_from_ast(parse_value(written), named) is not Undefined else ""

    def _named(self, letter: str) -> str:
        return f"{letter}{next(self.names)}"


def is_declared(one: GraphQLField) -> bool:
    """Whether this field says as data what it reads, so that it can be compiled."""
    return one.extensions["strawberry-definition"].metadata.get(READS) is not None


def can_be_compiled(kind: GraphQLObjectType, one: GraphQLField) -> bool:
    """Whether this field of that type is declared, or a part of a value that is made in Python, or of a list."""
    reading = any(kind.name == reading.name for reading in READINGS.values())
    plain = one.extensions["strawberry-definition"].base_resolver is None
    return is_declared(one) or (plain and not reading) or kind.fields.get("totalCount") is one
