"""What people ask the office to change: sent, decided with what it changes, and told."""

import pytest

from server.errors import DomainError, Refused
from server.models.audit import AuditEntry, verify
from server.models.members import Person
from server.models.requests import (
    Request,
    request_accept,
    request_decline,
    request_send,
    request_withdraw,
    visible_requests,
)
from server.rules.requests import RequestField, RequestState
from tests import make
from tests.cast import Cast

PHONE = "010-8888"


async def refused(attempt: object) -> tuple[str, str | None]:
    with pytest.raises(DomainError) as refusal:
        await attempt
    return refusal.value.problems[0].code, refusal.value.problems[0].field


async def asked(cast: Cast, field: RequestField = RequestField.PHONE, wanted: str = PHONE, words: str = "") -> Request:
    return await request_send(cast["member"], field=field, wanted=wanted, words=words)


async def test_a_request_waits_with_what_was_recorded_and_by_when_it_is_answered(everyone: Cast) -> None:
    await Person.filter(id=everyone.people["member"].id).update(phone="1")

    row = await asked(everyone)

    assert (row.was, row.wanted, row.state) == ("1", PHONE, RequestState.OPEN)
    assert row.due_on.isoformat() == "2026-12-04"
    assert row.person_id == everyone.people["member"].id


@pytest.mark.parametrize(
    ("field", "wanted", "column", "value"),
    [
        (RequestField.PHONE, PHONE, "phone", PHONE),
        (RequestField.NAME_ZH, "梅", "name_zh", "梅"),
        (RequestField.EXPERTISE, "law、water", "expertise", ["law", "water"]),
        (RequestField.BIRTH_DATE, "2020-01-01", "birth_date", make.TODAY.replace(2020, 1, 1)),
    ],
)
async def test_accepting_changes_the_file_with_the_decision(
    everyone: Cast, field: RequestField, wanted: str, column: str, value: object
) -> None:
    row = await asked(everyone, field, wanted)

    done = await request_accept(everyone["secretary"], request=row.id)

    person = await Person.get(id=everyone.people["member"].id)
    assert (done.state, done.decided_by_id) == (RequestState.ACCEPTED, everyone.accounts["secretary"].id)
    assert getattr(person, column) == value
    actions = [entry.action for entry in await AuditEntry.all().order_by("serial")]
    assert actions == ["request.send", "members.change_person", "request.accepted"]
    assert (await verify()).ok


async def test_what_the_file_cannot_hold_is_refused_and_the_request_waits_on(everyone: Cast) -> None:
    row = await asked(everyone, RequestField.EMAIL, "no address")

    assert (await refused(request_accept(everyone["secretary"], request=row.id)))[0] == "NOT_AN_ADDRESS"
    assert (await Request.get()).state is RequestState.OPEN


async def test_what_is_no_field_is_done_by_hand_and_said(everyone: Cast) -> None:
    row = await asked(everyone, RequestField.OTHER, "", "My unit is another one.")

    assert await refused(request_accept(everyone["secretary"], request=row.id, answer=" ")) == (
        "ANSWER_MISSING",
        "answer",
    )
    done = await request_accept(everyone["secretary"], request=row.id, answer="The unit is corrected.")

    assert (done.state, done.answer) == (RequestState.ACCEPTED, "The unit is corrected.")


async def test_declining_needs_a_reason_that_the_person_reads(everyone: Cast) -> None:
    row = await asked(everyone)

    assert await refused(request_decline(everyone["secretary"], request=row.id, reason="")) == (
        "REASON_MISSING",
        "reason",
    )
    done = await request_decline(everyone["secretary"], request=row.id, reason="Send a copy of the certificate.")

    seen = await Request.filter(visible_requests(everyone["member"])).get()
    assert (seen.state, seen.answer) == (RequestState.DECLINED, done.answer)
    assert (await Person.get(id=everyone.people["member"].id)).phone == ""


@pytest.mark.parametrize("decide", ["accept", "decline", "withdraw"])
async def test_a_request_is_decided_once(everyone: Cast, decide: str) -> None:
    row = await asked(everyone)
    await request_withdraw(everyone["member"], request=row.id)
    again = {
        "accept": request_accept(everyone["secretary"], request=row.id),
        "decline": request_decline(everyone["secretary"], request=row.id, reason="No."),
        "withdraw": request_withdraw(everyone["member"], request=row.id),
    }

    for name, attempt in again.items():
        if name == decide:
            assert (await refused(attempt))[0] == "DECIDED"
        else:
            attempt.close()


@pytest.mark.parametrize(
    ("field", "wanted", "words", "told"),
    [
        (RequestField.OTHER, "", " ", ("WORDS_MISSING", "words")),
        (RequestField.PHONE, "", "", ("NOTHING_CHANGED", "wanted")),
        (RequestField.BIRTH_DATE, "spring", "", ("BAD_DATE", "wanted")),
        (RequestField.PHONE, "1" * 1001, "", ("TOO_LONG", "wanted")),
        (RequestField.PHONE, "a\0b", "", ("BAD_CHARACTER", "wanted")),
    ],
)
async def test_what_says_nothing_is_not_sent(
    everyone: Cast, field: RequestField, wanted: str, words: str, told: tuple[str, str]
) -> None:
    assert await refused(asked(everyone, field, wanted, words)) == told
    assert await Request.all().count() == 0


async def test_the_same_is_asked_once_and_only_so_much_waits(everyone: Cast) -> None:
    await asked(everyone)

    assert await refused(asked(everyone, wanted="another")) == ("ASKED_ALREADY", "field")
    for n in range(19):
        await asked(everyone, RequestField.OTHER, "", f"Number {n}")
    assert (await refused(asked(everyone, RequestField.OTHER, "", "one more")))[0] == "TOO_MANY_WAIT"


async def test_words_and_answers_may_be_typed_in_several_lines(everyone: Cast) -> None:
    first = await asked(everyone, RequestField.OTHER, "", "My unit:\r\n\r\nHarbour Office")
    second = await asked(everyone, RequestField.OTHER, "", "so")

    done = await request_accept(everyone["secretary"], request=first.id, answer="Done.\r\nThank you.")
    no = await request_decline(everyone["secretary"], request=second.id, reason="Not yet.\nAsk in May.")

    assert (first.words, done.answer, no.answer) == (
        "My unit: Harbour Office",
        "Done. Thank you.",
        "Not yet. Ask in May.",
    )


@pytest.mark.parametrize("name", ["member", "leader", "convener", "custodian", "chair", "department", "auditor"])
async def test_only_the_office_decides(everyone: Cast, name: str) -> None:
    row = await asked(everyone)

    for attempt in (
        request_accept(everyone[name], request=row.id),
        request_decline(everyone[name], request=row.id, reason="No."),
    ):
        with pytest.raises(Refused):
            await attempt
    assert (await Request.get()).state is RequestState.OPEN


async def test_nobody_sees_or_withdraws_what_another_asked(everyone: Cast) -> None:
    row = await asked(everyone)

    assert await Request.filter(visible_requests(everyone["leader"])).count() == 0
    assert await Request.filter(visible_requests(everyone["visitor"])).count() == 0
    assert await Request.filter(visible_requests(everyone["secretary"])).count() == 1
    assert (await refused(request_withdraw(everyone["leader"], request=row.id)))[0] == "NOT_THERE"


async def test_an_office_without_a_person_has_nothing_to_ask(everyone: Cast) -> None:
    attempt = request_send(everyone["custodian"], field=RequestField.PHONE, wanted=PHONE)

    assert (await refused(attempt))[0] == "NO_PERSON"
