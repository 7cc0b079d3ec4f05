"""Learning groups and coverage as the world may ask and change them."""

from server.schema.learning.assigning import AssigningMutation, AssigningQuery
from server.schema.learning.changes import LearningMutation
from server.schema.learning.coverage import CoverageQuery
from server.schema.learning.groups import LearningQuery

__all__ = ["AssigningMutation", "AssigningQuery", "CoverageQuery", "LearningMutation", "LearningQuery"]
