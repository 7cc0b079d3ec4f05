"""Cursors that nobody was given: whatever stands in them, the answer is a problem and no failure."""

import base64
import json
from uuid import UUID

import pytest
from tortoise import Model

from server.errors import Invalid
from server.models.accounts.tables import RoleAssignment
from server.models.audit import AuditEntry
from server.models.bodies import Body
from server.models.imports import ImportRow, ImportRun
from server.models.members import Membership, Person
from server.schema.paging import Slice, connect
from server.schema.reading import Asking
from tests import make

pytestmark = pytest.mark.usefixtures("db")
ASKING = Asking(make.viewer())
KEY = str(UUID(int=1))
EVER = "2026-01-01 00:00:00+00:00"


def cursor(*values: object) -> str:
    """What looks like one of ours."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.mark.parametrize("side", ["after", "before"])
@pytest.mark.parametrize(
    ("model", "order", "values"),
    [
        (AuditEntry, ("-serial",), ["a"]),
        (AuditEntry, ("-serial",), [""]),
        (AuditEntry, ("-serial",), [str(1 << 63)]),
        (AuditEntry, ("-serial",), ["9" * 5000]),
        (AuditEntry, ("-serial",), [1]),
        (ImportRow, ("list_name", "row", "id"), ["people", str(1 << 31), KEY]),
        (Person, ("sort_pinyin", "id"), ["a", "a"]),
        (Person, ("sort_pinyin", "id"), ["a", ""]),
        (Person, ("sort_pinyin", "id"), ["a\0", KEY]),
        (Person, ("sort_pinyin", "id"), ["\ud800", KEY]),
        (Person, ("updated_at", "id"), ["yesterday", KEY]),
        (Person, ("updated_at", "id"), ["", KEY]),
        (Person, ("updated_at", "id"), ["0001-01-01 00:00:00+14:00", KEY]),
        (Person, ("updated_at", "id"), ["9999-12-31 23:59:59-14:00", KEY]),
        (Membership, ("person__updated_at", "id"), ["2026-13-01", KEY]),
        (ImportRun, ("-started_at", "id"), [EVER, "x"]),
        (RoleAssignment, ("-id",), [EVER]),
        (Body, ("sort", "id"), ["1", None]),
    ],
)
async def test_a_value_that_its_column_cannot_hold_is_no_place(
    model: type[Model], order: tuple[str, ...], values: list[object], side: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        await connect(ASKING, model.all(), order, Slice(**{side: cursor(*values)}))

    assert [problem.code for problem in refusal.value.problems] == ["CURSOR"]


@pytest.mark.parametrize("text", ["garbage", "WyJhIl0", "\u4e00", "W" * 7, cursor() * 3])
async def test_a_text_that_is_no_cursor_is_no_place(text: str) -> None:
    with pytest.raises(Invalid):
        await connect(ASKING, Person.all(), ("sort_pinyin", "id"), Slice(after=text))


@pytest.mark.parametrize(
    "order",
    [("sort_pinyin", "id"), ("-sort_strokes", "id"), ("updated_at", "id"), ("-updated_at", "id"), ("id",), ("-id",)],
)
async def test_every_cursor_of_ours_goes_on_where_it_stood(order: tuple[str, ...]) -> None:
    for name in ("Ann", "Ben", "Cai", "Ann", "Dan"):
        await make.person(name_en=name)
    whole = [row.pk for row in await Person.all().order_by(*order)]

    found, after = [], None
    while after or not found:
        part = await connect(ASKING, Person.all(), order, Slice(first=2, after=after))
        found += [edge.node.pk for edge in part.edges]
        after = part.page_info.end_cursor if part.page_info.has_next_page else None

    assert found == whole
