"""The whole way by authlib's own client: from the consent page to an answer in a member's name, and on from there."""

from urllib.parse import urlsplit

import pytest
from authlib.oauth2 import rfc8414, rfc9207

from server.models.accounts import AppToken, Consent
from server.models.audit import AuditEntry
from tests.apps.coming import AUTHORIZE, BACK, LOCAL, NAME, REVOKE, TOKEN, House, code, told, wished

WHO = "{ viewer { name person { nameEn } } people { totalCount } }"


@pytest.mark.parametrize("confidential", [True, False])
async def test_an_app_asks_gets_tokens_acts_refreshes_and_gives_back(house: House, confidential: bool) -> None:
    app = house.app if confidential else await house.register(confidential=False)
    assert bool(app.secret) is confidential
    verifier = "v" * 64
    async with house.client(app) as client:
        address, state = client.create_authorization_url(f"{NAME}{AUTHORIZE}", code_verifier=verifier)
        browser = await house.sign_in("member")
        page = await browser.get(address.removeprefix(NAME))
        assert (page.status_code, "Let Office platform act in your name" in page.text) == (200, True)

        answer = await browser.post(address.removeprefix(NAME), data={"decision": "allow"})
        brought = told(answer)
        assert (brought["state"], brought["iss"], set(brought)) == (state, NAME, {"code", "state", "iss"})
        await client.fetch_token(
            f"{NAME}{TOKEN}", authorization_response=answer.headers["Location"], code_verifier=verifier
        )
        first = dict(client.token)
        assert (first["token_type"], first["expires_in"], first["scope"]) == ("Bearer", 3600, "members:read")

        acted = await client.post("/graphql", json={"query": WHO})
        assert acted.json()["data"] == {
            "viewer": {"name": "member", "person": {"nameEn": "Mei Member"}},
            "people": {"totalCount": 5},
        }
        await client.refresh_token(f"{NAME}{TOKEN}", refresh_token=first["refresh_token"])
        second = dict(client.token)
        assert {second[name] for name in ("access_token", "refresh_token")} & {*first.values()} == set()
        assert (await client.post("/graphql", json={"query": WHO})).status_code == 200

        await client.revoke_token(f"{NAME}{REVOKE}", token=second["refresh_token"], token_type_hint="refresh_token")
    for token in (first["access_token"], second["access_token"]):
        assert code(await house.query(token)) == "TOKEN_REVOKED"


async def test_only_hashes_are_kept(house: House) -> None:
    given = await house.tokens()

    kept = str(await AppToken.all().values()) + str(await AuditEntry.all().values())
    assert given["access_token"].startswith("lza_")
    assert given["refresh_token"].startswith("lzr_")
    assert [given[name] in kept for name in ("access_token", "refresh_token")] == [False, False]


async def test_whoever_is_not_signed_in_does_that_first_and_comes_back(house: House) -> None:
    address, _ = wished(house.app)

    answer = await house.visitor.get(address)

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/login?next=/oauth/authorize%3Fresponse_type%3Dcode%26client_id")


async def test_a_no_is_brought_back_too_and_nothing_is_kept(house: House) -> None:
    address, _ = wished(house.app)

    brought = told(await house.decide("member", address, "deny"))

    assert (brought.pop("error_description")[:20], brought) == (
        "The resource owner o",
        {"error": "access_denied", "state": "xyz", "iss": NAME},
    )
    assert await Consent.all().count() == 0


async def test_what_is_asked_for_anew_stands_in_place_of_what_was_allowed(house: House) -> None:
    wide = await house.tokens(scope="members:read learning:write")
    assert code(await house.query(wide["access_token"], "{ coverage { members } }")) == "ROLE"

    narrow = await house.tokens(scope="members:read")

    assert await Consent.all().count() == 1
    for token in (wide, narrow):
        assert code(await house.query(token["access_token"], "{ coverage { members } }")) == "SCOPE"
        assert (await house.query(token["access_token"])).status_code == 200


async def test_without_a_scope_all_that_the_app_may_ever_have_is_asked_for(house: House) -> None:
    assert (await house.tokens(scope=None))["scope"] == "members:read learning:write"


async def test_the_only_redirect_need_not_be_said(house: House) -> None:
    app = await house.register(redirects=[BACK])

    secret, verifier = await house.code(app=app, redirect_uri=None)

    assert (await house.redeem(secret, verifier, app, redirect_uri=None)).status_code == 200


async def test_an_app_on_the_same_machine_is_sent_back_to_there(house: House) -> None:
    address, verifier = wished(house.app, redirect_uri=LOCAL)

    brought = told(await house.decide("member", address), LOCAL)

    assert (await house.redeem(brought["code"], verifier, redirect_uri=LOCAL)).status_code == 200


async def test_the_redirects_own_query_is_kept(house: House) -> None:
    app = await house.register(redirects=[f"{BACK}?tenant=1"])
    address, _ = wished(app, redirect_uri=f"{BACK}?tenant=1")

    assert told(await house.decide("member", address))["tenant"] == "1"


async def test_the_house_says_of_itself_what_it_can(house: House) -> None:
    answer = await house.visitor.get("/.well-known/oauth-authorization-server")

    said = rfc8414.AuthorizationServerMetadata(answer.json())
    said.validate(metadata_classes=[rfc9207.AuthorizationServerMetadata])
    assert said["issuer"] == NAME
    assert said["code_challenge_methods_supported"] == ["S256"]
    assert [urlsplit(said[f"{door}_endpoint"]).path for door in ("authorization", "token", "revocation")] == [
        AUTHORIZE,
        TOKEN,
        REVOKE,
    ]


async def test_authlib_says_nothing_of_tokens_to_the_log(house: House, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        given = await house.tokens()

    assert given["access_token"] not in caplog.text
    assert given["refresh_token"] not in caplog.text
