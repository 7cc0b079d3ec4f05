"""What leaves the house for one person: the words of one message or of a digest, the reader's language first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from server.models.messages.tables import Message
from server.rules.messages import Urgency, tells_all
from server.words import LOCALES, Locale, say

RULE = "—" * 20
CHOICES = "/me/messages/choices"
Links = Mapping[UUID, str]
NO_LINKS: Links = {}


@dataclass(frozen=True)
class Reader:
    """Whom a letter is for. locale: the language of what comes first. name: in that language, or empty."""

    name: str = ""
    email: str = ""
    phone: str = ""
    locale: Locale = "zh"


@dataclass(frozen=True)
class Letter:
    """What is handed to a channel. envelope: the same each time that it is tried."""

    envelope: UUID
    channel: str
    reader: Reader
    title: str
    text: str
    urgent: bool = False
    choices: str = ""


def letter(
    envelope: UUID, channel: str, reader: Reader, messages: Sequence[Message], base: str, links: Links = NO_LINKS
) -> Letter:
    """The letter of these messages. base: the address of this product. links: the way in that a message brings."""
    order = sorted(LOCALES, key=lambda locale: locale != reader.locale)
    text = f"\n\n{RULE}\n\n".join(_in_one(locale, messages, base, links) for locale in order)
    urgent = any(message.urgency == Urgency.URGENT for message in messages)
    return Letter(envelope, channel, reader, _title(reader.locale, messages), text, urgent, base + CHOICES)


def address_of(message: Message, base: str) -> str:
    """The page of a message."""
    return f"{base}/me/messages/msg_{message.id}"


def _title(locale: Locale, messages: Sequence[Message]) -> str:
    if len(messages) == 1:
        return str(getattr(messages[0], f"title_{locale}"))
    return say("{count} messages for you", count=len(messages)).into(locale)


def _in_one(locale: Locale, messages: Sequence[Message], base: str, links: Links) -> str:
    parts = [_part(locale, message, base, links) for message in messages]
    if len(parts) > 1:
        parts.insert(0, _title(locale, messages))
    foot = say("You choose what comes, and when: {address}", address=base + CHOICES).into(locale)
    return "\n\n".join([*parts, foot])


def _part(locale: Locale, message: Message, base: str, links: Links) -> str:
    title, text = getattr(message, f"title_{locale}"), getattr(message, f"text_{locale}")
    said = tells_all(text, outside=message.outside)
    if message.id in links:
        goes_on = say("Choose your password here: {address}", address=links[message.id])
    else:
        goes_on = say("Read it here: {address}", address=address_of(message, base))
    return "\n\n".join(part for part in (title, said, goes_on.into(locale)) if part)
