"""`luzhi explain` as developers and operators meet it, on both databases."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server.cli import luzhi
from server.models import database
from server.models.accounts import Account, RoleAssignment
from tests.cast import Cast, gather

Explain = Callable[..., Result]
PEOPLE = """query People($search: String, $first: Int) {
  people(search: $search, first: $first) {
    totalCount
    edges { node { id called: name email memberships { no term { code } status } } }
  }
}
"""


def within(url: str, act: Callable[[], Awaitable[object]]) -> object:
    """What something done in the test's database gives."""

    async def done() -> object:
        await database.connect(url)
        try:
            return await act()
        finally:
            await database.close()

    return asyncio.run(done())


@pytest.fixture
def everybody(db_url: str) -> Cast:
    """The cast, in a database that nobody is connected to."""
    found = within(db_url, gather)
    assert isinstance(found, Cast)
    return found


@pytest.fixture
def explain(db_url: str, tmp_path: Path) -> Explain:
    """Explains that text, as a file."""

    def explain(text: str, *words: str) -> Result:
        file = tmp_path / "asked.graphql"
        file.write_text(text, "utf-8")
        env = {"LUZHI_DATABASE_URL": db_url, "LUZHI_DATA_DIR": str(tmp_path)}
        return CliRunner(env=env).invoke(luzhi, ["explain", str(file), *words])

    return explain


def sections(found: Result) -> dict[str, list[str]]:
    """Title -> its lines; the first line stands under an empty one."""
    head, *parts = found.stdout.rstrip("\n").split("\n\n")
    titled = [part.split("\n") for part in parts]
    return {"": [head]} | {title: [line[2:] for line in lines] for title, *lines in titled}


def test_a_compiled_operation_is_told_whole(explain: Explain, everybody: Cast, db_url: str) -> None:
    found = explain(PEOPLE, "--variables", '{"search": "mei", "first": 2}', "--as", "leader")

    sqlite = db_url.startswith("sqlite:")
    told = sections(found)
    assert (found.exit_code, found.stderr) == (0, "")
    assert told[""] == [
        f"query People, as leader (member, group leader), in Chinese, on {'SQLite' if sqlite else 'PostgreSQL'}"
    ]
    assert told["Road"] == ["one statement; in a request, who asks is read in it, too"]
    assert told["Reads"] == [
        "people: the first 2 rows of person where merged_into_id IS NULL and search LIKE {variable $search, word 1}, "
        "in the order of sort_pinyin, id",
        "  totalCount",
        "  id, called (name_zh, else name_en)",
        "  email: personal column email: one's own alone",
        "  memberships: all rows of membership where term_id NOT IN (SELECT id id FROM term WHERE status='draft') and "
        "person_id=its.id, in the order of term__code, id",
        "    no",
        "    term: the row that term_id names of term",
        "      code",
        "    status: status of the one row of membership_status where voided_at IS NULL and membership_id=its.id and "
        "it holds on {the viewer's day}, in the order of id",
    ]
    assert """'{"people":' || (""" in "".join(told["SQL"])
    assert ("MATERIALIZED" in "".join(told["SQL"])) is not sqlite
    assert told["SQL"][-1].endswith("AS data, 1 = 1 AS sound")
    values = {re.sub(r"[$?]\d+(, )?|\d{4}-\d\d-\d\d", "", line) for line in told["Parameters"]}
    assert values == {
        " = '%mei%', variable $search, word 1",
        " = 2, length of the page",
        " = '\"called\":', name in the answer",
        f" = {str(everybody.people['leader'].id)!r}, the viewer's person",
        " = , the viewer's day",
        " = 1, fixed for this plan",
        " = 3, fixed for this plan",
        " = 'draft', fixed for this plan",
    }
    assert told["Cost"] == [
        "124 at most, with 22 rows in lists",
        "depth 6, root fields 1, aliases 1, directives at one place 0, tokens 48",
    ]
    assert "What the database does" not in told


def test_the_database_tells_what_it_does(explain: Explain, everybody: Cast, db_url: str) -> None:
    told = sections(explain("{ terms { code } }", "--analyze"))["What the database does"]

    if db_url.startswith("sqlite:"):
        assert [line.strip() for line in told if "term" in line] == ["SCAN term"]
    else:
        assert any(line.lstrip(" ->").startswith("Seq Scan on term") and "actual time=" in line for line in told)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('mutation Speak { accountLocale(locale: "zh") { __typename } }', "it is no query"),
        ('{ person(id: "per_none") { name } }', "There is nothing here, or not for you."),
        ("{ terms { id } } #" + "x" * 10_000, "it is too long to be kept"),
        ("query($after: String = \"nowhere\") { people(after: $after) { totalCount } }",
         "This place in the list is not known. Start again from its beginning."),
    ],
)  # fmt: skip
def test_what_is_not_compiled_says_why_and_what_it_costs(
    explain: Explain, everybody: Cast, text: str, why: str
) -> None:
    told = sections(explain(text))

    assert told["Road"] == [f"the ordinary one: {why}"]
    assert set(told) == {"", "Road", "Cost"}


