"""What a subscription sends, to whom, and when it sends no more: on both databases, without a network between."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from starlette.applications import Starlette

from server.models.accounts import account_disable, role_end, sign_out, token_issue, token_revoke
from server.models.accounts.tables import RoleAssignment, Session
from server.models.audit import AuditEntry
from server.models.bodies import change_body
from server.models.bodies.tables import BodyKind, BodyMembership
from server.models.documents import grant_end
from server.models.members import change_person, create_person
from server.models.messages import Audience, draft, send
from server.rules.documents import GrantState
from server.schema import sockets
from server.viewer import Viewer
from tests import make
from tests.cast import Cast
from tests.documents import giving
from tests.sockets.wire import Wire
from tests.web.test_statements import Statements
from tests.web.visitors import open_session

CHANGED = "subscription($ids: [ID!]) { changed(ids: $ids) { id node { ... on Person { education } } } }"
BODIES = "subscription { changed(collections: [BODIES]) { id node { ... on Body { name } } } }"
ME = "subscription { viewer { name roles { role } } }"
ACK = {"type": "connection_ack"}

Connect = Callable[..., Any]


def now(viewer: Viewer) -> Viewer:
    """The same, at this moment, as everyone who comes by a socket."""
    return replace(viewer, now=dt.datetime.now(dt.UTC))


@pytest.fixture
def connect(app: Starlette, everyone: Cast) -> Connect:
    """`async with await connect("member") as wire:`, with a session of that account."""

    async def opened(name: str, **headers: str) -> Wire:
        return Wire(app, cookie=await open_session(everyone.accounts[name]), **headers)

    return opened


async def test_the_number_of_unread_messages_is_sent_when_one_comes(connect: Connect, everyone: Cast) -> None:
    async with await connect("convener") as wire:
        assert await wire.begin() == ACK
        wire.ask("subscription { viewer { unreadMessages } }")
        assert await wire.data() == {"viewer": {"unreadMessages": 0}}

        kang = everyone.people["convener"].id
        row = await draft(everyone["secretary"], audience=Audience((kang,)), title_zh="会议", title_en="Meeting")
        await send(everyone["secretary"], mailing=row.id)

        assert await wire.data() == {"viewer": {"unreadMessages": 1}}


async def test_a_change_is_sent_with_the_thing_as_it_is_then(connect: Connect, everyone: Cast) -> None:
    person, other = everyone.people["member"].id, everyone.people["leader"].id
    async with await connect("convener") as wire:
        assert await wire.begin() == ACK
        wire.ask(CHANGED, ids=[f"per_{person}"])
        await settled(wire)

        await change_person(everyone["secretary"], other, education="of no interest")
        await change_person(everyone["secretary"], person, education="night school")

        assert await wire.data() == {"changed": {"id": f"per_{person}", "node": {"education": "night school"}}}


async def settled(wire: Wire) -> None:
    """Until what was subscribed before is waited for: what is asked later is answered later."""
    wire.ask(ME, "settled")
    assert (await wire.data())["viewer"]["name"]
    wire.say("complete", id="settled")


async def test_what_hangs_on_a_thing_counts_as_its_change(connect: Connect, everyone: Cast) -> None:
    from server.models.learning.places import remove_member

    person, group = everyone.people["member"].id, everyone.group.id
    async with await connect("secretary") as wire:
        await wire.begin()
        wire.ask("subscription($ids: [ID!]) { changed(ids: $ids) { id } }", ids=[f"per_{person}", f"bod_{group}"])
        await settled(wire)

        await remove_member(everyone["secretary"], group, person, on=make.TODAY, reason="moved away")

        found = {(await wire.data())["changed"]["id"] for _ in range(2)}
        assert found == {f"per_{person}", f"bod_{group}"}


async def test_nothing_of_what_one_may_not_see_is_ever_sent(connect: Connect, everyone: Cast) -> None:
    hidden = await make.body(BodyKind.SPECIAL_COMMITTEE, "Hidden", sensitive=True)
    async with await connect("secretary") as office, await connect("member") as member:
        for wire in (office, member):
            await wire.begin()
            wire.ask(BODIES, "list")
            wire.ask("subscription($ids: [ID!]) { changed(ids: $ids) { id } }", "named", ids=[f"bod_{hidden.id}"])
            await settled(wire)

        await change_body(everyone["secretary"], hidden.id, name_en="Still hidden")
        heard = [await office.hear() for _ in range(2)]
        assert {message["id"] for message in heard} == {"list", "named"}
        assert {message["payload"]["data"]["changed"]["id"] for message in heard} == {f"bod_{hidden.id}"}

        await change_body(everyone["secretary"], everyone.sector.id, name_en="Letters")
        assert (await office.data())["changed"]["node"] == {"name": "Letters"}
        message = await member.hear()
        assert message["id"] == "list"
        assert message["payload"]["data"]["changed"]["node"] == {"name": "Letters"}


async def test_what_is_hidden_while_one_waits_is_null_once_and_then_nothing(connect: Connect, everyone: Cast) -> None:
    body, other = await make.body(BodyKind.SPECIAL_COMMITTEE, "Open"), everyone.sector
    async with await connect("member") as wire:
        await wire.begin()
        wire.ask(
            "subscription($ids: [ID!]) { changed(ids: $ids) { id node { id } } }",
            ids=[f"bod_{body.id}", f"bod_{other.id}"],
        )
        await change_body(everyone["secretary"], body.id, name_en="Still open")  # once heard, it was seen
        assert (await wire.data())["changed"]["node"]

        await change_body(everyone["secretary"], body.id, sensitive=True)
        assert await wire.data() == {"changed": {"id": f"bod_{body.id}", "node": None}}

        await change_body(everyone["secretary"], body.id, name_en="Nobody's business")
        await change_body(everyone["secretary"], other.id, name_en="Letters")
        assert (await wire.data())["changed"]["id"] == f"bod_{other.id}"


async def test_a_list_tells_of_what_is_new(connect: Connect, everyone: Cast) -> None:
    async with await connect("member") as wire:
        await wire.begin()
        wire.ask("subscription { changed(collections: [PEOPLE]) { id node { ... on Person { name } } } }")
        await settled(wire)

        person = await create_person(everyone["secretary"], name_en="New Comer")

        assert await wire.data() == {"changed": {"id": f"per_{person.id}", "node": {"name": "New Comer"}}}


async def test_a_document_comes_with_its_grant_and_goes_with_it(connect: Connect, everyone: Cast) -> None:
    row, other = await giving.document(everyone), await giving.document(everyone)
    told = "subscription($ids: [ID!], $of: [Collection!]) { changed(ids: $ids, collections: $of) { id node { id } } }"
    async with await connect("member") as wire:
        await wire.begin()
        for name, asked in (("named", {"ids": [f"doc_{row.id}"]}), ("listed", {"of": ["DOCUMENTS"]})):
            wire.ask(told, name, **asked)
            await settled(wire)

        (grant,) = await giving.given(everyone, row, valid_until=make.NOW.replace(year=2040))
        came = [await wire.data() for _ in range(2)]
        await grant_end(everyone["custodian"], grants=[grant.id], to=GrantState.REVOKED, reason="over")
        gone = [await wire.data() for _ in range(2)]

    thing = f"doc_{row.id}"
    assert came == [{"changed": {"id": thing, "node": {"id": thing}}}] * 2
    assert gone == [{"changed": {"id": thing, "node": None}}] * 2
    assert other.id != row.id


async def test_a_grant_that_ends_by_itself_is_told_though_nothing_happens(
    connect: Connect, everyone: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "LOOK_S", 0.5)
    row = await giving.document(everyone)
    async with await connect("member") as wire:
        await wire.begin()
        wire.ask("subscription($ids: [ID!]) { changed(ids: $ids) { node { id } } }", ids=[f"doc_{row.id}"])
        await settled(wire)

        soon = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=8)
        await giving.given(everyone, row, valid_until=soon)
        assert await wire.data() == {"changed": {"node": {"id": f"doc_{row.id}"}}}
        assert await wire.data() == {"changed": {"node": None}}

    assert dt.datetime.now(dt.UTC) >= soon


async def test_a_permission_that_is_revoked_ends_what_is_sent_at_once(connect: Connect, everyone: Cast) -> None:
    """The auditor may see the register by that role alone."""
    held = await RoleAssignment.get(account=everyone.accounts["auditor"])
    async with await connect("auditor") as wire:
        await wire.begin()
        wire.ask(BODIES, "list")
        await settled(wire)

        await role_end(now(everyone["admin"]), assignment=held.id)
        await change_body(everyone["secretary"], everyone.sector.id, name_en="Letters")

        message = await wire.hear()
        assert (message["id"], message["type"]) == ("list", "error")
        assert message["payload"][0]["extensions"]["code"] == "ROLE"


async def test_what_is_read_of_me_comes_at_once_and_again_when_it_differs(connect: Connect, everyone: Cast) -> None:
    held = await RoleAssignment.get(account=everyone.accounts["auditor"])
    async with await connect("auditor") as wire:
        await wire.begin()
        wire.ask(ME)
        assert (await wire.data())["viewer"]["roles"] == [{"role": "AUDITOR"}]

        await change_person(everyone["secretary"], everyone.people["member"].id, education="of no interest")
        await role_end(now(everyone["admin"]), assignment=held.id)

        assert (await wire.data())["viewer"]["roles"] == []


@pytest.mark.parametrize("ending", ["session", "account"])
async def test_a_session_that_ends_ends_its_socket(app: Starlette, everyone: Cast, ending: str) -> None:
    account = everyone.accounts["member"]
    async with Wire(app, cookie=await open_session(account)) as wire:
        assert await wire.begin() == ACK

        if ending == "session":
            session = await Session.get(account=account)
            await sign_out(replace(now(everyone["member"]), session=session.id))
        else:
            await account_disable(now(everyone["admin"]), account=account.id)

        assert await wire.hear() == 4401


async def test_a_token_that_is_revoked_ends_its_socket(app: Starlette, everyone: Cast) -> None:
    issued = await token_issue(now(everyone["secretary"]), name="mirror", scopes=["members:read"], days=1)
    async with Wire(app) as wire:
        assert await wire.begin(Authorization=f"Bearer {issued.token}") == ACK

        await token_revoke(now(everyone["secretary"]), token=issued.id)

        assert await wire.hear() == 4401


async def test_a_session_that_ends_by_itself_ends_its_socket_though_nothing_happens(
    app: Starlette, everyone: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "LOOK_S", 0.02)
    async with Wire(app, cookie=await open_session(everyone.accounts["member"])) as wire:
        assert await wire.begin() == ACK

        await Session.all().update(expires_at=dt.datetime.now(dt.UTC))

        assert await wire.hear() == 4401


async def test_waiting_is_no_use_of_a_session(connect: Connect, everyone: Cast) -> None:
    async with await connect("member") as wire:
        await wire.begin()
        wire.ask(BODIES)
        await settled(wire)
        long_ago = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
        await Session.all().update(last_seen_at=long_ago)

        await change_body(everyone["secretary"], everyone.sector.id, name_en="Letters")
        await wire.data()

        assert (await Session.get(account=everyone.accounts["member"])).last_seen_at == long_ago


async def test_reading_the_file_of_another_by_a_subscription_is_logged_each_time(
    connect: Connect, everyone: Cast
) -> None:
    person = everyone.people["member"].id
    async with await connect("secretary") as wire:
        await wire.begin()
        wire.ask(
            "subscription($ids: [ID!]) { changed(ids: $ids) { node { ... on Person { phone } } } }",
            ids=[f"per_{person}"],
        )
        await settled(wire)

        for phone in ("1", "2"):
            await change_person(everyone["secretary"], person, phone=phone)
            assert (await wire.data())["changed"]["node"] == {"phone": phone}

    assert await AuditEntry.filter(action="members.read_file", object=f"per_{person}").count() == 2


async def test_each_moment_is_read_in_as_few_statements_as_a_query(
    connect: Connect, everyone: Cast, statements: Statements
) -> None:
    """Which of the things are there for whom, and the answer with who asks beside it."""
    person = everyone.people["member"].id
    async with await connect("secretary") as wire:
        await wire.begin()
        wire.ask(CHANGED, ids=[f"per_{person}"])
        await settled(wire)
        await change_person(everyone["secretary"], person, education="first")
        await wire.data()

        with statements() as asked:
            await change_person(everyone["secretary"], person, education="second")
            await wire.data()

    read = [sql for sql in asked if sql.startswith("SELECT") and ("facts" in sql or '"person"' in sql)]
    assert len([sql for sql in read if "education" in sql and "facts" in sql]) == 1
    assert len([sql for sql in read if "facts" in sql]) == 2


async def test_a_change_and_a_query_work_over_the_socket_too(connect: Connect, everyone: Cast) -> None:
    async with await connect("secretary") as wire:
        await wire.begin()
        wire.ask('mutation { personCreate(person: {nameEn: "Xu"}) { ... on PersonPayload { person { nameEn } } } }')
        assert await wire.data() == {"personCreate": {"person": {"nameEn": "Xu"}}}
        assert await wire.hear() == {"id": "1", "type": "complete"}

        wire.ask("{ people { totalCount } }")
        assert await wire.data() == {"people": {"totalCount": len(everyone.people) + 1}}


async def test_places_of_a_person_are_read_as_of_then(connect: Connect, everyone: Cast) -> None:
    """Lists within what is sent are read anew, too."""
    person = everyone.people["member"]
    async with await connect("secretary") as wire:
        await wire.begin()
        text = CHANGED.replace("education", "bodyMemberships { body { name } }")
        wire.ask(text, ids=[f"per_{person.id}"])
        await settled(wire)
        await BodyMembership.filter(person=person).delete()

        await change_person(everyone["secretary"], person.id, education="night school")

        assert (await wire.data())["changed"]["node"] == {"bodyMemberships": []}
