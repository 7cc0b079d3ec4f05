"""Activities as the world may ask and change them: what is held, who is invited, what they answer, and who came."""

from server.schema.activities.answering import ActivityAnswerMutation
from server.schema.activities.changes import ActivityMutation
from server.schema.activities.lists import AttendanceListMutation, AttendanceListQuery
from server.schema.activities.queries import ActivityQuery
from server.schema.activities.rates import AttendanceRateQuery
from server.schema.activities.types import Activity, ActivitySession, LeaveRequest, Participation

__all__ = [
    "Activity",
    "ActivityAnswerMutation",
    "ActivityMutation",
    "ActivityQuery",
    "ActivitySession",
    "AttendanceListMutation",
    "AttendanceListQuery",
    "AttendanceRateQuery",
    "LeaveRequest",
    "Participation",
]
