"""`luzhi account` and `luzhi token` as an operator meets them."""

import asyncio
import datetime as dt
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server.cli import luzhi
from server.models import database
from server.models.accounts import Account, ApiClient, Invitation, InvitationChannel, RoleAssignment, Session
from server.models.audit import AuditEntry
from server.models.invitations import Shown, enter
from server.models.viewing import BearerToken, Coming
from server.rules.permissions import Role
from tests import make
from tests.accounts.door import CHEAP, come_in
from tests.invitations.ways import browser

PASSWORD = "a long enough password"
LATER = (dt.datetime.now(dt.UTC) - make.NOW).total_seconds()
"""Seconds until now from the moment at which tests happen."""
Run = Callable[..., Result]


@pytest.fixture
def run(db_url: str, tmp_path: Path) -> Run:
    """Runs the command on the test's database; `typed` is its standard input."""

    def run(*words: str, typed: str = "", **settings: str) -> Result:
        env = {"LUZHI_DATABASE_URL": db_url, "LUZHI_DATA_DIR": str(tmp_path)} | settings
        return CliRunner(env=env).invoke(luzhi, words, input=typed)

    return run


@pytest.fixture
def ask(db_url: str) -> Callable[[Callable[[], Awaitable]], object]:
    """What the database says after, or before, a command."""

    async def asked(question: Callable[[], Awaitable]) -> object:
        await database.connect(db_url)
        try:
            return await question()
        finally:
            await database.close()

    return lambda question: asyncio.run(asked(question))


def test_an_account_is_added_with_a_password_from_standard_input(run: Run, ask):
    done = run(
        *("account", "add", "Admin", "--role", "administrator", "--role", "auditor", "--password-stdin"),
        typed=f"{PASSWORD}\n",
    )

    assert (done.stdout, done.stderr, done.exit_code) == ("", "Account Admin added.\n", 0)
    assert ask(lambda: come_in("admin", PASSWORD)).viewer.name == "admin"
    given = ask(lambda: RoleAssignment.all().order_by("role").values_list("role", "body_id", "ends_on"))
    assert given == [(Role.ADMINISTRATOR, None, None), (Role.AUDITOR, None, None)]
    entry = ask(lambda: AuditEntry.get(action="account.add"))
    assert entry.actor == "command line"


def test_without_a_password_its_holder_chooses_one_by_a_link_that_is_shown_once(run: Run, ask):
    done = run("account", "add", "mei", "--role", "administrator", LUZHI_BASE_URL="https://luzhi.example.org")

    place, _, secret = done.stdout.strip().rpartition("/")
    assert (place, len(secret), done.exit_code) == ("https://luzhi.example.org/invitation", 32, 0)
    assert "shown once" in done.stderr
    invitation = ask(Invitation.get)
    assert (invitation.issued_by_id, invitation.channel, secret in str(vars(invitation))) == (
        None,
        InvitationChannel.LINK,
        False,
    )
    assert ask(lambda: enter(Shown(secret=secret), PASSWORD, browser(LATER), key="", cost=CHEAP)).viewer.name == "mei"


def test_with_a_password_there_is_no_invitation(run: Run, ask):
    run("account", "add", "mei", "--password-stdin", typed=PASSWORD)

    assert ask(lambda: Invitation.all().count()) == 0


@pytest.mark.parametrize("prefix", ["", "per_"])
def test_an_account_belongs_to_a_person_of_the_register(run: Run, ask, prefix: str):
    mei = ask(make.person)

    done = run("account", "add", "mei", "--person", f"{prefix}{mei.id}")

    assert done.exit_code == 0
    assert ask(Account.get).person_id == mei.id


