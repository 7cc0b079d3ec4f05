"""The agenda as iCalendar: the feed that calendar programs fetch, and a single invitation. Found anew each time.

A feed asks as its owner, by the same fields as the page. What it sent before is confirmed (304) only where what would
be sent now is the same to the letter: whoever may know of something no more is never told that nothing has changed.
"""

import datetime as dt
from hashlib import sha256
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from server.schema.refusals import Refused
from server.words import say
from web.agenda.events import Told, calendar, of_activity, of_booking
from web.pages import answered
from web.paper.whole import whole
from web.rendering import NotFound

FEED, INVITATION = "agenda/feed", "agenda/invitation"
KEPT = dt.timedelta(days=90)
"""For how long what is over stays in a feed."""
MEDIA = "text/calendar; charset=utf-8"


async def feed(request: Request) -> Response:
    """`/feeds/calendar/SECRET.ics`. 404 for a secret that is unknown or ended, and where its account is closed."""
    coming = request.state.asking.coming
    since = coming.now.astimezone(coming.zone).date() - KEPT
    try:
        data = await whole(request, FEED, {"since": since.isoformat()})
    except Refused:  # a visitor: no such feed answers
        raise NotFound from None
    told = _told(request)
    events = [event for edge in data["activities"]["edges"] for event in of_activity(edge["node"], told)]
    events += [event for edge in data["ownBookings"]["edges"] if (event := of_booking(edge["node"], told))]
    return _given(request, calendar(events, told))


async def invitation(request: Request) -> Response:
    """`/activities/ID/invitation.ics`: one activity, for whoever may know of it, to be put into a calendar once."""
    activity = (await answered(request, INVITATION))["activity"]
    told = _told(request)
    response = _given(request, calendar(of_activity(activity, told, published=True), told, published=True))
    response.headers["Content-Disposition"] = f'attachment; filename="luzhi-{activity["id"]}.ics"'
    return response


def _told(request: Request) -> Told:
    house: dict[str, Any] = getattr(request.state, "assembly", None) or {}
    viewer = request.state.asking.viewer
    name = house.get("nameZh" if viewer.locale == "zh" else "nameEn") or house.get("nameZh") or house.get("nameEn")
    return Told(
        locale=viewer.locale,
        zone=viewer.zone,
        base=request.state.asking.base(),
        house=name or say("Luzhi").into(viewer.locale),
        email=house.get("email") or "",
    )


def _given(request: Request, content: bytes) -> Response:
    """304 where the program has these very bytes."""
    tag = f'"{sha256(content).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    known = {one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")}
    if tag in known:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=MEDIA, headers=headers)
