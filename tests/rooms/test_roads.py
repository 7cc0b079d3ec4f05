"""The compiled road and the ordinary one answer alike about rooms, bookings, copies and loans, for everyone."""

import pytest

from server.models.rooms.booking import book
from server.models.rooms.lending import copies_add, loan_give
from server.rules.documents import ReadMode
from server.schema.reading import Asking
from tests.cast import NAMES, Cast
from tests.compiling.test_roads import answers
from tests.rooms.worlds import DAY, paper, room, slot, who

OPERATIONS = (
    """{ readingRooms { name place endedAt }
      readingSlots { totalCount edges { node { startsAt endsAt capacity free room { name } } } } }""",
    """{ ownBookings { edges { node { state bookedAt document { title } slot { free startsAt } person { name } } } }
      roomDocuments { edges { node { title decisions { act allowed code } } } } }""",
    """{ paperCopies { totalCount edges { node { copyNo state document { title }
      out { state dueOn person { name } } } } }
      loans { edges { node { state dueOn copy { copyNo loans { state } } } } }
      late: loans(overdue: true) { totalCount } ownLoans { edges { node { state copy { copyNo } } } } }""",
)


@pytest.mark.parametrize("text", OPERATIONS)
async def test_both_roads_answer_alike(everyone: Cast, text: str) -> None:
    time, inside = await slot(await room(everyone), starts=DAY, capacity=5), await paper(everyone)
    outside = await paper(everyone, mode=ReadMode.ONLINE)
    for name in ("member", "leader"):
        await book(everyone[name], slot=time.id, document=inside.id)
    copy, _ = await copies_add(everyone["custodian"], document=outside.id, count=2)
    await loan_give(everyone["custodian"], copy=copy.id, person=who(everyone, "member"))

    found = {}
    for name in NAMES[:-1]:
        ordinary, compiled = await answers(text, Asking(everyone[name]))
        assert compiled == ordinary, name
        found[name] = ordinary

    if "readingSlots" in text:
        assert found["member"]["readingSlots"]["edges"][0]["node"]["free"] == 3
    assert any(found["member"] != found[name] for name in NAMES[:-1]) or "readingSlots" in text
