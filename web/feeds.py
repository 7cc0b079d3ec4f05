"""Announcements as Atom feeds: the public ones for everyone, and one's own at an address that is a token."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.schema.arriving import FEEDS
from server.words import say, translate
from web.labels import LABELS
from web.markdown import html_of
from web.pages import answered, form, page
from web.rendering import NotFound, surroundings

OPEN = "/announcements/feed"
MINE = "/me/feeds"
FEED = "announcements/feed"
ATOM = "application/atom+xml; charset=utf-8"
FRESH_S = 300
"""How long others may keep the public feed."""
TONGUE = {"zh": "zh-Hans", "en": "en"}


async def public(request: Request) -> Response:
    """What everyone may read, whoever asks."""
    data = await answered(request, FEED, {"openly": "true"})
    response = _atom(request, data, OPEN)
    response.headers.update({"Cache-Control": f"public, max-age={FRESH_S}", "Vary": "Cookie, Accept-Language"})
    return response


async def own(request: Request) -> Response:
    """What is for the one whose token stands in the address; 404 where it does not hold any more."""
    asking = request.state.asking
    await asking.settle()
    if not asking.viewer.client:
        raise NotFound
    return _atom(request, await answered(request, FEED, {}), "/announcements")


def _atom(request: Request, data: Mapping[str, Any], path: str) -> Response:
    from feedgenerator import Atom1Feed  # few ask for a feed

    around = surroundings(request)
    base, locale, house = around["base"].rstrip("/"), around["locale"], around["house"]
    called = house["name"] if house else "Luzhi"
    feed = Atom1Feed(
        title=say("Announcements: {name}", name=called).into(locale),
        link=f"{base}/announcements",
        description="",
        language=TONGUE[locale],
        author_name=called,
        feed_guid=f"{base}{path}",
    )
    for edge in data["announcements"]["edges"]:
        feed.add_item(**_entry(edge["node"], base, locale, called))
    text = feed.writeString("utf-8").encode()
    tag = f'"{hashlib.sha256(text).hexdigest()[:32]}"'
    if data["announcements"]["edges"] and request.headers.get("If-None-Match") == tag:
        return Response(status_code=304, headers={"ETag": tag})
    return Response(text, media_type=ATOM, headers={"ETag": tag})


def _entry(one: Mapping[str, Any], base: str, locale: Any, called: str) -> dict[str, Any]:
    """What stands in a feed of one announcement: no more than its level allows."""
    amended = one["version"] > 1
    title = say("Amended: {title}", title=one["titleOutside"]).into(locale) if amended else one["titleOutside"]
    told = [_moment(version["publishedAt"]) for version in one["versions"]]
    return {
        "title": title,
        "link": f"{base}/announcements/{one['id']}",
        "description": None,
        "content": str(html_of(one["bodyOutside"])) or None,
        "author_name": one["originName"] or called,
        "pubdate": _moment(one["publishAt"]),
        "updateddate": max(told),
        "unique_id": f"urn:uuid:{one['id'].removeprefix('ann_')}",
        "categories": [translate((LABELS.get(f"announcement.{one['kind']}") or LABELS[one["kind"]]).msgid, locale)],
    }


def _moment(value: dt.datetime | str) -> dt.datetime:
    return dt.datetime.fromisoformat(value) if isinstance(value, str) else value


routes = [
    Route(OPEN, public, methods=["GET"], name=FEED),
    Route(FEEDS + "{secret}", own, methods=["GET"], name="announcements/own_feed"),
    page(MINE, "announcements/feeds", own=True),
    form(MINE, "announcements/feeds", "IssueFeed", shows=True),
]
