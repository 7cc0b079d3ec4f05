"""From which network addresses a token may be used: networks as people write them, and whether one holds an address."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from server.errors import Invalid, Problem
from server.words import Words, say

Network = IPv4Network | IPv6Network
MOST = 50
"""Networks of one token."""
MAPPED = IPv6Network("::ffff:0:0/96")
"""Where IPv6 writes the addresses of IPv4."""


def parse_networks(texts: Iterable[str]) -> list[str]:
    """The networks, each once, in their order. Raises Invalid for each that is none, naming what may be meant."""
    written = dict.fromkeys(text.strip() for text in texts if text.strip())
    problems = [Problem("ADDRESS", words, "addresses") for text in written if (words := _wrong(text))]
    if len(written) > MOST:
        problems = [Problem("ADDRESSES_MANY", say("At most {most} addresses.", most=MOST), "addresses")]
    if problems:
        raise Invalid(*problems)
    return list(dict.fromkeys(str(network(text)) for text in written))


def network(text: str) -> Network:
    """The network of a text, that of one address where no length is given. Raises ValueError."""
    found = ip_network(text)
    if isinstance(found, IPv6Network) and found.subnet_of(MAPPED):
        return IPv4Network((int(found.network_address) & 0xFFFFFFFF, found.prefixlen - 96))
    return found


def is_within(address: str, networks: Iterable[Network]) -> bool:
    """Whether the address of a request is in one of these; what is no address is in none."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    plain = getattr(found, "ipv4_mapped", None) or found
    return any(plain in one for one in networks)


def _wrong(text: str) -> Words | None:
    try:
        network(text)
    except ValueError:
        return _nearest(text)
    return None


def _nearest(text: str) -> Words:
    try:
        meant = ip_network(text, strict=False)
    except ValueError:
        return say("{text} is no address. Write one such as 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32.", text=text)
    return say("{text} has more digits than its length allows. Did you mean {meant}?", text=text, meant=str(meant))
