"""Inviting some of them again: by how far they are, by the way of their last invitation, and whose e-mail came back."""

import datetime as dt
from dataclasses import replace

import httpx
import pytest

from server.models.accounts import Invitation, InvitationChannel
from server.models.members import Person
from server.models.messages import Delivery
from server.rules.invitations import LIFE, InviteeStanding
from server.rules.messages import DeliveryState
from server.schema import Asking, ask, formatted
from tests import make
from tests.cast import Cast
from tests.invitations.ways import invite
from tests.web.visitors import SignIn

CHECK = """query Check($standing: InviteeStanding, $lastChannel: InvitationChannel, $undelivered: Boolean! = false
  $again: Boolean! = false, $sector: ID, $channel: InvitationChannel! = LETTER) {
  invitationCheck(standing: $standing, lastChannel: $lastChannel, undelivered: $undelivered, again: $again
    sector: $sector, channel: $channel) {
    count replacing undelivered leftOut { standing count } lines { person { name } replaces undelivered } }
  invitees(standing: $standing, lastChannel: $lastChannel, undelivered: $undelivered, sector: $sector) {
    totalCount edges { node { person { name } undelivered } } } }"""
AGAIN = """mutation Again($undelivered: Boolean! = false, $standing: InviteeStanding
  $channel: InvitationChannel! = LETTER) {
  invitationIssueMany(undelivered: $undelivered, standing: $standing, channel: $channel) {
    ... on InvitationsIssued { count letters { name } } ... on Problems { problems { code } } } }"""
MEI, LIN, KANG, WEN = "Mei Member", "Lin Leader", "Kang Convener", "Wen Chair"


async def asked(cast: Cast, text: str, **variables: object) -> dict:
    """As the secretary of a house with a mail server."""
    asking = Asking(cast["secretary"], ways=("email",), secret="the secret of the house, for the tests")
    return formatted(await ask(text, variables, asking, None), asking)["data"]


async def scattered(cast: Cast) -> None:
    """Mei's e-mail came back, Lin's is on its way, Kang's letter holds, and Wen was never invited: since yesterday."""
    secretary = replace(cast["secretary"], now=make.NOW - dt.timedelta(days=1))
    for name in ("member", "leader"):
        await Person.filter(id=cast.people[name].id).update(email=f"{name}@assembly.example.org")
        await invite(secretary, cast.people[name], channel=InvitationChannel.EMAIL)
    await invite(secretary, cast.people["convener"])
    await bounced(cast)


async def bounced(cast: Cast, state: DeliveryState = DeliveryState.BOUNCED) -> None:
    await Delivery.filter(person_id=cast.people["member"].id).update(state=state)


def names(found: dict) -> list[str]:
    return [line["person"]["name"] for line in found["invitationCheck"]["lines"]]


@pytest.mark.parametrize(
    ("given", "who"),
    [
        ({}, [MEI, WEN]),
        ({"again": True}, [KANG, LIN, MEI, WEN]),
        ({"undelivered": True}, [MEI]),
        ({"lastChannel": "EMAIL"}, [MEI]),
        ({"lastChannel": "EMAIL", "again": True}, [LIN, MEI]),
        ({"lastChannel": "LETTER", "again": True}, [KANG]),
        ({"lastChannel": "LETTER"}, []),
        ({"standing": "NOT_INVITED"}, [WEN]),
        ({"standing": "INVITED", "again": True}, [KANG, LIN, MEI]),
        ({"undelivered": True, "channel": "EMAIL"}, [MEI]),
        ({"undelivered": True, "sector": "other"}, []),
    ],
)
async def test_who_is_meant_is_seen_before_anything_is_sent(everyone: Cast, given: dict, who: list[str]) -> None:
    await scattered(everyone)
    if "sector" in given:
        given = {**given, "sector": f"bod_{(await make.body(kind=everyone.sector.kind)).id}"}
    before = await Invitation.all().count()

    found = await asked(everyone, CHECK, **given)

    assert names(found) == who
    assert found["invitationCheck"]["count"] == len(who)
    assert found["invitationCheck"]["undelivered"] == (MEI in who)
    assert await Invitation.all().count() == before


