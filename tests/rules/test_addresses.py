"""Network addresses as people write them, and whether one is among them."""

import pytest

from server.errors import Invalid
from server.rules.addresses import MOST, is_within, network, parse_networks


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ([" 192.0.2.7 ", "", "192.0.2.7"], ["192.0.2.7/32"]),
        (["10.0.0.0/8", "2001:DB8:0::/32", "::1"], ["10.0.0.0/8", "2001:db8::/32", "::1/128"]),
        (["::ffff:192.0.2.0/120", "192.0.2.0/24"], ["192.0.2.0/24"]),
        ([], []),
    ],
)
def test_networks_are_kept_once_and_in_one_form(written: list[str], kept: list[str]):
    assert parse_networks(written) == kept


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("the office", "is no address"),
        ("192.0.2.0/33", "is no address"),
        ("192.0.2.0/24, 192.0.3.0/24", "is no address"),
        ("192.0.2.7/24", "Did you mean 192.0.2.0/24?"),
        ("2001:db8::1/32", "Did you mean 2001:db8::/32?"),
    ],
)
def test_what_is_no_network_is_refused_with_what_may_be_meant(written: str, why: str):
    with pytest.raises(Invalid) as no:
        parse_networks(["192.0.2.1", written])

    (problem,) = no.value.problems
    assert (problem.code, problem.field) == ("ADDRESS", "addresses")
    assert why in str(problem.message)


def test_so_many_are_too_many():
    with pytest.raises(Invalid, match="At most 50"):
        parse_networks(f"192.0.2.{n}" for n in range(MOST + 1))


@pytest.mark.parametrize(
    ("address", "among", "inside"),
    [
        ("192.0.2.7", ["192.0.2.0/24"], True),
        ("192.0.3.7", ["192.0.2.0/24"], False),
        ("192.0.3.7", ["192.0.2.0/24", "192.0.3.7/32"], True),
        ("::ffff:192.0.2.7", ["192.0.2.0/24"], True),
        ("192.0.2.7", ["::ffff:192.0.2.0/120"], True),
        ("2001:db8::7", ["2001:db8::/32"], True),
        ("2001:db9::7", ["2001:db8::/32"], False),
        ("fe80::1%eth0", ["fe80::/10"], True),
        ("::1", ["0.0.0.0/0"], False),
        ("192.0.2.7", ["::/0"], False),
        ("", ["0.0.0.0/0", "::/0"], False),
        ("testclient", ["0.0.0.0/0"], False),
    ],
)
def test_an_address_is_within_a_network_or_not(address: str, among: list[str], inside: bool):
    assert is_within(address, map(network, among)) is inside
