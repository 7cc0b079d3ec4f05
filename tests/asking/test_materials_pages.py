"""Materials by a browser without script, and as programs ask them; what awaits whom."""

import datetime as dt

import obstore
import pytest

from server.app import Luzhi
from server.models.asking import material_decline
from server.models.documents import Document, DocumentVersion, MaterialRequest, folder_add
from server.rules.access import MaterialState
from server.rules.documents import DocumentState, Level
from tests import make
from tests.asking.shelf import DAY
from tests.asking.test_materials import TOPIC, wanted
from tests.cast import NAMES, Cast
from tests.reading import papers
from tests.web.visitors import Asks, SignIn

READ = """query ($id: ID!) { materialRequest(id: $id) {
    id state steps lateBy askedBy folder { name } department { nameEn } documents { title }
    delivered { name size state }
} }"""
ROADS = (
    READ,
    "query ($id: ID!) { node(id: $id) { id } }",
    "{ ownMaterialRequests { edges { node { id } } } }",
    "{ materialRequests { edges { node { id } } } }",
)


async def kept(app: Luzhi) -> set[str]:
    """The hashes of all files that are kept."""
    return {one["path"].rpartition("/")[2] async for some in obstore.list(app.state.shelves.store) for one in some}


async def test_from_asking_to_all_there(app: Luzhi, sign_in: SignIn, everyone: Cast) -> None:
    folder = await make_folder(everyone)
    keeper, contact = await sign_in("custodian"), await sign_in("department")

    form = await keeper.get("/materials/new")
    typed = {"department": f"bod_{everyone.bureau.id}", "topic": TOPIC, "what": "Places\r\nCosts", "folder": folder}
    asked = await keeper.post("/materials/new", data=typed | {"level": "INTERNAL", "workingDays": "5", "dueOn": ""})
    address = asked.headers["Location"]
    home, own, shown = [await contact.get(path) for path in ("/", "/me/materials", address)]
    await contact.post(f"{address}/promise", data={"on": ahead(3)})
    files = [("files", ("places.pdf", papers.pdf("one"))), ("files", ("C:\\a\\costs.png", papers.image()))]
    sent = await contact.post(f"{address}/files", files=files, data={"declared": "true"})
    mine, theirs, listed = await contact.get(address), await keeper.get(address), await keeper.get("/materials")
    awaits = await keeper.get("/")
    more = await keeper.post(f"{address}/ask-again", data={"missing": "The second page.", "workingDays": "3"})
    told = await contact.get(address)
    over = await keeper.post(f"{address}/accept")

    assert ("Education Bureau" in form.text, 'name="workingDays"' in form.text) == (True, True)
    assert ("1 requests for materials of your department" in home.text, address in own.text) == (True, True)
    assert ("Places<br>" in shown.text, 'type="file"' in shown.text, "multiple" in shown.text) == (True, True, True)
    assert (sent.status_code, sent.headers["Location"]) == (303, address)
    assert [word in mine.text for word in ("It is delivered", "costs.png", "/take-back", "/documents/doc_")] == [
        *(True, True, True, False)
    ]
    drafts = await Document.all()
    assert all(f"/documents/doc_{one.id}" in theirs.text for one in drafts)
    assert [word in theirs.text for word in ("/accept", "/ask-again", "/promise", "/files")] == [
        True,
        True,
        False,
        False,
    ]
    assert (address in listed.text, "1 requests for materials were answered" in awaits.text) == (True, True)
    assert (more.status_code, "The second page." in told.text, over.status_code) == (303, True, 303)
    assert (await MaterialRequest.get()).state is MaterialState.ALL_THERE
    assert address not in (await keeper.get("/materials")).text
    assert address in (await keeper.get("/materials?state=ALL_THERE")).text
    assert {one.sha256 for one in await DocumentVersion.all()} <= await kept(app)


async def make_folder(cast: Cast) -> str:
    """The ID of one that the custodian keeps."""
    return f"fol_{(await folder_add(cast['custodian'], name_en='Papers')).id}"


def ahead(days: int) -> str:
    """So many days from today, as the browser has it."""
    return (dt.datetime.now(make.ZONE).date() + days * DAY).isoformat()


