"""Letting an app act in one's name, on the page that asks for it; and ending that."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tortoise.expressions import Q

from server.errors import Conflict, Problem
from server.models import audit
from server.models.accounts.changing import changing
from server.models.accounts.proving import in_browser
from server.models.accounts.standing import digest
from server.models.accounts.tables import App, AppCode, Consent
from server.models.history import locked, not_there
from server.models.messages import telling
from server.rules.apps import CODE_LIFE
from server.rules.messages import Topic
from server.rules.permissions import Action, within
from server.viewer import Viewer
from server.words import name, say


def own_consents(viewer: Viewer) -> Q:
    """Those of the viewer's own account that still hold."""
    mine: Any = {"account_id__in": [viewer.account] if viewer.account else []}
    return Q(**mine, ended_at=None)


async def app_connect(
    viewer: Viewer, *, app: UUID, scopes: Sequence[str], code: str, redirect: str, challenge: str
) -> None:
    """Let an app act in one's name within these scopes from now on, whatever it was allowed before.

    code: what the browser brings the app, good for a minute and once. redirect: to where, empty where the app did not
    say. challenge: the hash of what the app must show with it. Raises Refused to who is not signed in with a browser;
    NotThere for an app that is disabled or never had these scopes.
    """
    await in_browser(viewer)
    viewer.must(Action.KEEP_PROGRAMS)
    async with changing():
        row = await locked(App, app, "app")
        if row.disabled_at or within(scopes, row.scopes) != list(scopes):
            raise not_there("app")
        consent = await _agreed(viewer, app, scopes)
        await AppCode.create(
            consent_id=consent.id,
            code_hash=digest(code),
            redirect=redirect,
            challenge=challenge,
            scopes=scopes,
            expires_at=viewer.now + CODE_LIFE,
        )
        await audit.record(viewer, "app.connect", f"app_{app}", {"scopes": list(scopes)})
        await _tell(viewer, row)


async def app_disconnect(viewer: Viewer, *, consent: UUID) -> Consent:
    """End what was allowed to an app; it may nothing in one's name from its next request on.

    Raises Conflict if it has ended; NotThere for what is not one's own.
    """
    viewer.must(Action.KEEP_PROGRAMS)
    async with changing():
        row = await locked(Consent, consent, "consent")
        if row.account_id != viewer.account:
            raise not_there("consent")
        if not await Consent.filter(id=consent, ended_at=None).update(ended_at=viewer.now):
            raise Conflict(Problem("DISCONNECTED_ALREADY", say("This app is disconnected already."), "consent"))
        await audit.record(viewer, "app.disconnect", f"app_{row.app_id}", {})
    return row


async def _tell(viewer: Viewer, app: App) -> None:
    await telling.tell(
        viewer,
        topic=Topic.ACCOUNT,
        words=say("The app {name} may now act in your name", name=name(app)),
        more=say("You allowed it. You can end that at any time."),
        accounts=[viewer.account] if viewer.account else [],
        link="/me/apps",
    )


async def _agreed(viewer: Viewer, app: UUID, scopes: Sequence[str]) -> Consent:
    consent = await Consent.filter(account_id=viewer.account, app_id=app, ended_at=None).first()
    if consent is None:
        return await Consent.create(account_id=viewer.account, app_id=app, scopes=scopes, created_at=viewer.now)
    await Consent.filter(id=consent.id).update(scopes=scopes, renewed_at=viewer.now)
    return consent
