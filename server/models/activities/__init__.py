"""Activities: what is held, who is invited, what they answer, and who came."""

import server.models.documents  # noqa: F401  # its decision asks who takes part, so it is first whoever asks

# isort: split
from server.models.activities.tables import (
    Activity,
    ActivityDocument,
    ActivityOrganiser,
    ActivitySession,
    Attendance,
    AttendanceCorrection,
    InvitedGroup,
    LeaveRequest,
    LeaveSession,
    MajorityCheck,
    Participation,
)

# isort: split
from server.models.activities.answering import (
    invitation_answer,
    invitation_note,
    leave_ask,
    leave_decide,
    leave_withdraw,
)
from server.models.activities.attending import attendance_correct, attendance_note, check_in
from server.models.activities.listing import attendance_import, attendance_listed
from server.models.activities.moving import (
    activity_announce,
    activity_approve,
    activity_archive,
    activity_cancel,
    activity_close_answers,
    activity_finish,
    activity_lock,
    activity_postpone,
    activity_reopen_answers,
    activity_set_sessions,
    activity_start,
    majority_of,
    steps_of,
)
from server.models.activities.papers import activity_link_document, activity_unlink_document
from server.models.activities.preparing import (
    ActivityFacts,
    Invited,
    activity_add,
    activity_change,
    activity_set_organisers,
    group_invite,
    participations_remove,
)
from server.models.activities.queries import (
    activities_where,
    kept_activities,
    own_activities,
    visible_activities,
    visible_leaves,
    visible_participations,
    waiting_leaves,
)
from server.models.activities.reminding import activity_remind, unanswered

__all__ = [
    "Activity",
    "ActivityDocument",
    "ActivityFacts",
    "ActivityOrganiser",
    "ActivitySession",
    "Attendance",
    "AttendanceCorrection",
    "Invited",
    "InvitedGroup",
    "LeaveRequest",
    "LeaveSession",
    "MajorityCheck",
    "Participation",
    "activities_where",
    "activity_add",
    "activity_announce",
    "activity_approve",
    "activity_archive",
    "activity_cancel",
    "activity_change",
    "activity_close_answers",
    "activity_finish",
    "activity_link_document",
    "activity_lock",
    "activity_postpone",
    "activity_remind",
    "activity_reopen_answers",
    "activity_set_organisers",
    "activity_set_sessions",
    "activity_start",
    "activity_unlink_document",
    "attendance_correct",
    "attendance_import",
    "attendance_listed",
    "attendance_note",
    "check_in",
    "group_invite",
    "invitation_answer",
    "invitation_note",
    "kept_activities",
    "leave_ask",
    "leave_decide",
    "leave_withdraw",
    "majority_of",
    "own_activities",
    "participations_remove",
    "steps_of",
    "unanswered",
    "visible_activities",
    "visible_leaves",
    "visible_participations",
    "waiting_leaves",
]
