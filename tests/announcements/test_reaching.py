"""Whom an announcement is for, who has read it, and who is reminded, by one statement."""

import pytest

from server.errors import Conflict, Invalid, NotThere, Refused
from server.models import announcements
from server.models.announcements import Named
from server.models.announcements.reach import audience, short_of
from server.models.messages import Message
from server.rules.announcements import AnnouncementAudience
from server.rules.permissions import Role
from tests import make
from tests.announcements.worlds import DAY, TODAY, at, corrected, drafted, published
from tests.cast import Cast
from tests.web.visitors import Asks

A = AnnouncementAudience
READERS = """query ($id: ID!, $sector: ID, $search: String, $standing: AnnouncementReadStanding, $last: Int) {
  announcementReaders(announcement: $id, sector: $sector, search: $search) {
    figures { people unread earlier read outside } mayRemind
    bySector { name sector { id } figures { people read } }
    people(standing: $standing, last: $last) {
      totalCount pageInfo { hasNextPage hasPreviousPage endCursor }
      edges { node { person { nameEn } standing inside firstReadAt readAt } }
    }
  }
}"""


async def test_it_is_for_the_people_of_today(everyone: Cast) -> None:
    row = await published(everyone, audience=A.BODIES, named=Named(bodies=[everyone.group.id]))
    assert set(await audience(everyone["secretary"], row)) == {
        everyone.people[name].id for name in ("leader", "member")
    }
    late = await make.person(name_en="Late")
    await make.place(everyone.group, late)
    assert late.id in await audience(everyone["secretary"], row)


async def test_who_has_read_it_and_who_cannot_sign_in_is_told(everyone: Cast, ask: Asks) -> None:
    row = await published(everyone)
    await make.seat(await make.person(name_en="Outside"), everyone.term)
    for name in ("member", "leader"):
        await announcements.announcement_open(everyone[name], announcement=row.id)
    row = await corrected(everyone, row)
    await announcements.announcement_open(at(everyone["leader"], make.NOW + DAY), announcement=row.id)
    key = f"ann_{row.id}"

    found = (await ask("secretary", READERS, id=key))["data"]["announcementReaders"]

    assert found["figures"] == {"people": 5, "unread": 3, "earlier": 1, "read": 1, "outside": 1}
    assert [(one["name"], one["figures"]) for one in found["bySector"]] == [
        ("Arts", {"people": 4, "read": 1}),
        ("No sector stated", {"people": 1, "read": 0}),
    ]
    people = {edge["node"]["person"]["nameEn"]: edge["node"] for edge in found["people"]["edges"]}
    assert {name: (one["standing"], one["inside"]) for name, one in people.items()} == {
        "Kang Convener": ("UNREAD", True),
        "Lin Leader": ("READ", True),
        "Mei Member": ("EARLIER", True),
        "Outside": ("UNREAD", False),
        "Wen Chair": ("UNREAD", True),
    }
    assert people["Lin Leader"]["firstReadAt"] == "2026-11-22T02:00:00+00:00"
    assert people["Lin Leader"]["readAt"] == "2026-11-23T02:00:00+00:00"
    unread = (await ask("secretary", READERS, id=key, standing="UNREAD", last=2))["data"]["announcementReaders"]
    assert unread["people"]["totalCount"] == 3
    assert [edge["node"]["person"]["nameEn"] for edge in unread["people"]["edges"]] == ["Outside", "Wen Chair"]
    arts = f"bod_{everyone.sector.id}"
    narrow = (await ask("secretary", READERS, id=key, sector=arts, search="mei"))["data"]["announcementReaders"]
    assert narrow["figures"]["people"] == 1


@pytest.mark.parametrize(("name", "sees"), [("secretary", True), ("chair", True), ("auditor", True), ("member", False)])
async def test_who_read_what_is_told_to_the_office_and_auditors(
    everyone: Cast, ask: Asks, name: str, sees: bool
) -> None:
    row = await published(everyone)
    answer = await ask(name, READERS, id=f"ann_{row.id}")
    assert ("errors" not in answer) is sees
    hidden = await ask(name, READERS, id=f"ann_{make.some_id()}")
    assert not (hidden["data"] or {}).get("announcementReaders")


async def test_those_who_have_not_read_it_are_reminded_once_a_day(everyone: Cast) -> None:
    row = await published(everyone)
    office, key = everyone["secretary"], {"announcement": row.id}
    await announcements.announcement_open(everyone["member"], **key)

    assert await announcements.announcement_remind(office, **key) == 3

    reminded = await Message.filter(title_en__startswith="An announcement waits for you to read it")
    assert {one.person_id for one in reminded} == {everyone.people[name].id for name in ("leader", "convener", "chair")}
    with pytest.raises(Invalid) as caught:
        await announcements.announcement_remind(office, **key)
    assert [one.code for one in caught.value.problems] == ["NOBODY"]
    assert await announcements.announcement_remind(at(office, make.NOW + DAY), **key) == 3
    assert set(await short_of(office, row.id)) == {one.person_id for one in reminded}


