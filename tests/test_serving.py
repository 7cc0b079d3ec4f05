"""`luzhi serve` and `luzhi check` as an operator meets them: what they say, and when they will not."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests import make

LUZHI = Path(sys.executable).parent / "luzhi"
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def luzhi(db: str, tmp_path: Path) -> Run:
    """Runs the command on the test's database."""

    def run(*words: str, **settings: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [LUZHI, *words], check=False, env=environment(db, tmp_path, **settings), capture_output=True, text=True
        )

    return run


def environment(url: str, folder: Path, **settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LUZHI_")}
    ours = {"LUZHI_DATABASE_URL": url, "LUZHI_DATA_DIR": str(folder), "LUZHI_METRICS_ADDRESS": "off"}
    return kept | ours | settings


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
async def demo_account(db: str) -> None:
    await make.account("admin", demo=True)


def test_check_says_that_all_is_well(luzhi: Run, tmp_path: Path) -> None:
    done = luzhi("check", LUZHI_BASE_URL="https://luzhi.example.org")

    settings = f"Settings: good. Data directory {tmp_path}, time zone Asia/Shanghai."
    assert done.stdout.splitlines() == [settings, "Database: good.", "Paper: good."]
    assert (done.stderr, done.returncode) == ("", 0)


def test_check_warns_of_letters_that_lead_nowhere_from_another_machine(luzhi: Run) -> None:
    done = luzhi("check")

    said = "Warning: letters lead to http://127.0.0.1:8000, which no other machine reaches. Set LUZHI_BASE_URL."
    assert (done.stderr.splitlines(), done.returncode) == ([said], 0)


def test_check_says_what_to_do_about_a_database_that_is_not_there(luzhi: Run) -> None:
    done = luzhi("check", LUZHI_DATABASE_URL="postgres://luzhi@127.0.0.1:1/luzhi")

    assert "Start it, or mend LUZHI_DATABASE_URL." in done.stderr
    assert done.returncode == 1


@pytest.mark.parametrize("command", ["check", "serve"])
def test_a_mistyped_setting_stops_every_command(luzhi: Run, command: str) -> None:
    done = luzhi(command, LUZHI_DATABSE_URL="x")

    assert done.stderr == "Error: LUZHI_DATABSE_URL is not a setting. The nearest one is LUZHI_DATABASE_URL.\n"
    assert done.returncode == 1


def test_serve_wants_the_tables_of_today(luzhi: Run, tmp_path: Path) -> None:
    done = luzhi("serve", LUZHI_DATABASE_URL=f"sqlite:///{tmp_path}/empty.db")

    assert done.stderr.endswith("Run: luzhi migrate\n")
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("words", "settings", "reachable"),
    [
        (["--host", "0.0.0.0"], {}, "0.0.0.0"),
        ([], {"LUZHI_BASE_URL": "https://luzhi.example.org"}, "luzhi.example.org"),
    ],
)
@pytest.mark.usefixtures("demo_account")
def test_a_demo_is_never_served_to_others(luzhi: Run, words: list[str], settings: dict, reachable: str) -> None:
    done = luzhi("serve", *words, **settings)

    assert done.stderr.startswith(f"Error: Others can reach {reachable}, and this database has accounts whose password")
    assert done.returncode == 1


@pytest.mark.usefixtures("demo_account")
def test_a_demo_at_home_is_served_with_a_warning_and_its_sign_ins(db: str, tmp_path: Path) -> None:
    port = free_port()
    command = [LUZHI, "serve", "--port", str(port)]
    with subprocess.Popen(command, env=environment(db, tmp_path), stdout=-1, stderr=-1, text=True) as process:
        said = [process.stdout.readline() for _ in range(2)]
        log = iter(process.stderr.readline, "")
        warning = next(log)
        started = any("Uvicorn running on" in line for line in log)
        with urlopen(f"http://127.0.0.1:{port}/readyz") as answer:
            ready = answer.read()
        process.terminate()
        process.communicate()

    assert said == [
        f"Demo sign-ins at http://127.0.0.1:{port}/login, all with the password demo-only-password:\n",
        "  admin\n",
    ]
    assert warning == "Warning: this database has demo accounts, whose password is public. Keep nothing real in it.\n"
    assert started
    assert ready == b'{"ready":true,"detail":""}'


def test_a_taken_address_of_the_measurements_is_an_error_where_it_was_chosen(luzhi: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        chosen = f"127.0.0.1:{taken.getsockname()[1]}"

        done = luzhi("serve", LUZHI_METRICS_ADDRESS=chosen)

    assert done.stderr == f"Error: LUZHI_METRICS_ADDRESS: {chosen} cannot be used (Address already in use).\n"
    assert done.returncode == 1
