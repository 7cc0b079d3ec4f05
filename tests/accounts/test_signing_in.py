import asyncio
import datetime as dt
import hashlib
import sys
from dataclasses import replace

import pytest

from server.errors import DomainError, Invalid, Limited, Refused
from server.models.accounts import (
    Account,
    Session,
    SignedIn,
    SignInFailure,
    account_disable,
    sign_out,
)
from server.models.audit import AuditEntry
from server.passwords import Cost, is_outdated, turn
from server.rules.limits import keyed_address
from server.rules.permissions import Role
from tests import make
from tests.accounts.door import ADMIN, add, come_in

WRONG = "not the password"


async def failing(times: int, name: str = "li", **facts) -> list[DomainError]:
    """That many wrong tries, one after the other."""
    return [await no(come_in(name, WRONG, **facts)) for _ in range(times)]


async def no(attempt) -> DomainError:
    with pytest.raises(DomainError) as refusal:
        await attempt
    return refusal.value


async def test_the_right_password_opens_a_session_of_which_only_a_hash_is_kept(li: Account):
    signed_in = await come_in()

    session = await Session.get()
    assert len(signed_in.token) == 43
    assert session.token_hash == hashlib.sha256(signed_in.token.encode()).hexdigest()
    assert (session.created_at, session.last_seen_at) == (make.NOW, make.NOW)
    assert session.expires_at == make.NOW + dt.timedelta(days=14)
    assert signed_in.good_until == make.NOW + dt.timedelta(days=90)
    assert (signed_in.viewer.account, signed_in.viewer.session) == (li.id, session.id)
    assert [held.role for held in signed_in.viewer.roles] == [Role.ADMINISTRATOR]
    assert signed_in.viewer.address_hash == keyed_address("192.0.2.1", "key")


async def test_a_sign_in_stands_in_the_audit_trail(li: Account):
    await come_in()

    entry = await AuditEntry.all().order_by("-serial").first()
    assert entry is not None
    assert (entry.action, entry.actor, entry.object) == ("account.sign_in", f"acc_{li.id}", f"acc_{li.id}")


@pytest.mark.parametrize("name", ["LI", " li ", "ｌｉ"])
async def test_a_name_is_the_same_in_capitals_and_full_width(li: Account, name: str):
    assert (await come_in(name)).viewer.account == li.id


async def test_a_wrong_name_a_wrong_password_and_a_closed_account_get_the_same_words(wang: Account):
    await account_disable(ADMIN, account=wang.id)
    await make.account("nobody-knows")

    refusals = [
        await no(come_in("li", WRONG)),
        await no(come_in("unknown")),
        await no(come_in("wang")),
        await no(come_in("nobody-knows", "")),
    ]

    assert {str(refusal) for refusal in refusals} == {"The name or the password is not right."}
    assert {type(refusal) for refusal in refusals} == {Invalid}
    assert await Session.all().count() == 0


async def test_after_five_failures_even_the_right_password_waits(li: Account):
    failures = await failing(5)

    limited = await no(come_in(after=60))

    assert {type(failure) for failure in failures} == {Invalid}
    assert isinstance(limited, Limited)
    assert limited.retry_after == 840
    assert str(limited) == "Too many failed sign-ins. Try again in 14 min, or ask an administrator."


async def test_a_limited_try_is_not_counted_and_the_wait_does_not_grow(li: Account):
    await failing(5)
    await failing(3, after=600)

    assert await SignInFailure.all().count() == 5
    assert (await come_in(after=900)).viewer.account == li.id


async def test_an_unknown_name_is_limited_as_a_known_one(li: Account):
    await failing(5, name="unknown" * 30)

    assert isinstance(await no(come_in("unknown" * 30)), Limited)


async def test_an_address_limited_on_one_account_can_sign_in_to_another(wang: Account):
    await failing(5)

    assert isinstance(await no(come_in("li")), Limited)
    assert (await come_in("wang")).viewer.account == wang.id


async def test_another_address_is_not_limited(li: Account):
    await failing(5)

    assert (await come_in(address="192.0.2.2")).viewer.account == li.id


async def test_an_address_fails_fifty_times_at_most_whatever_the_accounts(li: Account):
    source = keyed_address("192.0.2.1", "key")
    for n in range(49):
        await SignInFailure.create(account_name=f"name{n}", address_hash=source, at=make.NOW)

    assert isinstance(await no(come_in("name50", WRONG)), Invalid)
    assert isinstance(await no(come_in("li", after=1)), Limited)
    assert (await come_in("li", address="198.51.100.1")).viewer.account == li.id


async def test_success_forgets_the_failures_of_this_address_on_this_account(wang: Account):
    await failing(4)
    await failing(1, address="192.0.2.2")
    await failing(1, name="wang")

    await come_in()

    left = await SignInFailure.all().order_by("account_name").values_list("account_name", "address_hash")
    assert left == [("li", keyed_address("192.0.2.2", "key")), ("wang", keyed_address("192.0.2.1", "key"))]
    assert {type(failure) for failure in await failing(5)} == {Invalid}


