"""Whether the database is ready, and what is said where it is not."""

from pathlib import Path

from server.models import database
from server.models.health import unready


async def test_a_migrated_database_is_ready(db: str) -> None:
    assert await unready() == ""


async def test_an_empty_database_needs_its_migrations(tmp_path: Path) -> None:
    await database.connect(f"sqlite:///{tmp_path}/empty.db")

    assert await unready() == "The tables of the database are not those of this version. Run: luzhi migrate"

    await database.close()


async def test_a_database_that_does_not_answer_is_named_with_its_remedy() -> None:
    await database.connect("postgres://luzhi@127.0.0.1:1/luzhi")

    assert await unready() == "The database does not answer. Start it, or mend LUZHI_DATABASE_URL. The log says more."

    await database.close()
