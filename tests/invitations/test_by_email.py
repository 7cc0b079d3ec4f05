"""Ways in that leave by e-mail: to whom, with what link, and a forgotten password that is answered alike for all."""

import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from server.errors import Invalid, Limited, Refused
from server.models import invitations
from server.models.accounts import Account, ForgottenPassword, Invitation, InvitationChannel, role_grant
from server.models.audit import AuditEntry, verify
from server.models.invitations import answer_forgotten
from server.models.members import Person
from server.models.messages import Delivery, Message, choose
from server.models.messages.choosing import Chosen
from server.rules.invitations import FORGOTTEN_PER_ADDRESS
from server.rules.messages import DeliveryState, Hours, Mode, Topic
from server.rules.permissions import Role
from tests import make
from tests.accounts.door import CHEAP
from tests.cast import Cast
from tests.invitations.ways import KEY, NEW, browser, by_code, code_of, invite, issue
from tests.messages.conftest import system
from tests.messages.post import Server, flat
from tests.web.visitors import SignIn, Visitors

EMAIL = InvitationChannel.EMAIL
LINK = re.compile(r"https://luzhi\.example\.org/invitation/([\w-]{32})(?![\w-])")
Leave = Callable[..., Awaitable[list[str]]]


@pytest.fixture
def mail() -> Iterator[Server]:
    """A mail server that takes everything."""
    server = Server()
    yield server
    server.go()


@pytest.fixture
async def known(everyone: Cast) -> Cast:
    """The cast, of whom all but the convener have an e-mail address."""
    for name, person in everyone.people.items():
        await Person.filter(id=person.id).update(email="" if name == "convener" else f"{name}@assembly.example.org")
    return everyone


@pytest.fixture
def leave(mail: Server, tmp_path: Path) -> Leave:
    """`await leave(minutes=1)`: a round of the worker; the secrets in all letters so far, a line of each letter."""

    async def round_(**after: float) -> list[str]:
        await mail.deliver(system(timedelta(**after)), tmp_path, LUZHI_SECRET_KEY=KEY)
        return ["+".join(sorted(set(LINK.findall(flat(letter))))) for letter in mail.box.got]

    return round_


@pytest.fixture
def posting(visitors: Visitors, mail: Server, tmp_path: Path) -> None:
    """The application has a mail server."""
    visitors.app.state.settings = replace(visitors.app.state.settings, mail=mail.settings(tmp_path).mail)


async def enter(secret: str) -> str:
    shown = invitations.Shown(secret=secret)
    return (await invitations.enter(shown, NEW, browser(60), key=KEY, cost=CHEAP)).viewer.name


async def test_the_link_in_the_letter_lets_its_person_in_and_stands_nowhere_else(
    known: Cast, mail: Server, leave: Leave
) -> None:
    (one,) = await invite(known["secretary"], known.people["member"], channel=EMAIL)

    (secret,) = await leave(minutes=1)

    rows = [*await Message.all(), *await Delivery.all(), *await Invitation.all(), *await AuditEntry.all()]
    assert secret == one.issued.made.secret
    assert not any(secret in str(value) for row in rows for value in vars(row).values())
    assert mail.box.to == ["member@assembly.example.org"]
    assert "member" in flat(mail.box.got[0])
    assert one.issued.made.code not in flat(mail.box.got[0])
    assert await enter(secret) == "member"
    assert (await Message.get()).read_at is not None
    assert (await verify()).ok


async def test_a_letter_that_is_tried_again_says_the_same_link(known: Cast, mail: Server, leave: Leave) -> None:
    await invite(known["secretary"], known.people["member"], channel=EMAIL)
    first = await leave(minutes=1)
    await Delivery.all().update(state=DeliveryState.WAITING, done_at=None)

    assert await leave(minutes=2) == [*first, *first]
    assert len(set(mail.box.ids)) == 1


async def test_who_wants_no_other_messages_gets_this_one(known: Cast, mail: Server, leave: Leave) -> None:
    never = [Chosen(Topic.ACCOUNT, "email", Mode.NEVER)]
    await choose(known["member"], choices=never, hours=Hours(), channels=())
    await invite(known["secretary"], known.people["member"], channel=EMAIL)

    assert len(await leave(minutes=1)) == 1


async def test_a_way_in_that_ended_before_its_letter_left_does_not_leave(
    known: Cast, mail: Server, leave: Leave
) -> None:
    await invite(known["secretary"], known.people["member"], channel=EMAIL)
    await issue(known["secretary"], known.accounts["member"])

    assert await leave(minutes=1) == []
    delivery = await Delivery.get()
    assert (delivery.state, "does not hold any more" in delivery.said) == (DeliveryState.BOUNCED, True)


