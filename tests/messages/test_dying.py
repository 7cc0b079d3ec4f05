"""A delivering process is killed in the middle of a batch: nothing is lost, and what comes twice bears the same ID."""

import datetime as dt
import os
import random
import signal
import subprocess
import threading
from collections import Counter
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from server.models.messages import Delivery, tell
from server.rules.messages import DeliveryState, Topic, Urgency
from server.viewer import Viewer
from server.words import both_names
from tests import make
from tests.cast import Cast
from tests.messages.conftest import system
from tests.messages.post import SENDER, Server
from tests.test_serving import LUZHI, environment

LETTERS = 8


def now() -> Viewer:
    """The processes go by the clock on the wall."""
    return replace(system(), now=dt.datetime.now(dt.UTC))


def start(url: str, folder: Path, mail: Server) -> "subprocess.Popen[bytes]":
    given = environment(url, folder, LUZHI_SMTP_URL=mail.url(), LUZHI_SMTP_SENDER=SENDER, LUZHI_LOG="warning")
    return subprocess.Popen([str(LUZHI), "messages", "deliver"], env=given, stdout=subprocess.DEVNULL)


async def rounds(cast: Cast, url: str, folder: Path, mail: Server, many: int) -> None:
    chance = random.Random(7)
    for round_ in range(many):
        mail.box.got.clear()
        for number in range(LETTERS):
            words = both_names(f"{round_}.{number}", f"{round_}.{number}")
            people = [cast.people["member"].id]
            await tell(now(), topic=Topic.OFFICE, words=words, people=people, urgency=Urgency.URGENT)
        await _die(url, folder, mail, chance.randrange(1, LETTERS), chance.choice([None, 0, 0.002, 0.01]))
        await Delivery.filter(state=DeliveryState.SENDING).update(lease_until=make.NOW)

        assert start(url, folder, mail).wait(60) == 0

        titles = Counter(mail.box.titles)
        assert set(titles) == {f"{round_}.{number}" for number in range(LETTERS)}
        assert sum(titles.values()) <= LETTERS + 1
        assert len(set(mail.box.ids)) == LETTERS
        assert await Delivery.exclude(state=DeliveryState.SENT).count() == 0


async def _die(url: str, folder: Path, mail: Server, number: int, after: float | None) -> None:
    """Kills it when the server has taken that many letters: before it is told so, or some time after."""
    process = start(url, folder, mail)

    def taken(_: EmailMessage) -> None:
        if len(mail.box.got) == number:
            if after is None:
                os.kill(process.pid, signal.SIGKILL)
            else:
                threading.Timer(after, os.kill, (process.pid, signal.SIGKILL)).start()

    mail.box.taken = taken
    assert process.wait(60) == -signal.SIGKILL
    mail.box.taken = lambda _: None


async def test_a_killed_process_loses_nothing(reached: Cast, db: str, tmp_path: Path, mail: Server) -> None:
    await rounds(reached, db, tmp_path, mail, 3)


@pytest.mark.long
async def test_fifty_killed_processes_lose_nothing(reached: Cast, db: str, tmp_path: Path, mail: Server) -> None:
    await rounds(reached, db, tmp_path, mail, 50)
