"""What a file is, by its bytes, and the PDF of its pages. Only the process of a file imports what can open one."""

import codecs
import io
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pypdfium2
    from PIL import Image

MOST_PAGES = 5_000
MOST_IMAGE = 50_000_000
"""Pixels of a picture."""
MOST_TEXT = 1_000_000
"""Bytes of a text: some four hundred pages."""
FIRST = 5
"""Pages whose words are looked at for a marking."""
ENDINGS = {"pdf": "pdf", "png": "png", "jpg": "jpeg", "jpeg": "jpeg", "txt": "text", "md": "markdown"}
ENDINGS["markdown"] = "markdown"
BEGINNINGS = {b"%PDF-": "pdf", b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg"}
A4_POINTS = 595
LAYOUT = Path(__file__).with_name("text.typ")
FONTS = Path(__file__).parents[1] / "paper" / "fonts"
HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*$")
ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+(.*)")


class Not(Exception):
    """It cannot be taken; the text is the code that says why."""


@dataclass(frozen=True)
class Found:
    """pdf: of its pages, None where the file is one itself. texts: of each of the first pages."""

    media: str
    pages: int
    texts: list[str]
    pdf: bytes | None


def looked(file: IO[bytes], name: str) -> Found:
    """What the file is. name: what it is called: its ending must not say anything else. Raises Not."""
    media = _media(file, name)
    file.seek(0)
    if media == "pdf":
        return _of_pdf(file, media, None)
    made = _painted(file, media) if media in ("png", "jpeg") else _set(file.read(MOST_TEXT + 1), media)
    return _of_pdf(io.BytesIO(made), media, made)


def opened(file: IO[bytes]) -> "pypdfium2.PdfDocument":
    """The PDF. Raises Not where it is broken, protected or too long."""
    import pypdfium2
    from pypdfium2 import raw

    try:
        pdf = pypdfium2.PdfDocument(file)
    except pypdfium2.PdfiumError as error:
        locked = error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)
        raise Not("ENCRYPTED" if locked else "BROKEN") from error
    if raw.FPDF_GetSecurityHandlerRevision(pdf) != -1:  # it opens, but says what may be done with it
        raise Not("ENCRYPTED")
    if len(pdf) > MOST_PAGES:
        raise Not("TOO_MANY_PAGES")
    if len(pdf) == 0:
        raise Not("BROKEN")
    return pdf


def _media(file: IO[bytes], name: str) -> str:
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    said = ENDINGS.get(ending)
    if said is None:
        raise Not("UNKNOWN")
    start = file.read(16)
    if not start:
        raise Not("EMPTY")
    is_in_truth = next((media for begins, media in BEGINNINGS.items() if start.startswith(begins)), "text")
    if is_in_truth != said and not (is_in_truth == "text" and said == "markdown"):
        raise Not("MISLABELLED")
    return said


def _of_pdf(file: IO[bytes], media: str, made: bytes | None) -> Found:
    import pypdfium2

    from server.leaf.rendered import WIDTHS, picture, words

    pdf = opened(file)
    try:
        picture(pdf, 1, WIDTHS[0], ())
        texts = [words(pdf, n) for n in range(1, min(len(pdf), FIRST) + 1)]
    except pypdfium2.PdfiumError as error:
        raise Not("BROKEN") from error
    return Found(media, len(pdf), texts, made)


def _painted(file: IO[bytes], media: str) -> bytes:
    """A picture as a PDF of one page, as wide as a sheet."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # ours is looked at first
    try:
        image = Image.open(file, formats=[media.upper()])
        if image.width * image.height > MOST_IMAGE:
            raise Not("TOO_MANY_PIXELS")
        flat = _flat(ImageOps.exif_transpose(image))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:  # all that Pillow says of broken ones
        raise Not("BROKEN") from error
    into = io.BytesIO()
    flat.save(into, "PDF", resolution=max(flat.width * 72 / A4_POINTS, 1), quality=90)
    return into.getvalue()


def _flat(image: "Image.Image") -> "Image.Image":
    """What is clear is white, as on paper."""
    from PIL import Image

    if not image.has_transparency_data:
        return image.convert("L" if image.mode in ("1", "L") else "RGB")
    over = image.convert("RGBA")
    under = Image.new("RGB", over.size, "white")
    under.paste(over, mask=over.getchannel("A"))
    return under


def _set(raw: bytes, media: str) -> bytes:
    """A text as a PDF, set on sheets."""
    import json

    import typst

    if len(raw) > MOST_TEXT:
        raise Not("TEXT_TOO_LONG")
    text = _decoded(raw)
    blocks = _markdown(text) if media == "markdown" else [{"kind": "lines", "text": text}]
    said = json.dumps(blocks, ensure_ascii=False)
    try:
        return typst.compile(LAYOUT, root=LAYOUT.parent, font_paths=[FONTS], sys_inputs={"blocks": said})
    except typst.TypstError as error:
        raise Not("BROKEN") from error


def _decoded(raw: bytes) -> str:
    """In UTF-8, UTF-16 with its mark, or GB18030. Raises Not for what is no text."""
    wide = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for codec in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(codec)
        except UnicodeDecodeError:
            continue
        if any(unicodedata.category(letter) == "Cc" and letter not in "\t\n\r\f" for letter in text):
            break
        return text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").expandtabs(4)
    raise Not("BROKEN")


def _markdown(text: str) -> list[dict[str, Any]]:
    """Headings, items and paragraphs; what else there is stays as it was written."""
    blocks: list[dict[str, Any]] = []
    going = False
    for line in text.split("\n"):
        if heading := HEADING.match(line):
            blocks.append({"kind": "heading", "level": len(heading[1]), "text": heading[2]})
        elif item := ITEM.match(line):
            blocks.append({"kind": "item", "text": item[1]})
        elif line.strip() and going:
            blocks[-1]["text"] += f"\n{line}"
        elif line.strip():
            blocks.append({"kind": "text", "text": line})
        going = bool(line.strip()) and not heading
    return blocks
