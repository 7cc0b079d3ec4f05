"""The change to the next term: the draft of it is the plan; who stays, leaves and comes, what ends and what goes on."""

from server.models.renewal.applying import apply_renewal, renewal_plan, undo_renewal
from server.models.renewal.drafting import begin_renewal, carry_seats, decide_bodies, take_back_seats
from server.models.renewal.leaving import end_leavers
from server.models.renewal.listing import renewal_rows
from server.models.renewal.plan import BodyPlan, Plan
from server.models.renewal.planning import plan_of, planning
from server.models.renewal.queries import of_sector, part_of
from server.models.renewal.tables import Renewal, TermBody

__all__ = [
    "BodyPlan",
    "Plan",
    "Renewal",
    "TermBody",
    "apply_renewal",
    "begin_renewal",
    "carry_seats",
    "decide_bodies",
    "end_leavers",
    "of_sector",
    "part_of",
    "plan_of",
    "planning",
    "renewal_plan",
    "renewal_rows",
    "take_back_seats",
    "undo_renewal",
]
