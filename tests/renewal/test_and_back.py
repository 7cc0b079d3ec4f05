"""The whole change of term on the demo assembly, and back by restoring the backup from before: no trace is left."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from server.backup.ending import RESTORED
from server.demo import install
from server.demo.rows import SECRETARY, key
from server.models import database
from server.models.accounts import Account
from server.models.accounts.tables import ApiClient
from server.models.audit import AuditEntry, verify
from server.models.bodies import BodyKind
from server.models.members import Membership, Term, TermStatus, active_seats
from server.models.renewal import apply_renewal, begin_renewal, carry_seats, decide_bodies, end_leavers, renewal_plan
from server.models.renewal.tables import Renewal
from server.rules.accounts import DEMO_PASSWORD
from server.rules.messages import OPEN
from server.rules.permissions import Role
from server.schema.arriving import COOKIE
from server.viewer import Viewer
from tests import make
from tests.accounts.door import CHEAP, is_in
from tests.backup.houses import content, restore, take
from tests.demo.conftest import OPERATOR
from tests.demo.filed import FILED
from tests.web.visitors import HERE, Visitors, open_session

DAY = dt.date(2026, 11, 25)
"""The first day of the next term, three days after make.TODAY; all that signs in here does so later still."""
LEAVERS = ("member", "leader", "convener")
"""Accounts of the demo whose holders leave."""
BY_RESTORING = {
    "audit_entry": "one entry more says that a backup was restored",
    "session": "everyone signs in again",
    "api_client": "tokens may have been revoked since",
    "delivery": "a message on its way may have arrived since",
}
"""All tables in which the restore itself may leave its mark, and why. `marks` says which mark."""

Tables = dict[str, list[dict[str, Any]]]


def office(day: dt.date = make.TODAY) -> Viewer:
    at = dt.datetime.combine(day, dt.time(3), dt.UTC)
    return make.viewer(Role.SECRETARY, account=SECRETARY, name="secretary", now=at)


async def ways_in() -> str:
    """A session and a token of someone who leaves; what the cookie says."""
    leaver = await Account.get(name="member")
    span = {"created_at": make.NOW, "expires_at": make.NOW.replace(year=2040)}
    await ApiClient.create(owner=leaver, name="mirror", scopes=["all:read"], token_hash="t", **span)
    return await open_session(leaver)


async def end_of_term() -> Term:
    """Named, drafted, decided and applied before its day; on the day the access of leavers ends."""
    draft = await begin_renewal(office(), code="16", name_zh="第十六届", name_en="16th Assembly", starts_on=DAY)
    seats = await active_seats(make.TODAY)
    leaving = {account.person_id for account in await Account.filter(name__in=LEAVERS)}
    staying = sorted({seat.person_id for seat in seats} - leaving)[:200]
    assert await carry_seats(office(), draft.id, people=staying) == 200
    await decide_bodies(office(), draft.id, carried=True, kind=BodyKind.LEARNING_GROUP)
    plan = (await renewal_plan(office(), draft.id)).counts()
    assert (plan["stays"], plan["bodies_carried"]) == (200, 30)
    await apply_renewal(office(), draft.id, code="16")
    assert str(await end_leavers(office(DAY))) == f"{len(LEAVERS)} accounts of members who left were ended."
    return draft


def marks(before: Tables, at: str) -> Tables:
    """The same rows, with what a restore at that moment does to them."""
    marked = {table: [dict(row) for row in rows] for table, rows in before.items()}
    for row in marked["session"]:
        row["ended_at"] = row["ended_at"] or at
    for row in marked["api_client"]:
        row["revoked_at"] = row["revoked_at"] or at
    for row in marked["delivery"]:
        if row["state"] in {state.value for state in OPEN}:
            row |= {"state": "given_up", "done_at": at, "said": RESTORED}
    return marked


def by_key(rows: list[dict[str, Any]]) -> dict[Any, dict[str, Any]]:
    """The rows by what they are called, or, where they are not, by all that they say."""
    return {row.get("id") or row.get("serial") or str(row): row for row in rows}


@pytest.fixture
async def demo(db: str) -> None:
    """The demo assembly."""
    await install(OPERATOR, filed=FILED, cost=CHEAP)


@pytest.mark.usefixtures("demo")
async def test_the_end_of_term_and_back_leaves_no_trace(visitors: Visitors, tmp_path: Path) -> None:
    path, cookie = tmp_path / "before.zip", await ways_in()
    assert await is_in(await visitors.browser(cookies={COOKIE: cookie}))
    await database.settle()  # that the session was used
    before = await content()
    await take(path, tmp_path / "data")

    draft = await end_of_term()

    changed = await content()
    assert changed["membership_status"] != before["membership_status"]
    assert (await Term.get(code="15")).status is TermStatus.CLOSED
    assert await Membership.filter(term=draft).count() == 200
    browser = await visitors.browser(address="127.0.0.1")
    login = {"username": "member", "password": DEMO_PASSWORD}
    assert (await browser.post("/login", data=login)).status_code == 422
    assert not await is_in(await visitors.browser(cookies={COOKIE: cookie}))

    done = await restore(path, tmp_path / "data", replace=True)

    after = await content()
    marked = marks(before, make.NOW.isoformat())
    *trail, last = sorted(after["audit_entry"], key=lambda row: int(row["serial"]))
    assert (last["action"], last["serial"]) == ("backup.restore", len(before["audit_entry"]) + 1)
    assert {table for table in before if after[table] != before[table]} == set(BY_RESTORING)
    assert after.keys() == before.keys()
    for table, rows in (after | {"audit_entry": trail}).items():
        assert by_key(rows) == by_key(marked[table]), table
    assert await Renewal.all().count() == 0

    found = await verify()
    assert (found.ok, found.first_bad, found.entries) == (True, None, len(trail) + 1)
    assert done.trail == found
    assert await AuditEntry.filter(action__startswith="renewal.").count() == 0
    assert not await is_in(await visitors.browser(cookies={COOKIE: cookie}))
    for name in LEAVERS:
        browser = await visitors.browser(address="127.0.0.1")
        answer = await browser.post("/login", data=login | {"username": name})
        assert (answer.status_code, await is_in(browser)) == (303, True), name
    own = await browser.get(f"{HERE}/members/per_{(await Account.get(name='convener')).person_id}")
    assert own.status_code == 200
    assert key("term", "15") in {seat.term_id for seat in await active_seats(make.TODAY)}