async def test_each_file_stands_or_falls_alone(app: Luzhi, sign_in: SignIn, everyone: Cast) -> None:
    row, contact = await wanted(everyone), await sign_in("department")
    address, sound = f"/materials/mrq_{row.id}", papers.pdf("one")

    answer = await contact.post(
        f"{address}/files",
        files=[
            ("files", ("broken.pdf", b"%PDF-1.7 nothing")),
            ("files", ("sound.pdf", sound)),
            ("files", ("again.pdf", sound)),
            ("files", ("secret.pdf", papers.pdf("机密★ 三年"))),
            ("files", ("<b>.exe", b"MZ")),
        ],
    )

    assert answer.status_code == 422
    said = answer.text[answer.text.index('id="became"') :]
    said = said[: said.index("</section>")]
    told = [part.partition("</li>")[0] for part in said.split("<li>")[1:]]
    whys = ("is broken", "delivered", "delivered already", "marking of a state secret", "Only PDF")
    assert [why in part for why, part in zip(whys, told, strict=True)] == [True] * 5
    assert ("already" in told[1], "<b>.exe" in said, "&lt;b&gt;.exe" in said) == (False, False, True)
    (version,) = await DocumentVersion.all()
    assert (version.name, await kept(app)) == ("sound.pdf", {version.sha256})
    assert (await MaterialRequest.get()).state is MaterialState.DELIVERED


async def test_of_scans_the_department_declares_that_they_bear_no_marking(
    app: Luzhi, sign_in: SignIn, everyone: Cast
) -> None:
    row, contact = await wanted(everyone), await sign_in("department")
    address = f"/materials/mrq_{row.id}"
    files = [("files", ("scan.png", papers.image())), ("files", ("places.txt", b"twelve"))]

    some = await contact.post(f"{address}/files", files=files, data={"declared": "false"})
    assert (some.status_code, 'id="declared-problem"' in some.text) == (422, True)
    assert [one.name for one in await DocumentVersion.all()] == ["places.txt"]

    rest = await contact.post(f"{address}/files", files=files[:1], data={"declared": ["false", "true"]})
    assert rest.status_code == 303
    scan = await DocumentVersion.get(name="scan.png")
    assert (scan.declared, scan.added_by_id) == (True, everyone.accounts["department"].id)
    keeper = await sign_in("custodian")
    assert "declared by Dan Department on" in (await keeper.get(f"/documents/doc_{scan.document_id}")).text or (
        "declared by department on" in (await keeper.get(f"/documents/doc_{scan.document_id}")).text
    )


async def test_what_is_no_delivery_says_why(app: Luzhi, sign_in: SignIn, everyone: Cast) -> None:
    row, contact = await wanted(everyone), await sign_in("department")
    address = f"/materials/mrq_{row.id}/files"
    kind = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": "600000000"}

    nothing = await contact.post(address, files=[("files", ("", b""))])
    many = await contact.post(address, files=[("files", (f"{n}.txt", b"x")) for n in range(51)])
    large = await contact.post(address, content=b"--x", headers=kind)

    assert (nothing.status_code, "Choose a file." in nothing.text) == (422, True)
    assert (many.status_code, "At most 50 files at once." in many.text) == (422, True)
    assert (large.status_code, "Together the files may have 500 MB." in large.text) == (413, True)
    assert (await Document.all().count(), await kept(app)) == (0, set())


async def test_a_file_is_taken_back_on_the_page(sign_in: SignIn, everyone: Cast) -> None:
    row, contact = await wanted(everyone), await sign_in("department")
    address = f"/materials/mrq_{row.id}"
    await contact.post(f"{address}/files", files=[("files", ("a.txt", b"one"))])
    draft = await Document.get()

    back = await contact.post(f"{address}/files/doc_{draft.id}/take-back")
    page = await contact.get(address)

    assert (back.status_code, back.headers["Location"]) == (303, address)
    assert ("The file is taken back." in page.text, f"doc_{draft.id}/take-back" in page.text) == (True, False)
    assert (await Document.get()).state is DocumentState.ARCHIVED
    assert (await MaterialRequest.get()).state is MaterialState.ASKED


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("custodian", "department")])
async def test_nobody_else_finds_it_by_any_road(
    app: Luzhi, ask: Asks, sign_in: SignIn, everyone: Cast, name: str
) -> None:
    row, browser = await wanted(everyone), await sign_in(name)
    key = f"mrq_{row.id}"

    answers = [(await ask(name, road, id=key) if "$id" in road else await ask(name, road))["data"] for road in ROADS]
    page = await browser.get(f"/materials/{key}")
    sent = await browser.post(f"/materials/{key}/files", files=[("files", ("a.txt", b"one"))])

    assert key not in str(answers)
    assert (page.status_code in (403, 404) or name == "visitor", TOPIC in page.text) == (True, False)
    assert sent.status_code == 403
    assert (await Document.all().count(), await kept(app)) == (0, set())


