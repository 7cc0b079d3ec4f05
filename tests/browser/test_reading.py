"""Reading in a browser: what may not be read any more goes from the screen by itself."""

from playwright.sync_api import expect

from tests.browser import deeds
from tests.browser.conftest import Browse
from tests.browser.windows import Troubles

MINUTE_MS = 60_000


def test_an_open_reader_ends_within_a_minute_of_the_revocation(browse: Browse, troubles: Troubles) -> None:
    keeper, reader = browse("custodian"), browse("member")
    reader.goto("/")
    own = reader.locator(".side a[href^='/members/per_']").first.get_attribute("href") or ""
    document, grant = deeds.given(keeper, own.rpartition("/")[2])
    reader.clock.install()
    reader.goto(f"{document}/read")
    reader.locator("form[action$='/read'] button").click()
    expect(reader.locator("#leaf img")).to_be_visible()

    deeds.revoke(keeper, grant)
    reader.clock.fast_forward(MINUTE_MS)

    expect(reader.locator(".ended")).to_be_visible()
    expect(reader.locator("#leaf")).to_have_count(0)
    troubles.expect(403)
