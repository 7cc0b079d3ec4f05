"""One key, several processes, and one that dies between commit and answer."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.models.accounts import token_issue
from server.models.audit import AuditEntry
from server.models.bodies import Body
from server.models.repeating import KeptAnswer
from tests.cast import Cast
from tests.repeating.processes import PATIENCE_S, running
from tests.repeating.test_keys import CREATE
from tests.web.test_programs import now

AT_ONCE = 16


@pytest.fixture
async def headers(everyone: Cast) -> dict[str, str]:
    """Those of the secretary's program."""
    issued = await token_issue(replace(everyone["secretary"], now=now()), name="mirror", scopes=["all:write"], days=1)
    return {"Authorization": f"Bearer {issued.token}", "Accept-Language": "en"}


def asked(address: str, headers: dict[str, str], key: str, name: str = "Poems") -> dict[str, Any]:
    body = {"query": CREATE, "variables": {"key": key, "name": name}}
    answer: dict[str, Any] = httpx.post(address, json=body, headers=headers, timeout=PATIENCE_S).json()
    found: dict[str, Any] = answer["data"]["bodyCreate"]
    return found


async def test_of_many_requests_at_once_in_two_processes_one_does_it(
    db: str, tmp_path: Path, headers: dict[str, str]
) -> None:
    with running(db, tmp_path) as (one, _), running(db, tmp_path) as (two, _), ThreadPoolExecutor(AT_ONCE) as many:
        answers = list(many.map(lambda n: asked((one, two)[n % 2], headers, "a"), range(AT_ONCE)))
        last = asked(two, headers, "a")

    done = [answer for answer in answers if answer["__typename"] == "BodyPayload"]
    waits = [answer for answer in answers if answer["__typename"] == "Problems"]
    assert await Body.filter(name_en="Poems").count() == 1
    assert await AuditEntry.filter(action="bodies.create_body").count() == 1
    assert done
    assert all(answer == last for answer in done)
    for answer in waits:
        assert (answer["kind"], answer["retryAfter"]) == ("LIMITED", 1)
        assert [one["code"] for one in answer["problems"]] == ["KEY_IN_USE"]


async def test_what_died_between_commit_and_answer_is_answered_and_not_done_again(
    db: str, tmp_path: Path, headers: dict[str, str]
) -> None:
    with running(db, tmp_path, factory="tests.repeating.dying:create") as (address, process):
        with pytest.raises(httpx.RemoteProtocolError):
            asked(address, headers, "a")
        assert process.wait(PATIENCE_S) == -9
    (body,) = await Body.filter(name_en="Poems")
    assert await KeptAnswer.all().count() == 1

    with running(db, tmp_path) as (address, _):
        again = asked(address, headers, "a")

    assert again["body"]["id"] == f"bod_{body.id}"
    assert await Body.filter(name_en="Poems").count() == 1
    assert await AuditEntry.filter(action="bodies.create_body").count() == 1