async def test_nobody_is_reminded_of_what_is_not_displayed_or_by_others(everyone: Cast) -> None:
    draft = await drafted(everyone)
    with pytest.raises(Conflict):
        await announcements.announcement_remind(everyone["secretary"], announcement=draft.id)
    with pytest.raises(NotThere):
        await announcements.announcement_remind(everyone["secretary"], announcement=make.some_id())
    for name in ("department", "auditor", "member"):
        with pytest.raises(Refused):
            await announcements.announcement_remind(everyone[name], announcement=draft.id)


async def test_a_reminder_is_looked_at_before_it_is_sent(everyone: Cast, ask: Asks) -> None:
    row = await published(everyone, audience=A.ROLES, named=Named(roles=[Role.MEMBER]))
    await make.seat(await make.person(name_en="Outside"), everyone.term)
    text = "query ($id: ID!) { announcementReaders(announcement: $id) { reminder { count today inside lost } } }"

    async def reach() -> dict[str, int]:
        found: dict[str, int] = (await ask("secretary", text, id=f"ann_{row.id}"))["data"]["announcementReaders"][
            "reminder"
        ]
        return found

    assert await reach() == {"count": 5, "today": 0, "inside": 4, "lost": 1}
    await announcements.announcement_remind(everyone["secretary"], announcement=row.id)
    assert await reach() == {"count": 0, "today": 5, "inside": 0, "lost": 0}


async def test_days_are_told_for_each_department_and_only_of_what_says_them(everyone: Cast, ask: Asks) -> None:
    for days, title in ((1, "A"), (5, "B")):
        row = await published(everyone, title_en=title, occurred_on=TODAY - days * DAY)
    await announcements.announcement_open(at(everyone["member"], make.NOW + 2 * DAY), announcement=row.id)
    roads = await make.body(name_en="Roads Bureau")
    await published(everyone, origin_id=roads.id, occurred_on=TODAY)
    await drafted(everyone, occurred_on=TODAY - 99 * DAY)
    text = """query ($since: Date, $until: Date) { announcementTimeliness(since: $since, until: $until) {
      name count unread department { id } toPublication { typical longest } toReading { typical longest } } }"""

    found = (await ask("auditor", text))["data"]["announcementTimeliness"]

    assert [one["name"] for one in found] == ["Education Bureau", "Roads Bureau"]
    assert found[0] == {
        "name": "Education Bureau",
        "count": 2,
        "unread": 1,
        "department": {"id": f"bod_{everyone.bureau.id}"},
        "toPublication": {"typical": 1, "longest": 5},
        "toReading": {"typical": 7, "longest": 7},
    }
    assert found[1]["toReading"] is None
    day = TODAY.isoformat()
    assert len((await ask("auditor", text, since=day, until=day))["data"]["announcementTimeliness"]) == 2
    later = (TODAY + DAY).isoformat()
    assert (await ask("auditor", text, since=later))["data"]["announcementTimeliness"] == []


@pytest.mark.parametrize(("since", "until", "count"), [("0001-01-01", "9999-12-31", 1), ("9999-12-31", None, 0)])
async def test_the_first_and_the_last_day_there_are_can_be_asked_for(
    everyone: Cast, ask: Asks, since: str, until: str | None, count: int
) -> None:
    await published(everyone)
    text = "query ($a: Date, $b: Date) { it: announcementTimeliness(since: $a, until: $b) { count } }"
    assert len((await ask("auditor", text, a=since, b=until))["data"]["it"]) == count


async def test_a_list_of_what_is_not_read_is_empty_for_who_is_no_person(everyone: Cast, ask: Asks) -> None:
    await published(everyone)
    text = "{ announcements(unread: true) { totalCount } }"
    counts = [(await ask(name, text))["data"]["announcements"]["totalCount"] for name in ("member", "secretary")]
    assert counts == [1, 0]


async def test_documents_are_listed_with_drafts_and_not_with_what_is_gone(everyone: Cast) -> None:
    with pytest.raises(NotThere):
        await announcements.announcement_link_document(
            everyone["secretary"], announcement=make.some_id(), document=make.some_id()
        )
    row = await published(everyone)
    await announcements.announcement_withdraw(everyone["secretary"], announcement=row.id, reason="x")
    with pytest.raises(Conflict):
        await announcements.announcement_link_document(
            everyone["secretary"], announcement=row.id, document=make.some_id()
        )
    draft = await drafted(everyone)
    for verb in (announcements.announcement_link_document, announcements.announcement_unlink_document):
        with pytest.raises(NotThere):
            await verb(everyone["secretary"], announcement=draft.id, document=make.some_id())
