"""The pages of the register, by a browser without script."""

import re
from datetime import date, timedelta
from urllib.parse import unquote

import httpx
import pytest

from server.models.audit import AuditEntry
from server.models.bodies import BodyKind
from server.models.members import Membership, MembershipPost, MembershipStatus, Person, PostKind, Status, Term
from server.schema.ids import id_of
from tests import make
from tests.cast import Cast
from tests.web.visitors import SignIn

MAY = date(2026, 5, 1)


@pytest.fixture
async def office(sign_in: SignIn) -> httpx.AsyncClient:
    return await sign_in("secretary")


def heading(answer: httpx.Response) -> str:
    found = re.search(r"<h1>(.*?)</h1>", answer.text, re.S)
    return found[1] if found else ""


def went_to(answer: httpx.Response) -> str:
    return unquote(answer.headers["Location"])


async def test_a_person_gets_a_seat(office: httpx.AsyncClient, everyone: Cast) -> None:
    someone = await make.person(name_en="New Here")
    address = f"/members/{id_of(someone)}"
    facts = {"term": id_of(everyone.term), "startsOn": "2026-05-01", "no": "17", "status": "ACTIVE"}
    post = {"kind": "STANDING", "sector": id_of(everyone.sector), "unit": "Harbour", "residenceArea": ""}

    answer = await office.post(f"{address}/seat", data=facts | post)

    assert (answer.status_code, went_to(answer)) == (303, address)
    seat = await Membership.get(person=someone)
    held = await MembershipPost.get(membership=seat)
    assert (seat.no, held.kind, held.sector_id, held.unit) == ("17", PostKind.STANDING, everyone.sector.id, "Harbour")
    assert await MembershipStatus.get(membership=seat).values_list("status", "starts_on") == (Status.ACTIVE, MAY)


async def test_what_was_typed_stays_where_something_is_wrong(office: httpx.AsyncClient, everyone: Cast) -> None:
    seat = everyone.seats["member"]

    answer = await office.post(
        f"/seats/{id_of(seat)}/status", data={"status": "RESIGNED", "on": "2026-05-01", "reason": ""}
    )

    assert answer.status_code == 422
    assert 'href="#reason"' in answer.text
    assert '<option value="RESIGNED" selected>' in answer.text
    assert 'value="2026-05-01"' in answer.text
    assert await MembershipStatus.filter(membership=seat).count() == 1


async def test_a_seat_changes_its_status_and_its_post(office: httpx.AsyncClient, everyone: Cast) -> None:
    seat, here = everyone.seats["member"], f"/members/{id_of(everyone.people['member'])}"
    change = {"status": "SUSPENDED", "on": "2026-05-01", "reason": "illness"}
    post = {"on": "2026-05-01", "kind": "VICE_CHAIR", "sector": "", "unit": "", "residenceArea": ""}

    answers = [
        await office.post(f"/seats/{id_of(seat)}/status", data=change),
        await office.post(f"/seats/{id_of(seat)}/post", data=post),
    ]

    assert [(answer.status_code, went_to(answer)) for answer in answers] == [(303, here)] * 2
    assert await MembershipStatus.filter(membership=seat, ends_on=None).values_list("status", "reason") == [
        (Status.SUSPENDED, "illness")
    ]
    assert await MembershipPost.filter(membership=seat, ends_on=None).values_list("kind", "sector_id") == [
        (PostKind.VICE_CHAIR, None)
    ]


async def test_a_correction_says_in_words_what_was_wrong_who_said_so_and_why(
    office: httpx.AsyncClient, everyone: Cast, sign_in: SignIn
) -> None:
    seat, here = everyone.seats["member"], f"/members/{id_of(everyone.people['member'])}"
    row = await MembershipStatus.get(membership=seat)
    right = {"status": "NOMINATED", "startsOn": "", "endsOn": "", "reason": "never sworn in"}

    answer = await office.post(f"/statuses/{id_of(row)}/correct", data=right)

    assert (answer.status_code, went_to(answer)) == (303, here)
    shown = (await office.get(here)).text
    assert "was wrong: active" in shown
    assert re.search(r"Corrected by secretary on [^<]*: never sworn in", shown)
    assert "was wrong" not in (await (await sign_in("member")).get(here)).text
    assert (await office.get(f"/statuses/{id_of(row)}/correct")).status_code == 404


