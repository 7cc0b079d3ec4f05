"""Registering apps, changing them, shutting them off; and each person's own page of those that are connected."""

import re
from dataclasses import replace
from typing import Any

import httpx
import pytest

from server.errors import Conflict, Invalid, NotThere, Refused
from server.models.accounts import App, Consent
from server.models.accounts.apps import app_change, app_disable, app_enable, app_register, app_secret
from server.models.accounts.consents import app_connect, app_disconnect
from server.models.accounts.standing import digest
from server.models.audit import AuditEntry
from server.rules.permissions import Action, Role
from tests import make
from tests.accounts.test_tokens import code as told
from tests.accounts.test_tokens import no
from tests.apps.coming import BACK, FACTS, SCOPES, House, code, error, wished
from tests.cast import NAMES

ADMIN = make.viewer(Role.ADMINISTRATOR, name="command line")
WHOLE = FACTS | {"scopes": SCOPES, "confidential": True}
FORM = {"nameZh": "小程序", "nameEn": "Mini-program", "redirects": f"{BACK}\r\n", "scopes": ["members:read"]}
FORM["confidential"] = "false"


async def test_an_app_is_registered_with_a_secret_that_is_kept_as_a_hash(db: str) -> None:
    registered = await app_register(ADMIN, **WHOLE | {"name_en": " Office platform "})

    app = await App.get(id=registered.id)
    assert (app.name_en, app.scopes, app.redirects) == (
        "Office platform",
        ["members:read", "learning:write"],
        [*WHOLE["redirects"]],
    )
    assert (app.secret_hash, app.created_at, app.disabled_at) == (digest(registered.secret), make.NOW, None)
    entry = await AuditEntry.get(action="app.register")
    assert entry.object == f"app_{app.id}"
    assert registered.secret not in str(entry.facts)
    public = await app_register(ADMIN, **WHOLE | {"confidential": False})
    assert (public.secret, (await App.get(id=public.id)).secret_hash) == ("", "")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"name_zh": " "}, (Invalid, "APP_NAME", "name_zh")),
        ({"name_en": ""}, (Invalid, "APP_NAME", "name_en")),
        ({"name_en": "x" * 101}, (Invalid, "TOO_LONG", "name_en")),
        ({"redirects": []}, (Invalid, "REDIRECTS_MISSING", "redirects")),
        ({"redirects": ["http://office.example.org"]}, (Invalid, "REDIRECT", "redirects")),
        ({"scopes": []}, (Invalid, "SCOPES_MISSING", "scopes")),
        ({"scopes": ["members"]}, (Invalid, "NO_SUCH_SCOPE", "scopes")),
    ],
)
async def test_what_does_not_fit_is_not_registered(db: str, facts: dict[str, Any], expected: tuple) -> None:
    assert told(await no(app_register(ADMIN, **WHOLE | facts))) == expected
    assert await App.all().count() == 0


async def test_only_administrators_do_this(db: str) -> None:
    key = (await app_register(ADMIN, **WHOLE)).id
    for role in set(Role) - {Role.ADMINISTRATOR}:
        viewer = make.viewer(role)
        for attempt in (
            app_register(viewer, **WHOLE),
            app_change(viewer, app=key, scopes=["all:write"]),
            app_disable(viewer, app=key),
            app_enable(viewer, app=key),
            app_secret(viewer, app=key),
        ):
            assert isinstance(await no(attempt), Refused)
    assert await AuditEntry.all().count() == 1


async def test_an_app_is_changed_shut_off_and_let_in_again(db: str) -> None:
    key = (await app_register(ADMIN, **WHOLE)).id

    await app_change(ADMIN, app=key, name_en="Office", scopes=SCOPES, redirects=[BACK])
    await app_change(ADMIN, app=key, name_en="Office")
    await app_disable(ADMIN, app=key)
    assert told(await no(app_disable(ADMIN, app=key))) == (Conflict, "DISABLED_ALREADY", "app")
    await app_enable(ADMIN, app=key)
    assert told(await no(app_enable(ADMIN, app=key))) == (Conflict, "ENABLED_ALREADY", "app")

    entries = await AuditEntry.filter(object=f"app_{key}").order_by("serial")
    assert [entry.action for entry in entries] == ["app.register", "app.change", "app.disable", "app.enable"]
    assert entries[1].facts["name_en"] == ["Office platform", "Office"]
    assert entries[1].facts["redirects"] == [FACTS["redirects"], [BACK]]
    for attempt in (app_change(ADMIN, app=make.some_id(), name_en="A"), app_secret(ADMIN, app=make.some_id())):
        assert isinstance(await no(attempt), NotThere)
    assert told(await no(app_change(ADMIN, app=key, name_zh=""))) == (Invalid, "APP_NAME", "name_zh")


async def test_a_new_secret_takes_the_place_of_the_old_one(house: House) -> None:
    key = (await App.get(id=house.app.id[4:])).id

    new = replace(house.app, secret=(await app_secret(ADMIN, app=key)).secret)

    given = await house.tokens(app=new)
    assert error(await house.refresh(given["refresh_token"])) == (401, "invalid_client")
    assert (await house.refresh(given["refresh_token"], new)).status_code == 200
    public = await app_register(ADMIN, **WHOLE | {"confidential": False})
    assert told(await no(app_secret(ADMIN, app=public.id))) == (Invalid, "APP_PUBLIC", "app")


