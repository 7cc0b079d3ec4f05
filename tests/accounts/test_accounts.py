import asyncio
import datetime as dt
from dataclasses import replace

import pytest

from server.errors import Conflict, DomainError, Invalid, Limited, NotThere, Refused
from server.models.accounts import (
    Account,
    RoleAssignment,
    Session,
    account_add,
    account_disable,
    account_enable,
    account_locale,
    account_named,
    account_password,
    role_grant,
    visible_accounts,
    visible_assignments,
    visible_tokens,
)
from server.models.accounts import token_issue as issue
from server.models.audit import AuditEntry, verify
from server.passwords import turn
from server.rules.permissions import Role
from server.viewer import Viewer
from tests import make
from tests.accounts.door import ADMIN, CHEAP, PASSWORD, add, come_in

SECRETARY = make.viewer(Role.SECRETARY)
NEW = "another long password"


async def no(attempt) -> DomainError:
    with pytest.raises(DomainError) as refusal:
        await attempt
    return refusal.value


def code(refusal: DomainError) -> tuple[str, str | None]:
    return refusal.problems[0].code, refusal.problems[0].field


def of(account: Account, *roles: Role) -> Viewer:
    """The account's own viewer."""
    return replace(make.viewer(*roles), account=account.id, name=account.name)


async def last_entry() -> AuditEntry:
    entry = await AuditEntry.all().order_by("-serial").first()
    assert entry is not None
    return entry


async def test_an_account_is_opened_with_roles_from_today_on(db: str):
    mei = await make.person()

    account = await add("Mei", Role.SECRETARY, Role.AUDITOR, Role.SECRETARY, person=mei.id)

    assert (account.name, account.person_id, account.active, account.demo) == ("mei", mei.id, True, False)
    assert account.created_at == make.NOW
    given = await RoleAssignment.all().order_by("role").values_list("role", "body_id", "starts_on", "ends_on")
    assert given == [(Role.AUDITOR, None, make.TODAY, None), (Role.SECRETARY, None, make.TODAY, None)]
    assert (await come_in("mei")).viewer.person == mei.id


async def test_opening_an_account_is_written_down_without_its_password(db: str):
    account = await add("mei", Role.AUDITOR)

    entries = await AuditEntry.all().order_by("serial")
    assert [(entry.action, entry.actor) for entry in entries] == [
        ("account.add", "command line"),
        ("role.grant", "command line"),
    ]
    assert entries[0].object == f"acc_{account.id}"
    assert entries[0].facts == {"name": "mei", "person": None, "demo": False}
    assert PASSWORD not in str([entry.payload for entry in entries])
    assert (await verify()).ok


async def test_who_may_not_manage_accounts_opens_closes_and_changes_none(li: Account):
    attempts = [
        account_add(SECRETARY, name="mei", password=PASSWORD),
        account_disable(SECRETARY, account=li.id),
        account_enable(SECRETARY, account=li.id),
        account_password(SECRETARY, account=li.id, new=NEW),
        account_named(SECRETARY, "li"),
    ]

    assert {type(await no(attempt)) for attempt in attempts} == {Refused}
    assert await Account.all().count() == 1


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"name": "no spaces"}, ("ACCOUNT_NAME", "name")),
        ({"password": "short"}, ("PASSWORD_SHORT", "password")),
        ({"password": "demo-only-password"}, ("PASSWORD_PUBLISHED", "password")),
        ({"roles": [Role.MEMBER]}, ("ROLE_DERIVED", "roles")),
        ({"name": "LI"}, ("NAME_TAKEN", "name")),
        ({"person": make.some_id()}, ("NOT_THERE", "person")),
    ],
)
async def test_an_account_that_does_not_fit_is_not_opened(li: Account, facts: dict, expected: tuple):
    assert code(await no(add(**{"name": "mei"} | facts))) == expected
    assert await Account.all().count() == 1


async def test_of_two_who_open_the_same_name_at_once_one_does(db: str):
    answers = await asyncio.gather(add("mei"), add("MEI"), return_exceptions=True)

    assert {type(answer) for answer in answers} == {Account, Conflict}


async def test_an_account_is_found_by_its_name(li: Account):
    assert (await account_named(ADMIN, " LI ")).id == li.id
    refusal = await no(account_named(ADMIN, "nobody"))
    assert (type(refusal), str(refusal)) == (NotThere, "There is no account nobody.")