async def test_a_post_is_corrected(office: httpx.AsyncClient, everyone: Cast) -> None:
    row = await MembershipPost.get(membership=everyone.seats["member"])
    right = {"kind": "ORDINARY", "sector": "", "unit": "Mill", "residenceArea": "", "startsOn": "", "endsOn": ""}

    answer = await office.post(f"/posts/{id_of(row)}/correct", data=right | {"reason": "typed wrong"})

    assert answer.status_code == 303
    assert (await MembershipPost.get(membership_id=row.membership_id, voided_at=None)).unit == "Mill"
    assert "was wrong: member, Arts" in (await office.get(went_to(answer))).text


async def test_pages_of_change_and_correction_explain_the_difference(office: httpx.AsyncClient, everyone: Cast) -> None:
    row = await MembershipStatus.get(membership=everyone.seats["member"])

    page = await office.get(f"/statuses/{id_of(row)}/correct")

    assert heading(page) == "Correct a status of Mei Member"
    assert "A correction is for an entry that was never right." in page.text
    assert f'href="/seats/{id_of(everyone.seats["member"])}/status"' in page.text


async def test_topics_are_typed_one_on_each_line(office: httpx.AsyncClient, everyone: Cast) -> None:
    mei = everyone.people["member"]

    answer = await office.post(
        f"/members/{id_of(mei)}/topics", data={"expertise": "law \r\n\r\nwater", "focusTopics": ""}
    )

    assert answer.status_code == 303
    await mei.refresh_from_db()
    assert (mei.expertise, mei.focus_topics) == (["law", "water"], [])
    assert "law\nwater</textarea>" in (await office.get(f"/members/{id_of(mei)}/topics")).text


async def test_the_place_in_lists_is_set_by_hand_and_left_to_the_names_again(office: httpx.AsyncClient) -> None:
    shan = await make.person("单一")
    by_name = shan.sort_pinyin
    address = f"/members/{id_of(shan)}/sorting"

    await office.post(address, data={"sortPinyin": "dan1", "sortStrokes": shan.sort_strokes})
    await shan.refresh_from_db()
    assert (shan.sort_pinyin, shan.sort_fixed) == ("dan1", True)

    await office.post(address, data={"sortPinyin": "", "sortStrokes": ""})
    await shan.refresh_from_db()
    assert (shan.sort_pinyin, shan.sort_fixed) == (by_name, False)


async def test_an_identifier_is_added_once(office: httpx.AsyncClient, everyone: Cast) -> None:
    address = f"/members/{id_of(everyone.people['member'])}/identifier"

    first = await office.post(address, data={"scheme": "archive", "value": "a-7"})
    again = await office.post(address, data={"scheme": "archive", "value": "a-7"})

    assert (first.status_code, again.status_code) == (303, 422)
    assert "archive a-7 belongs to someone else." in again.text
    assert "archive: a-7" in (await office.get(went_to(first))).text


async def test_a_duplicate_is_found_compared_checked_and_merged(office: httpx.AsyncClient, everyone: Cast) -> None:
    mei = everyone.people["member"]
    double = await make.person(name_en="Mei Double", education="Doctor", email="mei@example.org")
    await make.place(everyone.bureau, double, title="adviser")
    here, there = f"/members/{id_of(mei)}", f"/members/{id_of(mei)}/merge/{id_of(double)}"

    found = await office.get(f"{here}/merge?search=mei")
    compared = await office.get(there)
    checked = await office.get(f"{there}?reason=same+card")
    merged = await office.post(there, data={"reason": "same card"})

    assert f'href="{there}"' in found.text
    assert f"merge/{id_of(mei)}" not in found.text
    assert "Education Bureau: adviser" in compared.text
    assert "Doctor" in compared.text
    assert 'method="post" action="' + there not in compared.text
    assert 'method="post" action="' + there in checked.text
    assert (merged.status_code, went_to(merged)) == (303, here)
    await mei.refresh_from_db()
    assert (mei.education, mei.email) == ("Doctor", "mei@example.org")


