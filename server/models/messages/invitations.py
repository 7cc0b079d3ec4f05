"""Invitations that leave by e-mail: a message with a delivery each, whatever its reader chose of other messages."""

from collections.abc import Iterable
from uuid import uuid4

from server.models.accounts.tables import Account, Invitation
from server.models.database import BATCH
from server.models.messages.tables import Delivery, Message
from server.models.messages.telling import deliveries_of
from server.rules.messages import EMAIL, Planned, Topic, Urgency
from server.viewer import Viewer
from server.words import Words, say

TITLE = say("Your way into the members' platform")
AGAIN = say("A new password for the members' platform")


async def mail(viewer: Viewer, invited: Iterable[tuple[Account, Invitation]], *, forgotten: bool = False) -> None:
    """Send these invitations to the addresses of their people, in the caller's transaction.

    The letter is written when it leaves, and its link made then (server/models/invitations/secrets.py): no row of ours
    holds it. forgotten: somebody asked for it; it waits for nothing.
    """
    urgency = Urgency.URGENT if forgotten else Urgency.USUAL
    messages = [_message(viewer, account, invitation, urgency, forgotten) for account, invitation in invited]
    plan = [Planned(EMAIL, viewer.now)]
    deliveries = [one for message in messages for one in deliveries_of(viewer, message, message.person_id, plan)]
    await Message.bulk_create(messages, BATCH)
    await Delivery.bulk_create(deliveries, BATCH)


def _message(viewer: Viewer, account: Account, invitation: Invitation, urgency: Urgency, forgotten: bool) -> Message:
    words = _forgotten(account) if forgotten else _again(account) if account.password_hash else _new(account)
    day = invitation.expires_at.astimezone(viewer.zone).date()
    once = say(
        "The link below works once, until {day}. Whoever has this letter could use it: pass it to nobody.", day=day
    )
    texts = {f"text_{locale}": f"{words.into(locale)}\n\n{once.into(locale)}" for locale in ("zh", "en")}
    title = AGAIN if account.password_hash else TITLE
    titles = {f"title_{locale}": title.into(locale) for locale in ("zh", "en")}
    return Message(
        id=uuid4(),
        topic=Topic.ACCOUNT,
        urgency=int(urgency),
        person_id=account.person_id,
        invitation_id=invitation.id,
        outside=True,
        created_at=viewer.now,
        **titles,
        **texts,
    )


def _new(account: Account) -> Words:
    return say(
        "The general office has opened the account {account} for you. With it you see your file, your bodies and your "
        "learning group, on a phone or a computer. Open the link below, choose a password, and you are in.",
        account=account.name,
    )


def _again(account: Account) -> Words:
    return say(
        "With this you choose a new password for your account {account}. The old one works until then.",
        account=account.name,
    )


def _forgotten(account: Account) -> Words:
    return say(
        "Somebody, probably you, said that the password of your account {account} is forgotten. With this you choose a "
        "new one. If it was not you, leave this letter alone: nothing has changed.",
        account=account.name,
    )
