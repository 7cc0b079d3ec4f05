"""The agenda: a month, a week or a list of what one is invited to; calendar addresses; single invitations as files."""

from starlette.routing import BaseRoute, Route

from web.agenda.files import feed, invitation
from web.agenda.views import coming, month, view, week
from web.pages import form, page

FEEDS = "agenda/feeds"

routes: list[BaseRoute] = [
    view("/agenda", "agenda/list", coming),
    view("/agenda/month", "agenda/month", month),
    view("/agenda/week", "agenda/week", week),
    page("/me/calendar", FEEDS, own=True),
    form("/me/calendar", FEEDS, "AddFeed", shows=True),
    form("/me/calendar/{id}/end", FEEDS, "EndFeed", then="/me/calendar", done="This address answers no more."),
    Route("/feeds/calendar/{token}.ics", feed, methods=["GET"], name="agenda/feed"),
    Route("/activities/{id}/invitation.ics", invitation, methods=["GET"], name="agenda/invitation"),
]
