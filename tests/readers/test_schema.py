"""Who has read a document and who has not, as programs ask it; who may ask, and what is not told."""

import datetime as dt
from typing import Any

import pytest

from server.models import documents
from server.models.documents import DocumentVersion, Whom
from server.models.reading.tables import ReadingProgress
from server.rules.permissions import Role
from tests import make
from tests.cast import NAMES, Cast
from tests.furnished import file_of
from tests.make import NOW
from tests.readers.conftest import LATE, SOON, Paper, filed
from tests.web.visitors import Asks

READERS = """query ($id: ID!, $sector: ID, $body: ID, $search: String, $standing: ReaderStanding,
    $overdue: Boolean! = false, $first: Int, $after: String) {
  documentReaders(document: $id, sector: $sector, body: $body, search: $search) {
    id on receiptBy mayRemind document { title }
    figures { people unopened begun readThrough understood overdue outside }
    bySector { name body { id } figures { people unopened begun } }
    byBody { name figures { people understood } }
    people(standing: $standing, overdue: $overdue, first: $first, after: $after) {
      totalCount pageInfo { hasNextPage endCursor }
      edges { node { person { nameEn } standing overdue mayRead inside earlier pagesSeen pages openedAt confirmedAt
        refused refusedAt document { title } } }
    }
  }
}"""
MINE = """query ($id: ID!, $standing: ReaderStanding) { readerDocuments(person: $id) {
  person { nameEn } figures { people begun overdue }
  documents(standing: $standing) { totalCount edges { node { standing pagesSeen refused document { title } } } } } }"""
OVERDUE = "{ overdueReceipts { id people confirmed document { title } } }"
EVERYONE = ["Kang Convener", "Lin Leader", "Mei Member"]


async def told(ask: Asks, who: Any, paper: Paper, **narrowed: Any) -> Any:
    answer = await ask(who, READERS, id=paper.id, **narrowed)
    assert "errors" not in answer, answer
    return answer["data"]["documentReaders"]


def listed(found: Any) -> list[dict[str, Any]]:
    return [edge["node"] for edge in found["people"]["edges"]]


def named(found: Any) -> list[str]:
    return [one["person"]["nameEn"] for one in listed(found)]


async def test_each_reader_stands_where_they_came_and_who_is_shut_out_is_none(ask: Asks, paper: Paper) -> None:
    await paper.opened("leader")
    await paper.finished("convener")

    found = await told(ask, "custodian", paper)

    assert named(found) == EVERYONE
    assert [(one["standing"], one["pagesSeen"], one["pages"]) for one in listed(found)] == [
        ("READ_THROUGH", 12, 12),
        ("BEGUN", 4, 12),
        ("UNOPENED", 0, 12),
    ]
    figures = {"people": 3, "unopened": 1, "begun": 1, "readThrough": 1, "understood": 0, "overdue": 0, "outside": 0}
    assert found["figures"] == figures
    assert (found["id"], found["on"], found["receiptBy"]) == (paper.id, make.TODAY.isoformat(), None)
    assert found["document"] == {"title": "Nursery schools"}


async def test_who_confirmed_is_done_and_who_did_not_is_overdue_from_the_day_after(ask: Asks, paper: Paper) -> None:
    await paper.finished("leader")
    await paper.confirmed("member")

    overdue = {}
    for day in (SOON, make.TODAY, LATE):
        await paper.due(day)
        overdue[day] = named(await told(ask, "custodian", paper, overdue=True))
    found = await told(ask, "custodian", paper)

    assert overdue == {SOON: [], make.TODAY: [], LATE: EVERYONE[:2]}
    assert [one["standing"] for one in listed(found)] == ["UNOPENED", "READ_THROUGH", "UNDERSTOOD"]
    assert listed(found)[2]["confirmedAt"] == NOW.isoformat()
    assert found["figures"]["overdue"] == 2
    assert named(await told(ask, "custodian", paper, standing="UNDERSTOOD")) == ["Mei Member"]


async def test_a_new_file_is_unread_by_whoever_read_the_old_one(ask: Asks, paper: Paper, everyone: Cast) -> None:
    await paper.finished("member")
    await paper.confirmed("member")
    await DocumentVersion.filter(id=paper.version).update(current=False)
    await DocumentVersion.create(**file_of(paper.row, everyone.accounts["custodian"]) | {"n": 2, "pages": 5})

    mei = listed(await told(ask, "custodian", paper))[2]

    assert (mei["standing"], mei["earlier"], mei["pagesSeen"], mei["pages"]) == ("UNOPENED", True, 0, 5)
    assert mei["confirmedAt"] is None


async def test_figures_and_list_can_be_narrowed_to_a_sector_a_body_or_a_name(
    ask: Asks, paper: Paper, everyone: Cast
) -> None:
    faith = await make.body(make.BodyKind.SECTOR, "Faith")
    ann = await make.person(name_en="Ann Faith")
    await make.seat(ann, everyone.term, sector=faith)
    await make.seat(await make.person(name_en="Bo Nowhere"), everyone.term)
    await paper.opened("member")

    whole = await told(ask, "custodian", paper)
    rows = [(row["name"], row["figures"]["people"], row["figures"]["begun"]) for row in whole["bySector"]]
    narrowed = {
        "sector": await told(ask, "custodian", paper, sector=f"bod_{faith.id}"),
        "body": await told(ask, "custodian", paper, body=f"bod_{everyone.group.id}"),
        "search": await told(ask, "custodian", paper, search="mei"),
    }

    assert rows == [("Faith", 1, 0), ("Arts", 3, 1), ("No sector stated", 1, 0)]
    assert [row["name"] for row in whole["byBody"]] == ["Spring"]
    assert whole["figures"]["outside"] == 2, "no account lets them in"
    assert [one["inside"] for one in listed(whole) if one["person"]["nameEn"] == "Ann Faith"] == [False]
    assert {name: named(found) for name, found in narrowed.items()} == {
        "sector": ["Ann Faith"],
        "body": ["Lin Leader", "Mei Member"],
        "search": ["Mei Member"],
    }
    assert [found["figures"]["people"] for found in narrowed.values()] == [1, 2, 1]


