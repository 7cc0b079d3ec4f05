"""How long a socket may take to say who it is: as long as the constant says, which test_protocol takes at its word."""

import asyncio

import pytest
from starlette.applications import Starlette

from server.schema import sockets
from tests.cast import Cast
from tests.sockets.test_subscriptions import ACK
from tests.sockets.wire import Wire
from tests.web.visitors import open_session

EARLY_S, LATE_S = 0.05, 1.0
"""What a clock may be wrong, and a busy machine late."""


def test_it_is_ten_seconds() -> None:
    assert sockets.FIRST_S == 10


@pytest.mark.parametrize("seconds", [0.2, 1.5])
@pytest.mark.parametrize("chatters", [False, True])
async def test_who_does_not_say_who_it_is_has_so_long(
    app: Starlette, monkeypatch: pytest.MonkeyPatch, seconds: float, chatters: bool
) -> None:
    monkeypatch.setattr(sockets, "FIRST_S", seconds)
    loop = asyncio.get_running_loop()
    began = loop.time()

    async with Wire(app) as wire:
        if chatters:
            wire.say("ping")
            assert await wire.hear() == {"type": "pong"}
        assert await wire.hear() == 4408

    assert seconds - EARLY_S < loop.time() - began < seconds + LATE_S


async def test_who_has_said_it_stays_beyond_that_time(
    app: Starlette, everyone: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    cookie, loop = await open_session(everyone.accounts["member"]), asyncio.get_running_loop()
    monkeypatch.setattr(sockets, "FIRST_S", 0.2)
    async with Wire(app, cookie=cookie) as wire:
        assert await wire.begin() == ACK
        over = loop.time() + 0.4

        answers = 0
        while loop.time() < over or not answers:
            wire.ask("{ viewer { name } }", str(answers))
            assert await wire.data() == {"viewer": {"name": "member"}}
            assert (await wire.hear())["type"] == "complete"
            answers += 1
