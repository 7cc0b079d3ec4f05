"""What is shown of accounts, and to whom: everything to those who may see who may do what, else one's own."""

from typing import Any

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from server.models.accounts.tables import Account, ApiClient, RoleAssignment
from server.rules.permissions import Action
from server.viewer import Viewer


def visible_accounts(viewer: Viewer) -> QuerySet[Account]:
    """All accounts, or the viewer's own."""
    return Account.filter(own(viewer, Action.READ_PERMISSIONS, "id"))


def visible_assignments(viewer: Viewer) -> QuerySet[RoleAssignment]:
    """All roles ever given that were not voided, or those of the viewer's own account."""
    return RoleAssignment.filter(own(viewer, Action.READ_PERMISSIONS, "account_id"), voided_at=None)


def visible_tokens(viewer: Viewer) -> QuerySet[ApiClient]:
    """All tokens for who manages accounts, else the viewer's own."""
    return ApiClient.filter(own(viewer, Action.MANAGE_ACCOUNTS, "owner_id"))


def own(viewer: Viewer, action: Action, column: str) -> Q:
    """All rows for who may do that, else those whose column is the viewer's account."""
    if viewer.may(action):
        return Q()
    mine: Any = {f"{column}__in": [viewer.account] if viewer.account else []}
    return Q(**mine)
