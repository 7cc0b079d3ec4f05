"""Where apps come themselves: /oauth/token, /oauth/revoke, and what we tell of us."""

from collections.abc import Callable
from typing import Any

from authlib.oauth2.rfc6749 import OAuth2Error
from authlib.oauth2.rfc8414 import get_well_known_url
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from server.models.accounts.granting import shown
from server.rules.permissions import SCOPES
from server.schema.granting.asked import Asked, by_form, issuer
from server.schema.granting.server import GRANTS, METHODS, Server

AUTHORIZE, TOKEN, REVOKE = "/oauth/authorize", "/oauth/token", "/oauth/revoke"


async def token(request: Request) -> Response:
    """A code, or a refresh token, for new tokens."""
    return await _answered(request, lambda server, asked: server.create_token_response(asked))


async def revoke(request: Request) -> Response:
    """An app gives a token back."""
    return await _answered(request, lambda server, asked: server.create_endpoint_response("revocation", asked))


async def _answered(request: Request, act: Callable[[Server, Asked], Response]) -> Response:
    try:
        asked = await by_form(request)
    except OAuth2Error as error:
        status, body, headers = error()
        return JSONResponse(body, status, dict(headers))
    data, viewer = asked.shown, request.state.asking.viewer
    secret = data.get("refresh_token") or data.get("token") or ""
    async with shown(asked.app, code=data.get("code", ""), token=secret) as found:
        server = Server(viewer, found, issuer(request))
        response = act(server, asked)
        if server.deed:
            await server.deed()
    return response


async def metadata(request: Request) -> Response:
    """What we are and can (RFC 8414)."""
    return JSONResponse(described(issuer(request)))


def described(name: str) -> dict[str, Any]:
    """The metadata of the server with that name."""
    return {
        "issuer": name,
        "authorization_endpoint": f"{name}{AUTHORIZE}",
        "token_endpoint": f"{name}{TOKEN}",
        "revocation_endpoint": f"{name}{REVOKE}",
        "scopes_supported": list(SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": GRANTS,
        "token_endpoint_auth_methods_supported": METHODS,
        "revocation_endpoint_auth_methods_supported": METHODS,
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "ui_locales_supported": ["zh-Hans", "en"],
    }


ROUTES: list[BaseRoute] = [
    Route(TOKEN, token, methods=["POST"]),
    Route(REVOKE, revoke, methods=["POST"]),
    Route(get_well_known_url(""), metadata, methods=["GET"]),
]
