"""Which form a request has, and which an answer is to have, by the headers Content-Type and Accept."""

from functools import lru_cache

RESPONSE, JSON = b"application/graphql-response+json; charset=utf-8", b"application/json; charset=utf-8"
"""What an answer can be. Only the first has a status that tells what is wrong with a query; others expect 200."""
KEPT = 256
"""Values of a header that are kept read: clients have few."""
UTF_8 = {"utf-8", "utf8"}


@lru_cache(KEPT)
def is_json(content_type: bytes) -> bool:
    """Whether a body of that type is JSON in UTF-8, which it is where nothing else is said."""
    kind, *parameters = _parts(content_type.decode("latin-1"))
    charsets = (value.strip('"') for name, _, value in (one.partition("=") for one in parameters) if name == "charset")
    return kind == "application/json" and all(charset in UTF_8 for charset in charsets)


@lru_cache(KEPT)
def media_for(accept: bytes) -> bytes:
    """What a client that accepts this gets: of equal ones the first of ours, where it is named; else plain JSON.

    Who accepts neither gets plain JSON, too, as the protocol allows: a client that says nothing true of itself is told
    more by that than by an empty 406.
    """
    wanted = dict(reversed([_wanted(one) for one in accept.decode("latin-1").split(",")]))
    response, json = (_weight(wanted, media) for media in (RESPONSE, JSON))
    named = _name(RESPONSE) in wanted
    return RESPONSE if response > json or (named and response == json > 0) else JSON


def _wanted(one: str) -> tuple[str, float]:
    """A media range, and how much it is wanted: 1 where nothing, 0 where nonsense is said."""
    kind, *parameters = _parts(one)
    said = next((one.partition("=")[2] for one in parameters if one.startswith("q=")), "1")
    try:
        return kind, min(max(float(said), 0), 1)
    except ValueError:
        return kind, 0


def _weight(wanted: dict[str, float], media: bytes) -> float:
    """By the closest of the ranges."""
    name = _name(media)
    ranges = (name, f"{name.partition('/')[0]}/*", "*/*")
    return next((wanted[one] for one in ranges if one in wanted), 0)


def _name(media: bytes) -> str:
    return media.decode().partition(";")[0]


def _parts(value: str) -> list[str]:
    return [part.strip().lower() for part in value.split(";")]
