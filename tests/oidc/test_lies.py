"""Whatever a provider lies, nobody comes in by it, the page says so plainly, and the log why, without a secret."""

import datetime as dt
import logging
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from joserfc.jwk import OctKey, RSAKey

from server.models.accounts import Account, Session
from server.models.audit import AuditEntry
from server.schema.arriving import COOKIE
from tests import make
from tests.accounts.door import add
from tests.oidc.lying import OTHER, SECRET, Liar
from tests.web.visitors import Visitors

BACK = "/single-sign-on/back"


async def goes(browser: httpx.AsyncClient, **query: str) -> str:
    """Where the browser is sent to."""
    answer = await browser.get("/single-sign-on", params=query)
    assert answer.status_code == 303
    return answer.headers["Location"]


async def comes(browser: httpx.AsyncClient, liar: Liar, **changed: Any) -> httpx.Response:
    """Goes there, and comes back with what the provider gives; changed: parameters, None for one that is missing."""
    came = liar.code(await goes(browser)) | changed
    return await browser.get(BACK, params={name: value for name, value in came.items() if value is not None})


async def nobody_came_in(answer: httpx.Response, status: int) -> None:
    assert answer.status_code == status
    assert COOKIE not in answer.cookies
    assert await Session.all().count() == 0
    assert await AuditEntry.filter(action="account.sign_in").count() == 0


@pytest.mark.usefixtures("zhang")
async def test_the_honest_one_is_believed(client: httpx.AsyncClient, liar: Liar) -> None:
    answer = await comes(client, liar)

    assert (answer.status_code, answer.headers["Location"], COOKIE in answer.cookies) == (303, "/", True)


def claims(**lie: Any) -> Callable[[Liar], None]:
    return lambda liar: liar.claims.update(lie)


def answers(**lie: Any) -> Callable[[Liar], None]:
    return lambda liar: liar.answer.update(lie)


def tells(**lie: Any) -> Callable[[Liar], None]:
    return lambda liar: liar.metadata.update(lie)


def signs(key: Any, alg: str = "RS256", **header: Any) -> Callable[[Liar], None]:
    return lambda liar: liar.by(key, alg, **header)


NOW = int(time.time())
LIES: dict[str, tuple[Callable[[Liar], None], str]] = {
    "v6_8_1 another issuer": (claims(iss="https://id.example.org"), "CLAIM_ISS"),
    "v6_8_1 no issuer": (claims(iss=None), "CLAIM_ISS"),
    "v6_8_1 it says that it is another": (tells(issuer="https://id.example.org"), "METADATA_ISSUER"),
    "another nonce": (claims(nonce="x" * 43), "CLAIM_NONCE"),
    "no nonce": (claims(nonce=None), "CLAIM_NONCE"),
    "for another": (claims(aud="someone-else"), "CLAIM_AUD"),
    "for another, through us": (claims(aud="someone-else", azp="luzhi"), "CLAIM_AUD"),
    "for nobody": (claims(aud=None), "CLAIM_AUD"),
    "for several, none named": (claims(aud=["luzhi", "someone-else"]), "CLAIM_AZP"),
    "for several, another named": (claims(aud=["luzhi", "someone-else"], azp="someone-else"), "CLAIM_AZP"),
    "expired": (claims(exp=NOW - 3600), "EXPIRED"),
    "without an end": (claims(exp=None), "CLAIM_EXP"),
    "an end that is no time": (claims(exp="tomorrow"), "CLAIM_EXP"),
    "not valid yet": (claims(nbf=NOW + 3600), "CLAIM_NBF"),
    "of the future": (claims(iat=NOW + 3600), "CLAIM_IAT"),
    "nobody": (claims(sub=None), "CLAIM_SUB"),
    "a number": (claims(sub=7), "CLAIM_SUB"),
    "an empty name": (claims(sub=""), "SUBJECT"),
    "an endless name": (claims(sub="z" * 256), "SUBJECT"),
    "a name in hanzi": (claims(sub="张"), "SUBJECT"),
    "another access token": (claims(at_hash="AAAAAAAAAAAAAAAAAAAAAA"), "CLAIM_AT_HASH"),
    "v6_8_2 not signed": (lambda liar: setattr(liar, "sign", liar.unsigned), "ALGORITHM"),
    "v6_8_2 by what everybody knows": (lambda liar: setattr(liar, "sign", liar.by_what_all_know), "ALGORITHM"),
    "v6_8_2 by the secret we share": (signs(OctKey.import_key(SECRET), "HS256", kid="one"), "ALGORITHM"),
    "v6_8_2 by another under its name": (signs(OTHER, kid="one"), "SIGNATURE"),
    "v6_8_2 by one it does not show": (signs(OTHER, kid="two"), "KEY"),
    "v6_8_2 by what is no good": (tells(id_token_signing_alg_values_supported=["HS256", "none"]), "ALGORITHM"),
    "no ID token": (answers(id_token=None), "NO_ID_TOKEN"),
    "no token at all": (answers(id_token="not.a.token"), "ID_TOKEN"),
    "not even words": (answers(id_token=[1]), "NO_ID_TOKEN"),
    "an error": (answers(error="server_error"), "CODE"),
    "pages without encryption": (tells(token_endpoint="ftp://127.0.0.1/token"), "METADATA"),
    "no page to go to": (tells(authorization_endpoint=None), "METADATA"),
}


