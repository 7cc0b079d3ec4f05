import datetime as dt

import pytest

from server.rules.limits import PER_ACCOUNT, PER_ADDRESS, keyed_address, sign_in_wait, wait

NOW = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)


def ago(*minutes: float) -> list[dt.datetime]:
    return [NOW - dt.timedelta(minutes=m) for m in minutes]


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [
        (ago(), 0),
        (ago(1, 1, 1, 1), 0),
        (ago(5, 4, 3, 2, 1), 600),
        (ago(1, 2, 3, 4, 5), 600),
        (ago(14, 5, 4, 3, 2, 1), 600),
        (ago(15, 4, 3, 2, 1), 0),
        (ago(14.999, 4, 3, 2, 1), 1),
        (ago(0, 0, 0, 0, 0), 900),
    ],
)
def test_the_fifth_failure_within_a_quarter_of_an_hour_is_the_last(failures: list[dt.datetime], seconds: int):
    assert wait(failures, PER_ACCOUNT, NOW) == seconds


def test_an_address_may_fail_more_often_than_an_account():
    many = ago(*[3] * (PER_ADDRESS - 1))

    assert sign_in_wait(ago(), many, NOW) == 0
    assert sign_in_wait(ago(), [*many, NOW], NOW) == 720
    assert sign_in_wait(ago(1, 1, 1, 1, 1), [*many, NOW], NOW) == 840


def test_after_the_wait_one_more_try_is_allowed_and_not_before():
    failures = ago(5, 4, 3, 2, 1)
    seconds = wait(failures, PER_ACCOUNT, NOW)

    assert wait(failures, PER_ACCOUNT, NOW + dt.timedelta(seconds=seconds - 1)) == 1
    assert wait(failures, PER_ACCOUNT, NOW + dt.timedelta(seconds=seconds)) == 0


def test_an_address_is_kept_as_a_keyed_hash():
    assert keyed_address("192.0.2.1", "key") == "0d01cd1f8c54f86cc05c8f0c75925c3a9692a6c6667092c922f2b1a6c15e4769"
    assert keyed_address("192.0.2.1", "key") != keyed_address("192.0.2.1", "other")
    assert keyed_address("192.0.2.1", "key") != keyed_address("192.0.2.2", "key")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("testclient", "testclient", True),
        ("testclient", "", False),
    ],
)
def test_who_chooses_among_many_addresses_counts_once(one: str, other: str, same: bool):
    assert (keyed_address(one, "key") == keyed_address(other, "key")) is same
