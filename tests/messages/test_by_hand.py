"""What the office does and says itself: slips for many at once, letters that came back, and taking either back."""

import datetime as dt
from typing import Any
from uuid import UUID

import pytest

from server.errors import Conflict, Invalid, Refused
from server.models.audit import AuditEntry
from server.models.bodies import BodyKind
from server.models.members.tables import Person
from server.models.messages import (
    Audience,
    Delivery,
    Mailing,
    again,
    came_back,
    choose,
    draft,
    hand_over,
    send,
    take_back,
)
from server.models.messages.choosing import Chosen
from server.rules.messages import EMAIL, SLIP, DeliveryState, Hours, Mode, Topic
from tests import make
from tests.cast import Cast
from tests.messages.conftest import Deliver, later
from tests.messages.post import FOR_GOOD, Server
from tests.web.visitors import Asks

TITLES = {"title_zh": "会议", "title_en": "Meeting", "text_zh": "", "text_en": ""}
FACTS = ("id", "state", "was", "marked_at", "marked_by_id", "came_back_at", "done_at", "said", "tries")
SLIPS = """query Slips($id: ID!, $sector: ID) { slips(mailing: $id, sector: $sector) { totalCount
  edges { node { state person { name } } } } }"""
REACH = """query Reach($id: ID!) { mailing(id: $id) { outcome { sent onPaper handedOver troubled }
  handings { by count } reach { ways { channel count } readers { person { name } onPaper why cameBackAt } } } }"""
LIST = """query All($states: [DeliveryState!], $search: String!) { deliveries(states: $states, search: $search) {
  edges { node { state was markedBy person { name } } } } }"""
HAND = """mutation Hand($id: ID, $slips: [ID!]!, $sector: ID) {
  deliveriesHandOver(mailing: $id, slips: $slips, sector: $sector) {
    ... on DeliveriesPayload { count } ... on Problems { problems { code field } } } }"""


async def sent(cast: Cast, *, by_email: bool = False) -> Mailing:
    """A message to all members of the term."""
    row = await draft(cast["secretary"], audience=Audience(term=cast.term.id), **TITLES)
    return await send(cast["secretary"], mailing=row.id, by_email=by_email)


async def facts() -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await Delivery.all().order_by("id").values_list(*FACTS)]


async def handed(ask: Asks, *, slips: list[UUID], **which: str) -> Any:
    answer = await ask("secretary", HAND, slips=[f"dlv_{one}" for one in slips], **which)
    return answer["data"]["deliveriesHandOver"]


async def test_in_a_house_without_a_mail_server_all_wait_for_hands_but_who_chose_to_read_here(reached: Cast) -> None:
    never = [Chosen(Topic.OFFICE, EMAIL, Mode.NEVER)]
    await choose(reached["member"], choices=never, hours=Hours(), channels=[])
    ask = Asks(reached)
    drafted = await draft(reached["secretary"], audience=Audience(term=reached.term.id), **TITLES)

    looked = (await ask("secretary", REACH, id=f"mai_{drafted.id}"))["data"]["mailing"]["reach"]
    said = "mutation Send($id: ID!) { mailingSend(id: $id) { ... on MailingPayload { mailing { id } } } }"
    await ask("secretary", said, id=f"mai_{drafted.id}")

    assert looked["ways"] == [{"channel": SLIP, "count": 3}]
    assert {row["why"] for row in looked["readers"] if row["onPaper"]} == {"This house has no mail server."}
    assert [row["person"]["name"] for row in looked["readers"] if not row["onPaper"]] == ["Mei Member"]
    assert {(row.channel, row.state) for row in await Delivery.all()} == {(SLIP, DeliveryState.WAITING)}
    outcome = (await ask("secretary", REACH, id=f"mai_{drafted.id}"))["data"]["mailing"]["outcome"]
    assert outcome == {"sent": 0, "onPaper": 3, "handedOver": 0, "troubled": 0}


