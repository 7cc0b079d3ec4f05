"""Deciding for many people at once says of each what the decision says to them."""

import pytest

from server.models.documents import Document, deciding
from server.models.documents.surveying import Survey, surveying
from server.models.members.tables import Person
from server.models.reads import read_all
from server.rules.documents import Act, decide
from tests.cast import Cast
from tests.documents.worlds import furnished
from tests.make import viewer


@pytest.mark.usefixtures("db")
async def test_of_many_people_it_is_said_what_each_is_told(everyone: Cast) -> None:
    documents = await furnished(everyone, 7, 300)
    people = {name: person.id for name, person in everyone.people.items()}
    found = await read_all(surveying(viewer(), Person.filter(id__in=people.values()), Document.all()))

    survey, told = Survey(found), 0
    for name, person in people.items():
        asks = everyone[name]
        for document, case in (await deciding(asks, documents)).items():
            for act in Act:
                said = decide(survey.reader(person, document), survey.paper(person, document), act, asks.now)
                assert said == decide(*case, act, asks.now), (name, act, document)
                told += said.allowed

    assert told > 100
