"""Everyone asks for everything there is: what is refused, and with which word, is what the permission table says."""

import secrets
from dataclasses import replace
from uuid import uuid4

import pytest

from server.rules.permissions import ALLOWED, Action
from tests.cast import Cast
from tests.schema.questions import BY_NAME, FIELDS, ROOTS, Field, answered, everyone_who_asks, operation, refusals
from tests.web.visitors import Asks

PUBLIC = {
    *("assembly", "viewer", "accountLocale", "accountPassword", "accountWelcome"),
    *("sessionEnd", "sessionEndOthers"),
    *("folders", "folder", "documents", "document", "explanation", "hearings", "hearing"),
    *("reading", "readingOpen", "readingBeat", "readingClose", "readingConfirm", "readingNote"),
    *("hearingApplyPublicly", "hearingStatus", "hearingStatusWithdraw", "hearingStatusConfirm"),
}
"""Open to everyone: who is added here is thought about. Those that change something are about one's own account, which
has it without any role; their verbs refuse who is not signed in with a browser. Of folders and documents everyone is
shown what they may know of, and reads what is public (RD-1); so with hearings of which public notice was given."""
READS = {
    *("assembly", "viewer", "folders", "folder", "documents", "document", "explanation", "reading"),
    *("hearings", "hearing", "hearingStatus"),
}
"""Of them, those that change nothing."""
VISITS = {"hearingApplyPublicly", "hearingStatusWithdraw", "hearingStatusConfirm"}
"""Of them, those by which somebody without an account applies to be heard, and knows of it by a secret."""
OPENINGS = {"readingOpen", "readingBeat", "readingClose", "readingConfirm", "readingNote"}
"""Of them, those that a document decides about: a program may read, too."""


def test_what_is_open_to_everyone_is_named_here() -> None:
    assert {field.name for field in FIELDS if field.action is None} == PUBLIC


def test_every_kind_of_root_has_its_fields_here() -> None:
    assert {field.root for field in FIELDS} == set(ROOTS)
    assert {field.name for field in FIELDS if field.root == "subscription"} == {"changed", "viewer"}


def test_every_action_of_the_table_guards_something_or_is_asked_by_a_verb() -> None:
    asked = {field.action for field in FIELDS}

    assert set(ALLOWED) - asked <= {
        *(Action.READ_FILE, Action.READ_SENSITIVE, Action.EXPORT_PEOPLE, Action.EXPLORE_API, Action.PURGE_AUDIT),
        *(Action.CONFIRM_GRANTS, Action.FOLLOW_ACTIVITIES, Action.FOLLOW_HEARINGS, Action.OVERRIDE_MAJORITY),
    }


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: f"{field.root}-{field.name}")
async def test_everyone_gets_the_answer_of_the_table(everyone: Cast, field: Field) -> None:
    text = operation(field)

    for who, viewer in everyone_who_asks(everyone).items():
        answer = await answered(replace(viewer, request_id=secrets.token_hex(8)), field, text)
        decision = field.decision(viewer)
        if decision is not None and not decision.allowed:
            assert refusals(answer) == {decision.code}, (who, answer)
            assert answer["data"] is None or answer["data"]["it"] is None or answer["data"]["it"]["problems"], who
        elif decision is not None:
            assert refusals(answer) == set(), (who, answer)


@pytest.mark.parametrize("name", sorted(PUBLIC - READS - OPENINGS - VISITS))
async def test_who_is_not_in_a_browser_changes_nothing_of_their_own(ask: Asks, everyone: Cast, name: str) -> None:
    member = everyone["member"]
    program = replace(member, client=uuid4(), scopes=frozenset({"all:write"}))

    for viewer in (everyone["visitor"], program):
        answer = await ask(viewer, operation(BY_NAME[name]).replace("per_", "ses_"))
        assert [problem["code"] for problem in answer["data"]["it"]["problems"]] == ["NOT_IN_BROWSER"]