async def test_another_key_of_the_house_sends_no_dead_links(known: Cast, mail: Server, leave: Leave) -> None:
    await invite(known["secretary"], known.people["member"], channel=EMAIL, key="the key before")

    assert await leave(minutes=1) == []
    assert (await Delivery.get()).state is DeliveryState.BOUNCED


async def test_who_has_no_address_is_left_out_in_bulk_and_told_of_alone(known: Cast) -> None:
    convener = known.people["convener"]

    invited = await invite(known["secretary"], convener, known.people["member"], channel=EMAIL)

    assert [one.issued.account.name for one in invited] == ["member"]
    with pytest.raises(Invalid) as missing:
        await issue(known["secretary"], known.accounts["convener"], EMAIL)
    assert missing.value.problems[0].code == "NO_ADDRESS"


@pytest.mark.parametrize("name", ["admin", "auditor", "custodian"])
async def test_no_keeper_of_addresses_has_the_way_into_a_greater_account_sent_to_theirs(known: Cast, name: str) -> None:
    holder = known.accounts[name]
    if holder.person_id is None:
        person = await make.person(name)
        await Account.filter(id=holder.id).update(person_id=person.id)
        await Person.filter(id=person.id).update(email="elsewhere@example.org")
    other = replace(known["admin"], account=make.some_id())

    with pytest.raises(Refused) as refusal:
        await issue(other, holder, EMAIL)

    assert refusal.value.problems[0].code == "BEYOND_MAIL"


async def test_a_letter_ends_when_its_account_comes_to_may_more(known: Cast, mail: Server, leave: Leave) -> None:
    holder = known.accounts["member"]
    await invitations.invitation_issue(known["admin"], account=holder.id, channel=EMAIL, key=KEY)
    (secret,) = await leave(minutes=1)

    await role_grant(known["admin"], account=holder.id, role=Role.AUDITOR)

    with pytest.raises(Invalid):
        await enter(secret)


# a forgotten password


@pytest.mark.parametrize("typed", ["member", " Member ", "member@assembly.example.org", "MEMBER@ASSEMBLY.EXAMPLE.ORG"])
async def test_who_has_forgotten_gets_a_link_by_any_of_their_names(
    known: Cast, mail: Server, leave: Leave, typed: str
) -> None:
    await invitations.forgot(typed, browser())

    done = await answer_forgotten(system(), key=KEY)
    (secret,) = await leave(minutes=1)

    assert done == (1, 1)
    assert await answer_forgotten(system(), key=KEY) == (0, 0)
    assert await enter(secret) == "member"
    assert mail.box.to == ["member@assembly.example.org"]


@pytest.mark.parametrize("typed", ["nobody", "convener", "admin", "auditor", "ａ\x00b", "'; --"])
async def test_whom_nothing_reaches_or_may_not_by_mail_gets_nothing(known: Cast, mail: Server, typed: str) -> None:
    await invitations.forgot(typed, browser())

    assert await answer_forgotten(system(), key=KEY) == (1, 0)
    assert (await Invitation.all().count(), await Message.all().count()) == (0, 0)


async def test_a_disabled_account_stays_shut(known: Cast, mail: Server) -> None:
    await Account.filter(name="member").update(active=False)
    await invitations.forgot("member", browser())

    assert await answer_forgotten(system(), key=KEY) == (1, 0)


async def test_a_stranger_who_says_so_ends_nothing_and_floods_nobody(known: Cast, mail: Server, leave: Leave) -> None:
    letter = await issue(known["secretary"], known.accounts["member"], InvitationChannel.LETTER)
    issued = await Invitation.get()

    for second in range(4):
        await invitations.forgot("member", browser(second))
        await answer_forgotten(system(timedelta(seconds=second)), key=KEY)

    assert await Message.all().count() == 1
    assert (await Invitation.get()).id == issued.id
    assert (await by_code("member", code_of(letter))).viewer.name == "member"


async def test_an_hour_later_it_is_sent_again(known: Cast, mail: Server, leave: Leave) -> None:
    for hour in range(2):
        await invitations.forgot("member", browser(hour * 3601))
        await answer_forgotten(system(timedelta(seconds=hour * 3601)), key=KEY)

    secrets = await leave(hours=2)

    assert len(secrets) == 2
    assert len(set(secrets)) == 1


async def test_one_address_asks_so_often_and_others_go_on(known: Cast) -> None:
    for number in range(FORGOTTEN_PER_ADDRESS):
        await invitations.forgot(f"name {number}", browser())

    with pytest.raises(Limited):
        await invitations.forgot("member", browser())
    await invitations.forgot("member", browser(address="198.51.100.7"))
    await invitations.forgot("member", browser(901))
    assert await ForgottenPassword.all().count() == FORGOTTEN_PER_ADDRESS + 2


