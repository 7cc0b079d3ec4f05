"""Where no provider is set up there is no button, and its addresses lead to the page to sign in."""

from tests.web.visitors import SignIn


async def test_nothing_of_it_is_to_be_seen(sign_in: SignIn) -> None:
    visitor, member = await sign_in("visitor"), await sign_in("member")

    pages = [(await visitor.get("/login")).text, (await member.get("/me")).text]
    leads = [await browser.get(path) for browser in (visitor, member) for path in ("/single-sign-on", BACK)]
    page = await member.get("/me/single-sign-on")

    assert "single-sign-on" not in "".join(pages)
    assert [(answer.status_code, answer.headers["Location"]) for answer in leads] == [(303, "/login")] * 4
    assert (page.status_code, "This way of signing in is not set up here." in page.text) == (200, True)
    assert (await member.post("/me/single-sign-on", data={"password": "x"})).status_code == 422


BACK = "/single-sign-on/back?code=x&state=y"
