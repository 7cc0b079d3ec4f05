"""Which rooms, times, bookings, copies and loans a viewer may know of."""

from typing import Any

from tortoise.expressions import Q, Subquery

from server.models.documents.queries import allowed
from server.models.documents.tables import Document
from server.models.members.queries import NOTHING
from server.models.rooms.tables import Booking, Loan, PaperCopy
from server.rules.documents import Act
from server.rules.permissions import Action
from server.viewer import Viewer


def visible_rooms(viewer: Viewer) -> Q:
    """All, and all their times, for whoever may read anything."""
    return Q() if viewer.may(Action.READ_DOCUMENTS) else NOTHING


def visible_bookings(viewer: Viewer) -> Q:
    """All for who keeps the rooms, else one's own."""
    return Q() if viewer.may(Action.KEEP_ROOMS) else own(viewer)


def visible_copies(viewer: Viewer) -> Q:
    """Those of documents that the viewer keeps, and those that they were handed."""
    mine: Any = {"id__in": Subquery(Loan.filter(own(viewer)).values("copy_id"))}
    return _of_kept(viewer) | Q(**mine)


def visible_loans(viewer: Viewer) -> Q:
    """Those of copies that the viewer keeps, and one's own."""
    return kept_loans(viewer) | own(viewer)


def kept_loans(viewer: Viewer) -> Q:
    """Loans of copies of documents that the viewer keeps."""
    copies: Any = {"copy_id__in": Subquery(PaperCopy.filter(_of_kept(viewer)).values("id"))}
    return Q(**copies)


def overdue(viewer: Viewer) -> Q:
    """Loans that should have come back by now; see `rules.rooms.loan_state`."""
    return Q(returned_at__isnull=True, lost_at__isnull=True, due_on__lt=viewer.today)


def own(viewer: Viewer) -> Q:
    """Rows of the viewer's own; of nobody's where the account belongs to none."""
    mine: Any = {"person_id__in": [viewer.person] if viewer.person and viewer.may(Action.READ_DOCUMENTS) else []}
    return Q(**mine)


def coming(viewer: Viewer) -> Q:
    """Times that are not over, and were not cancelled."""
    return Q(ends_at__gt=viewer.now, cancelled_at__isnull=True)


def of_slot(row: Booking) -> Q:
    """All that the same person booked in the same time."""
    return Q(slot_id=row.slot_id, person_id=row.person_id)


def _of_kept(viewer: Viewer) -> Q:
    kept: Any = {"document_id__in": Subquery(Document.filter(allowed(viewer, Act.MANAGE)).values("id"))}
    return Q(**kept)
