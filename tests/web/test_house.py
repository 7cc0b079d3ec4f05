"""What surrounds every answer: health, headers, pages of what is not there, and what a browser prefers."""

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.types import Message

from server.models.accounts import Account
from server.models.audit import AuditEntry
from server.models.database import connection
from server.models.members import merge_people
from server.schema.arriving import COOKIE
from tests import make
from tests.cast import Cast
from tests.web.visitors import HERE, SignIn, Visitors, open_session
from web.edge import MOST_BYTES, TooLarge, bounded


async def test_the_process_says_that_it_lives_and_is_ready(client: httpx.AsyncClient) -> None:
    lives, ready = await client.get("/healthz"), await client.get("/readyz")

    assert (lives.status_code, lives.text) == (200, "ok\n")
    assert (ready.status_code, ready.json()) == (200, {"ready": True, "detail": ""})


ANSWERS = {
    ("GET", "/login"): 303,
    ("GET", "/members"): 200,
    ("GET", "/nothing"): 404,
    ("GET", "/accounts/new"): 403,
    ("GET", "/members?first=x"): 422,
    ("GET", "/logout"): 405,
    ("POST", "/login"): 422,
    ("GET", "/graphql"): 401,
    ("POST", "/graphql"): 415,
    ("GET", "/healthz"): 200,
    ("GET", "/readyz"): 200,
    ("GET", "/export/people?format=csv"): 403,
    ("POST", "/oauth/token"): 400,
    ("GET", "/oauth/authorize"): 400,
    ("GET", "/static/nothing.css"): 404,
}


@pytest.mark.parametrize(("way", "status"), ANSWERS.items(), ids=[" ".join(way) for way in ANSWERS])
async def test_every_answer_has_the_headers_of_a_strict_house(
    sign_in: SignIn, way: tuple[str, str], status: int
) -> None:
    answer = await (await sign_in("member")).request(*way)

    assert answer.status_code == status
    strict(answer)


async def test_answers_to_what_is_too_much_and_to_what_failed_are_as_strict(
    app: Starlette, everyone: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    cookies = {COOKIE: await open_session(everyone.accounts["member"])}
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=HERE, cookies=cookies) as browser:
        large = await browser.post("/login", data={"username": "x" * MOST_BYTES})
        await connection().execute_script("ALTER TABLE term RENAME TO gone")
        failed = await browser.get("/terms")
        await connection().execute_script("ALTER TABLE session RENAME TO no_session")
        unknown = await browser.get("/terms")

    assert [answer.status_code for answer in (large, failed, unknown)] == [413, 500, 500]
    for answer in (large, failed, unknown):
        strict(answer)
        assert "term" not in answer.text.lower().replace("/terms", "")
    assert "no such table" in caplog.text or "does not exist" in caplog.text


def strict(answer: httpx.Response) -> None:
    """Its headers are those of a strict house."""
    policy = answer.headers["Content-Security-Policy"]
    rules = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    assert (rules["default-src"], rules["style-src"], rules["frame-ancestors"]) == ("'none'", "'self'", "'none'")
    assert rules["script-src"] == "'self' https://cdn.jsdelivr.net"
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Permissions-Policy"] == "camera=(), geolocation=(), microphone=()"


async def test_a_static_file_may_be_kept_and_asks_nobody_who_they_are(client: httpx.AsyncClient) -> None:
    page = await client.get("/login")
    address = page.text.partition('rel="stylesheet" href="')[2].partition('"')[0]

    style = await client.get(address)

    assert (style.status_code, style.headers["Content-Type"]) == (200, "text/css; charset=utf-8")
    assert style.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(("name", "whom"), [("member", "The general office"), ("secretary", "An administrator")])
async def test_a_refusal_names_one_to_ask(sign_in: SignIn, name: str, whom: str) -> None:
    answer = await (await sign_in(name)).get("/accounts/new")

    reason, _, ask = answer.text.partition('class="reason"')[2].partition("Whom to ask</dt><dd>")
    assert answer.status_code == 403
    assert "It needs one of: administrator.</p>" in reason
    assert ask.partition("<")[0] == whom


async def test_a_link_to_where_only_a_form_goes_is_a_page_that_leads_on(sign_in: SignIn) -> None:
    browser = await sign_in("member")

    answer = await browser.get("/logout")
    program = await browser.request("PATCH", "/members")

    assert (answer.status_code, answer.headers["Allow"], "Back to Today" in answer.text) == (405, "POST", True)
    assert (program.status_code, program.text) == (405, "Method Not Allowed\n")


@pytest.mark.parametrize(("language", "words", "tag"), [("en", "Nothing here", "en"), ("zh", "没有", "zh-Hans")])
@pytest.mark.parametrize("address", ["/nothing/at/all", "/members/per_x", "/members/per_" + "0" * 32, "/bodies/per_1"])
async def test_what_is_not_there_is_a_page_in_the_readers_language(
    sign_in: SignIn, language: str, words: str, tag: str, address: str
) -> None:
    answer = await (await sign_in("member", language=language)).get(address)

    assert answer.status_code == 404
    assert f'<html lang="{tag}"' in answer.text
    assert words in answer.text


async def test_a_visitor_asking_for_nothing_is_told_so(client: httpx.AsyncClient) -> None:
    assert (await client.get("/nothing")).status_code == 404


