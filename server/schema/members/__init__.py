"""The register as the world may ask and change it."""

from server.schema.members.changes import MemberMutation
from server.schema.members.queries import MemberQuery
from server.schema.members.types import Membership, MembershipPost, MembershipStatus, Person, Term

__all__ = ["MemberMutation", "MemberQuery", "Membership", "MembershipPost", "MembershipStatus", "Person", "Term"]
