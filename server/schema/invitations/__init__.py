"""Invitations as the world may ask and issue them."""

from server.schema.invitations.changes import InvitationMutation
from server.schema.invitations.queries import InvitationQuery
from server.schema.invitations.types import Invitation

__all__ = ["Invitation", "InvitationMutation", "InvitationQuery"]
