"""The worker and a real mail server: what leaves when, to whom, in which words and how it is sealed."""

import datetime as dt
from pathlib import Path

import pytest

from server.models.members.tables import Person
from server.models.messages import (
    Delivery,
    Message,
    choose,
    tell,
)
from server.models.messages.choosing import Chosen
from server.rules.messages import EMAIL, DeliveryState, Hours, Mode, Topic, Urgency
from server.settings import Settings
from server.words import both_names
from tests import make
from tests.cast import Cast
from tests.messages.conftest import Deliver, system
from tests.messages.post import FOR_NOW, SENDER, Server, flat, tls
from tests.messages.saying import states, told, words


async def test_a_letter_has_both_languages_the_readers_own_first_and_nothing_confidential(
    reached: Cast, mail: Server, deliver: Deliver
) -> None:
    more = {"more": both_names("只在站内", "for inside only"), "link": "/me"}
    await told(reached, "1", **more)
    await told(reached, "2", who="chair", after=1, **more, outside=True)
    await type(reached.accounts["chair"]).filter(id=reached.accounts["chair"].id).update(locale="en")

    said = await deliver(minutes=1)

    assert said == "Messages: 2 sent."
    inside, outside = mail.box.got
    message, _ = await Message.all().order_by("created_at")
    assert inside["Subject"] == "通知1"
    assert inside["To"] == "Mei Member <member@assembly.example.org>"
    assert inside["From"] == "General Office <office@assembly.example.org>"
    assert flat(inside).index("通知1") < flat(inside).index("Notice 1")
    assert flat(inside).count(f"https://luzhi.example.org/me/messages/msg_{message.id}") == 2
    assert "inside only" not in flat(inside)
    assert outside["Subject"] == "Notice 2"
    assert flat(outside).index("for inside only") < flat(outside).index("只在站内")
    assert [row.done_at is not None for row in await Delivery.all()] == [True, True]


async def test_what_is_urgent_leaves_first_then_what_was_written_first(
    reached: Cast, mail: Server, deliver: Deliver
) -> None:
    for number, urgency in enumerate([Urgency.USUAL, Urgency.USUAL, Urgency.URGENT, Urgency.USUAL, Urgency.URGENT]):
        await told(reached, str(number), after=number, urgency=urgency)

    await deliver(minutes=1)
    again_ = await deliver(minutes=2)

    assert mail.box.titles == ["通知2", "通知4", "通知0", "通知1", "通知3"]
    assert again_ == "Messages: nothing was due."


async def test_quiet_hours_hold_a_message_and_nothing_urgent(reached: Cast, mail: Server, deliver: Deliver) -> None:
    night = 13 * 3600.0
    await told(reached, "usual", after=night)
    await told(reached, "urgent", after=night, urgency=Urgency.URGENT)

    await deliver(hours=13, minutes=1)
    assert mail.box.titles == ["通知urgent"]
    await deliver(hours=20, minutes=59)
    assert len(mail.box.got) == 1
    await deliver(hours=21)
    assert mail.box.titles == ["通知urgent", "通知usual"]


async def test_a_digest_is_one_letter_of_all_that_waits_for_one_reader(
    reached: Cast, mail: Server, deliver: Deliver
) -> None:
    me = reached["member"]
    await choose(me, choices=[Chosen(Topic.OFFICE, EMAIL, Mode.DIGEST)], hours=Hours(), channels=[])
    for number in range(3):
        await told(reached, str(number), after=number)
    await told(reached, "now", who="chair")

    await deliver(minutes=1)
    assert mail.box.titles == ["通知now"]
    mail.go()
    assert "not available" in await deliver(days=1)
    await told(reached, "3", after=3600)
    mail.come()
    await deliver(days=2)

    digest, late = mail.box.got[1], mail.box.got[2]
    assert digest["Subject"] == "您有 3 条消息"
    assert [f"通知{number}" in flat(digest) for number in range(4)] == [True, True, True, False]
    assert "通知3" in flat(late)
    assert len(set(mail.box.ids)) == 3


async def test_what_was_late_or_tried_before_leaves_its_reader_in_peace_too(
    reached: Cast, mail: Server, deliver: Deliver
) -> None:
    """It is ten in the morning; quiet hours are from 21 to 7."""
    await told(reached, "late")
    mail.go()
    await deliver(hours=1)
    mail.come()
    assert await deliver(hours=16) == "Messages: nothing was due."
    await deliver(hours=21, minutes=1)

    mail.box.answers[""] = FOR_NOW
    await told(reached, "again", after=34 * 3600)
    await deliver(hours=34, minutes=50)
    mail.box.answers.clear()
    await told(reached, "urgent", after=35 * 3600, urgency=Urgency.URGENT)
    await deliver(hours=35, minutes=10)
    assert mail.box.titles == ["通知late", "通知urgent"]
    await deliver(hours=45, minutes=1)

    assert mail.box.titles == ["通知late", "通知urgent", "通知again"]
    assert await states() == ["sent"] * 3


async def test_what_someone_does_not_want_any_more_does_not_leave_though_it_waited(
    reached: Cast, mail: Server, deliver: Deliver
) -> None:
    await told(reached, "1", topic=Topic.LEARNING)
    await told(reached, "2", topic=Topic.ACCOUNT, after=12 * 3600)
    never = [Chosen(Topic.LEARNING, EMAIL, Mode.NEVER)]
    await choose(reached["member"], choices=never, hours=Hours(), channels=())

    await deliver(days=1, minutes=1)

    assert mail.box.titles == ["通知2"]
    assert (await states(), await Message.all().count()) == (["sent"], 2)


