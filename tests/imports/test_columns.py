"""The one list of columns, and what is made from it."""

from pathlib import Path

from server.imports.columns import COLUMNS, HEADINGS, as_markdown, find, nearest, plain
from server.imports.popolo import PERSON
from server.models.members import Person

DOCS = Path(__file__).parents[2] / "docs" / "imports.md"


def test_the_documentation_holds_the_list_of_columns() -> None:
    assert as_markdown() in DOCS.read_text("utf-8"), "Put server.imports.columns.as_markdown() into docs/imports.md"


def test_no_heading_means_two_columns() -> None:
    written = [plain(heading) for c in COLUMNS for heading in {c.field, c.zh, *c.also}]

    assert len(written) == len(set(written)) == len(HEADINGS)


def test_a_heading_is_known_however_it_is_written() -> None:
    for heading in ("birth_date", "Birth Date", " BIRTH-DATE* ", "出生日期：", "date of birth"):
        column = find(heading)
        assert column is not None
        assert column.field == "birth_date"
    assert find("nobody") is None
    assert nearest("emial") == "email"


def test_every_fact_of_a_person_has_its_column_and_its_key() -> None:
    made = {"id", "name_zh", "name_en", "sort_fixed", "search", "merged_into_id", "created_at", "updated_at"}
    kept = set(Person._meta.fields_db_projection) - made
    columns = {column.field for column in COLUMNS if column.group == "person"}

    assert kept <= columns
    assert kept <= set(PERSON.values())
