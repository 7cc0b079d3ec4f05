"""Apps that people can let act in their name: registered by an administrator, changed, and shut off at once."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from server.errors import Conflict, Invalid, Problem
from server.models import audit
from server.models.accounts.changing import changing
from server.models.accounts.standing import digest
from server.models.accounts.tables import App
from server.models.facts import before_and_after, differing, tidy
from server.models.history import locked, there
from server.rules.apps import parse_redirects
from server.rules.permissions import Action, parse_scopes
from server.viewer import Viewer
from server.words import say

CHECKS = {"redirects": parse_redirects, "scopes": parse_scopes}


@dataclass(frozen=True)
class RegisteredApp:
    """An app, and its secret for this one time; empty for one that can keep none."""

    id: UUID
    secret: str


async def app_register(
    viewer: Viewer,
    *,
    name_zh: str,
    name_en: str,
    redirects: Iterable[str],
    scopes: Iterable[str],
    confidential: bool,
) -> RegisteredApp:
    """Let people connect an app. redirects: where it may have them sent back to. scopes: the most it may ever be given.

    confidential: it runs where it can keep a secret. Raises Invalid for the names, the redirects or the scopes.
    """
    viewer.must(Action.REGISTER_APPS)
    facts = _sound({"name_zh": name_zh, "name_en": name_en, "redirects": redirects, "scopes": scopes})
    facts["confidential"], secret = confidential, _secret() if confidential else ""
    async with changing():
        app = await App.create(
            **facts,
            secret_hash=digest(secret) if secret else "",
            created_at=viewer.now,
            created_by_id=viewer.account,
        )
        await audit.record(viewer, "app.register", f"app_{app.id}", facts)
    return RegisteredApp(app.id, secret)


async def app_change(viewer: Viewer, *, app: UUID, **facts: Any) -> None:
    """Change names, redirects or scopes. What it may no more, it may no more at the next request; nobody is asked
    again for what they allowed before. Raises Invalid, NotThere.
    """
    viewer.must(Action.REGISTER_APPS)
    sound = _sound(facts)
    async with changing():
        row = await locked(App, app, "app")
        if changed := differing(row, sound):
            await App.filter(id=app).update(**changed)
            await audit.record(viewer, "app.change", f"app_{app}", before_and_after(row, changed))


async def app_disable(viewer: Viewer, *, app: UUID) -> None:
    """Let it act for nobody any more, from the next request on. Raises Conflict if it is disabled, NotThere."""
    viewer.must(Action.REGISTER_APPS)
    async with changing():
        await there(App, app, "app")
        if not await App.filter(id=app, disabled_at=None).update(disabled_at=viewer.now):
            raise Conflict(Problem("DISABLED_ALREADY", say("This app is disabled already."), "app"))
        await audit.record(viewer, "app.disable", f"app_{app}", {})


async def app_enable(viewer: Viewer, *, app: UUID) -> None:
    """Let it act again for those who have not disconnected it. Raises Conflict if it is not disabled, NotThere."""
    viewer.must(Action.REGISTER_APPS)
    async with changing():
        await there(App, app, "app")
        if not await App.filter(id=app, disabled_at__isnull=False).update(disabled_at=None):
            raise Conflict(Problem("ENABLED_ALREADY", say("This app is not disabled."), "app"))
        await audit.record(viewer, "app.enable", f"app_{app}", {})


async def app_secret(viewer: Viewer, *, app: UUID) -> RegisteredApp:
    """A new secret, which replaces the old one at once. Raises Invalid for an app that can keep none; NotThere."""
    viewer.must(Action.REGISTER_APPS)
    secret = _secret()
    async with changing():
        row = await locked(App, app, "app")
        if not row.confidential:
            message = say("This app runs where it cannot keep a secret, so it has none.")
            raise Invalid(Problem("APP_PUBLIC", message, "app"))
        await App.filter(id=app).update(secret_hash=digest(secret))
        await audit.record(viewer, "app.secret", f"app_{app}", {})
    return RegisteredApp(app, secret)


def _secret() -> str:
    return secrets.token_urlsafe(32)


def _sound(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as they are kept. Raises Invalid with every problem of all of them."""
    sound: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, fact in facts.items():
        try:
            sound[name] = CHECKS[name](fact) if name in CHECKS else _named(name, fact)
        except Invalid as invalid:
            problems += invalid.problems
    if problems:
        raise Invalid(*problems)
    return sound


def _named(field: str, name: str) -> Any:
    kept = tidy(App, {field: name})[field]
    if not kept:
        message = say("Name the app in both languages: people read the name before they let it act for them.")
        raise Invalid(Problem("APP_NAME", message, field))
    return kept