async def test_the_address_of_a_merged_entry_leads_to_the_one_that_stays(
    office: httpx.AsyncClient, everyone: Cast
) -> None:
    mei = everyone.people["member"]
    double = await make.person(name_en="Mei Double", merged_into=mei)

    answer = await office.get(f"/members/{id_of(double)}", follow_redirects=True)

    assert (answer.url.path, heading(answer)) == (f"/members/{id_of(mei)}", "Mei Member")
    assert "The entry you asked for was a duplicate." in answer.text


async def test_a_merge_without_reason_or_of_what_is_gone_changes_nothing(
    office: httpx.AsyncClient, everyone: Cast
) -> None:
    mei, double = everyone.people["member"], await make.person(name_en="Mei Double")
    here = f"/members/{id_of(mei)}/merge"

    refused = await office.post(f"{here}/{id_of(double)}", data={"reason": " "})
    same = await office.get(f"{here}/{id_of(mei)}")
    gone = await office.get(f"{here}/per_{make.some_id()}")

    assert refused.status_code == 422
    assert "Say why" in refused.text
    assert "There is nothing to merge" in same.text
    assert "There is nothing to merge" in gone.text
    assert await Person.filter(merged_into_id=mei.id).count() == 0


async def test_everyone_sees_who_read_their_file_and_nobody_elses(
    office: httpx.AsyncClient, everyone: Cast, sign_in: SignIn
) -> None:
    mei = everyone.people["member"]
    own, others = f"/members/{id_of(mei)}/readings", f"/members/{id_of(everyone.people['leader'])}/readings"
    member = await sign_in("member")
    assert "Nobody else has read this file so far." in (await member.get(own)).text

    await office.get(f"/members/{id_of(mei)}")
    shown = await member.get(own)

    assert heading(shown) == "Who read my file"
    assert "Readings: 1" in shown.text
    assert "secretary" in shown.text
    assert "Day of birth, Party, E-mail, Telephone" in shown.text
    assert (await member.get(others)).status_code == 403
    assert heading(await (await sign_in("auditor")).get(own)) == "Who read the file of Mei Member"


async def test_an_export_of_all_counts_as_a_reading(office: httpx.AsyncClient, everyone: Cast, sign_in: SignIn) -> None:
    await Person.all().update(created_at=make.NOW.replace(year=2020))
    answer = await office.get("/export/people?format=csv")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(
        r'attachment; filename="luzhi-people-\d{4}-\d\d-\d\d\.csv"', answer.headers["Content-Disposition"]
    )
    assert "Mei Member" in answer.text
    shown = await (await sign_in("member")).get(f"/members/{id_of(everyone.people['member'])}/readings")
    assert "export of all people" in shown.text


@pytest.mark.parametrize(("kind", "media"), [("popolo", "application/json"), ("xlsx", "application/vnd.")])
async def test_the_register_is_exported_in_each_format(office: httpx.AsyncClient, kind: str, media: str) -> None:
    answer = await office.get(f"/export/people?format={kind}")

    assert (answer.status_code, answer.headers["Content-Type"][: len(media)]) == (200, media)
    assert await AuditEntry.filter(action="members.export").count() == 1


async def test_an_export_is_refused_before_its_first_byte(sign_in: SignIn, office: httpx.AsyncClient) -> None:
    refused = await (await sign_in("member")).get("/export/people?format=csv")
    unknown = await office.get("/export/people?format=doc")
    bad_token = await office.get("/export/people", headers={"Authorization": "Bearer nonsense"})

    assert (refused.status_code, unknown.status_code, bad_token.status_code) == (403, 422, 401)
    assert await AuditEntry.filter(action="members.export").count() == 0


async def test_exports_are_offered_only_to_who_may_take_them(sign_in: SignIn, office: httpx.AsyncClient) -> None:
    link = "/export/people?format=popolo"

    assert link in (await office.get("/members")).text
    assert link not in (await (await sign_in("member")).get("/members")).text


