"""`luzhi messages` as a timer and an operator meet it."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server.cli import luzhi
from tests.messages.post import FOR_GOOD, SENDER, Server, bare_port, flat


@pytest.fixture
def run(db_url: str, tmp_path: Path):
    def run(*words: str, **settings: str) -> Result:
        env = {"LUZHI_DATABASE_URL": db_url, "LUZHI_DATA_DIR": str(tmp_path), "LUZHI_SMTP_SENDER": SENDER} | settings
        return CliRunner(env=env).invoke(luzhi, ("messages", *words))

    return run


def test_it_says_what_it_did(run, mail: Server) -> None:
    for words, said in (("deliver", "Messages: nothing was due.\n"), ("remind", "Reminders: 0 tokens end soon")):
        done = run(words, LUZHI_SMTP_URL=mail.url())
        assert done.exit_code == 0
        assert done.stdout.startswith(said)


def test_the_mail_server_is_tried(run, mail: Server) -> None:
    done = run("try", "mei@example.org", LUZHI_SMTP_URL=mail.url())

    assert (done.exit_code, done.stdout) == (0, "127.0.0.1 took it. See whether it arrives at mei@example.org.\n")
    assert "A message to see whether messages arrive" in flat(mail.box.got[0])
    mail.box.answers[""] = FOR_GOOD
    refused = run("try", "mei@example.org", LUZHI_SMTP_URL=mail.url())
    assert (refused.exit_code, refused.stderr) == (1, f"Error: 127.0.0.1 did not take it: {FOR_GOOD}\n")
    gone = run("try", "mei@example.org", LUZHI_SMTP_URL=f"smtp://127.0.0.1:{bare_port()}")
    assert "127.0.0.1 did not take it: " in gone.stderr
    assert "No mail server is set up." in run("try", "mei@example.org").stderr
