"""Which invitations someone may know of."""

from typing import Any

from tortoise.expressions import Q

from server.rules.permissions import Action
from server.viewer import NOWHERE, Viewer


def visible_invitations(viewer: Viewer) -> Q:
    """All for who invites people, else those of one's own account."""
    if viewer.may(Action.INVITE, NOWHERE):
        return Q()
    mine: Any = {"account_id__in": [viewer.account] if viewer.account else []}
    return Q(**mine)
