"""What someone did before anyone looks, so that no page is empty: files taken in and looked at, a member placed ..."""

from urllib.parse import urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from playwright.sync_api import Page

TAKEN = "name,name_en\n尹初见,Yin Chujian\n"
WRONG = "name,birth_date,shoe size\n尹再见,yesterday,41\n"


def done(page: Page) -> list[str]:
    """Does it through the forms; the addresses where each deed can be seen."""
    issue_token(page)
    connect_app(page)
    plan_next_term(page)
    new = "/renewal/new"  # which nothing leads to while one is planned
    return [new, _upload(page, WRONG), _apply(page, _upload(page, TAKEN)), _place(page), _check(page), _compare(page)]


def issue_token(page: Page) -> None:
    """Leaves the page that shows the token, this once."""
    page.goto("/tokens")
    page.fill("#name", "mirror")
    page.check("input[value='members:read']")
    _press(page, "form[action='/tokens'] button.main")


def connect_app(page: Page) -> None:
    """Registers an app of this very machine, and lets it act."""
    page.goto("/apps/new")
    page.fill("#nameZh", "办公平台")
    page.fill("#nameEn", "Office platform")
    back = page.evaluate("location.origin + '/healthz'")
    page.fill("#redirects", back)
    page.check("input[value='members:read']")
    page.check("#confidential")
    _press(page, "form[action='/apps/new'] button.main")
    page.goto(wish(page.input_value("#client"), back))
    _press(page, "button[value=allow]")


def plan_next_term(page: Page) -> None:
    """Makes the draft of it."""
    page.goto("/renewal/new")
    page.fill("#code", "99")
    page.fill("#startsOn", "2099-01-01")
    _press(page, "form[action='/renewal/new'] button.main")


def wish(app: str, back: str, verifier: str = "v" * 64, **facts: str) -> str:
    """The address to which an app sends people."""
    asked = {"response_type": "code", "client_id": app, "redirect_uri": back, "scope": "members:read", "state": "xyz"}
    proof = {"code_challenge": create_s256_code_challenge(verifier), "code_challenge_method": "S256"}
    return f"/oauth/authorize?{urlencode(asked | proof | facts)}"


def _upload(page: Page, text: str) -> str:
    page.goto("/imports")
    page.set_input_files("input[type=file]", {"name": "people.csv", "mimeType": "text/csv", "buffer": text.encode()})
    return _press(page, "form[enctype] button.main")


def _apply(page: Page, preview: str) -> str:
    page.goto(preview)
    return _press(page, "form[action$='/apply'] button")


def _place(page: Page) -> str:
    """One of those in no group."""
    page.goto("/coverage/assign")
    person = page.locator("main th[scope=row] a").first.get_attribute("href") or ""
    page.goto(f"/coverage/assign?people={person.rpartition('/')[2]}")
    _press(page, "form[action$='/check'] button.main")
    return _press(page, "form[method=post] button.main")


def _check(page: Page) -> str:
    """The others are looked at only."""
    page.goto("/coverage/assign")
    return _press(page, "form[action$='/check'] button.main")


def _compare(page: Page) -> str:
    page.goto("/members?search=wang")
    page.goto(f"{page.locator('main th[scope=row] a').first.get_attribute('href')}/merge?search=wang")
    return _where(page)


def _press(page: Page, button: str) -> str:
    with page.expect_navigation():
        page.click(button)
    return _where(page)


def _where(page: Page) -> str:
    here: str = page.evaluate("location.pathname + location.search")
    return here
