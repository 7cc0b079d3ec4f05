"""What an operator installs: nothing is left out of the package, the unit is one, and settings bear their names."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from server.settings.known import SETTINGS
from tests.deploy.proxies import DEPLOY

ROOT = DEPLOY.parent
MODULES = {".py", ".pyc"}


@pytest.mark.parametrize("package", ["server", "web"])
def test_every_file_that_is_no_module_goes_into_the_wheel(package: str) -> None:
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["package-data"]
    there = {path for path in (ROOT / package).rglob("*") if path.is_file() and path.suffix not in MODULES}

    packed = {path for pattern in patterns[package] for path in (ROOT / package).glob(pattern) if path.is_file()}

    assert there
    assert there - packed == set()


def test_the_files_of_deploy_name_only_settings_that_there_are() -> None:
    known = {setting.name for setting in SETTINGS} | {"LUZHI_HOST"}  # which compose.yaml makes the address of

    named = {name for path in DEPLOY.iterdir() for name in re.findall(r"LUZHI_[A-Z_]+", path.read_text("utf-8"))}

    assert len(named) > 5
    assert named - known == set()


def test_systemd_takes_the_unit_as_it_is(tmp_path: Path) -> None:
    assert shutil.which("systemd-analyze"), "This looks at a unit of systemd, which is a part of Linux: run it there."
    unit = (DEPLOY / "luzhi.service").read_text("utf-8")
    program = "/srv/luzhi/.venv/bin/luzhi"
    assert program in unit
    (tmp_path / "luzhi.service").write_text(unit.replace(program, shutil.which("true") or ""))

    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / "luzhi.service"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
