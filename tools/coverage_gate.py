"""Fails where a line or a branch of the rules or of the verbs is not run by any test.

`python -m tools.coverage_gate coverage.json`, the file that `pytest --cov --cov-report=json` writes.
"""

import json
import sys
from pathlib import Path
from typing import Any

WHOLE = ("server/rules/", "server/models/")


def gaps(report: dict[str, Any]) -> list[str]:
    """One line for each file that must be whole and is not. report: as coverage.py writes it."""
    lines = []
    for name, file in sorted(report["files"].items()):
        unrun = set(file["missing_lines"])  # a branch from or to such a line says nothing new
        missing = [str(line) for line in file["missing_lines"]]
        ways = [way for way in file["missing_branches"] if not unrun & set(way)]
        branches = [f"{start}->{'exit' if end < 0 else end}" for start, end in ways]
        if name.startswith(WHOLE) and missing + branches:
            lines.append(f"{name}: not run by any test: {', '.join(missing + branches)}")
    return lines


def main(path: Path) -> None:
    """Exit code 1 with the gaps, or one line that says all is run."""
    report = json.loads(path.read_text())
    if not any(name.startswith(WHOLE) for name in report["files"]):
        sys.exit(f"{path} knows nothing of {' and '.join(WHOLE)}: was it made from the project's folder?")
    if lines := gaps(report):
        sys.exit("\n".join(lines))
    print(f"Every line and branch of {' and '.join(WHOLE)} is run by a test.")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