def test_every_operation_of_a_file_is_told_or_the_one_named(explain: Explain, everybody: Cast) -> None:
    text = "query A { terms { code } ...F } query B { ...F } fragment F on Query { bodies { totalCount } }"
    heads = [line for line in explain(text).stdout.splitlines() if line.startswith("query")]
    assert [line.partition(",")[0] for line in heads] == ["query A", "query B"]

    told = sections(explain(text, "--operation", "A"))
    assert told[""][0].startswith("query A,")
    assert told["Cost"][:3] == [
        "112 at most, with 50 rows in lists",
        "terms: 101, with 50 rows",
        "bodies: 11, with 0 rows",
    ]


def test_without_a_name_the_first_administrator_asks_or_one_who_holds_every_role(
    explain: Explain, everybody: Cast, db_url: str
) -> None:
    assert sections(explain("{ terms { code } }"))[""][0].startswith(
        "query without a name, as admin (administrator), in"
    )

    within(db_url, lambda: RoleAssignment.all().delete())
    assert (
        "as one who holds every role, since there is no administrator, in English"
        in explain("{ terms { code } }").stdout
    )


def test_the_account_that_asks_is_told_with_its_language_and_state(
    explain: Explain, everybody: Cast, db_url: str
) -> None:
    within(db_url, lambda: Account.filter(name="auditor").update(active=False, locale="en"))
    within(db_url, lambda: Account.create(name="nobody", password_hash="", created_at=everybody["admin"].now))

    assert ", as auditor (auditor; disabled), in English," in explain("{ terms { code } }", "--as", "Auditor").stdout
    told = sections(explain("{ terms { code } }", "--as", "nobody"))
    assert "as nobody (no role)" in told[""][0]
    assert told["Road"] == [
        "the ordinary one: Your roles do not allow you to see members and bodies. It needs one of: member, "
        "group leader, convener, secretary, custodian, chair, department contact, auditor, administrator."
    ]


@pytest.mark.parametrize(
    ("text", "words", "status", "said"),
    [
        ("{ terms { code }", (), 1, "asked.graphql: line 1, column 17: Syntax Error: Expected Name, found <EOF>."),
        ("{ terms { cod }\n  no }", (), 1, "graphql: line 1, column 11: Cannot query field 'cod' on type 'Term'."),
        ("{ terms { cod }\n  no }", (), 1, "line 2, column 3: Cannot query field 'no' on type 'Query'."),
        ("query Q($id: ID!, $n: Int) { person(id: $id) { id } people(first: $n) { totalCount } }",
         ("--variables", '{"n": 3}'), 1, """It takes --variables '{"id": "...", "n": 3}'."""),
        ("fragment F on Query { terms { code } }", (), 1, "Fragment 'F' is never used."),
        ("", (), 1, "line 1, column 1: Syntax Error: Unexpected <EOF>."),
        ("query Q { terms { code } }", ("--operation", "R"), 1, "There is no operation R. There are: Q."),
        ("{ terms { code } }", ("--as", "ghost"), 1, "There is no account ghost."),
        ("{ terms { code } }", ("--variables", "{"), 2, "It is no JSON: Expecting property name"),
        ("{ terms { code } }", ("--variables", "[1]"), 2, 'It must be an object, such as {"first": 10}.'),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_said(
    explain: Explain, everybody: Cast, text: str, words: tuple[str, ...], status: int, said: str
) -> None:
    found = explain(text, *words)

    assert (found.exit_code, found.stdout) == (status, "")
    assert said in " ".join(found.stderr.split())


def test_a_file_that_is_not_there_or_no_text_is_said(explain: Explain, tmp_path: Path) -> None:
    missing = CliRunner().invoke(luzhi, ["explain", str(tmp_path / "none.graphql")])
    assert (missing.exit_code, "No such file or directory" in missing.stderr) == (2, True)

    (tmp_path / "bytes.graphql").write_bytes(b"\xff\xfe")
    strange = CliRunner().invoke(luzhi, ["explain", str(tmp_path / "bytes.graphql")])
    assert (strange.exit_code, "is no text in UTF-8." in strange.stderr) == (1, True)
