"""A mail server that is slow, refuses, is gone and comes back: each message arrives once, in its order."""

import asyncio
import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from tortoise.expressions import F

from server.errors import Conflict
from server.models.audit import AuditEntry
from server.models.members.tables import Person
from server.models.messages import (
    Audience,
    Delivery,
    Message,
    again,
    again_all,
    draft,
    hand_over,
    send,
)
from server.models.messages.delivering import Unavailable
from server.models.messages.letters import Letter, Reader
from server.posting.mail import MailServer
from server.rules.messages import EMAIL, LEASE, SLIP, DeliveryState, Urgency
from tests import make
from tests.cast import Cast
from tests.messages.conftest import Deliver, system
from tests.messages.post import FOR_GOOD, FOR_NOW, Server, bare_port
from tests.messages.saying import states, told


async def mailed(cast: Cast, who: str = "member") -> None:
    titles = {"title_zh": "会议", "title_en": "Meeting", "text_zh": "", "text_en": ""}
    row = await draft(cast["secretary"], audience=Audience((cast.people[who].id,)), **titles)
    await send(cast["secretary"], mailing=row.id)


async def test_a_slow_server_gets_each_message_once(reached: Cast, mail: Server, deliver: Deliver) -> None:
    mail.box.sleep_s = 0.3
    for number in range(4):
        await told(reached, str(number), after=number)

    said = await deliver(minutes=1)

    assert (said, mail.box.titles) == ("Messages: 4 sent.", [f"通知{number}" for number in range(4)])


async def test_one_reader_who_is_refused_for_now_is_tried_again_and_arrives_once(
    reached: Cast, mail: Server, deliver: Deliver
) -> None:
    mail.box.answers["member@assembly.example.org"] = FOR_NOW
    await told(reached, "0")
    await told(reached, "1", who="chair", after=1)

    assert await deliver(minutes=1) == "Messages: 1 failed, 1 sent."
    assert await deliver(minutes=2) == "Messages: nothing was due."
    assert await deliver(minutes=17) == "Messages: 1 failed."
    mail.box.answers.clear()
    assert await deliver(hours=3) == "Messages: 1 sent."

    assert mail.box.titles == ["通知1", "通知0"]
    assert [row.tries for row in await Delivery.all().order_by("created_at")] == [2, 0]


async def test_after_four_refusals_over_a_day_it_is_the_offices(reached: Cast, mail: Server, deliver: Deliver) -> None:
    mail.box.answers[""] = FOR_NOW
    await told(reached, "0")

    said = [await deliver(hours=hours) for hours in (0.1, 1, 4, 30, 60)]

    failed = "Messages: 1 failed."
    assert said == [failed] * 3 + ["Messages: 1 given up.", "Messages: nothing was due."]
    (row,) = await Delivery.all()
    assert (row.state, row.tries, row.said) == (DeliveryState.GIVEN_UP, 4, FOR_NOW)


async def test_who_is_refused_for_good_bounces_and_is_sent_again_to_the_right_address(
    reached: Cast, mail: Server, deliver: Deliver
) -> None:
    mail.box.answers["member@assembly.example.org"] = FOR_GOOD
    mail.box.data_answers["chair@assembly.example.org"] = "554 5.7.1 we do not like it"
    await told(reached, "0")
    await told(reached, "1", who="chair", after=1)
    await told(reached, "2", who="leader", after=2)

    assert await deliver(minutes=1) == "Messages: 2 bounced, 1 sent."
    first, second, third = await Delivery.all().order_by("created_at")
    assert (first.state, first.said) == (DeliveryState.BOUNCED, FOR_GOOD)
    await Person.filter(id=reached.people["member"].id).update(email="mei@assembly.example.org")
    await again(reached["secretary"], delivery=first.id)
    await deliver(minutes=2)

    assert mail.box.to == ["leader@assembly.example.org", "mei@assembly.example.org"]
    assert await again_all(reached["secretary"]) == 1
    await hand_over(reached["secretary"], deliveries=[second.id])
    with pytest.raises(Conflict):
        await again(reached["secretary"], delivery=third.id)
    with pytest.raises(Conflict):
        await hand_over(reached["secretary"], deliveries=[third.id])
    assert set(await states()) == {"sent"}


