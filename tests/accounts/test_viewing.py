import datetime as dt
from dataclasses import replace

import pytest

from server.errors import Unauthenticated
from server.models.accounts import (
    Account,
    ApiClient,
    Session,
    account_disable,
    account_password,
    sign_out,
    token_issue,
    token_revoke,
)
from server.models.accounts.holders import roles_of_all
from server.models.accounts.standing import SESSION, digest, look
from server.models.bodies import BodyKind, BodyRole
from server.models.database import settle
from server.models.viewing import BearerToken, Coming, Credential, SessionCookie
from server.rules.permissions import HeldRole, Role
from server.viewer import Viewer
from tests import make
from tests.accounts.door import ADMIN, CHEAP, add, come_in
from tests.cast import Cast
from tests.web.visitors import open_session

DAY = dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)


async def asks(credential: Credential | None, after: dt.timedelta = dt.timedelta(), **facts) -> Viewer:
    viewer = await Coming(credential, **{"now": make.NOW + after, "zone": make.ZONE, "locale": "en"} | facts).viewer()
    await settle()
    return viewer


def updates(asked: list[str]) -> int:
    return sum(statement.startswith("UPDATE") for statement in asked)


async def cookie(name: str = "li") -> SessionCookie:
    return SessionCookie((await come_in(name)).token)


async def bearer(owner: Account, **facts) -> tuple[BearerToken, ApiClient]:
    issued = await token_issue(ADMIN, **{"name": "sync", "scopes": ["members:read"], "owner": owner.id} | facts)
    return BearerToken(issued.token), await ApiClient.get(id=issued.id)


async def test_who_shows_nothing_is_a_visitor(db: str):
    viewer = await asks(None, address_hash="hash", locale="zh")

    assert not viewer.signed_in
    assert (viewer.account, viewer.roles, viewer.address_hash, viewer.locale) == (None, (), "hash", "zh")


async def test_a_session_stands_for_its_account(li: Account):
    signed_in = await come_in()

    viewer = await asks(SessionCookie(signed_in.token))

    assert (viewer.account, viewer.name, viewer.person) == (li.id, "li", None)
    assert (viewer.session, viewer.client, viewer.scopes) == (signed_in.viewer.session, None, None)
    assert viewer.roles == (HeldRole(Role.ADMINISTRATOR, since=make.TODAY),)
    assert viewer.now == make.NOW


async def test_an_unknown_session_is_a_visitors(li: Account):
    assert not (await asks(SessionCookie("made up"))).signed_in


async def test_a_session_that_was_signed_out_is_a_visitors(li: Account):
    signed_in = await come_in()

    await sign_out(signed_in.viewer)

    assert not (await asks(SessionCookie(signed_in.token))).signed_in


async def test_a_session_ends_after_fourteen_days_without_use(li: Account):
    session = await cookie()

    assert not (await asks(session, 14 * DAY)).signed_in
    assert (await asks(session, 14 * DAY - SECOND)).signed_in
    assert (await asks(session, 28 * DAY - 2 * SECOND)).signed_in


async def test_a_session_in_daily_use_ends_after_ninety_days(li: Account):
    session = await cookie()

    for n in range(10, 90, 10):
        assert (await asks(session, n * DAY)).signed_in

    assert (await asks(session, 90 * DAY - SECOND)).signed_in
    assert not (await asks(session, 90 * DAY)).signed_in


async def test_closing_an_account_ends_its_sessions_and_stops_its_tokens(wang: Account):
    session, (token, _) = await cookie("wang"), await bearer(wang)

    await account_disable(ADMIN, account=wang.id)

    assert not (await asks(session)).signed_in
    with pytest.raises(Unauthenticated, match="The account behind this token is disabled"):
        await asks(token)


async def test_a_new_password_ends_every_session(wang: Account):
    sessions = [await cookie("wang"), await cookie("wang")]

    await account_password(ADMIN, account=wang.id, new="a quite new password", cost=CHEAP)

    assert [(await asks(session)).signed_in for session in sessions] == [False, False]


