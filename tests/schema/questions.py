"""Every root field there is as a question of its own, and everyone who may come to ask it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple
from uuid import uuid4

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_required_argument,
    is_required_input_field,
    is_union_type,
    print_ast,
)
from graphql.language import parse

from server import schema
from server.rules.permissions import SCOPES, Action, Decision, may
from server.schema import Asking, formatted
from server.schema.guard import Needs, Public
from server.schema.happening import Subscription
from server.schema.waiting import waiting
from server.viewer import Viewer
from tests.cast import NAMES, Cast

GRAPHQL: GraphQLSchema = schema.api._schema
GUARDS = {"SIGNED_OUT", "SCOPE", "ROLE"}
"""How a guard refuses; REACH is what a verb says of one body."""
SENT = {"ID": "per_{key}", "String": "x", "Int": 1, "Float": 1.0, "Boolean": True, "Date": "2026-01-01"}
SENT |= {"DateTime": "2026-01-01T00:00:00Z"}
ROOTS = {"query": schema.Query, "mutation": schema.Mutation, "subscription": Subscription}


class Field(NamedTuple):
    """A root field: of what, its name, and the action that it needs; None where it is public."""

    root: str
    name: str
    action: Action | None

    @property
    def type(self) -> GraphQLField:
        """As GraphQL knows it."""
        roots = {"query": GRAPHQL.query_type, "mutation": GRAPHQL.mutation_type}
        of: GraphQLObjectType | None = roots.get(self.root, GRAPHQL.subscription_type)
        assert of
        return of.fields[self.name]

    def decision(self, viewer: Viewer) -> Decision | None:
        """What the permission table says of it; None where it is public."""
        return self.action and may(viewer.roles, self.action, scopes=viewer.scopes, signed_in=viewer.signed_in)


def _fields() -> Iterator[Field]:
    for root, kind in ROOTS.items():
        for field in kind.__strawberry_definition__.fields:
            (guard,) = (one for one in field.extensions if isinstance(one, Needs | Public))
            name = schema.api.config.name_converter.get_graphql_name(field)
            yield Field(root, name, guard.action if isinstance(guard, Needs) else None)


FIELDS = list(_fields())
BY_NAME = {field.name: field for field in FIELDS if field.root != "subscription"}


def sent(kind: Any) -> Any:
    """A value that fits: no more than is required of it."""
    kind = get_nullable_type(kind)
    if is_list_type(kind):
        return [sent(kind.of_type)]
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if isinstance(kind, GraphQLInputObjectType):
        found = {name: sent(part.type) for name, part in kind.fields.items() if is_required_input_field(part)}
        return found or {name: sent(part.type) for name, part in list(kind.fields.items())[:1]}
    value = SENT[kind.name]
    return value.format(key=uuid4()) if isinstance(value, str) else value


def operation(field: Field, arguments: str = "") -> str:
    """That field alone, with what it requires, or with these arguments."""
    found = field.type
    needed = {key: arg for key, arg in found.args.items() if is_required_argument(arg)}
    given = arguments or ", ".join(f"{key}: {literal(arg.type, sent(arg.type))}" for key, arg in needed.items())
    kind = get_named_type(found.type)
    union = is_union_type(kind) and "... on Problems { problems { code } }"
    inner = "" if is_leaf_type(kind) else f"{{ __typename {union or ''} }}"
    return print_ast(parse(f"{field.root} {{ it: {field.name}{f'({given})' if given else ''} {inner} }}"))


def literal(kind: Any, value: Any) -> str:
    """The value as it stands in a document."""
    kind = get_nullable_type(kind)
    if is_list_type(kind):
        return f"[{', '.join(literal(kind.of_type, one) for one in value)}]"
    if isinstance(kind, GraphQLEnumType):
        return str(value)
    if isinstance(kind, GraphQLInputObjectType):
        return "{" + ", ".join(f"{name}: {literal(kind.fields[name].type, one)}" for name, one in value.items()) + "}"
    return json.dumps(value)


async def answered(viewer: Viewer, field: Field, text: str) -> dict[str, Any]:
    """What this viewer is answered; to a subscription, at this moment."""
    asking = Asking(viewer)
    if field.root != "subscription":
        return formatted(await schema.ask(text, {}, asking, None), asking)
    ready = waiting(text, None, asking)
    return formatted(await schema.ask_at_a_moment(ready.text, {ready.things: None}, asking, ready.name), asking)


def codes(answer: dict[str, Any]) -> set[str]:
    """Every code with which something was refused."""
    said = (answer.get("data") or {}).get("it")
    problems = said.get("problems", []) if isinstance(said, dict) else []
    return {one["extensions"]["code"] for one in answer.get("errors", [])} | {one["code"] for one in problems}


def refusals(answer: dict[str, Any]) -> set[str]:
    """The codes with which a guard refused what was asked."""
    return codes(answer) & GUARDS


def everyone_who_asks(cast: Cast) -> dict[str, Viewer]:
    """The cast; each role by tokens that carry one scope, and by one that carries all."""
    found = {name: cast[name] for name in NAMES}
    for name in ("admin", "secretary", "auditor", "member"):
        for scope in SCOPES:
            found[f"{name} by {scope}"] = replace(cast[name], client=uuid4(), scopes=frozenset({scope}))
    return found
