"""The real councillors of Tasmania: the main job on real input."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from server.cli import luzhi

pytestmark = pytest.mark.real
COUNTED = ("people", "bodies", "memberships", "term_memberships")
LEFT_OUT = [f"--column={name}=ignore" for name in ("council_website", "source", "ward")]


@pytest.fixture
def answer(db_url: str, monkeypatch: pytest.MonkeyPatch, real_data: Path) -> Any:
    """Runs an import of one of the files; its answer."""
    monkeypatch.setenv("LUZHI_DATABASE_URL", db_url)
    monkeypatch.setenv("LUZHI_SECRET_KEY", "s" * 40)

    def run(name: str, *options: str) -> dict[str, Any]:
        path = real_data / "au-councillors" / name
        done = CliRunner().invoke(luzhi, ["import", "people", str(path), "--json", *options])
        assert (done.exit_code, done.stderr) == (0, "")
        return dict(json.loads(done.stdout))

    return run


def test_the_councillors_come_in_once(answer: Any) -> None:
    first = answer("TAS_local_councillor_popolo.json", "--term", "au")
    second = answer("TAS_local_councillor_popolo.json", "--term", "au")

    assert [first[kind] for kind in COUNTED] == [
        {"new": n, "changed": 0, "same": 0, "error": 0} for n in (263, 33, 317, 263)
    ]
    assert [second[kind] for kind in COUNTED] == [
        {"new": 0, "changed": 0, "same": n, "error": 0} for n in (263, 33, 317, 263)
    ]


def test_their_table_finds_the_same_people_and_says_how_bodies_differ(answer: Any) -> None:
    answer("TAS_local_councillor_popolo.json", "--term", "au")

    columns = ["--column=council=body", "--column=executive=title", "--column=party=on_behalf_of"]
    full = answer("TAS_local_councillors.csv", "--dry-run", *columns, *LEFT_OUT)
    bare = answer("TAS_local_councillors.csv", "--column=council=body", "--column=executive=ignore",
                  "--column=party=ignore", *LEFT_OUT)  # fmt: skip

    same = {"new": 0, "changed": 0, "same": 263, "error": 0}
    assert (full["people"], full["bodies"]) == (same, {"new": 0, "changed": 0, "same": 29, "error": 0})
    beside = [said for said in full["warnings"] if "already, as councillor" in said["message"]]
    assert (full["memberships"]["new"], len(beside)) == (209, 209)
    assert full["memberships"]["changed"] == 6
    assert (bare["people"], bare["memberships"]) == (same, same)
