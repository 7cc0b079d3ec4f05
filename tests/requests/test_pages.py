"""Requests by a browser without script: sent by a member, decided by staff, read by the member."""

import re

from server.models.audit import AuditEntry
from server.models.members import Person
from server.models.requests import Request
from tests.cast import Cast
from tests.web.visitors import Asks, SignIn


async def sent(sign_in: SignIn, **typed: str) -> str:
    """The address of the request that the member sends."""
    member = await sign_in("member")
    answer = await member.post("/me/requests", data={"field": "PHONE", "wanted": "010-8888", "words": ""} | typed)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/me/requests")
    page = await member.get("/me/requests")
    return re.findall(r'href="(/requests/req_[^"]+)"', page.text)[0]


async def test_a_member_asks_and_reads_that_it_was_done(sign_in: SignIn, everyone: Cast) -> None:
    address = await sent(sign_in)
    office, member = await sign_in("secretary"), await sign_in("member")

    listed, shown = await office.get("/requests"), await office.get(address)
    done = await office.post(f"{address}/accept", data={"answer": "Thank you."})
    read = await member.get(address)

    assert address in listed.text
    assert "010-8888" in shown.text
    assert done.status_code == 303
    assert ("done" in read.text, "Thank you." in read.text, "/accept" in read.text) == (True, True, False)
    assert (await Person.get(id=everyone.people["member"].id)).phone == "010-8888"


async def test_a_member_reads_why_it_was_declined(sign_in: SignIn, everyone: Cast) -> None:
    address = await sent(sign_in, field="OTHER", wanted="", words="My unit has another name.")
    office, member = await sign_in("secretary"), await sign_in("member")

    without = await office.post(f"{address}/decline", data={"reason": ""})
    await office.post(f"{address}/decline", data={"reason": "It is the old name until spring."})

    assert (without.status_code, 'href="#reason"' in without.text) == (422, True)
    assert "It is the old name until spring." in (await member.get("/me/requests")).text


async def test_what_was_typed_stays_beside_its_problem(sign_in: SignIn, everyone: Cast) -> None:
    member = await sign_in("member")

    answer = await member.post("/me/requests", data={"field": "BIRTH_DATE", "wanted": "in spring", "words": "so"})

    assert (answer.status_code, 'value="in spring"' in answer.text, 'id="wanted-problem"' in answer.text) == (
        422,
        True,
        True,
    )


async def test_another_member_finds_nothing_there(sign_in: SignIn, everyone: Cast) -> None:
    address = await sent(sign_in)
    leader = await sign_in("leader")

    assert (await leader.get(address)).status_code == 404
    assert (await leader.post(f"{address}/accept", data={})).status_code == 403
    assert (await leader.post(f"{address}/withdraw")).status_code == 404
    assert (await leader.get("/requests")).status_code == 403
    assert (await Request.get()).state.value == "open"


async def test_a_member_withdraws_what_waits(sign_in: SignIn, everyone: Cast) -> None:
    address = await sent(sign_in)
    member = await sign_in("member")

    assert (await member.post(f"{address}/withdraw")).status_code == 303
    assert "withdrawn" in (await member.get(address)).text


async def test_reading_a_guarded_field_in_a_request_is_logged_like_reading_the_file(ask: Asks, everyone: Cast) -> None:
    send = 'mutation { requestSend(field: PHONE, wanted: "7") { ... on RequestPayload { request { id wanted } } } }'
    read = "{ requests(first: 9) { edges { node { wanted words } } } }"
    await ask("member", send)
    before = await AuditEntry.filter(action="members.read_file").count()

    answer = await ask("secretary", read)

    assert answer["data"]["requests"]["edges"][0]["node"]["wanted"] == "7"
    entry = await AuditEntry.get(action="members.read_file")
    assert (before, entry.object) == (0, f"per_{everyone.people['member'].id}")
