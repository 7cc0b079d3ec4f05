"""Announcements as Atom: public ones for everyone, one's own at an address that is a token and can be revoked."""

from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest

from server.errors import Invalid, Refused
from server.models import accounts, announcements
from server.models.accounts import ApiClient
from server.models.accounts.tokens import feed_issue
from server.models.announcements import Named
from server.rules.announcements import AnnouncementAudience, AnnouncementKind
from server.rules.documents import Level
from server.rules.permissions import Role
from tests import make
from tests.announcements.worlds import corrected, published
from tests.cast import Cast
from tests.web.visitors import SignIn

A, ATOM = AnnouncementAudience, "{http://www.w3.org/2005/Atom}"
PUBLIC: dict[str, Any] = {"audience": A.EVERYONE, "level": Level.PUBLIC}


def entries(answer: httpx.Response) -> list[ET.Element]:
    """Those of a feed."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    return ET.fromstring(answer.text).findall(f"{ATOM}entry")


def told(answer: httpx.Response) -> list[str | None]:
    """The titles in a feed."""
    return [entry.findtext(f"{ATOM}title") for entry in entries(answer)]


async def test_the_public_feed_has_what_everyone_may_read_whoever_asks(sign_in: SignIn, everyone: Cast) -> None:
    row = await published(everyone, **PUBLIC)
    await published(everyone, title_en="For members")
    for name in ("visitor", "member", "secretary"):
        browser = await sign_in(name, language="en")
        (entry,) = entries(await browser.get("/announcements/feed"))
        assert entry.findtext(f"{ATOM}title") == "New schools"
        assert entry.findtext(f"{ATOM}id") == f"urn:uuid:{row.id}"
        assert entry.findtext(f"{ATOM}content") == "<p>Three <em>new</em> schools open.</p>\n"
        assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Education Bureau"
        assert entry.find(f"{ATOM}link").attrib["href"].endswith(f"/announcements/ann_{row.id}")  # type: ignore[union-attr]


async def test_an_unchanged_feed_is_not_sent_again(sign_in: SignIn, everyone: Cast) -> None:
    row, browser = await published(everyone, **PUBLIC), await sign_in("visitor")
    first = await browser.get("/announcements/feed")
    assert first.headers["Cache-Control"] == "public, max-age=300"
    seen = {"If-None-Match": first.headers["ETag"]}
    assert (await browser.get("/announcements/feed", headers=seen)).status_code == 304
    await corrected(everyone, row)
    (entry,) = entries(await browser.get("/announcements/feed", headers=seen))
    assert entry.findtext(f"{ATOM}published") == "2026-11-22T02:00:00+00:00"


async def test_a_correction_is_told_as_amended_under_the_same_id(sign_in: SignIn, everyone: Cast) -> None:
    row = await corrected(everyone, await published(everyone, **PUBLIC))
    (entry,) = entries(await (await sign_in("visitor", language="en")).get("/announcements/feed"))
    assert entry.findtext(f"{ATOM}title") == "Amended: New schools"
    assert entry.findtext(f"{ATOM}id") == f"urn:uuid:{row.id}"


async def test_ones_own_feed_has_what_is_for_oneself_and_its_text_stays_in_the_house(
    sign_in: SignIn, everyone: Cast
) -> None:
    member, anyone = await sign_in("member", language="en"), await sign_in("visitor", language="en")
    await published(everyone, title_en="For members")
    secret = {"audience": A.BODIES, "named": Named(bodies=[everyone.group.id]), "kind": AnnouncementKind.NOTICE}
    await published(everyone, title_en="Delicate", level=Level.WORK_SENSITIVE, **secret)
    await published(everyone, title_en="For chairs", audience=A.ROLES, named=Named(roles=[Role.CHAIR]))

    made = await member.post("/me/feeds", data={"name": "Reader"})
    (token,) = await ApiClient.all()
    address = made.text.split('id="address" readonly value="')[1].split('"')[0]
    path = address[address.index("/feeds/") :]
    feed = await anyone.get(path)

    assert sorted(str(title) for title in told(feed)) == ["An announcement for you", "For members"]
    assert [entry.find(f"{ATOM}content") for entry in entries(feed)] == [None, None]
    assert token.scopes == ["announcements:read"]
    assert path.removeprefix("/feeds/") not in token.token_hash
    page = (await member.get("/me/feeds")).text
    assert path not in page, "shown once"
    assert f"/tokens/tok_{token.id}/revoke" in page
    await member.post(f"/tokens/tok_{token.id}/revoke")
    assert (await anyone.get(path)).status_code == 404
    assert (await anyone.get("/feeds/lz_nobody")).status_code == 404


async def test_the_token_of_a_feed_reads_announcements_and_nothing_else(everyone: Cast) -> None:
    viewer = make.viewer(Role.SECRETARY, account=everyone.accounts["secretary"].id)
    issued = await feed_issue(viewer, name="Reader")
    (row,) = await ApiClient.all()
    assert (row.id, row.scopes) == (issued.id, ["announcements:read"])
    token = make.viewer(Role.SECRETARY, account=row.owner_id, client=row.id, scopes=frozenset(row.scopes))
    assert await announcements.Announcement.filter(announcements.visible_announcements(token)).count() == 0
    with pytest.raises(Refused):
        await feed_issue(token, name="another")
    with pytest.raises(Invalid):
        await feed_issue(viewer, name=" ")
    assert await accounts.ApiClient.all().count() == 1
