"""What people are told of their seats: that one begins, changes or ends. A seat in a draft is a plan, and not told.

The title leaves the house, and who lost a seat may read no more than that: it says what ends when, and never why.
Corrections and imports are not told, as with places in bodies (server/models/bodies/news.py).
"""

import datetime as dt

from server.models.history import there
from server.models.members.tables import Membership, Status, Term, TermStatus
from server.models.messages import telling
from server.rules.messages import Topic, is_news
from server.viewer import Viewer
from server.words import Words, lines, say

ASK = say("If you have questions, ask the general office.")
ENDS: dict[Status, Words] = {
    Status.ENDED: say("Thank you for your work as a member."),
    Status.RESIGNED: say("Thank you for your work as a member."),
    Status.REMOVED: ASK,
}
GOES_ON: dict[Status, Words] = {
    Status.ACTIVE: say("active"),
    Status.SUSPENDED: say("suspended"),
    Status.NOMINATED: say("nominated"),
}


async def tell_seated(viewer: Viewer, seat: Membership, status: Status, on: dt.date | None) -> None:
    """The seat begins; where it makes no member yet, its status says so."""
    if status is not Status.ACTIVE:
        await tell_status(viewer, seat, status, on)
    elif term := await _term_told(viewer, seat, on):
        await _tell(viewer, seat, say("Your seat in term {term} begins on {day}", term=term.code, day=on))


async def tell_status(viewer: Viewer, seat: Membership, status: Status, on: dt.date | None) -> None:
    """The seat is something else from that day on."""
    term = await _term_told(viewer, seat, on)
    if term and status in ENDS:
        ends = say("Your seat in term {term} ends on {day}", term=term.code, day=on)
        await _tell(viewer, seat, ends, ENDS[status])
    elif term and status in GOES_ON:
        now = say("From that day on it is: {status}.", status=GOES_ON[status])
        await _tell(viewer, seat, _changes(term, on), now, ASK)


async def tell_post(viewer: Viewer, seat: Membership, on: dt.date) -> None:
    """The seat stands for something else from that day on."""
    if term := await _term_told(viewer, seat, on):
        await _tell(viewer, seat, _changes(term, on), say("Your file says what it stands for then."))


def _changes(term: Term, on: dt.date | None) -> Words:
    return say("Your seat in term {term} changes on {day}", term=term.code, day=on)


async def _term_told(viewer: Viewer, seat: Membership, on: dt.date | None) -> Term | None:
    """The term of the seat, where its holder is told of what happens to it on that day."""
    term = await there(Term, seat.term_id)
    return term if term.status is not TermStatus.DRAFT and is_news(on, viewer.today) else None


async def _tell(viewer: Viewer, seat: Membership, words: Words, *more: Words) -> None:
    await telling.tell(viewer, topic=Topic.SEAT, words=words, more=lines(*more), people=[seat.person_id], link="/me")
