"""The pages of documents by a browser without script: put in, changed, made available, read about, taken away."""

import datetime as dt
import re
from typing import Any

from server.models import documents
from server.models.documents import AgreementAcceptance, Document, DocumentVersion, Folder, Whom
from server.rules.documents import Act, CatalogueAudience, DocumentState, Level, ReadMode
from tests.cast import Cast
from tests.furnished import file_of
from tests.web.visitors import SignIn

LATER = dt.datetime(2040, 1, 1, tzinfo=dt.UTC)
FACTS = {
    "titleZh": "预算草案",
    "titleEn": "Draft budget",
    "no": "财〔2026〕1号",
    "level": "INTERNAL",
    "readMode": "ONLINE",
}


async def shelf(cast: Cast) -> Folder:
    return await documents.folder_add(cast["custodian"], name_en="Papers")


async def shelved(cast: Cast, **facts: Any) -> Document:
    """An available document in a folder, of which every member may know."""
    keeper, folder = cast["custodian"], await shelf(cast)
    row = await documents.document_add(keeper, folder=folder.id, title_en="Draft budget", **facts)
    for state in (DocumentState.CHECKED, DocumentState.AVAILABLE):
        await documents.document_move(keeper, document=row.id, to=state)
    return row


async def test_a_document_is_put_in_changed_and_made_available(sign_in: SignIn, everyone: Cast) -> None:
    keeper = await sign_in("custodian", language="en")
    made = await keeper.post("/folders/new", data={"nameEn": "Papers", "nameZh": ""})
    folder = made.headers["Location"].rpartition("/")[2]

    typed = FACTS | {"folder": folder, "availableFrom": "2026-01-05T09:30", "notesAllowed": "false"}
    put = await keeper.post("/documents/new", data=typed)
    address = put.headers["Location"]
    changed = await keeper.post(f"{address}/change", data=FACTS | {"no": "2", "readMode": "DOWNLOAD", "origin": ""})
    for to in ("CHECKED", "AVAILABLE"):
        assert (await keeper.get(f"{address}/move?to={to}")).status_code == 200
        assert (await keeper.post(f"{address}/move", data={"to": to, "reason": ""})).status_code == 303

    assert (put.status_code, changed.status_code) == (303, 303)
    row = await Document.get()
    assert (row.no, row.read_mode, row.state) == ("2", ReadMode.DOWNLOAD, DocumentState.AVAILABLE)
    assert row.available_from is not None
    assert row.available_from.astimezone(everyone["custodian"].zone).isoformat()[:16] == "2026-01-05T09:30"
    assert (row.notes_allowed, row.watermark) == (False, True)
    assert 'value="2026-01-05T09:30"' in (await keeper.get(f"{address}/change")).text
    shown = (await keeper.get(f"/folders/{folder}")).text
    assert ("Draft budget" in shown, "available" in shown) == (True, True)


async def test_what_was_typed_stays_beside_its_problem(sign_in: SignIn, everyone: Cast) -> None:
    keeper, folder = await sign_in("custodian"), await shelf(everyone)

    typed = FACTS | {"folder": f"fol_{folder.id}", "titleZh": "绝密★ 预算"}
    answer = await keeper.post("/documents/new", data=typed)

    assert answer.status_code == 422
    assert ('id="titleZh-problem"' in answer.text, 'value="绝密★ 预算"' in answer.text) == (True, True)
    assert await Document.all().count() == 0


async def test_a_member_is_told_what_they_may_do_and_why(sign_in: SignIn, everyone: Cast) -> None:
    row = await shelved(everyone)
    member = await sign_in("member", language="en")
    address = f"/documents/doc_{row.id}"

    before, all_known = await member.get("/documents"), await member.get("/documents?may=SEE")
    refused = (await member.get(address)).text
    whom = [Whom(person=everyone.people["member"].id)]
    await documents.grant_add(everyone["custodian"], document=row.id, whom=whom, valid_until=LATER, reason="a hearing")
    after, allowed = await member.get("/documents"), (await member.get(address)).text

    assert (address in before.text, address in all_known.text, address in after.text) == (False, True, True)
    assert ("Nobody has given you permission" in refused, "You may ask for it." in refused) == (True, True)
    assert ("RD-1 (10)" in refused, "RD-1 (15)" in allowed, "You have permission until" in allowed) == (True,) * 3


