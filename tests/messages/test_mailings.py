"""What the office writes to many: looked at first, sent once, and what becomes of it."""

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest

from server.errors import Conflict
from server.models.accounts.tables import Account
from server.models.audit import AuditEntry
from server.models.members.tables import Person
from server.models.messages import Delivery, Mailing, MailingReader, Message, choose, send
from server.models.messages.choosing import Chosen
from server.rules.messages import EMAIL, SLIP, DeliveryState, Hours, Mode, Topic
from server.schema import Asking, ask, formatted
from tests import make
from tests.cast import Cast
from tests.messages.conftest import Deliver
from tests.messages.post import Server
from tests.web.visitors import Asks

DRAFT = """mutation Draft($titleZh: String! = "会议", $titleEn: String! = "Meeting", $textZh: String! = ""
  $textEn: String! = "", $outside: Boolean! = false, $urgent: Boolean! = false
  $people: [ID!]! = [], $body: ID, $term: String) {
  mailingDraft(titleZh: $titleZh, titleEn: $titleEn, textZh: $textZh, textEn: $textEn, outside: $outside
    urgent: $urgent, people: $people, body: $body, term: $term) {
    ... on MailingPayload { mailing { id to count sentAt } }
    ... on Problems { kind problems { code field message } }
  }
}"""
SEND = """mutation Send($id: ID!) { mailingSend(id: $id) {
  ... on MailingPayload { mailing { sentAt outcome { read waiting sent troubled onPaper } } }
  ... on Problems { kind problems { code field } } } }"""
READ = """mutation Read($id: ID!) { messageRead(id: $id) {
  ... on MessagePayload { message { readAt } } ... on Problems { kind } } }"""
REACH = """query Reach($id: ID!) { mailing(id: $id) { count reach { count inside ways { channel name count }
  readers { person { name } ways account onPaper why } } } }"""


async def drafted(ask: Asks, **given: object) -> dict:
    answer = await ask("secretary", DRAFT, **given)
    return answer["data"]["mailingDraft"]


async def test_who_gets_what_by_which_way_is_seen_before_anything_is_sent(ask: Asks, reached: Cast) -> None:
    mei, lin = reached.people["member"], reached.people["leader"]
    stranger = await make.person("无名", "No Way")
    await make.seat(stranger, reached.term)
    await Account.filter(person_id=lin.id).update(active=False)
    wish = [Chosen(Topic.OFFICE, EMAIL, Mode.NEVER)]
    await choose(reached["member"], choices=wish, hours=Hours(), channels=[])
    await choose(reached["leader"], choices=wish, hours=Hours(), channels=[])
    wish = [Chosen(Topic.OFFICE, EMAIL, Mode.DIGEST), Chosen(Topic.OFFICE, "sms", Mode.NOW)]
    await choose(reached["convener"], choices=wish, hours=Hours(), channels=["sms"])

    made = await drafted(ask, term="14")
    found = (await ask("secretary", REACH, id=made["mailing"]["id"]))["data"]["mailing"]

    assert made["mailing"] | {"id": ""} == {"id": "", "to": "the members of term 14", "count": 5, "sentAt": None}
    reach = found["reach"]
    assert (reach["count"], reach["inside"]) == (5, 3)
    assert {way["channel"]: way["count"] for way in reach["ways"]} == {"email": 2, "slip": 2, "sms": 1}
    lines = {line["person"]["name"]: line for line in reach["readers"]}
    assert [line["onPaper"] for line in reach["readers"]] == [True, True, False, False, False]
    assert lines["No Way"]["why"] == "No e-mail address is known."
    assert lines["Lin Leader"]["why"] == "Wants no e-mail, and cannot sign in."
    assert (lines["Mei Member"]["ways"], lines["Mei Member"]["why"]) == ([], "Chose to read messages here only.")
    assert lines["Kang Convener"]["ways"] == ["e-mail, in the next digest", "sms"]
    assert (await Message.all().count(), await Delivery.all().count()) == (0, 0)
    assert mei.email == ""


async def test_it_is_sent_to_those_who_were_looked_at_once(ask: Asks, reached: Cast) -> None:
    made = await drafted(ask, term="14", urgent=True, people=[f"per_{reached.people['department'].id}"])
    await make.seat(await make.person(name_en="Came Later"), reached.term)
    which = made["mailing"]["id"]

    first, second = await ask("secretary", SEND, id=which), await ask("secretary", SEND, id=which)

    assert first["data"]["mailingSend"]["mailing"]["outcome"] == {
        "read": 0,
        "waiting": 5,
        "sent": 0,
        "troubled": 0,
        "onPaper": 0,
    }
    assert second["data"]["mailingSend"]["problems"] == [{"code": "SENT_ALREADY", "field": "id"}]
    assert (await Message.all().count(), await Delivery.all().count()) == (5, 5)
    (entry,) = await AuditEntry.filter(action="messages.send")
    assert entry.facts == {"people": 5}


