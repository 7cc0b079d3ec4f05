"""What the assembly is called and whom to ask: written by an administrator, read by everyone, on every page."""

import httpx
import pytest

from server.errors import Invalid, Refused
from server.models.assembly import Assembly, change_assembly
from server.models.audit import AuditEntry
from server.rules.permissions import Role
from tests import make
from web import assembly as page

ADMIN = make.viewer(Role.ADMINISTRATOR)
FACTS = {"name_zh": "云渚市政协", "name_en": "Yunzhu Assembly", "telephone": "0571 8000"}
FORM = {
    "nameZh": "云渚市政协",
    "nameEn": "Yunzhu Assembly",
    "shortZh": "",
    "shortEn": "Yunzhu",
    "telephone": "0571 8000",
    "email": "office@example.org",
    "roomZh": "一号楼",
    "roomEn": "House 1",
    "hoursZh": "",
    "hoursEn": "9 to 5",
}
ASKED = "{ assembly { id name short telephone email room hours } }"


async def test_it_is_written_once_and_changed_after_with_what_was_before_in_the_trail(db):
    await change_assembly(ADMIN, **FACTS)
    row = await change_assembly(ADMIN, telephone=" 0571 9000 ", email="office@example.org")
    await change_assembly(ADMIN, telephone="0571 9000")

    assert (row.name_zh, row.telephone, await Assembly.all().count()) == ("云渚市政协", "0571 9000", 1)
    first, second = await AuditEntry.all().order_by("serial")
    assert first.facts == {name: ["", fact] for name, fact in FACTS.items()}
    assert (second.action, second.facts) == (
        "assembly.change",
        {"telephone": ["0571 8000", "0571 9000"], "email": ["", "office@example.org"]},
    )


@pytest.mark.parametrize(
    ("facts", "problems"),
    [
        ({}, [("NAME_MISSING", "name_zh"), ("CONTACT_MISSING", "telephone")]),
        ({"name_en": "Assembly"}, [("CONTACT_MISSING", "telephone")]),
        ({**FACTS, "email": "office"}, [("NOT_AN_ADDRESS", "email")]),
        ({**FACTS, "short_zh": "字" * 21}, [("TOO_LONG", "short_zh")]),
    ],
)
async def test_without_a_name_or_a_way_to_ask_it_is_refused(db, facts, problems):
    with pytest.raises(Invalid) as refused:
        await change_assembly(ADMIN, **facts)

    assert [(p.code, p.field) for p in refused.value.problems] == problems
    assert await Assembly.all().count() == 0


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
async def test_only_an_administrator_writes_it(db, role):
    with pytest.raises(Refused):
        await change_assembly(make.viewer(role), **FACTS)


async def test_everyone_may_ask_in_their_language_visitors_too(ask, everyone):
    assert (await ask("visitor", ASKED))["data"] == {"assembly": None}
    await change_assembly(ADMIN, **FACTS, room_zh="一号楼")

    found = (await ask("visitor", ASKED))["data"]["assembly"]

    assert found == {
        "id": found["id"],
        "name": "Yunzhu Assembly",
        "short": "",
        "telephone": "0571 8000",
        "email": "",
        "room": "一号楼",
        "hours": "",
    }


async def test_before_it_is_written_pages_say_the_general_office(sign_in, everyone):
    page = (await (await sign_in("visitor")).get("/login")).text

    assert "<title>Sign in – Luzhi</title>" in page
    assert "<dt>Whom to ask</dt><dd>The general office</dd>" in page


async def test_what_an_administrator_writes_stands_on_every_page_at_once(sign_in, everyone):
    admin, member, visitor = await sign_in("admin"), await sign_in("member"), await sign_in("visitor")
    assert "Yunzhu" not in (await member.get("/")).text

    done = await admin.post("/assembly", data=FORM)

    assert (done.status_code, done.headers["Location"]) == (303, "/")
    home, login = (await member.get("/")).text, (await visitor.get("/login")).text
    assert "<title>Today – Yunzhu</title>" in home
    assert '<span class="whole">Yunzhu Assembly</span><span class="brief">Yunzhu</span>' in home
    pages = {
        "/login": login,
        "/invitation": (await visitor.get("/invitation")).text,
        "/accounts/new": (await member.get("/accounts/new")).text,
        "/nothing": (await member.get("/nothing")).text,
        "/members?first=x": (await member.get("/members?first=x")).text,
        "/logout": (await member.get("/logout")).text,
    }
    for address, text in pages.items():
        for fact in ("0571 8000", 'href="mailto:office@example.org"', "House 1", "9 to 5"):
            assert fact in text, (address, fact)


async def test_another_process_learns_of_it_within_seconds(sign_in, everyone, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(page.time, "monotonic", lambda: now[0])
    member = await sign_in("member")
    await member.get("/")
    await change_assembly(ADMIN, **FACTS)

    soon = (await member.get("/")).text
    now[0] += page.FRESH_S
    later = (await member.get("/")).text

    assert ("Yunzhu Assembly" in soon, "Yunzhu Assembly" in later) == (False, True)


async def test_where_the_database_is_gone_the_page_still_says_whom_to_ask_in_both_languages(
    visitors, everyone, monkeypatch
):
    await change_assembly(ADMIN, **FACTS, room_en="House 1")
    transport = httpx.ASGITransport(visitors.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://luzhi.test") as browser:
        await browser.get("/login")

        async def gone(*_):
            raise OSError("the database is gone")

        monkeypatch.setattr(page.schema, "ask_for_pages", gone)
        monkeypatch.setattr(page.time, "monotonic", lambda: float("inf"))
        answer = await browser.get("/members")

    assert answer.status_code == 500
    for words in ("云渚市政协", "Yunzhu Assembly", "0571 8000", "House 1"):
        assert words in answer.text


async def test_mistakes_are_told_beside_their_fields_and_others_have_no_page(sign_in, everyone):
    admin, secretary = await sign_in("admin"), await sign_in("secretary")

    wrong = await admin.post("/assembly", data={**FORM, "email": "office"})

    assert (wrong.status_code, 'value="Yunzhu Assembly"' in wrong.text) == (422, True)
    assert "An e-mail address looks like name@example.org." in wrong.text
    assert (await secretary.get("/assembly")).status_code == 403
    assert (await secretary.post("/assembly", data=FORM)).status_code == 403
