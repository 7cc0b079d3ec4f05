"""One provider: what it says of itself, where people are sent, and what comes back from there."""

import datetime as dt
import hmac
import json
import secrets
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc.jwk import KeySet

from server.oidc.checking import Identity, UnknownKey, algorithms, identity, keys
from server.oidc.refusals import Declined, Distrusted, OutOfReach

TIMEOUT_S = 5
MOST_BYTES = 500_000
KEPT = dt.timedelta(hours=1)
"""How long what a provider says of itself and its keys are kept."""
PATIENCE = dt.timedelta(minutes=1)
"""How long keys are kept at least, however many unknown ones are named: nobody makes us ask again and again."""
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
DECLINED = ("access_denied", "login_required", "interaction_required", "consent_required", "account_selection_required")


@dataclass(frozen=True)
class Client:
    """Whom the provider knows us as. secret: empty for one that has none. back: where it sends people back to."""

    issuer: str
    id: str
    secret: str = field(repr=False)
    back: str


@dataclass(frozen=True)
class Attempt:
    """What must come back as it went: of one browser, kept there until it returns."""

    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)

    @classmethod
    def new(cls) -> "Attempt":
        """Of 256 random bits each."""
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))


@dataclass
class Known:
    """What was fetched, and when."""

    at: dt.datetime
    facts: Mapping[str, Any]
    keys: KeySet
    keys_at: dt.datetime


class Provider:
    """The provider as this process knows it."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.known: Known | None = None
        self.trust = ssl.create_default_context()

    async def address(self, attempt: Attempt, now: dt.datetime) -> str:
        """Where a browser is sent to say who it is. Raises OutOfReach, Distrusted."""
        known = await self._know(now)
        async with self._asking(known.facts) as asking:
            address, _ = asking.create_authorization_url(
                known.facts["authorization_endpoint"],
                state=attempt.state,
                code_verifier=attempt.verifier,
                nonce=attempt.nonce,
            )
        return str(address)

    async def identity(self, attempt: Attempt, came: Mapping[str, list[str]], now: dt.datetime) -> Identity:
        """Who came back. came: the query of the address. Raises Distrusted, Declined, OutOfReach."""
        if not hmac.compare_digest(_one(came, "state").encode(), attempt.state.encode()):
            raise Distrusted("STATE")
        known = await self._know(now)
        self._must_be_the_issuer(came, known.facts)
        if error := _one(came, "error"):
            raise Declined if error in DECLINED else Distrusted("PROVIDER_ERROR")
        token = await self._token(_one(came, "code"), attempt, known.facts)
        try:
            return self._read(token, known, attempt, now)
        except UnknownKey:
            return self._read(token, await self._with_new_keys(known, now), attempt, now, last=True)

    def _read(
        self, token: Mapping[str, Any], known: Known, attempt: Attempt, now: dt.datetime, *, last: bool = False
    ) -> Identity:
        allowed = algorithms(known.facts.get("id_token_signing_alg_values_supported"))
        us = {"issuer": self.client.issuer, "client": self.client.id}
        try:
            return identity(token, known.keys, allowed, **us, nonce=attempt.nonce, now=now)
        except UnknownKey:
            if last:
                raise Distrusted("KEY") from None
            raise

    def _must_be_the_issuer(self, came: Mapping[str, list[str]], facts: Mapping[str, Any]) -> None:
        """RFC 9207: against the answer of one provider being taken for that of another."""
        said = _one(came, "iss")
        if (said or facts.get("authorization_response_iss_parameter_supported")) and said != self.client.issuer:
            raise Distrusted("ISSUER")

    async def _token(self, code: str, attempt: Attempt, facts: Mapping[str, Any]) -> Mapping[str, Any]:
        if not code:
            raise Distrusted("NO_CODE")
        try:
            async with self._asking(facts) as asking:
                token = await asking.fetch_token(
                    facts["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=attempt.verifier,
                )
        except OAuthError:
            raise Distrusted("CODE") from None
        except (httpx2.HTTPError, ValueError) as error:
            raise OutOfReach("token_endpoint") from error
        if not isinstance(token, dict):
            raise Distrusted("NO_ID_TOKEN")
        return token

    def _asking(self, facts: Mapping[str, Any]) -> AsyncOAuth2Client:
        ways = facts.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        method = "client_secret_basic" if "client_secret_basic" in ways else "client_secret_post"
        return AsyncOAuth2Client(
            self.client.id,
            self.client.secret or None,
            token_endpoint_auth_method=method if self.client.secret else "none",
            scope="openid",
            redirect_uri=self.client.back,
            code_challenge_method="S256",
            timeout=TIMEOUT_S,
            verify=self.trust,
        )

    async def _know(self, now: dt.datetime) -> Known:
        if self.known is None or now - self.known.at > KEPT:
            facts = await self._fetch(f"{self.client.issuer.rstrip('/')}/.well-known/openid-configuration")
            self._must_be_sound(facts)
            self.known = Known(now, facts, keys(await self._fetch(facts["jwks_uri"])), now)
        return self.known

    async def _with_new_keys(self, known: Known, now: dt.datetime) -> Known:
        if now - known.keys_at > PATIENCE:
            known.keys, known.keys_at = keys(await self._fetch(known.facts["jwks_uri"])), now
        return known

    def _must_be_sound(self, facts: Any) -> None:
        if not isinstance(facts, dict) or facts.get("issuer") != self.client.issuer:
            raise Distrusted("METADATA_ISSUER")
        scheme = urlsplit(self.client.issuer).scheme
        for name in ENDPOINTS:
            if not isinstance(facts.get(name), str) or urlsplit(facts[name]).scheme not in ("https", scheme):
                raise Distrusted("METADATA")

    async def _fetch(self, address: str) -> Any:
        """JSON from there, no more than MOST_BYTES, from nowhere else."""
        body = b""
        try:
            async with (
                httpx2.AsyncClient(timeout=TIMEOUT_S, verify=self.trust) as client,
                client.stream("GET", address) as answer,
            ):
                answer.raise_for_status()
                async for part in answer.aiter_bytes():
                    body += part
                    if len(body) > MOST_BYTES:
                        raise OutOfReach(address)
            return json.loads(body)
        except (httpx2.HTTPError, ValueError, RecursionError) as error:
            raise OutOfReach(address) from error


def _one(came: Mapping[str, list[str]], name: str) -> str:
    """A parameter that must not come twice (RFC 6749, 3.1); empty where it did not come."""
    values = came.get(name, [])
    if len(values) > 1:
        raise Distrusted("TWICE")
    return values[0] if values else ""
