"""Whether the servers say the same: compared before anything is measured."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bench.asking import ask
from bench.servers import Server

PREFIXED = re.compile(r"(?:mem|per|bod|doc|act)_([0-9a-f]{8}-[0-9a-f-]{27})")
WHOLE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.0+(\+00:00)")
"""A moment of a whole second, of which the peer writes the parts, too."""
CHOICES = frozenset({"status", "role", "kind", "level", "rsvp", "presence"})
"""Keys of enums: the peer shows what is stored, we and the limit the name."""


class Different(Exception):
    """Two servers do not say the same; the words say where."""


def compare(servers: Sequence[Server], bodies: Mapping[str, Sequence[dict[str, Any]]], token: str) -> int:
    """How many answers were compared. Raises Different at the first that is not the same everywhere, or is empty."""
    first, *others = servers
    for number, body in enumerate(bodies[first.name]):
        expected = data(ask(first, body, token))
        if not any(expected.values()):
            raise Different(f"{first.name} has no answer to {body['variables']}: {expected}")
        for other in others:
            found = data(ask(other, bodies[other.name][number], token))
            if found != expected:
                place = where(expected, found)
                raise Different(f"{body['operationName']} {body['variables']}: {other.name} differs at {place}")
    return len(bodies[first.name])


def data(answer: dict[str, Any]) -> Any:
    """What was asked for, plainly; we alone tell what it cost beside it."""
    if answer.keys() - {"data", "extensions"}:
        raise Different(f"an answer has errors: {str(answer)[:400]}")
    return plain(answer["data"])


def plain(value: Any, key: str = "") -> Any:
    """The answer without what the peer says differently: letters before ids, case of enums, parts of seconds."""
    if isinstance(value, dict):
        return {name: plain(one, name) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one, key) for one in value]
    if isinstance(value, str):
        found = PREFIXED.fullmatch(value) if key == "id" else None
        if moment := WHOLE.fullmatch(value):
            return moment[1] + moment[2]
        return found[1] if found else value.lower() if key in CHOICES else value
    return value


def where(expected: Any, found: Any, path: str = "data") -> str:
    """The first place at which two values differ, and both."""
    if isinstance(expected, dict) and isinstance(found, dict) and expected.keys() == found.keys():
        for name, one in expected.items():
            if one != found[name]:
                return where(one, found[name], f"{path}.{name}")
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for number, one in enumerate(expected):
            if one != found[number]:
                return where(one, found[number], f"{path}[{number}]")
    return f"{path}: {str(expected)[:200]} is not {str(found)[:200]}"