async def test_closing_an_account_ends_its_sessions_now(wang: Account):
    await come_in("wang")
    await come_in("wang")
    await come_in("li")

    await account_disable(ADMIN, account=wang.id)

    assert not (await Account.get(id=wang.id)).active
    ended = await Session.all().values_list("account_id", "ended_at")
    assert [at for owner, at in ended if owner == wang.id] == [make.NOW, make.NOW]
    assert await Session.filter(ended_at=None).count() == 1
    entry = await last_entry()
    assert (entry.action, entry.object, entry.facts) == ("account.disable", f"acc_{wang.id}", {"sessions": 2})


async def test_closing_twice_is_a_conflict_and_nothing_changes(wang: Account):
    await account_disable(ADMIN, account=wang.id)
    entries = await AuditEntry.all().count()

    assert code(await no(account_disable(ADMIN, account=wang.id))) == ("DISABLED_ALREADY", "account")
    assert await AuditEntry.all().count() == entries


async def test_an_account_is_opened_again(wang: Account):
    await account_disable(ADMIN, account=wang.id)

    await account_enable(ADMIN, account=wang.id)

    assert (await come_in("wang")).viewer.account == wang.id
    assert await AuditEntry.filter(action="account.enable", object=f"acc_{wang.id}").count() == 1
    assert code(await no(account_enable(ADMIN, account=wang.id))) == ("ENABLED_ALREADY", "account")


async def test_a_language_is_chosen_once_for_every_browser(li: Account):
    viewer = (await come_in("li")).viewer

    await account_locale(viewer, locale="zh")
    await account_locale(viewer, locale="zh")

    assert (await Account.get(id=li.id)).locale == "zh"
    assert (await come_in("li")).viewer.locale == "zh"
    entries = await AuditEntry.filter(action="account.locale", object=f"acc_{li.id}")
    assert [entry.facts for entry in entries] == [{"locale": "zh"}]


async def test_a_language_that_is_not_spoken_here_cannot_be_chosen(li: Account):
    viewer = (await come_in("li")).viewer

    assert code(await no(account_locale(viewer, locale="fr"))) == ("NO_SUCH_LANGUAGE", "locale")
    assert (await Account.get(id=li.id)).locale == ""


async def test_neither_a_visitor_nor_a_program_chooses_a_language(li: Account):
    program = make.viewer(Role.ADMINISTRATOR, account=li.id, client=make.some_id())

    for viewer in (make.viewer(), program):
        assert code(await no(account_locale(viewer, locale="zh"))) == ("NOT_IN_BROWSER", None)
    assert (await Account.get(id=li.id)).locale == ""


async def test_an_unknown_account_is_not_there(db: str):
    nobody = make.some_id()

    for attempt in (
        account_disable(ADMIN, account=nobody),
        account_enable(ADMIN, account=nobody),
        account_password(ADMIN, account=nobody, new=NEW),
    ):
        assert code(await no(attempt)) == ("NOT_THERE", "account")


async def test_the_last_active_administrator_stays(wang: Account, li: Account):
    chen = await add("chen", Role.ADMINISTRATOR)
    await account_disable(ADMIN, account=chen.id)

    refusal = await no(account_disable(ADMIN, account=li.id))

    assert code(refusal) == ("LAST_ADMINISTRATOR", None)
    assert (await Account.get(id=li.id)).active


async def test_two_administrators_who_close_each_other_at_once_leave_one(li: Account):
    chen = await add("chen", Role.ADMINISTRATOR)

    answers = await asyncio.gather(
        account_disable(ADMIN, account=li.id), account_disable(ADMIN, account=chen.id), return_exceptions=True
    )

    assert sorted(type(answer).__name__ for answer in answers) == ["Invalid", "NoneType"]
    assert await Account.filter(active=True).count() == 1


async def test_without_any_administrator_accounts_can_still_be_closed(db: str):
    mei = await add("mei")

    await account_disable(ADMIN, account=mei.id)

    assert not (await Account.get(id=mei.id)).active


async def test_an_administrator_sets_a_password_without_the_old_one(wang: Account):
    await come_in("wang")

    await account_password(ADMIN, account=wang.id, new=NEW, cost=CHEAP)

    assert (await come_in("wang", NEW)).viewer.account == wang.id
    assert isinstance(await no(come_in("wang")), Invalid)
    entry = await AuditEntry.get(action="account.password")
    assert (entry.object, entry.facts) == (f"acc_{wang.id}", {"own": False, "sessions": 1})


