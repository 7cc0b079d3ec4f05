"""When sessions and tokens were last used is noted by the way."""

import datetime as dt
from dataclasses import replace

import pytest

from server.models import database
from server.models.accounts import Account, ApiClient, Session, sign_out, token_issue
from server.models.accounts.uses import note_use
from server.viewer import Viewer
from tests import make
from tests.accounts.door import ADMIN, come_in
from tests.web.test_statements import ASIDE

MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)
LONG_AGO = make.NOW - DAY


def later(viewer: Viewer, after: dt.timedelta) -> Viewer:
    return replace(viewer, now=make.NOW + after)


async def test_many_sessions_are_noted_at_once_each_with_its_own_end(li: Account, statements):
    viewers = [(await come_in()).viewer for _ in range(10)]
    wanted = {viewer.session: make.NOW + n * DAY for n, viewer in enumerate(viewers, start=80)}

    with statements() as asked:
        for viewer in viewers:
            note_use(replace(viewer, now=wanted[viewer.session]), make.NOW)
        await database.settle()

    rows = await Session.all()
    assert [sql for sql in asked if not sql.startswith(ASIDE)] == []
    assert [sql.split()[0] for sql in asked if "pg_advisory" not in sql] == ["SELECT", "UPDATE"]
    assert {row.id: row.last_seen_at for row in rows} == wanted
    assert {row.expires_at - make.NOW for row in rows} == {90 * DAY}


async def test_the_last_of_several_uses_counts(li: Account):
    viewer = (await come_in()).viewer

    for minutes in (2, 3, 1):
        note_use(later(viewer, minutes * MINUTE), make.NOW)
    await database.settle()

    session = await Session.get()
    assert (session.last_seen_at, session.expires_at) == (make.NOW + 3 * MINUTE, make.NOW + 3 * MINUTE + 14 * DAY)


async def test_a_session_that_ended_meanwhile_stays_as_it_is(li: Account):
    viewer = (await come_in()).viewer
    await sign_out(viewer)

    note_use(later(viewer, MINUTE), make.NOW)
    await database.settle()

    assert (await Session.get()).last_seen_at == make.NOW


async def test_many_tokens_are_noted_at_once(wang: Account, statements):
    issued = [await token_issue(ADMIN, name=f"sync {n}", scopes=["members:read"], owner=wang.id) for n in range(10)]

    with statements() as asked:
        for n, token in enumerate(issued):
            note_use(make.viewer(account=wang.id, client=token.id, now=make.NOW + n * MINUTE), None)
        await database.settle()

    assert [sql.split()[0] for sql in asked if "pg_advisory" not in sql] == ["UPDATE"]
    used = {client.id: client.last_used_at for client in await ApiClient.all()}
    assert used == {token.id: make.NOW + n * MINUTE for n, token in enumerate(issued)}


@pytest.mark.parametrize("noted_at", [None, LONG_AGO, make.NOW])
async def test_a_visitor_or_one_noted_within_the_minute_costs_nothing(li: Account, statements, noted_at):
    viewer = (await come_in()).viewer

    with statements() as asked:
        note_use(make.viewer(), noted_at)
        note_use(later(viewer, MINUTE / 2), make.NOW)
        await database.settle()

    assert asked == []