@pytest.mark.parametrize(
    ("words", "typed", "exit_code", "says"),
    [
        (("account", "add", "mei", "--password-stdin"), "short\n", 1, "at least 12 characters"),
        (("account", "add", "m i"), "", 1, "A name has 2 to 60 letters"),
        (("account", "add", "mei", "--role", "member"), "", 1, "link the account to a person"),
        (("account", "add", "mei", "--role", "king"), "", 2, "'king' is not one of"),
        (("account", "add", "mei", "--person", "per_7"), "", 2, "per_7 is not the ID of a person"),
        (("account", "add"), "", 2, "Missing argument 'NAME'"),
        (("account", "disable", "nobody"), "", 1, "There is no account nobody."),
        (("account", "password", "nobody", "--password-stdin"), "x\n", 1, "There is no account nobody."),
        (("account", "password", "nobody"), "", 2, "with --password-stdin"),
        (
            ("token", "issue", "--account", "nobody", "--name", "Sync", "--scope", "all:read"),
            "",
            1,
            "There is no account nobody.",
        ),
        (("token", "issue", "--account", "nobody", "--name", "Sync"), "", 2, "Missing option '--scope'"),
    ],
)
def test_what_does_not_fit_is_said_on_standard_error(run: Run, ask, words, typed, exit_code, says):
    done = run(*words, typed=typed)

    assert (done.stdout, done.exit_code) == ("", exit_code)
    assert says in done.stderr
    assert ask(lambda: Account.all().count()) == 0


def test_an_account_is_disabled_and_its_sessions_end(run: Run, ask):
    run("account", "add", "mei", "--password-stdin", typed=PASSWORD)
    ask(lambda: come_in("mei", PASSWORD))

    done = run("account", "disable", "MEI")

    assert (done.stderr, done.exit_code) == ("Account MEI disabled.\n", 0)
    assert not ask(Account.get).active


def test_the_last_administrator_is_not_disabled(run: Run, ask):
    run("account", "add", "mei", "--role", "administrator")

    done = run("account", "disable", "mei")

    assert "last active administrator" in done.stderr
    assert done.exit_code == 1
    assert ask(Account.get).active


def test_a_password_is_changed_from_standard_input(run: Run, ask):
    run("account", "add", "mei", "--password-stdin", typed=PASSWORD)

    done = run("account", "password", "mei", "--password-stdin", typed="another long password\r\n")

    assert (done.stdout, done.stderr, done.exit_code) == ("", "Password of mei changed.\n", 0)
    assert ask(lambda: come_in("mei", "another long password")).viewer.name == "mei"
    assert ask(lambda: Session.all().count()) == 1


def test_a_token_stands_alone_on_standard_output(run: Run, ask):
    run("account", "add", "mei", "--role", "secretary")

    done = run(
        *("token", "issue", "--account", "mei", "--name", "Sync"),
        *("--scope", "members:read", "--scope", "bodies:write", "--days", "30"),
    )

    token = done.stdout.removesuffix("\n")
    assert re.fullmatch(r"lz_[\w-]{43}", token)
    assert (done.stderr, done.exit_code) == ("", 0)
    viewer = ask(lambda: Coming(BearerToken(token), now=make.NOW, zone=make.ZONE).viewer())
    assert (viewer.name, viewer.scopes) == ("mei", {"members:read", "bodies:write"})
    client = ask(ApiClient.get)
    assert (client.expires_at - client.created_at).days == 30


def test_a_token_is_made_for_some_addresses_only(run: Run, ask):
    run("account", "add", "mei", "--role", "secretary")
    mine = ("token", "issue", "--account", "mei", "--name", "Sync", "--scope", "members:read")

    wrong, done = run(*mine, "--address", "the office"), run(*mine, "--address", "192.0.2.0/24", "--address", "::1")

    assert ("is no address" in wrong.stderr, wrong.exit_code, done.exit_code) == (True, 1, 0)
    assert ask(ApiClient.get).addresses == ["192.0.2.0/24", "::1/128"]


def test_an_unknown_scope_names_the_nearest(run: Run):
    run("account", "add", "mei")

    done = run("token", "issue", "--account", "mei", "--name", "Sync", "--scope", "member:read")

    assert "Did you mean members:read?" in done.stderr
    assert (done.stdout, done.exit_code) == ("", 1)


def test_a_database_that_is_not_there_is_said_in_one_line(run: Run):
    done = run("account", "add", "mei", LUZHI_DATABASE_URL="postgres://luzhi@127.0.0.1:1/luzhi")

    assert "Start it, or mend LUZHI_DATABASE_URL." in done.stderr
    assert done.exit_code == 1


def test_a_database_without_tables_is_sent_to_migrate(run: Run, tmp_path: Path):
    done = run("account", "add", "mei", LUZHI_DATABASE_URL=f"sqlite:///{tmp_path}/empty.db")

    assert "Run: luzhi migrate" in done.stderr
    assert done.exit_code == 1