async def test_all_of_a_message_are_told_at_once_and_it_is_taken_back_as_it_was(ask: Asks, everyone: Cast) -> None:
    row, me = await sent(everyone), everyone["secretary"]
    first, *_ = await Delivery.all().order_by("id")
    await Delivery.filter(id=first.id).update(state=DeliveryState.GIVEN_UP, said="451", tries=4, done_at=make.NOW)
    before = await facts()

    assert await hand_over(me, mailing=row.id) == 4
    after = {(one.state, one.marked_at, one.marked_by_id) for one in await Delivery.all()}
    told = (await ask("secretary", REACH, id=f"mai_{row.id}"))["data"]["mailing"]
    with pytest.raises(Conflict):
        await hand_over(me, mailing=row.id)

    assert after == {(DeliveryState.SENT, me.now, me.account)}
    assert told["outcome"] == {"sent": 4, "onPaper": 0, "handedOver": 4, "troubled": 0}
    assert told["handings"] == [{"by": "secretary", "count": 4}]
    assert await take_back(me, mailing=row.id, at=me.now) == 4
    assert await facts() == before
    with pytest.raises(Conflict):
        await take_back(me, mailing=row.id, at=me.now)
    *_, over, back = await AuditEntry.all().order_by("serial")
    trail = [(one.action, one.object, len(one.facts["deliveries"])) for one in (over, back)]
    assert trail == [(f"messages.{verb}", f"mai_{row.id}", 4) for verb in ("hand_over", "take_back")]


async def test_those_of_a_sector_and_those_who_were_ticked_are_told_each_by_themselves(
    ask: Asks, everyone: Cast
) -> None:
    sector = await make.body(BodyKind.SECTOR)
    far = [await make.person(f"远{n}", f"Far {n}") for n in range(2)]
    for person in far:
        await make.seat(person, everyone.term, sector=sector)
    row, me = await sent(everyone), everyone["secretary"]
    which = {"id": f"mai_{row.id}", "sector": f"bod_{sector.id}"}

    listed = (await ask("secretary", SLIPS, **which))["data"]["slips"]
    assert await hand_over(me, mailing=row.id, sector=sector.id) == 2
    mine = [one.id for one in await Delivery.filter(state=DeliveryState.WAITING).order_by("id")]
    assert await hand_over(later(me, minutes=1), deliveries=mine[:1]) == 1

    assert [edge["node"]["person"]["name"] for edge in listed["edges"]] == ["Far 0", "Far 1"]
    assert (await ask("secretary", SLIPS, **which))["data"]["slips"]["totalCount"] == 0
    assert (await ask("secretary", SLIPS, id=which["id"]))["data"]["slips"]["totalCount"] == 3
    told = (await ask("secretary", REACH, id=which["id"]))["data"]["mailing"]
    assert [one["count"] for one in told["handings"]] == [1, 2]
    assert await take_back(me, mailing=row.id, at=me.now) == 2
    assert {one.person_id for one in await Delivery.filter(was=None)} >= {person.id for person in far}


async def test_who_ticks_some_of_a_message_marks_no_other_of_it(ask: Asks, everyone: Cast) -> None:
    sector = await make.body(BodyKind.SECTOR)
    far = await make.person("远", "Far")
    await make.seat(far, everyone.term, sector=sector)
    row, other = await sent(everyone), await sent(everyone)
    mine = [one.id for one in await Delivery.filter(mailing=row).exclude(person=far).order_by("id")]
    theirs = await Delivery.get(mailing=row, person=far)
    elsewhere = await Delivery.get(mailing=other, person=far)
    which = {"id": f"mai_{row.id}", "sector": f"bod_{sector.id}"}

    for wrong in ({**which, "slips": [mine[0]]}, {"id": which["id"], "slips": [mine[0], elsewhere.id]}):
        assert (await handed(ask, **wrong))["problems"] == [{"code": "NOT_WAITING", "field": "slips"}]
    assert (await handed(ask, sector=which["sector"], slips=[theirs.id]))["problems"] == [
        {"code": "MAILING_MISSING", "field": "mailing"}
    ]
    assert await Delivery.exclude(was=None).count() == 0

    assert await handed(ask, id=which["id"], slips=mine[:2]) == {"count": 2}
    assert await handed(ask, **which, slips=[theirs.id]) == {"count": 1}
    assert {one.id for one in await Delivery.exclude(was=None)} == {*mine[:2], theirs.id}


