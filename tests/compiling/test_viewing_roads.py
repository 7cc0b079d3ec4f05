"""Who asks, accounts, tokens and the trail are read alike on both roads, by everyone of the cast, on both databases."""

import json
from typing import Any

import pytest

from server import schema
from server.models import audit
from server.models.accounts import tokens
from server.models.bodies import BodyKind, BodyRole
from server.models.members import change_person
from server.rules.permissions import Role
from server.schema.compiling.marks import NotCompiled
from server.schema.compiling.plans import Compiler
from server.schema.ids import id_of
from server.schema.reading import Asking
from tests import make
from tests.cast import NAMES, Cast
from tests.web.test_statements import Statements

compiler = Compiler(schema.api._schema)
HELD = "{ role name bodyId bodyName since until source }"
VIEWER = f"""{{ viewer {{ __typename signedIn name locale today person {{ id nameEn }} roles {HELD}
  permissions {{ action name allowed code reason rule roles by {HELD} }}
  awaits {{ code title text action address urgent }} }} }}"""
ACCOUNTS = f"""query($search: String! = "", $after: String) {{ accounts(search: $search, first: 4, after: $after) {{
  totalCount pageInfo {{ hasNextPage endCursor }}
  edges {{ cursor node {{ id name active demo locale createdAt person {{ nameEn }} roles {HELD}
    assignments {{ id role startsOn endsOn recordedAt account {{ name }} body {{ name }} recordedBy {{ name }}
      deputyFor {{ name }} }} }} }} }} }}"""
AUDIT = """query($object: ID, $action: String! = "", $first: Int, $after: String, $last: Int) {
  audit(object: $object, action: $action, first: $first, after: $after, last: $last) { totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor node { serial at actor onBehalfOf action object payload hash
      who { __typename id ... on Account { name } ... on Token { name owner { name } } } forWhom { id }
      about { id ... on Person { nameEn phone } ... on Account { name } } } } } }"""


async def alike(text: str, asking: Asking, **variables: Any) -> Any:
    """What both roads answer, and whose files they both open."""
    plain = Asking(asking.viewer)
    result = await schema.api.execute(text, variables, plain)
    try:
        found = json.loads(await compiler.read(text, None, variables, asking))
    except NotCompiled:
        assert result.errors
        return None
    assert not result.errors
    assert (found, asking.files_read) == (result.data, plain.files_read)
    return found


async def much(cast: Cast) -> None:
    """Roles of every kind, tokens, and entries that tell of guarded fields."""
    leader = cast.people["leader"]
    await make.place(await make.body(BodyKind.CHAIRS_MEETING, "", "主席会议"), leader, BodyRole.HEAD)
    await make.place(await make.body(BodyKind.UNIT), leader, BodyRole.HEAD)
    await make.role(cast.accounts["leader"], Role.CUSTODIAN, cast.sector, deputy_for=cast.accounts["chair"])
    await make.role(cast.accounts["leader"], Role.AUDITOR, starts_on=make.TODAY, ends_on=make.TODAY)
    for days in (1, 15):
        await tokens.token_issue(cast["secretary"], name=f"Program {days}", scopes=["members:read"], days=days)
    await change_person(cast["secretary"], cast.people["member"].id, phone="123", name_zh="梅")
    await audit.record(cast["admin"], "strange.entry", "", {"phone": [None, "1"]})
    await audit.record(cast["admin"], "strange.entry", id_of(cast.people["department"]), {"phone": [None, "2"]})
    await audit.AuditEntry.filter(serial=1).update(payload=None, salt="")


@pytest.mark.parametrize("name", NAMES)
async def test_who_asks_is_told_alike(everyone: Cast, name: str) -> None:
    await much(everyone)

    found = await alike(VIEWER, Asking(everyone[name]))

    assert found["viewer"]["name"] == everyone[name].name


