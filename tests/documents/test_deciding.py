"""RD-1 said twice, as a function and as a condition of a query: the two never differ."""

import datetime as dt
from collections import Counter
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from server.models import database
from server.models.documents.queries import allowed, deciding, deciding_one
from server.models.documents.tables import Document
from server.rules.documents import STEPS, Act, DocumentState, Level, Paper, Reader, ReadMode, decide
from server.rules.permissions import HeldRole, Role
from server.viewer import Viewer
from tests.cast import Cast
from tests.documents.worlds import furnished
from tests.make import NOW

DOCUMENTS, ELSEWHERE = 8_000, 2_000
"""Times thirteen readers: more than 100,000 worlds on SQLite; fewer on PostgreSQL, which shall only mean the same."""


def readers(cast: Cast) -> dict[str, Viewer]:
    """The cast, a custodian of one body, and a token whose scopes leave documents out."""
    member, custodian = cast["member"], HeldRole(Role.CUSTODIAN, cast.group.id, "Spring")
    return cast.viewers | {
        "keeper": replace(member, roles=(*member.roles, custodian)),
        "token": replace(member, scopes=frozenset({"members:read"})),
        "former": replace(member, roles=()),
    }


@pytest.mark.usefixtures("db")
async def test_function_and_query_never_differ(everyone: Cast) -> None:
    count = ELSEWHERE if database.is_postgres() else DOCUMENTS
    documents = await furnished(everyone, 6, count)
    codes: Counter[tuple[str, bool]] = Counter()
    worlds = 0
    for name, reader in readers(everyone).items():
        seen = {act: set(await Document.filter(allowed(reader, act)).values_list("id", flat=True)) for act in Act}
        assert seen[Act.DOWNLOAD] <= seen[Act.READ] <= seen[Act.SEE] >= seen[Act.MANAGE], "what is listed can be seen"
        for start in range(0, count, 500):
            for document, case in (await deciding(reader, documents[start : start + 500])).items():
                worlds += 1
                for act in Act:
                    verdict = decide(*case, act, reader.now)
                    codes[verdict.code, verdict.allowed] += 1
                    assert verdict.allowed == (document in seen[act]), (name, act, verdict, case)
    assert worlds == 13 * count
    assert len(codes) == len(STEPS), "each step of the rule decided somewhere"


@pytest.mark.usefixtures("db")
async def test_one_is_decided_as_many_are(everyone: Cast) -> None:
    """By one statement that is kept, whoever asked by it before: each reader is bound anew."""
    keys = await furnished(everyone, 6, 150)
    rows = await Document.filter(id__in=keys)
    for name, reader in readers(everyone).items():
        many = await deciding(reader, keys)
        for row in rows:
            (one, paper), (expected, other) = await deciding_one(reader, row), many[row.id]
            assert one == expected, (name, row.id)
            assert replace(paper, grants=()) == replace(other, grants=()), (name, row.id)
            assert set(paper.grants) == set(other.grants), (name, row.id)


@pytest.mark.parametrize(
    ("mode", "asks"), [(ReadMode.DOWNLOAD, True), (ReadMode.ONLINE, False), (ReadMode.ROOM_ONLY, False)]
)
def test_nobody_is_told_to_ask_for_a_file_that_is_given_to_nobody(mode: ReadMode, asks: bool) -> None:
    paper = Paper(Level.INTERNAL, mode, DocumentState.AVAILABLE)
    reader = Reader(active=True, catalogued=True)

    assert decide(reader, paper, Act.READ, NOW).may_request
    assert decide(reader, paper, Act.DOWNLOAD, NOW).may_request == asks
    assert not decide(reader, paper, Act.SEE, NOW).may_request


def test_a_moment_is_told_by_the_clock_of_the_assembly_and_with_its_hour() -> None:
    begins = dt.datetime(2026, 12, 7, 22, 30, tzinfo=dt.UTC)
    paper = Paper(Level.PUBLIC, ReadMode.ONLINE, DocumentState.AVAILABLE, available_from=begins)

    said = decide(Reader(active=True), paper, Act.READ, NOW.astimezone(ZoneInfo("Asia/Shanghai"))).reason

    assert said.into("zh") == "自2026年12月8日 06:30起开放。"
    assert said.into("en") == "It will be available from 8 December 2026 06:30."
