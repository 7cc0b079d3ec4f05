"""Being told: one's own messages and how they come; what the office sends to many, and what became of it."""

from server.schema.messages.choices import ChoiceMutation, ChoiceQuery
from server.schema.messages.deliveries import DeliveryMutation, DeliveryQuery
from server.schema.messages.mailings import MailingMutation, MailingQuery
from server.schema.messages.own import MessageMutation, MessageQuery

__all__ = [
    "ChoiceMutation",
    "ChoiceQuery",
    "DeliveryMutation",
    "DeliveryQuery",
    "MailingMutation",
    "MailingQuery",
    "MessageMutation",
    "MessageQuery",
]
