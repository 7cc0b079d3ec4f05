"""Telling owners that a token of theirs ends soon, before their programs get no more answers."""

from server.models.accounts.tables import ApiClient
from server.models.database import transaction
from server.models.messages import telling
from server.rules.accounts import WARNED
from server.rules.messages import Topic
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import Words, say


async def remind(viewer: Viewer) -> Words:
    """Tell each owner once for each token and its end; what was done, in one sentence."""
    viewer.must(Action.MANAGE_ACCOUNTS)
    ending = ApiClient.filter(
        revoked_at=None,
        replaced_by_id=None,
        expires_at__gt=viewer.now,
        expires_at__lte=viewer.now + WARNED,
        owner__active=True,
    )
    async with transaction():
        rows = await ending.order_by("expires_at", "id")
        for row in rows:
            on = row.expires_at.astimezone(viewer.zone).date()
            await telling.tell(
                viewer,
                topic=Topic.ACCOUNT,
                words=say("Your API token {name} ends on {day}", name=row.name, day=on),
                more=say("The program that uses it will get no more answers. Replace the token before."),
                accounts=[row.owner_id],
                link="/me/tokens",
                key=f"token.ends:{row.id}:{on}",
            )
    return say("Reminders: {count} tokens end soon, and their owners know.", count=len(rows))
