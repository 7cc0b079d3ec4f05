"""How much one client can hold, and how little it may read."""

import asyncio
from dataclasses import replace

import pytest
from prometheus_client import REGISTRY
from starlette.applications import Starlette

from server.models.bodies import change_body
from server.models.members import Person
from server.rules.buckets import Rates
from server.rules.budgets import Budgets
from server.schema import sockets, watching
from tests.cast import Cast
from tests.sockets.test_subscriptions import ACK, BODIES, settled
from tests.sockets.wire import Wire
from tests.web.visitors import open_session


@pytest.fixture
async def cookie(everyone: Cast) -> str:
    return await open_session(everyone.accounts["member"])


async def test_one_socket_runs_so_many_operations(app: Starlette, cookie: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "MOST_OPERATIONS", 2)
    async with Wire(app, cookie=cookie) as wire:
        await wire.begin()
        for name in "abc":
            wire.ask(BODIES, name)

        message = await wire.hear()
        assert (message["id"], message["type"]) == ("c", "error")
        assert message["payload"][0]["extensions"]["code"] == "TOO_MANY"

        wire.say("complete", id="a")
        wire.ask("{ viewer { name } }", "c")
        assert await wire.data() == {"viewer": {"name": "member"}}


async def test_subscriptions_that_are_completed_at_once_hold_nothing(
    app: Starlette, cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "MOST_OPERATIONS", 2)
    async with Wire(app, cookie=cookie) as wire:
        await wire.begin()
        for name in "abcde":
            wire.ask(BODIES, name)
            wire.say("complete", id=name)

        wire.ask("{ viewer { name } }")
        assert await wire.data() == {"viewer": {"name": "member"}}


async def test_operations_that_nobody_hears_count_until_they_are_over(
    app: Starlette, everyone: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "MOST_OPERATIONS", 2)
    async with Wire(app, cookie=await open_session(everyone.accounts["secretary"])) as wire:
        await wire.begin()
        for name in "abc":
            wire.ask(f'mutation {{ personCreate(person: {{nameEn: "{name}"}}) {{ __typename }} }}', name)
            wire.say("complete", id=name)

        message = await wire.hear()
        assert (message["id"], message["payload"][0]["extensions"]["code"]) == ("c", "TOO_MANY")

    assert await Person.filter(name_en__in=["a", "b", "c"]).count() == 2


async def test_an_answer_may_cost_no_more_than_by_http(app: Starlette, cookie: str) -> None:
    wide = "{ people(first: 100) { edges { node { ...A } } } } fragment A on Person { memberships { ...B } }"
    wide += "fragment B on Membership { person { memberships { person { memberships { id } } } } }"
    async with Wire(app, cookie=cookie) as wire:
        await wire.begin()
        wire.ask(wide, "a")

        message = await wire.hear()
        assert (message["id"], message["type"]) == ("a", "error")
        assert message["payload"][0]["extensions"]["code"] == "COST_LIMIT"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (
            "subscription { changed(collections: [PEOPLE]) { node { ... on Person { bodyMemberships { id } } } } }",
            "COST",
        ),
        ("subscription { viewer { " + "name " * 3000 + "} }", "SHAPE"),
        ("subscription { " + "".join(f"a{n}: viewer {{ name }} " for n in range(60)) + "}", "SHAPE"),
    ],
    ids=["a dear one", "a long one", "many aliases"],
)
async def test_a_subscription_that_is_too_much_is_not_waited_for(
    app: Starlette, cookie: str, query: str, code: str
) -> None:
    app.state.settings = replace(app.state.settings, budgets=Budgets(session=10))
    async with Wire(app, cookie=cookie) as wire:
        await wire.begin()
        wire.ask(query)

        message = await wire.hear()
        assert message["type"] == "error"
        assert message["payload"][0]["extensions"]["code"] == f"{code}_LIMIT"


@pytest.mark.parametrize("query", ["{ viewer { name } }", "subscription { viewer { name } }"])
async def test_every_answer_tells_what_it_cost(app: Starlette, cookie: str, query: str) -> None:
    async with Wire(app, cookie=cookie) as wire:
        await wire.begin()
        wire.ask(query)

        cost = (await wire.hear())["payload"]["extensions"]["cost"]
        assert (cost["cost"], cost["limit"]) == (2, Budgets.session)
        assert cost["remaining"] < Rates.session


@pytest.mark.parametrize("said", ["[" * 40 + "]" * 40, "NaN", "1e999"], ids=["deep", "no number", "endless"])
async def test_what_no_request_may_hold_no_message_may(app: Starlette, cookie: str, said: str) -> None:
    async with Wire(app, cookie=cookie) as wire:
        await wire.begin()
        wire.text(f'{{"type": "ping", "payload": {{"a": {said}}}}}')

        assert await wire.hear() == 4400


