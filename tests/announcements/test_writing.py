"""Drafts: who writes them of which department, what they must say, and handing them in."""

import pytest

from server.errors import Conflict, Invalid, NotThere, Refused
from server.models import announcements
from server.models.announcements import Announcement, AnnouncementBody, AnnouncementRole, Named, steps_of
from server.models.messages import Message
from server.rules.announcements import AnnouncementAudience, AnnouncementState, AnnouncementStep
from server.rules.documents import Level
from server.rules.permissions import Role
from tests import make
from tests.announcements.worlds import drafted, published
from tests.cast import NAMES, Cast

T, A = AnnouncementStep, AnnouncementAudience


@pytest.mark.parametrize("name", NAMES)
async def test_the_office_writes_of_any_department_and_a_contact_of_their_own(everyone: Cast, name: str) -> None:
    may = {"secretary", "chair", "department"}
    if name in may:
        row = await drafted(everyone, name)
        assert (row.state, row.version, row.origin_id) == (AnnouncementState.DRAFT, 0, everyone.bureau.id)
    else:
        with pytest.raises(Refused):
            await drafted(everyone, name)
        assert await Announcement.all().count() == 0


async def test_a_contact_writes_of_no_other_department_and_not_of_the_office(everyone: Cast) -> None:
    for origin in (everyone.group.id, None):
        with pytest.raises(Refused) as caught:
            await drafted(everyone, "department", origin_id=origin)
        assert [one.code for one in caught.value.problems] == ["REACH"]
    row = await drafted(everyone, "department")
    with pytest.raises(Refused):
        await announcements.announcement_change(everyone["department"], announcement=row.id, origin_id=None)


async def test_a_department_that_nobody_knows_of_is_not_there(everyone: Cast) -> None:
    hidden = await make.body(name_en="Hidden", sensitive=True)
    with pytest.raises(NotThere):
        await drafted(everyone, "chair", origin_id=hidden.id)
    with pytest.raises(NotThere):
        await drafted(everyone, "chair", audience=A.BODIES, named=Named(bodies=[hidden.id]))


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"title_en": "", "title_zh": ""}, "NAME_MISSING", "title_zh"),
        ({"title_en": "x" * 201}, "TOO_LONG", "title_en"),
        ({"body_en": "x" * 20_001}, "TOO_LONG", "body_en"),
        ({"body_zh": "a\x07b"}, "BAD_CHARACTER", "body_zh"),
        ({"audience": A.EVERYONE}, "LEVEL_AND_AUDIENCE", "level"),
        ({"audience": A.BODIES}, "NOBODY_NAMED", "bodies"),
    ],
)
async def test_what_makes_no_sense_is_told_beside_its_field(
    everyone: Cast, facts: dict[str, object], code: str, field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        await drafted(everyone, **facts)
    assert [(one.code, one.field) for one in caught.value.problems] == [(code, field)]
    assert await Announcement.all().count() == 0


async def test_a_text_keeps_its_lines(everyone: Cast) -> None:
    row = await drafted(everyone, body_en="# Schools\r\n\r\n- one\r\n- two  ")
    assert row.body_en == "# Schools\n\n- one\n- two"


async def test_a_draft_is_changed_and_what_is_left_out_stays(everyone: Cast) -> None:
    row = await drafted(everyone, audience=A.BODIES, named=Named(bodies=[everyone.group.id]))
    viewer, key = everyone["secretary"], {"announcement": row.id}

    changed = await announcements.announcement_change(viewer, **key, title_zh="新学校")

    assert (changed.title_zh, changed.title_en, changed.audience) == ("新学校", "New schools", A.BODIES)
    assert await AnnouncementBody.filter(announcement_id=row.id).count() == 1
    roles = Named(roles=[Role.CHAIR, Role.CHAIR])
    changed = await announcements.announcement_change(viewer, **key, audience=A.ROLES, named=roles)
    assert changed.audience is A.ROLES
    assert await AnnouncementBody.all().count() == 0
    assert [one.role for one in await AnnouncementRole.all()] == [Role.CHAIR]


async def test_what_is_handed_in_waits_for_the_office_which_is_told(everyone: Cast) -> None:
    row = await drafted(everyone, "department")
    viewer, key = everyone["department"], {"announcement": row.id}

    handed = await announcements.announcement_submit(viewer, **key)

    assert handed.state is AnnouncementState.SUBMITTED
    titles = {one.title_en for one in await Message.all()}
    assert titles == {"An announcement waits to be published: New schools"}
    assert await Message.filter(account_id=everyone.accounts["secretary"].id).count() == 1
    for verb in (announcements.announcement_submit, announcements.announcement_change):
        with pytest.raises((Conflict, Refused)):
            await verb(viewer, **key)
    await announcements.announcement_change(everyone["secretary"], **key, title_en="Schools")
    with pytest.raises(Conflict):
        await announcements.announcement_submit(everyone["secretary"], **key)


@pytest.mark.parametrize(
    ("name", "draft", "out"),
    [
        ("secretary", [T.CHANGE, T.SUBMIT, T.PUBLISH, T.WITHDRAW], [T.CORRECT, T.PROLONG, T.WITHDRAW]),
        ("department", [T.CHANGE, T.SUBMIT, T.WITHDRAW], []),
        ("member", [], []),
    ],
)
async def test_what_is_offered_is_what_may_be_done(
    everyone: Cast, name: str, draft: list[AnnouncementStep], out: list[AnnouncementStep]
) -> None:
    bureau = everyone.bureau.id
    assert steps_of(everyone[name], AnnouncementState.DRAFT, bureau) == draft
    assert steps_of(everyone[name], AnnouncementState.PUBLISHED, bureau) == out
    if name == "department":
        assert steps_of(everyone[name], AnnouncementState.DRAFT, None) == []
        row = await published(everyone)
        with pytest.raises(Refused):
            await announcements.announcement_withdraw(everyone[name], announcement=row.id, reason="x")


async def test_what_one_does_not_know_of_cannot_be_changed(everyone: Cast) -> None:
    row = await drafted(everyone, level=Level.PUBLIC)
    for name in ("member", "visitor"):
        with pytest.raises(NotThere):
            await announcements.announcement_change(everyone[name], announcement=row.id, title_en="x")
