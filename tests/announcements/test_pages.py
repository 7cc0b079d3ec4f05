"""Announcements by a browser without script: written, published, read, corrected, commented, and taken back."""

import re

from server.models import announcements
from server.models.announcements import Announcement, AnnouncementComment, AnnouncementDocument, AnnouncementReading
from server.rules.announcements import AnnouncementAudience, AnnouncementState
from server.rules.documents import Level
from tests.activities.test_papers import paper
from tests.announcements.worlds import corrected, drafted, published
from tests.cast import Cast
from tests.web.visitors import SignIn, htmx


async def test_a_department_writes_the_office_publishes_and_a_member_reads(sign_in: SignIn, everyone: Cast) -> None:
    contact, office, member = [await sign_in(name, language="en") for name in ("department", "secretary", "member")]
    facts = {"kind": "INFORMATION", "origin": f"bod_{everyone.bureau.id}", "titleEn": "New schools", "titleZh": ""}
    facts |= {"bodyEn": "# Where\n\n- **North**\n- <b>South</b>", "occurredOn": "2026-11-02"}

    wrong = await contact.post("/announcements/new", data=facts | {"titleEn": ""})
    added = await contact.post("/announcements/new", data=facts)
    home = added.headers["Location"]
    handed = await contact.post(f"{home}/submit")

    assert (wrong.status_code, 'href="#titleZh"' in wrong.text) == (422, True)
    assert "&lt;b&gt;South&lt;/b&gt;" in wrong.text, "what was typed is kept"
    assert re.fullmatch(r"/announcements/ann_[0-9a-f-]+", home)
    assert handed.headers["Location"] == home
    assert (await member.get(home)).status_code == 404
    assert (await office.post(f"{home}/publish", data={"at": ""})).headers["Location"] == home
    read = (await member.get(home)).text
    assert "<h2>Where</h2>" in read
    assert "<strong>North</strong>" in read
    assert "&lt;b&gt;South&lt;/b&gt;" in read
    assert "just now, and noted" in read
    (reading,) = await AnnouncementReading.all()
    assert reading.person_id == everyone.people["member"].id
    assert "just now, and noted" not in (await member.get(home)).text
    assert (await office.get(f"{home}/readers")).text.count("New schools") > 0


async def test_it_is_for_everyone_once_that_is_said_and_visitors_read_it(sign_in: SignIn, everyone: Cast) -> None:
    office, visitor = await sign_in("secretary", language="en"), await sign_in("visitor", language="en")
    row = await drafted(everyone)
    home = f"/announcements/ann_{row.id}"

    wrong = await office.post(f"{home}/audience", data={"audience": "EVERYONE", "level": "INTERNAL"})
    right = await office.post(f"{home}/audience", data={"audience": "EVERYONE", "level": "PUBLIC"})
    hidden = await visitor.get(home)
    await office.post(f"{home}/publish")

    assert (wrong.status_code, right.headers["Location"], hidden.status_code) == (422, home, 404)
    shown = await visitor.get(home)
    assert (shown.status_code, "Three <em>new</em> schools open." in shown.text) == (200, True)
    assert "Comments" not in shown.text
    assert f'href="{home}"' in (await visitor.get("/announcements")).text
    assert await AnnouncementReading.all().count() == 0


async def test_bodies_and_roles_are_chosen_and_found(sign_in: SignIn, everyone: Cast) -> None:
    office, row = await sign_in("secretary", language="en"), await drafted(everyone)
    page = f"/announcements/ann_{row.id}/audience"
    assert "Spring" in (await office.get(f"{page}?search=spring")).text
    said = {"audience": "BODIES", "level": "WORK_SENSITIVE", "bodies": f"bod_{everyone.group.id}", "roles": "CHAIR"}

    await office.post(page, data=said)

    now = await Announcement.get(id=row.id)
    assert (now.audience, now.level) == (AnnouncementAudience.BODIES, Level.WORK_SENSITIVE)
    assert "some bodies: Spring" in (await office.get(f"/announcements/ann_{row.id}")).text
    await office.post(page, data=said | {"audience": "ROLES"})
    assert "holders of some roles: chair" in (await office.get(f"/announcements/ann_{row.id}")).text


async def test_what_was_corrected_says_so_and_what_stood_there_before_is_shown(sign_in: SignIn, everyone: Cast) -> None:
    office, member = await sign_in("secretary", language="en"), await sign_in("member", language="en")
    row = await published(everyone)
    home = f"/announcements/ann_{row.id}"
    facts = {"titleEn": "New schools", "bodyEn": "Four schools.", "occurredOn": "2026-11-19", "titleZh": ""}

    wrong = await office.post(f"{home}/correct", data=facts | {"changed": ""})
    right = await office.post(f"{home}/correct", data=facts | {"changed": "It is four."})

    assert (wrong.status_code, right.headers["Location"]) == (422, home)
    read = (await member.get(home)).text
    assert "amended" in read
    assert "It is four." in read
    versions = (await member.get(f"{home}/versions")).text
    assert "Three <em>new</em> schools open." in versions
    assert "Four schools." in versions
    draft = await drafted(everyone)
    assert "Only what is published" in (await office.get(f"/announcements/ann_{draft.id}/correct")).text