async def test_two_who_send_at_once_send_once(ask: Asks, reached: Cast) -> None:
    made = await drafted(ask, people=[f"per_{reached.people['member'].id}"])
    (row,) = await Mailing.all()
    assert made["mailing"]["to"] == "Mei Member"

    done = await asyncio.gather(*(send(reached["secretary"], mailing=row.id) for _ in range(4)), return_exceptions=True)

    assert [type(one) for one in done].count(Conflict) == 3
    assert (await Message.all().count(), await Delivery.all().count()) == (1, 1)


async def test_whom_nothing_reaches_gets_a_slip_and_counts_as_told_when_it_is_handed_over(
    ask: Asks, everyone: Cast, mail: Server, deliver: Deliver
) -> None:
    made = await drafted(ask, body=f"bod_{everyone.group.id}")
    await ask("secretary", SEND, id=made["mailing"]["id"])
    assert {row.channel for row in await Delivery.all()} == {SLIP}
    assert await deliver(days=30) == "Messages: nothing was due."
    first, _ = await Delivery.all().order_by("id")

    said = "mutation Hand($id: ID!) { deliveriesHandOver(slips: [$id]) { ... on DeliveriesPayload { count } } }"
    answer = await ask("secretary", said, id=f"dlv_{first.id}")

    assert answer["data"]["deliveriesHandOver"] == {"count": 1}
    assert (await Delivery.get(id=first.id)).state is DeliveryState.SENT


@pytest.mark.parametrize(
    ("given", "problems"),
    [
        ({"titleZh": " "}, [("TITLE_MISSING", "titleZh")]),
        ({"titleEn": "x" * 201}, [("TOO_LONG", "titleEn")]),
        ({"titleEn": "a\nBcc: all@example.org"}, [("BAD_CHARACTER", "titleEn")]),
        ({"textZh": "只有中文"}, [("TEXT_MISSING", "textEn")]),
        ({"textZh": "x" * 5001, "textEn": "x"}, [("TOO_LONG", "textZh")]),
        ({"textZh": "x\x00", "textEn": "x"}, [("BAD_CHARACTER", "textZh")]),
        ({"people": []}, [("NOBODY", "term")]),
    ],
)
async def test_what_is_missing_or_too_long_is_said_at_its_field(
    ask: Asks, everyone: Cast, given: dict, problems: list
) -> None:
    made = await drafted(ask, **{"people": [f"per_{everyone.people['member'].id}"], **given})

    assert [(one["code"], one["field"]) for one in made["problems"]] == problems
    assert await Mailing.all().count() == 0


@pytest.mark.parametrize("name", ["leader", "convener", "member", "custodian", "chair", "department", "auditor"])
async def test_nobody_but_the_office_sends(ask: Asks, everyone: Cast, name: str) -> None:
    answer = await ask(name, DRAFT, people=[f"per_{everyone.people['member'].id}"])
    lists = await ask(name, "{ mailings { totalCount } deliveries { totalCount } }")

    assert answer["data"]["mailingDraft"]["kind"] == "REFUSED"
    assert {one["extensions"]["code"] for one in lists["errors"]} == {"ROLE"}


async def test_a_draft_is_changed_or_thrown_away_until_it_is_sent(ask: Asks, everyone: Cast) -> None:
    change = """mutation Change($id: ID!) { mailingRedraft(id: $id, titleZh: "新", titleEn: "New", outside: true) {
      ... on MailingPayload { mailing { titleZh outside } } ... on Problems { problems { code } } } }"""
    away = """mutation Away($id: ID!) { mailingDiscard(id: $id) { ... on MailingDiscarded { id }
      ... on Problems { problems { code } } } }"""
    one, two = [(await drafted(ask, people=[f"per_{everyone.people['member'].id}"]))["mailing"]["id"] for _ in range(2)]

    changed = await ask("secretary", change, id=one)
    gone = await ask("secretary", away, id=two)
    await ask("secretary", SEND, id=one)

    assert changed["data"]["mailingRedraft"] == {"mailing": {"titleZh": "新", "outside": True}}
    assert gone["data"]["mailingDiscard"] == {"id": two}
    for said in (change, away):
        assert "SENT_ALREADY" in str(await ask("secretary", said, id=one))
    assert (await Mailing.all().count(), await MailingReader.all().count()) == (1, 1)


