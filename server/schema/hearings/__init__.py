"""Hearings as the world may ask and change them: who is heard on what, by which rules."""

from server.schema.hearings.applications import HearingApplication
from server.schema.hearings.changes import HearingMutation
from server.schema.hearings.choosing import HearingChoiceMutation
from server.schema.hearings.queries import HearingQuery
from server.schema.hearings.types import Hearing
from server.schema.hearings.visiting import HearingVisitMutation, HearingVisitQuery

__all__ = [
    "Hearing",
    "HearingApplication",
    "HearingChoiceMutation",
    "HearingMutation",
    "HearingQuery",
    "HearingVisitMutation",
    "HearingVisitQuery",
]
