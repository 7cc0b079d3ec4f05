"""Wishes to read a document: who may ask, who answers by when, what a refusal says, one review, running out."""

import asyncio
import datetime as dt
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from server.errors import Refused
from server.models.accounts.tables import Account
from server.models.asking import (
    access_ask,
    access_ask_more,
    access_ask_review,
    access_complete,
    access_give,
    access_overturn,
    access_refuse,
    access_uphold,
    access_withdraw,
    lapse_access,
    late_access_requests,
    visible_access_requests,
)
from server.models.audit import AuditEntry, verify
from server.models.documents import (
    AccessGrant,
    AccessRequest,
    Document,
    Whom,
    deciding,
    document_move,
    folder_add,
    grant_add,
    grant_confirm,
)
from server.models.messages import Message
from server.rules.access import (
    ACCESS_MOVES,
    OF_ASKER,
    OF_KEEPER,
    OF_REVIEWER,
    AccessState,
    AccessStep,
    Refusal,
    Standing,
    Wish,
    access_figures,
    access_late_by,
    access_steps,
)
from server.rules.documents import Act, CatalogueAudience, DocumentState, Effect, GrantState, Level, ReadMode, decide
from server.rules.permissions import HeldRole, Role
from server.viewer import system_viewer
from tests import make
from tests.asking.shelf import DAY, TITLE, UNTIL, asked, later, lying, refused
from tests.cast import NAMES, Cast

FRIDAY = dt.date(2026, 11, 27)
"""Five working days after the day of the tests, a Sunday."""
NO = Refusal.NOT_NEEDED


async def reads(cast: Cast, document: Any, name: str = "member") -> bool:
    case = (await deciding(cast[name], [document]))[document]
    return bool(decide(*case, Act.READ, make.NOW))


async def said() -> list[tuple[str, str]]:
    return [(row.title_en, row.link) for row in await Message.all()]


# the rule


@pytest.mark.parametrize("standing", [Standing(own=True), Standing(own=False, keeps=True, confirms=True)])
def test_every_state_leads_only_where_the_table_says(standing: Standing) -> None:
    mine = OF_ASKER if standing.own else OF_KEEPER | OF_REVIEWER
    for state, moves in ACCESS_MOVES.items():
        steps = access_steps(state, standing, review_until=make.TODAY, today=make.TODAY)
        assert steps == [step for step in moves if step in mine], state


def test_nothing_becomes_of_what_is_over() -> None:
    over = {state for state, moves in ACCESS_MOVES.items() if not moves}

    assert over == {AccessState.APPROVED, AccessState.UPHELD, AccessState.WITHDRAWN, AccessState.RAN_OUT}
    assert set(ACCESS_MOVES) == set(AccessState)


@pytest.mark.parametrize(("own", "keeps", "confirms", "no"), list(product([True, False], repeat=4)))
def test_nobody_answers_themselves_and_who_refused_does_not_review(
    own: bool, keeps: bool, confirms: bool, no: bool
) -> None:
    standing = Standing(own, keeps, confirms, no)

    assert {step for step in AccessStep if standing.takes(step)} == (
        (OF_ASKER if own else set())
        | (OF_KEEPER if keeps and not own else set())
        | (OF_REVIEWER if (keeps or confirms) and not own and not no else set())
    )


@pytest.mark.parametrize(("until", "there"), [(make.TODAY, True), (make.TODAY - DAY, False), (None, False)])
def test_a_review_is_asked_for_until_its_last_day(until: dt.date | None, there: bool) -> None:
    steps = access_steps(AccessState.REFUSED, Standing(own=True), review_until=until, today=make.TODAY)

    assert steps == ([AccessStep.ASK_REVIEW] if there else [])


@pytest.mark.parametrize(
    ("state", "due", "review", "late"),
    [
        (AccessState.SUBMITTED, -3, None, 3),
        (AccessState.SUBMITTED, 0, None, 0),
        (AccessState.SUBMITTED, 2, None, 0),
        (AccessState.IN_REVIEW, -9, -1, 1),
        (AccessState.IN_REVIEW, -9, 0, 0),
        (AccessState.MORE_INFO, -3, None, 0),
        (AccessState.REFUSED, -3, None, 0),
    ],
)
def test_late_is_who_should_have_answered(state: AccessState, due: int, review: int | None, late: int) -> None:
    on = [make.TODAY + days * DAY if days is not None else None for days in (due, review)]

    assert access_late_by(state, on[0] or make.TODAY, on[1], make.TODAY) == late


