"""`luzhi import people` and `luzhi export people`, as operators and scripts call them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from server.cli import luzhi
from tests.imports.bringing import FILES


@pytest.fixture
def says(db_url: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command."""
    monkeypatch.setenv("LUZHI_DATABASE_URL", db_url)
    monkeypatch.setenv("LUZHI_SECRET_KEY", "s" * 40)

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(luzhi, [str(argument) for argument in arguments])

    return run


def test_an_import_prints_one_json_object(says: Any) -> None:
    done = says("import", "people", FILES / "people.csv", "--term", "15", "--json")

    assert (done.exit_code, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    assert {k: answer[k] for k in ("dry_run", "people", "bodies", "memberships", "term_memberships", "errors")} == {
        "dry_run": False,
        "people": {"new": 2, "changed": 0, "same": 0, "error": 0},
        "bodies": {"new": 4, "changed": 0, "same": 0, "error": 0},
        "memberships": {"new": 3, "changed": 0, "same": 0, "error": 0},
        "term_memberships": {"new": 2, "changed": 0, "same": 0, "error": 0},
        "errors": [],
    }
    again = json.loads(says("import", "people", FILES / "people.csv", "--term", "15", "--json").stdout)
    assert [again[kind]["same"] for kind in ("people", "bodies", "memberships", "term_memberships")] == [2, 2, 3, 2]


def test_a_dry_run_writes_nothing(says: Any) -> None:
    first = json.loads(says("import", "people", FILES / "people.json", "--dry-run", "--json").stdout)
    second = says("import", "people", FILES / "people.json", "--dry-run")

    assert (first["dry_run"], first["people"]["new"]) == (True, 3)
    assert second.stdout.startswith("people: 3 new\nbodies: 3 new\nmemberships: 4 new\n")
    assert "this was a dry run" in second.stdout
    assert second.stderr.startswith("Warning: organizations 1, founding_date: Only a month")


def test_a_row_with_an_error_ends_with_1_and_nothing_is_written(says: Any, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text("id,name,birth_date\n1,A,\n2,B,x\n")

    done = says("import", "people", path, "--json")
    spoken = says("import", "people", path)

    assert (done.exit_code, spoken.exit_code) == (1, 1)
    answer = json.loads(done.stdout)
    assert answer["people"] == {"new": 1, "changed": 0, "same": 0, "error": 1}
    message = "x is no date that can be read. Write it like 2024-03-01, or 2024-03, or 2024."
    assert answer["errors"] == [{"list": "rows", "row": 3, "field": "birth_date", "message": message}]
    assert spoken.stderr == f"Error: rows 3, birth_date: {message}\nNothing was written. Mend the file and try again.\n"
    assert says("import", "people", FILES / "people.json").exit_code == 0


def test_a_screen_lists_no_more_than_it_holds(says: Any, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text("id,birth_date\n" + "".join(f"{n},x\n" for n in range(60)))

    assert "Error: and 10 more; --json lists all of them.\n" in says("import", "people", path).stderr


@pytest.mark.parametrize(
    "options",
    [
        ("--map", "x=sectr"),
        ("--column", "x"),
        ("--column", "x=emial"),
        ("--format", "xml"),
        ("--nonsense",),
    ],
)
def test_wrong_usage_ends_with_2(says: Any, options: tuple[str, ...]) -> None:
    assert says("import", "people", FILES / "people.csv", *options).exit_code == 2


def test_a_missing_file_ends_with_2(says: Any, tmp_path: Path) -> None:
    assert says("import", "people", tmp_path / "none.csv").exit_code == 2


def test_an_export_is_written_whole_in_the_format_of_its_name(says: Any, tmp_path: Path) -> None:
    says("import", "people", FILES / "people.csv", "--term", "15")

    for name in ("a.json", "a.csv", "a.xlsx"):
        done = says("export", "people", tmp_path / name)
        assert (done.exit_code, done.output) == (0, "")
        again = json.loads(says("import", "people", tmp_path / name, "--json").stdout)
        assert (again["people"]["same"], again["memberships"]["same"]) == (2, 3)
    assert sorted(path.name for path in tmp_path.glob("a.*")) == ["a.csv", "a.json", "a.xlsx"]
    assert says("export", "people", tmp_path / "a").exit_code == 2
    assert says("export", "people", "--format", "csv", tmp_path / "a").exit_code == 0


def test_long_work_shows_progress_on_a_terminal_only(db_url: str, tmp_path: Path) -> None:
    terminal, inside = os.openpty()
    environment = {**os.environ, "LUZHI_DATABASE_URL": db_url, "LUZHI_SECRET_KEY": "s" * 40, "TERM": "xterm"}
    program = "import sys; from server.cli import luzhi; luzhi(sys.argv[1:])"
    command = [sys.executable, "-c", program, "import", "people", str(FILES / "people.csv"), "--term", "15"]

    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=inside, text=True, check=True)
    os.close(inside)

    assert done.stdout.startswith("people: 2 new\n")
    shown = os.read(terminal, 100_000).decode()
    os.close(terminal)
    assert "Checking" in shown
    assert "100%" in shown
