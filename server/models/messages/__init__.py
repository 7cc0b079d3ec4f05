"""Being told: messages written with their cause, what each person chose, and the deliveries that leave the house."""

from server.models import accounts as accounts  # it tells people things: who comes here first is led there first

# isort: split
from server.models.messages.tables import Delivery, Mailing, MailingReader, Message, MessageChoice, MessageHours

# isort: split
from server.models.messages.choosing import choose, own_messages, read_all, read_one
from server.models.messages.mailing import Audience, audience_of, confirmed, discard, draft, redraft, remind, send
from server.models.messages.telling import tell
from server.models.messages.troubles import again, again_all, came_back, for_hands, hand_over, take_back

__all__ = [
    "Audience",
    "Delivery",
    "Mailing",
    "MailingReader",
    "Message",
    "MessageChoice",
    "MessageHours",
    "again",
    "again_all",
    "audience_of",
    "came_back",
    "choose",
    "confirmed",
    "discard",
    "draft",
    "for_hands",
    "hand_over",
    "own_messages",
    "read_all",
    "read_one",
    "redraft",
    "remind",
    "send",
    "take_back",
    "tell",
]
