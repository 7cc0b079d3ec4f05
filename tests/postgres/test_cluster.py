"""A private PostgreSQL, or the one that is named, or words that say how to get one."""

import pytest

from tests.postgres import cluster
from tests.postgres.house import ask


async def test_the_cluster_answers_as_a_superuser(postgres):
    (row,) = await ask(postgres, "SELECT rolsuper AS may FROM pg_roles WHERE rolname = current_user")

    assert row["may"] is True


def test_a_named_server_is_used_and_nothing_started(monkeypatch):
    monkeypatch.setenv("TEST_POSTGRES", "postgres://someone@elsewhere/db")

    with cluster.cluster() as url:
        assert url == "postgres://someone@elsewhere/db"


def test_without_postgres_it_says_how_to_get_one(monkeypatch):
    monkeypatch.delenv("TEST_POSTGRES", raising=False)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(cluster, "PLACES", ())

    with pytest.raises(cluster.NoPostgres, match="apt install postgresql"), cluster.cluster():
        pass
