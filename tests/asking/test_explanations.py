"""Questions about documents: who may ask, who answers, who sees what of it, and who is reminded (RD-4)."""

import asyncio
import datetime as dt
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from server.models.accounts.tables import Account
from server.models.asking import (
    explanation_answer,
    explanation_ask,
    explanation_publish,
    explanation_unpublish,
    explanation_withdraw,
    late_explanations,
    own_explanations,
    visible_explanations,
    worked_on_explanations,
)
from server.models.audit import AuditEntry, verify
from server.models.bodies.tables import BodyKind, BodyRole
from server.models.deadlines import tell_deadlines
from server.models.documents import (
    Document,
    Explanation,
    Whom,
    document_change,
    document_move,
    folder_add,
    grant_add,
    grant_end,
)
from server.models.messages import Message
from server.rules.documents import DocumentState, GrantState, Level, ReadMode
from server.rules.explanations import (
    EXPLANATION_MOVES,
    ExplanationState,
    ExplanationStep,
    Part,
    explanation_late_by,
    explanation_steps,
)
from server.rules.permissions import HeldRole, Role
from server.viewer import Viewer, system_viewer
from tests import make
from tests.asking.shelf import DAY, TITLE, later, lying, refused
from tests.cast import NAMES, Cast

DUE = dt.date(2026, 12, 4)
"""Ten working days after the day of the tests, a Sunday."""
REPLY = "Three nurseries.\n\nSee page 2."
STEP, STATE = ExplanationStep, ExplanationState
READERS = ("member", "leader")


async def given(cast: Cast, *names: str, **facts: Any) -> Document:
    """An internal document of the bureau that these may read."""
    paper = await lying(cast, **{"origin": cast.bureau.id} | facts)
    whom = [Whom(person=cast.people[name].id) for name in names or READERS]
    until = make.NOW.replace(year=2040)  # a browser has the clock of the house
    await grant_add(cast["custodian"], document=paper.id, whom=whom, reason="a hearing", valid_until=until)
    return paper


async def asked(cast: Cast, paper: Document | None = None, name: str = "member") -> Explanation:
    """What that reader asks about it."""
    return await explanation_ask(cast[name], document=(paper or await given(cast)).id, question="Which year?")


async def answered(cast: Cast, paper: Document | None = None) -> Explanation:
    """The same, answered."""
    row = await asked(cast, paper)
    return await explanation_answer(cast["department"], explanation=row.id, reply=REPLY)


async def seers(cast: Cast, row: Explanation) -> set[str]:
    """Who of the cast finds it."""
    return {name for name in NAMES if await Explanation.filter(visible_explanations(cast[name]), id=row.id).exists()}


async def told() -> list[tuple[str, str]]:
    return [(row.title_en, row.link) for row in await Message.filter(link__startswith="/explanations").order_by("id")]


# the rule


@pytest.mark.parametrize(("own", "answers", "keeps"), list(product([True, False], repeat=3)))
def test_what_may_become_of_a_question_and_by_whom(own: bool, answers: bool, keeps: bool) -> None:
    part = Part(own, answers, keeps)
    mine = {STEP.WITHDRAW: own, STEP.ANSWER: answers and not own, STEP.PUBLISH: keeps, STEP.UNPUBLISH: keeps}
    table = {
        (STATE.ASKED, False): [STEP.ANSWER, STEP.WITHDRAW],
        (STATE.ANSWERED, False): [STEP.PUBLISH],
        (STATE.ANSWERED, True): [STEP.UNPUBLISH],
        (STATE.WITHDRAWN, False): [],
    }

    assert {step for step in STEP if part.takes(step)} == {step for step, theirs in mine.items() if theirs}
    for (state, to_all), steps in table.items():
        assert explanation_steps(state, to_all, part) == [step for step in steps if mine[step]]
    assert set(EXPLANATION_MOVES) == set(table)


def test_each_step_leads_where_the_table_says() -> None:
    found = {step: (now, then) for now, moves in EXPLANATION_MOVES.items() for step, then in moves.items()}

    assert found == {
        STEP.ANSWER: ((STATE.ASKED, False), (STATE.ANSWERED, False)),
        STEP.WITHDRAW: ((STATE.ASKED, False), (STATE.WITHDRAWN, False)),
        STEP.PUBLISH: ((STATE.ANSWERED, False), (STATE.ANSWERED, True)),
        STEP.UNPUBLISH: ((STATE.ANSWERED, True), (STATE.ANSWERED, False)),
    }
    late = [explanation_late_by(state, make.TODAY, make.TODAY + days * DAY) for state in STATE for days in (0, 3)]
    assert late == [0, 3, 0, 0, 0, 0]


