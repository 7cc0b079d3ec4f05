"""Files as people send them: sound ones, and such as harm."""

import datetime as dt
import io
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any
from uuid import UUID

import typst
from PIL import Image
from pypdf import PdfReader, PdfWriter

from server.app import Luzhi
from server.models import documents
from server.models.documents import Document, DocumentVersion, Whom
from server.rules.documents import DocumentState
from server.schema.asking import Asking
from server.schema.documents.bringing import bring
from server.schema.readings.giving import House
from server.viewer import Viewer
from tests.cast import Cast

AGES = (dt.datetime(2000, 1, 1, tzinfo=dt.UTC), dt.datetime(2100, 1, 1, tzinfo=dt.UTC))
FONTS = Path(__file__).parents[2] / "server" / "paper" / "fonts"


def pdf(*pages: str) -> bytes:
    """A page for each text."""
    text = '#set text(font: "Luzhi Print")\n' + "\n#pagebreak()\n".join(pages or ("one", "two", "three"))
    return typst.compile(text.encode(), font_paths=[FONTS])


def changed(data: bytes, **how: Any) -> bytes:
    """The same PDF, written anew: locked with `password`, or with `times` as many pages."""
    writer = PdfWriter()
    for _ in range(how.get("times", 1)):
        writer.append(PdfReader(io.BytesIO(data)))
    if "password" in how:
        writer.encrypt(how["password"], how.get("owner"))
    into = io.BytesIO()
    writer.write(into)
    return into.getvalue()


def many(count: int) -> bytes:
    """A PDF that has as many pages, all of them the same."""
    kids = " ".join("3 0 R" for _ in range(count))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {count}/Kids[{kids}]>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>",
    ]
    return _written(objects)


def bomb() -> bytes:
    """A PDF of one page that draws forms in forms in forms: a billion of them."""
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Count 1/Kids[3 0 R]>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 600]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>",
        _stream("/X Do\n" * 50),
    ]
    for n in range(5, 12):
        inner = f"/Resources<</XObject<</X {n + 1} 0 R>>>>" if n < 11 else ""
        drawn = "/X Do\n" * 50 if n < 11 else "0 0 600 600 re f\n" * 50
        objects.append(_stream(drawn, f"/Type/XObject/Subtype/Form/BBox[0 0 600 600]{inner}"))
    return _written(objects)


def _stream(data: str, more: str = "") -> str:
    return f"<</Length {len(data)}{more}>>stream\n{data}endstream"


def _written(objects: Sequence[str]) -> bytes:
    out, places = b"%PDF-1.7\n", []
    for n, each in enumerate(objects, 1):
        places.append(len(out))
        out += f"{n} 0 obj{each}endobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer<</Root 1 0 R/Size {len(objects) + 1}>>\n"
    return out + f"{end}startxref\n{len(out)}\n%%EOF".encode()


def image(kind: str = "PNG", size: tuple[int, int] = (400, 300), mode: str = "RGB") -> bytes:
    """A picture of one colour."""
    into = io.BytesIO()
    Image.new(mode, size, 200 if mode in ("L", "1") else (200, 30, 20, 90)[: len(mode)]).save(into, kind)
    return into.getvalue()


def on_disk(data: bytes) -> IO[bytes]:
    """As a file, at its beginning."""
    file = TemporaryFile()  # noqa: SIM115  # whoever asks closes it
    file.write(data)
    file.seek(0)
    return file


def house(app: Luzhi) -> House:
    """Where the application keeps and opens files."""
    return House(app.state.shelves, app.state.leaves)


async def filed(app: Luzhi, keeper: Viewer, document: UUID, data: bytes, name: str = "paper.pdf") -> DocumentVersion:
    """Puts a file into a document, declared to bear no marking."""
    with on_disk(data) as file:
        await bring(Asking(keeper), house(app), f"doc_{document}", file, name, declared=True)
    return await DocumentVersion.get(document_id=document, current=True)


async def shelved(app: Luzhi, cast: Cast, data: bytes | None = None, **facts: Any) -> Document:
    """A document with a file, available, that nobody was given yet."""
    keeper = cast["custodian"]
    folder = await documents.folder_add(keeper, name_en="Papers")
    row = await documents.document_add(keeper, folder=folder.id, **{"title_en": "Report"} | facts)
    await filed(app, keeper, row.id, data or pdf())
    for state in (DocumentState.CHECKED, DocumentState.AVAILABLE):
        await documents.document_move(keeper, document=row.id, to=state)
    return await Document.get(id=row.id)


async def given(cast: Cast, row: Document, who: str = "member", **terms: Any) -> UUID:
    """A grant to one of the cast."""
    whom = [Whom(person=cast.people[who].id)]
    text = terms.pop("text", True)
    (grant,) = await documents.grant_add(
        cast["custodian"], document=row.id, whom=whom, reason="for the hearing", **terms
    )
    await documents.AccessGrant.filter(id=grant.id).update(text=text)
    return grant.id
