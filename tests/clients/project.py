"""An integrator's project: our schema and operations, the types made of them, the trials of each client."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests import stored

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
NODE = HERE / "node_modules"
PYTHON = HERE / ".venv" / "bin"
EXAMPLE = re.compile(r"^```graphql\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PATIENCE_S = 120


def lay(folder: Path) -> None:
    """What an integrator has at the beginning: the schema, operations, settings of the tools, and code of their own."""
    for name in (
        "package.json",
        "codegen.yml",
        "introspection.yml",
        "relay.config.json",
        "tsconfig.json",
        "ariadne.toml",
    ):
        shutil.copy(HERE / name, folder)
    shutil.copytree(HERE / "typescript", folder / "typescript")
    shutil.copy(ROOT / "server" / "schema.graphql", folder)
    (folder / "node_modules").symlink_to(NODE)
    texts = {f"stored/{name}": text for name, text in stored.documents().items()}
    for name, text in (texts | documented()).items():
        file = folder / "operations" / f"{name}.graphql"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def documented() -> dict[str, str]:
    """The operations of our documents, by page."""
    pages = {page: (ROOT / "docs" / f"{page}.md").read_text("utf-8") for page in ("api", "examples")}
    return {f"documented/{page}": "\n".join(EXAMPLE.findall(text)) for page, text in pages.items()}


def run(folder: Path, *command: str | Path, given: str = "", **settings: str) -> str:
    """What a program prints. What it says of an error is said by the error here, too. settings: of its environment."""
    path = os.pathsep.join([str(NODE / ".bin"), os.environ["PATH"]])
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=os.environ | {"PATH": path} | settings,
        input=given,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def trial(folder: Path, *command: str | Path, **given: Any) -> Any:
    """What came of one trial of a client: it reads what it needs from standard input and prints JSON."""
    return json.loads(run(folder, *command, given=json.dumps(given)))