async def test_the_list_and_the_check_tell_whose_e_mail_came_back(everyone: Cast) -> None:
    await scattered(everyone)

    found = await asked(everyone, CHECK, undelivered=True)
    whole = await asked(everyone, CHECK, again=True)

    assert [edge["node"] for edge in found["invitees"]["edges"]] == [{"person": {"name": MEI}, "undelivered": True}]
    assert whole["invitees"]["totalCount"] == 4
    assert whole["invitationCheck"]["replacing"] == 2
    lines = {
        line["person"]["name"]: (line["replaces"], line["undelivered"]) for line in whole["invitationCheck"]["lines"]
    }
    assert lines == {MEI: (False, True), LIN: (True, False), KANG: (True, False), WEN: (False, False)}


async def test_those_whose_e_mail_came_back_are_invited_anew_once_and_nobody_else(everyone: Cast) -> None:
    await scattered(everyone)

    first, second = [(await asked(everyone, AGAIN, undelivered=True))["invitationIssueMany"] for _ in range(2)]

    assert (first["count"], [letter["name"] for letter in first["letters"]]) == (1, [MEI])
    assert second == {"count": 0, "letters": []}
    ended = await Invitation.filter(ended_at__isnull=False).values_list("account__name", flat=True)
    assert ended == ["member"]
    assert await Invitation.all().count() == 4


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        (DeliveryState.BOUNCED, True),
        (DeliveryState.GIVEN_UP, True),
        (DeliveryState.FAILED, False),
        (DeliveryState.WAITING, False),
        (DeliveryState.SENT, False),
    ],
)
async def test_only_what_is_tried_no_more_did_not_arrive(everyone: Cast, state: DeliveryState, counts: bool) -> None:
    await scattered(everyone)
    await bounced(everyone, state)

    assert (await asked(everyone, CHECK, undelivered=True))["invitees"]["totalCount"] == counts


async def test_the_lapsed_alone_are_sent_again_by_e_mail(everyone: Cast) -> None:
    await scattered(everyone)
    await Invitation.filter(account__name="leader").update(expires_at=make.NOW - LIFE)

    done = (await asked(everyone, AGAIN, standing="LAPSED", channel="EMAIL"))["invitationIssueMany"]

    assert done == {"count": 1, "letters": []}
    assert await Delivery.filter(person_id=everyone.people["leader"].id).count() == 2
    assert await Delivery.all().count() == 3


async def check(browser: httpx.AsyncClient, address: str) -> str:
    answer = await browser.get(address)
    assert answer.status_code == 200
    return answer.text


async def test_what_the_list_is_narrowed_to_is_what_is_sent(sign_in: SignIn, everyone: Cast) -> None:
    await scattered(everyone)
    office = await sign_in("secretary")

    listed = await check(office, "/invitations?undelivered=true")
    letters = await check(office, "/invitations/letters?undelivered=true")
    done = await office.post("/invitations/letters?undelivered=true", data={"undelivered": "true"})

    assert [name in listed for name in (MEI, LIN, KANG)] == [True, False, False]
    assert 'href="/invitations/letters?undelivered=true"' in listed
    assert [name in letters for name in (MEI, LIN, KANG, WEN)] == [True, False, False, False]
    assert 'name="undelivered" value="true"' in letters
    assert ("Dear Mei Member," in done.text, done.text.count('<article class="letter"')) == (True, 1)


async def test_from_those_whose_invitation_holds_the_way_leads_to_new_ones(sign_in: SignIn, everyone: Cast) -> None:
    await scattered(everyone)
    expires = {"expires_at": make.NOW.replace(year=2040)}
    await Invitation.all().update(**expires)
    office = await sign_in("secretary")

    listed = await check(office, f"/invitations?standing={InviteeStanding.INVITED.name}")

    assert "/invitations/letters?standing=INVITED&amp;again=true" in listed
    letters = await check(office, "/invitations/letters?standing=INVITED&again=true")
    assert [name in letters for name in (MEI, LIN, KANG, WEN)] == [True, True, True, False]