@pytest.mark.parametrize(
    ("address", "state", "to"),
    [
        ("mei@例子.测试", "sent", "mei@xn--fsqu00a.xn--0zwm56d"),
        ("梅@assembly.example.org", "sent", "梅@assembly.example.org"),
        ('"mei member"@assembly.example.org', "bounced", ""),
        ("mei@intranet.local", "sent", "mei@intranet.local"),
        ("mei@assembly.example.org\r\nBcc: all@example.org", "bounced", ""),
        ("mei@assembly.example.org, all@example.org", "bounced", ""),
        ("<mei@assembly.example.org>", "bounced", ""),
        ("mei+a.b_c@assembly.example.org", "sent", "mei+a.b_c@assembly.example.org"),
        ("not an address", "bounced", ""),
    ],
)
async def test_odd_addresses_arrive_or_bounce(
    reached: Cast, mail: Server, deliver: Deliver, address: str, state: str, to: str
) -> None:
    await Person.filter(id=reached.people["member"].id).update(email=address)
    await told(reached, "0")

    await deliver(minutes=1)

    assert await states() == [state]
    assert mail.box.to == ([to] if to else [])


@pytest.mark.parametrize(
    "name",
    ["王·买买提", "Mei\r\nBcc: all@example.org", 'Mei "the" <x@y>, Member', "👩‍⚖️ Mei", "=?utf-8?b?x?=", "ä" * 150],
)
async def test_odd_names_and_titles_make_no_other_header(
    reached: Cast, mail: Server, deliver: Deliver, name: str
) -> None:
    await Person.filter(id=reached.people["member"].id).update(name_zh=name)
    title = both_names(f"{name[:90]}\r\nBcc: all@example.org", "x")
    await tell(system(), topic=Topic.OFFICE, words=title, people=[reached.people["member"].id])

    await deliver(minutes=1)

    (got,) = mail.box.got
    assert mail.box.to == ["member@assembly.example.org"]
    assert got["Bcc"] is None
    assert len(got.get_all("To")) == len(got.get_all("Subject")) == 1
    assert got["To"].addresses[0].addr_spec == "member@assembly.example.org"
    assert "all@example.org" in str(got["Subject"])


async def test_an_address_that_was_taken_away_meanwhile_is_the_offices(
    reached: Cast, mail: Server, deliver: Deliver
) -> None:
    await told(reached, "0")
    await Person.all().update(email="")

    await deliver(minutes=1)

    (row,) = await Delivery.all()
    assert (row.state, row.said) == (DeliveryState.BOUNCED, "There is no e-mail address any more.")


async def test_with_a_password_and_encrypted(reached: Cast, tmp_path: Path) -> None:
    context, authority = tls(tmp_path)
    server = Server(tls_context=context, require_starttls=True, passwords=True)
    try:
        await told(reached, "0")
        wrong = {"LUZHI_SMTP_URL": server.url("office:wrong@", query=f"?ca={authority}")}
        right = {"LUZHI_SMTP_URL": server.url("office:right%2F%40%3A@", query=f"?ca={authority}")}
        strange = {"LUZHI_SMTP_URL": server.url("office:right%2F%40%3A@")}

        refused = await server.deliver(system(), tmp_path, **wrong)
        distrusted = await server.deliver(system(), tmp_path, **strange)
        assert await states() == ["waiting"]
        sent = await server.deliver(system(), tmp_path, **right)
    finally:
        server.go()

    assert "email is not available: " in refused
    assert "wrong" not in refused
    assert "certificate" in distrusted.lower()
    assert sent == "Messages: 1 sent."
    assert (server.box.users, server.box.encrypted) == (["office"], [True])


@pytest.mark.parametrize(
    ("url", "encryption", "port"),
    [
        ("smtp://mail.example.org", "starttls", 587),
        ("smtp://mail.example.org:25?plain=yes", "where offered", 25),
        ("smtp://127.0.0.1", "where offered", 587),
        ("smtps://mail.example.org", "tls", 465),
    ],
)
def test_beyond_this_machine_nothing_goes_without_encryption_unless_said(url: str, encryption: str, port: int) -> None:
    given = Settings.from_environment(
        {"LUZHI_SMTP_URL": url, "LUZHI_SMTP_SENDER": SENDER, "LUZHI_SECRET_KEY": "k" * 32}
    )

    assert given.mail
    assert (given.mail.encryption, given.mail.port) == (encryption, port)


async def test_an_account_that_is_nobodys_has_no_address_outside_and_the_office_is_told(
    reached: Cast, mail: Server, tmp_path: Path
) -> None:
    office = make.viewer(account=(await make.account("office")).id, roles=reached["secretary"].roles)
    by_sms = [Chosen(Topic.OFFICE, "sms", Mode.NOW)]
    await choose(office, choices=by_sms, hours=Hours(), channels=["sms"])
    await tell(system(), **words("1"), accounts=[office.account])

    channels = {"LUZHI_CHANNELS": "sms=json://127.0.0.1:9/{phone}"}
    await mail.deliver(system(dt.timedelta(minutes=1)), tmp_path, **channels)

    assert (await states(), (await Delivery.get()).said) == (["bounced"], "The register knows no phone.")
