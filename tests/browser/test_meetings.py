"""A meeting, as its hall and its phones have it."""

from playwright.sync_api import Response

from tests.browser import deeds
from tests.browser.conftest import Browse


def test_the_code_on_the_wall_comes_anew_by_itself(browse: Browse) -> None:
    page = browse("secretary")
    (meeting,) = deeds.invited(page)
    page.goto(f"{meeting}/attendance")
    page.click("a[href*='/screen/']")
    code = page.locator("#code .code").inner_text()
    assert len(code) == 6

    with page.expect_response(_asked_by_itself, timeout=15_000) as answer:
        pass

    assert 'id="code"' in answer.value.text()
    assert page.locator("#code .qr svg").count() == 1


def _asked_by_itself(answer: Response) -> bool:
    return "/screen/" in answer.url and "hx-request" in answer.request.headers
