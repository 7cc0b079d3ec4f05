"""Two entries of one person: what either read is read, and what either said is said."""

from server.models.announcements import AnnouncementComment, AnnouncementReading
from server.models.members import merge_people
from tests import make
from tests.announcements.worlds import DAY, published
from tests.cast import Cast


async def test_what_both_read_is_read_from_the_first_time_on_as_far_as_either_came(everyone: Cast) -> None:
    both, one = [await published(everyone, title_en=title) for title in ("Both", "One")]
    keep, drop = everyone.people["member"], await make.person(name_en="Mei Double")
    for person, seen, days in ((keep, 1, 2), (drop, 2, 1)):
        at = make.NOW + days * DAY
        facts = {"person": person, "seen": seen, "first_read_at": at, "read_at": at + DAY}
        await AnnouncementReading.create(announcement=both, **facts)
    at = {"first_read_at": make.NOW, "read_at": make.NOW}
    await AnnouncementReading.create(announcement=one, person=drop, seen=1, **at)
    said = {"text": "Too few", "version": 1, "written_at": make.NOW}
    await AnnouncementComment.create(announcement=one, person=drop, **said)

    await merge_people(everyone["secretary"], keep=keep.id, drop=drop.id, reason="double")

    found = {row.announcement_id: row for row in await AnnouncementReading.filter(person_id=keep.id)}
    assert (found[both.id].seen, found[both.id].first_read_at) == (2, make.NOW + DAY)
    assert found[both.id].read_at == make.NOW + 2 * DAY
    assert found[one.id].seen == 1
    assert await AnnouncementReading.filter(person_id=drop.id).count() == 0
    assert (await AnnouncementComment.get()).person_id == keep.id
