"""Finds what the tests need from outside Python, or installs it in the way that fits the machine.

`python -m tools.needs` fails, and says what to do, where something cannot be had: no test skips for want of a program.
"""

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.browser import chromium
from tests.deploy import proxies
from tests.postgres import cluster

TESTS = Path(__file__).parent.parent / "tests"
CLIENTS = TESTS / "clients"
SCRIPTS = {
    TESTS / "browser": ["--ignore-scripts"],
    TESTS / "http": ["--ignore-scripts"],
    TESTS / "oidc": ["--ignore-scripts"],
    CLIENTS: [],
}
"""Folders with a package.json, and how it is read: what pages load, the audits of the API, a provider of single
sign-on, clients and their Node."""


def main() -> None:
    """Looks for everything, installs what is missing, and names what still is before the exit with 1."""
    missing = [
        *want("PostgreSQL", postgres, apt=["postgresql"], brew=["postgresql@17"]),
        *want("Chromium", browser, apt=["chromium"], otherwise=download_browser),
        *want("Node", functools.partial(on_path, "npm"), apt=["nodejs", "npm"], brew=["node"]),
        *want("nginx", functools.partial(proxy, "nginx"), apt=["nginx"], brew=["nginx"]),
        *want("Caddy", functools.partial(proxy, "caddy"), apt=["caddy"], brew=["caddy"]),
    ]
    if sys.platform == "linux":
        missing += want("systemd-analyze", functools.partial(on_path, "systemd-analyze"), apt=["systemd"])
    want("fonts with Chinese characters", fonts, apt=["fonts-noto-cjk"])
    if missing:
        sys.exit("\n".join(["The tests need what could not be had here:", *missing]))
    install_scripts()
    install_python()


def postgres() -> str:
    """What is wrong with PostgreSQL's programs; empty if nothing."""
    try:
        cluster.programs()
    except cluster.NoPostgres as error:
        return str(error)
    return ""


def browser() -> str:
    """What is wrong with the browser; empty if nothing."""
    try:
        chromium.program()
    except chromium.NoChromium as error:
        return str(error)
    return ""


def on_path(name: str) -> str:
    """What is wrong with a program that needs no more than to be there; empty if nothing."""
    return "" if shutil.which(name) else f"{name} was not found. Install it so that it is on the PATH."


def proxy(name: str) -> str:
    """What is wrong with that proxy; empty if nothing."""
    try:
        proxies.program(name)
    except proxies.NoProxy as error:
        return str(error)
    return ""


def fonts() -> str:
    """What is wrong with the fonts; empty if nothing. Without fontconfig the system looks after them itself."""
    listed = ["fc-list", ":lang=zh", "file"]
    if shutil.which("fc-list") and not subprocess.run(listed, capture_output=True, check=True).stdout:
        return "No font has Chinese characters."
    return ""


def want(
    name: str,
    wrong: Callable[[], str],
    *,
    apt: list[str],
    brew: list[str] | None = None,
    otherwise: Callable[[], None] | None = None,
) -> list[str]:
    """Installs it if something is wrong. Returns what is still wrong: one line, or none."""
    if wrong():
        print(f"{name}: not here, trying to install it.", flush=True)
        install(apt, brew)
    if wrong() and otherwise:
        otherwise()
    return [line] if (line := wrong()) else []


def install(apt: list[str], brew: list[str] | None) -> None:
    """By the system's own installer, where there is one and we may use it without a question."""
    root = as_root()
    if shutil.which("apt-get") and root is not None:
        apt_update()
        quiet = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
        subprocess.run([*quiet, "install", "--yes", "--no-install-recommends", *apt], check=False)
    elif shutil.which("brew") and brew:
        subprocess.run(["brew", "install", *brew], check=False)


@functools.cache
def apt_update() -> None:
    """Once: a fresh machine has no list of packages yet."""
    subprocess.run([*(as_root() or []), "apt-get", "-qq", "update"], check=False)


@functools.cache
def as_root() -> list[str] | None:
    """How a command is run as root without a question; None where it cannot be."""
    if os.geteuid() == 0:
        return []
    asks = (
        shutil.which("sudo") is None
        or subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode
    )
    return None if asks else ["sudo", "-n"]


def download_browser() -> None:
    """Playwright's own Chromium, with the libraries it needs where we may install them."""
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    libraries = shutil.which("apt-get") and as_root() is not None
    subprocess.run([*command, "--with-deps"] if libraries else command, check=False)


def install_scripts() -> None:
    """What the tests load from npm, at the versions of each package-lock.json. Node itself comes by a script."""
    for folder, how in SCRIPTS.items():
        lock, done = folder / "package-lock.json", folder / "node_modules" / ".package-lock.json"
        if older(done, lock):
            quiet = ["--no-audit", "--no-fund", "--loglevel=error"]
            subprocess.run(["npm", "ci", *quiet, *how], cwd=folder, check=True)
            done.touch()


def install_python() -> None:
    """A client that needs other versions than ours, in an environment of its own."""
    wanted, done = CLIENTS / "requirements.txt", CLIENTS / ".venv" / ".done"
    if older(done, wanted):
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(done.parent)], check=True)
        pip = [str(done.parent / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--requirement", str(wanted)], check=True)
        done.touch()


def older(done: Path, wanted: Path) -> bool:
    """Whether what was made is not there, or older than what it was made from."""
    return not done.exists() or done.stat().st_mtime < wanted.stat().st_mtime


if __name__ == "__main__":
    main()
