"""What is refused, by the codes of the RFCs: before consent, for a code, for a refresh token, when giving back."""

import base64
from dataclasses import replace
from typing import Any

import pytest

from server.models.accounts import App, AppCode, AppToken, Consent, account_disable
from server.models.accounts.apps import app_change, app_disable
from server.models.audit import AuditEntry
from server.rules.permissions import Role
from tests import make
from tests.apps.coming import BACK, NAME, REVOKE, TOKEN, House, Registered, code, error, now, told, wished

ADMIN = make.viewer(Role.ADMINISTRATOR, name="command line")
SENT_BACK: list[tuple[dict[str, Any], str]] = [
    ({"response_type": "token"}, "unsupported_response_type"),
    ({"response_type": "code id_token"}, "unsupported_response_type"),
    ({"scope": "members:write"}, "invalid_scope"),
    ({"scope": "members:read audit:read"}, "invalid_scope"),
    ({"scope": "everything"}, "invalid_scope"),
    ({"code_challenge": None}, "invalid_request"),
    ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
    ({"code_challenge": "short"}, "invalid_request"),
    ({"code_challenge_method": "plain"}, "invalid_request"),
    ({"code_challenge_method": None}, "invalid_request"),
]
STAYS: list[tuple[dict[str, Any], str]] = [
    ({"client_id": None}, "invalid_client"),
    ({"client_id": "app_00000000-0000-0000-0000-000000000001"}, "invalid_client"),
    ({"client_id": "app_nonsense"}, "invalid_client"),
    ({"client_id": "acc_00000000-0000-0000-0000-000000000001"}, "invalid_client"),
    ({"redirect_uri": None}, "invalid_request"),
    ({"redirect_uri": f"{BACK}/"}, "invalid_request"),
    ({"redirect_uri": f"{BACK}?x=1"}, "invalid_request"),
    ({"redirect_uri": BACK.upper()}, "invalid_request"),
    ({"redirect_uri": "https://evil.example/"}, "invalid_request"),
    ({"redirect_uri": f'{BACK}"\\é\x00'}, "invalid_request"),
    ({"response_type": 'code"é'}, "invalid_request"),
    ({"redirect_uri": "http://127.0.0.1:4712/back"}, "invalid_request"),
]


@pytest.mark.parametrize(("facts", "refusal"), SENT_BACK)
async def test_what_an_app_may_not_wish_it_is_told(house: House, facts: dict[str, Any], refusal: str) -> None:
    address, _ = wished(house.app, **facts)
    browser = await house.sign_in("member")

    for answer in (await browser.get(address), await browser.post(address, data={"decision": "allow"})):
        brought = told(answer)
        assert (brought["error"], brought["state"], brought["iss"]) == (refusal, "xyz", NAME)
    assert await AppCode.all().count() == 0


@pytest.mark.parametrize(("facts", "refusal"), STAYS)
async def test_what_comes_from_nobody_we_know_leads_nowhere(house: House, facts: dict[str, Any], refusal: str) -> None:
    address, _ = wished(house.app, **facts)
    browser = await house.sign_in("member")

    for answer in (await browser.get(address), await browser.post(address, data={"decision": "allow"})):
        assert (answer.status_code, "Location" in answer.headers) == (400, False)
        assert f"<dd>{refusal}</dd>" in answer.text


async def test_a_parameter_that_is_there_twice_leads_nowhere(house: House) -> None:
    browser = await house.sign_in("member")

    answer = await browser.get(f"{wished(house.app)[0]}&redirect_uri=https://evil.example/")

    assert (answer.status_code, "<dd>invalid_request</dd>" in answer.text) == (400, True)


async def test_a_disabled_app_is_nobody(house: House) -> None:
    await app_disable(ADMIN, app=await _key(house.app))
    browser = await house.sign_in("member")

    answer = await browser.get(wished(house.app)[0])

    assert (answer.status_code, "<dd>invalid_client</dd>" in answer.text) == (400, True)


async def test_only_who_sits_before_a_browser_decides(house: House) -> None:
    issued = await house.tokens("admin", await house.register(scopes=["all:write"]), scope="all:write")
    held = {"Authorization": f"Bearer {issued['access_token']}"}
    address, _ = wished(house.app)
    before = await AppCode.all().count()

    by_token = await house.visitor.post(address, data={"decision": "allow"}, headers=held)
    by_nobody = await house.visitor.post(address, data={"decision": "allow"})
    elsewhere = await house.sign_in("member")
    by_another_site = await elsewhere.post(
        address, data={"decision": "allow"}, headers={"Origin": "https://evil.example"}
    )

    assert [answer.status_code for answer in (by_token, by_nobody, by_another_site)] == [403, 403, 403]
    assert await AppCode.all().count() == before