async def test_all_are_sent_again_in_as_many_statements_however_many_each_by_itself(
    reached: Cast, statements: Any
) -> None:
    async def lost(count: int) -> int:
        for number in range(count):
            await told(reached, str(number))
        together = {"envelope": make.some_id(), "state": DeliveryState.GIVEN_UP, "said": FOR_NOW, "tries": 4}
        await Delivery.all().update(**together)
        with statements() as sent:
            await again_all(reached["secretary"])
        return sum('"delivery"' in sql for sql in sent)

    assert (await lost(3), await lost(297)) == (2, 2)

    assert await Delivery.filter(envelope=F("id"), state=DeliveryState.WAITING, said="", tries=0).count() == 300
    entries = AuditEntry.filter(action="messages.again").order_by("serial")
    assert [len(entry.facts["deliveries"]) for entry in await entries] == [3, 300]
    assert (await again_all(reached["secretary"]), await entries.count()) == (0, 2)


async def test_a_server_that_is_gone_for_a_day_loses_nothing_and_the_order_stays(
    reached: Cast, mail: Server, deliver: Deliver
) -> None:
    mail.go()
    for number in range(4):
        await told(reached, str(number), after=number, urgency=Urgency.URGENT if number == 2 else Urgency.USUAL)
        assert "email is not available" in await deliver(minutes=number + 1)
    for hour in range(1, 24, 3):
        await deliver(hours=hour)
    assert await states() == ["waiting"] * 4

    mail.come()
    assert await deliver(hours=25) == "Messages: 4 sent."

    assert mail.box.titles == ["通知2", "通知0", "通知1", "通知3"]
    assert {row.tries for row in await Delivery.all()} == {0}


async def test_a_server_that_refuses_everyone_for_a_day_gets_everything_afterwards(
    reached: Cast, mail: Server, deliver: Deliver
) -> None:
    mail.box.answers[""] = FOR_NOW
    for number in range(3):
        await told(reached, str(number), after=number)
    for hour in range(24):
        await deliver(hours=hour, minutes=1)
    mail.box.answers.clear()
    for hour in range(24, 30):
        await deliver(hours=hour, minutes=1)

    assert mail.box.titles == ["通知0", "通知1", "通知2"]
    assert await states() == ["sent"] * 3


async def test_a_server_that_breaks_off_midway_is_asked_again_and_others_go_first(
    reached: Cast, deliver: Deliver, tmp_path: Path
) -> None:
    port = bare_port()

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        while line := await reader.readline():
            if line.startswith(b"MAIL"):
                break
            writer.write(b"250 well\r\n")
        writer.close()
        await writer.wait_closed()

    await told(reached, "0")
    server = await asyncio.start_server(hang_up, "127.0.0.1", port)
    async with server:
        there = Server.__new__(Server)
        there.port = port
        said = await Server.deliver(there, system(dt.timedelta(minutes=1)), tmp_path)

    assert said == "Messages: nothing was due."
    (row,) = await Delivery.all()
    assert (row.state, row.tries) == (DeliveryState.WAITING, 0)
    assert row.due_at == make.NOW + dt.timedelta(minutes=6) or row.due_at > make.NOW + dt.timedelta(minutes=5)


@pytest.mark.parametrize("content", ["", "no certificate", None])
async def test_without_the_certificate_that_is_named_messages_wait(
    reached: Cast, mail: Server, tmp_path: Path, content: str | None
) -> None:
    authority = tmp_path / "authority.pem"
    if content is not None:
        authority.write_text(content)
    await told(reached, "0")

    said = await mail.deliver(system(), tmp_path, LUZHI_SMTP_URL=mail.url(query=f"?ca={authority}"))

    assert said.startswith(
        f"Messages: nothing was due; email is not available: {authority} holds no certificate of an authority: "
    )
    (row,) = await Delivery.all()
    assert (row.state, row.tries, row.lease_until) == (DeliveryState.WAITING, 0, None)
    assert str(authority) in row.said
    assert await mail.deliver(system(dt.timedelta(minutes=1)), tmp_path) == "Messages: 1 sent."


