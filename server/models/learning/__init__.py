"""Learning groups: their lives, their leaders, their members, and who is covered (LC-1, LC-2)."""

from server.models.learning.assigning import Among, Assignment, Waiting, preview_assignment, proposed
from server.models.learning.coverage import Coverage, SectorFigures, coverage
from server.models.learning.groups import STEMS, create_group, end_group, rename_group, set_stem
from server.models.learning.heads import set_leaders
from server.models.learning.leading import groups_on, leadership_gaps
from server.models.learning.placed import Done, assignment_done, doing, done_of, rows_made, undo_assignment
from server.models.learning.places import add_members, move_member, remove_member
from server.models.learning.placing import apply_assignment, hindered, hindering, hindrances

__all__ = [
    "STEMS",
    "Among",
    "Assignment",
    "Coverage",
    "Done",
    "SectorFigures",
    "Waiting",
    "add_members",
    "apply_assignment",
    "assignment_done",
    "coverage",
    "create_group",
    "doing",
    "done_of",
    "end_group",
    "groups_on",
    "hindered",
    "hindering",
    "hindrances",
    "leadership_gaps",
    "move_member",
    "preview_assignment",
    "proposed",
    "remove_member",
    "rename_group",
    "rows_made",
    "set_leaders",
    "set_stem",
    "undo_assignment",
]
