"""The documents name the versions that were tried."""

import json
import re

from tests.clients import project

ROW = re.compile(r"^\| (`[^|]+`[^|]*) \| ([\d.]+) \|", re.MULTILINE)
PINNED = re.compile(r"^([\w-]+)==(\S+)$", re.MULTILINE)


def test_the_documents_name_the_versions_that_were_tried() -> None:
    folders = (project.HERE, project.HERE.parent / "http")
    pinned = {}
    for folder in folders:
        pinned |= json.loads((folder / "package.json").read_text("utf-8"))["dependencies"]
    for file in (project.ROOT / "constraints.txt", project.HERE / "requirements.txt"):
        pinned |= dict(PINNED.findall(file.read_text("utf-8")))

    _, section = (project.ROOT / "docs" / "api.md").read_text("utf-8").split("\n## Clients\n")
    rows = ROW.findall(section)

    named = {name: version for names, version in rows for name in re.findall(r"`([^`]+)`", names)}
    assert named == {name: pinned.get(name) for name in named}
    assert len(named) == 9
