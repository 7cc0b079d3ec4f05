"""A change that comes with a key is done once, and answered as often as it is asked for."""

import asyncio
import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from strawberry.types import get_object_definition
from strawberry.types.base import StrawberryContainer

from server import schema
from server.errors import Conflict
from server.models.accounts.tables import Account, ApiClient, SignInFailure
from server.models.audit import AuditEntry
from server.models.bodies import Body, change_body
from server.models.database import is_postgres, transaction
from server.models.members import Person
from server.models.repeating import KEPT, KeptAnswer, before, done_once, keyed
from server.schema.repeating import ONCE
from server.viewer import Viewer
from tests import make
from tests.cast import Cast
from tests.web.visitors import Asks

PROBLEMS = "... on Problems { kind retryAfter problems { code field message } }"
CREATE = f"""
mutation Create($key: String, $name: String!, $sensitive: Boolean) {{
  bodyCreate(body: {{kind: READING_GROUP, nameEn: $name, sensitive: $sensitive}}, idempotencyKey: $key) {{
    __typename ... on BodyPayload {{ body {{ id name updatedAt }} }} {PROBLEMS}
  }}
}}
"""
END = f"""
mutation End($key: String, $id: ID!, $on: Date!) {{
  bodyEnd(id: $id, on: $on, idempotencyKey: $key) {{ __typename ... on BodyPayload {{ body {{ id }} }} {PROBLEMS} }}
}}
"""
ISSUE = f"""
mutation Issue($key: String) {{
  tokenIssue(name: "mirror", scopes: ["members:read"], idempotencyKey: $key) {{
    __typename ... on TokenIssued {{ secret token {{ id }} }} {PROBLEMS}
  }}
}}
"""


def told(answer: dict[str, Any]) -> Any:
    """What the one mutation gave."""
    assert "errors" not in answer, answer
    (found,) = answer["data"].values()
    return found


def problem(answer: dict[str, Any]) -> tuple[str, str, str]:
    """Kind, code and field of the one problem."""
    found = told(answer)
    assert found["__typename"] == "Problems", found
    (one,) = found["problems"]
    return found["kind"], one["code"], one["field"]


def later(viewer: Viewer, **span: int) -> Viewer:
    return replace(viewer, now=viewer.now + dt.timedelta(**span))


async def test_the_same_request_with_the_same_key_is_done_once(ask: Asks) -> None:
    first = await ask("secretary", CREATE, key="a", name="Poems")
    second = await ask("secretary", CREATE, key="a", name="Poems")

    assert told(first)["body"]["name"] == "Poems"
    assert second == first
    assert await Body.filter(name_en="Poems").count() == 1
    assert await AuditEntry.filter(action="bodies.create_body").count() == 1


async def test_without_a_key_each_is_done(ask: Asks) -> None:
    for _ in range(2):
        assert told(await ask("secretary", CREATE, name="Poems"))["body"]["name"] == "Poems"

    assert await Body.filter(name_en="Poems").count() == 2
    assert await KeptAnswer.all().count() == 0


async def test_another_request_with_that_key_is_refused(ask: Asks, everyone: Cast) -> None:
    await ask("secretary", CREATE, key="a", name="Poems")
    end = {"key": "a", "id": f"bod_{everyone.group.id}", "on": make.TODAY.isoformat()}

    for text, given in ((CREATE, {"key": "a", "name": "Prose"}), (END, end)):
        assert problem(await ask("secretary", text, **given)) == ("CONFLICT", "KEY_REUSED", "idempotencyKey")
    assert await Body.filter(name_en="Prose").count() == 0


async def test_the_keys_of_others_are_theirs(ask: Asks, everyone: Cast) -> None:
    program = replace(everyone["secretary"], client=make.some_id(), scopes=frozenset({"all:write"}))

    answers = [told(await ask(who, CREATE, key="a", name="Poems")) for who in ("secretary", "admin", program)]

    assert len({answer["body"]["id"] for answer in answers}) == 3


@pytest.mark.parametrize("key", ["", "x" * 256])
async def test_a_key_has_its_length(ask: Asks, key: str) -> None:
    assert problem(await ask("secretary", CREATE, key=key, name="Poems")) == ("INVALID", "KEY_LENGTH", "idempotencyKey")
    assert await Body.filter(name_en="Poems").count() == 0


async def test_a_key_counts_for_a_day(ask: Asks, everyone: Cast) -> None:
    secretary = everyone["secretary"]
    await ask(secretary, CREATE, key="a", name="Poems")

    await ask(replace(secretary, now=secretary.now + KEPT - dt.timedelta(seconds=1)), CREATE, key="a", name="Poems")
    assert await Body.filter(name_en="Poems").count() == 1
    assert told(await ask(later(secretary, hours=24), CREATE, key="a", name="Poems"))["__typename"] == "BodyPayload"
    assert await Body.filter(name_en="Poems").count() == 2


