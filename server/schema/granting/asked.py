"""A request of OAuth 2 as authlib reads it, with what it does not look at itself."""

import binascii
from base64 import b64decode
from collections.abc import Iterable
from typing import Any

from authlib.oauth2.base import invalid_error_characters
from authlib.oauth2.rfc6749 import InvalidClientError, InvalidRequestError, OAuth2Request
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6749.util import extract_basic_authorization
from starlette.requests import Request

FORM = "application/x-www-form-urlencoded"
QUOTED = ("redirect_uri", "response_type")
"""What authlib writes into its own words, which fails there for letters that such words must not have."""


class Asked(OAuth2Request):
    """Parameters by name, once each; one without a value is not there (RFC 6749, 3.1 and 3.2)."""

    def __init__(self, request: Request, given: Iterable[tuple[str, Any]]) -> None:
        super().__init__(request.method, f"{issuer(request)}{request.url.path}", headers=_headers(request))
        self.shown = _once((name, value) for name, value in given if value != "")
        self.payload = BasicOAuth2Payload(self.shown)

    @property
    def form(self) -> dict[str, str]:
        """Parameters of the body."""
        return self.shown

    @property
    def app(self) -> str:
        """The ID of the app that it says it is, in whichever place."""
        return extract_basic_authorization(self.headers)[0] or self.shown.get("client_id", "")


def issuer(request: Request) -> str:
    """Our own name, as the operator says it; a Host header could be anybody's."""
    return str(request.app.state.settings.base_url)


def by_address(request: Request) -> Asked:
    """From the page that asks for consent. Raises OAuth2Error."""
    return Asked(request, request.query_params.multi_items())


async def by_form(request: Request) -> Asked:
    """From an app itself. Raises OAuth2Error."""
    if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != FORM:
        raise InvalidRequestError(f"Send the parameters as {FORM}.")
    async with request.form() as form:
        return Asked(request, form.multi_items())


def _once(given: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in given:
        if name in found:
            raise InvalidRequestError("A parameter is there more than once.")
        found[name] = value
    if any(invalid_error_characters(found.get(name, "")) for name in QUOTED):
        raise InvalidRequestError("A parameter has letters that it must not have.")
    return found


def _headers(request: Request) -> dict[str, str]:
    """Who it is, where that can be read; authlib stumbles over what is no text."""
    sent = request.headers.get("Authorization", "")
    scheme, _, value = sent.partition(" ")
    if scheme.lower() != "basic":
        return {}
    try:
        b64decode(value.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        value = ""
    if not value.strip():
        raise InvalidClientError("The Authorization header cannot be read.", status_code=401)
    return {"Authorization": sent}