# asking


async def test_a_reader_asks_and_the_department_is_told_without_a_title_or_a_name(everyone: Cast) -> None:
    paper = await given(everyone)

    row = await explanation_ask(everyone["member"], document=paper.id, question=" Which\r\nyear? ")

    assert (row.question, row.state, row.to_all) == ("Which year?", STATE.ASKED, False)
    assert (row.department_id, row.due_on, row.due_without) == (everyone.bureau.id, DUE, None)
    words = "Your department is asked about one of its documents; the answer is due by 4 December 2026"
    assert await told() == [(words, f"/explanations/exp_{row.id}")]
    message = await Message.get(link=f"/explanations/exp_{row.id}")
    assert message.person_id == everyone.people["department"].id
    assert not any(word in message.title_en + message.text_en for word in (TITLE, "Mei"))
    entry = await AuditEntry.get(action="explanation.ask")
    said = {"document": f"doc_{paper.id}", "department": f"bod_{everyone.bureau.id}", "due_on": DUE.isoformat()}
    assert (entry.object, entry.facts) == (f"exp_{row.id}", said)
    assert (await verify()).ok


async def test_only_who_may_read_it_now_asks(everyone: Cast) -> None:
    paper, hidden = await given(everyone), await given(everyone, "leader", level=Level.WORK_SENSITIVE)
    room = await given(everyone, read_mode=ReadMode.ROOM_ONLY)
    cases: list[tuple[str, Document, str]] = [
        ("convener", paper, "NO_GRANT"),
        ("convener", hidden, "NOT_THERE"),
        ("member", room, "ROOM_ONLY"),
        ("custodian", paper, "NO_PERSON"),
        ("visitor", paper, "SIGNED_OUT"),
    ]

    for name, document, code in cases:
        assert (await refused(asked(everyone, document, name)))[0] == code, name
    assert (await refused(explanation_ask(everyone["member"], document=make.some_id(), question="?")))[0] == "NOT_THERE"
    token = replace(everyone["member"], scopes=frozenset({"documents:read"}))
    assert (await refused(explanation_ask(token, document=paper.id, question="?")))[0] == "SCOPE"
    await grant_end(
        everyone["custodian"],
        grants=[row.id for row in await paper.grants.all()],
        to=GrantState.REVOKED,
        reason="over",
    )
    assert (await refused(asked(everyone, paper)))[0] == "NO_GRANT"
    assert await Explanation.all().count() == 0


async def test_what_cannot_be_kept_is_told_beside_its_field(everyone: Cast) -> None:
    paper, member, bureau = await given(everyone), everyone["member"], everyone["department"]
    bad = {"": "WORDS_MISSING", " ": "WORDS_MISSING", "机密★什么": "STATE_SECRET", "a\0b": "BAD_CHARACTER"}

    for text, code in {**bad, "x" * 1001: "TOO_LONG"}.items():
        attempt = explanation_ask(member, document=paper.id, question=text)
        assert await refused(attempt) == (code, "question")
    row = await asked(everyone, paper)
    for text, code in {**bad, "x" * 5001: "TOO_LONG"}.items():
        assert await refused(explanation_answer(bureau, explanation=row.id, reply=text)) == (code, "reply")
    assert (await Explanation.get()).state is STATE.ASKED


async def test_the_keeper_names_who_explains_what_comes_from_no_department(everyone: Cast) -> None:
    paper, custodian = await given(everyone, origin=None), everyone["custodian"]

    assert (await refused(asked(everyone, paper)))[0] == "NO_DEPARTMENT"
    wrong = document_change(custodian, document=paper.id, explainer=everyone.group.id)
    assert await refused(wrong) == ("NOT_A_DEPARTMENT", "explainer")
    empty = await make.body(BodyKind.DEPARTMENT, "Forestry Bureau")
    await document_change(custodian, document=paper.id, explainer=empty.id)
    assert (await refused(asked(everyone, paper)))[0] == "NO_CONTACT"
    await document_change(custodian, document=paper.id, explainer=everyone.bureau.id)

    assert (await asked(everyone, paper)).department_id == everyone.bureau.id