async def test_a_key_that_is_over_is_taken_anew_though_nobody_swept_it(ask: Asks, everyone: Cast) -> None:
    secretary = everyone["secretary"]
    await ask(secretary, CREATE, key="a", name="Poems")

    assert told(await ask(later(secretary, hours=24), CREATE, key="a", name="Prose"))["body"]["name"] == "Prose"
    assert await KeptAnswer.all().count() == 1


async def test_a_refusal_is_not_kept(ask: Asks) -> None:
    assert problem(await ask("secretary", CREATE, key="a", name=" "))[1] != "KEY_REUSED"

    assert told(await ask("secretary", CREATE, key="a", name="Poems"))["body"]["name"] == "Poems"


async def test_an_answer_is_read_anew(ask: Asks, everyone: Cast) -> None:
    body = told(await ask("secretary", CREATE, key="a", name="Poems"))["body"]["id"]
    await change_body(everyone["secretary"], (await Body.get(name_en="Poems")).id, name_en="Verses")

    assert told(await ask("secretary", CREATE, key="a", name="Poems"))["body"]["name"] == "Verses"
    assert told(await ask("secretary", CREATE, key="a", name="Poems"))["body"]["id"] == body


async def test_what_may_not_be_seen_any_more_is_not_shown_again(ask: Asks, everyone: Cast) -> None:
    """A secretary of one body may change it, and sees it no more when it is taken from their sight."""
    told(await ask("secretary", CREATE, key="a", name="Poems", sensitive=False))
    await Body.filter(name_en="Poems").update(sensitive=True)
    role = everyone["secretary"].roles[0]
    narrow = replace(everyone["secretary"], roles=(replace(role, body=everyone.group.id),))

    answer = await ask(narrow, CREATE, key="a", name="Poems", sensitive=False)

    assert problem(answer) == ("CONFLICT", "DONE_BEFORE", "idempotencyKey")


async def test_what_may_not_be_done_any_more_is_refused(ask: Asks, everyone: Cast) -> None:
    await ask("secretary", CREATE, key="a", name="Poems")

    answer = await ask(replace(everyone["secretary"], roles=()), CREATE, key="a", name="Poems")

    assert told(answer)["kind"] == "REFUSED"
    assert told(answer)["problems"][0]["code"] == "ROLE"


async def test_nothing_is_kept_of_what_broke_on_its_way(ask: Asks, monkeypatch: pytest.MonkeyPatch) -> None:
    from server.schema import repeating

    def broken(_: object) -> str:
        raise ZeroDivisionError

    with monkeypatch.context() as fault:
        fault.setattr(repeating, "_substance", broken)
        assert (await ask("secretary", CREATE, key="a", name="Poems"))["errors"][0]["extensions"]["code"] == "INTERNAL"

    assert (await Body.filter(name_en="Poems").count(), await KeptAnswer.all().count()) == (0, 0)
    assert not await AuditEntry.filter(action="bodies.create_body").exists()
    assert told(await ask("secretary", CREATE, key="a", name="Poems"))["__typename"] == "BodyPayload"


async def test_a_place_that_never_was_is_null_again(ask: Asks, everyone: Cast) -> None:
    person = await make.person(name_en="Guest")
    place = await make.place(everyone.bureau, person)
    void = f"""
    mutation Void($id: ID!) {{
      bodyMembershipVoid(id: $id, reason: "never", idempotencyKey: "v") {{
        __typename ... on BodyMembershipPayload {{ bodyMembership {{ id }} body {{ id }} }} {PROBLEMS}
      }}
    }}
    """

    first, second = [await ask("secretary", void, id=f"bdm_{place.id}") for _ in range(2)]

    assert told(first) == {
        "__typename": "BodyMembershipPayload",
        "bodyMembership": None,
        "body": {"id": f"bod_{everyone.bureau.id}"},
    }
    assert second == first


async def test_a_secret_is_shown_once_and_never_written_down(ask: Asks) -> None:
    first = told(await ask("secretary", ISSUE, key="a"))
    second = await ask("secretary", ISSUE, key="a")

    assert first["secret"].startswith("lz_")
    assert problem(second) == ("CONFLICT", "DONE_BEFORE", "idempotencyKey")
    assert await ApiClient.filter(name="mirror").count() == 1
    (kept,) = await KeptAnswer.all().values()
    assert kept["answer"] is None
    assert first["secret"] not in str(kept)


async def test_a_password_is_changed_once(ask: Asks, everyone: Cast) -> None:
    text = f"""
    mutation Change($id: ID!, $new: String!, $key: String) {{
      accountPassword(id: $id, new: $new, idempotencyKey: $key) {{ __typename {PROBLEMS} }}
    }}
    """
    given = {"id": f"acc_{everyone.accounts['member'].id}", "new": "a long enough password", "key": "a"}
    assert told(await ask("admin", text, **given)) == {"__typename": "AccountPayload"}
    hashed = (await Account.get(id=everyone.accounts["member"].id)).password_hash

    assert problem(await ask("admin", text, **given))[1] == "DONE_BEFORE"
    assert problem(await ask("admin", text, **given | {"new": "another long password"}))[1] == "KEY_REUSED"
    assert (await Account.get(id=everyone.accounts["member"].id)).password_hash == hashed
    assert "password" not in str(await KeptAnswer.all().values())


