"""What the page of an error gives along for the office: to be sent by who is signed in, to write or copy for others."""

from urllib.parse import quote

from server.schema.asking import Asking
from server.schema.mishaps import given_along, met
from server.words import Locale, Words, say

SUBJECT = say("A page that refused or failed")
LINES = (say("Page: {page}"), say("Answer: {status}"), say("Number: {number}"), say("Time: {time}"))


def told(asking: Asking, path: str, status: int, *, sends: bool = True) -> dict[str, str]:
    """What the template of an error shows: `text` to copy, `letter` as the query of a mailto address, and `sealed`,
    which a form sends; empty for who may not.

    path: as it was asked for, without its query. sends: whether sending can work.
    """
    viewer = asking.viewer
    seen = met(asking, path, status)
    time = f"{seen.at.astimezone(viewer.zone):%Y-%m-%d %H:%M} ({viewer.zone.key})"
    text = _text(viewer.locale, {"page": seen.page, "status": status, "number": seen.number, "time": time})
    letter = f"subject={_escaped(SUBJECT.into(viewer.locale))}&body={_escaped(text)}"
    return {"text": text, "letter": letter, "sealed": given_along(asking, seen) if sends else ""}


def _text(locale: Locale, facts: dict[str, object]) -> str:
    return "\n".join(Words(line.msgid, facts).into(locale) for line in LINES)


def _escaped(text: str) -> str:
    """For an address of mailto: RFC 6068 wants both characters at the end of a line."""
    return quote(text.replace("\n", "\r\n"), safe="")
