"""Each mistake of a library in docs/decisions/cases.md is one on the installed versions, too."""

import re
import subprocess
import sys
from importlib.metadata import version

import pytest

from tests.test_docs import BLOCK, ROOT

PAGE = (ROOT / "docs" / "decisions" / "cases.md").read_text("utf-8")
CASES = {part.partition("\n")[0]: part for part in PAGE.split("\n## ")[1:]}
PATIENCE_S = 120


@pytest.mark.parametrize("title", CASES)
def test_it_is_as_the_case_shows(title: str) -> None:
    ((language, text),) = BLOCK.findall(CASES[title])
    assert language == "python"

    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=PATIENCE_S, check=False)

    assert done.returncode == 0, f"{title}: mended?\n{done.stderr}"


@pytest.mark.parametrize("title", CASES)
def test_the_version_is_the_one_that_is_installed(title: str) -> None:
    named = re.findall(r"^(strawberry-graphql|aiosqlite|graphql-core) (\d+\.\d+)\b", CASES[title], re.MULTILINE)

    assert [version(name).startswith(f"{number}.") for name, number in named] == [True]
