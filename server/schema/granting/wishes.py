"""What an app wishes of a person, as the page that asks for consent shows it, and the person's answer."""

from collections.abc import Iterator
from dataclasses import dataclass

from authlib.oauth2.rfc6749 import OAuth2Error
from starlette.requests import Request
from starlette.responses import Response

from server.models.accounts.granting import shown
from server.models.accounts.proving import in_browser
from server.models.accounts.tables import App
from server.rules.apps import CONSENT_LIFE, REFRESH_IDLE, origin
from server.rules.permissions import Action, carried, may
from server.schema.granting.asked import Asked, by_address, issuer
from server.schema.granting.server import Server
from server.viewer import Viewer
from server.words import Words, both_names, say


class Unfit(Exception):
    """Nothing that can be asked of a person. code: by the RFC. answer: tells the app, where it is known whose it is."""

    def __init__(self, code: str, answer: Response | None) -> None:
        super().__init__(code)
        self.code, self.answer = code, answer


@dataclass(frozen=True)
class Wish:
    """A sound request for consent. redirect: where the answer goes."""

    asked: Asked
    server: Server
    app: App
    scopes: list[str]
    redirect: str

    @property
    def name(self) -> Words:
        """The name of the app."""
        return both_names(self.app.name_zh, self.app.name_en)

    @property
    def goes_to(self) -> str:
        """Scheme, host and port of where the answer goes."""
        return origin(self.redirect)

    @property
    def days(self) -> int:
        """After so many without use the app has to ask again."""
        return REFRESH_IDLE.days

    @property
    def most_days(self) -> int:
        """After so many it has to ask again, however it was used."""
        return CONSENT_LIFE.days

    def actions(self, viewer: Viewer) -> list[Words]:
        """What the app could do in the viewer's name, of what the viewer may do now."""
        return list(actions(viewer, self.scopes))

    async def answer(self, viewer: Viewer, *, allowed: bool) -> Response:
        """Sends the browser back to the app, with a code or with a no. Raises Refused, NotThere."""
        await in_browser(viewer)
        server = Server(viewer, self.server.shown, self.server.name)
        grant = server.get_consent_grant(self.asked)
        response: Response = server.create_authorization_response(
            self.asked, viewer.account if allowed else None, grant
        )
        if server.deed:
            await server.deed()
        return response


def actions(viewer: Viewer, scopes: list[str]) -> Iterator[Words]:
    """What a program with these scopes may do in the viewer's name, of what the viewer may do now: verb phrases."""
    held = carried(scopes)
    for action in Action:
        if may(viewer.roles, action, scopes=held).by:  # by a role of theirs, not as any program may
            yield action.phrase
    if viewer.person and "members:read" in held:
        yield say("read the guarded fields of your own file")


async def wish(request: Request) -> Wish:
    """The wish in the address of a request. Raises Unfit."""
    try:
        asked = by_address(request)
    except OAuth2Error as error:
        raise Unfit(error.error, None) from error
    async with shown(asked.app) as found:
        server = Server(request.state.asking.viewer, found, issuer(request))
    try:
        grant = server.get_consent_grant(asked)
    except OAuth2Error as error:
        raise Unfit(error.error, server.handle_error_response(asked, error) if error.redirect_uri else None) from error
    return Wish(asked, server, asked.client.app, asked.scope.split(), grant.redirect_uri)
