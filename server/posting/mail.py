"""E-mail: a letter as a message, and the mail server that takes it."""

import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import formatdate
from urllib.parse import urlsplit

import aiosmtplib
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, ValidatedEmail, validate_email

from server.models.messages.delivering import Rejected, Unavailable
from server.models.messages.letters import Letter
from server.settings.mailing import Mail

TIMEOUT_S = 60
"""How long the server may take for one answer."""
TEMPORARY, CLOSING = range(400, 500), 421


SPECIAL_USE_DOMAIN_NAMES.clear()
"""A house knows its own network: office.local may well have a mail server."""


class MailServer:
    """One connection, opened when the first letter comes, and kept until the round is over."""

    def __init__(self, mail: Mail, base: str, timeout: float = TIMEOUT_S) -> None:
        self.mail, self.host, self.timeout = mail, urlsplit(base).hostname or "localhost", timeout
        self._client: aiosmtplib.SMTP | None = None

    async def send(self, letter: Letter) -> None:
        """Returns when the server has taken it. Raises Unavailable, Rejected."""
        to = address(letter.reader.email)
        client = await self._connected()
        try:
            await self._hand_over(client, letter, to)
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Says goodbye, where someone is there to hear it."""
        client, self._client = self._client, None
        if client is None:
            return
        try:
            await client.quit(timeout=5)
        except (aiosmtplib.SMTPException, OSError):
            client.close()

    async def _connected(self) -> aiosmtplib.SMTP:
        if self._client is not None and self._client.is_connected:
            return self._client
        mail = self.mail
        client = aiosmtplib.SMTP(
            hostname=mail.host,
            port=mail.port,
            use_tls=mail.encryption == "tls",
            start_tls={"starttls": True, "tls": False, "where offered": None}[mail.encryption],
            username=mail.user or None,
            password=mail.password or None,
            timeout=self.timeout,
            tls_context=_trusting(mail.authority),
            local_hostname=self.host,
        )
        try:
            await client.connect()
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            client.close()
            raise Unavailable(_said(error)) from error
        self._client = client
        return client

    async def _hand_over(self, client: aiosmtplib.SMTP, letter: Letter, to: ValidatedEmail) -> None:
        utf8 = to.ascii_email is None
        if utf8 and not client.supports_extension("smtputf8"):
            raise Rejected("The mail server takes no address with such characters.", for_good=True)
        content = composed(letter, to, self.mail.sender, self.host).as_bytes(policy=SMTPUTF8 if utf8 else SMTP)
        try:
            await client.sendmail(
                self.mail.sender.addr_spec,
                [to.ascii_email or to.normalized],
                content,
                mail_options=["SMTPUTF8"] if utf8 else None,
            )
        except aiosmtplib.SMTPRecipientsRefused as refused:
            first = refused.recipients[0]
            raise _rejected(first.code, first.message) from refused
        except aiosmtplib.SMTPSenderRefused as refused:
            raise Unavailable(_said(refused)) from refused
        except aiosmtplib.SMTPResponseException as refused:
            raise _rejected(refused.code, refused.message) from refused
        except (aiosmtplib.SMTPException, OSError) as broken:
            raise Unavailable(_said(broken), midway=True) from broken


def _trusting(authority: str) -> ssl.SSLContext:
    """Whose certificates are believed: the file of an authority, or those that the system knows. Raises Unavailable."""
    try:
        return ssl.create_default_context(cafile=authority or None)
    except OSError as error:  # what is no certificate is an SSLError, which is one
        raise Unavailable(f"{authority} holds no certificate of an authority: {_said(error)}") from error


def address(email: str) -> ValidatedEmail:
    """The address of a reader. Raises Rejected for what is none. Names of a closed network are good, too."""
    try:
        return validate_email(email, check_deliverability=False, globally_deliverable=False, allow_smtputf8=True)
    except EmailNotValidError as error:
        raise Rejected(f"This is no e-mail address: {error}", for_good=True) from error


def composed(letter: Letter, to: ValidatedEmail, sender: Address, host: str) -> EmailMessage:
    """The message. Its ID is that of the envelope: the same however often it is sent."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = Address(_one_line(letter.reader.name), to.ascii_local_part or to.local_part, to.ascii_domain)
    message["Subject"] = _one_line(letter.title)
    message["Date"] = formatdate()
    message["Message-ID"] = f"<{letter.envelope}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    message["List-Unsubscribe"] = f"<{letter.choices}>"
    if letter.urgent:
        message["Importance"] = "high"
    message.set_content(letter.text)
    return message


def _one_line(text: str) -> str:
    """Without what could begin another header."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _rejected(code: int, said: str) -> Rejected | Unavailable:
    if code == CLOSING:
        return Unavailable(f"{code} {said}")
    return Rejected(f"{code} {said}", for_good=code not in TEMPORARY)


def _said(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
