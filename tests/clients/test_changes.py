"""Every stored change is done by a typed client: it answers with what it changed or with problems, never with an error.

In a product of its own, since not much stays as it was.
"""

from collections.abc import Iterator

import pytest

from tests.clients import demo
from tests.clients.answers import GOOD
from tests.clients.conftest import Luzhi, Trial, known, opened

FOUND = 60
"""Mutations of our pages, and more with each room."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Luzhi]:
    with opened(tmp_path_factory.mktemp("changed")) as luzhi:
        yield luzhi


def outcomes(answers: dict[str, dict]) -> dict[str, str]:
    """Name -> DONE, or the codes of its problems. Each came by one POST, and is what its union says."""
    found = {}
    for name, answer in answers.items():
        assert "errors" not in answer, (name, answer)
        assert answer["heard"] == {"sent": ["POST"], "received": [GOOD]}, name
        (said,) = answer["data"].values()
        problems = said.get("problems") if isinstance(said, dict) else None
        assert said, name
        assert problems is None or all(one["code"] and one["message"] for one in problems), name
        found[name] = "DONE" if problems is None else " ".join(one["code"] for one in problems)
    return found


def test_every_change_of_what_is_not_there_answers_with_problems(house: Luzhi, trial: Trial) -> None:
    changes = list(demo.stored_changes({}))
    ask = {"address": house.address, "token": house.token}

    found = outcomes(trial("stored", "changes", variables={name: given for name, _, given in changes}, **ask))

    assert set(found) == {name for name, _, _ in changes}
    assert len(found) >= FOUND
    about = {name for name, _, given in changes if "id" in given}
    assert {found[name] for name in about} <= {"NOT_THERE", "NOT_IN_BROWSER", "ROLE", "INVALID"}


def test_every_change_of_what_is_there_answers_with_what_it_changed_or_with_problems(
    house: Luzhi, trial: Trial
) -> None:
    there = {name: value for name, value in known(house).items() if not name.startswith("tokens/")}
    changes = list(demo.stored_changes(there))
    ask = {"address": house.address, "token": house.token}

    found = outcomes(trial("stored", "changes", variables={name: given for name, _, given in changes}, **ask))

    done = {name for name, outcome in found.items() if outcome == "DONE"}
    assert len(done) >= FOUND // 3, found
    assert found["IssueToken"] == "TOKEN_BY_TOKEN"
    assert {*demo.SOUND, "ChangePerson", "SaveTopics", "EnableAccount"} - done == {"IssueToken"}, found
    narrow = outcomes(
        trial(
            "stored",
            "changes",
            variables={name: given for name, _, given in changes},
            address=house.address,
            token=house.narrow,
        )
    )
    own = {"ChangePassword", "EndSession", "EndOtherSessions", "Welcomed"}
    own |= {
        "OpenReading",
        "BeatReading",
        "CloseReading",
        "ConfirmReading",
        "NoteReading",
    }  # as the document says (RD-1)
    assert {name for name, outcome in narrow.items() if outcome != "SCOPE"} == own, narrow