async def test_a_long_list_goes_on(ask: Asks, paper: Paper) -> None:
    first = (await told(ask, "custodian", paper, first=2))["people"]
    rest = await told(ask, "custodian", paper, first=2, after=first["pageInfo"]["endCursor"])

    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (3, True)
    assert named(rest) == EVERYONE[2:]


async def test_refused_tries_are_for_keepers_and_auditors_alone(ask: Asks, paper: Paper) -> None:
    await paper.opened("member", refused=2, refused_at=NOW)

    seen = {}
    for name in ("custodian", "auditor", "secretary", "chair"):
        mei = listed(await told(ask, name, paper))[2]
        seen[name] = (mei["refused"], mei["refusedAt"])
    own = await ask("member", MINE, id=paper.person("member"))

    assert seen == {
        "custodian": (2, NOW.isoformat()),
        "auditor": (2, NOW.isoformat()),
        "secretary": (None, None),
        "chair": (None, None),
    }
    assert own["data"]["readerDocuments"]["documents"]["edges"][0]["node"]["refused"] is None


@pytest.mark.parametrize("name", NAMES)
async def test_the_report_is_for_keepers_the_office_and_auditors(ask: Asks, paper: Paper, name: str) -> None:
    answer = await ask(name, READERS, id=paper.id)

    if name in ("custodian", "secretary", "chair", "auditor"):
        assert answer["data"]["documentReaders"]["figures"]["people"] == 3
        title = answer["data"]["documentReaders"]["document"]
        assert (title is not None) == (name == "custodian"), "the title is for who may know of it"
    else:
        assert answer["data"]["documentReaders"] is None
        assert answer["errors"][0]["extensions"]["code"] == ("SIGNED_OUT" if name == "visitor" else "ROLE")


async def test_who_keeps_another_bodys_documents_finds_nothing(ask: Asks, paper: Paper, everyone: Cast) -> None:
    other = make.viewer(Role.CUSTODIAN, body=everyone.group)
    committee = make.viewer(Role.SECRETARY, body=everyone.group)

    assert await told(ask, other, paper) is None
    assert "errors" in await ask(committee, READERS, id=paper.id) or await told(ask, committee, paper) is None
    assert (await ask(other, OVERDUE))["data"] == {"overdueReceipts": []}


async def test_a_person_sees_their_own_and_a_keeper_what_they_keep(ask: Asks, paper: Paper, everyone: Cast) -> None:
    kept = await documents.folder_add(everyone["custodian"], name_en="Of Spring", body=everyone.group.id)
    other = await filed(everyone)
    await documents.Document.filter(id=other.row.id).update(folder_id=kept.id, title_en="Budget")
    mei = [Whom(person=everyone.people["member"].id)]
    await documents.grant_add(everyone["custodian"], document=other.row.id, whom=mei, reason="a hearing")
    await paper.opened("member")

    found = {}
    for name, who in {
        "own": "member",
        "all": "custodian",
        "one": make.viewer(Role.CUSTODIAN, body=everyone.group),
    }.items():
        of = (await ask(who, MINE, id=paper.person("member")))["data"]["readerDocuments"]
        found[name] = sorted(edge["node"]["document"]["title"] for edge in of["documents"]["edges"])
    begun = await ask("member", MINE, id=paper.person("member"), standing="BEGUN")

    assert found == {"own": ["Budget", "Nursery schools"], "all": ["Budget", "Nursery schools"], "one": ["Budget"]}
    assert begun["data"]["readerDocuments"]["documents"]["totalCount"] == 1
    assert begun["data"]["readerDocuments"]["figures"] == {"people": 2, "begun": 1, "overdue": 0}


@pytest.mark.parametrize("name", ["leader", "department", "admin"])
async def test_nobody_else_sees_what_a_person_read(ask: Asks, paper: Paper, name: str) -> None:
    assert (await ask(name, MINE, id=paper.person("member")))["data"] == {"readerDocuments": None}


async def test_what_is_overdue_is_listed_while_it_can_be_had(ask: Asks, paper: Paper, everyone: Cast) -> None:
    await paper.confirmed("member")
    await paper.due(LATE)
    done = await filed(everyone, receipt_by=LATE)
    mei = [Whom(person=everyone.people["member"].id)]
    await documents.grant_add(everyone["custodian"], document=done.row.id, whom=mei, reason="a hearing")
    await done.confirmed("member")

    before = (await ask("custodian", OVERDUE))["data"]["overdueReceipts"]
    await documents.Document.filter(id=paper.row.id).update(expires_at=NOW - dt.timedelta(minutes=1))
    after = (await ask("custodian", OVERDUE))["data"]["overdueReceipts"]

    title = {"title": "Nursery schools"}
    assert before == [{"id": paper.id, "people": 3, "confirmed": 1, "document": title}]
    assert after == []


async def test_openings_alone_say_nothing_of_who_is_not_meant(ask: Asks, paper: Paper, everyone: Cast) -> None:
    whose: dict[str, Any] = {"document_id": paper.row.id, "person_id": everyone.people["department"].id}
    await ReadingProgress.create(**whose, version_id=paper.version, opens=1, last_opened_at=NOW)

    assert named(await told(ask, "custodian", paper)) == EVERYONE