async def test_a_message_is_its_readers_alone_and_read_once(ask: Asks, everyone: Cast) -> None:
    made = await drafted(ask, people=[f"per_{everyone.people['member'].id}"], textZh="文", textEn="text")
    await ask("secretary", SEND, id=made["mailing"]["id"])
    whole = "{ viewer { unreadMessages } messages { edges { node { id title text readAt } } } }"
    mine = (await ask("member", whole))["data"]
    (edge,) = mine["messages"]["edges"]
    which = edge["node"]["id"]
    one = "query One($id: ID!) { message(id: $id) { id } node(id: $id) { id } }"

    assert (mine["viewer"]["unreadMessages"], edge["node"]["title"]) == (1, "Meeting")
    for other in ("secretary", "admin", "leader"):
        assert (await ask(other, one, id=which))["data"] == {"message": None, "node": None}
        assert (await ask(other, READ, id=which))["data"]["messageRead"] == {"kind": "NOT_THERE"}
    assert (await ask("member", one, id=which))["data"]["node"] == {"id": which}
    assert (await ask("member", READ, id=which))["data"]["messageRead"]["message"]["readAt"]
    (row,) = await Message.all()
    await ask("member", READ, id=which)
    assert (await Message.get(id=row.id)).read_at == row.read_at
    assert (await ask("member", "mutation { messagesRead { ... on MessagesPayload { count } } }"))["data"] == {
        "messagesRead": {"count": 0}
    }
    assert (await ask("visitor", "{ viewer { unreadMessages } }"))["data"]["viewer"] == {"unreadMessages": 0}


async def test_choices_are_seen_and_changed_with_what_the_house_has(everyone: Cast) -> None:
    await Person.filter(id=everyone.people["member"].id).update(email="mei@assembly.example.org")
    asks = "{ messageChoices { choices { topic channel mode since } hasAddress byEmail quietFrom } }"
    change = """mutation Choose($choices: [MessageWish!]!, $hour: Int! = 22) {
      messageChoose(choices: $choices, quietFrom: $hour, quietUntil: 6, digestDay: 7, digestHour: 9) {
        ... on MessageChoosePayload { count } ... on Problems { problems { code field } } } }"""

    async def said(text: str, **variables: object) -> dict:
        asking = Asking(everyone["member"], ways=("email", "sms"))
        return formatted(await ask(text, variables, asking, None), asking)["data"]

    before = (await said(asks))["messageChoices"]
    sms = {"topic": "OFFICE", "channel": "sms", "mode": "NOW"}
    assert await said(change, choices=[sms]) == {"messageChoose": {"count": 1}}
    after = (await said(asks))["messageChoices"]
    pigeon = await said(change, choices=[sms | {"channel": "pigeon"}])
    late = await said(change, choices=[], hour=24)

    theirs = {topic.name for topic in Topic} - {"WORK"}  # that one is of the office
    assert sorted(one["topic"] for one in before["choices"]) == sorted([*theirs, *theirs])
    assert (before["hasAddress"], before["byEmail"], before["quietFrom"], after["quietFrom"]) == (True, True, 21, 22)
    assert [one for one in after["choices"] if one["since"]] == [sms | {"since": "2026-11-22T02:00:00+00:00"}]
    assert pigeon["messageChoose"]["problems"] == [{"code": "NO_SUCH_CHANNEL", "field": "choices"}]
    assert late["messageChoose"]["problems"] == [{"code": "NO_SUCH_HOUR", "field": "quietFrom"}]


REMIND = """mutation Remind($id: ID!) { mailingRemind(id: $id) {
  ... on MailingPayload { mailing { id title to count textEn outside urgent sentAt reminds { id } } }
  ... on Problems { kind problems { code field } } } }"""
LINKED = """query Linked($id: ID!) { mailing(id: $id) { reminds { id } reminders { id sentAt } outcome { read }
  reach { readers { person { name } read } } } }"""


async def sent(ask: Asks, **given: object) -> str:
    """The ID of a message to all members of the term, as sent."""
    which = (await drafted(ask, term="14", textZh="文", textEn="text", outside=True, **given))["mailing"]["id"]
    await ask("secretary", SEND, id=which)
    return which


async def confirms(ask: Asks, name: str, cast: Cast, mailing: str) -> None:
    row = await Message.get(mailing_id=mailing.removeprefix("mai_"), person_id=cast.people[name].id)
    answer = await ask(name, READ, id=f"msg_{row.id}")
    assert answer["data"]["messageRead"]["message"]["readAt"]


async def readers(mailing: str) -> set[str]:
    rows = MailingReader.filter(mailing_id=mailing.removeprefix("mai_"))
    return set(await rows.values_list("person__name_en", flat=True))


