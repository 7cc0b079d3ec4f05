"""Files that come in: kept whole or not at all, in bounded memory, whatever they are called and whatever they are."""

import hashlib
import resource
import tracemalloc
from collections.abc import AsyncIterator
from typing import Any

import obstore
import pytest

from server.app import Luzhi
from server.errors import Conflict, Invalid, NotThere, Refused
from server.models import documents
from server.models.audit import AuditEntry
from server.models.documents import DocumentVersion
from server.rules.documents import DocumentState, Media
from server.schema.documents.bringing import plain
from tests.cast import Cast
from tests.reading import papers
from tests.web.visitors import SignIn

MIB = 1 << 20


async def empty(cast: Cast, **facts: Any) -> documents.Document:
    folder = await documents.folder_add(cast["custodian"], name_en="Papers")
    return await documents.document_add(cast["custodian"], folder=folder.id, **{"title_en": "Report"} | facts)


async def kept(app: Luzhi) -> set[str]:
    return {one["path"].rpartition("/")[2] async for some in obstore.list(app.state.shelves.store) for one in some}


async def test_a_file_is_put_in_and_the_next_takes_its_place(app: Luzhi, sign_in: SignIn, everyone: Cast) -> None:
    row, custodian = await empty(everyone), await sign_in("custodian")
    address, first = f"/documents/doc_{row.id}/versions", papers.pdf("one")
    files = [("C:\\papers\\..\\草案 1.pdf", first), ("/etc/passwd/草案.png", papers.image())]

    answers = [await custodian.post(address, files={"file": one}, data={"declared": "true"}) for one in files]
    page = await custodian.get(address)

    assert [(one.status_code, one.headers["Location"]) for one in answers] == [(303, address)] * 2
    assert "The file is there." in page.text
    rows = await DocumentVersion.all().order_by("n")
    assert [(one.n, one.name, one.media, one.pages, one.current) for one in rows] == [
        (1, "草案 1.pdf", Media.PDF, 1, False),
        (2, "草案.png", Media.PNG, 1, True),
    ]
    assert rows[0].sha256 == rows[0].pages_sha256 == hashlib.sha256(first).hexdigest()
    assert rows[1].sha256 == hashlib.sha256(papers.image()).hexdigest() != rows[1].pages_sha256
    assert await kept(app) == {one for row in rows for one in (row.sha256, row.pages_sha256)}
    entries = await AuditEntry.filter(action="documents.version_add").order_by("serial")
    assert [((one.facts or {})["n"], one.object) for one in entries] == [(n, f"doc_{row.id}") for n in (1, 2)]


REFUSED = [
    ("a.pdf", b"%PDF-1.7 nothing", "is broken"),
    ("a.pdf", papers.changed(papers.pdf(), password="x"), "protected by a password"),
    ("a.pdf", papers.image(), "not what its name says"),
    ("a.pdf", papers.many(10_000), "more than 5,000 pages"),
    ("a.png", papers.image(size=(10_000, 10_000), mode="1"), "more than 50 million points"),
    ("a.exe", b"MZ", "Only PDF"),
    ("a.pdf", papers.pdf("机密★ 三年"), "marking of a state secret"),
    ("秘密★a.pdf", papers.pdf(), "marking of a state secret"),
    ("a.txt", "★绝密".encode(), "marking of a state secret"),
    ("", b"x", "Choose a file."),
]


async def test_what_is_refused_says_why_and_nothing_is_kept(app: Luzhi, sign_in: SignIn, everyone: Cast) -> None:
    row, custodian = await empty(everyone), await sign_in("custodian")

    for name, data, why in REFUSED:
        answer = await custodian.post(f"/documents/doc_{row.id}/versions", files={"file": (name, data)})
        assert (answer.status_code, why in answer.text) == (422, True), (name, why)

    assert await DocumentVersion.all().count() == 0
    assert await kept(app) == set()
    assert await AuditEntry.filter(action="documents.version_add").count() == 0


SCANS = [
    ("a.png", papers.image()),
    ("a.pdf", papers.many(2)),
    ("a.pdf", papers.pdf("one", "", "three")),
    ("a.pdf", papers.pdf("Scanned with CamScanner")),
    ("a.txt", b"   "),
]