async def test_connecting_is_for_a_browser_and_for_what_the_app_may_have(house: House) -> None:
    key = (await App.get(id=house.app.id[4:])).id
    member = replace(house.cast["member"], session=make.some_id())
    wish = {"app": key, "scopes": ["members:read"], "code": "c", "redirect": BACK, "challenge": "x"}

    assert told(await no(app_connect(house.cast["member"], **wish))) == (Refused, "NOT_IN_BROWSER", None)
    assert isinstance(await no(app_connect(replace(member, roles=()), **wish)), Refused)
    assert isinstance(await no(app_connect(member, **wish | {"scopes": ["all:read"]})), NotThere)
    await app_disable(ADMIN, app=key)
    assert isinstance(await no(app_connect(member, **wish)), NotThere)
    assert await Consent.all().count() == 0


async def test_only_ones_own_app_is_disconnected_and_only_once(house: House) -> None:
    await house.tokens("member")
    key = (await Consent.get()).id

    for who in ("chair", "admin"):
        assert told(await no(app_disconnect(house.cast[who], consent=key))) == (NotThere, "NOT_THERE", "consent")
    await app_disconnect(house.cast["member"], consent=key)
    again = app_disconnect(house.cast["member"], consent=key)
    assert told(await no(again)) == (Conflict, "DISCONNECTED_ALREADY", "consent")
    assert [e.action for e in await AuditEntry.filter(action__startswith="app.").order_by("serial")] == [
        "app.register",
        "app.connect",
        "app.disconnect",
    ]


async def _registered(browser: httpx.AsyncClient, **facts: Any) -> tuple[str, list[str]]:
    """The page that shows it, and what it shows: client_id, and client_secret where there is one."""
    answer = await browser.post("/apps/new", data=FORM | facts)
    assert answer.status_code == 200, answer.text
    return answer.text, re.findall(r'readonly value="([^"]+)"', answer.text)


async def test_an_administrator_registers_by_the_page_and_sees_the_secret_once(house: House) -> None:
    browser = await house.sign_in("admin")

    page, (client_id, secret) = await _registered(browser, confidential=["false", "true"])

    assert (await App.get(id=client_id[4:])).secret_hash == digest(secret)
    assert "Copy it now" in page
    shown = (await browser.get(f"/apps/{client_id}")).text
    assert (secret in shown, client_id in shown, "<code>https://office.example.org/back</code>" in shown) == (
        False,
        True,
        True,
    )
    renewed = (await browser.post(f"/apps/{client_id}/secret")).text
    assert (
        digest(re.findall(r'id="secret" readonly value="([^"]+)"', renewed)[0])
        == (await App.get(id=client_id[4:])).secret_hash
    )


async def test_one_that_keeps_no_secret_gets_none(house: House) -> None:
    browser = await house.sign_in("admin")

    page, fields = await _registered(browser, confidential="false")

    assert (fields, "it has no secret" in page) == ([], True)


async def test_what_was_typed_wrong_stays_with_its_problem(house: House) -> None:
    browser = await house.sign_in("admin")

    answer = await browser.post("/apps/new", data=FORM | {"redirects": "http://office.example.org", "nameZh": ""})

    assert answer.status_code == 422
    for field in ("nameZh", "redirects"):
        assert f'id="{field}-problem"' in answer.text
    assert "Mini-program" in answer.text


async def test_an_app_is_changed_and_disabled_by_its_pages(house: House) -> None:
    browser = await house.sign_in("admin")
    here = f"/apps/{house.app.id}"
    given = await house.tokens()

    changed = await browser.post(f"{here}/change", data=FORM | {"scopes": ["learning:read"]})
    assert (changed.status_code, changed.headers["Location"]) == (303, here)
    assert code(await house.query(given["access_token"])) == "SCOPE"
    assert (await browser.post(f"{here}/disable")).headers["Location"] == here
    assert code(await house.query(given["access_token"])) == "TOKEN_REVOKED"
    assert "disabled" in (await browser.get("/apps")).text
    assert (await browser.post(f"{here}/enable")).headers["Location"] == here
    assert code(await house.query(given["access_token"])) == "SCOPE"


async def test_each_person_sees_and_disconnects_their_own_apps(house: House) -> None:
    given = await house.tokens("member")
    browser, other = await house.sign_in("member"), await house.sign_in("chair")
    page = (await browser.get("/me/apps")).text
    (link,) = re.findall(r'href="(/me/apps/con_[^"]+)"', page)

    assert "Office platform" in page
    assert "see members and bodies, read the guarded fields of your own file" in page
    assert "No app acts in your name." in (await other.get("/me/apps")).text
    assert [(await other.get(link)).status_code, (await other.post(link)).status_code] == [404, 404]
    assert "Disconnect Office platform" in (await browser.get(link)).text
    done = await browser.post(link)
    assert (done.status_code, done.headers["Location"]) == (303, "/me/apps")
    assert code(await house.query(given["access_token"])) == "TOKEN_REVOKED"
    assert "No app acts in your name." in (await browser.get("/me/apps")).text


