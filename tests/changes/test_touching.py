"""Every write of a row of the register is noted, by whatever hand."""

import pytest

from server.models.database import connection
from server.models.touching import TOUCHED
from tests.migrations.filling import ROWS, fill


async def noted(letters: str) -> set[str]:
    """The keys that are noted of such things."""
    _, rows = await connection().execute_query("SELECT listed, key FROM touched")
    return {str(row["key"]) for row in rows if row["listed"] == letters}


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(("table", "letters", "column"), TOUCHED)
async def test_what_is_written_is_noted(table: str, letters: str, column: str) -> None:
    await fill()
    _, rows = await connection().execute_query(f'SELECT "{column}" AS key FROM {table}')
    keys = {str(row["key"]) for row in rows}
    assert len(keys) == ROWS
    assert keys <= await noted(letters)
    await connection().execute_query("DELETE FROM touched")

    await connection().execute_query(f'UPDATE {table} SET "{column}" = "{column}"')

    assert await noted(letters) == keys


@pytest.mark.usefixtures("db")
async def test_what_moves_from_one_to_another_touches_both() -> None:
    await fill()
    _, rows = await connection().execute_query("SELECT id, person_id FROM person_identifier ORDER BY person_id")
    one, other = str(rows[0]["person_id"]), str(rows[1]["person_id"])
    await connection().execute_query("DELETE FROM touched")

    await connection().execute_query(f"UPDATE person_identifier SET person_id = '{other}' WHERE id = '{rows[0]['id']}'")

    assert await noted("per") == {one, other}


@pytest.mark.usefixtures("db")
async def test_what_is_deleted_is_noted() -> None:
    await fill()
    _, rows = await connection().execute_query("SELECT id FROM body_membership")
    await connection().execute_query("DELETE FROM touched")

    await connection().execute_query("DELETE FROM body_membership")

    assert await noted("bdm") == {str(row["id"]) for row in rows}
