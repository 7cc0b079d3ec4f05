"""Being told: one's own messages and how they come; what the office sends to many, and what did not arrive."""

from server.schema import Action
from server.words import say
from web.casting import CASTS
from web.pages import form, page


def wish(text: str) -> dict[str, str]:
    """How messages of one topic come by one way, as its select says it: topic, way, mode. Raises ValueError."""
    topic, channel, mode = text.split()
    return {"topic": topic, "channel": channel, "mode": mode}


CASTS["MessageWish"] = (wish, say("Choose one of those offered."))

SENDING = Action.SEND_MESSAGES.name
MAILING = "/mailings/{id}"

routes = [
    page("/me/messages", "messages/list"),
    form("/me/messages", "messages/list", "ReadMessages", done="All messages are marked as read."),
    page("/me/messages/choices", "messages/choices"),
    form("/me/messages/choices", "messages/choices", "ChooseMessages", done="Your choice is kept."),
    page("/me/messages/{id}", "messages/show"),
    form(
        "/me/messages/{id}", "messages/show", "ReadMessage", then="/me/messages", done="The message is marked as read."
    ),
    page("/mailings", "messages/mailings"),
    page("/mailings/new", "messages/new", SENDING),
    form("/mailings/new", "messages/new", "DraftMailing", then="/mailings/{mailing[id]}"),
    page(MAILING, "messages/mailing"),
    form(MAILING, "messages/mailing", "SendMailing", done="The message is sent."),
    form(
        MAILING + "/remind",
        "messages/mailing",
        "RemindMailing",
        then="/mailings/{mailing[id]}",
        done="The reminder is drafted. Nobody has got it yet.",
    ),
    page(MAILING + "/change", "messages/change"),
    form(MAILING + "/change", "messages/change", "RedraftMailing", then=MAILING, done="The draft is changed."),
    page(MAILING + "/discard", "messages/discard"),
    form(
        MAILING + "/discard", "messages/discard", "DiscardMailing", then="/mailings", done="The draft is thrown away."
    ),
    page(MAILING + "/slips", "messages/slips"),
    form(MAILING + "/slips", "messages/slips", "HandOver", done="Those whom you ticked count as told."),
    form(
        MAILING + "/slips/all",
        "messages/slips",
        "HandOverAll",
        then=MAILING + "/slips",
        done="All of them count as told.",
    ),
    form(
        MAILING + "/slips/back",
        "messages/slips",
        "TakeBackHanding",
        then=MAILING + "/slips",
        done="It is taken back: they wait for a slip again.",
    ),
    page("/deliveries", "messages/deliveries"),
    form("/deliveries", "messages/deliveries", "SendAllAgain", done="All that did not arrive is sent again."),
    form(
        "/deliveries/{id}/again",
        "messages/deliveries",
        "SendAgain",
        then="/deliveries",
        done="The message is sent again.",
    ),
    form(
        "/deliveries/{id}/came-back",
        "messages/deliveries",
        "CameBack",
        then="/deliveries",
        done="It counts as come back. Correct the address in the person's file, then send it again.",
    ),
    form(
        "/deliveries/{id}/back",
        "messages/deliveries",
        "TakeBack",
        then="/deliveries",
        done="What was said is taken back.",
    ),
]