async def test_questions_are_forgotten_when_they_count_no_more(known: Cast, mail: Server) -> None:
    await invitations.forgot("nobody", browser())
    await answer_forgotten(system(), key=KEY)
    assert await ForgottenPassword.all().count() == 1

    await answer_forgotten(system(timedelta(minutes=16)), key=KEY)

    assert await ForgottenPassword.all().count() == 0


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_page_says_the_same_for_every_name(
    client: httpx.AsyncClient, known: Cast, posting: None, language: str
) -> None:
    client.headers["Accept-Language"] = language
    form = await client.get("/forgotten")
    answers = [await client.post("/forgotten", data={"name": name}) for name in ("member", "nobody", "admin")]
    empty = await client.post("/forgotten", data={"name": " "})

    assert 'name="name"' in form.text
    assert [answer.status_code for answer in answers] == [200] * 3
    assert len({re.sub(r"[0-9a-f]{32}|\d+ ms", "", answer.text) for answer in answers}) == 1
    assert (empty.status_code, 'name="name"' in empty.text) == (422, True)
    assert await ForgottenPassword.all().count() == 3


async def test_without_a_mail_server_the_page_sends_to_the_desk(client: httpx.AsyncClient, known: Cast) -> None:
    form = await client.get("/forgotten")
    posted = await client.post("/forgotten", data={"name": "member"})

    assert ('name="name"' in form.text, posted.status_code) == (False, 200)
    assert await ForgottenPassword.all().count() == 0


async def test_the_office_chooses_e_mail_for_many_and_for_one(sign_in: SignIn, known: Cast, posting: None) -> None:
    office = await sign_in("secretary")
    member, convener = (f"per_{known.people[name].id}" for name in ("member", "convener"))

    check = await office.get(f"/invitations/letters?people={member}&people={convener}&channel=EMAIL")
    sent = await office.post(
        f"/invitations/letters?people={member}&people={convener}&channel=EMAIL",
        data={"people": [member, convener], "channel": "EMAIL"},
    )
    one = await office.post(f"/invitations/people/{member}", data={"channel": "EMAIL"})
    none = await office.post(f"/invitations/people/{convener}", data={"channel": "EMAIL"})

    assert (check.status_code, 'value="EMAIL" selected' in check.text) == (200, True)
    link = re.findall(r'class="button" href="([^"]+)">Deliveries<', sent.text)[0]
    assert (sent.status_code, (await office.get(link)).status_code) == (200, 200)
    assert (one.status_code, none.status_code) == (200, 422)
    assert "/invitation/" not in sent.text + one.text
    assert await Delivery.filter(person_id=known.people["member"].id).count() == 2


async def test_what_leaves_by_e_mail_is_no_pdf_and_the_page_says_where_it_is(
    sign_in: SignIn, known: Cast, posting: None
) -> None:
    office = await sign_in("secretary")
    member = f"per_{known.people['member'].id}"
    address = f"/invitations/letters?people={member}"

    offered = [
        "/paper/invitations" in (await office.get(f"{address}&channel={channel}")).text
        for channel in ("LETTER", "EMAIL")
    ]
    sent = await office.post(f"/paper{address}&channel=EMAIL", data={"people": member, "channel": "EMAIL"})

    assert offered == [True, False]
    assert (sent.status_code, "/deliveries" in sent.text, "<article" in sent.text) == (200, True, False)


async def test_without_a_mail_server_nothing_is_begun(sign_in: SignIn, known: Cast) -> None:
    office = await sign_in("secretary")

    answer = await office.post(f"/invitations/people/per_{known.people['member'].id}", data={"channel": "EMAIL"})

    assert answer.status_code == 422
    assert await Invitation.all().count() == 0


async def test_a_program_gets_no_link_of_what_left(sign_in: SignIn, known: Cast, posting: None) -> None:
    text = """mutation($person: ID!) { invitationIssue(person: $person, channel: EMAIL) {
        __typename ... on InvitationIssued { letter { link } } } }"""
    office = await sign_in("secretary")
    asked = {"query": text, "variables": {"person": f"per_{known.people['member'].id}"}}

    answer = await office.post("/graphql", json=asked, headers={"Sec-Fetch-Site": "same-origin"})

    assert answer.json()["data"] == {"invitationIssue": {"__typename": "InvitationIssued", "letter": None}}


async def test_who_has_a_password_is_told_of_a_new_one(known: Cast, mail: Server, leave: Leave) -> None:
    await Account.filter(name="member").update(password_hash="x")
    await issue(known["secretary"], await Account.get(name="member"), EMAIL)

    await leave(minutes=1)

    assert mail.box.titles == ["为委员履职平台账号设置新密码"]
    assert "The old one works until then" in flat(mail.box.got[0])
