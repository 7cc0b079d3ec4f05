"""Hearings that show everything which can be known of one: drawn, open, ready, to be chosen, and a draft."""

from dataclasses import replace
from typing import Any

from server.models import activities, hearings
from server.models.hearings import Hearing
from server.models.hearings.visiting import hash_of
from server.rules.hearings import Capacity, HearingDuty, Position, ProfileKey
from tests.activities.test_papers import paper
from tests.cast import Cast
from tests.hearings.worlds import DAY, LATER, apply, closed, enrol, opened, prepared

SECRET = "known-to-the-tests"
"""Of the link to an application without an account."""
SAID: dict[str, Any] = {"capacity": Capacity.AFFECTED, "position": Position.AGAINST, "summary": "It is far"}


async def of_every_kind(cast: Cast) -> list[Hearing]:
    """The one that shows most comes first."""
    return [
        await _drawn(cast),
        await _open(cast),
        await _ready(cast),
        await _to_choose(cast),
        await prepared(cast, department=cast.bureau.id, open_doors=False, closed_because="names of children"),
        await _to_publish(cast),
        await hearings.hearing_approve(cast["secretary"], hearing=(await prepared(cast, ProfileKey.PREFECTURE)).id),
    ]


async def _drawn(cast: Cast) -> Hearing:
    """By lot, with a document, its list published with a cause; Mei applied under her name."""
    row = await opened(cast, ProfileKey.PREFECTURE)
    linked = await paper(cast)
    await activities.activity_link_document(cast["secretary"], activity=row.activity_id, document=linked)
    said = SAID | {"represents": "Parents of the east", "named": True}
    mine = await hearings.hearing_apply(cast["member"], hearing=row.id, **said)
    await hearings.application_decide(cast["secretary"], application=mine.id, admit=True, reason="lives here")
    await apply(cast, row, Capacity.AFFECTED, "f")
    await apply(cast, row, Capacity.PUBLIC, "fanfa")
    row, viewer = await closed(cast, row)
    viewer = replace(viewer, now=viewer.now + DAY)
    await hearings.hearing_draw(viewer, hearing=row.id, public_value="03 11 22")
    return await hearings.hearing_publish_list(viewer, hearing=row.id, good_cause="few are concerned")


async def _open(cast: Cast) -> Hearing:
    """One who waits, one who was refused, and one on the panel who belongs to the department and is in service."""
    row = await opened(cast, ProfileKey.PREFECTURE, department=cast.bureau.id)
    await hearings.hearing_apply(cast["member"], hearing=row.id, **SAID)
    dan = await hearings.hearing_apply(cast["department"], hearing=row.id, **SAID, civil_servant=True)
    people = [cast.people["department"].id]
    await hearings.hearing_name_officers(cast["secretary"], hearing=row.id, people=people, duty=HearingDuty.PANEL)
    (other,) = await apply(cast, row, Capacity.PUBLIC, "n")
    await hearings.application_withdraw(await _as(cast, other), application=other)
    await hearings.application_decide(cast["secretary"], application=dan.id, admit=False, reason="of the department")
    who = {"name": "Nan Neighbour", "email": "nan@example.org", "phone": "1234", "represents": "Those next door"}
    new, _ = await hearings.hearing_apply_publicly(cast["visitor"], hearing=row.id, **SAID, **who)
    await hearings.HearingApplication.filter(id=new.id).update(token_hash=hash_of(SECRET))
    return row


async def _as(cast: Cast, application: Any) -> Any:
    person = (await hearings.HearingApplication.get(id=application)).person_id
    return replace(cast["member"], person=person)


async def _to_publish(cast: Cast) -> Hearing:
    row = await opened(cast, per_sector=2)
    await enrol(cast, row, 2)
    row, viewer = await closed(cast, row)
    return await hearings.hearing_select_queue(viewer, hearing=row.id)


async def _ready(cast: Cast) -> Hearing:
    row = await opened(cast)
    mine = await hearings.hearing_apply(cast["member"], hearing=row.id, named=True)
    await enrol(cast, row, 11)
    row, viewer = await closed(cast, row)
    await hearings.hearing_select_queue(viewer, hearing=row.id)
    await hearings.hearing_publish_list(viewer, hearing=row.id)
    await hearings.application_confirm(replace(cast["member"], now=viewer.now), application=mine.id)
    return await hearings.hearing_make_ready(replace(viewer, now=LATER), hearing=row.id)


async def _to_choose(cast: Cast) -> Hearing:
    row = await opened(cast, ProfileKey.LEGISLATIVE)
    await apply(cast, row, Capacity.AFFECTED, "fa")
    who = {"name": "Nan Neighbour", "phone": "1234"}
    new, _ = await hearings.hearing_apply_publicly(cast["visitor"], hearing=row.id, **SAID, **who)
    await hearings.application_decide(cast["secretary"], application=new.id, admit=True)
    return (await closed(cast, row))[0]
