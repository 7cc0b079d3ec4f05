"""Hearings: who is heard on what, by which rules, and how one comes to be heard."""

import server.models.activities  # noqa: F401  # a hearing is an activity, so that room is first

# isort: split
from server.models.hearings.tables import (
    Hearing,
    HearingApplication,
    HearingNotice,
    HearingOfficer,
    HearingPlaces,
)

# isort: split
from server.models.hearings.applying import (
    ApplicationFacts,
    application_confirm,
    application_decide,
    application_withdraw,
    hearing_apply,
)
from server.models.hearings.choosing import (
    hearing_choose,
    hearing_close_applications,
    hearing_draw,
    hearing_make_ready,
    hearing_publish_list,
    hearing_select_queue,
)
from server.models.hearings.moving import (
    hearing_announce,
    hearing_approve,
    hearing_cancel,
    hearing_open_applications,
    hearing_postpone,
    hearing_steps,
)
from server.models.hearings.preparing import (
    HearingFacts,
    deadlines_of,
    hearing_add,
    hearing_change,
    hearing_name_officers,
    hearing_remove_officers,
    hearing_set_places,
    years_of,
)
from server.models.hearings.queries import kept_hearings, own_applications, visible_applications, visible_hearings
from server.models.hearings.starting import hearing_start
from server.models.hearings.visiting import (
    application_by,
    application_confirm_by,
    application_withdraw_by,
    erase_contacts,
    hearing_apply_publicly,
)

__all__ = [
    "ApplicationFacts",
    "Hearing",
    "HearingApplication",
    "HearingFacts",
    "HearingNotice",
    "HearingOfficer",
    "HearingPlaces",
    "application_by",
    "application_confirm",
    "application_confirm_by",
    "application_decide",
    "application_withdraw",
    "application_withdraw_by",
    "deadlines_of",
    "erase_contacts",
    "hearing_add",
    "hearing_announce",
    "hearing_apply",
    "hearing_apply_publicly",
    "hearing_approve",
    "hearing_cancel",
    "hearing_change",
    "hearing_choose",
    "hearing_close_applications",
    "hearing_draw",
    "hearing_make_ready",
    "hearing_name_officers",
    "hearing_open_applications",
    "hearing_postpone",
    "hearing_publish_list",
    "hearing_remove_officers",
    "hearing_select_queue",
    "hearing_set_places",
    "hearing_start",
    "hearing_steps",
    "kept_hearings",
    "own_applications",
    "visible_applications",
    "visible_hearings",
    "years_of",
]
