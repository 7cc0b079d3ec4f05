"""Bodies as the world may ask and change them."""

from server.schema.bodies.changes import BodyMutation
from server.schema.bodies.queries import BodyQuery
from server.schema.bodies.types import Body, BodyMembership, BodyRelation

__all__ = ["Body", "BodyMembership", "BodyMutation", "BodyQuery", "BodyRelation"]