@pytest.mark.parametrize(("name", "data"), SCANS, ids=["picture", "blank", "one page", "by an app", "spaces"])
async def test_of_a_scan_it_is_declared_that_it_bears_no_marking(
    app: Luzhi, sign_in: SignIn, everyone: Cast, name: str, data: bytes
) -> None:
    row, custodian = await empty(everyone), await sign_in("custodian")
    address, file = f"/documents/doc_{row.id}/versions", {"file": (name, data)}

    for said in ({}, {"declared": "false"}):
        refused = await custodian.post(address, files=file, data=said)
        assert (refused.status_code, "no words can be read" in refused.text) == (422, True)
        assert 'id="declared-problem"' in refused.text
    assert (await DocumentVersion.all().count(), await kept(app)) == (0, set())

    taken = await custodian.post(address, files=file, data={"declared": ["false", "true"]})
    assert taken.status_code == 303
    assert (await DocumentVersion.get()).declared
    entry = await AuditEntry.get(action="documents.version_add")
    assert (entry.actor, (entry.facts or {})["declared"]) == (f"acc_{everyone.accounts['custodian'].id}", True)
    page = (await custodian.get(f"/documents/doc_{row.id}")).text
    assert "declared by custodian on" in page


async def test_a_declaration_opens_nothing_to_what_bears_the_marking(
    app: Luzhi, sign_in: SignIn, everyone: Cast
) -> None:
    row, custodian = await empty(everyone), await sign_in("custodian")
    files = {"file": ("a.pdf", papers.pdf("机密★ 三年", ""))}

    refused = await custodian.post(f"/documents/doc_{row.id}/versions", files=files, data={"declared": "true"})

    assert (refused.status_code, "marking of a state secret" in refused.text) == (422, True)
    assert await kept(app) == set()


@pytest.mark.parametrize("who", ["member", "secretary", "admin", "visitor"])
async def test_who_keeps_no_documents_puts_nothing_in(app: Luzhi, sign_in: SignIn, everyone: Cast, who: str) -> None:
    row, browser = await empty(everyone), await sign_in(who)

    answer = await browser.post(f"/documents/doc_{row.id}/versions", files={"file": ("a.pdf", papers.pdf())})

    assert answer.status_code == 403
    assert await kept(app) == set()


async def test_a_document_that_takes_no_file_says_so(app: Luzhi, everyone: Cast) -> None:
    keeper, paper = everyone["custodian"], await empty(everyone, catalogue_only=True)
    put_away = await empty(everyone)
    await documents.document_move(keeper, document=put_away.id, to=DocumentState.ARCHIVED)
    twice, data = await empty(everyone), papers.pdf()  # it says the second in which it was made
    await papers.filed(app, keeper, twice.id, data)
    before = await kept(app)

    for row, kind, code in (
        (paper, Invalid, "CATALOGUE_ONLY"),
        (put_away, Conflict, "DOCUMENT_OVER"),
        (twice, Conflict, "SAME_FILE"),
    ):
        with pytest.raises(kind) as refused:
            await papers.filed(app, keeper, row.id, data)
        assert refused.value.problems[0].code == code
    with pytest.raises(NotThere):
        await papers.filed(app, everyone["member"], twice.id, papers.pdf("x"))
    await documents.Document.filter(id=twice.id).update(
        state=DocumentState.AVAILABLE
    )  # every member may know of it now
    with pytest.raises(Refused):
        await papers.filed(app, everyone["member"], twice.id, papers.pdf("x"))
    assert await kept(app) == before


@pytest.mark.parametrize(
    ("name", "is_called"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\a\\b.pdf", "b.pdf"),
        ("a/\x00b\n.pdf", "b.pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
        ("草案\u202efdp.pdf", "草案fdp.pdf"),
    ],
)
def test_a_name_keeps_nothing_of_a_path(name: str, is_called: str) -> None:
    assert plain(name) == is_called


async def test_200_megabytes_come_in_in_bounded_memory(app: Luzhi, sign_in: SignIn, everyone: Cast) -> None:
    row, custodian = await empty(everyone), await sign_in("custodian")
    start, end = papers.pdf("one").rsplit(b"%%EOF", 1)
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    stuffing, tail = b"%" + bytes(MIB - 2) + b"\n", b"%%EOF" + end + b"\r\n--x--\r\n"

    async def body() -> AsyncIterator[bytes]:
        yield head + start
        for _ in range(180):
            yield stuffing
        yield start[start.rindex(b"startxref") :] + tail

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tracemalloc.start()
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = await custodian.post(f"/documents/doc_{row.id}/versions", content=body(), headers=kind)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert answer.status_code == 303, answer.text
    assert (await DocumentVersion.get()).size > 180 * MIB
    assert peak < 30 * MIB
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


async def test_more_than_that_is_stopped_on_its_way(app: Luzhi, sign_in: SignIn, everyone: Cast) -> None:
    row, custodian = await empty(everyone), await sign_in("custodian")
    kind = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": "300000000"}

    answer = await custodian.post(f"/documents/doc_{row.id}/versions", content=b"--x", headers=kind)

    assert (answer.status_code, "A file may have 200 MB." in answer.text) == (413, True)
    assert await kept(app) == set()
