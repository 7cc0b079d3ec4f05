"""What is new to a reader: given to them, and not opened yet."""

from typing import Any

from tortoise.expressions import Q, Subquery

from server.models.documents.queries import allowed
from server.models.reading.tables import ReadingProgress
from server.rules.documents import Act, DocumentState, Level
from server.viewer import Viewer


def new_to(viewer: Viewer) -> Q:
    """Documents that the viewer was given and may read now, and has not opened. What is public awaits nobody."""
    opened = ReadingProgress.filter(person_id=viewer.person, opens__gt=0).values("document_id")
    seen: Any = {"id__in": Subquery(opened)}
    return allowed(viewer, Act.READ) & Q(state=DocumentState.AVAILABLE) & ~Q(level=Level.PUBLIC) & ~Q(**seen)
