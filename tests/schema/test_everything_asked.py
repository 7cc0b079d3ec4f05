"""Everyone asks for everything there is: what is refused, and with which word, is what the permission table says."""

import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_required_argument,
    is_required_input_field,
    print_ast,
)
from graphql.language import parse

from server import schema
from server.models.accounts.tables import RoleAssignment, Session
from server.models.bodies.tables import Body, BodyMembership
from server.models.members.tables import MembershipPost, MembershipStatus
from server.rules.permissions import ALLOWED, SCOPES, Action, may
from server.schema.guard import Needs, Public
from server.schema.ids import id_of
from server.viewer import Viewer
from tests import make
from tests.cast import NAMES, Cast
from tests.web.visitors import Asks

GRAPHQL: GraphQLSchema = schema.api._schema
GUARDS = {"SIGNED_OUT", "SCOPE", "ROLE"}
"""How a guard refuses; REACH is what a verb says of one body."""
PUBLIC = {"viewer", "accountLocale", "accountPassword", "sessionEnd", "sessionEndOthers"}
"""Open to everyone: who is added here is thought about. Those that change something are about one's own account, which
has it without any role; their verbs refuse who is not signed in with a browser."""
SENT = {"ID": "per_{key}", "String": "x", "Int": 1, "Float": 1.0, "Boolean": True, "Date": "2026-01-01"}
SENT |= {"DateTime": "2026-01-01T00:00:00Z"}
ROOTS = {"query": schema.Query, "mutation": schema.Mutation}


def guards() -> Iterator[tuple[str, str, Action | None]]:
    """Each root field: of what, its name, and the action that it needs; None where it is public."""
    for root, kind in ROOTS.items():
        for field in kind.__strawberry_definition__.fields:
            (guard,) = (one for one in field.extensions if isinstance(one, Needs | Public))
            name = schema.api.config.name_converter.get_graphql_name(field)
            yield root, name, guard.action if isinstance(guard, Needs) else None


FIELDS = list(guards())


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


def operation(root: str, name: str) -> str:
    """That field alone, with what it requires."""
    found: GraphQLField = (GRAPHQL.query_type if root == "query" else GRAPHQL.mutation_type).fields[name]
    needed = {key: arg for key, arg in found.args.items() if is_required_argument(arg)}
    given = [f"{key}: {literal(arg.type, sent(arg.type))}" for key, arg in needed.items()]
    arguments = f"({', '.join(given)})" if given else ""
    union = root == "mutation" and "... on Problems { problems { code } }"
    inner = "" if is_leaf_type(get_named_type(found.type)) else f"{{ __typename {union or ''} }}"
    return print_ast(parse(f"{root} {{ it: {name}{arguments} {inner} }}"))


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


def refusals(answer: dict[str, Any]) -> set[str]:
    """The codes with which a guard refused what was asked."""
    said = (answer.get("data") or {}).get("it")
    problems = said.get("problems", []) if isinstance(said, dict) else []
    codes = {one["extensions"]["code"] for one in answer.get("errors", [])} | {one["code"] for one in problems}
    return codes & GUARDS


def everyone_who_asks(cast: Cast) -> dict[str, Viewer]:
    """The cast; each role by tokens that carry one scope, and by one that carries all."""
    found = {name: cast[name] for name in NAMES}
    for name in ("admin", "secretary", "auditor", "member"):
        for scope in SCOPES:
            found[f"{name} by {scope}"] = replace(cast[name], client=uuid4(), scopes=frozenset({scope}))
    return found


def test_what_is_open_to_everyone_is_named_here() -> None:
    assert {name for _, name, action in FIELDS if action is None} == PUBLIC


def test_every_action_of_the_table_guards_something_or_is_asked_by_a_verb() -> None:
    asked = {action for _, _, action in FIELDS}

    assert set(ALLOWED) - asked <= {
        *(Action.READ_FILE, Action.READ_SENSITIVE, Action.EXPORT_PEOPLE, Action.EXPLORE_API, Action.PURGE_AUDIT)
    }