async def test_wrong_passwords_are_counted_with_a_key_as_without(ask: Asks, everyone: Cast) -> None:
    member = replace(everyone["member"], session=make.some_id())
    text = f"""
    mutation Change($key: String) {{
      accountPassword(new: "a long enough password", old: "not this one", idempotencyKey: $key) {{
        __typename {PROBLEMS}
      }}
    }}
    """
    for key in ("a", "a", "b", None):
        assert problem(await ask(member, text, key=key))[1] == "OLD_PASSWORD"

    assert await SignInFailure.all().count() == 4


async def test_two_changes_of_one_request_with_one_key_are_told_apart(ask: Asks) -> None:
    text = """
    mutation Two {
      one: bodyCreate(body: {kind: OTHER, nameEn: "One"}, idempotencyKey: "a") { ...It }
      same: bodyCreate(body: {kind: OTHER, nameEn: "One"}, idempotencyKey: "a") { ...It }
      two: bodyCreate(body: {kind: OTHER, nameEn: "Two"}, idempotencyKey: "a") { ...It }
    }
    fragment It on BodyResult { ... on BodyPayload { body { id } } ... on Problems { problems { code } } }
    """
    data = (await ask("secretary", text))["data"]

    assert data["same"] == data["one"]
    assert data["two"] == {"problems": [{"code": "KEY_REUSED"}]}


FIELDS = get_object_definition(schema.Mutation, strict=True).fields


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.python_name)
def test_every_mutation_takes_a_key_and_its_answer_can_be_told_again(field: Any) -> None:
    """Things by their IDs, counts and IDs; a text that is none may be a secret, which is not kept; so is a letter."""
    (argument,) = [one for one in field.arguments if one.python_name == "idempotency_key"]
    payloads = [one for one in field.type.types if one.__name__ != "Problems"]
    kinds = {part.type for one in payloads for part in get_object_definition(one, strict=True).fields}
    kinds = {kind.of_type if isinstance(kind, StrawberryContainer) else kind for kind in kinds}
    plain = {kind for kind in kinds if get_object_definition(kind) is None}

    opening = {"code", "link"}
    opens = any(
        opening <= {part.python_name for part in told.fields} for told in map(get_object_definition, kinds) if told
    )
    secret = str in plain or opens or {"password", "old"} & {one.python_name for one in field.arguments} != set()
    assert argument.description
    assert bool(field.metadata.get("once")) == secret
    assert secret or plain <= {int, schema.strawberry.ID}
    assert ONCE == {"once": True}


async def test_people_of_a_page_change_things_without_keys(ask: Asks) -> None:
    assert await Person.all().count() > 0
    assert await KeptAnswer.all().count() == 0


async def test_while_the_first_is_under_way_another_waits_or_is_told_so(ask: Asks, everyone: Cast) -> None:
    """PostgreSQL tells it, SQLite has one writer at a time and waits."""
    given = {"field": "bodyCreate", "arguments": {"body": {"kind": "READING_GROUP", "name_en": "Poems"}}}
    call = keyed(everyone["secretary"], "a", given, "")
    begun, enough = asyncio.Event(), asyncio.Event()

    async def under_way() -> None:
        async with transaction():
            assert await before(call) is None
            begun.set()
            await enough.wait()

    first = asyncio.create_task(under_way())
    await begun.wait()
    second = asyncio.create_task(ask("secretary", CREATE, key="a", name="Poems"))
    if is_postgres():
        assert problem(await second) == ("LIMITED", "KEY_IN_USE", "idempotencyKey")
        assert told(await second)["retryAfter"] == 1
        assert told(await ask("secretary", CREATE, key="b", name="Prose"))["__typename"] == "BodyPayload"
    enough.set()
    await first
    third = told(await ask("secretary", CREATE, key="a", name="Poems"))
    assert third["__typename"] == "BodyPayload"
    assert is_postgres() or told(await second) == third


async def test_of_two_at_once_whose_answers_are_not_kept_one_is_undone(everyone: Cast) -> None:
    call = keyed(everyone["secretary"], "a", {"field": "tokenIssue", "arguments": {}}, "")
    with done_once(call):
        await change_body(everyone["secretary"], everyone.sector.id, name_en="First")
    with pytest.raises(Conflict) as refused, done_once(call):
        await change_body(everyone["secretary"], everyone.sector.id, name_en="Second")

    assert refused.value.problems[0].code == "DONE_BEFORE"
    assert (await Body.get(id=everyone.sector.id)).name_en == "First"