async def test_one_question_waits_however_many_are_sent_at_once(everyone: Cast) -> None:
    paper = await given(everyone)

    tried = await asyncio.gather(*(asked(everyone, paper) for _ in range(4)), return_exceptions=True)

    (row,) = await Explanation.all()
    assert sum(isinstance(one, Explanation) for one in tried) == 1
    assert (await refused(asked(everyone, paper)))[0] == "ASKED_ALREADY"
    await asked(everyone, paper, "leader")
    await explanation_withdraw(everyone["member"], explanation=row.id)
    await asked(everyone, paper)
    assert await Explanation.all().count() == 3


# answering, taking back, showing to all


async def test_the_department_answers_once_and_whoever_asked_is_told(everyone: Cast) -> None:
    row = await asked(everyone)

    done = await explanation_answer(everyone["department"], explanation=row.id, reply=REPLY.replace("\n", "\r\n"))

    assert (done.state, done.reply, done.replied_at) == (STATE.ANSWERED, REPLY, make.NOW)
    assert done.replied_by_id == everyone.accounts["department"].id
    words = "Your question about a document has been answered"
    message = await Message.get(person_id=everyone.people["member"].id, title_en=words)
    assert message.link == f"/explanations/exp_{row.id}"
    again = explanation_answer(everyone["department"], explanation=row.id, reply="no")
    assert (await refused(again))[0] == "NO_SUCH_MOVE"
    assert (await refused(explanation_withdraw(everyone["member"], explanation=row.id)))[0] == "NO_SUCH_MOVE"
    entry = await AuditEntry.get(action="explanation.answer")
    assert entry.facts == {"state": ["asked", "answered"], "to_all": [False, False]}


async def test_nobody_answers_for_another_department_or_themselves(everyone: Cast) -> None:
    other = await make.body(BodyKind.DEPARTMENT, "Forestry Bureau")
    stranger = make.viewer(Role.DEPARTMENT, body=other, account=everyone.accounts["auditor"].id)
    await make.place(everyone.bureau, everyone.people["member"], BodyRole.CONTACT)
    held = HeldRole(Role.DEPARTMENT, everyone.bureau.id, "Education Bureau")
    both = replace(everyone["member"], roles=(*everyone["member"].roles, held))
    row = await answered(everyone)
    await explanation_publish(everyone["custodian"], explanation=row.id)
    mine = await asked(everyone)

    assert (await refused(explanation_answer(stranger, explanation=mine.id, reply="so")))[0] == "NOT_THERE"
    assert (await refused(explanation_answer(both, explanation=mine.id, reply="so")))[0] == "ONESELF"
    assert (await refused(explanation_answer(everyone["leader"], explanation=mine.id, reply="so")))[0] == "NOT_THERE"
    assert (await refused(explanation_withdraw(everyone["department"], explanation=mine.id)))[0] == "NOT_ASKER"
    await Account.filter(name="department").update(active=False)
    paper = await Document.get(id=mine.document_id)
    await explanation_withdraw(everyone["member"], explanation=mine.id)
    assert (await refused(asked(everyone, paper)))[0] == "NO_CONTACT"


async def test_the_keeper_shows_it_to_all_readers_and_takes_that_back(everyone: Cast) -> None:
    row, custodian = await asked(everyone), everyone["custodian"]
    key = {"explanation": row.id}

    assert (await refused(explanation_publish(custodian, **key)))[0] == "NO_SUCH_MOVE"
    await explanation_answer(everyone["department"], **key, reply=REPLY)
    shown = await explanation_publish(custodian, **key)
    assert (shown.to_all, shown.question, shown.reply) == (True, "Which year?", REPLY)
    assert (await refused(explanation_publish(custodian, **key)))[0] == "NO_SUCH_MOVE"
    assert (await refused(explanation_publish(everyone["department"], **key)))[0] == "ROLE"
    assert (await refused(explanation_unpublish(everyone["leader"], **key)))[0] == "ROLE"
    assert (await explanation_unpublish(custodian, **key)).to_all is False
    trail = [row.facts["to_all"] for row in await AuditEntry.filter(action__contains="publish").order_by("serial")]
    assert trail == [[False, True], [True, False]]


