"""100,000 people in bounded memory: `make test-long`. The figures stand in docs/imports.md."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.imports import crowd

pytestmark = pytest.mark.long
COUNT = 100_000
MOST = 400 * 1024
"""Kilobytes that an import may take at its peak."""

MEASURED = """
import resource, sys
from server.cli import luzhi
try:
    luzhi(sys.argv[1:])
finally:
    print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss} kB", file=sys.stderr)
"""


def run(url: str, folder: Path, *arguments: str) -> tuple[str, int]:
    """(standard output, peak in kilobytes) of a command in a process of its own."""
    environment = {**os.environ, "LUZHI_DATABASE_URL": url, "LUZHI_DATA_DIR": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *arguments], env=environment, capture_output=True, text=True, check=True
    )
    found = re.search(r"peak (\d+) kB", done.stderr)
    assert found, done.stderr
    return done.stdout, int(found[1])


def test_a_hundred_thousand_people_come_in_once_in_bounded_memory(db_url: str, tmp_path: Path) -> None:
    crowd.popolo(COUNT, tmp_path / "crowd.json")
    crowd.table(COUNT, tmp_path / "crowd.csv")

    said, peak = run(db_url, tmp_path, "import", "people", str(tmp_path / "crowd.json"), "--term", "15")
    assert said.startswith(f"people: {COUNT} new\nbodies: 200 new\nmemberships: 133334 new\nseats: {COUNT} new\n")
    assert peak < MOST
    said, peak = run(db_url, tmp_path, "import", "people", str(tmp_path / "crowd.csv"), "--term", "15")
    assert said == f"people: {COUNT} same\nbodies: 200 same\nmemberships: 133334 same\nseats: {COUNT} same\n"
    assert peak < MOST
    _, peak = run(db_url, tmp_path, "export", "people", str(tmp_path / "out.csv"))
    assert peak < MOST
