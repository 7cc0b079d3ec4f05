"""Invitations: how people come in for the first time, and again when a password is forgotten."""

from server.models.accounts.tables import Invitation, InvitationChannel
from server.models.invitations.entering import Shown, enter, invited_by_link
from server.models.invitations.forgotten import answer_forgotten, forgot
from server.models.invitations.invitees import Invitee, Such, invitees_of, invitees_read, names_of, names_read
from server.models.invitations.inviting import Invited, invite, invite_person, is_open, may_be_mailed, needs_one, wanted
from server.models.invitations.issuing import Issued, invitation_issue
from server.models.invitations.visible import visible_invitations

__all__ = [
    "Invitation",
    "InvitationChannel",
    "Invited",
    "Invitee",
    "Issued",
    "Shown",
    "Such",
    "answer_forgotten",
    "enter",
    "forgot",
    "invitation_issue",
    "invite",
    "invite_person",
    "invited_by_link",
    "invitees_of",
    "invitees_read",
    "is_open",
    "may_be_mailed",
    "names_of",
    "names_read",
    "needs_one",
    "visible_invitations",
    "wanted",
]
