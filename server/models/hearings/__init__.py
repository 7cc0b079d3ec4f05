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

__all__ = [
    "Hearing",
    "HearingApplication",
    "HearingFacts",
    "HearingNotice",
    "HearingOfficer",
    "HearingPlaces",
    "deadlines_of",
    "hearing_add",
    "hearing_announce",
    "hearing_approve",
    "hearing_cancel",
    "hearing_change",
    "hearing_name_officers",
    "hearing_open_applications",
    "hearing_postpone",
    "hearing_remove_officers",
    "hearing_set_places",
    "hearing_steps",
    "kept_hearings",
    "own_applications",
    "visible_applications",
    "visible_hearings",
    "years_of",
]