def test_the_figures_of_a_year_count_each_wish_once() -> None:
    day = dt.date(2026, 3, 2)

    def wish(state: AccessState, code: Refusal | None = None, days: int | None = None, reviewed: bool = False) -> Wish:
        return Wish(state, code, day, day + 7 * DAY, day + days * DAY if days is not None else None, reviewed)

    found = access_figures(
        [
            wish(AccessState.APPROVED, days=1),
            wish(AccessState.APPROVED, NO, days=9, reviewed=True),
            wish(AccessState.UPHELD, Refusal.CONFLICT, days=3, reviewed=True),
            wish(AccessState.REFUSED, NO, days=7),
            wish(AccessState.SUBMITTED),
            wish(AccessState.WITHDRAWN),
        ],
        day + 8 * DAY,
    )

    assert (found.asked, found.decided, found.refused, found.reviews, found.overturned) == (6, 4, 3, 2, 1)
    assert (found.by_code[NO], found.by_code[Refusal.CONFLICT], sum(found.by_code.values())) == (2, 1, 3)
    assert (found.by_state[AccessState.APPROVED], sum(found.by_state.values())) == (2, 6)
    assert (found.late, found.days_middle, found.days_most) == (2, 3, 9)
    assert access_figures([], day).days_middle is None


# asking


async def test_who_may_see_and_not_read_asks_and_the_keeper_is_told_without_a_title(everyone: Cast) -> None:
    paper = await lying(everyone)

    row = await asked(everyone, paper, purpose=" for the\r\nhearing ")

    assert (row.state, row.act, row.purpose) == (AccessState.SUBMITTED, Act.READ, "for the hearing")
    assert (row.due_on, row.due_without, row.wanted_until) == (FRIDAY, None, UNTIL)
    assert await said() == [("Someone asks to read a document that you keep", f"/access-requests/arq_{row.id}")]
    message = await Message.get()
    assert message.account_id == everyone.accounts["custodian"].id
    assert TITLE not in message.title_en + message.text_en + message.title_zh
    entry = await AuditEntry.get(action="access.ask")
    assert entry.object == f"arq_{row.id}"
    assert entry.facts == {"document": f"doc_{paper.id}", "act": "read", "wanted_until": UNTIL.isoformat()}
    assert (await verify()).ok


async def test_what_one_may_not_see_cannot_be_asked_for(everyone: Cast) -> None:
    hidden = await lying(everyone, level=Level.WORK_SENSITIVE)
    draft = await lying(everyone)
    await document_move(everyone["custodian"], document=draft.id, to=DocumentState.WITHDRAWN, reason="old")

    for paper in (hidden, draft):
        assert await refused(asked(everyone, paper)) == ("NOT_THERE", "document")
    attempt = access_ask(everyone["member"], document=make.some_id(), purpose="so", wanted_until=UNTIL)
    assert await refused(attempt) == ("NOT_THERE", "document")
    assert await AccessRequest.all().count() == 0


async def test_what_one_reads_already_or_no_grant_would_open_is_not_asked_for(everyone: Cast) -> None:
    custodian, mei = everyone["custodian"], Whom(person=everyone.people["member"].id)
    given, closed, online = [await lying(everyone) for _ in range(3)]
    await grant_add(custodian, document=given.id, whom=[mei], reason="so")
    await grant_add(custodian, document=closed.id, whom=[mei], effect=Effect.DENY, act=Act.READ, reason="recusal")

    assert (await refused(asked(everyone, given)))[0] == "ALLOWED_ALREADY"
    assert (await refused(asked(everyone, closed)))[0] == "PERSON_DENY"
    assert await refused(asked(everyone, online, act=Act.MANAGE)) == ("NOT_ASKABLE", "act")
    assert await refused(asked(everyone, online, act=Act.SEE)) == ("NOT_ASKABLE", "act")
    assert await AccessRequest.all().count() == 0


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"purpose": " "}, ("WORDS_MISSING", "purpose")),
        ({"purpose": "x" * 1001}, ("TOO_LONG", "purpose")),
        ({"purpose": "a\0b"}, ("BAD_CHARACTER", "purpose")),
        ({"wanted_until": make.TODAY - DAY}, ("PAST", "wanted_until")),
        ({"wanted_until": make.TODAY + 31 * DAY}, ("AFTER_DOCUMENT", "wanted_until")),
    ],
)
async def test_what_does_not_fit_is_told_beside_its_field(
    everyone: Cast, facts: dict[str, Any], told: tuple[str, str]
) -> None:
    paper = await lying(everyone, expires_at=make.NOW + 30 * DAY)

    assert await refused(asked(everyone, paper, **facts)) == told
    assert await AccessRequest.all().count() == 0


