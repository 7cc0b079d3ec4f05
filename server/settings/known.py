"""Every setting that there is, with its meaning, unit and default: docs/settings.md is made of this list."""

from dataclasses import dataclass

from server.rules.buckets import Rates
from server.rules.budgets import Budgets
from server.settings.values import LEVELS, SECRET_LENGTH

HTMX_FILE = "htmx.org@4.0.1/dist/htmx.min.js"
HTMX_URL = f"https://cdn.jsdelivr.net/npm/{HTMX_FILE}"
HTMX_INTEGRITY = "sha384-Qp9rdC8H7EqOoX+nR0P3RPG2Noji+qdwJlGpfzwQJsfOpp3sGwIdSP9xO3+UlEhn"
GRAPHIQL_URL = "https://cdn.jsdelivr.net/npm"
ASSETS = "/assets"
"""Where the copies of a closed network are on this server."""
UPLOAD_LIMIT = "200000000"


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
        "LUZHI_BACKUP_DIR",
        "Folder of the backups that are taken each night. Better on another disk, or copied to another machine.",
        "path",
        "backups in the data directory",
    ),
    Setting(
        "LUZHI_FILES_URL",
        "Where the files of documents lie: in a folder, or in a store that speaks S3, whose keys are read from "
        "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
        "address: file:///path, or s3://bucket/prefix?endpoint=https://...&region=...",
        "files in the data directory",
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
        "LUZHI_ASSETS_DIR",
        "Folder with copies of what browsers else fetch from elsewhere, as `luzhi assets` makes it. It is served at "
        f"{ASSETS}, and the next three names need not be set.",
        "path",
        "none",
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
        "The time zone of the assembly: it decides when a day begins. In one of mainland China its announced days off "
        "and make-up days count, unless the assembly says otherwise.",
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
    Setting(
        "LUZHI_UPLOAD_LIMIT",
        "How large a file may be that is imported or put with a document. A proxy in front has a limit of its own.",
        "bytes, at most 999999999",
        UPLOAD_LIMIT,
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
        "LUZHI_SMTP_URL",
        "The mail server that takes messages to members. Beyond this machine smtp:// needs STARTTLS, unless "
        "?plain=yes allows a closed network to go without. ?ca=FILE names the authority of a certificate of one's own.",
        "address: smtp://user:password@host:587 or smtps://user:password@host:465",
        "none: the office copies or prints what it tells",
    ),
    Setting("LUZHI_SMTP_SENDER", "From whom those messages come.", "Name <address>, or an address", "none"),
    Setting(
        "LUZHI_CHANNELS",
        "Other ways by which people can choose to be told: services of the library apprise. {phone} or {email} "
        "stands for the reader's own.",
        "NAME=URL, with blanks between, such as sms=jsons://gateway.example.org/{phone}",
        "none",
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


def reference() -> str:
    """The table of all settings in Markdown, as it stands in docs/settings.md."""
    rows = [f"| `{s.name}` | {s.meaning} | {s.unit} | {s.default} |" for s in SETTINGS]
    return "\n".join(["| name | meaning | unit | default |", "|---|---|---|---|", *rows]) + "\n"
