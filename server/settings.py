"""What an operator may set: read once from the environment, checked at once, and unchanged while the process lives."""

import difflib
import fcntl
import ipaddress
import os
import re
import secrets
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Self, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from server.rules.buckets import Rates
from server.rules.budgets import Budgets, Caller

PREFIX = "LUZHI_"
SECRET_LENGTH = 32
"""The fewest characters of a secret key: shorter ones can be guessed."""

HTMX_URL = "https://cdn.jsdelivr.net/npm/htmx.org@4.0.1/dist/htmx.min.js"
HTMX_INTEGRITY = "sha384-Qp9rdC8H7EqOoX+nR0P3RPG2Noji+qdwJlGpfzwQJsfOpp3sGwIdSP9xO3+UlEhn"
OPERATIONS = ("any", "stored")
GRAPHIQL_URL = "https://cdn.jsdelivr.net/npm"
PLACE = re.compile(r"(https?:/)?/[^\s/;,'\"<>\\][^\s;,'\"<>\\]*")
"""An address, or a path on this server, that can stand in a page's content policy."""
LEVELS = ("debug", "info", "warning", "error", "critical")


NAMES_APART = re.compile(r"\s+/\s+")

T = TypeVar("T")


class SettingsError(Exception):
    """The environment does not make sense; the words say which name and what to change."""


@dataclass(frozen=True)
class Setting:
    """One environment variable. default: as a person would type it, or a description in words."""

    name: str
    meaning: str
    unit: str
    default: str


SETTINGS = (
    Setting(
        "LUZHI_DATABASE_URL",
        "Where the data lives.",
        "address: sqlite:///path or postgres://user:password@host:5432/name",
        "SQLite, luzhi.db in the data directory",
    ),
    Setting(
        "LUZHI_DATA_DIR",
        "Folder for all that the product keeps beside the database. Made where missing.",
        "path",
        "var",
    ),
    Setting(
        "LUZHI_SECRET_KEY",
        "Key of all keyed hashes, such as those of network addresses. The same in every process.",
        f"text, {SECRET_LENGTH} characters or more",
        "made at the first start and kept in secret.key in the data directory, readable by its owner only",
    ),
    Setting(
        "LUZHI_BASE_URL",
        "The address people type, without a path. With https, cookies travel encrypted only.",
        "address",
        "http://127.0.0.1:8000, or what --host and --port of luzhi serve say",
    ),
    Setting(
        "LUZHI_HTMX_URL",
        "Where browsers fetch htmx from. A closed network points it at its own copy of the same file.",
        "address, or a path on this server",
        HTMX_URL,
    ),
    Setting(
        "LUZHI_HTMX_INTEGRITY",
        "Hash that browsers check that file against.",
        "sha256-, sha384- or sha512- and base64",
        "the hash of the pinned file; none where LUZHI_HTMX_URL is set",
    ),
    Setting(
        "LUZHI_GRAPHIQL_URL",
        "Where browsers fetch the files of /graphiql from. A closed network points it at copies of the same.",
        "address of a folder, or a path on this server",
        GRAPHIQL_URL,
    ),
    Setting(
        "LUZHI_TIMEZONE",
        "The time zone of the assembly: it decides when a day begins.",
        "name in the IANA time zone database",
        "Asia/Shanghai",
    ),
    Setting(
        "LUZHI_COST_VISITOR",
        "What one operation of someone who is not signed in may cost, by docs/cost.md.",
        "points",
        str(Budgets.visitor),
    ),
    Setting("LUZHI_COST_SESSION", "The same of someone in a browser.", "points", str(Budgets.session)),
    Setting("LUZHI_COST_TOKEN", "The same of a program with a token.", "points", str(Budgets.token)),
    Setting(
        "LUZHI_RATE_VISITOR",
        "What all operations of the visitors of one network address together may cost in a minute, in each process.",
        "points",
        str(Rates.visitor),
    ),
    Setting("LUZHI_RATE_SESSION", "The same of one account in browsers.", "points", str(Rates.session)),
    Setting("LUZHI_RATE_TOKEN", "The same of one account's programs.", "points", str(Rates.token)),
    Setting(
        "LUZHI_DEADLINE",
        "How long an answer may take. What is done for it in the database is stopped then, and undone. Imports and "
        "exports may take five minutes.",
        "seconds",
        "10",
    ),
    Setting("LUZHI_LOG", "How much the log says.", ", ".join(LEVELS), "info"),
    Setting(
        "LUZHI_METRICS_ADDRESS",
        "Where Prometheus reads the measurements. Keep it away from the public network.",
        "host:port, or off",
        "127.0.0.1:9090",
    ),
    Setting(
        "LUZHI_TRUSTED_PROXIES",
        "Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.",
        "network addresses, separated by commas",
        "127.0.0.1",
    ),
    Setting(
        "LUZHI_OIDC_ISSUER",
        "The OpenID provider by which people may sign in too, as it names itself; its own description is found below.",
        "address with https; http on this machine only",
        "none: people sign in by their password",
    ),
    Setting("LUZHI_OIDC_CLIENT_ID", "Whom that provider knows this product as.", "text", "none"),
    Setting(
        "LUZHI_OIDC_CLIENT_SECRET",
        "What proves to that provider that it is this product.",
        "text",
        "none: a client without a secret, by PKCE alone",
    ),
    Setting(
        "LUZHI_OIDC_NAME",
        "What people call that way of signing in; it stands on the button.",
        "words, or Chinese and English ones with a slash between spaces",
        "统一身份认证 / single sign-on",
    ),
    Setting(
        "LUZHI_OPERATIONS",
        "What the API runs: any operation, or only stored ones: those of our pages and in LUZHI_OPERATIONS_DIR.",
        "any, stored",
        "any",
    ),
    Setting(
        "LUZHI_OPERATIONS_DIR",
        "Folder of the deployment's own stored operations: documents as .graphql, lists of clients' tools as .json.",
        "path",
        "none",
    ),
)


