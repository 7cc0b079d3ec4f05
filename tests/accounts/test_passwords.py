import asyncio

from server.passwords import COST, Cost, fits, hashed, is_outdated, turn
from tests.accounts.door import CHEAP


async def test_a_password_is_kept_as_argon2id_with_19_mebibytes_and_two_passes():
    kept = await hashed("a long enough password")

    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await fits("a long enough password", kept)
    assert not await fits("another long password", kept)
    assert not is_outdated(kept)


async def test_the_same_password_is_kept_differently_each_time():
    assert await hashed("a long enough password", CHEAP) != await hashed("a long enough password", CHEAP)


async def test_no_password_fits_where_none_is_kept():
    assert not await fits("", "", CHEAP)


def test_a_decoy_costs_what_a_kept_one_costs():
    assert not is_outdated(COST.decoy())
    assert COST.decoy() != COST.decoy()
    assert is_outdated(CHEAP.decoy())
    assert not is_outdated(CHEAP.decoy(), Cost(memory_kib=8, passes=1))


async def test_two_hash_at_a_time_and_the_third_waits():
    async with turn(), turn():
        third = asyncio.create_task(hashed("a long enough password", CHEAP))
        await asyncio.wait([third], timeout=0)
        assert not third.done()

    assert (await third).startswith("$argon2id$")
