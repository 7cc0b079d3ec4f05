"""Single sign-on as people meet it: a browser, the product, a real provider beside it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser import product, windows
from tests.browser.windows import NARROW, PASSWORD, PHONE, Troubles
from tests.oidc import real

NAME = "市统一身份认证 / City ID"


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Where the product and the provider answer."""
    folder, port = tmp_path_factory.mktemp("single-sign-on"), product.free_port()
    with real.running(f"http://127.0.0.1:{port}/single-sign-on/back", folder / "provider.log") as issuer:
        settings = {"LUZHI_OIDC_ISSUER": issuer, "LUZHI_OIDC_CLIENT_ID": "luzhi", "LUZHI_OIDC_NAME": NAME}
        settings["LUZHI_OIDC_CLIENT_SECRET"] = real.SECRET
        with product.running(folder, port=port, **settings) as address:
            yield address, issuer


def opened(browser: Browser, there: tuple[str, str], troubles: Troubles, **how: object) -> tuple[BrowserContext, Page]:
    """A window that reaches the provider, too."""
    address, issuer = there
    context = windows.window(browser, address, **how)
    context.route(f"{issuer}/**", lambda route: route.continue_())
    page = context.new_page()
    troubles.watch(page)
    return context, page


def says(page: Page, login: str) -> None:
    """On the provider's pages: who one is, and yes."""
    page.fill("input[name=login]", login)
    page.click("button >> nth=0")
    page.click("button >> nth=0")


@pytest.mark.parametrize("scripts", [True, False])
def test_an_account_is_linked_once_and_then_signed_in_by_the_button(
    browser: Browser, there: tuple[str, str], troubles: Troubles, scripts: bool
) -> None:
    name = "member" if scripts else "leader"
    context, page = opened(browser, there, troubles, scripts=scripts, width=PHONE)
    page.goto("/login?next=/me")
    page.click("text=Sign in with City ID")
    says(page, f"{name}-at-the-city")
    assert "No account here is linked" in page.locator("main").inner_text()
    troubles.expect(403)

    windows.sign_in(page, name, PASSWORD)
    page.goto("/me")
    page.click("main >> text=Signing in with City ID")
    page.click("text=Go to City ID")
    page.wait_for_url("**/me/single-sign-on")
    page.fill("#password", PASSWORD)
    page.click("main form button.main")
    page.wait_for_selector("text=Your account is linked: you can sign in that way too.")

    page.context.clear_cookies(name="luzhi_session")
    page.goto("/login?next=/me")
    page.click("text=Sign in with City ID")
    page.wait_for_url("**/me")
    assert f"The account {name}" in page.locator("main").inner_text()
    context.close()


@pytest.mark.parametrize(("language", "theme"), [("zh", "light"), ("en", "dark")])
def test_its_pages_have_no_barrier(
    browser: Browser, there: tuple[str, str], troubles: Troubles, language: str, theme: str
) -> None:
    context, page = opened(browser, there, troubles, width=NARROW, language=language, theme=theme)
    wrong = {}

    def look() -> None:
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if findings := windows.axe(page) + [f"{beyond} px too wide"] * (beyond > 0):
            wrong[page.url] = findings

    page.goto("/login")
    look()
    page.click("a[href^='/single-sign-on']")
    says(page, f"nobody-{language}")
    look()
    troubles.expect(403)
    page.goto("/single-sign-on/back?code=x&state=y")
    look()
    troubles.expect(422)
    windows.sign_in(page, "convener", PASSWORD)
    page.goto("/me/single-sign-on")
    look()
    page.click("main a[href='/single-sign-on']")
    page.wait_for_selector("#password")
    look()
    page.fill("#password", "not the password")
    page.click("main form button.main")
    page.wait_for_selector(".summary")
    troubles.expect(422)
    look()

    assert wrong == {}
    context.close()
