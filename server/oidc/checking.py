"""Whether an ID token is the provider's word, for us, about this very attempt (OpenID Connect Core 1.0, 3.1.3.7)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import (
    BadSignatureError,
    ClaimError,
    ExpiredTokenError,
    InvalidKeyIdError,
    JoseError,
    UnsupportedAlgorithmError,
)
from joserfc.jwk import JWKRegistry, KeySet
from joserfc.jws import JWSRegistry

from server.oidc.refusals import Distrusted

SIGNED = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""Signatures by a key that the provider alone has. Neither none, nor one that a public key could make (HS256)."""
PUBLIC = ("RSA", "EC", "OKP")
SUBJECT_MAX = 255
LEEWAY_S = 60
"""How far the provider's clock may be from ours."""
CLAIMS = ("iss", "sub", "aud", "exp", "nbf", "iat", "nonce", "azp", "amr", "at_hash", "auth_time")


@dataclass(frozen=True)
class Identity:
    """Who someone is: the provider, and by what it knows them. Nothing else of what it says is used."""

    issuer: str
    subject: str


class UnknownKey(Exception):
    """Signed by a key that is not among these: the provider may have a new one."""


def algorithms(announced: Any) -> list[str]:
    """Those we take of those that the provider announces; by the standard it is RS256 where it says nothing."""
    said = announced if isinstance(announced, list) and announced else ["RS256"]
    return [name for name in SIGNED if name in said]


def keys(answer: Any) -> KeySet:
    """The provider's keys that can check a signature; others are left out. Raises Distrusted where there is none."""
    found = []
    for key in answer.get("keys", ()) if isinstance(answer, dict) else ():
        if isinstance(key, dict) and key.get("kty") in PUBLIC and key.get("use", "sig") == "sig":
            try:
                found.append(JWKRegistry.import_key(key))
            except (JoseError, ValueError):
                continue  # of a curve or a form that we do not know: whatever it signed is refused
    if not found:
        raise Distrusted("KEYS")
    return KeySet(found)


def identity(
    token: Mapping[str, Any],
    signers: KeySet,
    allowed: Sequence[str],
    *,
    issuer: str,
    client: str,
    nonce: str,
    now: dt.datetime,
) -> Identity:
    """Who it is, by the answer of the token endpoint. Raises Distrusted, or UnknownKey."""
    if not isinstance(token.get("id_token"), str):
        raise Distrusted("NO_ID_TOKEN")
    if not allowed:
        raise Distrusted("ALGORITHM")
    said = _decoded(token["id_token"], signers, allowed)
    exactly = {"iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": client}}
    around = {"nonce": nonce, "client_id": client, "access_token": token.get("access_token")}
    try:
        CodeIDToken(said.claims, said.header, exactly, around).validate(int(now.timestamp()), LEEWAY_S)
    except ExpiredTokenError:
        raise Distrusted("EXPIRED") from None
    except ClaimError as error:
        raise Distrusted(f"CLAIM_{error.claim.upper()}" if error.claim in CLAIMS else "CLAIMS") from None
    return Identity(issuer, _subject(said.claims["sub"]))


def _decoded(text: str, signers: KeySet, allowed: Sequence[str]) -> jwt.Token:
    registry = JWSRegistry(algorithms=allowed, strict_check_header=False)
    try:
        return jwt.decode(text, signers, registry=registry)
    except InvalidKeyIdError:
        raise UnknownKey from None
    except UnsupportedAlgorithmError:
        raise Distrusted("ALGORITHM") from None
    except BadSignatureError:
        raise Distrusted("SIGNATURE") from None
    except (JoseError, ValueError):
        raise Distrusted("ID_TOKEN") from None


def _subject(said: str) -> str:
    if not 0 < len(said) <= SUBJECT_MAX or not said.isascii() or not said.isprintable():
        raise Distrusted("SUBJECT")
    return said
