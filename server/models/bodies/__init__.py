"""Bodies of every kind, who sits in them, and how they stem from each other."""

from server.models import members as members  # seats tell people things: who comes here first is led there first

# isort: split
from server.models.bodies.tables import (
    Body,
    BodyIdentifier,
    BodyKind,
    BodyMembership,
    BodyRelation,
    BodyRole,
    RelationKind,
)

# isort: split
from server.models.bodies.counting import count_once, two_groups_at_once
from server.models.bodies.lives import (
    BodyFacts,
    change_body,
    create_body,
    end_body,
    end_relation,
    relate_bodies,
)
from server.models.bodies.many import add_body_members, create_bodies, end_body_memberships
from server.models.bodies.queries import (
    derived_roles,
    derived_roles_of,
    sensitive_seen,
    sitting_in,
    visible_bodies,
    visible_body_memberships,
    visible_relations,
)
from server.models.bodies.sitting import (
    Place,
    add_body_member,
    change_role,
    correct_body_membership,
    end_body_membership,
    follows_from_seat,
    void_body_membership,
)

__all__ = [
    "Body",
    "BodyFacts",
    "BodyIdentifier",
    "BodyKind",
    "BodyMembership",
    "BodyRelation",
    "BodyRole",
    "Place",
    "RelationKind",
    "add_body_member",
    "add_body_members",
    "change_body",
    "change_role",
    "correct_body_membership",
    "count_once",
    "create_bodies",
    "create_body",
    "derived_roles",
    "derived_roles_of",
    "end_body",
    "end_body_membership",
    "end_body_memberships",
    "end_relation",
    "follows_from_seat",
    "relate_bodies",
    "sensitive_seen",
    "sitting_in",
    "two_groups_at_once",
    "visible_bodies",
    "visible_body_memberships",
    "visible_relations",
    "void_body_membership",
]
