"""Facts that wait in a browser until it comes back: signed, each for one purpose, for a few minutes."""

import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from joserfc.jwt import ClaimsOption

ALGORITHM = "HS256"


def seal(facts: Mapping[str, Any], purpose: str, secret_key: str, until: dt.datetime) -> str:
    """The facts as a text that only this house can make. The browser could read it; nobody else sees it."""
    claims = {"aud": purpose, "exp": int(until.timestamp()), **facts}
    return jwt.encode({"alg": ALGORITHM}, claims, _key(secret_key))


def unseal(text: str, purpose: str, secret_key: str, now: dt.datetime) -> dict[str, Any] | None:
    """The facts; None for a text that is not ours, of another purpose, or too old."""
    try:
        claims = jwt.decode(text, _key(secret_key), algorithms=[ALGORITHM]).claims
        aud, exp = ClaimsOption(essential=True, value=purpose), ClaimsOption(essential=True)
        registry = jwt.JWTClaimsRegistry(int(now.timestamp()), aud=aud, exp=exp)
        registry.validate(claims)
    except (JoseError, ValueError):
        return None
    return claims


def _key(secret_key: str) -> OctKey:
    """A key of its own, so that nothing that is hashed with the secret elsewhere is a seal here."""
    return OctKey.import_key(hmac.new(secret_key.encode(), b"luzhi single sign-on", hashlib.sha256).digest())
