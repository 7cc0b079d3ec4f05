"""The change to the next term as the world may ask and decide it."""

from server.schema.renewal.changes import RenewalMutation
from server.schema.renewal.queries import RenewalQuery

__all__ = ["RenewalMutation", "RenewalQuery"]