async def test_the_address_is_never_kept_as_it_is(li: Account):
    await failing(1)

    assert (await SignInFailure.get()).address_hash == keyed_address("192.0.2.1", "key")


async def test_old_failures_count_no_more(li: Account):
    await failing(5)

    assert {type(failure) for failure in await failing(5, after=900)} == {Invalid}


async def test_a_sign_in_costs_the_same_however_many_sessions_are_over(wang: Account, statements):
    over = {"created_at": make.NOW, "last_seen_at": make.NOW, "expires_at": make.NOW}
    costs = []
    for many in (1, 30):
        for number in range(many):
            await Session.create(account=wang, token_hash=f"{many}-{number}", **over)
        with statements() as asked:
            await come_in()
        costs.append(len([one for one in asked if "pg_advisory" not in one]))

    assert costs == [10, 10]


async def test_of_many_wrong_tries_at_once_five_are_heard(li: Account):
    answers = await asyncio.gather(*(no(come_in("li", WRONG)) for _ in range(12)))

    assert sorted(type(answer).__name__ for answer in answers) == ["Invalid"] * 5 + ["Limited"] * 7


TRIES = f"""
import asyncio, sys
sys.path[:0] = {sys.path!r}
from server.errors import DomainError
from server.models import database
from tests.accounts.door import come_in

async def one():
    try:
        await come_in("li", "{WRONG}")
    except DomainError as error:
        print(type(error).__name__)

async def main():
    await database.connect(sys.argv[1])
    await asyncio.gather(*(one() for _ in range(4)))
    await database.close()

asyncio.run(main())
"""


async def test_several_processes_count_together(li: Account, db: str):
    processes = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", TRIES, db, stdout=asyncio.subprocess.PIPE)
        for _ in range(3)
    ]

    answers = [line for each in processes for line in (await each.communicate())[0].decode().split()]

    assert sorted(answers) == ["Invalid"] * 5 + ["Limited"] * 7


async def test_many_right_tries_at_once_all_come_in(li: Account):
    came: list[SignedIn] = await asyncio.gather(*(come_in() for _ in range(8)))

    assert len({each.token for each in came}) == 8
    assert await SignInFailure.all().count() == 0


async def test_a_demo_account_is_refused_through_a_proxy(db: str):
    await add("demo", password="demo-only-password", demo=True)

    refusal = await no(come_in("demo", "demo-only-password", forwarded=True))

    assert isinstance(refusal, Refused)
    assert refusal.problems[0].code == "DEMO_FORWARDED"
    assert await Session.all().count() == 0
    assert (await come_in("demo", "demo-only-password")).viewer.demo


async def test_a_wrong_password_through_a_proxy_does_not_tell_a_demo_account(db: str):
    await add("demo", password="demo-only-password", demo=True)

    assert str(await no(come_in("demo", WRONG, forwarded=True))) == "The name or the password is not right."


async def test_an_ordinary_account_comes_in_through_a_proxy(li: Account):
    assert (await come_in(forwarded=True)).viewer.account == li.id


async def test_a_hash_with_old_parameters_is_made_anew_on_the_way(li: Account):
    dearer = Cost(memory_kib=16, passes=1)

    await come_in(cost=dearer)

    kept = (await Account.get(id=li.id)).password_hash
    assert kept != li.password_hash
    assert not is_outdated(kept, dearer)
    assert (await come_in(cost=dearer)).viewer.account == li.id


async def test_an_account_closed_while_its_password_is_looked_at_stays_closed(wang: Account):
    """Both turns are ours but for the moment of the check, so the closing falls just behind it."""
    first, second = turn(), turn()
    await first.__aenter__()
    await second.__aenter__()
    coming = asyncio.create_task(no(come_in("wang", cost=Cost(memory_kib=16, passes=1))))
    await asyncio.wait([coming], timeout=0)
    behind = turn()
    waiting = asyncio.create_task(behind.__aenter__())
    await asyncio.wait([waiting], timeout=0)

    await first.__aexit__(None, None, None)
    await waiting
    await account_disable(ADMIN, account=wang.id)
    await second.__aexit__(None, None, None)
    await behind.__aexit__(None, None, None)

    assert str(await coming) == "The name or the password is not right."
    assert await Session.all().count() == 0


async def test_signing_out_ends_this_session_and_no_other(li: Account):
    here, there = await come_in(), await come_in()
    later = make.NOW + dt.timedelta(hours=1)

    await sign_out(replace(here.viewer, now=later))
    await sign_out(replace(here.viewer, now=later + dt.timedelta(hours=1)))

    ended = dict(await Session.all().values_list("id", "ended_at"))
    assert ended == {here.viewer.session: later, there.viewer.session: None}
    assert await AuditEntry.filter(action="account.sign_out").count() == 1


async def test_a_visitor_has_nothing_to_sign_out_of(db: str):
    await sign_out(make.viewer())

    assert await AuditEntry.all().count() == 0