async def test_the_last_day_of_a_document_can_be_asked_for_and_the_grant_ends_with_it(everyone: Cast) -> None:
    ends = make.NOW + 30 * DAY
    paper = await lying(everyone, expires_at=ends)

    row = await asked(everyone, paper, wanted_until=make.TODAY + 30 * DAY)
    await access_give(everyone["custodian"], request=row.id)

    assert (await AccessGrant.get()).valid_until == ends


async def test_one_wish_waits_for_a_document_however_many_are_sent_at_once(everyone: Cast) -> None:
    paper = await lying(everyone)

    tried = await asyncio.gather(*(asked(everyone, paper) for _ in range(4)), return_exceptions=True)

    assert sum(isinstance(one, AccessRequest) for one in tried) == await AccessRequest.all().count() == 1
    assert (await refused(asked(everyone, paper)))[0] == "ASKED_ALREADY"
    await asked(everyone, paper, "leader")
    await access_withdraw(everyone["member"], request=(await AccessRequest.get(person=everyone.people["member"])).id)
    await asked(everyone, paper)
    assert await AccessRequest.all().count() == 3


async def test_who_is_nobody_in_the_register_a_visitor_and_a_reading_token_ask_for_nothing(everyone: Cast) -> None:
    paper = await lying(everyone)

    assert (await refused(asked(everyone, paper, "secretary")))[0] == "NO_PERSON"
    assert (await refused(asked(everyone, paper, "visitor")))[0] == "SIGNED_OUT"
    token = replace(everyone["member"], scopes=frozenset({"documents:read"}))
    attempt = access_ask(token, document=paper.id, purpose="so", wanted_until=UNTIL)
    assert (await refused(attempt))[0] == "SCOPE"


# answering


async def test_the_keeper_grants_on_conditions_and_the_grant_opens_it(everyone: Cast) -> None:
    paper = await lying(everyone, read_mode=ReadMode.DOWNLOAD)
    row = await asked(everyone, paper, act=Act.DOWNLOAD)
    conditions = {"act": Act.READ, "until": make.TODAY + 3 * DAY, "max_opens": 2}

    done = await access_give(everyone["custodian"], request=row.id, answer="Here.", **conditions)

    grant = await AccessGrant.get()
    assert (done.state, done.answer, done.grant_id) == (AccessState.APPROVED, "Here.", grant.id)
    assert (done.decided_at, done.decided_by_id) == (make.NOW, everyone.accounts["custodian"].id)
    assert (grant.act, grant.max_opens, grant.state, grant.person_id) == (Act.READ, 2, GrantState.ACTIVE, row.person_id)
    assert grant.valid_until == dt.datetime(2026, 11, 26, tzinfo=make.ZONE)
    assert grant.reason == "for the hearing"
    assert await reads(everyone, paper.id)
    assert ("You were given a document to read", f"/documents/doc_{paper.id}") in await said()
    assert (await refused(access_give(everyone["custodian"], request=row.id)))[0] == "NO_SUCH_MOVE"


async def test_without_conditions_it_is_as_it_was_asked(everyone: Cast) -> None:
    row = await asked(everyone)

    await access_give(everyone["custodian"], request=row.id)

    grant = await AccessGrant.get()
    assert (grant.act, grant.max_opens) == (Act.READ, None)
    assert grant.valid_until == dt.datetime.combine(UNTIL + DAY, dt.time(), make.ZONE)