async def test_terms_are_listed_added_and_changed(office: httpx.AsyncClient, everyone: Cast) -> None:
    facts = {"code": "15", "nameZh": "第十五届", "nameEn": "Fifteenth", "startsOn": "2027-01-01", "endsOn": ""}

    added = await office.post("/terms/new", data=facts | {"status": "DRAFT"})
    term = await Term.get(code="15")
    changed = await office.post(f"/terms/{id_of(term)}/change", data=facts | {"status": "ACTIVE"})
    taken = await office.post("/terms/new", data=facts | {"code": "14", "status": "DRAFT"})

    assert (went_to(added), went_to(changed), taken.status_code) == ("/terms", "/terms", 422)
    shown = (await office.get("/terms")).text
    assert "Fifteenth" in shown
    assert "since <time" in shown
    assert 'value="Fifteenth"' in taken.text


async def test_forms_of_the_office_are_closed_to_members_with_the_reason(sign_in: SignIn, everyone: Cast) -> None:
    member, here = await sign_in("member"), f"/members/{id_of(everyone.people['member'])}"

    for address in ("/members/new", f"{here}/change", f"{here}/merge", f"{here}/seat", "/terms/new"):
        answer = await member.get(address)
        assert (answer.status_code, 'class="reason"' in answer.text) == (403, True)


async def test_the_choice_of_sectors_hides_what_the_viewer_may_not_see(
    office: httpx.AsyncClient, sign_in: SignIn
) -> None:
    hidden = await make.body(BodyKind.SECTOR, "Hidden", sensitive=True)
    member = await sign_in("member")

    assert "Hidden" in (await office.get("/members")).text
    assert "Hidden" not in (await member.get("/members")).text
    assert (await member.get(f"/members?sector={id_of(hidden)}")).status_code == 404


async def test_a_list_of_three_and_one_of_three_hundred_have_the_pages_they_need(office: httpx.AsyncClient) -> None:
    assert 'class="pager"' not in (await office.get("/members")).text

    for number in range(60):
        await make.person(name_en=f"Person {number:03}")
    first = await office.get("/members")
    following = re.search(r'rel="next" href="([^"]*)"', first.text)

    assert "65 people" in first.text
    assert following
    assert 'rel="prev"' in (await office.get(following[1].replace("&amp;", "&"))).text


async def test_a_search_without_result_says_so(office: httpx.AsyncClient) -> None:
    assert "Nobody fits this search." in (await office.get("/members?search=zzz")).text


async def test_a_person_shows_the_professional_title(office: httpx.AsyncClient) -> None:
    someone = await make.person(name_en="Skilled", professional_title="Senior Engineer")

    assert "Senior Engineer" in (await office.get(f"/members/{id_of(someone)}")).text


async def test_the_last_change_stands_first(office: httpx.AsyncClient) -> None:
    await make.person(name_en="Changed Before", updated_at=make.NOW)
    await make.person(name_en="Changed Last", updated_at=make.NOW + timedelta(days=1))

    shown = (await office.get("/members/recent")).text

    assert 0 < shown.index("Changed Last") < shown.index("Changed Before")


async def test_a_term_gets_its_years_which_never_meet(office: httpx.AsyncClient, everyone: Cast) -> None:
    address = f"/terms/{id_of(everyone.term)}"

    first = {"n": "1", "startsOn": "2025-01-10", "endsOn": "2026-01-10"}
    assert went_to(await office.post(f"{address}/years", data=first)) == f"{address}/years"
    second = {"n": "2", "startsOn": "2026-01-10", "endsOn": "2027-01-10"}
    assert (await office.post(f"{address}/years", data=second)).status_code == 303
    assert "Year 2" in (await office.get(f"{address}/years")).text
    for again, field in (
        (first, "n"),
        (first | {"n": "3"}, "startsOn"),
        (first | {"n": "0"}, "n"),
        (first | {"n": "3", "endsOn": "2025-01-10"}, "endsOn"),
    ):
        refused = await office.post(f"{address}/years", data=again)
        assert (refused.status_code, f'id="{field}-problem"' in refused.text) == (422, True)


async def test_who_may_not_adds_no_year(sign_in: SignIn, everyone: Cast) -> None:
    chair = await sign_in("chair")
    given = {"n": "1", "startsOn": "2025-01-10", "endsOn": "2026-01-10"}

    assert (await chair.post(f"/terms/{id_of(everyone.term)}/years", data=given)).status_code == 403
