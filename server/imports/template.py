"""An empty workbook for the first import: headings, example rows to be replaced, and what each column means."""

import io
from dataclasses import dataclass
from typing import Any

from server.imports.columns import BY_FIELD, heading
from server.models.bodies import Body, BodyKind
from server.models.members import Term, TermStatus
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import Locale, Words, name, say

COLUMNS: dict[str, Words] = {
    "name": say("The whole name. The only column that must be filled in."),
    "sex": say("female or male."),
    "birth_date": say("The day, such as 1968-05-17; a month or a year is enough."),
    "political_affiliation": say("Party, or none."),
    "education": say("Highest education."),
    "professional_title": say("Professional title, if there is one."),
    "phone": say("Telephone number, as text."),
    "email": say("E-mail address: by it the member is invited."),
    "term": say("Code of the term in which the person has a seat, such as 15. Left empty, the person gets no seat."),
    "no": say("Number of the member's card."),
    "status_start": say("The day from which the seat holds; empty where it is not known."),
    "post": say("ordinary, standing, vice_chair, chair or secretary_general; empty means ordinary."),
    "sector": say(
        "The sector that the seat stands for, by its exact name. One that is not there yet is made, and you are told."
    ),
    "unit": say("Where the member works."),
    "body": say("A body in which the person sits, such as a committee or learning group, by its name."),
    "body_kind": say("What that body is, where it is new, such as special_committee or learning_group."),
    "title": say("What the person is there, in words. For each further body, one more row with the same person."),
}
"""The columns of the workbook, in order, each with what it means. An import knows more: see docs/imports.md."""
SEX = {"zh": ("女", "男"), "en": ("female", "male")}
WIDTH = 18


@dataclass(frozen=True)
class Known:
    """What the register has already, for examples that fit it; empty where there is none yet."""

    term: str
    sector: str
    committee: str


async def template(viewer: Viewer) -> bytes:
    """The workbook in the viewer's language. Three statements. Raises Refused."""
    viewer.must(Action.IMPORT_PEOPLE)
    return _workbook(await _known(viewer.locale), viewer.locale)


async def _known(locale: Locale) -> Known:
    term = await Term.filter(status=TermStatus.ACTIVE).order_by("-starts_on", "-code").first()
    first = [
        await Body.filter(kind=kind, ends_on__isnull=True, sensitive=False).order_by("sort", "id").first()
        for kind in (BodyKind.SECTOR, BodyKind.SPECIAL_COMMITTEE)
    ]
    sector, committee = (name(row).into(locale) if row else "" for row in first)
    return Known(term.code if term else "", sector, committee)


def examples(known: Known, locale: Locale) -> list[dict[str, str]]:
    """Rows that are made up, and can be imported as they are."""
    called = [words.into(locale) for words in (say("Example One"), say("Example Two"))]
    seat = {"term": known.term, "sector": known.sector if known.term else ""}
    unit = say("Example Hospital").into(locale)
    place = {"body": known.committee, "title": say("member").into(locale)} if known.committee else {}
    facts = {"birth_date": "1968-05-17", "phone": "13800000000", "email": "one@example.org", "unit": unit}
    first = {"name": called[0], "sex": SEX[locale][0], **facts, "no": "001", **seat, **place}
    second = {"name": called[1], "sex": SEX[locale][1], "birth_date": "1975-11-02", "no": "002", **seat}
    if not known.term:
        first, second = ({key: row[key] for key in row if key not in ("no", "unit")} for row in (first, second))
    return [first, second]


def _workbook(known: Known, locale: Locale) -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    people: Any = book.active
    people.title = say("people").into(locale)
    people.append([heading(BY_FIELD[field], locale) for field in COLUMNS])
    for row in examples(known, locale):
        people.append([row.get(field) for field in COLUMNS])
    people.freeze_panes = "B2"
    meaning = book.create_sheet(say("What the columns mean").into(locale))
    meaning.append([say("Column").into(locale), say("What it means").into(locale)])
    for field, words in COLUMNS.items():
        meaning.append([heading(BY_FIELD[field], locale), words.into(locale)])
    hint = say("Replace the example rows on the first sheet. Columns may be left out, or be in any order.")
    meaning.append([None, hint.into(locale)])
    for sheet, wide in ((people, WIDTH), (meaning, 4 * WIDTH)):
        for cell in sheet[1]:
            cell.font = Font(bold=True)
            sheet.column_dimensions[cell.column_letter].width = WIDTH if cell.column == 1 else wide
        for cell in sheet["B"]:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    whole = io.BytesIO()
    book.save(whole)
    return whole.getvalue()
