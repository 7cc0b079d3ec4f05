"""The change to the next term by the office, step by step, without JavaScript; and by the API."""

import datetime as dt
import re

import httpx
import pytest

from server.models.members.tables import Membership, Term, TermStatus
from server.models.renewal import Renewal, TermBody
from server.schema.ids import id_of
from tests import make
from tests.cast import Cast
from tests.web.visitors import Asks, SignIn

NEXT = {
    "code": "15",
    "nameZh": "第十五届",
    "nameEn": "Fifteenth",
    "startsOn": "2040-01-09",
    "endsOn": "",
    "follows": "",
}
PROBLEMS = "... on Problems { kind problems { code field } }"


@pytest.fixture
async def office(sign_in: SignIn) -> httpx.AsyncClient:
    """A browser of the secretary."""
    return await sign_in("secretary")


def went_to(answer: httpx.Response) -> str:
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


async def begun(office: httpx.AsyncClient) -> str:
    """The address of the plan."""
    return went_to(await office.post("/renewal/new", data=NEXT))


async def test_the_whole_way_from_the_draft_to_the_decision_and_back(office: httpx.AsyncClient, everyone: Cast) -> None:
    assert "Plan the next term" in (await office.get("/renewal")).text
    here = await begun(office)
    term = await Term.get(code="15")
    assert here == f"/renewal/{id_of(term)}"
    assert "0 stay, 4 leave, 0 come" in (await office.get(here)).text

    mei = id_of(everyone.people["member"])
    carried = await office.post(f"{here}/people/LEAVES/carry", data={"people": [mei, id_of(everyone.people["chair"])]})
    assert went_to(carried) == f"{here}/people/LEAVES"
    staying = (await office.get(f"{here}/people/STAYS")).text
    assert "Mei Member" in staying
    assert "Lin Leader" not in staying
    assert went_to(await office.post(f"{here}/people/STAYS/take-back", data={"people": mei})) == f"{here}/people/STAYS"
    assert await Membership.filter(term=term).count() == 1
    went_to(await office.post(f"{here}/people/LEAVES/carry", data={"sector": id_of(everyone.sector)}))
    went_to(await office.post(f"{here}/people/STAYS/take-back", data={"everyone": "true"}))
    went_to(await office.post(f"{here}/people/LEAVES/carry", data={"everyone": "true"}))
    went_to(await office.post(f"{here}/people/STAYS/take-back", data={"people": id_of(everyone.people["leader"])}))

    group = {"bodies": id_of(everyone.group), "carried": "false"}
    assert went_to(await office.post(f"{here}/bodies", data=group)) == f"{here}/bodies"
    assert not (await TermBody.get(body=everyone.group)).carried
    went_to(await office.post(f"{here}/bodies", data={"kind": "LEARNING_GROUP", "carried": "true"}))
    shown = (await office.get(f"{here}/check")).text
    assert all(
        words in shown
        for words in (
            "Learning groups that will have no head:",
            "Spring",
            "All whom it concerns are told",
            "Type 15 to confirm",
        )
    )

    wrong = await office.post(f"{here}/check", data={"code": "14"})
    assert (wrong.status_code, "Type 15, the code" in wrong.text) == (422, True)
    assert went_to(await office.post(f"{here}/check", data={"code": "15"})) == here
    decided = (await office.get(here)).text
    assert "Take the change back" in decided
    assert (await Term.get(code="15")).status is TermStatus.ACTIVE
    assert "This is decided already." in (await office.get(f"{here}/check")).text
    assert 'type="checkbox"' not in (await office.get(f"{here}/people/STAYS")).text

    assert went_to(await office.post(here)) == here
    assert (await Term.get(code="15")).status is TermStatus.DRAFT
    assert "Nothing changes before the last one." in (await office.get(here)).text


async def test_a_bad_choice_is_told_beside_its_field(office: httpx.AsyncClient) -> None:
    early = await office.post("/renewal/new", data=NEXT | {"code": "14"})
    here = await begun(office)
    nobody = await office.post(f"{here}/people/LEAVES/carry", data={})

    assert (early.status_code, 'href="#code"' in early.text) == (422, True)
    assert (nobody.status_code, "Choose at least one person." in nobody.text) == (422, True)
    assert (await office.get(f"{here}/people/NOWHERE")).status_code == 422
    assert (await office.get("/renewal/trm_00000000-0000-0000-0000-000000000001")).status_code == 404


async def test_lists_are_searched_paged_and_narrowed_to_a_sector(office: httpx.AsyncClient, everyone: Cast) -> None:
    here = await begun(office)

    found = (await office.get(f"{here}/people/LEAVES?search=lin")).text
    page = (await office.get(f"{here}/people/LEAVES?first=2")).text
    sector = (await office.get(f"{here}/people/LEAVES?sector={id_of(everyone.sector)}")).text

    assert ("Lin Leader" in found, "Mei Member" in found) == (True, False)
    assert "after=" in page
    assert "All of this sector stay" in sector