@pytest.mark.parametrize(
    ("conditions", "told"),
    [
        ({"act": Act.DOWNLOAD}, ("NOT_ASKED", "act")),
        ({"act": Act.MANAGE}, ("NOT_ASKED", "act")),
        ({"act": Act.SEE}, ("NOT_ASKED", "act")),
        ({"until": make.TODAY - DAY}, ("PAST", "until")),
        ({"max_opens": 0}, ("NO_OPENS", "max_opens")),
    ],
)
async def test_conditions_that_do_not_fit_grant_nothing(
    everyone: Cast, conditions: dict[str, Any], told: tuple[str, str]
) -> None:
    row = await asked(everyone)

    assert await refused(access_give(everyone["custodian"], request=row.id, **conditions)) == told
    assert (await AccessRequest.get()).state is AccessState.SUBMITTED
    assert await AccessGrant.all().count() == 0


async def test_what_is_work_sensitive_waits_for_the_second_person(everyone: Cast) -> None:
    facts = {"catalogue_audience": CatalogueAudience.EVERY_MEMBER}
    paper = await lying(everyone, level=Level.WORK_SENSITIVE, **facts)
    row = await asked(everyone, paper)

    done = await access_give(everyone["custodian"], request=row.id)

    assert (done.state, (await AccessGrant.get()).state) == (AccessState.APPROVED, GrantState.UNCONFIRMED)
    waits = "What you asked to read was agreed to; a second person has to confirm it"
    assert (waits, f"/access-requests/arq_{row.id}") in await said()
    assert not await reads(everyone, paper.id)
    await grant_confirm(everyone["secretary"], grants=[(await AccessGrant.get()).id])
    assert await reads(everyone, paper.id)


async def test_a_refusal_says_why_and_until_when_a_review_can_be_asked_for(everyone: Cast) -> None:
    row = await asked(everyone)

    done = await access_refuse(everyone["custodian"], request=row.id, code=NO, reason="The summary says it.")

    assert (done.state, done.code, done.answer) == (AccessState.REFUSED, NO, "The summary says it.")
    assert (done.review_until, done.decided_by_id) == (FRIDAY, everyone.accounts["custodian"].id)
    told = "Your request to read a document was refused; you can ask for a review until 27 November 2026"
    assert (told, f"/access-requests/arq_{row.id}") in await said()
    assert (await AuditEntry.get(action="access.refuse")).facts == {
        "state": ["submitted", "refused"],
        "code": "not_needed",
    }


async def test_the_keeper_asks_back_and_the_days_run_anew(everyone: Cast) -> None:
    row, custodian = await asked(everyone), everyone["custodian"]

    assert await refused(access_ask_more(custodian, request=row.id, question=" ")) == ("WORDS_MISSING", "question")
    back = await access_ask_more(custodian, request=row.id, question="For which hearing?")
    assert (await refused(access_refuse(custodian, request=row.id, code=NO)))[0] == "NO_SUCH_MOVE"
    monday = later(everyone["member"], 8)
    again = await access_complete(monday, request=row.id, purpose="for that of May", wanted_until=UNTIL + DAY)

    assert (back.state, back.answer) == (AccessState.MORE_INFO, "For which hearing?")
    assert (again.state, again.purpose, again.wanted_until) == (
        AccessState.SUBMITTED,
        "for that of May",
        UNTIL + DAY,
    )
    assert again.due_on == dt.date(2026, 12, 7)
    assert (await refused(access_complete(monday, request=row.id, purpose="so")))[0] == "NO_SUCH_MOVE"
    entry = await AuditEntry.get(action="access.complete")
    assert entry.facts["purpose"] == ["for the hearing", "for that of May"]


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("custodian", "member")])
async def test_nobody_else_answers_or_finds_it(everyone: Cast, name: str) -> None:
    row = await asked(everyone)

    for attempt in (
        access_give(everyone[name], request=row.id),
        access_refuse(everyone[name], request=row.id, code=NO),
        access_ask_more(everyone[name], request=row.id, question="so"),
        access_withdraw(everyone[name], request=row.id),
        access_uphold(everyone[name], request=row.id, reason="so"),
    ):
        assert (await refused(attempt))[0] == "NOT_THERE"
    assert await AccessRequest.filter(visible_access_requests(everyone[name])).count() == 0
    assert (await AccessRequest.get()).state is AccessState.SUBMITTED