async def test_ones_own_password_needs_the_old_one(wang: Account):
    me = of(wang, Role.SECRETARY)

    for wrong in ("not the password", None):
        assert code(await no(account_password(me, account=wang.id, new=NEW, old=wrong))) == ("OLD_PASSWORD", "old")
    await account_password(me, account=wang.id, new=NEW, old=PASSWORD, cost=CHEAP)

    assert (await come_in("wang", NEW)).viewer.account == wang.id


async def test_an_administrators_own_password_needs_the_old_one_too(li: Account):
    me = of(li, Role.ADMINISTRATOR)

    assert code(await no(account_password(me, account=li.id, new=NEW))) == ("OLD_PASSWORD", "old")


async def test_a_token_changes_no_password_without_the_right(wang: Account):
    program = replace(of(wang, Role.SECRETARY), client=make.some_id(), scopes=frozenset({"all:write"}))

    assert isinstance(await no(account_password(program, account=wang.id, new=NEW, old=PASSWORD)), Refused)


async def test_the_old_password_cannot_be_guessed_through_a_stolen_session(wang: Account):
    me = of(wang, Role.SECRETARY)
    for _ in range(5):
        await no(account_password(me, account=wang.id, new=NEW, old="a wrong old password", cost=CHEAP))

    assert isinstance(await no(account_password(me, account=wang.id, new=NEW, old=PASSWORD, cost=CHEAP)), Limited)


async def test_the_new_password_is_not_the_old_one_and_fits(wang: Account):
    me = of(wang, Role.SECRETARY)

    same = account_password(me, account=wang.id, new=PASSWORD, old=PASSWORD, cost=CHEAP)
    short = account_password(me, account=wang.id, new="short", old=PASSWORD, cost=CHEAP)

    assert code(await no(same)) == ("PASSWORD_SAME", "new")
    assert code(await no(short)) == ("PASSWORD_SHORT", "new")


async def test_a_password_that_was_changed_meanwhile_is_not_changed_again(wang: Account, statements):
    async with turn(), turn():
        with statements() as asked:
            coming = asyncio.create_task(no(account_password(ADMIN, account=wang.id, new=NEW, cost=CHEAP)))
            while not asked:
                await asyncio.wait([coming], timeout=0)
        assert await Account.filter(id=wang.id, active=True).count() == 1
        await Account.filter(id=wang.id).update(password_hash=CHEAP.decoy())

    assert code(await coming) == ("PASSWORD_CHANGED", "new")
    assert await AuditEntry.filter(action="account.password").count() == 0


async def test_changing_the_password_ends_the_demo_mark(db: str):
    demo = await add("demo", password="demo-only-password", demo=True)
    me = of(demo)

    again = account_password(me, account=demo.id, new="demo-only-password", old="demo-only-password", cost=CHEAP)
    assert code(await no(again)) == ("PASSWORD_PUBLISHED", "new")
    await account_password(me, account=demo.id, new=NEW, old="demo-only-password", cost=CHEAP)

    assert not (await Account.get(id=demo.id)).demo
    assert (await come_in("demo", NEW, forwarded=True)).viewer.account == demo.id


async def test_everyone_sees_their_own_and_who_manages_sees_all(wang: Account, li: Account):
    await issue(ADMIN, name="one", scopes=["all:read"], owner=li.id)
    await issue(ADMIN, name="two", scopes=["all:read"], owner=wang.id)
    voided = await role_grant(ADMIN, account=wang.id, role=Role.CHAIR)
    await RoleAssignment.filter(id=voided.id).update(voided_at=make.NOW)
    asked = (visible_accounts, visible_assignments, visible_tokens)

    async def seen(viewer: Viewer) -> list[int]:
        return [await rows(viewer).count() for rows in asked]

    assert await seen(of(li, Role.ADMINISTRATOR)) == [2, 2, 2]
    assert await seen(of(wang, Role.SECRETARY)) == [1, 1, 1]
    assert await seen(of(wang, Role.AUDITOR)) == [2, 2, 1]
    assert await seen(make.viewer()) == [0, 0, 0]
    assert [row.name for row in await visible_tokens(of(wang, Role.SECRETARY))] == ["two"]


async def test_a_session_that_ended_by_itself_is_not_ended_again(wang: Account):
    await come_in("wang")
    later = replace(ADMIN, now=make.NOW + dt.timedelta(days=14))

    await account_disable(later, account=wang.id)

    assert (await Session.get()).ended_at is None
    assert (await last_entry()).facts == {"sessions": 0}