@pytest.mark.usefixtures("zhang")
@pytest.mark.parametrize("lie", LIES)
async def test_v6_8_1_v6_8_2_no_lie_of_the_provider_lets_anyone_in(
    client: httpx.AsyncClient, liar: Liar, caplog: pytest.LogCaptureFixture, lie: str
) -> None:
    tell, reason = LIES[lie]
    tell(liar)

    begun = await client.get("/single-sign-on")
    if begun.status_code == 303:
        came = liar.code(begun.headers["Location"])
        answer = await client.get(BACK, params=came)
        secrets = [came["code"], came["state"], SECRET, begun.cookies["single_sign_on"]]
        assert "single_sign_on" not in client.cookies, "what waited is good for one time"
    else:
        answer, secrets = begun, [SECRET]

    await nobody_came_in(answer, 403)
    assert "What came back from City ID is not what it should be" in answer.text
    assert f"single sign-on refused: {reason} " in caplog.text
    assert not any(secret in caplog.text or secret in answer.text for secret in secrets)


FORGED: dict[str, tuple[dict[str, Any], int, str]] = {
    "another state": ({"state": "x" * 43}, 403, "STATE"),
    "no state": ({"state": None}, 403, "STATE"),
    "two states": ({"state": ["x", "y"]}, 403, "TWICE"),
    "two codes": ({"code": ["x", "y"]}, 403, "TWICE"),
    "v6_8_1 of another provider": ({"iss": "https://id.example.org"}, 403, "ISSUER"),
    "v6_8_1 of nobody, though it says that it always says": ({"iss": None}, 403, "ISSUER"),
    "no code": ({"code": None}, 403, "NO_CODE"),
    "an error": ({"code": None, "error": "server_error"}, 403, "PROVIDER_ERROR"),
    "an error of another provider": (
        {"code": None, "error": "access_denied", "iss": "https://id.example.org"}, 403, "ISSUER"
    ),
    "the person says no": ({"code": None, "error": "access_denied"}, 422, ""),
}  # fmt: skip


@pytest.mark.usefixtures("zhang")
@pytest.mark.parametrize("forged", FORGED)
async def test_v6_8_1_no_forged_way_back_lets_anyone_in(
    client: httpx.AsyncClient, liar: Liar, caplog: pytest.LogCaptureFixture, forged: str
) -> None:
    changed, status, reason = FORGED[forged]

    answer = await comes(client, liar, **changed)

    await nobody_came_in(answer, status)
    assert (f"single sign-on refused: {reason} " in caplog.text) is bool(reason)
    assert "token" not in liar.asked or reason == "CODE"


@pytest.mark.usefixtures("zhang")
async def test_who_does_not_always_say_who_it_is_need_not(client: httpx.AsyncClient, liar: Liar) -> None:
    liar.metadata["authorization_response_iss_parameter_supported"] = None

    assert (await comes(client, liar, iss=None)).status_code == 303
    await client.post("/logout")
    assert (await comes(client, liar, iss="https://id.example.org")).status_code == 403, "but if, then rightly"


@pytest.mark.usefixtures("zhang")
async def test_what_one_browser_went_for_is_nothing_to_another(visitors: Visitors, liar: Liar) -> None:
    mine, theirs = await visitors.browser(), await visitors.browser()
    came = liar.code(await goes(mine))

    empty = await theirs.get(BACK, params=came)
    await goes(theirs)
    mixed = await theirs.get(BACK, params=came)

    await nobody_came_in(empty, 422)
    await nobody_came_in(mixed, 403)
    assert "This attempt is over" in empty.text


