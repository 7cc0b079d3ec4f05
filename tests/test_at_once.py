"""Rows of several tables are written by one statement, all or none of them."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from tortoise.exceptions import ValidationError

from server.models.at_once import Rows, write
from server.models.bodies.tables import Body, BodyKind
from server.models.database import transaction
from server.models.members.tables import Term
from tests import make

NEW = ("id", "code", "name_zh", "name_en", "starts_on", "ends_on", "status", "follows_id", "updated_at")
TOLD = ("id", "code", "name_zh", "starts_on", "status", "follows_id")


def term(code: str, **facts: Any) -> dict[str, Any]:
    return vars(Term(id=uuid4(), code=code, updated_at=make.NOW, **facts))


@pytest.mark.usefixtures("db")
async def test_rows_of_two_tables_are_changed_and_others_added() -> None:
    group, other = [await make.body(BodyKind.LEARNING_GROUP) for _ in range(2)]
    changed = [vars(group) | {"name_en": "One", "sort": "b"}, vars(other) | {"name_en": "It's", "sort": "a"}]
    added = [term("16", name_zh="第十六届"), term("17", starts_on=dt.date(2032, 1, 1))]

    async with transaction():
        await write(
            Rows(Body, ("name_en", "sort", "id"), changed), Rows(Term, NEW, []), Rows(Term, NEW, added, new=True)
        )

    assert await Body.all().order_by("sort").values_list("id", "name_en") == [(other.id, "It's"), (group.id, "One")]
    found = await Term.filter(id__in=[one["id"] for one in added]).order_by("code").values_list(*TOLD)
    assert found == [tuple(one[name] for name in TOLD) for one in added]


@pytest.mark.usefixtures("db")
async def test_of_nothing_nothing_is_written() -> None:
    await write()
    await write(Rows(Term, NEW, [], new=True))


@pytest.mark.usefixtures("db")
async def test_a_text_that_is_too_long_is_never_cut() -> None:
    with pytest.raises(ValidationError):
        await write(Rows(Term, NEW, [term("1" * 500)], new=True))
    assert not await Term.exists()
