"""authlib's authorization server over what was looked up: authorization code with PKCE, refreshing, revoking.

What has to be written is `deed`, which whoever answers does afterwards.
"""

import logging
import secrets
from collections.abc import Awaitable, Callable
from functools import partial
from hmac import compare_digest
from typing import Any

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin, InvalidRequestError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, RefreshTokenGrant
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge
from starlette.responses import JSONResponse, RedirectResponse, Response

from server.models.accounts import granting
from server.models.accounts.consents import app_connect
from server.models.accounts.granting import Shown, is_sound, scopes_of
from server.models.accounts.standing import digest
from server.models.accounts.tables import App, AppCode, AppToken
from server.rules.accounts import APP_PREFIX, REFRESH_PREFIX
from server.rules.apps import ACCESS_LIFE
from server.rules.permissions import SCOPES, within
from server.schema.granting.asked import Asked
from server.schema.ids import id_of
from server.viewer import Viewer

logging.getLogger("authlib").setLevel(logging.INFO)  # below that it writes tokens into the log
METHODS = ["client_secret_basic", "client_secret_post", "none"]
GRANTS = ["authorization_code", "refresh_token"]


class Client(ClientMixin):
    """A registered app, as authlib asks about it."""

    def __init__(self, app: App) -> None:
        self.app = app

    def get_default_redirect_uri(self) -> str | None:
        """Where there is no choice."""
        return self.app.redirects[0] if len(self.app.redirects) == 1 else None

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """What is asked for, all that it may have where nothing is said; None where one is beyond that."""
        wanted = scope.split() if scope else self.app.scopes
        return " ".join(wanted) if within(wanted, self.app.scopes) == wanted else None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Letter by letter."""
        return redirect_uri in self.app.redirects

    def check_client_secret(self, client_secret: str) -> bool:
        """Against the hash."""
        return compare_digest(digest(client_secret), self.app.secret_hash)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """An app that has a secret shows it; one that has none shows none."""
        return (method == "none") is not self.app.confidential

    def check_response_type(self, response_type: str) -> bool:
        """Codes only."""
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        """Those that there are."""
        return grant_type in GRANTS


class Held:
    """A code or token that was found, as authlib asks about it."""

    code_challenge_method = "S256"

    def __init__(self, row: AppCode | AppToken) -> None:
        self.row = row

    @property
    def code_challenge(self) -> str:
        """Of a code."""
        return str(getattr(self.row, "challenge", ""))

    def get_redirect_uri(self) -> str:
        """Of a code; empty where the app did not say one."""
        return str(getattr(self.row, "redirect", ""))

    def get_scope(self) -> str:
        """What is left of it."""
        return " ".join(scopes_of(self.row))

    def check_client(self, client: Client) -> bool:
        """Whether it was given to that app."""
        return bool(self.row.consent.app_id == client.app.id)


class Server(AuthorizationServer):
    """One request's server. shown: what is known of what it shows. name: our own, the issuer."""

    def __init__(self, viewer: Viewer, shown: Shown, name: str) -> None:
        super().__init__(SCOPES)
        self.viewer, self.shown, self.name = viewer, shown, name
        self.deed: Callable[[], Awaitable[None]] | None = None
        seconds = int(ACCESS_LIFE.total_seconds())
        self.register_token_generator(
            "default", BearerTokenGenerator(partial(_secret, APP_PREFIX), partial(_secret, REFRESH_PREFIX), seconds)
        )
        self.register_grant(Codes, [Challenge(required=True)])
        self.register_grant(Refreshing)
        self.register_endpoint(Revoking)

    def query_client(self, client_id: str) -> Client | None:
        """The app that was looked up."""
        app = self.shown.app
        return Client(app) if app and id_of(app) == client_id else None

    def save_token(self, token: dict[str, Any], request: Asked) -> None:
        """To be kept, in exchange for what was shown."""
        of = (request.authorization_code or request.refresh_token).row
        kept = {"access": token["access_token"], "refresh": token["refresh_token"], "scopes": token["scope"].split()}
        self.deed = partial(granting.keep, self.viewer, of, **kept)

    def sound(self, row: AppCode | AppToken | None, client: Client) -> Held | None:
        """What was shown, if it counts. What was used before is in two hands: all that came of it is revoked."""
        if row is None or not Held(row).check_client(client):
            return None
        if row.used_at:
            self.deed = partial(granting.withdraw, self.viewer, row)
        return Held(row) if is_sound(row, self.viewer.now) else None

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def create_oauth2_request(self, request: Asked) -> Asked:
        """It is one."""
        return request

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> Response:
        """To the app by way of the browser, saying who we are (RFC 9207); or to the app itself."""
        told = dict(headers)
        if "Location" in told:
            return RedirectResponse(add_params_to_uri(told["Location"], [("iss", self.name)]), 303)
        return JSONResponse(body, status, told)


class Challenge(CodeChallenge):
    """Never without, and by S256 only."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)
    DEFAULT_CODE_CHALLENGE_METHOD = "S256"

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        """authlib would let a request without one pass, and take one without a method for plain."""
        given = grant.request.payload.data
        if not given.get("code_challenge") or not given.get("code_challenge_method"):
            raise InvalidRequestError("Missing 'code_challenge' and 'code_challenge_method=S256'")
        super().validate_code_challenge(grant, redirect_uri)


class Codes(AuthorizationCodeGrant):
    """A code for consent, and tokens for a code."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    def save_authorization_code(self, code: str, request: Asked) -> None:
        """To be kept, with what the person allowed."""
        self.server.deed = partial(
            app_connect,
            self.server.viewer,
            app=request.client.app.id,
            scopes=request.scope.split(),
            code=code,
            redirect=request.payload.redirect_uri or "",
            challenge=request.payload.data["code_challenge"],
        )

    def query_authorization_code(self, code: str, client: Client) -> Held | None:
        """The one that was looked up, if it counts for this app."""
        held: Held | None = self.server.sound(self.server.shown.code, client)
        return held

    def authenticate_user(self, authorization_code: Held) -> Any:
        """Whose account; that it is open was seen before."""
        return authorization_code.row.consent.account

    def delete_authorization_code(self, authorization_code: Held) -> None:
        """It is kept as used, so that a second use is noticed."""


class Refreshing(RefreshTokenGrant):
    """New tokens for a refresh token, which is used up by that."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> Held | None:
        """The one that was looked up, if it counts for this app."""
        row = self.server.shown.token
        held: Held | None = self.server.sound(row if row and row.refresh else None, self.request.client)
        return held

    def authenticate_user(self, refresh_token: Held) -> Any:
        """Whose account; that it is open was seen before."""
        return refresh_token.row.consent.account

    def revoke_old_credential(self, refresh_token: Held) -> None:
        """It is kept as used, so that a second use is noticed."""


class Revoking(RevocationEndpoint):
    """An app gives back what it has."""

    CLIENT_AUTH_METHODS = METHODS

    def check_params(self, request: Asked, client: Client) -> None:
        """A hint says nothing that we would not find out (RFC 7009, 2.1)."""
        if "token" not in request.form:
            raise InvalidRequestError("Missing 'token' in request.")

    def query_token(self, token_string: str, token_type_hint: str | None) -> Held | None:
        """The one that was looked up."""
        row = self.server.shown.token
        return Held(row) if row else None

    def revoke_token(self, token: Held, request: Asked) -> None:
        """At the end of this request."""
        self.server.deed = partial(granting.revoke, self.server.viewer, self.server.shown.token)


def _secret(prefix: str, **_: Any) -> str:
    return prefix + secrets.token_urlsafe(32)
