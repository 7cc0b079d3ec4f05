"""A few operations by which each type that is read can be reached in each way that is declared."""

from collections.abc import Iterator
from dataclasses import dataclass

from graphql import GraphQLObjectType, get_named_type, is_leaf_type, is_required_argument

from server import schema
from server.schema.ids import PREFIX, id_of
from server.schema.rows import READINGS
from tests.compiling.generating import can_be_compiled, is_declared

MOST = 30
"""Rows of a table that are asked for."""


@dataclass(frozen=True)
class Probe:
    """One operation. types: what it may show."""

    text: str
    types: frozenset[str]


async def probes() -> list[Probe]:
    """Of every table with IDs its rows, with what leads from them; and every list of the root."""
    found = []
    for model in PREFIX:
        if model in READINGS:
            ids = [id_of(row) for row in await model.all().order_by("id").limit(MOST)]
            found += [Probe(_rows(ids, inner), types) for inner, types in _inside(READINGS[model].name)]
    return [*found, *_roots()]


def _rows(ids: list[str], inner: str) -> str:
    asked = (f'a{n}: node(id: "{one}") {{ {inner} }}' for n, one in enumerate(ids))
    return f"{{ {' '.join(asked)} }}"


def _inside(name: str) -> Iterator[tuple[str, frozenset[str]]]:
    """What is asked of rows of that type: themselves, what is theirs alone, and each thing that they lead to."""
    kind = schema.api._schema.get_type(name)
    assert isinstance(kind, GraphQLObjectType)
    yield f"id ... on {name} {{ {_leaves(kind)} }}", frozenset({name})
    for field, one in kind.fields.items():
        target = get_named_type(one.type)
        if is_declared(one) and isinstance(target, GraphQLObjectType):
            for arguments in ("", "(ever: true)") if "ever" in one.args else ("",):
                yield f"... on {name} {{ {field}{arguments} {{ {_short(target)} }} }}", frozenset({target.name})


def _leaves(kind: GraphQLObjectType) -> str:
    names = [name for name, one in kind.fields.items() if is_declared(one) and is_leaf_type(get_named_type(one.type))]
    return " ".join(["__typename", *names])


def _short(kind: GraphQLObjectType, deep: int = 2) -> str:
    """Which things these are."""
    if "edges" in kind.fields:
        return f"totalCount edges {{ node {{ {_short(_target(_target(kind, 'edges'), 'node'))} }} }}"
    if "id" in kind.fields or not deep:
        return "id" if "id" in kind.fields else "__typename"
    asked = ((name, get_named_type(one.type)) for name, one in kind.fields.items() if can_be_compiled(kind, one))
    inner = (f"{name} {{ {_short(one, deep - 1)} }}" for name, one in asked if isinstance(one, GraphQLObjectType))
    return " ".join(["__typename", *inner])


def _target(kind: GraphQLObjectType, field: str) -> GraphQLObjectType:
    found = get_named_type(kind.fields[field].type)
    assert isinstance(found, GraphQLObjectType)
    return found


def _roots() -> Iterator[Probe]:
    kind = schema.api._schema.query_type
    assert kind is not None
    for name, one in kind.fields.items():
        target = get_named_type(one.type)
        needed = any(is_required_argument(taken) for taken in one.args.values())
        if is_declared(one) and not needed and isinstance(target, GraphQLObjectType):
            yield Probe(f"{{ {name} {{ {_short(target)} }} }}", frozenset())
