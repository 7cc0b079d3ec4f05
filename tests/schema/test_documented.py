"""What docs/api.md shows is what an integrator gets: each operation answers, and the no shown is the real one."""

import json

import pytest

from tests import make
from tests.cast import Cast
from tests.furnished import furnish
from tests.test_docs import blocks
from tests.web.visitors import Asks

OPERATIONS = [text for page, text in blocks("graphql") if page == "api.md" and not text.startswith("subscription")]
MOVE = next(text for text in OPERATIONS if text.startswith("mutation Move"))


@pytest.mark.parametrize("text", OPERATIONS, ids=lambda text: text.split()[1])
async def test_each_operation_in_the_documents_answers(ask: Asks, everyone: Cast, text: str) -> None:
    examples = await furnish(everyone)
    (person, *_), (group, other, _) = examples["members/{id}"], examples["learning-groups/{id}"]
    day = make.TODAY.isoformat()
    given = {"term": "14", "day": day, "words": "mei", "person": person, "body": group, "since": f"{day}T00:00:00Z"}
    given |= {"group": other, "reason": "closer to work", "key": "1"}
    given["places"] = [{"body": group, "person": person}]

    answer = await ask("secretary", text, **{name: value for name, value in given.items() if f"${name}:" in text})

    assert "errors" not in answer
    assert None not in answer["data"].values()


async def test_the_answer_that_says_no_is_the_one_in_the_documents(ask: Asks, everyone: Cast) -> None:
    ((_, shown),) = blocks("json")
    person = await make.person(name_en="In No Group")
    given = {"person": f"per_{person.id}", "group": f"bod_{everyone.group.id}", "day": make.TODAY.isoformat()}

    assert await ask("secretary", MOVE, **given, reason="closer to work") == json.loads(shown)
