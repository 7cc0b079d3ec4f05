"""What is said over a socket: messages of graphql-transport-ws as they come and go, and why one is closed."""

import json
from collections.abc import Mapping
from typing import Any

from server.rules.limits import MESSAGE_BYTES
from server.schema.asked import Malformed, decoded

PROTOCOL = "graphql-transport-ws"
REASON_BYTES = 123


class Over(Exception):
    """The socket is to be closed with that code, for that reason. untold: nobody is there to hear it."""

    def __init__(self, code: int, reason: str, *, untold: bool = False) -> None:
        super().__init__(reason)
        self.code, self.reason, self.untold = code, reason, untold


def message_of(received: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a client sent. Raises Over."""
    text = received.get("text")
    if text is None:
        raise Over(4400, "A message is text")
    if len(text.encode()) > MESSAGE_BYTES:
        raise Over(1009, f"A message has at most {MESSAGE_BYTES} bytes")
    try:
        message = decoded(text, "A message")
    except Malformed as malformed:
        raise Over(4400, str(malformed)) from None
    if not isinstance(message, dict):
        raise Over(4400, "A message is a JSON object")
    return message


def mapping(message: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """What stands there, which may be left out. Raises Over."""
    found = message.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise Over(4400, f"{name} is a JSON object")
    return found


def short(reason: str) -> str:
    """As much as a closing frame holds."""
    return reason.encode()[:REASON_BYTES].decode(errors="ignore")


def as_json(message: object) -> bytes:
    """As it goes out."""
    return json.dumps(message, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