async def test_who_keeps_the_folder_delivers_nothing_and_a_stranger_finds_nothing(
    app: Luzhi, sign_in: SignIn, everyone: Cast
) -> None:
    row, keeper, contact = await wanted(everyone), await sign_in("custodian"), await sign_in("department")
    other = await make.body(everyone.bureau.kind, "Harbour Office")
    await MaterialRequest.filter(id=row.id).update(department_id=other.id)
    address = f"/materials/mrq_{row.id}"
    files = [("files", ("a.txt", b"one"))]

    answers = [
        await keeper.post(f"{address}/files", files=files),
        await contact.get(address),
        await contact.post(f"{address}/files", files=files),
        await contact.post(f"{address}/promise", data={"on": ahead(3)}),
    ]

    assert [answer.status_code for answer in answers] == [403, 404, 404, 404]
    assert (await Document.all().count(), await kept(app)) == (0, set())


async def test_the_api_shows_each_side_its_own(ask: Asks, sign_in: SignIn, everyone: Cast) -> None:
    row = await wanted(everyone, level=Level.WORK_SENSITIVE)
    key, contact = f"mrq_{row.id}", await sign_in("department")
    await contact.post(f"/materials/{key}/files", files=[("files", ("places.txt", b"twelve"))])

    theirs, office = [
        (await ask(name, READ, id=key))["data"]["materialRequest"] for name in ("department", "custodian")
    ]

    file = {"name": "places.txt", "size": 6, "state": "DRAFT"}
    assert (theirs["steps"], theirs["documents"], theirs["folder"]) == (["DELIVER", "RETRACT"], [], None)
    assert (office["steps"], office["documents"]) == (["ACCEPT", "ASK_AGAIN"], [{"title": "places"}])
    assert (theirs["delivered"], office["delivered"], theirs["askedBy"]) == ([file], [file], "custodian")
    assert (theirs["department"], office["folder"]) == ({"nameEn": "Education Bureau"}, {"name": "Papers"})


async def test_what_is_late_or_declined_awaits_who_asked(ask: Asks, everyone: Cast) -> None:
    late, declined, _ = [await wanted(everyone) for _ in range(3)]
    await MaterialRequest.filter(id=late.id).update(due_on=make.TODAY - 3 * DAY)
    await material_decline(everyone["department"], request=declined.id, reason="no such numbers")
    text = "{ viewer { awaits { code title text address urgent } } }"
    listed = "{ materialRequests(late: true) { edges { node { id lateBy } } } }"

    office, theirs, others = [
        {one["code"]: one for one in (await ask(name, text))["data"]["viewer"]["awaits"]}
        for name in ("custodian", "department", "secretary")
    ]

    assert (office["OVERDUE"]["address"], office["OVERDUE"]["urgent"]) == ("/materials?late=true", True)
    assert office["DECLINED"]["title"] == "1 requests for materials were declined"
    assert (theirs["OWED"]["title"], theirs["OWED"]["urgent"]) == ("2 requests for materials of your department", True)
    assert theirs["OWED"]["text"] == "1 of them should have been delivered by now."
    assert {"DELIVERED", "OWED"} & set(office) == set()
    assert {"OWED", "OVERDUE", "DECLINED"} & set(others) == set()
    found = (await ask("custodian", listed))["data"]["materialRequests"]["edges"]
    assert [edge["node"] for edge in found] == [{"id": f"mrq_{late.id}", "lateBy": 3}]


async def test_what_was_typed_stays_beside_its_problem(sign_in: SignIn, everyone: Cast) -> None:
    folder, keeper = await make_folder(everyone), await sign_in("custodian")
    typed = {"department": f"bod_{everyone.group.id}", "topic": "my own words", "what": "x", "folder": folder}

    wrong = await keeper.post("/materials/new", data=typed | {"level": "INTERNAL", "workingDays": "5", "dueOn": ""})
    past = await keeper.post(
        "/materials/new", data=typed | {"level": "INTERNAL", "workingDays": "5", "dueOn": ahead(-2)}
    )

    assert (wrong.status_code, 'id="department-problem"' in wrong.text, "my own words" in wrong.text) == (
        422,
        True,
        True,
    )
    assert past.status_code == 422
    assert await MaterialRequest.all().count() == 0
