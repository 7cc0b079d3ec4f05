"""Operations made up at random, valid for the schema, of what is declared: with aliases, fragments, variables."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any, cast

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
    is_object_type,
)

from server.schema.declared import READS

PIECES = {"edges", "node", "cursor", "pageInfo", "totalCount"}
PAGE_INFO = ("hasNextPage", "hasPreviousPage", "startCursor", "endCursor")
TEXTS = ("mei", "", "  ", "王", "Lin Le", "%", "wen'", "文艺", "K", "MEI MEMBER", "Méi")
DAYS = ("2026-03-01", "0001-01-01", "9999-12-31", "2026-11-22")
TIMES = ("2026-03-01T09:30:00+08:00", "2001-01-01T00:00:00Z", "2030-01-01T00:00:00.123456Z")
CODES = ("14", "99", "")
DEEPEST = 4


@dataclass
class Generator:
    """One operation. ids, cursors: some that are there and some that are not."""

    schema: GraphQLSchema
    chance: random.Random
    ids: list[str]
    cursors: list[str]
    variables: dict[str, Any] = field(default_factory=dict)
    declared: list[str] = field(default_factory=list)
    fragments: list[str] = field(default_factory=list)
    names: Iterator[int] = field(default_factory=count)

    def operation(self) -> str:
        """The text of a query; its values are in `variables`."""
        kind = self.schema.query_type
        assert kind is not None
        roots = [name for name, one in kind.fields.items() if _declared(one)]
        chosen = [self._field(kind, self.chance.choice(roots), 0) for _ in range(self.chance.choice((1, 1, 2)))]
        head = f"query Made({', '.join(self.declared)})" if self.declared else "query Made"
        return "\n".join([f"{head} {{ {' '.join(chosen)} __typename }}", *self.fragments])

    def _field(self, kind: GraphQLObjectType, name: str, deep: int) -> str:
        definition = kind.fields[name]
        found = get_named_type(definition.type)
        said = f"f{next(self.names)}: {name}{self._arguments(name, definition)}{self._directive()}"
        if is_leaf_type(found):
            return said
        if not is_object_type(found):
            return f"{said} {{ id __typename {self._fragment(deep)} }}"
        return f"{said} {self._selection(found, deep + 1)}"

    def _selection(self, kind: GraphQLObjectType, deep: int) -> str:
        names = [name for name, one in kind.fields.items() if self._wanted(kind, name, one, deep)]
        chosen = self.chance.sample(names, self.chance.randint(1, min(len(names), 5))) if names else []
        parts = [self._field(kind, name, deep) for name in chosen]
        if self.chance.random() < 0.2:
            parts.append("__typename")
        inner = " ".join(parts) or "__typename"
        match self.chance.randrange(8):
            case 0:
                return f"{{ ... on {kind.name} {{ {inner} }} }}"
            case 1:
                name = f"F{next(self.names)}"
                self.fragments.append(f"fragment {name} on {kind.name} {{ {inner} }}")
                return f"{{ ...{name} ...{name} }}"
        return f"{{ {inner} }}"

    def _wanted(self, kind: GraphQLObjectType, name: str, one: GraphQLField, deep: int) -> bool:
        piece = kind.name.endswith(("Connection", "Edge", "PageInfo")) and (name in PIECES or name in PAGE_INFO)
        return (piece or _declared(one)) and (deep < DEEPEST or is_leaf_type(get_named_type(one.type)))

    def _fragment(self, deep: int) -> str:
        kind = self.schema.get_type(self.chance.choice(("Person", "Body", "Term", "Membership")))
        assert isinstance(kind, GraphQLObjectType)
        return f"... on {kind.name} {self._selection(kind, deep + 1)}"

    def _directive(self) -> str:
        if self.chance.random() > 0.1:
            return ""
        return f" @{self.chance.choice(('skip', 'include'))}(if: {self._value('Boolean!', self.chance.random() < 0.5)})"

    def _arguments(self, name: str, definition: GraphQLField) -> str:
        found = {}
        for argument, taken in definition.args.items():
            kind = str(taken.type)
            if kind.endswith("!") or self.chance.random() < 0.25:
                found[argument] = self._value(kind, self._made(argument, kind.rstrip("!")))
        if "first" in found and "last" in found:
            del found["last"]
        return f"({', '.join(f'{key}: {value}' for key, value in found.items())})" if found else ""

    def _made(self, argument: str, kind: str) -> Any:
        match kind:
            case "ID":
                return self.chance.choice(self.ids)
            case "String" if argument in ("after", "before"):
                return self.chance.choice(self.cursors)
            case "String":
                return self.chance.choice(CODES if argument == "term" else TEXTS)
            case "Date":
                return self.chance.choice(DAYS)
            case "DateTime":
                return self.chance.choice(TIMES)
            case "Int":
                return self.chance.choice((1, 2, 3, 50, 100, 0))
            case "Boolean":
                return self.chance.random() < 0.5
        values = self.schema.get_type(kind)
        return self.chance.choice(list(cast(GraphQLEnumType, values).values))

    def _value(self, kind: str, value: Any) -> str:
        """As a variable, mostly; as a literal where that is as easily written."""
        if self.chance.random() < 0.3 and isinstance(value, bool | int):
            return str(value).lower()
        name = f"v{next(self.names)}"
        self.variables[name] = None if not kind.endswith("!") and self.chance.random() < 0.1 else value
        self.declared.append(f"${name}: {kind}")
        return f"${name}"


def _declared(one: GraphQLField) -> bool:
    return one.extensions["strawberry-definition"].metadata.get(READS) is not None
