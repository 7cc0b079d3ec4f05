"""What an operator may set: read once from the environment, checked at once, and unchanged while the process lives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from server.rules.buckets import Rates
from server.rules.budgets import Budgets
from server.rules.messages import EMAIL
from server.settings import mailing, values
from server.settings.known import (
    ASSETS,
    GRAPHIQL_URL,
    HTMX_FILE,
    HTMX_INTEGRITY,
    HTMX_URL,
    SETTINGS,
    UPLOAD_LIMIT,
    reference,
)
from server.settings.mailing import Mail
from server.settings.reading import SettingsError, by_caller, read, refuse_unknown
from server.settings.secret import kept_secret
from server.settings.values import is_loopback

__all__ = [
    "GRAPHIQL_URL",
    "HTMX_INTEGRITY",
    "HTMX_URL",
    "SETTINGS",
    "Mail",
    "Settings",
    "SettingsError",
    "SingleSignOn",
    "is_loopback",
    "reference",
]


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
    upload_limit: in bytes. assets_dir: None where browsers fetch from elsewhere. operations: any or stored.
    operations_dir: None where the deployment has none of its own. mail: None without a mail server. channels: other
    ways out by name, each with its URL.
    """

    database_url: str = field(repr=False)
    data_dir: Path
    backup_dir: Path
    files_url: str
    secret_key: str = field(repr=False)
    base_url: str
    assets_dir: Path | None
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
    upload_limit: int
    single_sign_on: SingleSignOn | None = None
    mail: Mail | None = field(default=None, repr=False)
    channels: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def ways(self) -> tuple[str, ...]:
        """By which messages can leave the house, by name."""
        return (*((EMAIL,) if self.mail else ()), *self.channels)

    @property
    def only_here(self) -> bool:
        """Whether the links that we hand out lead nowhere from another machine."""
        return is_loopback(urlsplit(self.base_url).hostname or "")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Reads every LUZHI_ name; an empty one counts as not set. Raises SettingsError at the first mistake.

        Makes the data directory and the secret key in it where LUZHI_SECRET_KEY is not set.
        """
        refuse_unknown(environment)
        data_dir = read(environment, "LUZHI_DATA_DIR", "var", values.folder)
        integrity = "" if environment.get("LUZHI_HTMX_URL") else HTMX_INTEGRITY
        assets_dir = read(environment, "LUZHI_ASSETS_DIR", "", lambda given: Path(given).absolute() if given else None)
        htmx, graphiql = (f"{ASSETS}/{HTMX_FILE}", ASSETS) if assets_dir else (HTMX_URL, GRAPHIQL_URL)
        return cls(
            database_url=read(environment, "LUZHI_DATABASE_URL", f"sqlite://{data_dir}/luzhi.db", values.database),
            data_dir=data_dir,
            backup_dir=read(environment, "LUZHI_BACKUP_DIR", str(data_dir / "backups"), values.folder),
            files_url=read(environment, "LUZHI_FILES_URL", f"file://{data_dir}/files", values.shelves),
            secret_key=read(environment, "LUZHI_SECRET_KEY", "", values.secret) or kept_secret(data_dir),
            base_url=read(environment, "LUZHI_BASE_URL", "http://127.0.0.1:8000", values.base),
            assets_dir=assets_dir,
            htmx_url=read(environment, "LUZHI_HTMX_URL", htmx, values.script),
            htmx_integrity=read(environment, "LUZHI_HTMX_INTEGRITY", integrity, values.integrity),
            graphiql_url=read(environment, "LUZHI_GRAPHIQL_URL", graphiql, values.files),
            timezone=read(environment, "LUZHI_TIMEZONE", "Asia/Shanghai", values.zone),
            log=read(environment, "LUZHI_LOG", "info", values.level),
            metrics_address=read(environment, "LUZHI_METRICS_ADDRESS", "127.0.0.1:9090", values.address),
            trusted_proxies=read(environment, "LUZHI_TRUSTED_PROXIES", "127.0.0.1", values.networks),
            operations=read(environment, "LUZHI_OPERATIONS", "any", values.operations),
            operations_dir=read(environment, "LUZHI_OPERATIONS_DIR", "", lambda given: Path(given) if given else None),
            budgets=Budgets(*by_caller(environment, "LUZHI_COST", Budgets)),
            rates=Rates(*by_caller(environment, "LUZHI_RATE", Rates)),
            deadline=read(environment, "LUZHI_DEADLINE", "10", values.number),
            upload_limit=read(environment, "LUZHI_UPLOAD_LIMIT", UPLOAD_LIMIT, values.number),
            single_sign_on=_single_sign_on(environment),
            mail=_mail(environment),
            channels=read(environment, "LUZHI_CHANNELS", "", mailing.channels),
        )


def _single_sign_on(environment: Mapping[str, str]) -> SingleSignOn | None:
    """None unless an issuer is set. Raises SettingsError where half of it is."""
    issuer = read(environment, "LUZHI_OIDC_ISSUER", "", values.issuer)
    client = environment.get("LUZHI_OIDC_CLIENT_ID", "")
    if bool(issuer) != bool(client):
        raise SettingsError("LUZHI_OIDC_ISSUER and LUZHI_OIDC_CLIENT_ID belong together: set both, or none.")
    if not issuer:
        return None
    names = read(environment, "LUZHI_OIDC_NAME", "统一身份认证 / single sign-on", values.names)
    return SingleSignOn(issuer, client, environment.get("LUZHI_OIDC_CLIENT_SECRET", ""), names)


def _mail(environment: Mapping[str, str]) -> Mail | None:
    """None unless a mail server is set. Raises SettingsError where nobody is said to write."""
    server = read(environment, "LUZHI_SMTP_URL", "", mailing.smtp)
    sender = read(environment, "LUZHI_SMTP_SENDER", "", mailing.sender)
    if server is None:
        return None
    if sender is None:
        raise SettingsError("LUZHI_SMTP_URL needs LUZHI_SMTP_SENDER: the address that messages come from.")
    return Mail(*server, sender=sender)
