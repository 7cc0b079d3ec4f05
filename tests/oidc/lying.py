"""A provider of ours that tells one lie at a time. It answers on loopback, from a thread of its own."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.browser.product import free_port

CLIENT, SECRET = "luzhi", "a-client-secret-that-no-log-may-hold"
OTHER = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
"""A key under the name of the right one."""


class Liar:
    """What it says; a test sets its lie, and takes `code` for what the browser would have got from its page."""

    def __init__(self, issuer: str) -> None:
        self.issuer, self.key = issuer, RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.reset()

    def reset(self) -> None:
        """Honest again."""
        self.metadata: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.answer: dict[str, Any] = {}
        self.sign = self.signed
        self.asked: list[str] = []

    def code(self, address: str, subject: str = "zhang-1") -> dict[str, str]:
        """What comes back for who is `subject` there, having gone to that address."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = base64.urlsafe_b64encode(json.dumps(asked | {"subject": subject}).encode()).decode()
        return {"code": code, "state": asked["state"], "iss": self.issuer}

    def signed(self, claims: dict[str, Any]) -> str:
        """By the key that it shows."""
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)

    def by(self, key: Any, alg: str = "RS256", **header: Any) -> None:
        """From now on signs by another key, or another way."""
        self.sign = lambda claims: jwt.encode({"alg": alg, **header}, claims, key, algorithms=[alg])

    def unsigned(self, claims: dict[str, Any]) -> str:
        """alg none: a token without a signature."""
        return _told({"alg": "none", "typ": "JWT"}, claims) + "."

    def by_what_all_know(self, claims: dict[str, Any]) -> str:
        """Its public key, taken for a shared secret; the package that we check with would not even make such a one."""
        told = _told({"alg": "HS256", "typ": "JWT", "kid": "one"}, claims)
        return f"{told}.{_coded(hmac.new(self.key.as_pem(private=False), told.encode(), hashlib.sha256).digest())}"

    async def configuration(self, _: Request) -> Response:
        """Its description of itself."""
        self.asked.append("configuration")
        said = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/auth",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            "authorization_response_iss_parameter_supported": True,
        }
        return JSONResponse({name: value for name, value in (said | self.metadata).items() if value is not None})

    async def jwks(self, _: Request) -> Response:
        """Its public key."""
        self.asked.append("jwks")
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    async def token(self, request: Request) -> Response:
        """The ID token for a code, if the verifier fits and it is our client that asks."""
        self.asked.append("token")
        async with request.form() as form:
            code, verifier = str(form["code"]), str(form["code_verifier"])
        asked = json.loads(base64.urlsafe_b64decode(code))
        challenge = _coded(hashlib.sha256(verifier.encode()).digest())
        us = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if challenge != asked["code_challenge"] or request.headers.get("Authorization") != us:
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        honest = {"iss": self.issuer, "sub": asked["subject"], "aud": CLIENT, "iat": now, "exp": now + 300}
        claims = honest | {"nonce": asked["nonce"]} | self.claims
        told = self.sign({name: value for name, value in claims.items() if value is not None})
        said = {"access_token": "at", "token_type": "Bearer", "id_token": told} | self.answer
        return JSONResponse({name: value for name, value in said.items() if value is not None})

    @property
    def app(self) -> Starlette:
        """Its addresses."""
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.configuration),
                Route("/jwks", self.jwks),
                Route("/token", self.token, methods=["POST"]),
            ]
        )


def _told(*parts: dict[str, Any]) -> str:
    return ".".join(_coded(json.dumps(part).encode()) for part in parts)


def _coded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


@contextmanager
def lying() -> Iterator[Liar]:
    """It answers until the end."""
    port = free_port()
    liar = Liar(f"http://127.0.0.1:{port}")
    server = uvicorn.Server(uvicorn.Config(liar.app, host="127.0.0.1", port=port, log_level="error"))
    thread = Thread(target=server.run)
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        yield liar
    finally:
        server.should_exit = True
        thread.join(10)