@dataclass(frozen=True)
class SingleSignOn:
    """The OpenID provider. client_secret: empty for none. names: what people call it, in Chinese and in English."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    names: tuple[str, str]


@dataclass(frozen=True)
class Settings:
    """What was set, checked and made ready to use.

    htmx_integrity: empty where no hash is known. metrics_address: host and port, None for none.
    operations: any or stored. operations_dir: None where the deployment has none of its own.
    """

    database_url: str = field(repr=False)
    data_dir: Path
    secret_key: str = field(repr=False)
    base_url: str
    htmx_url: str
    htmx_integrity: str
    graphiql_url: str
    timezone: ZoneInfo
    log: str
    metrics_address: tuple[str, int] | None
    trusted_proxies: str
    operations: str
    operations_dir: Path | None
    budgets: Budgets
    rates: Rates
    deadline: float
    single_sign_on: SingleSignOn | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Reads every LUZHI_ name; an empty one counts as not set. Raises SettingsError at the first mistake.

        Makes the data directory and the secret key in it where LUZHI_SECRET_KEY is not set.
        """
        _refuse_unknown(environment)
        data_dir = _read(environment, "LUZHI_DATA_DIR", "var", _folder)
        integrity = "" if environment.get("LUZHI_HTMX_URL") else HTMX_INTEGRITY
        return cls(
            database_url=_read(environment, "LUZHI_DATABASE_URL", f"sqlite://{data_dir}/luzhi.db", _database),
            data_dir=data_dir,
            secret_key=_read(environment, "LUZHI_SECRET_KEY", "", _secret) or _kept_secret(data_dir),
            base_url=_read(environment, "LUZHI_BASE_URL", "http://127.0.0.1:8000", _base),
            htmx_url=_read(environment, "LUZHI_HTMX_URL", HTMX_URL, _script),
            htmx_integrity=_read(environment, "LUZHI_HTMX_INTEGRITY", integrity, _integrity),
            graphiql_url=_read(environment, "LUZHI_GRAPHIQL_URL", GRAPHIQL_URL, _files),
            timezone=_read(environment, "LUZHI_TIMEZONE", "Asia/Shanghai", _zone),
            log=_read(environment, "LUZHI_LOG", "info", _level),
            metrics_address=_read(environment, "LUZHI_METRICS_ADDRESS", "127.0.0.1:9090", _address),
            trusted_proxies=_read(environment, "LUZHI_TRUSTED_PROXIES", "127.0.0.1", _networks),
            operations=_read(environment, "LUZHI_OPERATIONS", "any", _operations),
            operations_dir=_read(environment, "LUZHI_OPERATIONS_DIR", "", lambda given: Path(given) if given else None),
            budgets=Budgets(*_by_caller(environment, "LUZHI_COST", Budgets)),
            rates=Rates(*_by_caller(environment, "LUZHI_RATE", Rates)),
            deadline=_read(environment, "LUZHI_DEADLINE", "10", _number),
            single_sign_on=_single_sign_on(environment),
        )


