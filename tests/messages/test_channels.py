"""Other ways out of the house, by a real service; and what an operator can say wrong."""

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import apprise
import pytest
from apprise.plugins.wechat import NotifyWeChat

from server.models.members.tables import Person
from server.models.messages import Delivery, Message, choose, tell
from server.models.messages.choosing import Chosen
from server.models.messages.letters import RULE
from server.rules.messages import EMAIL, DeliveryState, Hours, Mode, Topic
from server.settings import Settings, SettingsError
from server.words import both_names
from tests.cast import Cast
from tests.messages.conftest import system
from tests.messages.post import SENDER, Server

OPERATING = Path(__file__).parents[2] / "docs" / "operating.md"


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
        self.answer()

    def do_GET(self) -> None:
        self.answer()

    def answer(self) -> None:
        """As WeCom does; others do not look at it."""
        said = json.dumps({"errcode": 0, "access_token": "for-two-hours", "expires_in": 7200}).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

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
    await Person.filter(id=mei.id).update(phone="+86 (139) 0000-0001")
    wish = [Chosen(Topic.OFFICE, "短信", Mode.NOW), Chosen(Topic.OFFICE, EMAIL, Mode.NEVER)]
    await choose(reached["member"], choices=wish, hours=Hours(), channels=["短信"])
    title, text = both_names("通知", "Notice"), both_names("只在站内", "inside")
    await tell(system(), topic=Topic.OFFICE, words=title, more=text, people=[mei.id, reached.people["chair"].id])
    way = {"LUZHI_CHANNELS": f"短信=json://127.0.0.1:{gateway.server_port}/send/{{phone}}"}

    assert await mail.deliver(system(), tmp_path, **way) == "Messages: 2 sent."

    ((path, said),) = gateway.got
    assert path == "/send/+8613900000001"
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


DOCUMENTED = dict(re.findall(r"^    LUZHI_CHANNELS=(\w+)=(\S+)$", OPERATING.read_text("utf-8"), re.MULTILINE))


def test_each_way_that_the_documents_name_is_taken_by_the_settings_and_known_to_apprise() -> None:
    line = " ".join(f"{name}={url}" for name, url in DOCUMENTED.items())

    found = Settings.from_environment({"LUZHI_SECRET_KEY": "k" * 32, "LUZHI_CHANNELS": line}).channels

    assert (list(found), found) == (["企业微信", "短信", "钉钉"], DOCUMENTED)
    for url in found.values():
        assert apprise.Apprise.instantiate(url.format(phone="139", email="mei@example.org"))


@pytest.mark.parametrize("name", DOCUMENTED)
async def test_by_each_way_that_the_documents_name_one_reader_gets_title_and_link_only(
    reached: Cast, gateway: Gateway, mail: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    here = f"127.0.0.1:{gateway.server_port}"
    for url, path in (("token_url", "gettoken"), ("notify_url", "send")):
        monkeypatch.setattr(NotifyWeChat, url, f"http://{here}/{path}")
    monkeypatch.setattr(NotifyWeChat, "request_rate_per_sec", 0)
    mei = reached.people["member"]
    await Person.filter(id=mei.id).update(phone="139 0000 0001")
    wish = [Chosen(Topic.OFFICE, name, Mode.NOW), Chosen(Topic.OFFICE, EMAIL, Mode.NEVER)]
    await choose(reached["member"], choices=wish, hours=Hours(), channels=[name])
    title, text = both_names("通知", "Notice"), both_names("只在站内", "inside")
    await tell(system(), topic=Topic.OFFICE, words=title, more=text, people=[mei.id])
    way = DOCUMENTED[name].replace("jsons://", "json://").replace("gateway.example.org", here)

    assert await mail.deliver(system(), tmp_path, LUZHI_CHANNELS=f"{name}={way}") == "Messages: 1 sent."

    ((path, said),) = gateway.got
    text = said["text"]["content"] if "text" in said else f"{said['title']}\n{said['message']}"
    (message,) = await Message.all()
    base = "https://luzhi.example.org/me/messages"
    foot = {f"接收哪些消息、何时接收，由您选择：{base}/choices", f"You choose what comes, and when: {base}/choices"}
    link = {f"请在此查阅：{base}/msg_{message.id}", f"Read it here: {base}/msg_{message.id}"}
    assert set(filter(None, text.splitlines())) == {"通知", "Notice", RULE} | link | foot
    to = {"企业微信": said.get("touser"), "短信": said.get("mobile"), "钉钉": path.rpartition("/")[2]}
    assert to[name] == ("member@assembly.example.org" if name == "企业微信" else "13900000001")
    assert {"toparty", "totag"}.isdisjoint(said)


@pytest.mark.parametrize("phone", ["139 0000 0001, 138 0000 0002", "all", "@all", "139|138", "#5", "139;+7", "ask Mei"])
async def test_what_is_not_one_number_reaches_nobody(
    reached: Cast, gateway: Gateway, mail: Server, tmp_path: Path, phone: str
) -> None:
    await Person.filter(id=reached.people["member"].id).update(phone=phone)
    wish = [Chosen(Topic.OFFICE, "sms", Mode.NOW), Chosen(Topic.OFFICE, EMAIL, Mode.NEVER)]
    await choose(reached["member"], choices=wish, hours=Hours(), channels=["sms"])
    await tell(system(), topic=Topic.OFFICE, words=both_names("a", "a"), people=[reached.people["member"].id])

    way = f"sms=json://127.0.0.1:{gateway.server_port}/{{phone}}"
    assert await mail.deliver(system(), tmp_path, LUZHI_CHANNELS=way) == "Messages: 1 bounced."

    assert gateway.got == []
    assert (await Delivery.get()).said == "The telephone number in the register is not a single one."


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
        ({"LUZHI_CHANNELS": "a=wecombot://KEY/{phone}"}, "'a' is a robot that posts into a group"),
        ({"LUZHI_CHANNELS": "a=DingTalk://KEY/{phone}"}, "'a' is a robot that posts into a group"),
        ({"LUZHI_CHANNELS": "a=https://oapi.dingtalk.com/robot/send?access_token=KEY{phone}"}, "'a' is a robot"),
    ],
)
def test_a_mistake_in_the_settings_is_said(given: dict[str, str], said: str) -> None:
    usual = {"LUZHI_SECRET_KEY": "k" * 32, "LUZHI_SMTP_SENDER": SENDER}

    with pytest.raises(SettingsError) as error:
        Settings.from_environment(usual | given)

    assert said in str(error.value)
    assert "KEY" not in str(error.value).replace("LUZHI_SECRET_KEY", "")
