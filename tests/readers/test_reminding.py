"""Those who have not are reminded: who, by which ways, with what words; nobody twice on one day."""

import datetime as dt
import json
from dataclasses import replace
from typing import Any

import pytest

from server.models.audit import AuditEntry
from server.models.deadlines import tell_overdue_receipts
from server.models.members.tables import Person
from server.models.messages import Delivery, Message
from server.rules.messages import Topic
from server.viewer import system_viewer
from tests import make
from tests.cast import NAMES, Cast
from tests.readers.conftest import LATE, Paper
from tests.web.visitors import Asks

REMIND = """mutation ($id: ID!, $short: ReaderStanding!) { readersRemind(document: $id, shortOf: $short) {
  ... on ReadersReminded { count } ... on Problems { kind problems { code field } } } }"""
REACH = """query ($id: ID!, $short: ReaderStanding!) { documentReaders(document: $id) { reminder(shortOf: $short) {
  count today inside ways { channel count } unreached { nameEn } } } }"""


async def remind(ask: Asks, who: Any, paper: Paper, short: str = "UNDERSTOOD") -> object:
    answer = await ask(who, REMIND, id=paper.id, short=short)
    return (answer["data"] or {}).get("readersRemind")


async def reminded() -> list[str]:
    rows = await Message.filter(topic=Topic.DOCUMENTS, title_en__startswith="A document waits").order_by("id")
    return sorted([(await Person.get(id=row.person_id)).name_en for row in rows])


@pytest.mark.parametrize(
    ("short", "who"),
    [
        ("BEGUN", ["Mei Member"]),
        ("READ_THROUGH", ["Lin Leader", "Mei Member"]),
        ("UNDERSTOOD", ["Kang Convener", "Lin Leader", "Mei Member"]),
    ],
)
async def test_those_who_have_not_come_so_far_are_reminded(ask: Asks, paper: Paper, short: str, who: list[str]) -> None:
    await paper.opened("leader")
    await paper.finished("convener")

    assert await remind(ask, "custodian", paper, short) == {"count": len(who)}

    assert await reminded() == who


async def test_a_reminder_holds_a_link_and_no_title_and_is_one_entry(ask: Asks, paper: Paper) -> None:
    await paper.due(LATE)

    await remind(ask, "custodian", paper)

    row = await Message.filter(title_en__startswith="A document waits").first()
    assert row
    assert row.title_en == "A document waits for you; please confirm by 21 November 2026 that you have read it"
    assert (row.text_en, row.outside, row.link) == ("", False, f"/documents/{paper.id}")
    assert "Nursery" not in row.title_en + row.title_zh
    (entry,) = await AuditEntry.filter(action="readers.remind")
    assert (entry.object, json.loads(entry.payload)) == (paper.id, {"short_of": "understood", "people": 3})


async def test_nobody_is_reminded_twice_on_one_day_and_again_on_the_next(
    ask: Asks, paper: Paper, everyone: Cast
) -> None:
    nobody = {"kind": "INVALID", "problems": [{"code": "NOBODY", "field": "shortOf"}]}
    tomorrow = replace(everyone["custodian"], now=make.NOW + dt.timedelta(days=1))
    await paper.opened("leader")

    first = await remind(ask, "custodian", paper, "BEGUN")
    rest = await remind(ask, "secretary", paper)
    again = await remind(ask, "custodian", paper)
    later = await remind(ask, tomorrow, paper)

    assert (first, rest, again, later) == ({"count": 2}, {"count": 1}, nobody, {"count": 3})
    assert await AuditEntry.filter(action="readers.remind").count() == 3


async def test_before_it_is_sent_one_sees_how_many_by_which_ways(ask: Asks, paper: Paper, everyone: Cast) -> None:
    await Person.filter(id=everyone.people["leader"].id).update(email="lin@assembly.example.org")
    ann = await make.person(name_en="Ann Outside")
    await make.seat(ann, everyone.term)
    with_mail = Asks(everyone, ("email",))

    before = await with_mail("custodian", REACH, id=paper.id, short="UNDERSTOOD")
    await remind(ask, "custodian", paper)
    after = await with_mail("custodian", REACH, id=paper.id, short="UNDERSTOOD")

    assert before["data"]["documentReaders"]["reminder"] == {
        "count": 4,
        "today": 0,
        "inside": 3,
        "ways": [{"channel": "email", "count": 1}],
        "unreached": [{"nameEn": "Ann Outside"}],
    }
    assert after["data"]["documentReaders"]["reminder"] == {
        "count": 0,
        "today": 4,
        "inside": 0,
        "ways": [],
        "unreached": [],
    }
    assert await Delivery.filter(channel="email").count() == 1


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("custodian", "secretary")])
async def test_nobody_else_may(ask: Asks, paper: Paper, name: str) -> None:
    found = await remind(ask, name, paper)

    code = "SIGNED_OUT" if name == "visitor" else "ROLE"
    assert found == {"kind": "REFUSED", "problems": [{"code": code, "field": None}]}
    assert await reminded() == []


async def test_the_office_is_told_once_a_day_of_confirmations_that_are_overdue(paper: Paper, everyone: Cast) -> None:
    system = system_viewer(make.ZONE, "job", make.NOW)
    none = await tell_overdue_receipts(system)
    await paper.due(LATE)

    counts = [await tell_overdue_receipts(system) for _ in range(2)]

    rows = await Message.filter(link="/readers")
    assert (none, counts) == (0, [1, 1])
    assert {row.account_id for row in rows} == {everyone.accounts[name].id for name in ("custodian", "secretary")}
    assert {row.title_en for row in rows} == {"Documents with confirmations that are overdue: 1"}
    assert len(rows) == 2