def reference() -> str:
    """The table of all settings in Markdown, as it stands in docs/settings.md."""
    rows = [f"| `{s.name}` | {s.meaning} | {s.unit} | {s.default} |" for s in SETTINGS]
    return "\n".join(["| name | meaning | unit | default |", "|---|---|---|---|", *rows]) + "\n"


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach that host name or address. Brackets of IPv6 are left out before."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    """Raises SettingsError for a LUZHI_ name that nothing reads, naming the nearest one that something does."""
    known = [setting.name for setting in SETTINGS]
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0)[0]
            raise SettingsError(f"{name} is not a setting. The nearest one is {near}.")


def _kept_secret(data_dir: Path) -> str:
    """The key in secret.key, made at the first call. Processes that start together share the key of the first.

    Raises SettingsError where the file cannot be kept, is damaged, or can be read by others.
    """
    path = data_dir / "secret.key"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600), "r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise SettingsError(f"{path} can be read by others. Run: chmod 600 {path}")
            return _kept(file)
    except OSError as error:
        raise SettingsError(f"{path} cannot be kept ({error.strerror}). Mend that, or set LUZHI_SECRET_KEY.") from error


def _kept(file: IO[str]) -> str:
    key = file.read().strip()
    if not key:
        key = secrets.token_urlsafe(48)
        file.write(key + "\n")
        file.flush()
        os.fsync(file.fileno())
    return _checked("secret.key", key, _secret)


def _read(environment: Mapping[str, str], name: str, default: str, parse: Callable[[str], T]) -> T:
    given = environment.get(name)
    return _checked(name, given, parse) if given else parse(default)


def _checked(name: str, given: str, parse: Callable[[str], T]) -> T:
    try:
        return parse(given)
    except ValueError as error:
        raise SettingsError(f"{name}: {error}") from error


def _by_caller(environment: Mapping[str, str], name: str, usual: type[Budgets | Rates]) -> list[int]:
    callers = [caller.value for caller in Caller]
    return [_read(environment, f"{name}_{one.upper()}", str(getattr(usual, one)), _number) for one in callers]


def _folder(given: str) -> Path:
    if "?" in given or "#" in given:
        raise ValueError("a folder's name with ? or # cannot stand in the address of a database.")
    return Path(given).absolute()


def _secret(given: str) -> str:
    if given and len(given) < SECRET_LENGTH:
        raise ValueError(f"{len(given)} characters are too few; take {SECRET_LENGTH} random ones or more.")
    return given


def _database(given: str) -> str:
    url = urlsplit(given)
    if url.scheme not in {"sqlite", "postgres"}:
        raise ValueError("give sqlite:///path or postgres://user:password@host:5432/name.")
    if url.scheme == "sqlite" and (not url.path or url.fragment):
        raise ValueError("after sqlite:/// there must be a path, and no # in it.")
    return given


def _base(given: str) -> str:
    url = urlsplit(given)
    if url.scheme not in {"http", "https"} or not url.hostname or url.username is not None:
        raise ValueError(f"{given!r} is not an address such as https://luzhi.example.org.")
    if url.path not in {"", "/"} or url.query or url.fragment:
        raise ValueError(f"{given!r} must end after the host and its port.")
    return f"{url.scheme}://{url.netloc}"


def _script(given: str) -> str:
    if not PLACE.fullmatch(given):
        raise ValueError(f"{given!r} is not an address such as https://files.example.org/htmx.min.js or /htmx.min.js.")
    return given


def _files(given: str) -> str:
    if not PLACE.fullmatch(given) or "?" in given or "#" in given:
        raise ValueError(f"{given!r} is not an address such as https://files.example.org/npm or /npm.")
    return given.rstrip("/")


def _integrity(given: str) -> str:
    if given and not re.fullmatch(r"sha(256|384|512)-[A-Za-z0-9+/]+={0,2}", given):
        raise ValueError(f"{given!r} is not a hash such as sha384-... in base64.")
    return given


def _zone(given: str) -> ZoneInfo:
    try:
        return ZoneInfo(given)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{given!r} is not a time zone such as Asia/Shanghai.") from error


def _level(given: str) -> str:
    if given.lower() not in LEVELS:
        raise ValueError(f"{given!r} is not one of {', '.join(LEVELS)}.")
    return given.lower()


def _operations(given: str) -> str:
    if given.lower() not in OPERATIONS:
        raise ValueError(f"{given!r} is not one of {', '.join(OPERATIONS)}.")
    return given.lower()


def _address(given: str) -> tuple[str, int] | None:
    if given == "off":
        return None
    host, _, port = given.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError(f"{given!r} is not host:port, such as 127.0.0.1:9090, and not off.")
    return host.strip("[]"), int(port)


def _single_sign_on(environment: Mapping[str, str]) -> SingleSignOn | None:
    """None unless an issuer is set. Raises SettingsError where half of it is."""
    issuer = _read(environment, "LUZHI_OIDC_ISSUER", "", _issuer)
    client = environment.get("LUZHI_OIDC_CLIENT_ID", "")
    if bool(issuer) != bool(client):
        raise SettingsError("LUZHI_OIDC_ISSUER and LUZHI_OIDC_CLIENT_ID belong together: set both, or none.")
    if not issuer:
        return None
    names = _read(environment, "LUZHI_OIDC_NAME", "统一身份认证 / single sign-on", _names)
    return SingleSignOn(issuer, client, environment.get("LUZHI_OIDC_CLIENT_SECRET", ""), names)


def _issuer(given: str) -> str:
    url = urlsplit(given)
    safe = url.scheme == "https" or (url.scheme == "http" and is_loopback(url.hostname or ""))
    if given and (not safe or not url.hostname or url.username is not None or url.query or url.fragment):
        raise ValueError(f"{given!r} is not an address such as https://id.example.org.")
    return given


def _names(given: str) -> tuple[str, str]:
    zh, *rest = NAMES_APART.split(given.strip(), maxsplit=1)
    return zh, rest[0] if rest else zh


def _number(given: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,8}", given):
        raise ValueError(f"{given!r} is not a whole number from 1 to 999999999.")
    return int(given)


def _networks(given: str) -> str:
    for network in given.split(","):
        try:
            ipaddress.ip_network(network.strip())
        except ValueError as error:
            raise ValueError(f"{network.strip()!r} is not a network address such as 10.0.0.0/8.") from error
    return given
