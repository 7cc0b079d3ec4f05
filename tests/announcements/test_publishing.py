"""Published at a time, corrected with what changed (AD-1), withdrawn with a reason; who is told what."""

import datetime as dt

import pytest

from server.errors import Conflict, Invalid
from server.jobs.known import JOBS
from server.models import announcements
from server.models.announcements import Announcement, AnnouncementVersion, Named, tell_published
from server.models.messages import Delivery, Message
from server.rules.announcements import AnnouncementAudience, AnnouncementKind, AnnouncementState
from server.rules.documents import Level
from server.rules.permissions import Role
from tests import make
from tests.announcements.worlds import DAY, LATER, TODAY, at, corrected, drafted, published
from tests.cast import Cast

K = AnnouncementKind


async def told(cast: Cast, name: str) -> list[str]:
    """What somebody was told, in the order of it."""
    rows = Message.filter(person_id=cast.people[name].id).order_by("created_at", "title_en")
    return [title async for title in rows.values_list("title_en", flat=True)]


async def test_all_members_are_told_when_it_is_published_and_nobody_else(everyone: Cast) -> None:
    row = await published(everyone)

    assert (row.state, row.version, row.publish_at) == (AnnouncementState.PUBLISHED, 1, make.NOW)
    assert row.told_at == make.NOW
    for name in ("member", "leader", "convener", "chair"):
        assert await told(everyone, name) == ["New announcement: New schools"]
    assert await Message.all().count() == 4
    assert {one.link for one in await Message.all()} == {f"/announcements/ann_{row.id}"}


async def test_what_is_published_later_is_told_then_and_once(everyone: Cast) -> None:
    row = await published(everyone, at=LATER)
    system = make.viewer()
    assert (row.state, row.told_at) == (AnnouncementState.PUBLISHED, None)
    assert await tell_published(system) == 0

    assert await tell_published(at(system, LATER)) == 1
    assert await tell_published(at(system, LATER + DAY)) == 0

    assert await told(everyone, "member") == ["New announcement: New schools"]
    assert (await Announcement.get(id=row.id)).told_at == LATER


async def test_a_job_tells_of_what_was_published_for_later(everyone: Cast) -> None:
    await published(everyone, at=LATER)
    (job,) = (one for one in JOBS if one.name == "announcements")
    assert str(await job.run(at(make.viewer(), LATER))) == "1 announcements told to those whom they are for."


async def test_nobody_publishes_into_the_past_or_twice(everyone: Cast) -> None:
    row = await drafted(everyone)
    viewer, key = everyone["secretary"], {"announcement": row.id}
    with pytest.raises(Invalid) as caught:
        await announcements.announcement_publish(viewer, **key, at=make.NOW - DAY)
    assert [one.field for one in caught.value.problems] == ["at"]
    await announcements.announcement_publish(viewer, **key)
    with pytest.raises(Conflict):
        await announcements.announcement_publish(viewer, **key)
    assert await AnnouncementVersion.all().count() == 1


@pytest.mark.parametrize(
    ("facts", "fields"),
    [
        ({"origin_id": None, "occurred_on": None}, ["origin", "occurred_on"]),
        ({"body_en": ""}, ["body_zh"]),
        ({"occurred_on": TODAY + DAY}, ["occurred_on"]),
        ({"kind": K.APPOINTMENT, "occurred_on": TODAY + DAY}, []),
        ({"kind": K.DISPLAY}, ["display_until", "comment_until"]),
        ({"kind": K.DISPLAY, "display_until": TODAY + 3 * DAY, "comment_until": TODAY}, ["display_until"]),
        ({"display_until": TODAY, "comment_until": TODAY + DAY}, ["comment_until"]),
    ],
)
async def test_what_its_kind_must_say_is_asked_when_it_is_published(
    everyone: Cast, facts: dict[str, object], fields: list[str]
) -> None:
    row = await drafted(everyone, **facts)
    viewer = everyone["secretary"]
    if not fields:
        await announcements.announcement_publish(viewer, announcement=row.id)
        return
    with pytest.raises(Invalid) as caught:
        await announcements.announcement_publish(viewer, announcement=row.id)
    assert [one.field for one in caught.value.problems] == fields
    assert (await Announcement.get(id=row.id)).state is AnnouncementState.DRAFT


async def test_a_correction_is_another_version_and_says_what_changed(everyone: Cast) -> None:
    row = await published(everyone)

    now = await corrected(everyone, row)

    assert (now.version, now.body_en) == (2, "Four *new* schools open.")
    kept = [(one.n, one.body_en, one.changed) for one in await AnnouncementVersion.all().order_by("n")]
    assert kept == [(1, "Three *new* schools open.", ""), (2, "Four *new* schools open.", "It is four.")]
    assert await told(everyone, "member") == ["Amended announcement: New schools", "New announcement: New schools"]
    (message,) = await Message.filter(person_id=everyone.people["member"].id, title_en__startswith="Amended")
    assert (message.text_en, message.outside) == ("It is four.", False)


