"""Documents for who takes part in an activity, and how long they live by themselves (RD-1, RD-2)."""

import datetime as dt

import pytest

from server.errors import NotThere
from server.models import activities, documents
from server.models.activities import Activity, Invited
from server.models.activities.papers import activity_link_document
from server.models.documents import Document, Whom
from server.models.documents.queries import allowed
from server.rules.activities import ActivityAudience
from server.rules.attendance import Rsvp
from server.rules.documents import Act
from server.viewer import Viewer
from tests import make
from tests.activities.worlds import DAY, MORNING, announced, planned
from tests.cast import Cast
from tests.documents.giving import document
from tests.web.visitors import Asks

ENDS = dt.datetime(2026, 12, 28, 16, 0, tzinfo=dt.UTC)
"""The end of the tenth working day after Monday 14 December, where the assembly sits."""


async def reads(viewer: Viewer, paper: Document) -> bool:
    return await Document.filter(allowed(viewer, Act.READ), id=paper.id).exists()


async def test_who_takes_part_reads_from_when_they_are_told_and_whoever_joins_later(everyone: Cast) -> None:
    paper, row = await document(everyone), await planned(everyone)
    leader, member, convener = (everyone[name] for name in ("leader", "member", "convener"))
    await activities.group_invite(leader, activity=row.id, invited=Invited(people=(member.person,)))
    await activities.activity_approve(leader, activity=row.id)
    keeper = everyone["custodian"]
    with pytest.raises(NotThere):
        await documents.grant_add(keeper, document=paper.id, whom=[Whom(activity=row.id)], reason="for it")
    await activities.activity_announce(leader, activity=row.id)

    await documents.grant_add(keeper, document=paper.id, whom=[Whom(activity=row.id)], reason="for it")
    assert (await reads(member, paper), await reads(convener, paper)) == (True, False)

    await activities.group_invite(leader, activity=row.id, invited=Invited(people=(convener.person,)))
    await activities.invitation_answer(member, activity=row.id, answer=Rsvp.NO)
    assert (await reads(member, paper), await reads(convener, paper)) == (False, True)

    await activities.activity_cancel(leader, activity=row.id, reason="no quorum")
    assert not await reads(convener, paper)


async def test_a_paper_lives_through_its_activity_and_ten_working_days_more(everyone: Cast) -> None:
    paper, keeper, row = await document(everyone), everyone["custodian"], await announced(everyone)
    (given,) = await documents.grant_add(
        keeper, document=paper.id, whom=[Whom(activity=row.id)], reason="for the session"
    )
    assert given.valid_until == ENDS
    (usual,) = await documents.grant_add(
        keeper, document=paper.id, whom=[Whom(person=everyone.people["member"].id)], reason="for a question"
    )
    assert usual.valid_until == make.NOW + 7 * DAY


async def test_what_is_given_of_a_linked_paper_lives_as_long(everyone: Cast) -> None:
    keeper, row = everyone["custodian"], await announced(everyone, "chair")
    paper = await document(everyone)
    await documents.grant_add(
        keeper, document=paper.id, whom=[Whom(person=everyone["chair"].person)], reason="to link it"
    )
    await activity_link_document(everyone["chair"], activity=row.id, document=paper.id)
    whom = [Whom(person=everyone.people["member"].id)]
    (given,) = await documents.grant_add(keeper, document=paper.id, whom=whom, reason="for the session")
    assert given.valid_until == ENDS

    await documents.document_change(keeper, document=paper.id, expires_at=MORNING)
    (short,) = await documents.grant_add(keeper, document=paper.id, whom=whom, reason="for the session")
    assert short.valid_until == MORNING, "never longer than the document itself"


async def test_a_preview_says_who_gains_and_the_same_end(ask: Asks, everyone: Cast) -> None:
    paper, row = await document(everyone), await announced(everyone)
    text = f"""{{ it: grantPreview(on: "doc_{paper.id}", activity: "act_{row.id}", reason: "x") {{
        count gains validUntil lines {{ person {{ id }} change }} }} }}"""

    said = (await ask("custodian", text))["data"]["it"]

    assert (said["count"], said["gains"]) == (2, 2)
    assert dt.datetime.fromisoformat(said["validUntil"]) == ENDS


async def test_nobody_learns_of_a_hidden_activity_by_giving_to_it(ask: Asks, everyone: Cast) -> None:
    paper, row = await document(everyone), await announced(everyone, audience=ActivityAudience.INVITED)
    text = f'{{ it: grantPreview(on: "doc_{paper.id}", activity: "act_{row.id}", reason: "x") {{ count }} }}'

    answer = await ask("custodian", text)

    assert answer["errors"][0]["extensions"]["code"] == "NOT_THERE"
    assert await Activity.filter(id=row.id).exists()
