"""Other ways out of the house, by a real service; and what an operator can say wrong."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from server.models.members.tables import Person
from server.models.messages import Delivery, choose, tell
from server.models.messages.choosing import Chosen
from server.rules.messages import EMAIL, DeliveryState, Hours, Mode, Topic
from server.settings import Settings, SettingsError
from server.words import both_names
from tests.cast import Cast
from tests.messages.conftest import system
from tests.messages.post import SENDER, Server


class Gateway(HTTPServer):
    """A service for short messages. status: what it answers."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Request)
        self.status, self.got = 200, list[tuple[str, dict[str, str]]]()


class Request(BaseHTTPRequestHandler):
    server: Gateway

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, json.loads(body)))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    server = Gateway()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


async def test_who_chose_it_is_told_by_the_service_and_only_then(
    reached: Cast, gateway: Gateway, mail: Server, tmp_path: Path
) -> None:
    mei = reached.people["member"]
    await Person.filter(id=mei.id).update(phone="+86 139/0000?&1")
    wish = [Chosen(Topic.OFFICE, "短信", Mode.NOW), Chosen(Topic.OFFICE, EMAIL, Mode.NEVER)]
    await choose(reached["member"], choices=wish, hours=Hours(), channels=["短信"])
    title, text = both_names("通知", "Notice"), both_names("只在站内", "inside")
    await tell(system(), topic=Topic.OFFICE, words=title, more=text, people=[mei.id, reached.people["chair"].id])
    way = {"LUZHI_CHANNELS": f"短信=json://127.0.0.1:{gateway.server_port}/send/{{phone}}"}

    assert await mail.deliver(system(), tmp_path, **way) == "Messages: 2 sent."

    ((path, said),) = gateway.got
    assert path == "/send/+86%20139%2F0000%3F&1"
    assert said["title"] == "通知"
    assert "https://luzhi.example.org/me/messages/msg_" in said["message"]
    assert "inside" not in said["message"]
    assert mail.box.to == ["chair@assembly.example.org"]


async def test_a_service_that_refuses_is_tried_again_and_one_without_the_number_is_not(
    reached: Cast, gateway: Gateway, mail: Server, tmp_path: Path
) -> None:
    wish = [Chosen(Topic.OFFICE, "sms", Mode.NOW), Chosen(Topic.OFFICE, EMAIL, Mode.NEVER)]
    for name in ("member", "chair"):
        await choose(reached[name], choices=wish, hours=Hours(), channels=["sms"])
        await tell(system(), topic=Topic.OFFICE, words=both_names("a", "a"), people=[reached.people[name].id])
    await Person.filter(id=reached.people["member"].id).update(phone="139")
    gateway.status = 503
    way = {"LUZHI_CHANNELS": f"sms=json://127.0.0.1:{gateway.server_port}/{{phone}}"}

    await mail.deliver(system(), tmp_path, **way)

    rows = {row.person_id: row for row in await Delivery.all()}
    assert rows[reached.people["member"].id].state is DeliveryState.FAILED
    none = rows[reached.people["chair"].id]
    assert (none.state, none.said) == (DeliveryState.BOUNCED, "The register knows no phone.")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"LUZHI_SMTP_URL": "http://mail.example.org"}, "give smtp://user:password@host:587"),
        ({"LUZHI_SMTP_URL": "smtp://mail.example.org/box"}, "give smtp://user:password@host:587"),
        ({"LUZHI_SMTP_URL": "smtp://mail.example.org?tls=no"}, "'tls' is not one of plain=yes, ca=FILE."),
        ({"LUZHI_SMTP_URL": "smtp://mail.example.org", "LUZHI_SMTP_SENDER": ""}, "needs LUZHI_SMTP_SENDER"),
        ({"LUZHI_SMTP_SENDER": "nobody"}, "is not an address such as"),
        ({"LUZHI_SMTP_SENDER": "Office <office@example.org\r\nBcc: a@b>"}, "is not an address such as"),
        ({"LUZHI_CHANNELS": "sms"}, "'sms' is not NAME=URL"),
        ({"LUZHI_CHANNELS": "a b=json://x/{phone}"}, "'a' is not NAME=URL"),
        ({"LUZHI_CHANNELS": "email=json://x/{phone}"}, "'email' is taken"),
        ({"LUZHI_CHANNELS": "group=wecombot://KEY"}, "needs {phone} or {email}"),
    ],
)
def test_a_mistake_in_the_settings_is_said(given: dict[str, str], said: str) -> None:
    usual = {"LUZHI_SECRET_KEY": "k" * 32, "LUZHI_SMTP_SENDER": SENDER}

    with pytest.raises(SettingsError) as error:
        Settings.from_environment(usual | given)

    assert said in str(error.value)
    assert "KEY" not in str(error.value).replace("LUZHI_SECRET_KEY", "")
