"""`luzhi coverage` as the contract has it."""

import asyncio
import json
import os
import subprocess
import sys

import pytest

from server.models.bodies import BodyKind
from tests import make


async def run(db, tmp_path, *arguments):
    """The command in a process of its own; it returns the exit code, standard output and standard error."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LUZHI_")}
    settings = {"LUZHI_DATABASE_URL": db, "LUZHI_DATA_DIR": str(tmp_path), "LUZHI_TIMEZONE": "Asia/Shanghai"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from server.cli import luzhi; luzhi()", "coverage", *arguments),
        env=kept | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


@pytest.fixture
async def two(db):
    """Two members: one in a group, one in none who joined on the day."""
    term, group = await make.term("14"), await make.body(BodyKind.LEARNING_GROUP)
    ann, bob = await make.person(name_zh="安"), await make.person(name_en="Bob")
    await make.seat(ann, term)
    await make.seat(bob, term, starts_on=make.TODAY)
    await make.place(group, ann)
    return ann, bob


async def test_json_is_one_object_by_the_contract(db, two, tmp_path):
    status, out, err = await run(db, tmp_path, "learning-group", "--term", "14", "--on", "2026-11-22", "--json")

    assert (status, err) == (0, "")
    assert json.loads(out) == {
        "kind": "learning_group",
        "term": "14",
        "on": "2026-11-22",
        "of": "all",
        "members": 2,
        "none": 1,
        "one": 1,
        "more": 0,
        "pending": 1,
        "without": [{"id": f"per_{two[1].id}", "name": "Bob", "pending": True}],
    }


async def test_without_json_it_is_sentences_and_every_kind_counts(db, two, tmp_path):
    status, out, _ = await run(db, tmp_path, "party_branch", "--on", "2027-11-22")
    assert (status, out) == (
        0,
        "0 members on 2027-11-22: 0 in one party_branch, 0 in more, 0 in none (0 of them pending).\n",
    )

    status, out, _ = await run(db, tmp_path, "special_committee", "--on", "2026-11-22")
    ann, bob = two
    assert out.splitlines()[0] == (
        "2 members on 2026-11-22: 0 in one special_committee, 0 in more, 2 in none (1 of them pending)."
    )
    assert sorted(out.splitlines()[1:]) == sorted([f"  per_{ann.id}  安", f"  per_{bob.id}  Bob  (pending)"])


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("choir",), 2, "choir is no kind of body. There are: plenary, standing_committee,"),
        (("sector", "--on", "22.11.2026"), 2, "22.11.2026 is no day. Write it as 2026-11-22."),
        (("sector", "--term", "99"), 1, "There is no term with the code 99. There are: 14."),
    ],
)
async def test_what_makes_no_sense_is_said(db, two, tmp_path, arguments, status, words):
    found, out, err = await run(db, tmp_path, *arguments)

    assert (found, out) == (status, "")
    assert words in " ".join(err.split())


async def test_an_empty_register_says_what_to_do(db, tmp_path):
    status, _, err = await run(db, tmp_path, "sector", "--term", "14")
    assert (status, "There is none yet; import people with --term first." in " ".join(err.split())) == (1, True)
    assert (await run(db, tmp_path, "sector", "--json"))[0] == 0