@pytest.mark.parametrize(("root", "name", "action"), FIELDS, ids=[name for _, name, _ in FIELDS])
async def test_everyone_gets_the_answer_of_the_table(
    ask: Asks, everyone: Cast, root: str, name: str, action: Action | None
) -> None:
    text = operation(root, name)

    for who, viewer in everyone_who_asks(everyone).items():
        answer = await ask(replace(viewer, request_id=secrets.token_hex(8)), text)
        decision = action and may(viewer.roles, action, scopes=viewer.scopes, signed_in=viewer.signed_in)
        if decision is not None and not decision.allowed:
            assert refusals(answer) == {decision.code}, (who, answer)
            assert answer["data"] is None or answer["data"]["it"] is None or root == "mutation", (who, answer)
        elif decision is not None:
            assert refusals(answer) == set(), (who, answer)


async def test_every_node_is_there_for_whom_the_table_says(ask: Asks, everyone: Cast) -> None:
    await Body.filter(id=everyone.group.id).update(sensitive=True)
    expected = await nodes(everyone)

    for who, viewer in everyone_who_asks(everyone).items():
        register = viewer.may(Action.READ_REGISTER)
        for key, sees in expected.items():
            answer = await ask(viewer, "query ($id: ID!) { it: node(id: $id) { id } }", id=key)
            found = (answer["data"] or {"it": None})["it"]
            assert refusals(answer) == (set() if register.allowed else {register.code}), who
            assert found == ({"id": key} if register.allowed and sees(viewer) else None), (who, key)


async def nodes(cast: Cast) -> dict[str, Callable[[Viewer], bool]]:
    """The ID of a thing of each kind -> whether someone who may see the register sees it."""
    sitting = {cast.people["leader"].id, cast.people["member"].id}
    account = cast.accounts["member"]
    role = await RoleAssignment.filter(account_id=cast.accounts["auditor"].id).get()
    places = {body: await BodyMembership.filter(body_id=body.id).first() for body in (cast.group, cast.bureau)}

    def anyone(_: Viewer) -> bool:
        return True

    def inside(viewer: Viewer) -> bool:
        return viewer.may(Action.READ_SENSITIVE).allowed or viewer.person in sitting

    def own(account: UUID) -> Callable[[Viewer], bool]:
        return lambda viewer: viewer.may(Action.READ_PERMISSIONS).allowed or viewer.account == account

    def browser(viewer: Viewer) -> bool:
        return viewer.account == account.id and viewer.client is None

    span = {"created_at": make.NOW, "last_seen_at": make.NOW, "expires_at": make.NOW.replace(year=2040)}
    session = await Session.create(account=account, token_hash="elsewhere", **span)
    seat = cast.seats["member"]
    dated = [await model.filter(membership_id=seat.id).first() for model in (MembershipPost, MembershipStatus)]
    register = (cast.term, cast.people["member"], seat, *dated, cast.bureau, places[cast.bureau])
    sensitive = dict.fromkeys(map(id_of, (cast.group, places[cast.group])), inside)
    mine = {id_of(account): own(account.id), id_of(role): own(cast.accounts["auditor"].id), id_of(session): browser}
    return dict.fromkeys(map(id_of, register), anyone) | sensitive | mine


@pytest.mark.parametrize("name", sorted(PUBLIC - {"viewer"}))
async def test_who_is_not_in_a_browser_changes_nothing_of_their_own(ask: Asks, everyone: Cast, name: str) -> None:
    member = everyone["member"]
    program = replace(member, client=uuid4(), scopes=frozenset({"all:write"}))

    for viewer in (everyone["visitor"], program):
        answer = await ask(viewer, operation("mutation", name).replace("per_", "ses_"))
        assert [problem["code"] for problem in answer["data"]["it"]["problems"]] == ["NOT_IN_BROWSER"]