async def test_what_is_not_stored_is_no_operation_and_ends_nothing(app: Starlette, cookie: str) -> None:
    async with Wire(app, cookie=cookie) as wire:
        await wire.begin()
        wire.say(
            "subscribe", id="a", payload={"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}}
        )

        message = await wire.hear()
        assert (message["id"], message["type"]) == ("a", "error")
        assert message["payload"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"
        wire.ask("{ viewer { name } }", "a")
        assert await wire.data() == {"viewer": {"name": "member"}}


async def test_answers_are_paid_as_those_by_http(app: Starlette, cookie: str) -> None:
    app.state.settings = replace(app.state.settings, rates=Rates(session=10))
    async with Wire(app, cookie=cookie) as wire:
        await wire.begin()
        wire.ask("{ viewer { name } }", "a")
        assert await wire.data() == {"viewer": {"name": "member"}}
        assert (await wire.hear())["type"] == "complete"
        wire.ask("{ viewer { name } }", "b")

        message = await wire.hear()
        assert (message["id"], message["type"]) == ("b", "error")
        assert message["payload"][0]["extensions"]["code"] == "LIMITED"


async def test_one_account_has_so_many_sockets(app: Starlette, cookie: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "MOST_OF_ACCOUNT", 1)
    async with Wire(app, cookie=cookie) as first:
        assert await first.begin() == ACK
        async with Wire(app, cookie=cookie) as second:
            assert await second.begin() == 4429

    async with Wire(app, cookie=cookie) as third:
        assert await third.begin() == ACK


async def test_a_process_has_so_many_sockets(app: Starlette, cookie: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "MOST_SOCKETS", 0)
    refused = Wire(app, cookie=cookie)

    assert (await refused.raw())["status"] == 503


async def test_those_of_one_address_who_do_not_say_who_they_are_keep_out_nobody_else(
    app: Starlette, cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "MOST_UNKNOWN", 2)
    async with Wire(app, cookie=cookie) as known:
        assert await known.begin() == ACK
        async with Wire(app), Wire(app):
            refused = await Wire(app, cookie=cookie).raw()
            assert refused["status"] == 503
            assert b"x-content-type-options" in dict(refused["headers"])
            async with Wire(app, address="192.0.2.7", cookie=cookie) as elsewhere:
                assert await elsewhere.begin() == ACK

        async with Wire(app, cookie=cookie) as later:
            assert await later.begin() == ACK


async def test_no_more_than_five_errors_are_told(app: Starlette, cookie: str) -> None:
    names = [f"v{n}" for n in range(30)]
    given, used = (", ".join(one.format(name) for name in names) for one in ("${}: ID!", "${}"))
    async with Wire(app, cookie=cookie) as wire:
        await wire.begin()
        wire.ask(f"subscription({given}) {{ changed(ids: [{used}]) {{ id }} }}")

        assert len((await wire.hear())["payload"]) == 5


async def test_who_waits_for_changes_pays_for_looking(
    app: Starlette, everyone: Cast, cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Wire(app, cookie=cookie) as wire:
        await wire.begin()
        wire.ask("subscription { changed(collections: [BODIES]) { id } }")
        await settled(wire)
        app.state.settings = replace(app.state.settings, rates=Rates(session=5))

        await change_body(everyone["secretary"], everyone.sector.id, name_en="Letters")

        message = await wire.hear()
        assert (message["type"], message["payload"][0]["extensions"]["code"]) == ("error", "LIMITED")


async def test_who_reads_too_slowly_is_cut(
    app: Starlette, everyone: Cast, cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "SEND_S", 0.05)
    async with Wire(app, cookie=cookie) as wire:
        await wire.begin()
        wire.ask(BODIES)
        await settled(wire)

        wire.hearing.clear()
        await change_body(everyone["secretary"], everyone.sector.id, name_en="Letters")

        await asyncio.wait_for(asyncio.shield(wire.task), 10)


async def test_one_subscription_names_so_many_things(app: Starlette, everyone: Cast, cookie: str) -> None:
    ids = [f"per_{everyone.people['member'].id}"] * 101
    async with Wire(app, cookie=cookie) as wire:
        await wire.begin()
        wire.ask("subscription($ids: [ID!]) { changed(ids: $ids) { id } }", ids=ids)

        message = await wire.hear()
        assert message["payload"][0]["extensions"]["code"] == "TOO_MANY_THINGS"


async def test_of_too_much_at_once_not_each_is_named(
    app: Starlette, everyone: Cast, cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "MOST_AT_ONCE", 0)
    async with Wire(app, cookie=cookie) as wire:
        await wire.begin()
        wire.ask(BODIES)
        await settled(wire)

        await change_body(everyone["secretary"], everyone.sector.id, name_en="Letters")

        assert await wire.data() == {"changed": {"id": None, "node": None}}


async def test_where_nobody_waits_nothing_is_read(app: Starlette, cookie: str) -> None:
    events = app.sockets.events
    async with Wire(app, cookie=cookie) as wire:
        await wire.begin()
        assert events.reading

    assert not events.reading


async def test_sockets_are_counted_by_their_end(app: Starlette, cookie: str) -> None:
    before = counted()
    async with Wire(app, cookie=cookie) as wire:
        await wire.begin()
    async with Wire(app) as wire:
        assert await wire.begin() == 4401

    assert {name: value - before[name] for name, value in counted().items()} == {"opened": 2, "1005": 1, "4401": 1}


def counted() -> dict[str, float]:
    ended = {code: REGISTRY.get_sample_value("luzhi_sockets_closed_total", {"code": code}) for code in ("1005", "4401")}
    return {name: value or 0 for name, value in ended.items()} | {
        "opened": REGISTRY.get_sample_value("luzhi_sockets_opened_total") or 0
    }