async def test_the_same_by_the_api(house: House) -> None:
    await house.tokens("member")
    text = "{ connectedApps { id scopes actions lastUsedAt app { id name } } }"

    (row,) = (await house.ask("member", text))["data"]["connectedApps"]
    key = row.pop("id")
    assert row == {
        "scopes": ["members:read"],
        "actions": ["see members and bodies", "read the guarded fields of your own file"],
        "lastUsedAt": None,
        "app": {"id": house.app.id, "name": "Office platform"},
    }
    end = "mutation ($id: ID!) { appDisconnect(id: $id) { __typename ... on Problems { problems { code field } } } }"
    assert (await house.ask("chair", end, id=key))["data"]["appDisconnect"]["problems"] == [
        {"code": "NOT_THERE", "field": "id"}
    ]
    assert (await house.ask("member", end, id=key))["data"]["appDisconnect"]["__typename"] == "AppDisconnected"
    assert (await house.ask("member", text))["data"]["connectedApps"] == []


PROBLEMS = "{{ __typename ... on Problems {{ kind problems {{ code }} }} }} }}"
ROOTS = {
    Action.REGISTER_APPS: [
        "{{ it: apps {{ totalCount }} }}",
        '{{ it: app(id: "{id}") {{ id }} }}',
        'mutation {{ it: appRegister(nameZh: "", nameEn: "", redirects: [], scopes: [], confidential: true)' + PROBLEMS,
        'mutation {{ it: appChange(id: "{id}", change: {{}}) ' + PROBLEMS,
        'mutation {{ it: appDisable(id: "{id}") ' + PROBLEMS,
        'mutation {{ it: appEnable(id: "{id}") ' + PROBLEMS,
        'mutation {{ it: appSecret(id: "{id}") ' + PROBLEMS,
    ],
    Action.KEEP_PROGRAMS: [
        "{{ it: connectedApps {{ id }} }}",
        "{{ it: ownTokens {{ id }} }}",
        "{{ it: calendarFeeds {{ id }} }}",
        'mutation {{ it: calendarFeedAdd(name: "") ' + PROBLEMS,
        'mutation {{ it: calendarFeedEnd(id: "cfd_{nobody}") ' + PROBLEMS,
        'mutation {{ it: appDisconnect(id: "con_{nobody}") ' + PROBLEMS,
        'mutation {{ it: tokenRevoke(id: "tok_{nobody}") ' + PROBLEMS,
    ],
    Action.ISSUE_TOKEN: [],
}
"""Each root field that came with this room, by what it needs. What a token may never do stands in test_acting."""


@pytest.mark.parametrize("name", NAMES)
async def test_each_root_field_is_open_to_whom_the_table_says(house: House, name: str) -> None:
    nobody = "00000000-0000-0000-0000-000000000001"
    for action, texts in ROOTS.items():
        for scopes in (None, frozenset({"members:write"}), frozenset({"accounts:write"})):
            viewer = replace(house.cast[name], scopes=scopes, client=make.some_id() if scopes else None)
            for text in texts:
                answer = await house.ask(viewer, text.format(id=house.app.id, nobody=nobody))
                assert _refused(answer) == (viewer.may(action).code if not viewer.may(action) else ""), (name, text)


def _refused(answer: dict[str, Any]) -> str:
    """The code by which the table said no."""
    found = [one["extensions"]["code"] for one in answer.get("errors", ())]
    it = (answer.get("data") or {}).get("it")
    if isinstance(it, dict) and it.get("kind") == "REFUSED":
        found += [one["code"] for one in it["problems"]]
    return next((one for one in found if one in ("ROLE", "SCOPE", "SIGNED_OUT", "REACH")), "")


async def test_the_consent_page_says_who_what_and_how_long_in_both_languages(house: House) -> None:
    address, _ = wished(house.app, scope="members:read learning:write")
    said = {
        "en": (
            "Let Office platform act in your name",
            "You are signed in as leader.",
            "manage learning groups",
            "has not been used for 30 days; 365 days at most, then it asks you again",
        ),
        "zh": ("授权办公平台以您的名义行事", "您当前登录的账号是leader。", "管理学习小组", "连续30天未使用；最长365天"),
    }
    for language, sentences in said.items():
        browser = await house.sign_in("leader", language=language)
        page = await browser.get(address)
        assert page.status_code == 200
        for sentence in (*sentences, "https://office.example.org"):
            assert sentence in page.text
        assert "import people" not in page.text
        policy = page.headers["Content-Security-Policy"]
        assert "form-action 'self' https://office.example.org;" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


async def test_who_may_nothing_of_it_is_told_so(house: House) -> None:
    app = await house.register(scopes=["audit:read"])
    address, _ = wished(app, scope="audit:read")

    page = await (await house.sign_in("member")).get(address)

    assert "Nothing that you may do now." in page.text
