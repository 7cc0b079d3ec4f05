"""What an operator may set, what is said about a mistake, and how the secret key is kept."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from server.rules.buckets import Rates
from server.rules.budgets import Budgets
from server.settings import (
    GRAPHIQL_URL,
    HTMX_INTEGRITY,
    HTMX_URL,
    SETTINGS,
    Settings,
    SettingsError,
    SingleSignOn,
    is_loopback,
)
from tools.settings_page import PAGE, page

SECRET = "0123456789abcdef0123456789abcdef"


def made(**given: str) -> Settings:
    return Settings.from_environment({"LUZHI_SECRET_KEY": SECRET, **given})


def test_nothing_need_be_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    settings = Settings.from_environment({"PATH": "/bin"})

    assert settings == Settings(
        database_url=f"sqlite://{tmp_path}/var/luzhi.db",
        data_dir=tmp_path / "var",
        backup_dir=tmp_path / "var" / "backups",
        files_url=f"file://{tmp_path}/var/files",
        secret_key=(tmp_path / "var" / "secret.key").read_text().strip(),
        base_url="http://127.0.0.1:8000",
        assets_dir=None,
        htmx_url=HTMX_URL,
        htmx_integrity=HTMX_INTEGRITY,
        graphiql_url=GRAPHIQL_URL,
        timezone=ZoneInfo("Asia/Shanghai"),
        log="info",
        metrics_address=("127.0.0.1", 9090),
        trusted_proxies="127.0.0.1",
        budgets=Budgets(visitor=10_000, session=50_000, token=50_000),
        rates=Rates(visitor=300_000, session=1_000_000, token=1_000_000),
        deadline=10,
        upload_limit=200_000_000,
        operations="any",
        operations_dir=None,
    )


def test_everything_can_be_set(tmp_path: Path) -> None:
    settings = made(
        LUZHI_DATABASE_URL="postgres://luzhi@db/luzhi",
        LUZHI_DATA_DIR=str(tmp_path / "kept"),
        LUZHI_BACKUP_DIR="/mnt/backups",
        LUZHI_FILES_URL="s3://papers/luzhi?region=cn-east-1",
        LUZHI_BASE_URL="https://luzhi.example.org/",
        LUZHI_ASSETS_DIR="/srv/luzhi-assets",
        LUZHI_HTMX_URL="/files/htmx.min.js",
        LUZHI_HTMX_INTEGRITY="sha384-abc=",
        LUZHI_GRAPHIQL_URL="https://files.example.org/npm/",
        LUZHI_TIMEZONE="Asia/Hong_Kong",
        LUZHI_LOG="WARNING",
        LUZHI_METRICS_ADDRESS="[::1]:9191",
        LUZHI_TRUSTED_PROXIES="10.0.0.0/8, 127.0.0.1",
        LUZHI_COST_VISITOR="1",
        LUZHI_COST_SESSION="22",
        LUZHI_COST_TOKEN="333",
        LUZHI_RATE_VISITOR="4",
        LUZHI_RATE_TOKEN="5",
        LUZHI_DEADLINE="5",
        LUZHI_UPLOAD_LIMIT="5000000",
        LUZHI_OPERATIONS="Stored",
        LUZHI_OPERATIONS_DIR="/etc/luzhi/operations",
    )

    assert settings == Settings(
        database_url="postgres://luzhi@db/luzhi",
        data_dir=tmp_path / "kept",
        backup_dir=Path("/mnt/backups"),
        files_url="s3://papers/luzhi?region=cn-east-1",
        secret_key=SECRET,
        base_url="https://luzhi.example.org",
        assets_dir=Path("/srv/luzhi-assets"),
        htmx_url="/files/htmx.min.js",
        htmx_integrity="sha384-abc=",
        graphiql_url="https://files.example.org/npm",
        timezone=ZoneInfo("Asia/Hong_Kong"),
        log="warning",
        metrics_address=("::1", 9191),
        trusted_proxies="10.0.0.0/8, 127.0.0.1",
        budgets=Budgets(visitor=1, session=22, token=333),
        rates=Rates(visitor=4, session=1_000_000, token=5),
        deadline=5,
        upload_limit=5_000_000,
        operations="stored",
        operations_dir=Path("/etc/luzhi/operations"),
    )
    assert not (tmp_path / "kept").exists()


def test_a_provider_of_single_sign_on_can_be_set() -> None:
    given = {"LUZHI_OIDC_ISSUER": "https://id.example.org/realm", "LUZHI_OIDC_CLIENT_ID": "luzhi"}
    name = {"LUZHI_OIDC_NAME": "市统一身份认证 / City ID", "LUZHI_OIDC_CLIENT_SECRET": "a secret"}

    usual, whole, one = made(**given), made(**given, **name), made(**given, LUZHI_OIDC_NAME="City/ID")

    assert usual.single_sign_on == SingleSignOn(*given.values(), "", ("统一身份认证", "single sign-on"))
    assert whole.single_sign_on == SingleSignOn(*given.values(), "a secret", ("市统一身份认证", "City ID"))
    assert one.single_sign_on
    assert one.single_sign_on.names == ("City/ID", "City/ID")
    assert "a secret" not in repr(whole)


@pytest.mark.parametrize(
    "given",
    [
        {"LUZHI_OIDC_ISSUER": "https://id.example.org"},
        {"LUZHI_OIDC_CLIENT_ID": "luzhi"},
        {"LUZHI_OIDC_ISSUER": "http://id.example.org", "LUZHI_OIDC_CLIENT_ID": "luzhi"},
        {"LUZHI_OIDC_ISSUER": "id.example.org", "LUZHI_OIDC_CLIENT_ID": "luzhi"},
        {"LUZHI_OIDC_ISSUER": "https://id.example.org/?x=y", "LUZHI_OIDC_CLIENT_ID": "luzhi"},
        {"LUZHI_OIDC_ISSUER": "https://me@id.example.org", "LUZHI_OIDC_CLIENT_ID": "luzhi"},
    ],
)
def test_half_a_provider_or_one_without_encryption_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="LUZHI_OIDC_ISSUER"):
        made(**given)


def test_a_provider_on_this_machine_needs_no_encryption() -> None:
    assert made(LUZHI_OIDC_ISSUER="http://127.0.0.1:3000", LUZHI_OIDC_CLIENT_ID="luzhi").single_sign_on


def test_an_empty_value_counts_as_not_set() -> None:
    assert made(LUZHI_LOG="", LUZHI_HTMX_URL="", LUZHI_METRICS_ADDRESS="").log == "info"


def test_copies_of_a_closed_network_are_known_by_their_hashes() -> None:
    settings = made(LUZHI_ASSETS_DIR="/srv/luzhi-assets")

    assert settings.htmx_url == f"/assets/{HTMX_URL.partition('/npm/')[2]}"
    assert settings.htmx_integrity == HTMX_INTEGRITY
    assert settings.graphiql_url == "/assets"


def test_another_htmx_file_has_no_hash_until_one_is_given() -> None:
    assert made(LUZHI_HTMX_URL="https://files.example.org/htmx.js").htmx_integrity == ""


def test_measurements_can_be_turned_off() -> None:
    assert made(LUZHI_METRICS_ADDRESS="off").metrics_address is None


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("LUZHI_DATABSE_URL", "LUZHI_DATABASE_URL"),
        ("LUZHI_TIME_ZONE", "LUZHI_TIMEZONE"),
        ("LUZHI_SECRET", "LUZHI_SECRET_KEY"),
        ("LUZHI_LOGS", "LUZHI_LOG"),
    ],
)
def test_an_unknown_name_is_an_error_that_names_the_nearest_known_one(name: str, nearest: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name} is not a setting. The nearest one is {nearest}.$"):
        made(**{name: "x"})


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DATABASE_URL", "mysql://db/luzhi", "give sqlite:///path or postgres://"),
        ("DATABASE_URL", "sqlite://", "after sqlite:/// there must be a path"),
        ("DATABASE_URL", "sqlite:///var/#1.db", "no # in it"),
        ("DATA_DIR", "/srv/what?", "cannot stand in the address"),
        ("SECRET_KEY", "short", "5 characters are too few; take 32"),
        ("BASE_URL", "luzhi.example.org", "is not an address"),
        ("BASE_URL", "https://", "is not an address"),
        ("BASE_URL", "https://someone@example.org", "is not an address"),
        ("BASE_URL", "https://example.org/luzhi", "must end after the host"),
        ("BASE_URL", "https://example.org/?a=b", "must end after the host"),
        ("HTMX_URL", "htmx.min.js", "is not an address"),
        ("COST_TOKEN", "0", "is not a whole number from 1 to 999999999"),
        ("COST_VISITOR", "1e3", "is not a whole number"),
        ("FILES_URL", "/srv/files", "is neither file:///path nor s3://bucket/prefix"),
        ("UPLOAD_LIMIT", "200 MB", "is not a whole number from 1 to 999999999"),
        ("GRAPHIQL_URL", "npm", "is not an address"),
        ("GRAPHIQL_URL", "https://files.example.org/npm?v=1", "is not an address"),
        ("HTMX_URL", "//files.example.org/htmx.js", "is not an address"),
        ("HTMX_URL", "https://example.org/a;script-src *", "is not an address"),
        ("HTMX_INTEGRITY", "md5-abc", "is not a hash"),
        ("TIMEZONE", "Peking", "is not a time zone"),
        ("TIMEZONE", "../secret", "is not a time zone"),
        ("TIMEZONE", "Asia", "is not a time zone"),
        ("LOG", "loud", "is not one of debug, info"),
        ("METRICS_ADDRESS", "9090", "is not host:port"),
        ("METRICS_ADDRESS", "127.0.0.1:http", "is not host:port"),
        ("METRICS_ADDRESS", "127.0.0.1:65536", "is not host:port"),
        ("TRUSTED_PROXIES", "127.0.0.1, proxy", "'proxy' is not a network address"),
        ("OPERATIONS", "all", "'all' is not one of any, stored"),
    ],
)
def test_a_bad_value_is_an_error_that_names_the_setting(name: str, value: str, words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        made(**{f"LUZHI_{name}": value})

    assert str(caught.value).startswith(f"LUZHI_{name}: ")
    assert words in str(caught.value)


def test_the_secret_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    environment = {"LUZHI_DATA_DIR": str(tmp_path / "deep" / "var")}

    first, second = (Settings.from_environment(environment).secret_key for _ in range(2))

    assert first == second
    assert len(first) == 64
    assert stat.S_IMODE((tmp_path / "deep" / "var" / "secret.key").stat().st_mode) == 0o600


def test_those_who_start_together_share_one_key(tmp_path: Path) -> None:
    environment = {"LUZHI_DATA_DIR": str(tmp_path)}

    with ThreadPoolExecutor(8) as together:
        keys = set(together.map(lambda _: Settings.from_environment(environment).secret_key, range(40)))

    assert len(keys) == 1


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    environment = {"LUZHI_DATA_DIR": str(tmp_path)}
    Settings.from_environment(environment)
    (tmp_path / "secret.key").chmod(0o644)

    with pytest.raises(SettingsError, match=r"can be read by others\. Run: chmod 600 "):
        Settings.from_environment(environment)


def test_a_damaged_key_is_refused(tmp_path: Path) -> None:
    os.close(os.open(tmp_path / "secret.key", os.O_CREAT, 0o600))
    (tmp_path / "secret.key").write_text("half\n")

    with pytest.raises(SettingsError, match=r"^secret\.key: 4 characters are too few"):
        Settings.from_environment({"LUZHI_DATA_DIR": str(tmp_path)})


def test_a_key_that_cannot_be_kept_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(SettingsError, match=r"cannot be kept \(.*\)\. Mend that, or set LUZHI_SECRET_KEY\."):
        Settings.from_environment({"LUZHI_DATA_DIR": str(tmp_path / "file")})


def test_secrets_are_not_printed() -> None:
    settings = made(LUZHI_DATABASE_URL="postgres://luzhi:hidden@db/luzhi")

    assert "hidden" not in repr(settings)
    assert SECRET not in repr(settings)


@pytest.mark.parametrize(
    ("host", "answer"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.1", False),
        ("localhost.example.org", False),
        ("", False),
    ],
)
def test_only_this_machine_is_loopback(host: str, answer: bool) -> None:
    assert is_loopback(host) is answer


def test_every_setting_has_its_meaning_unit_and_default_in_the_docs() -> None:
    assert all(s.meaning and s.unit and s.default for s in SETTINGS)
    assert PAGE.read_text(encoding="utf-8") == page(), "Run: make docs"
