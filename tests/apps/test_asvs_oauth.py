"""What OWASP's ASVS 5 asks at level 2 of OAuth (V10) and no other test here shows; docs/asvs.md is the table."""

import datetime as dt

import pytest

from server.models.accounts import Account, AppToken, Consent
from server.rules.apps import CONSENT_LIFE
from tests.apps.coming import BACK, House, code, error, now, told, wished

DAY = dt.timedelta(days=1)


async def test_v10_1_1_tokens_go_to_the_app_alone(house: House) -> None:
    secret, verifier = await house.code()

    answer = await house.redeem(secret, verifier)

    given = answer.json()
    assert set(given) == {"token_type", "access_token", "expires_in", "refresh_token", "scope"}
    assert answer.headers["Cache-Control"] == "no-store"
    assert [name for name in answer.headers if name.lower().startswith("access-control-")] == []
    browser = await house.sign_in("member")
    pages = [(await browser.get(page)).text for page in ("/me/apps", "/me/tokens", "/me/sessions")]
    assert not any(given[name] in page for page in pages for name in ("access_token", "refresh_token"))


async def test_v10_3_1_nothing_but_an_access_token_of_ours_opens_the_api(house: House) -> None:
    secret, _ = await house.code()
    given = await house.tokens()
    browser = await house.sign_in("member")
    (cookie,) = browser.cookies.values()
    of_a_provider = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJtZW1iZXIiLCJhdWQiOiJsdXpoaSJ9."

    for shown in (secret, given["refresh_token"], cookie, of_a_provider, house.app.secret):
        answer = await house.query(shown)
        assert (answer.status_code, code(answer)) == (401, "TOKEN_UNKNOWN")
    assert (await house.query(given["access_token"])).status_code == 200


async def test_v10_3_3_a_token_is_its_accounts_whatever_names_are_changed(house: House) -> None:
    given = await house.tokens("member")
    member, leader = house.cast.accounts["member"], house.cast.accounts["leader"]

    await Account.filter(id=member.id).update(name="someone")
    await Account.filter(id=leader.id).update(name="member")

    answer = await house.query(given["access_token"], "{ viewer { name person { nameEn } } }")
    assert answer.json()["data"]["viewer"] == {"name": "someone", "person": {"nameEn": "Mei Member"}}


@pytest.mark.parametrize(
    "facts",
    [
        {"grant_type": "password", "username": "member", "password": "demo-only-password"},
        {"grant_type": "client_credentials"},
        {"grant_type": "implicit"},
        {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": "x"},
        {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": "a.b.c"},
        {"grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "subject_token": "x"},
    ],
    ids=lambda facts: facts["grant_type"].rpartition(":")[2],
)
async def test_v10_4_4_there_is_no_other_grant(house: House, facts: dict[str, str]) -> None:
    assert error(await house.post(house.app, "/oauth/token", **facts)) == (400, "unsupported_grant_type")


@pytest.mark.parametrize("kind", ["token", "id_token", "code token", "code id_token", "none"])
async def test_v10_4_4_there_is_no_other_answer(house: House, kind: str) -> None:
    browser = await house.sign_in("member")

    brought = told(await browser.get(wished(house.app, response_type=kind)[0]))

    assert (brought["error"], "access_token" in brought) == ("unsupported_response_type", False)


async def test_v10_4_8_a_refresh_token_lives_a_year_at_most_however_it_is_used(house: House) -> None:
    given = await house.tokens()
    await _age(CONSENT_LIFE - DAY)

    last = (await house.refresh(given["refresh_token"])).json()
    (row,) = await AppToken.filter(refresh=True, used_at=None)
    assert DAY - dt.timedelta(minutes=1) < row.expires_at - now() <= DAY
    await _age(CONSENT_LIFE)

    assert error(await house.refresh(last["refresh_token"])) == (400, "invalid_grant")


async def test_v10_4_8_after_that_the_person_is_asked_again_and_it_lives_another_year(house: House) -> None:
    old = await house.tokens()
    await _age(CONSENT_LIFE)
    assert code(await house.query(old["access_token"])) == "", "an hour is left to it"

    new = await house.tokens()

    (consent,) = await Consent.all()
    assert consent.renewed_at
    assert now() - consent.renewed_at < DAY < now() - consent.created_at
    assert (await house.refresh(new["refresh_token"])).status_code == 200
    (row,) = (await house.ask("member", "{ connectedApps { createdAt expiresAt } }"))["data"]["connectedApps"]
    assert dt.datetime.fromisoformat(row["expiresAt"]) == consent.renewed_at + CONSENT_LIFE
    page = (await (await house.sign_in("member")).get("/me/apps")).text
    assert f"{consent.renewed_at + CONSENT_LIFE:%Y-%m-}" in page


async def test_v10_7_1_what_was_allowed_before_is_asked_again(house: House) -> None:
    await house.tokens()
    address, _ = wished(house.app)
    browser = await house.sign_in("member")

    for wish in (address, f"{address}&prompt=none"):
        page = await browser.get(wish)
        assert (page.status_code, "Let Office platform act in your name" in page.text) == (200, True)
    assert BACK not in page.headers.get("Location", "")


async def _age(by: dt.timedelta) -> None:
    """The consent was given so long ago, and never renewed."""
    await Consent.all().update(created_at=now() - by, renewed_at=None)
