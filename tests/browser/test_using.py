"""The product as people use it: searching as one types, forms, preferences, paper."""

from playwright.sync_api import expect

from tests.browser.conftest import Browse
from tests.browser.windows import PHONE, Troubles


def test_a_search_replaces_only_the_list_and_the_address_follows(browse: Browse) -> None:
    page = browse("secretary")
    page.goto("/members")
    page.evaluate("document.querySelector('h1').dataset.kept = 'yes'")
    before = page.locator("#people").inner_text()

    with page.expect_response(lambda answer: "search=zzzz" in answer.url) as fetched:
        page.locator("#search").press_sequentially("zzzz")
    expect(page.locator("#people")).to_contain_text("Nobody fits this search.")

    assert fetched.value.request.headers["hx-target"] == "section#people"
    assert fetched.value.text().lstrip().startswith('<section id="people"')
    assert before != page.locator("#people").inner_text()
    assert page.locator("h1").get_attribute("data-kept") == "yes"
    assert page.url.endswith("/members?search=zzzz")
    expect(page.locator("#search")).to_be_focused()


def test_the_same_search_works_without_scripts(browse: Browse) -> None:
    page = browse("secretary", scripts=False)
    page.goto("/members")
    page.fill("#search", "zzzz")
    page.locator("form.search button").click()

    expect(page.locator("#people")).to_contain_text("Nobody fits this search.")
    assert "search=zzzz" in page.url


def test_a_wrong_form_takes_the_focus_to_what_went_wrong(browse: Browse, troubles: Troubles) -> None:
    page = browse("secretary")
    page.goto("/members/new")
    page.fill("#education", "night school")
    page.locator("main button.main").click()

    expect(page.locator(".summary")).to_be_focused()
    assert page.input_value("#education") == "night school"
    page.locator(".summary a").first.click()
    assert page.evaluate("document.activeElement.getAttribute('aria-invalid')") == "true"
    troubles.expect(422)


def test_a_wrong_sign_in_says_so_without_scripts(browse: Browse, troubles: Troubles) -> None:
    page = browse(scripts=False)
    page.goto("/login")
    page.fill("[name=username]", "nobody")
    page.fill("[name=password]", "not the password")
    page.locator("main button.main").click()

    expect(page.locator(".summary")).to_contain_text("The name or the password is not right.")
    assert page.input_value("[name=username]") == "nobody"
    troubles.expect(422)


def test_language_and_large_text_stay(browse: Browse) -> None:
    for scripts in (True, False):
        page = browse("member", scripts=scripts)
        page.goto("/members?search=li")
        small = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")

        page.get_by_role("button", name="Large text").click()
        page.get_by_role("button", name="中文").click()
        assert page.url.endswith("/members?search=li")
        page.goto("/bodies")

        assert page.locator("html").get_attribute("lang") == "zh-Hans"
        assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") > small

        page.get_by_role("button", name="English").click()  # the account keeps its language for whoever signs in next
        assert page.locator("html").get_attribute("lang") == "en"


def test_the_theme_that_was_chosen_wins_over_the_devices(browse: Browse) -> None:
    page = browse("member", theme="light")
    page.goto("/")
    light = page.evaluate("getComputedStyle(document.body).color")
    page.get_by_role("button", name="Dark", exact=True).click()

    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).color") != light


def test_on_paper_there_is_no_navigation(browse: Browse) -> None:
    page = browse("secretary")
    page.goto("/members")
    page.emulate_media(media="print")

    for part in (".side", ".bar", ".foot", ".skip", ".search", ".head .switches"):
        for one in page.locator(part).all():
            expect(one).to_be_hidden()
    expect(page.locator("#people table")).to_be_visible()


def test_the_keyboard_reaches_the_content_first(browse: Browse) -> None:
    page = browse("member")
    page.goto("/members")
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("#main")).to_be_focused()


def test_the_menu_of_a_phone_opens_closes_and_signs_out(browse: Browse) -> None:
    page = browse(width=PHONE)
    page.goto("/login")
    page.fill("[name=username]", "member")
    page.fill("[name=password]", "demo-only-password")
    page.locator("main button.main").click()
    menu = page.locator("#menu")
    expect(menu).to_be_hidden()

    page.locator(".bar button").click()
    expect(menu).to_be_visible()
    menu.locator("button.close").click()
    expect(menu).to_be_hidden()
    page.locator(".bar button").click()
    menu.get_by_role("button", name="Sign out").click()

    page.wait_for_url("**/login")
    page.goto("/members")
    assert "/login?next=" in page.url


def test_an_error_that_comes_while_one_types_is_sent_to_the_office_from_where_it_stands(
    browse: Browse, troubles: Troubles
) -> None:
    page = browse("leader")
    page.goto("/members")
    page.evaluate("document.querySelector('form.search').insertAdjacentHTML('beforeend', '<input name=first value=x>')")

    page.locator("#search").press_sequentially("zzzz")
    expect(page.locator("main h1")).to_have_text("This could not be understood")
    page.get_by_label("What did you want to do?").fill("To find somebody.")
    page.locator("main").get_by_role("button", name="Send this to the office").click()

    expect(page.locator(".done")).to_contain_text("It is with the general office.")
    expect(page.locator(".timeline li").first).to_contain_text("422 /members")
    troubles.expect(422)