async def test_a_reminder_is_a_draft_to_those_who_have_not_confirmed_and_they_stay_its_readers(
    ask: Asks, reached: Cast
) -> None:
    first = await sent(ask, urgent=True)
    await confirms(ask, "member", reached, first)

    made = (await ask("secretary", REMIND, id=first))["data"]["mailingRemind"]["mailing"]
    await confirms(ask, "leader", reached, first)
    reach = (await ask("secretary", REACH, id=made["id"]))["data"]["mailing"]["reach"]
    await ask("secretary", SEND, id=made["id"])

    assert made | {"id": ""} == {
        "id": "",
        "title": "Reminder: Meeting",
        "to": "those who have not confirmed: Meeting",
        "count": 3,
        "textEn": "text",
        "outside": True,
        "urgent": True,
        "sentAt": None,
        "reminds": {"id": first},
    }
    assert await readers(made["id"]) == {"Wen Chair", "Lin Leader", "Kang Convener"}
    assert (reach["count"], reach["ways"]) == (3, [{"channel": "email", "name": "e-mail", "count": 3}])
    assert await Message.filter(title_zh="提醒：会议").count() == 3
    drafts = await AuditEntry.filter(action="messages.draft").order_by("serial")
    assert [entry.facts["people"] for entry in drafts] == [4, 3]


async def test_both_messages_lead_to_each_other_and_who_confirmed_the_reminder_is_left_in_peace(
    ask: Asks, reached: Cast
) -> None:
    first = await sent(ask)
    second = (await ask("secretary", REMIND, id=first))["data"]["mailingRemind"]["mailing"]["id"]
    await ask("secretary", SEND, id=second)
    await confirms(ask, "member", reached, second)
    await confirms(ask, "leader", reached, first)
    await confirms(ask, "leader", reached, second)

    third = (await ask("secretary", REMIND, id=second))["data"]["mailingRemind"]["mailing"]
    one, two = [(await ask("secretary", LINKED, id=which))["data"]["mailing"] for which in (first, second)]

    assert (third["reminds"], third["title"]) == ({"id": first}, "Reminder: Meeting")
    assert await readers(third["id"]) == {"Wen Chair", "Kang Convener"}
    assert {reminder["id"]: bool(reminder["sentAt"]) for reminder in one["reminders"]} == {
        second: True,
        third["id"]: False,
    }
    assert (one["reminds"], two["reminds"], two["reminders"]) == (None, {"id": first}, [])
    assert (one["outcome"], two["outcome"]) == ({"read": 2}, {"read": 2})
    read = {line["person"]["name"]: line["read"] for line in one["reach"]["readers"]}
    assert read == {"Wen Chair": False, "Lin Leader": True, "Kang Convener": False, "Mei Member": True}


async def test_nothing_is_drafted_where_nobody_is_to_be_reminded(ask: Asks, reached: Cast) -> None:
    waits = (await drafted(ask, term="14"))["mailing"]["id"]
    done = await sent(ask)
    for name in ("member", "leader", "convener", "chair"):
        await confirms(ask, name, reached, done)
    gone = f"mai_{make.some_id()}"

    answers = [(await ask("secretary", REMIND, id=which))["data"]["mailingRemind"] for which in (waits, done, gone)]

    assert [answer["problems"][0]["code"] for answer in answers] == ["NOT_SENT", "ALL_CONFIRMED", "NOT_THERE"]
    assert [answer["problems"][0]["field"] for answer in answers] == ["id"] * 3
    assert await Mailing.all().count() == 2


@pytest.mark.parametrize("name", ["leader", "member", "auditor", "department"])
async def test_nobody_but_the_office_reminds(ask: Asks, reached: Cast, name: str) -> None:
    which = await sent(ask)

    assert (await ask(name, REMIND, id=which))["data"]["mailingRemind"]["kind"] == "REFUSED"
    assert await Mailing.all().count() == 1


async def test_a_long_title_is_cut_in_its_reminder(ask: Asks, reached: Cast) -> None:
    which = await sent(ask, titleEn="x" * 200)

    title = (await ask("secretary", REMIND, id=which))["data"]["mailingRemind"]["mailing"]["title"]

    assert title == f"Reminder: {'x' * 189}…"


async def test_a_program_that_may_not_see_people_gets_the_numbers_alone(ask: Asks, reached: Cast) -> None:
    made = await drafted(ask, term="14")
    program = replace(reached["secretary"], client=uuid4(), scopes=frozenset({"messages:write"}))

    seen = (await ask(program, REACH, id=made["mailing"]["id"]))["data"]["mailing"]["reach"]
    everything = (await ask("secretary", REACH, id=made["mailing"]["id"]))["data"]["mailing"]["reach"]

    assert (seen["count"], [line["person"] for line in seen["readers"]]) == (4, [None] * 4)
    assert seen["ways"] == everything["ways"]
    assert all(line["person"]["name"] for line in everything["readers"])
