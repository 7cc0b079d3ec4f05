"""The folder of real files: `make test-real DATA=folder` says where it is."""

import os
from pathlib import Path

import pytest

SAY = "Say where the real files are: make test-real DATA=folder"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder. Without one the tests fail: they were asked for."""
    folder = Path(os.environ.get("REAL_DATA", ""))
    assert folder.is_absolute(), SAY
    assert folder.is_dir(), SAY
    return folder
