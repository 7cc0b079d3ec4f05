"""Whom the grants on a document reach, in one statement, and by the decision on each person: the two never differ."""

from collections import Counter
from dataclasses import replace

import pytest

from server.models.documents.queries import deciding
from server.models.documents.tables import Document
from server.models.members.tables import Person
from server.models.readers import readings
from server.rules.documents import Act, DocumentState, Level, Paper, Reader, decide
from server.rules.permissions import Role
from server.viewer import Viewer
from tests import make
from tests.cast import Cast
from tests.documents.worlds import furnished

DOCUMENTS = 2_000


def given(reader: Reader, paper: Paper, viewer: Viewer) -> bool:
    """Whether grants let them read it once it can be had and all that is theirs to do is done."""
    here = replace(reader, custodian=False, agreed=True, in_room=True)
    lasting = tuple(replace(grant, used_up=False) for grant in paper.grants)
    level = Level.INTERNAL if paper.level is Level.PUBLIC else paper.level
    open_paper = replace(
        paper, grants=lasting, level=level, state=DocumentState.AVAILABLE, available_from=None, expires_at=None
    )
    return decide(here, open_paper, Act.READ, viewer.now).allowed


@pytest.mark.usefixtures("db")
async def test_the_people_of_a_document_are_those_whom_the_decision_lets_read(everyone: Cast) -> None:
    documents = await furnished(everyone, 11, DOCUMENTS)
    keeper = make.viewer(Role.CUSTODIAN)
    found = await readings(keeper, Document.filter(id__in=documents), Person.all())
    told = {(one.document, one.person): one for one in found}
    assert len(told) == len(found), "each person once"

    answers: Counter[tuple[bool, bool]] = Counter()
    for name, person in everyone.people.items():
        viewer = everyone[name]
        for start in range(0, DOCUMENTS, 500):
            for document, (reader, paper) in (await deciding(viewer, documents[start : start + 500])).items():
                reached = given(reader, paper, viewer)
                reads = reached and decide(replace(reader, custodian=False), paper, Act.READ, viewer.now).allowed
                one = told.pop((document, person.id), None)
                answers[reached, reads] += 1
                assert (one is not None, one is not None and one.may_read) == (reached, reads), (name, reader, paper)
    assert not told, "nobody else"
    assert set(answers) == {(False, False), (True, False), (True, True)}


@pytest.mark.usefixtures("db")
async def test_some_people_and_some_documents_are_the_same_rows_fewer(everyone: Cast) -> None:
    documents = await furnished(everyone, 12, 300)
    keeper = make.viewer(Role.CUSTODIAN)
    every = await readings(keeper, Document.all(), Person.all())
    mei = everyone.people["member"].id

    hers = await readings(keeper, Document.filter(id__in=documents[:150]), Person.filter(id=mei))

    assert hers
    assert hers == [one for one in every if one.person == mei and one.document in set(documents[:150])]


async def test_who_cannot_sign_in_is_told_of_and_who_is_nothing_any_more_is_not(everyone: Cast) -> None:
    documents = await furnished(everyone, 13, 200)
    keeper, mei = make.viewer(Role.CUSTODIAN), everyone.people["member"].id
    rows = Person.filter(id=mei)
    before = await readings(keeper, Document.filter(id__in=documents), rows)

    await everyone.accounts["member"].filter(id=everyone.accounts["member"].id).update(active=False)
    without = await readings(keeper, Document.filter(id__in=documents), rows)
    await everyone.seats["member"].statuses.all().update(ends_on=make.TODAY)
    gone = await readings(keeper, Document.filter(id__in=documents), rows)

    assert any(one.may_read for one in before)
    assert without == [replace(one, may_read=False, inside=False) for one in before]
    assert gone == []