async def test_a_keeper_of_one_body_answers_there_and_finds_nothing_elsewhere(everyone: Cast) -> None:
    theirs = (await folder_add(everyone["custodian"], name_en="Theirs", body=everyone.group.id)).id
    here, there = await asked(everyone, await lying(everyone, theirs)), await asked(everyone)
    held = HeldRole(Role.CUSTODIAN, everyone.group.id, "Spring")
    keeper = replace(everyone["convener"], roles=(*everyone["convener"].roles, held))

    assert (await refused(access_give(keeper, request=there.id)))[0] == "NOT_THERE"
    assert (await access_give(keeper, request=here.id)).state is AccessState.APPROVED


async def test_who_keeps_and_asks_is_answered_by_another(everyone: Cast) -> None:
    facts = {"catalogue_audience": CatalogueAudience.EVERY_MEMBER}
    paper = await lying(everyone, level=Level.WORK_SENSITIVE, **facts)
    await make.role(everyone.accounts["leader"], Role.CUSTODIAN)
    keeper = replace(everyone["leader"], roles=(*everyone["leader"].roles, HeldRole(Role.CUSTODIAN)))

    row = await access_ask(keeper, document=paper.id, purpose="so", wanted_until=UNTIL)

    assert {one.account_id for one in await Message.all()} == {everyone.accounts["custodian"].id}
    for attempt in (access_give(keeper, request=row.id), access_refuse(keeper, request=row.id, code=NO)):
        assert (await refused(attempt))[0] == "ONESELF"


# withdrawing and reviewing


async def test_one_takes_back_what_waits_and_nothing_else(everyone: Cast) -> None:
    row, member = await asked(everyone), everyone["member"]

    done = await access_withdraw(member, request=row.id)

    assert done.state is AccessState.WITHDRAWN
    assert (await refused(access_withdraw(member, request=row.id)))[0] == "NO_SUCH_MOVE"
    assert (await refused(access_give(everyone["custodian"], request=row.id)))[0] == "NO_SUCH_MOVE"
    with pytest.raises(Refused):
        await access_withdraw(everyone["custodian"], request=row.id)


async def in_review(cast: Cast, paper: Document | None = None) -> AccessRequest:
    row = await asked(cast, paper)
    await access_refuse(cast["custodian"], request=row.id, code=NO)
    return await access_ask_review(cast["member"], request=row.id, words="It decides my vote.")


async def test_a_review_is_told_to_all_who_may_do_it_and_not_to_who_refused(everyone: Cast) -> None:
    await make.role(everyone.accounts["leader"], Role.CUSTODIAN)

    row = await in_review(everyone)

    assert (row.state, row.review_words, row.review_due_on) == (AccessState.IN_REVIEW, "It decides my vote.", FRIDAY)
    words = "Someone asks that you look at a refusal to read a document"
    told = await Message.filter(title_en=words)
    names = {account.id: name for name, account in everyone.accounts.items()}
    people = {person.id: name for name, person in everyone.people.items()}
    assert {names[one.account_id] if one.account_id else people[one.person_id] for one in told} == {
        "secretary",
        "chair",
        "leader",
    }


async def test_who_refused_does_not_review_nor_does_another_account_of_theirs(everyone: Cast) -> None:
    person = await make.person(name_en="Cui Custodian")
    await Account.filter(name="custodian").update(person_id=person.id)
    other = await make.account("second", person=person)
    await make.role(other, Role.CUSTODIAN)
    row = await in_review(everyone)
    twice = replace(everyone["custodian"], account=other.id, person=person.id)

    for viewer in (everyone["custodian"], twice):
        assert (await refused(access_overturn(viewer, request=row.id)))[0] == "REFUSED_BY_YOU"
        assert (await refused(access_uphold(viewer, request=row.id, reason="so")))[0] == "REFUSED_BY_YOU"
    assert await Message.filter(person_id=person.id, title_en__contains="refusal").count() == 0


