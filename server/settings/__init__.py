"""What an operator may set: read once from the environment, checked at once, and unchanged while the process lives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from server.rules.buckets import Rates
from server.rules.budgets import Budgets
from server.settings import values
from server.settings.known import GRAPHIQL_URL, HTMX_INTEGRITY, HTMX_URL, SETTINGS, UPLOAD_LIMIT, reference
from server.settings.reading import SettingsError, by_caller, read, refuse_unknown
from server.settings.secret import kept_secret
from server.settings.values import is_loopback

__all__ = [
    "GRAPHIQL_URL",
    "HTMX_INTEGRITY",
    "HTMX_URL",
    "SETTINGS",
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
    upload_limit: in bytes. operations: any or stored. operations_dir: None where the deployment has none of its own.
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
    upload_limit: int
    single_sign_on: SingleSignOn | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Reads every LUZHI_ name; an empty one counts as not set. Raises SettingsError at the first mistake.

        Makes the data directory and the secret key in it where LUZHI_SECRET_KEY is not set.
        """
        refuse_unknown(environment)
        data_dir = read(environment, "LUZHI_DATA_DIR", "var", values.folder)
        integrity = "" if environment.get("LUZHI_HTMX_URL") else HTMX_INTEGRITY
        return cls(
            database_url=read(environment, "LUZHI_DATABASE_URL", f"sqlite://{data_dir}/luzhi.db", values.database),
            data_dir=data_dir,
            secret_key=read(environment, "LUZHI_SECRET_KEY", "", values.secret) or kept_secret(data_dir),
            base_url=read(environment, "LUZHI_BASE_URL", "http://127.0.0.1:8000", values.base),
            htmx_url=read(environment, "LUZHI_HTMX_URL", HTMX_URL, values.script),
            htmx_integrity=read(environment, "LUZHI_HTMX_INTEGRITY", integrity, values.integrity),
            graphiql_url=read(environment, "LUZHI_GRAPHIQL_URL", GRAPHIQL_URL, values.files),
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