@pytest.mark.usefixtures("zhang")
async def test_the_code_of_another_attempt_does_not_fit_its_proof(client: httpx.AsyncClient, liar: Liar) -> None:
    stolen = liar.code(await goes(client))["code"]

    answer = await comes(client, liar, code=stolen)

    await nobody_came_in(answer, 403)
    assert liar.asked[-1] == "token"


@pytest.mark.usefixtures("zhang")
@pytest.mark.parametrize("kept", ["made up", "a.b.c", "old", "of linking", "by another key"])
async def test_what_waits_in_the_browser_cannot_be_made_up(client: httpx.AsyncClient, liar: Liar, kept: str) -> None:
    from server.oidc.sealed import seal

    settings, now = client._transport.app.state.settings, dt.datetime.now(dt.UTC)
    came = liar.code(await goes(client))
    facts = {"state": came["state"], "nonce": "n", "verifier": "v", "session": "", "to": "/"}
    soon, key = now + dt.timedelta(minutes=1), settings.secret_key
    made = {
        "old": seal(facts, "single_sign_on", key, now - dt.timedelta(seconds=1)),
        "of linking": seal(facts, "single_sign_on_met", key, soon),
        "by another key": seal(facts, "single_sign_on", "x" * 40, soon),
    }
    client.cookies.set("single_sign_on", made.get(kept, kept), domain="luzhi.test", path="/")

    await nobody_came_in(await client.get(BACK, params=came), 422)


@pytest.mark.parametrize("said", [{}, {"email_verified": True}, {"email_verified": False}])
async def test_nobody_is_found_by_an_address(client: httpx.AsyncClient, liar: Liar, said: dict) -> None:
    person = await make.person(name_en="Li", email="li@example.org")
    await add("li@example.org", person=person.id)
    liar.claims.update({"email": "li@example.org", "preferred_username": "li@example.org"} | said)

    answer = await comes(client, liar)

    await nobody_came_in(answer, 403)
    assert "No account here is linked to the one by which you came from City ID." in answer.text
    assert "ask the general office" in answer.text
    assert await Account.exclude(oidc_subject="").count() == 0


async def test_the_same_subject_of_another_provider_is_another(client: httpx.AsyncClient, liar: Liar) -> None:
    from tests.oidc.conftest import linked

    await linked("zhang", "https://id.example.org", "zhang-1")

    await nobody_came_in(await comes(client, liar), 403)


async def test_an_account_that_nobody_linked_is_not_that_of_the_empty_subject(
    client: httpx.AsyncClient, liar: Liar
) -> None:
    await add("li")
    await Account.filter(name="li").update(oidc_issuer=liar.issuer)
    liar.claims["sub"] = ""

    await nobody_came_in(await comes(client, liar), 403)


@pytest.mark.usefixtures("zhang")
async def test_new_keys_are_asked_for_once_a_minute_at_most(client: httpx.AsyncClient, liar: Liar) -> None:
    first = await comes(client, liar)
    await client.post("/logout")
    provider = client._transport.app.state.provider
    liar.key = RSAKey.generate_key(2048, {"kid": "new", "use": "sig"})
    liar.by(liar.key, kid="new")
    try:
        early = [(await comes(client, liar)).status_code for _ in range(3)]
        provider.known.keys_at -= dt.timedelta(minutes=2)
        later = await comes(client, liar)
    finally:
        liar.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})

    assert (first.status_code, early, later.status_code) == (303, [403] * 3, 303)
    assert liar.asked.count("jwks") == 2


async def test_a_provider_that_is_not_there_is_said_so_and_the_password_works(
    client: httpx.AsyncClient, liar: Liar, set_up: Any, caplog: pytest.LogCaptureFixture
) -> None:
    from tests.browser.product import free_port

    set_up(f"http://127.0.0.1:{free_port()}", SECRET)

    answer = await client.get("/single-sign-on")

    assert (answer.status_code, "City ID cannot be reached now." in answer.text) == (503, True)
    assert [record.levelno for record in caplog.records if record.name == "luzhi.single_sign_on"] == [logging.ERROR]
    assert SECRET not in caplog.text