async def test_a_decision_that_is_none_is_asked_for_again(house: House) -> None:
    assert (await house.decide("member", wished(house.app)[0], "perhaps")).status_code == 422
    assert await Consent.all().count() == 0


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"code_verifier": "w" * 64}, (400, "invalid_grant")),
        ({"code_verifier": None}, (400, "invalid_request")),
        ({"code_verifier": "short"}, (400, "invalid_request")),
        ({"redirect_uri": None}, (400, "invalid_grant")),
        ({"redirect_uri": "http://127.0.0.1:4711/back"}, (400, "invalid_grant")),
        ({"code": None}, (400, "invalid_request")),
        ({"code": "unknown"}, (400, "invalid_grant")),
        ({"grant_type": "password"}, (400, "unsupported_grant_type")),
        ({"grant_type": "client_credentials"}, (400, "unsupported_grant_type")),
        ({"grant_type": None}, (400, "unsupported_grant_type")),
        ({"redirect_uri": 'https://"é/'}, (400, "invalid_request")),
    ],
)
async def test_a_code_is_changed_only_for_what_belongs_to_it(
    house: House, facts: dict[str, Any], refusal: tuple[int, str]
) -> None:
    secret, verifier = await house.code()

    assert error(await house.redeem(secret, verifier, **facts)) == refusal
    assert await AppToken.all().count() == 0


async def test_a_code_is_good_for_a_minute(house: House) -> None:
    secret, verifier = await house.code()
    row = await AppCode.get()
    assert 55 < (row.expires_at - now()).total_seconds() <= 60
    await AppCode.filter(id=row.id).update(expires_at=now())

    assert error(await house.redeem(secret, verifier)) == (400, "invalid_grant")


async def test_a_code_that_is_shown_twice_takes_back_what_came_of_it(house: House) -> None:
    other = await house.tokens("chair")
    secret, verifier = await house.code()
    first = (await house.redeem(secret, verifier)).json()
    second = (await house.refresh(first["refresh_token"])).json()

    assert error(await house.redeem(secret, verifier)) == (400, "invalid_grant")

    for token in (first["access_token"], second["access_token"]):
        assert code(await house.query(token)) == "TOKEN_REVOKED"
    assert error(await house.refresh(second["refresh_token"])) == (400, "invalid_grant")
    assert (await house.query(other["access_token"])).status_code == 200
    entry = await AuditEntry.get(action="app.reused")
    member = house.cast.accounts["member"].id
    assert (entry.actor, entry.on_behalf_of, entry.object) == (house.app.id, f"acc_{member}", house.app.id)


async def test_the_code_of_another_app_is_none_and_stays_good(house: House) -> None:
    others = [await house.register(), await house.register(confidential=False)]
    secret, verifier = await house.code()

    for other in others:
        assert error(await house.redeem(secret, verifier, other)) == (400, "invalid_grant")
    assert (await house.redeem(secret, verifier)).status_code == 200
    assert error(await house.redeem(secret, verifier, others[0])) == (400, "invalid_grant")
    assert await AppToken.filter(revoked_at__isnull=False).count() == 0


async def test_a_refresh_token_counts_once_and_the_second_time_ends_its_line(house: House) -> None:
    first = await house.tokens()
    second = (await house.refresh(first["refresh_token"])).json()

    assert error(await house.refresh(first["refresh_token"])) == (400, "invalid_grant")

    assert code(await house.query(second["access_token"])) == "TOKEN_REVOKED"
    assert error(await house.refresh(second["refresh_token"])) == (400, "invalid_grant")


async def test_a_refresh_token_is_good_for_30_days_from_its_last_use(house: House) -> None:
    first = await house.tokens()
    rows = await AppToken.all().order_by("refresh")
    assert [round((row.expires_at - now()).total_seconds() / 3600) for row in rows] == [1, 720]
    await AppToken.filter(refresh=True).update(expires_at=now())

    assert error(await house.refresh(first["refresh_token"])) == (400, "invalid_grant")


async def test_a_refresh_token_gives_less_on_request_and_never_more(house: House) -> None:
    given = await house.tokens(scope="members:read learning:write")

    less = (await house.refresh(given["refresh_token"], scope="members:read")).json()
    assert less["scope"] == "members:read"
    assert code(await house.query(less["access_token"], "{ coverage { members } }")) == "SCOPE"
    whole = (await house.refresh(less["refresh_token"])).json()
    assert whole["scope"] == "members:read learning:write"
    assert error(await house.refresh(whole["refresh_token"], scope="members:read audit:read")) == (400, "invalid_scope")
    assert (await house.refresh(whole["refresh_token"])).status_code == 200


async def test_the_tokens_of_another_app_or_kind_refresh_nothing(house: House) -> None:
    given, other = await house.tokens(), await house.register(confidential=False)

    assert error(await house.refresh(given["refresh_token"], other)) == (400, "invalid_grant")
    assert error(await house.refresh(given["access_token"])) == (400, "invalid_grant")
    assert code(await house.query(given["refresh_token"])) == "TOKEN_UNKNOWN"
    assert (await house.refresh(given["refresh_token"])).status_code == 200