async def test_a_keeper_of_one_body_shows_nothing_of_another(everyone: Cast) -> None:
    elsewhere = (await folder_add(everyone["custodian"], name_en="Theirs", body=everyone.sector.id)).id
    row = await answered(everyone, await given(everyone, folder=elsewhere))
    here = make.viewer(Role.CUSTODIAN, body=everyone.group, account=everyone.accounts["auditor"].id)

    assert (await refused(explanation_publish(here, explanation=row.id)))[0] == "NOT_THERE"
    there = make.viewer(Role.CUSTODIAN, body=everyone.sector, account=everyone.accounts["auditor"].id)
    assert (await explanation_publish(there, explanation=row.id)).to_all is True


# who sees what


async def test_each_sees_only_what_is_theirs_to_see(everyone: Cast) -> None:
    paper, custodian = await given(everyone), everyone["custodian"]
    row = await asked(everyone, paper)
    works = {"member", "department", "custodian"}

    assert await seers(everyone, row) == works
    await explanation_answer(everyone["department"], explanation=row.id, reply=REPLY)
    assert await seers(everyone, row) == works
    await explanation_publish(custodian, explanation=row.id)
    assert await seers(everyone, row) == works | {"leader"}
    (grant,) = await paper.grants.filter(person_id=everyone.people["leader"].id)
    await grant_end(custodian, grants=[grant.id], to=GrantState.SUSPENDED, reason="a question")
    assert await seers(everyone, row) == works
    await grant_end(custodian, grants=[grant.id], to=GrantState.ACTIVE, reason="answered")
    assert await seers(everyone, row) == works | {"leader"}
    await document_move(custodian, document=paper.id, to=DocumentState.WITHDRAWN, reason="old")
    assert await seers(everyone, row) == works
    second = await asked(everyone, await given(everyone))
    await explanation_withdraw(everyone["member"], explanation=second.id)
    assert await seers(everyone, second) == {"member"}


async def test_what_is_shown_of_a_public_document_everybody_sees(everyone: Cast) -> None:
    row = await answered(everyone, await lying(everyone, level=Level.PUBLIC, origin=everyone.bureau.id))

    await explanation_publish(everyone["custodian"], explanation=row.id)

    assert await seers(everyone, row) == set(NAMES)


async def test_a_token_without_that_scope_finds_nothing(everyone: Cast) -> None:
    await answered(everyone)

    for name in ("member", "department", "custodian"):
        for scope, found in (("members:read", 0), ("documents:write", 1)):
            viewer: Viewer = replace(everyone[name], scopes=frozenset({scope}))
            assert await Explanation.filter(visible_explanations(viewer)).count() == found, (name, scope)
    member, bureau = everyone["member"], everyone["department"]
    assert await Explanation.filter(own_explanations(member)).count() == 1
    assert await Explanation.filter(worked_on_explanations(member)).count() == 0
    assert await Explanation.filter(worked_on_explanations(bureau)).count() == 1


# days


async def test_a_department_is_reminded_three_working_days_before_and_once_when_late(everyone: Cast) -> None:
    row = await asked(everyone)
    await answered(everyone)
    before = {one.id for one in await Message.all()}
    job = system_viewer(make.ZONE, "job", make.NOW)
    seen = []

    for days in (8, 9, 10, 11, 13, 15, 16):
        await tell_deadlines(replace(job, now=make.NOW + days * DAY))
        fresh = [one for one in await Message.filter(link=f"/explanations/exp_{row.id}") if one.id not in before]
        seen.append(len(fresh))

    assert seen == [0, 1, 1, 1, 1, 2, 2]
    assert {(one.title_en, one.person_id == everyone.people["department"].id) for one in fresh} == {
        ("A question about a document is to be answered by 4 December 2026", True),
        ("A question about a document should have been answered by 4 December 2026", True),
    }
    every = await Message.filter(link__startswith="/explanations").count()
    assert every == len(before & {one.id for one in await Message.filter(link__startswith="/explanations")}) + 2


async def test_late_ones_are_found_by_the_same_rule(everyone: Cast) -> None:
    row = await asked(everyone)
    await answered(everyone)

    for days in (11, 12, 13, 20):
        viewer = later(everyone["department"], days)
        found = {one.id for one in await Explanation.filter(late_explanations(viewer))}
        rows = await Explanation.all()
        assert found == {one.id for one in rows if explanation_late_by(one.state, one.due_on, viewer.today)}
        assert found == ({row.id} if days > 12 else set()), days
