"""The folder of real files: `make test-real DATA=folder` says where it is."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder. Without one the tests fail: they were asked for."""
    folder = Path(os.environ.get("REAL_DATA", ""))
    assert folder.is_absolute() and folder.is_dir(), "Say where the real files are: make test-real DATA=folder"  # noqa: PT018  # one thing to mend
    return folder
