"""What the benchmark needs from outside Python, or how to get it."""

import json
import shutil
import subprocess

from bench.servers import PEER
from tests.postgres import cluster
from tools.needs import install

WRK = "wrk was not found. Install it (Debian: `apt install wrk`, macOS: `brew install wrk`)."
NPM = "npm was not found. Install Node so that `npm` is on the PATH; the peer's own Node comes with it."


class Missing(Exception):
    """Something cannot be had here; the words say how to get it."""


def gather() -> None:
    """Finds or installs everything. Raises Missing, cluster.NoPostgres."""
    if not shutil.which("wrk"):
        install(["wrk"], ["wrk"])
    if not shutil.which("wrk"):
        raise Missing(WRK)
    if not shutil.which("npm"):
        raise Missing(NPM)
    cluster.programs()
    _peer()


def _peer() -> None:
    """PostGraphile and its Node at the versions of package-lock.json."""
    lock, done = PEER / "package-lock.json", PEER / "node_modules" / ".package-lock.json"
    if not done.exists() or done.stat().st_mtime < lock.stat().st_mtime:
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=PEER, check=True)
        done.touch()


def versions() -> dict[str, str]:
    """Of what is compared."""
    asked = json.loads((PEER / "package.json").read_text("utf-8"))["dependencies"]
    wrk = subprocess.run(["wrk", "--version"], capture_output=True, text=True, check=False).stdout.split()
    return {"PostGraphile": asked["postgraphile"], "Node": asked["node"], "wrk": wrk[1] if len(wrk) > 1 else "?"}
