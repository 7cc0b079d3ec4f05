"""Requests of someone who means harm, made of our own SDL: each is to be answered or refused, and to hurt nobody.

The dearest that is allowed stands in `dearest.py`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLObjectType,
    build_schema,
    get_introspection_query,
    get_named_type,
    is_composite_type,
    is_input_object_type,
    is_list_type,
    is_object_type,
    is_required_argument,
    is_required_input_field,
)
from graphql.type import get_nullable_type

from server.rules.budgets import SHAPE
from tools.schema import FILE

SDL = build_schema(FILE.read_text("utf-8"))
JSON = {"Content-Type": "application/json"}
VALUES = {"String": '"a"', "Int": "1", "Boolean": "true", "Date": '"2026-11-22"'}
OF = {
    "sector": "Body",
    "body": "Body",
    "parent": "Body",
    "group": "LearningGroup",
    "people": "Person",
    "person": "Person",
    "on": "Document",
    "document": "Document",
    "room": "ReadingRoom",
    "activity": "Activity",
    "hearing": "Hearing",
    "session": "ActivitySession",
}
"""Of what type the thing is that an argument names, where it is not the type of the field."""
PLACE = re.compile(r"<(\w+)>")
"""Where the ID of a thing of that type is put in, once it is known."""
GIANTS: list[Any] = [10**300, -(2**63), 1e308, "x" * 80_000, "\u202e\u0000\ud83c\udfc3" * 500, [[]] * 1000]
GIANTS += [
    {"a": {"b": [None] * 5000}},
    True,
    "9999-12-31T23:59:59.999999+14:00",
    "\\",
    "%" * 40_000,
    list(range(10_000)),
]


@dataclass(frozen=True)
class Hostile:
    """One request. query: where it is one of GraphQL; else the body as it is sent."""

    name: str
    query: str = ""
    variables: Any = None
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=lambda: JSON)

    @property
    def sent(self) -> bytes:
        return self.body or json.dumps({"query": self.query, "variables": self.variables}).encode()

    def about(self, known: Mapping[str, str]) -> "Hostile":
        """The same about things that are there. known: the ID of one of each type, by the type's name."""
        return replace(self, query=PLACE.sub(lambda place: known.get(place[1], "per_1"), self.query))


@cache
def every() -> list[Hostile]:
    """All of them, about things by their types; see `about`."""
    return [
        *nests(),
        *floods(),
        *fragments(),
        *pages(),
        *strange_variables(),
        *introspection(),
        *encodings(),
    ]


def roots() -> dict[str, GraphQLField]:
    assert SDL.query_type
    return dict(SDL.query_type.fields)


def call(name: str, field: GraphQLField, more: str = "") -> str:
    """A field with what it cannot do without."""
    of = str(get_named_type(field.type).name)
    needed = [
        f"{key}: {_value(argument.type, OF.get(key, of))}"
        for key, argument in field.args.items()
        if is_required_argument(argument)
    ]
    arguments = ", ".join([*needed, *([more] if more and "first" in field.args else [])])
    return f"{name}({arguments})" if arguments else name


def _value(kind: Any, of: str) -> str:
    """of: the type of the thing whose ID it is, where it is one."""
    named = get_named_type(kind)
    if is_list_type(get_nullable_type(kind)):
        return f"[{_value(named, of)}]"
    if is_input_object_type(named):
        parts = {key: part for key, part in named.fields.items() if is_required_input_field(part)}
        return "{" + ", ".join(f"{key}: {_value(part.type, OF.get(key, of))}" for key, part in parts.items()) + "}"
    if named.name == "ID":
        return f'"<{of}>"'
    return VALUES.get(named.name) or str(next(iter(named.values)))


def rings() -> list[tuple[str, str, str]]:
    """(type, field, field): ways from a type over another back to it."""
    kinds = [kind for kind in SDL.type_map.values() if is_object_type(kind) and not kind.name.startswith("__")]
    return [
        (kind.name, there, back)
        for kind in kinds
        for there, way in kind.fields.items()
        if is_object_type(other := get_named_type(way.type)) and other is not kind and not _needs(way)
        for back, home in other.fields.items()
        if get_named_type(home.type) is kind and not _needs(home)
    ]


def _needs(field: GraphQLField) -> bool:
    return any(is_required_argument(one) for one in field.args.values())