async def test_who_stays_and_leaves_is_taken_along_as_a_table(office: httpx.AsyncClient, sign_in: SignIn) -> None:
    here = await begun(office)
    address = f"/export/renewal?id={here.rpartition('/')[2]}"

    taken = await office.get(address)

    assert taken.headers["content-type"] == "text/csv; charset=utf-8"
    lines = taken.text.lstrip("\ufeff").splitlines()
    assert lines[0].startswith("Name,What becomes of it,Office so far")
    assert "Mei Member,leaves,member,Arts,,,," in lines
    assert len(lines) == 5
    assert (await (await sign_in("member")).get(address)).status_code == 403
    assert (await office.get("/export/renewal?id=x")).status_code == 404
    assert (await office.get(address, headers={"Authorization": "Bearer luzhi_no"})).status_code == 401


async def test_in_chinese_every_step_reads_chinese(sign_in: SignIn, office: httpx.AsyncClient) -> None:
    here = await begun(office)
    browser = await sign_in("secretary", language="zh")

    for step in ("", "/people/LEAVES", "/bodies", "/check"):
        text = (await browser.get(here + step)).text
        assert "换届" in text
        assert not re.findall(r"next term|stays|leaves", text)


@pytest.mark.parametrize("name", ["member", "leader", "chair", "custodian", "auditor", "department"])
async def test_the_steps_are_closed_to_others_with_the_reason(
    sign_in: SignIn, office: httpx.AsyncClient, name: str
) -> None:
    here = await begun(office)
    other = await sign_in(name)

    for address in ("/renewal", "/renewal/new", here, f"{here}/people/STAYS", f"{here}/bodies", f"{here}/check"):
        answer = await other.get(address)
        assert (answer.status_code, 'class="reason"' in answer.text) == (403, True), address
    for address in (here, f"{here}/check", f"{here}/bodies", f"{here}/people/LEAVES/carry"):
        answer = await other.post(address, data={"code": "15", "carried": "true", "everyone": "true"})
        assert answer.status_code == 403, address
    assert await Renewal.all().count() == 0


async def test_the_api_plans_and_decides_with_the_same_words(ask: Asks, everyone: Cast) -> None:
    payload = "... on RenewalPayload { term { id follows { code } } }"
    begin = f"mutation($term: TermChange!) {{ renewalBegin(term: $term) {{ {payload} }} }}"
    term = {"code": "15", "startsOn": "2040-01-09"}
    made = (await ask("secretary", begin, term=term))["data"]["renewalBegin"]["term"]
    assert made["follows"] == {"code": "14"}

    async def change(text: str, who: str = "secretary", **given: object) -> dict[str, object]:
        declared = ", ".join(f"${name}: {kind}" for name, (kind, _) in {"id": ("ID!", 0), **given}.items())
        values = {name: value for name, (_, value) in given.items()}
        payload = "... on RenewalPayload { count term { status } }"
        said = f"mutation({declared}) {{ done: {text} {{ {payload} {PROBLEMS} }} }}"
        return (await ask(who, said, id=made["id"], **values))["data"]["done"]

    carry = "renewalSeatsCarry(id: $id, everyone: true)"
    assert await change(carry) == {"count": 4, "term": {"status": "DRAFT"}}
    assert await change(carry) == {"count": 0, "term": {"status": "DRAFT"}}
    take = "renewalSeatsTakeBack(id: $id, people: $people)"
    people = ("[ID!]", [id_of(everyone.people["leader"])])
    assert (await change(take, people=people))["count"] == 1
    assert (await change("renewalBodiesDecide(id: $id, carried: false, kind: SECTOR)"))["count"] == 1
    refused = await change("renewalBodiesDecide(id: $id, carried: false)")
    assert refused == {"kind": "INVALID", "problems": [{"code": "NOTHING_CHOSEN", "field": "bodies"}]}
    apply = "renewalApply(id: $id, code: $code)"
    assert (await change(apply, code=("String!", "14")))["problems"] == [{"code": "CODE_DIFFERS", "field": "code"}]
    assert (await change(apply, "member", code=("String!", "15")))["kind"] == "REFUSED"
    assert await change(apply, code=("String!", "15")) == {"count": 0, "term": {"status": "ACTIVE"}}
    assert await change("renewalUndo(id: $id)") == {"count": 0, "term": {"status": "DRAFT"}}


async def test_a_plan_is_nothing_to_who_does_not_prepare_it(ask: Asks, everyone: Cast) -> None:
    draft = await make.term("15", status=TermStatus.DRAFT, follows=everyone.term, starts_on=dt.date(2040, 1, 9))
    seat = await make.seat(everyone.people["member"], draft, sector=everyone.sector)
    mei = id_of(everyone.people["member"])
    seats = "query($id: ID!) { person(id: $id) { memberships { term { code } } } }"
    listed = '{ members(search: "mei") { totalCount } }'
    one = "query($id: ID!) { member(id: $id) { id } }"

    for name, codes, count in (("secretary", ["14", "15"], 2), ("chair", ["14"], 1), ("member", ["14"], 1)):
        found = (await ask(name, seats, id=mei))["data"]["person"]["memberships"]
        assert [row["term"]["code"] for row in found] == codes, name
        assert (await ask(name, listed))["data"]["members"]["totalCount"] == count
        assert bool((await ask(name, one, id=id_of(seat)))["data"]["member"]) is (count == 2)
    of_term = '{ people(term: "15") { totalCount } }'
    assert (await ask("secretary", of_term))["data"]["people"]["totalCount"] == 1
    assert (await ask("chair", of_term))["errors"][0]["extensions"]["code"] == "NO_SUCH_TERM"