async def test_a_member_finds_by_words_and_by_folder(sign_in: SignIn, everyone: Cast) -> None:
    row = await shelved(everyone, level=Level.PUBLIC)
    other = await shelf(everyone)
    member = await sign_in("member")

    found = {
        query: f"doc_{row.id}" in (await member.get(f"/documents?{query}")).text
        for query in ("search=budget", "search=nothing", f"folder=fol_{row.folder_id}")
    }

    assert found == {"search=budget": True, "search=nothing": False, f"folder=fol_{row.folder_id}": True}
    assert (await member.get(f"/folders/fol_{other.id}")).status_code == 404


async def test_whoever_may_not_know_of_it_finds_a_missing_page(sign_in: SignIn, everyone: Cast) -> None:
    row = await shelved(everyone, catalogue_audience=CatalogueAudience.NOBODY)
    missing = re.sub(r"doc_[\w-]+", "", (await (await sign_in("member")).get(f"/documents/doc_{Folder().id}")).text)

    for name in ("member", "leader", "admin", "visitor", "secretary"):
        browser = await sign_in(name)
        answers = [await browser.get(f"/documents/doc_{row.id}{rest}") for rest in ("", "/agreement")]
        assert [answer.status_code for answer in answers] == [404, 404], name
        assert f"doc_{row.id}" not in (await browser.get("/documents?may=SEE")).text
        assert (await browser.get(f"/documents/doc_{row.id}/change")).status_code in (303, 403)
    assert "Draft budget" not in missing


async def test_withdrawing_is_confirmed_with_a_reason_and_takes_it_from_the_next_page(
    sign_in: SignIn, everyone: Cast
) -> None:
    row = await shelved(everyone)
    keeper, member = await sign_in("custodian", language="en"), await sign_in("member")
    address = f"/documents/doc_{row.id}"
    assert (await member.get(address)).status_code == 200

    asked = await keeper.get(f"{address}/move?to=WITHDRAWN")
    without = await keeper.post(f"{address}/move", data={"to": "WITHDRAWN", "reason": ""})
    done = await keeper.post(f"{address}/move", data={"to": "WITHDRAWN", "reason": "A wrong draft."})

    assert "Whoever reads it now loses it" in asked.text
    assert (without.status_code, 'id="reason-problem"' in without.text, done.status_code) == (422, True, 303)
    assert (await member.get(address)).status_code == 404
    assert "Nothing more can become of it." not in (await keeper.get(f"{address}/move?to=DRAFT")).text


async def test_the_bodies_that_may_know_of_it_are_chosen_from_a_list(sign_in: SignIn, everyone: Cast) -> None:
    row = await shelved(everyone, catalogue_audience=CatalogueAudience.NOBODY)
    keeper, leader = await sign_in("custodian"), await sign_in("leader")
    address, group = f"/documents/doc_{row.id}", f"bod_{everyone.group.id}"
    assert (await leader.get(address)).status_code == 404

    assert group in (await keeper.get(f"{address}/audience?search=spring")).text
    told = {"audience": "SOME_BODIES", "bodiesTold": [group]}
    assert (await keeper.post(f"{address}/audience", data=told)).status_code == 303

    assert (await leader.get(address)).status_code == 200
    assert (await (await sign_in("chair")).get(address)).status_code == 404
    assert f'value="{group}" checked' in (await keeper.get(f"{address}/audience")).text