async def test_an_account_that_was_closed_by_hand_is_a_visitors(wang: Account):
    session = await cookie("wang")
    await Account.filter(id=wang.id).update(active=False)

    assert not (await asks(session)).signed_in


async def test_the_use_of_a_session_is_noted_once_a_minute(li: Account, statements):
    session = await cookie()

    with statements() as asked:
        await asks(session, 59 * SECOND)
    with statements() as noted:
        await asks(session, 60 * SECOND)

    assert (updates(asked), updates(noted)) == (0, 1)
    assert (await Session.get()).last_seen_at == make.NOW + 60 * SECOND


async def test_who_asks_costs_one_statement_however_many_roles_there_are(db: str, statements):
    mei = await add("mei", person=(await make.person()).id)
    session = await cookie("mei")
    for _ in range(30):
        await make.role(mei, Role.SECRETARY, await make.body())

    with statements() as asked:
        viewer = await asks(session)
    with statements() as nothing:
        await asks(None)

    assert (len(viewer.roles), len(asked), len(nothing)) == (30, 1, 0)


async def test_the_statement_says_what_the_lists_of_roles_say(everyone: Cast):
    """Also for places from which nothing follows, several in one body, and names in one script alone."""
    leader, chair = everyone.accounts["leader"], everyone.accounts["chair"]
    meeting = await make.body(BodyKind.CHAIRS_MEETING, "", "主席\"会'议")
    await make.place(meeting, everyone.people["leader"], BodyRole.HEAD, starts_on=make.TODAY)
    await make.place(everyone.group, everyone.people["leader"], BodyRole.CONVENER)
    await make.place(everyone.group, everyone.people["leader"], BodyRole.CO_HEAD, ends_on=make.TODAY + DAY)
    await make.place(await make.body(BodyKind.UNIT), everyone.people["leader"], BodyRole.HEAD)
    await make.role(leader, Role.CUSTODIAN, await make.body(name_zh="委员会"), deputy_for=chair)
    await make.role(leader, Role.CHAIR, ends_on=make.TODAY + DAY, recorded_at=make.NOW)

    for day in (make.TODAY, make.TODAY + DAY):
        listed = await roles_of_all(everyone.accounts.values(), day)
        for account in everyone.accounts.values():
            found = await look(SESSION, digest(await open_session(account)), day)
            assert found is not None
            assert found.standing.roles == listed[account.id], account.name
    assert len(listed[leader.id]) > 3


async def test_roles_hold_from_a_day_to_a_day(wang: Account):
    session = await cookie("wang")
    await make.role(wang, Role.AUDITOR, ends_on=make.TODAY + DAY)
    await make.role(wang, Role.CUSTODIAN, ends_on=make.TODAY)
    await make.role(wang, Role.CHAIR, starts_on=make.TODAY + DAY)
    await make.role(wang, Role.ADMINISTRATOR, voided_at=make.NOW)

    today, tomorrow = await asks(session), await asks(session, DAY)

    assert [held.role for held in today.roles] == [Role.SECRETARY, Role.AUDITOR]
    assert {held.role for held in tomorrow.roles} == {Role.SECRETARY, Role.CHAIR}


async def test_the_day_begins_where_the_assembly_sits(wang: Account):
    session = await cookie("wang")
    await make.role(wang, Role.CHAIR, starts_on=make.TODAY + DAY)
    midnight = dt.timedelta(hours=14)

    assert len((await asks(session, midnight - SECOND)).roles) == 1
    assert len((await asks(session, midnight)).roles) == 2