async def test_a_correction_needs_a_difference_a_reason_and_what_its_kind_must_say(everyone: Cast) -> None:
    row = await published(everyone)
    viewer, key = everyone["secretary"], {"announcement": row.id}
    for changed, facts, code, field in (
        ("x", {}, "NOTHING_CHANGED", "changed"),
        (" ", {"title_en": "Schools"}, "REASON_MISSING", "changed"),
        ("x", {"occurred_on": None}, "NEEDED", "occurred_on"),
        ("x", {"body_en": ""}, "TEXT_MISSING", "body_zh"),
    ):
        with pytest.raises(Invalid) as caught:
            await announcements.announcement_correct(viewer, **key, changed=changed, **facts)
        assert [(one.code, one.field) for one in caught.value.problems] == [(code, field)]
    assert (await Announcement.get(id=row.id)).version == 1
    draft = await drafted(everyone)
    with pytest.raises(Conflict):
        await announcements.announcement_correct(viewer, announcement=draft.id, changed="x", title_en="y")


async def test_what_is_corrected_before_anybody_was_told_is_told_as_it_is_then(everyone: Cast) -> None:
    row = await published(everyone, at=LATER)
    await corrected(everyone, row)
    versions = await AnnouncementVersion.all().order_by("n")
    assert [one.published_at for one in versions] == [LATER, LATER]
    assert await Message.all().count() == 0
    await tell_published(at(make.viewer(), LATER))
    assert await told(everyone, "member") == ["New announcement: New schools"]


async def test_its_last_days_are_changed_within_the_rule(everyone: Cast) -> None:
    row = await published(everyone, kind=K.DISPLAY, display_until=TODAY + 7 * DAY, comment_until=TODAY + 5 * DAY)
    viewer, key = everyone["secretary"], {"announcement": row.id}
    days = {"display_until": TODAY + 14 * DAY, "comment_until": TODAY + 14 * DAY}
    now = await announcements.announcement_prolong(viewer, **key, **days)
    assert (now.display_until, now.comment_until, now.version) == (TODAY + 14 * DAY, TODAY + 14 * DAY, 1)
    assert (await announcements.announcement_prolong(viewer, **key, **days)).updated_at == now.updated_at
    for wrong in ({"display_until": None}, {"display_until": TODAY + DAY, "comment_until": TODAY}):
        with pytest.raises(Invalid):
            await announcements.announcement_prolong(viewer, **key, **days | wrong)


async def test_what_is_withdrawn_is_told_with_its_reason_to_whoever_was_told(everyone: Cast) -> None:
    row = await published(everyone)
    viewer = everyone["secretary"]
    with pytest.raises(Invalid):
        await announcements.announcement_withdraw(viewer, announcement=row.id, reason=" ")

    now = await announcements.announcement_withdraw(viewer, announcement=row.id, reason="Not decided yet")

    assert (now.state, now.reason) == (AnnouncementState.WITHDRAWN, "Not decided yet")
    assert "Withdrawn announcement: New schools" in await told(everyone, "member")
    with pytest.raises(Conflict):
        await announcements.announcement_withdraw(viewer, announcement=row.id, reason="again")


async def test_a_draft_is_discarded_in_silence(everyone: Cast) -> None:
    row = await drafted(everyone, "department")
    await announcements.announcement_withdraw(everyone["department"], announcement=row.id, reason="A mistake")
    assert (await Announcement.get(id=row.id)).state is AnnouncementState.WITHDRAWN
    assert await Message.all().count() == 0


@pytest.mark.parametrize(
    ("audience", "named", "names"),
    [
        (AnnouncementAudience.BODIES, "bodies", {"leader", "member", "convener", "chair"}),
        (AnnouncementAudience.ROLES, "derived", {"convener", "department", "chair"}),
        (AnnouncementAudience.ROLES, "given", {"chair"}),
        (AnnouncementAudience.ROLES, "members", {"leader", "member", "convener", "chair"}),
    ],
)
async def test_bodies_and_roles_are_told_alone(
    everyone: Cast, audience: AnnouncementAudience, named: str, names: set[str]
) -> None:
    whom = {
        "bodies": Named(bodies=[everyone.group.id, everyone.sector.id]),
        "derived": Named(roles=[Role.CONVENER, Role.DEPARTMENT, Role.CHAIR]),
        "given": Named(roles=[Role.CHAIR]),
        "members": Named(roles=[Role.MEMBER]),
    }[named]
    await published(everyone, audience=audience, named=whom)
    found = {message.person_id for message in await Message.all()}
    assert found == {everyone.people[name].id for name in names}


async def test_a_title_that_is_work_sensitive_stays_in_the_house(everyone: Cast) -> None:
    whom = Named(bodies=[everyone.group.id])
    row = await published(
        everyone, level=Level.WORK_SENSITIVE, audience=AnnouncementAudience.BODIES, named=whom, kind=K.NOTICE
    )
    await corrected(everyone, row)
    assert await told(everyone, "member") == [
        "An announcement for you was amended",
        "There is a new announcement for you",
    ]
    assert not await Delivery.filter(message__outside=True).exists()


async def test_a_moment_may_be_named_in_any_zone(everyone: Cast) -> None:
    row = await drafted(everyone)
    zone = dt.timezone(dt.timedelta(hours=8))
    later = await announcements.announcement_publish(
        everyone["secretary"], announcement=row.id, at=LATER.astimezone(zone)
    )
    assert later.publish_at == LATER