async def test_the_agreement_is_published_asked_for_and_accepted_once(sign_in: SignIn, everyone: Cast) -> None:
    keeper, member = await sign_in("custodian", language="en"), await sign_in("member", language="en")
    row = await shelved(everyone)
    address = f"/documents/doc_{row.id}"
    none = await keeper.post(f"{address}/change", data=FACTS | {"agreement": "true"})
    published = await keeper.post("/agreement", data={"textZh": "", "textEn": "No photographs.\n\nNo copies."})
    assert (await keeper.post(f"{address}/change", data=FACTS | {"agreement": "true"})).status_code == 303
    whom = [Whom(person=everyone.people["member"].id)]
    await documents.grant_add(everyone["custodian"], document=row.id, whom=whom, valid_until=LATER, reason="a hearing")

    asked, words = await member.get(address), await member.get(f"{address}/agreement")
    (agreement,) = re.findall(r'value="(agr_[^"]+)"', words.text)
    accepted = await member.post(f"{address}/agreement", data={"agreement": agreement})
    now = await member.get(address)

    assert (none.status_code, published.status_code) == (422, 303)
    assert (f"{address}/agreement" in asked.text, f"{address}/agreement" in now.text) == (True, False)
    assert '<p lang="en">No copies.</p>' in words.text
    assert (accepted.headers["Location"], "RD-1 (15)" in now.text) == (address, True)
    assert await AgreementAcceptance.all().count() == 1
    assert "You accepted it on" in (await member.get("/agreement")).text


async def test_home_says_what_is_new_to_read_and_what_is_to_be_looked_at(sign_in: SignIn, everyone: Cast) -> None:
    row = await shelved(everyone, review_on=everyone["custodian"].today)
    keeper, member = await sign_in("custodian", language="en"), await sign_in("member", language="en")
    assert "new to you" not in (await member.get("/")).text

    whom = [Whom(person=everyone.people["member"].id)]
    await documents.grant_add(everyone["custodian"], document=row.id, whom=whom, valid_until=LATER, reason="a hearing")

    assert "1 documents are new to you" in (await member.get("/")).text
    assert "1 documents are to be looked at again" in (await keeper.get("/")).text
    assert "to be looked at again" not in (await member.get("/")).text


async def test_its_page_leads_to_what_is_of_use_to_whoever_looks(sign_in: SignIn, everyone: Cast) -> None:
    row = await shelved(everyone, read_mode=ReadMode.DOWNLOAD)
    room = await shelved(everyone, read_mode=ReadMode.ROOM_ONLY)
    paper = await shelved(everyone, read_mode=ReadMode.ROOM_ONLY, catalogue_only=True)
    public = await shelved(everyone, level=Level.PUBLIC)
    await DocumentVersion.create(**file_of(row, everyone.accounts["custodian"]))
    whom = [Whom(person=everyone.people["member"].id)]
    for one, act in ((row, Act.DOWNLOAD), (room, Act.READ)):
        await documents.grant_add(
            everyone["custodian"], document=one.id, whom=whom, act=act, valid_until=LATER, reason="x"
        )

    shown = {}
    for name in ("custodian", "member", "leader", "secretary", "visitor"):
        browser = await sign_in(name)
        for title, one in (("file", row), ("room", room), ("paper", paper), ("public", public)):
            page = (await browser.get(address := f"/documents/doc_{one.id}")).text
            found = re.findall(rf'href="(?:{address}(/\w+)|(/[\w/]+\?(?:id|on|document)=)doc_{one.id})"', page)
            shown[name, title] = {own or other for own, other in found}

    keeps = {"/change", "/audience", "/readers", "/grants?on=", "/copies?document=", "/explanations?document="}
    assert {place: links - keeps for place, links in shown.items() if keeps <= links} == {
        ("custodian", "file"): {"/versions", "/ask"},
        ("custodian", "room"): {"/versions", "/ask"},
        ("custodian", "paper"): {"/ask"},
        ("custodian", "public"): {"/versions"},
    }
    assert {place: links for place, links in shown.items() if links and place[0] != "custodian"} == {
        ("member", "file"): {"/read", "/file"},
        ("member", "room"): {"/rooms/book?id="},
        ("member", "paper"): {"/ask"},
        **{("leader", title): {"/ask"} for title in ("file", "room", "paper")},
        ("secretary", "public"): {"/readers"},
    }