async def test_a_draft_is_changed_its_days_moved_and_it_is_withdrawn(sign_in: SignIn, everyone: Cast) -> None:
    office, member = await sign_in("secretary", language="en"), await sign_in("member", language="en")
    row = await drafted(everyone)
    home = f"/announcements/ann_{row.id}"
    facts = {"kind": "NOTICE", "origin": "", "titleEn": "Schools", "bodyEn": "Three.", "occurredOn": ""}

    assert (await office.post(f"{home}/change", data=facts)).headers["Location"] == home
    now = await Announcement.get(id=row.id)
    assert (now.title_en, now.origin_id, now.occurred_on) == ("Schools", None, None)
    await office.post(f"{home}/publish")
    days = {"displayUntil": "2099-12-31", "commentUntil": "2099-12-01"}
    assert (await office.post(f"{home}/prolong", data=days)).headers["Location"] == home
    assert "31 December 2099" in (await member.get(home)).text
    assert (await office.post(f"{home}/withdraw", data={"reason": "Too early"})).headers["Location"] == home
    gone = (await member.get(home)).text
    assert "It was withdrawn: Too early" in gone
    assert "Three." not in gone
    assert (await Announcement.get(id=row.id)).state is AnnouncementState.WITHDRAWN
    assert home not in (await member.get("/announcements")).text
    assert home in (await member.get("/announcements?past=true")).text


async def test_members_comment_and_staff_hide_with_a_reason(sign_in: SignIn, everyone: Cast) -> None:
    office, member, other = [await sign_in(name, language="en") for name in ("secretary", "member", "leader")]
    row = await published(everyone)
    home = f"/announcements/ann_{row.id}"
    closed = await member.post(f"{home}/comments", data={"text": "Too few"})
    await Announcement.filter(id=row.id).update(comment_until="2099-01-01")

    said = await member.post(f"{home}/comments", data={"text": "Too few"})

    assert (closed.status_code, said.headers["Location"]) == (422, f"{home}#comments")
    assert "Too few" in (await other.get(home)).text
    comment = f"/comments/anc_{(await AnnouncementComment.get()).id}"
    assert (await member.get(comment)).status_code == 403
    assert (await office.post(comment, data={"reason": ""})).status_code == 422
    assert (await office.post(comment, data={"reason": "Off the matter"})).headers["Location"] == f"{home}#comments"
    for browser, words in ((other, False), (member, True), (office, True)):
        page = (await browser.get(home)).text
        assert "Off the matter" in page
        assert ("Too few" in page) is words
    assert (await office.post(f"{comment}/unhide")).headers["Location"] == f"{home}#comments"
    assert "Too few" in (await other.get(home)).text


async def test_a_document_is_listed_and_taken_off(sign_in: SignIn, everyone: Cast) -> None:
    office, row, document = await sign_in("secretary"), await published(everyone), f"doc_{await paper(everyone)}"
    home = f"/announcements/ann_{row.id}"
    page = f"{home}/documents"
    found = await office.get(f"{page}?find=plan", headers=htmx("matches"))
    assert (found.text.strip().startswith('<div id="matches">'), document in found.text) == (True, True)
    assert (await office.post(page, data={"document": document})).headers["Location"] == home
    assert (await office.post(page, data={"document": document})).status_code == 422
    assert f'href="/documents/{document}"' in (await office.get(home)).text
    assert (await office.post(f"{page}/remove", data={"document": document})).headers["Location"] == home
    assert await AnnouncementDocument.all().count() == 0


async def test_who_has_not_read_it_is_seen_and_reminded_once_a_day(sign_in: SignIn, everyone: Cast) -> None:
    office, row = await sign_in("secretary", language="en"), await published(everyone)
    home = f"/announcements/ann_{row.id}/readers"
    await announcements.announcement_open(everyone["member"], announcement=row.id)
    row = await corrected(everyone, row)
    await announcements.announcement_open(everyone["leader"], announcement=row.id)

    page = (await office.get(home)).text
    part = await office.get(f"{home}?standing=UNREAD", headers=htmx("readers"))

    assert "Remind the 3 who have not read it" in page
    assert "1/4" in page
    names = [name for name in ("Lin Leader", "Kang Convener", "Mei Member", "Wen Chair") if name in part.text]
    assert names == ["Kang Convener", "Wen Chair"]
    assert "Remind 3 people" in (await office.get(f"{home}/remind")).text
    assert (await office.post(f"{home}/remind")).headers["Location"] == home
    assert "Nobody is left" in (await office.get(f"{home}/remind")).text
    assert (await office.post(f"{home}/remind")).status_code == 422


async def test_days_until_it_was_told_and_read_are_shown_for_each_department(sign_in: SignIn, everyone: Cast) -> None:
    office, row = await sign_in("secretary", language="en"), await published(everyone)
    await announcements.announcement_open(everyone["member"], announcement=row.id)
    page = (await office.get("/announcements/timeliness")).text
    assert "Education Bureau" in page
    assert "3/3" in page
    assert "Nothing was published" in (await office.get("/announcements/timeliness?since=2027-01-01")).text
    assert "Education Bureau" in (await office.get("/announcements/timeliness?until=2026-11-22")).text
    member = await sign_in("member")
    assert (await member.get("/announcements/timeliness")).status_code == 403


async def test_a_list_shows_what_is_not_read_and_what_one_writes(sign_in: SignIn, everyone: Cast) -> None:
    member, contact = await sign_in("member", language="en"), await sign_in("department", language="en")
    row, draft = await published(everyone), await drafted(everyone, "department", title_en="Draft of schools")
    assert "1 announcements" in (await member.get("/announcements?unread=true")).text
    assert "announcements that you have not read" in (await member.get("/")).text
    await member.get(f"/announcements/ann_{row.id}")
    assert "0 announcements" in (await member.get("/announcements?unread=true")).text
    assert f"ann_{draft.id}" in (await contact.get("/announcements?manageable=true")).text
    assert f"ann_{draft.id}" not in (await contact.get("/announcements")).text
    assert (
        "Draft of schools" in (await contact.get("/announcements?manageable=true&search=draft&kind=INFORMATION")).text
    )