@pytest.mark.parametrize("text", [ACCOUNTS, AUDIT])
@pytest.mark.parametrize("name", NAMES)
async def test_accounts_and_the_trail_are_told_alike(everyone: Cast, name: str, text: str) -> None:
    await much(everyone)

    await alike(text, Asking(everyone[name]))


@pytest.mark.parametrize("name", NAMES)
async def test_tokens_the_table_and_one_account_are_told_alike(everyone: Cast, name: str) -> None:
    await much(everyone)
    account = f"query($id: ID!) {{ account(id: $id) {{ name roles {HELD} }} }}"

    await alike(
        "{ tokens { totalCount edges { cursor node { id name scopes createdAt expiresAt lastUsedAt revokedAt "
        "owner { name } } } } tokenScopes }",
        Asking(everyone[name]),
    )
    await alike("{ permissionTable { action name allowed { role roleName reach } } }", Asking(everyone[name]))
    await alike(account, Asking(everyone[name]), id=id_of(everyone.accounts["leader"]))
    await alike(account, Asking(everyone[name]), id=f"acc_{make.some_id()}")


@pytest.mark.parametrize("search", ["", " ", "LE", "a", "%", "_", "\\", "e_d", "'", "Ｌ", "É"])
async def test_a_search_for_accounts_finds_the_same(everyone: Cast, search: str) -> None:
    await make.account("l_e'%é\\x")

    await alike(ACCOUNTS, Asking(everyone["admin"]), search=search)


async def test_one_plan_searches_for_all(everyone: Cast, statements: Statements) -> None:
    found = {}
    for search in ("LEADER", "chair", "e"):
        with statements() as asked:
            data = json.loads(await compiler.read(ACCOUNTS, None, {"search": search}, Asking(everyone["admin"])))
        assert len(asked) == 1
        found[search] = data["accounts"]["totalCount"]

    assert found == {"LEADER": 1, "chair": 1, "e": 5}


async def test_the_trail_is_read_by_thing_and_action_and_in_parts(everyone: Cast) -> None:
    await much(everyone)
    asking = Asking(everyone["auditor"])
    member = id_of(everyone.people["member"])

    about = await alike(AUDIT, asking, object=member)
    acts = await alike(AUDIT, asking, action="strange.")
    first = await alike(AUDIT, asking, first=2)
    rest = await alike(AUDIT, asking, first=100, after=first["audit"]["pageInfo"]["endCursor"])
    last = await alike(AUDIT, asking, last=1)
    none = await alike(AUDIT, asking, object="per_" + member[4:].upper())

    serials = [[edge["node"]["serial"] for edge in one["audit"]["edges"]] for one in (about, acts, first, rest, last)]
    assert serials == [[3], [5, 4], [5, 4], [3, 2, 1], [1]]
    assert none["audit"]["totalCount"] == 0


async def test_payloads_are_blank_or_logged_alike(everyone: Cast) -> None:
    await much(everyone)
    for name, phones in (("auditor", {None}), ("admin", {'[null,"1"]', '[null,"2"]', '["","123"]'})):
        asking = Asking(everyone[name])

        found = await alike(AUDIT, asking)

        told = [json.loads(edge["node"]["payload"] or "{}") for edge in found["audit"]["edges"]]
        assert {
            one["phone"] and json.dumps(one["phone"], separators=(",", ":")) for one in told if "phone" in one
        } == phones


async def test_what_awaits_costs_one_statement_however_many_groups_there_are(
    everyone: Cast, statements: Statements
) -> None:
    for number in range(20):
        await make.place(await make.body(BodyKind.LEARNING_GROUP, f"Group {number}"), await make.person())
    await make.place(everyone.group, everyone.people["convener"], ends_on=None)
    await everyone.group.filter(id=everyone.group.id).update(ends_on=make.TODAY)
    for name in NAMES:
        with statements() as asked:
            found = json.loads(await compiler.read(VIEWER, None, {}, Asking(everyone[name])))
        assert len(asked) == 1
        assert found == await alike(VIEWER, Asking(everyone[name]))
