"""Where the browser of the tests is: the system's own first, else the one that playwright downloads."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW_TO_GET_IT = (
    "Chromium was not found. Install it so that `chromium` is on the PATH (Debian: `apt install chromium`), "
    "or run `.venv/bin/playwright install --with-deps chromium`."
)
FLAGS = [
    "--no-sandbox",  # root in a container has no other way; the pages are our own
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class NoChromium(Exception):
    """There is no browser to be had here. Says how to get one."""


def program() -> str:
    """The path of a Chromium that starts. Raises NoChromium where there is none. Ask before playwright runs."""
    for place in _places():
        if Path(place).exists() and _starts(place):
            return place
    raise NoChromium(HOW_TO_GET_IT)


def _places() -> Iterator[str]:
    yield from (found for name in NAMES if (found := shutil.which(name)))
    with sync_playwright() as playwright:
        yield playwright.chromium.executable_path


def _starts(place: str) -> bool:
    """Some systems put a stand-in there that only asks for another installer."""
    return subprocess.run([place, "--version"], capture_output=True, check=False).returncode == 0