async def test_values_that_make_no_sense_are_problems_not_failures(sign_in: SignIn) -> None:
    browser = await sign_in("member")

    for query in (
        "first=x",
        "first=0",
        "first=101",
        "first=9999999999",
        "on=yesterday",
        "after=garbage",
        "sort=NEVER",
        "term=none-such",
    ):
        assert (await browser.get(f"/members?{query}")).status_code == 422, query
    assert (await browser.get("/members?sector=nonsense")).status_code == 404


@pytest.mark.parametrize("text", ["%00", "%ED%A0%80", "%FF", "'", "%25", "_", "<script>"])
async def test_any_text_can_be_searched_for(sign_in: SignIn, text: str) -> None:
    answer = await (await sign_in("member")).get(f"/members?search={text}")

    assert answer.status_code == 200
    assert "<script>'" not in answer.text


async def test_someone_merged_away_is_still_found_by_the_old_address(sign_in: SignIn, everyone: Cast) -> None:
    double = await make.person(name_en="Mei Double")
    mei = everyone.people["member"]
    await merge_people(everyone["secretary"], keep=mei.id, drop=double.id, reason="twice")

    browser = await sign_in("leader")
    sent = await browser.get(f"/members/per_{double.id}")
    page = await browser.get(sent.headers["Location"])

    assert (sent.status_code, sent.headers["Location"]) == (303, f"/members/per_{mei.id}")
    assert "The entry you asked for was a duplicate. This is the one that stays." in page.text


async def test_what_a_browser_prefers_stays(client: httpx.AsyncClient) -> None:
    chosen = {"language": "zh", "text": "large", "theme": "dark", "back": "/login"}

    answer = await client.post("/preferences", data=chosen)
    page = await client.get("/login")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")
    assert '<html lang="zh-Hans" data-text="large" data-theme="dark">' in page.text


async def test_the_language_chosen_by_someone_signed_in_is_that_of_their_next_browser(
    sign_in: SignIn,
) -> None:
    here, elsewhere = await sign_in("member"), await sign_in("member", language="zh")

    answer = await here.post("/preferences", data={"language": "en", "back": "/me"})
    page = await elsewhere.get("/me")

    assert (answer.status_code, answer.cookies["language"]) == (303, "en")
    assert '<html lang="en"' in page.text
    entries = [(entry.action, entry.facts) for entry in await AuditEntry.all()]
    assert entries == [("account.locale", {"locale": "en"})]


async def test_a_visitor_chooses_a_language_for_this_browser_alone(sign_in: SignIn) -> None:
    await (await sign_in("visitor")).post("/preferences", data={"language": "zh"})

    assert await Account.exclude(locale="").count() == 0
    assert await AuditEntry.all().count() == 0


async def test_what_nobody_can_prefer_is_not_kept(client: httpx.AsyncClient) -> None:
    answer = await client.post("/preferences", data={"language": "tlh", "text": "huge", "x": "y"})

    assert answer.cookies == {}


async def test_the_language_is_that_of_the_choice_then_of_the_browser_then_chinese(visitors: Visitors) -> None:
    async def spoken(**how: object) -> str:
        page = await (await visitors.browser(**how)).get("/login")
        return page.text.partition('<html lang="')[2].partition('"')[0]

    assert await spoken(language="fr,en;q=0.8") == "en"
    assert await spoken(language="fr") == "zh-Hans"
    assert await spoken(language="zh-TW,en") == "zh-Hans"
    assert await spoken(language="zh", cookies={"language": "en"}) == "en"


async def test_a_form_from_another_site_is_refused(sign_in: SignIn) -> None:
    browser = await sign_in("secretary")

    answer = await browser.post("/members/new", data={"nameEn": "Xu"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403


async def test_a_wrong_form_comes_back_with_what_was_typed(sign_in: SignIn) -> None:
    browser = await sign_in("secretary")

    answer = await browser.post("/members/new", data={"nameZh": "", "nameEn": "", "education": "<night> school"})

    assert answer.status_code == 422
    assert 'value="&lt;night&gt; school"' in answer.text
    assert 'aria-invalid="true"' in answer.text


async def test_a_right_form_leads_on_and_says_so_once(sign_in: SignIn) -> None:
    browser = await sign_in("secretary")

    made = await browser.post("/members/new", data={"nameEn": "Xu Xiake"})
    there = await browser.get(made.headers["Location"])
    again = await browser.get(made.headers["Location"])

    assert made.status_code == 303
    assert "The person is in the register." in there.text
    assert "The person is in the register." not in again.text


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=b"])
@pytest.mark.parametrize("address", ["/login", "/preferences", "/imports"])
async def test_a_body_without_end_is_given_up_at_the_limit(client: httpx.AsyncClient, address: str, kind: str) -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        yield b'--b\r\nContent-Disposition: form-data; name="username"; filename="x"\r\n\r\n'
        while taken < 60:
            taken += 1
            yield b"x" * 100_000

    answer = await client.post(address, content=endless(), headers={"Content-Type": kind})

    if address == "/imports":
        assert (answer.status_code, taken) == (403, 0)
    else:
        assert (answer.status_code, "at most 1 MB" in answer.text) == (413, True)
        assert taken <= 11


async def test_no_more_than_the_limit_is_read_whatever_length_is_said() -> None:
    portions = [{"type": "http.request", "body": b"x" * 5, "more_body": True} for _ in range(3)]

    async def receive() -> Message:
        return portions.pop()

    take = bounded(receive, 10, "3")
    assert [len((await take())["body"]) for _ in range(2)] == [5, 5]
    with pytest.raises(TooLarge):
        await take()

    for declared in ("11", "9" * 5000):
        with pytest.raises(TooLarge):
            await bounded(receive, 10, declared)()
    assert portions == []