@pytest.mark.parametrize("name", ["secretary", "chair"])
async def test_the_reviewer_grants_what_was_refused(everyone: Cast, name: str) -> None:
    paper = await lying(everyone)
    row = await in_review(everyone, paper)

    done = await access_overturn(everyone[name], request=row.id, answer="It is hers to know.", max_opens=3)

    grant = await AccessGrant.get()
    assert (done.state, done.code, done.review_answer) == (AccessState.APPROVED, NO, "It is hers to know.")
    assert (done.reviewer_id, done.reviewed_at) == (everyone.accounts[name].id, make.NOW)
    assert done.decided_by_id == everyone.accounts["custodian"].id
    assert (grant.id, grant.max_opens, grant.granted_by_id) == (done.grant_id, 3, everyone.accounts[name].id)
    assert await reads(everyone, paper.id)


async def test_the_refusal_stands_with_a_reason_and_that_is_the_end(everyone: Cast) -> None:
    row = await in_review(everyone)

    assert await refused(access_uphold(everyone["chair"], request=row.id, reason="")) == ("WORDS_MISSING", "reason")
    done = await access_uphold(everyone["chair"], request=row.id, reason="The summary is enough.")

    assert (done.state, done.review_answer) == (AccessState.UPHELD, "The summary is enough.")
    told = "Another person looked at your request to read a document: the refusal stands"
    assert (told, f"/access-requests/arq_{row.id}") in await said()
    attempt = access_ask_review(everyone["member"], request=row.id, words="again")
    assert (await refused(attempt))[0] == "NO_SUCH_MOVE"


async def test_a_review_is_asked_for_in_time_and_with_words(everyone: Cast) -> None:
    row, member = await asked(everyone), everyone["member"]
    await access_refuse(everyone["custodian"], request=row.id, code=NO)

    assert await refused(access_ask_review(member, request=row.id, words="")) == ("WORDS_MISSING", "words")
    attempt = access_ask_review(later(member, 6), request=row.id, words="so")
    assert (await refused(attempt))[0] == "REVIEW_TOO_LATE"
    assert (await access_ask_review(later(member, 5), request=row.id, words="so")).state is AccessState.IN_REVIEW


async def test_where_nobody_else_could_review_that_is_said(everyone: Cast) -> None:
    row = await asked(everyone)
    await access_refuse(everyone["custodian"], request=row.id, code=NO)
    await Account.filter(name__in=["secretary", "chair"]).update(active=False)

    attempt = access_ask_review(everyone["member"], request=row.id, words="so")

    assert (await refused(attempt))[0] == "NO_REVIEWER"
    assert (await AccessRequest.get()).state is AccessState.REFUSED


# running out


async def test_what_cannot_be_fulfilled_any_more_runs_out_once(everyone: Cast) -> None:
    soon, stays, gone, ends, over = [
        await asked(everyone, await lying(everyone, expires_at=expires), wanted_until=make.TODAY + days * DAY)
        for expires, days in ((None, 1), (None, 5), (None, 5), (make.NOW + DAY, 1), (None, 1))
    ]
    custodian = everyone["custodian"]
    await document_move(custodian, document=gone.document_id, to=DocumentState.WITHDRAWN, reason="old")
    await access_refuse(custodian, request=over.id, code=NO)
    job = system_viewer(make.ZONE, "job", make.NOW + DAY)
    before = await Message.all().count()

    first, second = await lapse_access(job), await lapse_access(job)
    third = await lapse_access(replace(job, now=job.now + DAY))

    state = {row.id: row.state for row in await AccessRequest.all()}
    assert (first, second, third) == (2, 0, 1)
    assert {state[one.id] for one in (soon, gone, ends)} == {AccessState.RAN_OUT}
    assert (state[stays.id], state[over.id]) == (AccessState.SUBMITTED, AccessState.REFUSED)
    assert await Message.all().count() == before + 3
    assert await AuditEntry.filter(action="access.lapse").count() == 3
    with pytest.raises(Refused):
        await lapse_access(everyone["custodian"])


async def test_late_ones_are_found_by_the_same_rule(everyone: Cast) -> None:
    row = await in_review(everyone)
    waits = await asked(everyone)
    custodian = everyone["custodian"]
    for days in range(12):
        viewer = later(custodian, days)
        found = {one.id for one in await AccessRequest.filter(late_access_requests(viewer))}
        rows = await AccessRequest.all()
        late = {one.id for one in rows if access_late_by(one.state, one.due_on, one.review_due_on, viewer.today)}
        assert found == late == ({row.id, waits.id} if days > 5 else set()), days