async def test_when_the_mail_server_is_taken_away_nothing_fails_and_nothing_old_leaves_when_it_is_back(
    reached: Cast, tmp_path: Path, mail: Server
) -> None:
    await told(reached, "0")
    await mailed(reached)
    without = {"LUZHI_SMTP_URL": ""}

    async def round_(days: int, **more: str) -> str:
        return await mail.deliver(system(dt.timedelta(days=days)), tmp_path, **more)

    assert [await round_(day, **without) for day in (0, 6, 8, 30)] == ["Messages: nothing was due."] * 4
    await told(reached, "1", after=30 * 86400)
    assert await round_(31) == "Messages: 1 sent."

    assert mail.box.titles == ["通知1"]
    by_hand, _ = await Delivery.all().order_by("created_at")
    assert (by_hand.channel, by_hand.state) == (SLIP, DeliveryState.WAITING)
    assert await Message.all().count() == 3


async def test_a_week_without_a_mail_server_is_waited_for_one(reached: Cast, tmp_path: Path, mail: Server) -> None:
    await told(reached, "0")
    await mailed(reached)
    await mail.deliver(system(dt.timedelta(days=5)), tmp_path, LUZHI_SMTP_URL="")

    assert await mail.deliver(system(dt.timedelta(days=6)), tmp_path) == "Messages: 2 sent."


async def test_what_a_mail_server_refused_before_it_was_taken_away_is_a_failure(
    reached: Cast, mail: Server, deliver: Deliver, tmp_path: Path
) -> None:
    mail.box.answers[""] = FOR_NOW
    await told(reached, "0")
    await deliver(minutes=1)

    await mail.deliver(system(dt.timedelta(days=8)), tmp_path, LUZHI_SMTP_URL="")

    assert await states() == ["given_up"]


async def test_what_a_mail_server_that_is_gone_did_not_take_for_a_week_is_no_news(
    reached: Cast, mail: Server, deliver: Deliver
) -> None:
    mail.go()
    await told(reached, "0")

    await deliver(days=6)
    assert await states() == ["waiting"]
    await deliver(days=8)

    assert (await states(), (await Delivery.get()).said) == (["given_up"], "Nobody took it for a week.")


async def test_several_workers_at_once_send_each_letter_once(reached: Cast, mail: Server, tmp_path: Path) -> None:
    for number in range(12):
        await told(reached, str(number), after=number)

    worker = system(dt.timedelta(minutes=1))
    await asyncio.gather(*(mail.deliver(worker, tmp_path) for _ in range(4)))

    assert sorted(mail.box.titles) == sorted(f"通知{number}" for number in range(12))
    assert len(set(mail.box.ids)) == 12


async def test_what_a_dead_process_had_is_sent_again_under_the_same_id_when_its_lease_is_over(
    reached: Cast, mail: Server, deliver: Deliver
) -> None:
    await told(reached, "0")
    await deliver(minutes=1)
    await Delivery.all().update(state=DeliveryState.SENDING, lease_until=make.NOW + LEASE)

    await deliver(minutes=2)
    assert len(mail.box.got) == 1
    await deliver(minutes=6)

    assert len(mail.box.got) == 2
    assert len(set(mail.box.ids)) == 1


async def test_a_server_that_never_answers_is_left_after_a_while(tmp_path: Path, mail: Server) -> None:
    port, over = bare_port(), asyncio.Event()

    async def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()
        await writer.wait_closed()

    way = mail.settings(tmp_path, LUZHI_SMTP_URL=f"smtp://127.0.0.1:{port}").mail
    assert way
    letter = Letter(make.some_id(), EMAIL, Reader(email="mei@example.org"), "t", "t")
    async with await asyncio.start_server(say_nothing, "127.0.0.1", port):
        with pytest.raises(Unavailable):
            await MailServer(way, "http://127.0.0.1", timeout=0.3).send(letter)
        over.set()


async def test_a_server_that_never_answers_is_left_after_a_while_and_asked_again(
    reached: Cast, mail: Server, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    await told(reached, "1")
    monkeypatch.setattr("server.models.messages.delivering.SEND_S", 0.2)
    mail.box.sleep_s = 2
    await deliver(minutes=1)
    assert (await states(), (await Delivery.get()).said) == (["waiting"], "It took too long.")

    monkeypatch.undo()
    mail.box.sleep_s = 0
    await deliver(minutes=10)
    assert await states() == ["sent"]