def nests() -> Iterator[Hostile]:
    for kind, there, back in rings()[:12]:
        for depth in (SHAPE.depth // 2 - 2, 40):
            inner = "__typename"
            for _ in range(depth):
                inner = f"{there} {{ {back} {{ {inner} }} }}"
            yield Hostile(
                f"{kind}.{there}.{back} {depth} deep", f'{{ node(id: "<{kind}>") {{ ... on {kind} {{ {inner} }} }} }}'
            )
    yield Hostile("nests without end", "{a" * 30_000)
    yield Hostile("lists without end", "{ people(search: " + "[" * 40_000)
    yield Hostile("objects without end", "{ people(search: " + "{a:" * 20_000)


def floods() -> Iterator[Hostile]:
    for name, one in roots().items():
        chosen = "{ __typename }" if is_composite_type(get_named_type(one.type)) else ""
        query = "{" + " ".join(f"a{n}: {call(name, one)} {chosen}" for n in range(SHAPE.roots)) + "}"
        yield Hostile(f"{name} as often as allowed", query)
    yield Hostile("aliases", "{" + " ".join(f"a{n}: __typename" for n in range(9000)) + "}")
    yield Hostile("the same again", "{" + " viewer { name }" * 5000 + "}")
    yield Hostile("the same within", "{ viewer {" + " name" * 990 + "} }")
    yield Hostile("directives", "{ viewer { name " + "@skip(if: false) " * 4000 + "} }")
    yield Hostile("unknown directives", "query " + "@a" * 30_000 + " { __typename }")
    yield Hostile("comments", "#\n" * 45_000 + "{ __typename }")
    yield Hostile("commas", "," * 90_000 + "{ __typename }")
    yield Hostile("names", "{ " + "x" * 90_000 + " }")
    yield Hostile("unknown fields", "{" + " ".join(f"x{n}" for n in range(990)) + "}")
    yield Hostile("variables", "query(" + "".join(f"$v{n}: Int " for n in range(700)) + ") { __typename }")
    yield Hostile("operations", "query { __typename } " * 700)
    yield Hostile("named operations", " ".join(f"query Q{n} {{ __typename }}" for n in range(500)))


def fragments() -> Iterator[Hostile]:
    spread = "{ people(first: 1) { edges { node { ...F0 } } } } "
    for many in (8, 200):
        twice = " ".join(
            f"fragment F{n} on Person {{ a: mergedInto {{ ...F{n + 1} }} b: mergedInto {{ ...F{n + 1} }} }}"
            for n in range(many)
        )
        yield Hostile(f"{many} fragments that double", f"{spread}{twice} fragment F{many} on Person {{ name }}")
        same = " ".join(f"fragment F{n} on Person {{ ...F{n + 1} ...F{n + 1} name }}" for n in range(many))
        yield Hostile(f"{many} fragments twice", f"{spread}{same} fragment F{many} on Person {{ name }}")
    yield Hostile("a ring", f"{spread} fragment F0 on Person {{ ...F1 }} fragment F1 on Person {{ ...F0 }}")
    yield Hostile("a ring of itself", f"{spread} fragment F0 on Person {{ mergedInto {{ ...F0 }} }}")
    unused = " ".join(f"fragment U{n} on Person {{ name }}" for n in range(400))
    yield Hostile("unused fragments", f"{{ __typename }} {unused}")
    wide = " ".join(f"...W{n}" for n in range(240))
    yield Hostile(
        "fragments that overlap",
        f"{{ people {{ edges {{ node {{ {wide} }} }} }} }}"
        + " ".join(f"fragment W{n} on Person {{ mergedInto {{ id }} }}" for n in range(240)),
    )
    pair = " ".join(
        f"fragment {side}{n} on Person {{ x: mergedInto {{ ...A{n + 1} }} x: mergedInto {{ ...B{n + 1} }} }}"
        for n in range(60)
        for side in "AB"
    )
    end = " ".join(f"fragment {side}60 on Person {{ name }}" for side in "AB")
    yield Hostile("pairs that overlap", f"{{ people {{ edges {{ node {{ ...A0 ...B0 }} }} }} }} {pair} {end}")


def pages() -> Iterator[Hostile]:
    """The largest pages there are, within each other."""
    ways = rings()
    for name, one in roots().items():
        if "first" not in one.args:
            continue
        node, chosen = _node(one), "id"
        around = next(((there, back) for kind, there, back in ways if kind == node), None)
        for _ in range(3 if around else 0):
            chosen = f"{around[0]} {{ {around[1]} {{ {chosen} }} }}" if around else chosen
        if node:
            yield Hostile(
                f"{name}, its pages in pages",
                f"{{ {call(name, one, 'first: 100')} {{ edges {{ node {{ {chosen} }} }} }} }}",
            )


def _node(one: GraphQLField) -> str:
    kind = get_named_type(one.type)
    if not isinstance(kind, GraphQLObjectType) or "edges" not in kind.fields:
        return ""
    edge = get_named_type(kind.fields["edges"].type)
    return str(get_named_type(edge.fields["node"].type).name)


def strange_variables() -> Iterator[Hostile]:
    query = """query ($id: ID!, $n: Int, $s: String, $d: Date, $t: DateTime) {
      node(id: $id) { id } people(first: $n, search: $s, activeOn: $d, updatedSince: $t, after: $s) { totalCount }
    }"""
    for place, giant in enumerate(GIANTS):
        yield Hostile(f"variables of kind {place}", query, dict.fromkeys(["id", "n", "s", "d", "t"], giant))
    yield Hostile("thousands of variables", query, {f"v{n}": n for n in range(4000)})
    change = "mutation ($p: PersonChange!) { personCreate(person: $p) { __typename } }"
    for giant in GIANTS[:6]:
        yield Hostile("a change of anything", change, {"p": {"nameZh": giant, "nameEn": giant, "email": giant}})
    items = ", ".join(f'"per_{n}"' for n in range(2800))
    yield Hostile("a list of thousands", f"{{ coverageAssignPreview(people: [{items}]) {{ lines {{ why }} }} }}")


def introspection() -> Iterator[Hostile]:
    yield Hostile("introspection", get_introspection_query())
    for many in (2, 3, 5):
        inner = "name description isDeprecated"
        for _ in range(many):
            inner = f"name type {{ name fields {{ {inner} }} interfaces {{ name }} possibleTypes {{ name }} }}"
        yield Hostile(f"introspection {many} deep", f"{{ __schema {{ types {{ name fields {{ {inner} }} }} }} }}")
    query = " ".join(f'a{n}: __type(name: "Query") {{ fields {{ name args {{ name }} }} }}' for n in range(SHAPE.roots))
    yield Hostile("introspection by aliases", f"{{ {query} }}")
    many = " ".join(f"t{n}: types {{ name kind description }}" for n in range(45))
    yield Hostile("introspection again and again", f"{{ __schema {{ {many} }} }}")


def encodings() -> Iterator[Hostile]:
    one = {"query": "{ viewer { name } }"}
    yield Hostile("an array of operations", body=json.dumps([one] * 2000).encode())
    yield Hostile("nothing", body=b" ")
    yield Hostile("a deep body", body=b'{"query":' + b"[" * 90_000)
    yield Hostile(
        "a deep body that ends", body=b'{"query":"{a}","variables":' + b'{"a":' * 15_000 + b"1" + b"}" * 15_001
    )
    yield Hostile("a number of digits", body=b'{"query": "{a}", "variables": {"a": ' + b"9" * 90_000 + b"}}")
    yield Hostile("many keys", body=b"{" + b",".join(b'"k%d":1' % n for n in range(9000)) + b"}")
    yield Hostile("utf-16", body=json.dumps(one).encode("utf-16"))
    yield Hostile("half a character", body=b'{"query": "{ a(b: \\"\\ud800\\") }"}')
    yield Hostile("what is no utf-8", body=b'{"query": "\xff\xfe"}')
    yield Hostile("another set", body=json.dumps(one).encode(), headers={"Content-Type": "application/json; charset=x"})
    yield Hostile("a form", body=b"query=a", headers={"Content-Type": "application/x-www-form-urlencoded"})
    yield Hostile(
        "said to be packed", body=b"\x1f\x8b\x08" + b"\0" * 90_000, headers=JSON | {"Content-Encoding": "gzip"}
    )
    yield Hostile("too large", body=b" " * 3_000_000)
    yield Hostile("ranges", body=json.dumps(one).encode(), headers=JSON | {"Accept": "a/b;q=nan," * 2000})
    yield Hostile(
        "letters of all kinds", '{ people(search: "' + "\u0300" * 20_000 + "\ufdfa" * 2000 + '") { totalCount } }'
    )
    yield Hostile(
        "letters that grow", "query ($s: String) { people(search: $s) { totalCount } }", {"s": "\ufdfa" * 25_000}
    )
