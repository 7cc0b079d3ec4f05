"""Who may know of an announcement, when, and that an opening is noted once for each version."""

import pytest

from server.errors import NotThere, Refused
from server.models import announcements
from server.models.announcements import Announcement, AnnouncementReading, AnnouncementVersion, Named
from server.rules.announcements import AnnouncementAudience, AnnouncementKind
from server.rules.documents import Level
from server.rules.permissions import Role
from tests import make
from tests.announcements.worlds import DAY, LATER, TODAY, at, corrected, drafted, published, seen_by
from tests.cast import NAMES, Cast

A = AnnouncementAudience
STAFF = {"secretary", "chair"}
INSIDE = {"admin", "custodian", "auditor", "leader", "convener", "member"} | STAFF


@pytest.mark.parametrize(
    ("facts", "names"),
    [
        ({}, INSIDE | {"department"}),  # who writes it; of the others nobody whose role is outside
        ({"origin_id": None, "kind": AnnouncementKind.NOTICE}, INSIDE),
        ({"audience": A.EVERYONE, "level": Level.PUBLIC}, set(NAMES)),
        ({"audience": A.BODIES, "whom": "group"}, {"leader", "member", "department"} | STAFF),
        ({"audience": A.BODIES, "whom": "sector"}, {"leader", "member", "convener", "department"} | STAFF),
        ({"audience": A.ROLES, "whom": "auditors"}, {"auditor", "department"} | STAFF),
    ],
)
async def test_everyone_sees_what_is_for_them(everyone: Cast, facts: dict[str, object], names: set[str]) -> None:
    whom = {
        "group": Named(bodies=[everyone.group.id]),
        "sector": Named(bodies=[everyone.sector.id]),
        "auditors": Named(roles=[Role.AUDITOR]),
    }.get(str(facts.get("whom")), Named())
    await published(everyone, named=whom, **{name: fact for name, fact in facts.items() if name != "whom"})
    assert {name for name in NAMES if await seen_by(everyone[name])} == names


async def test_before_its_time_only_who_writes_it_knows_of_it(everyone: Cast) -> None:
    await drafted(everyone, title_en="Draft")
    await published(everyone, at=LATER, title_en="Later", audience=A.EVERYONE, level=Level.PUBLIC)
    for name in ("secretary", "chair", "department"):
        assert await seen_by(everyone[name]) == ["Draft", "Later"]
    for name in ("member", "auditor", "visitor"):
        assert await seen_by(everyone[name]) == []
        assert await seen_by(at(everyone[name], LATER)) == ["Later"]


async def test_afterwards_it_is_still_there_for_who_signs_in_and_no_more_for_visitors(everyone: Cast) -> None:
    await published(everyone, audience=A.EVERYONE, level=Level.PUBLIC, display_until=TODAY + DAY)
    after = make.NOW + 3 * DAY
    assert await seen_by(at(everyone["visitor"], make.NOW + DAY)) == ["New schools"]
    assert await seen_by(at(everyone["visitor"], after)) == []
    assert await seen_by(at(everyone["member"], after)) == ["New schools"]
    shown = Announcement.filter(announcements.displayed(at(everyone["member"], after)))
    assert await shown.count() == 0


async def test_of_what_is_withdrawn_readers_see_no_version(everyone: Cast) -> None:
    row = await published(everyone, audience=A.EVERYONE, level=Level.PUBLIC)
    await announcements.announcement_withdraw(everyone["secretary"], announcement=row.id, reason="wrong")

    async def versions(name: str) -> int:
        return await AnnouncementVersion.filter(announcements.visible_versions(everyone[name])).count()

    assert await seen_by(everyone["member"]) == ["New schools"]
    assert await seen_by(everyone["visitor"]) == []
    assert [await versions(name) for name in ("secretary", "member", "visitor")] == [1, 0, 0]


async def test_a_token_without_the_scope_sees_nothing_at_all(everyone: Cast) -> None:
    await published(everyone, audience=A.EVERYONE, level=Level.PUBLIC)
    person = everyone.people["member"].id
    token = make.viewer(Role.MEMBER, person=person, scopes=frozenset({"members:read"}))
    reader = make.viewer(Role.MEMBER, person=person, scopes=frozenset({"announcements:read"}))
    assert (await seen_by(token), await seen_by(reader)) == ([], ["New schools"])


async def test_an_opening_is_noted_once_for_each_version(everyone: Cast) -> None:
    row = await published(everyone)
    member, key = everyone["member"], {"announcement": row.id}
    assert await announcements.unread(member).count() == 1

    first = [await announcements.announcement_open(at(member, make.NOW + n * DAY), **key) for n in range(2)]
    assert first == [True, False]
    assert await announcements.unread(member).count() == 0
    await corrected(everyone, row)
    assert await announcements.unread(member).count() == 1
    again = [await announcements.announcement_open(at(member, make.NOW + n * DAY), **key) for n in (2, 3)]

    assert again == [True, False]
    assert await announcements.unread(member).count() == 0
    (reading,) = await AnnouncementReading.all()
    assert (reading.seen, reading.first_read_at, reading.read_at) == (2, make.NOW, make.NOW + 2 * DAY)


async def test_nothing_is_noted_of_drafts_of_staff_without_a_person_and_of_strangers(everyone: Cast) -> None:
    row = await drafted(everyone)
    assert await announcements.announcement_open(everyone["chair"], announcement=row.id) is False
    out = await published(everyone)
    assert await announcements.announcement_open(everyone["secretary"], announcement=out.id) is False
    assert await announcements.announcement_open(everyone["department"], announcement=out.id) is False
    with pytest.raises(NotThere):
        await announcements.announcement_open(everyone["member"], announcement=row.id)
    with pytest.raises(Refused):
        await announcements.announcement_open(everyone["visitor"], announcement=out.id)
    assert await AnnouncementReading.all().count() == 0
    assert await announcements.unread(everyone["secretary"]).count() == 0
