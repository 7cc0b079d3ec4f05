"""Apps as they come to the house: registered ones, what they send people with, and what they get."""

import datetime as dt
import secrets
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import httpx2
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from starlette.applications import Starlette

from server.models.accounts.apps import app_register
from tests.cast import Cast
from tests.web.visitors import Asks, SignIn, Visitors

NAME = "http://127.0.0.1:8000"
"""The issuer, as the settings have it unless told otherwise."""
BACK = "https://office.example.org/back"
LOCAL = "http://127.0.0.1:4711/back"
AUTHORIZE, TOKEN, REVOKE = (f"/oauth/{door}" for door in ("authorize", "token", "revoke"))
SCOPES = ["members:read", "learning:write"]
FACTS: dict[str, Any] = {"name_zh": "办公平台", "name_en": "Office platform", "redirects": [BACK, LOCAL]}


@dataclass(frozen=True)
class Registered:
    """An app by its ID and secret."""

    id: str
    secret: str

    @property
    def basic(self) -> httpx.BasicAuth:
        """As it says who it is."""
        return httpx.BasicAuth(self.id, self.secret)


@dataclass(frozen=True)
class House:
    """Everything a test of apps needs. visitor: nobody's browser, or an app's own server."""

    cast: Cast
    visitors: Visitors
    sign_in: SignIn
    ask: Asks
    visitor: httpx.AsyncClient
    app: Registered

    @classmethod
    async def with_an_app(
        cls, cast: Cast, visitors: Visitors, sign_in: SignIn, ask: Asks, visitor: httpx.AsyncClient
    ) -> "House":
        """A house in which a confidential app is registered."""
        empty = cls(cast, visitors, sign_in, ask, visitor, Registered("", ""))
        return replace(empty, app=await empty.register())

    async def register(self, **facts: Any) -> Registered:
        """Another app: confidential, with SCOPES, unless told otherwise."""
        admin = replace(self.cast["admin"], now=now())
        facts = FACTS | {"scopes": SCOPES, "confidential": True} | facts
        registered = await app_register(admin, **facts)
        return Registered(f"app_{registered.id}", registered.secret)

    def client(self, app: Registered, **facts: Any) -> AsyncOAuth2Client:
        """authlib's own client, which sends its requests to the application."""
        starlette: Starlette = self.visitors.app
        return AsyncOAuth2Client(
            app.id,
            app.secret or None,
            redirect_uri=BACK,
            code_challenge_method="S256",
            base_url=NAME,
            transport=httpx2.ASGITransport(starlette, client=("192.0.2.50", 1)),
            **{"scope": "members:read"} | facts,
        )

    async def decide(self, who: str, address: str, decision: str = "allow") -> httpx.Response:
        """What the browser of one of the cast is told after that person decided about a wish."""
        browser = await self.sign_in(who)
        return await browser.post(address, data={"decision": decision})

    async def code(self, who: str = "member", app: Registered | None = None, **facts: str) -> tuple[str, str]:
        """A code that this person's browser brings the app, and the verifier."""
        wish, verifier = wished(app or self.app, **facts)
        return told(await self.decide(who, wish))["code"], verifier

    async def tokens(self, who: str = "member", app: Registered | None = None, **facts: str) -> dict[str, Any]:
        """What an app gets for a code."""
        code, verifier = await self.code(who, app, **facts)
        return (await self.redeem(code, verifier, app)).json()

    async def redeem(self, secret: str, verifier: str, app: Registered | None = None, **facts: Any) -> httpx.Response:
        """What an app is told at the token endpoint. facts: other parameters; None leaves one out."""
        asked = {"grant_type": "authorization_code", "code": secret, "redirect_uri": BACK, "code_verifier": verifier}
        return await self.post(app or self.app, TOKEN, **asked | facts)

    async def refresh(self, token: str, app: Registered | None = None, **facts: Any) -> httpx.Response:
        """The same for a refresh token."""
        return await self.post(app or self.app, TOKEN, grant_type="refresh_token", refresh_token=token, **facts)

    async def post(self, app: Registered, door: str, **facts: Any) -> httpx.Response:
        """A form that an app sends, saying who it is."""
        data = {name: value for name, value in facts.items() if value is not None}
        if not app.secret:
            return await self.visitor.post(door, data={"client_id": app.id} | data)
        return await self.visitor.post(door, data=data, auth=app.basic)

    async def query(self, token: str, text: str = "{ people { totalCount } }") -> httpx.Response:
        """What the API answers to that token."""
        return await self.visitor.post("/graphql", json={"query": text}, headers={"Authorization": f"Bearer {token}"})


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def wished(app: Registered, **facts: Any) -> tuple[str, str]:
    """The address to which an app sends people, and the verifier. facts: other parameters; None leaves one out."""
    verifier = secrets.token_urlsafe(48)
    asked = {
        "response_type": "code",
        "client_id": app.id,
        "redirect_uri": BACK,
        "scope": "members:read",
        "state": "xyz",
        "code_challenge": create_s256_code_challenge(verifier),
        "code_challenge_method": "S256",
    }
    chosen = {name: value for name, value in (asked | facts).items() if value is not None}
    return f"{AUTHORIZE}?{urlencode(chosen)}", verifier


def told(answer: httpx.Response, back: str = BACK) -> dict[str, str]:
    """What the browser brings the app, by name."""
    assert answer.status_code == 303, answer.text
    target = urlsplit(answer.headers["Location"])
    assert f"{target.scheme}://{target.netloc}{target.path}" == back
    return {name: value for name, (value,) in parse_qs(target.query).items()}


def error(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal in the form of OAuth."""
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code, answer.json()["error"]


def code(answer: httpx.Response) -> str:
    """The code of a refusal of the API; empty where there is none."""
    errors = answer.json().get("errors")
    return errors[0]["extensions"]["code"] if errors else ""
