"""The script that makes the data file of strokes, and the file it made."""

import bz2
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNIHAN = """# Unihan_IRGSources.txt
# Unicode version: 99.0.0
U+4E00\tkRSUnicode\t1.0
U+4E00\tkTotalStrokes\t1
U+8303\tkTotalStrokes\t8 9
U+3106C\tkTotalStrokes\t84
"""


def made(path):
    script = [sys.executable, str(ROOT / "tools" / "strokes.py"), str(path)]
    return subprocess.run(script, check=True, capture_output=True, text=True).stdout.splitlines()


@pytest.mark.parametrize("packed", [False, True])
def test_the_script_writes_64_characters_to_a_row_and_the_simplified_count_of_two(tmp_path, packed):
    path = tmp_path / ("Unihan.txt.bz2" if packed else "Unihan.txt")
    path.write_bytes(bz2.compress(UNIHAN.encode()) if packed else UNIHAN.encode())

    lines = made(path)

    assert lines[1] == "# Unicode version: 99.0.0 Copyright Unicode, Inc.; see NOTICE."
    assert lines[3:] == [
        "4E00 1" + "-" * 63,
        "8300 ---8" + "-" * 60,
        "31040 " + "-" * 44 + "z" + "-" * 19,
    ]


def test_the_file_covers_the_common_characters_without_a_gap():
    lines = (ROOT / "server" / "rules" / "strokes.txt").read_text("ascii").splitlines()
    rows = dict(line.split() for line in lines if not line.startswith("#"))

    assert all(len(row) == 64 for row in rows.values())
    for first, last in ((0x3400, 0x4DBF), (0x4E00, 0x9FFF)):
        assert all("-" not in rows[f"{start:04X}"] for start in range(first, last, 64))