def _headers(sent: str | bytes) -> dict[str, str]:
    raw = sent if isinstance(sent, bytes) else sent.encode()
    return {"Authorization": f"Basic {base64.b64encode(raw).decode()}"}


async def test_an_app_that_has_a_secret_shows_it(house: House) -> None:
    secret, verifier = await house.code()
    facts = {"grant_type": "authorization_code", "code": secret, "redirect_uri": BACK, "code_verifier": verifier}
    post = house.visitor.post

    wrong = [
        await post(TOKEN, data=facts | {"client_id": house.app.id}),
        await post(TOKEN, data=facts | {"client_id": house.app.id, "client_secret": "guess"}),
        await post(TOKEN, data=facts, headers=_headers(f"{house.app.id}:guess")),
        await post(TOKEN, data=facts, headers=_headers(b"\xff:\xfe")),
        await post(TOKEN, data=facts, headers={"Authorization": b"Basic \xe9"}),
        await post(TOKEN, data=facts, headers={"Authorization": "Basic %%%"}),
        await post(TOKEN, data=facts, headers={"Authorization": "Basic "}),
        await post(TOKEN, data=facts, headers=_headers("nobody:guess")),
        await post(TOKEN, data=facts),
    ]
    assert [error(answer) for answer in wrong] == [(401, "invalid_client")] * len(wrong)
    assert all(answer.headers["WWW-Authenticate"].startswith("Basic") for answer in wrong)

    right = await post(TOKEN, data=facts | {"client_id": house.app.id, "client_secret": house.app.secret})
    assert right.status_code == 200


async def test_an_app_without_a_secret_shows_none(house: House) -> None:
    app = await house.register(confidential=False)
    secret, verifier = await house.code(app=app)

    answer = await house.redeem(secret, verifier, Registered(app.id, "guess"))

    assert error(answer) == (401, "invalid_client")
    assert (await house.redeem(secret, verifier, app)).status_code == 200


async def test_parameters_come_once_and_as_a_form(house: House) -> None:
    secret, verifier = await house.code()
    form = f"grant_type=authorization_code&code={secret}&code={secret}&code_verifier={verifier}&redirect_uri={BACK}"
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    post = house.visitor.post

    assert error(await post(TOKEN, content=form, headers=kind, auth=house.app.basic)) == (400, "invalid_request")
    assert error(await post(TOKEN, json={"code": secret}, auth=house.app.basic)) == (400, "invalid_request")
    assert error(await post(f"{TOKEN}?{form}", auth=house.app.basic)) == (400, "invalid_request")
    assert (await house.visitor.get(TOKEN)).status_code == 405
    assert await AppToken.all().count() == 0


async def test_what_ended_meanwhile_gives_nothing(house: House) -> None:
    given, (secret, verifier) = await house.tokens(), await house.code("chair")
    key = await _key(house.app)

    await account_disable(ADMIN, account=house.cast.accounts["member"].id)
    assert error(await house.refresh(given["refresh_token"])) == (400, "invalid_grant")
    await app_change(ADMIN, app=key, scopes=["audit:read"])
    assert error(await house.redeem(secret, verifier)) == (400, "invalid_grant")
    await app_disable(ADMIN, app=key)
    assert error(await house.redeem(secret, verifier)) == (401, "invalid_client")


async def test_giving_back_what_is_not_ones_own_is_refused_and_what_is_unknown_is_fine(house: House) -> None:
    given, other = await house.tokens(), await house.register()

    assert error(await house.post(other, REVOKE, token=given["refresh_token"])) == (400, "invalid_grant")
    assert error(await house.post(house.app, REVOKE)) == (400, "invalid_request")
    assert error(await house.post(Registered(house.app.id, "guess"), REVOKE, token="x")) == (401, "invalid_client")
    assert (await house.post(house.app, REVOKE, token="x", token_type_hint="strange")).status_code == 200
    assert (await house.query(given["access_token"])).status_code == 200


async def test_an_access_token_is_given_back_alone(house: House) -> None:
    given = await house.tokens()

    assert (await house.post(house.app, REVOKE, token=given["access_token"])).json() == {}

    assert code(await house.query(given["access_token"])) == "TOKEN_REVOKED"
    assert (await house.refresh(given["refresh_token"])).status_code == 200


async def test_without_encryption_on_the_way_there_is_no_oauth(house: House) -> None:
    settings = house.visitors.app.state.settings
    house.visitors.app.state.settings = replace(settings, base_url="http://luzhi.example.org")
    secret, verifier = "c", "v" * 64

    assert error(await house.redeem(secret, verifier)) == (400, "insecure_transport")
    browser = await house.sign_in("member")
    assert "<dd>insecure_transport</dd>" in (await browser.get(wished(house.app)[0])).text


async def _key(app: Registered) -> Any:
    return (await App.get(id=app.id[4:])).id