async def test_nobody_ticked_or_one_who_was_told_meanwhile_changes_nothing(everyone: Cast) -> None:
    await sent(everyone)
    me, rows = everyone["secretary"], [one.id for one in await Delivery.all().order_by("id")]
    await hand_over(me, deliveries=rows[:1])
    before, entries = await facts(), await AuditEntry.all().count()

    with pytest.raises(Invalid):
        await hand_over(me)
    for wanted in (rows[:2], [*rows[1:], make.some_id()]):
        with pytest.raises(Conflict):
            await hand_over(me, deliveries=wanted)
    for name in ("member", "leader", "chair", "auditor"):
        for verb in (hand_over(everyone[name], deliveries=rows[1:]), take_back(everyone[name], delivery=rows[0])):
            with pytest.raises(Refused):
                await verb
        with pytest.raises(Refused):
            await came_back(everyone[name], delivery=rows[0])

    assert (await facts(), await AuditEntry.all().count()) == (before, entries)


async def test_a_letter_that_came_back_is_named_at_the_next_preview_until_the_address_is_another(
    ask: Asks, reached: Cast, deliver: Deliver
) -> None:
    first = await sent(reached, by_email=True)
    await deliver(minutes=1)
    mei, me = reached.people["member"], later(reached["secretary"], hours=3)
    row = await Delivery.get(person_id=mei.id)
    found = await ask("secretary", LIST, states=["SENT"], search="member@assembly.example.org")

    await came_back(me, delivery=row.id)
    with pytest.raises(Conflict):
        await came_back(me, delivery=row.id)
    await hand_over(later(me, hours=1), deliveries=[row.id])
    following = await draft(me, audience=Audience(term=reached.term.id), **TITLES)

    async def flagged() -> dict[str, str]:
        readers = (await ask("secretary", REACH, id=f"mai_{following.id}"))["data"]["mailing"]["reach"]["readers"]
        return {one["person"]["name"]: one["cameBackAt"] for one in readers if one["cameBackAt"]}

    assert [edge["node"]["person"]["name"] for edge in found["data"]["deliveries"]["edges"]] == ["Mei Member"]
    assert await flagged() == {"Mei Member": (make.NOW + dt.timedelta(hours=3)).isoformat()}
    await Person.filter(id=mei.id).update(email="mei@assembly.example.org")
    assert await flagged() == {}
    await Person.filter(id=mei.id).update(email=row.address)
    assert len(await flagged()) == 1
    await take_back(me, delivery=row.id)
    bounced = await Delivery.get(id=row.id)
    assert (bounced.state, bounced.was, len(await flagged())) == (DeliveryState.BOUNCED, None, 1)
    await again(me, delivery=row.id)
    assert await flagged() == {}
    assert (await AuditEntry.filter(action="messages.came_back").count(), first.id != following.id) == (1, True)


async def test_that_it_came_back_is_taken_back_and_what_did_not_leave_by_email_cannot_come_back(
    reached: Cast, deliver: Deliver
) -> None:
    await Person.filter(id=reached.people["chair"].id).update(email="")
    await sent(reached, by_email=True)
    me, slip = reached["secretary"], await Delivery.get(channel=SLIP)
    waits = await Delivery.filter(channel=EMAIL).first()
    assert waits
    await hand_over(me, deliveries=[slip.id])
    for one in (slip, waits):
        with pytest.raises(Conflict):
            await came_back(me, delivery=one.id)
    await deliver(minutes=1)
    before = await facts()

    await came_back(me, delivery=waits.id)
    await take_back(me, delivery=waits.id)

    assert await facts() == before


async def test_the_address_that_a_letter_went_to_is_the_one_that_is_flagged(reached: Cast, deliver: Deliver) -> None:
    await sent(reached, by_email=True)
    await deliver(minutes=1)
    mei = reached.people["member"]
    await Person.filter(id=mei.id).update(email="new@assembly.example.org")
    row = await Delivery.get(person_id=mei.id)

    await came_back(reached["secretary"], delivery=row.id)

    assert (await Delivery.get(id=row.id)).address == "member@assembly.example.org"


async def test_an_address_that_the_mail_server_refuses_is_flagged_by_itself(
    ask: Asks, reached: Cast, mail: Server, deliver: Deliver
) -> None:
    mail.box.answers["member@assembly.example.org"] = FOR_GOOD
    row = await sent(reached, by_email=True)

    await deliver(minutes=1)

    readers = (await ask("secretary", REACH, id=f"mai_{row.id}"))["data"]["mailing"]["reach"]["readers"]
    assert [one["person"]["name"] for one in readers if one["cameBackAt"]] == ["Mei Member"]
    assert readers[0]["person"]["name"] == "Mei Member"