async def test_a_role_names_its_body_its_days_and_whom_it_stands_in_for(wang: Account, li: Account):
    committee = await make.body(name_en="Culture", name_zh="文化委")
    foreign = await make.body(name_en="Friends")
    await make.role(wang, Role.CHAIR, committee, starts_on=make.TODAY, ends_on=make.TODAY + DAY, deputy_for=li)
    await make.role(wang, Role.DEPARTMENT, foreign)

    held = {role.role: role for role in (await asks(await cookie("wang"))).roles}

    chair = held[Role.CHAIR]
    assert (chair.body, str(chair.body_name)) == (committee.id, "Culture")
    assert chair.words.into("zh") == "文化委主席"
    assert (chair.since, chair.until) == (make.TODAY, make.TODAY + DAY)
    assert str(chair.source) == "as deputy of li"
    assert str(held[Role.DEPARTMENT].body_name) == "Friends"
    assert str(held[Role.SECRETARY].source) == "given by an administrator"


async def test_roles_that_follow_from_the_register_come_and_go_with_it(db: str):
    mei = await make.person()
    await make.seat(mei, await make.term("14"), ends_on=make.TODAY + DAY)
    group = await make.body(BodyKind.LEARNING_GROUP, "Spring")
    await make.place(group, mei, BodyRole.HEAD, ends_on=make.TODAY + DAY)
    await add("mei", person=mei.id)
    session = await cookie("mei")

    today, tomorrow = await asks(session), await asks(session, DAY)

    assert [(held.role, held.body) for held in today.roles] == [
        (Role.MEMBER, None),
        (Role.GROUP_LEADER, group.id),
    ]
    assert today.person == mei.id
    assert (tomorrow.signed_in, tomorrow.roles) == (True, ())


@pytest.mark.parametrize(("chosen", "locale"), [("", "en"), ("zh", "zh"), ("en", "en"), ("fr", "en")])
async def test_the_language_of_the_account_wins_over_that_of_the_request(li: Account, chosen: str, locale: str):
    await Account.filter(id=li.id).update(locale=chosen)

    assert (await asks(await cookie())).locale == locale


async def test_a_program_is_answered_in_the_language_that_it_asks_for(li: Account):
    token, _ = await bearer(li)
    await Account.filter(id=li.id).update(locale="zh")

    assert (await asks(token, locale="en")).locale == "en"


async def test_a_token_stands_for_its_owner_within_its_scopes(wang: Account):
    token, client = await bearer(wang, scopes=["members:read", "bodies:write"])

    viewer = await asks(token)

    assert (viewer.account, viewer.name, viewer.client, viewer.session) == (wang.id, "wang", client.id, None)
    assert viewer.scopes == {"members:read", "bodies:write"}
    assert [held.role for held in viewer.roles] == [Role.SECRETARY]


async def test_the_use_of_a_token_is_noted_once_a_minute(wang: Account, statements):
    token, client = await bearer(wang)

    with statements() as first:
        await asks(token)
    with statements() as second:
        await asks(token, 59 * SECOND)
    await asks(token, 61 * SECOND)

    await client.refresh_from_db()
    assert (updates(first), updates(second)) == (1, 0)
    assert client.last_used_at == make.NOW + 61 * SECOND


async def test_a_token_that_does_not_hold_says_why(wang: Account):
    token, client = await bearer(wang, days=1)
    revoked, other = await bearer(wang)
    await token_revoke(replace(ADMIN, account=wang.id), token=other.id)

    codes = []
    for shown, after in ((BearerToken("lz_made_up"), 0 * DAY), (token, 1 * DAY), (revoked, 0 * DAY)):
        with pytest.raises(Unauthenticated) as refusal:
            await asks(shown, after)
        codes.append(refusal.value.problems[0].code)

    assert codes == ["TOKEN_UNKNOWN", "TOKEN_EXPIRED", "TOKEN_REVOKED"]
    assert (await asks(token, DAY - SECOND)).client == client.id


async def test_a_cookie_is_no_token_and_a_token_no_cookie(wang: Account):
    session, (token, _) = await cookie("wang"), await bearer(wang)

    assert not (await asks(SessionCookie(token.secret))).signed_in
    with pytest.raises(Unauthenticated):
        await asks(BearerToken(session.secret))
