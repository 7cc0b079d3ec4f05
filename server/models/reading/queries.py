"""Which openings, and whose progress, someone may know of: their own, and nobody else's."""

from typing import Any

from tortoise.expressions import Q

from server.models.members.queries import NOTHING
from server.viewer import Viewer


def own_sessions(viewer: Viewer) -> Q:
    """Those of one's account. A visitor's are those from the same place, which nobody finds without their ID."""
    if viewer.account:
        mine: Any = {"account_id": viewer.account}
        return Q(**mine)
    if viewer.signed_in or not viewer.place:
        return NOTHING
    return Q(account_id__isnull=True, address_hash=viewer.place)


def own_progress(viewer: Viewer) -> Q:
    """How far the viewer came; of nobody's where the account belongs to none."""
    mine: Any = {"person_id__in": [viewer.person] if viewer.person else []}
    return Q(**mine)
