"""A real mail server of the tests: normal, slow, refusing, gone and back; it keeps what it took, in its order."""

import asyncio
import re
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from server.models.messages.delivering import deliver
from server.posting import PostOffice
from server.settings import Settings
from server.viewer import Viewer

SENDER = "General Office <office@assembly.example.org>"
FOR_NOW, FOR_GOOD = "451 4.7.1 come again later", "550 5.1.1 no such user"


@dataclass
class Box:
    """What the server does, and what it took. answers: address -> a reply to RCPT; "" for all. sleep_s: before a 250.

    taken: called with each message before it is answered.
    """

    answers: dict[str, str] = field(default_factory=dict)
    data_answers: dict[str, str] = field(default_factory=dict)
    sleep_s: float = 0
    hello: str = ""
    got: list[EmailMessage] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    options: list[list[str]] = field(default_factory=list)
    users: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    taken: Callable[[EmailMessage], object] = lambda _: None

    @property
    def titles(self) -> list[str]:
        return [str(message["Subject"]) for message in self.got]

    @property
    def ids(self) -> list[str]:
        return [str(message["Message-ID"]) for message in self.got]

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        answer = self.answers.get(address) or self.answers.get("")
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        await asyncio.sleep(self.sleep_s)
        answer = self.data_answers.get(envelope.rcpt_tos[0])
        if answer:
            return answer
        message = cast(EmailMessage, message_from_bytes(envelope.content, policy=default))
        self.got.append(message)
        self.to += envelope.rcpt_tos
        self.options.append(envelope.mail_options)
        self.encrypted.append(session.ssl is not None)
        self.taken(message)
        return "250 taken"

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
        if isinstance(given, LoginPassword) and given.password == b"right/@:":
            self.users.append(given.login.decode())
            return AuthResult(success=True)
        return AuthResult(success=False, handled=False)


class Server:
    """The server on a port of its own, which it keeps while it is gone."""

    def __init__(self, **how: Any) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.box, self.how = Box(), how
        self.controller: Controller | None = None
        self.come()

    def come(self) -> None:
        how = dict(self.how)
        if how.pop("passwords", False):
            how |= {"authenticator": self.box.authenticate, "auth_required": True}
        self.controller = Controller(self.box, hostname="127.0.0.1", port=self.port, enable_SMTPUTF8=True, **how)
        self.controller.start()

    def go(self) -> None:
        if self.controller:
            self.controller.stop()
            self.controller = None

    def url(self, user: str = "", scheme: str = "smtp", query: str = "") -> str:
        return f"{scheme}://{user}127.0.0.1:{self.port}{query}"

    def settings(self, folder: Path, **more: str) -> Settings:
        given = {"LUZHI_SMTP_URL": self.url(), "LUZHI_SMTP_SENDER": SENDER, "LUZHI_DATA_DIR": str(folder)}
        return Settings.from_environment(given | {"LUZHI_BASE_URL": "https://luzhi.example.org"} | more)

    async def deliver(self, viewer: Viewer, folder: Path, **more: str) -> str:
        """One round of the worker."""
        async with PostOffice(self.settings(folder, **more)) as post:
            return str(await deliver(viewer, post))


def bare_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def flat(message: EmailMessage) -> str:
    """The text of a message."""
    return cast(str, message.get_content())


def wait_for(done: Callable[[], bool], seconds: float = 60) -> None:
    """For what another process does."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def tls(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """What a server shows of itself on 127.0.0.1, and the file of its authority."""
    import datetime as dt
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail of the tests")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file, secret = folder / "mail.pem", folder / "mail.key"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    secret.write_bytes(key.private_bytes(*form))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, secret)
    return context, file


NUMBER = re.compile(r"\d+")
