"""Hearings: by which rules, every date that follows, who hears, the notice, and what becomes of it."""

from starlette.routing import BaseRoute

from web.pages import form, page

ONE, SHOW, PREPARES = "/hearings/{id}", "hearings/show", "MANAGE_HEARINGS"
PANEL = "hearings/panel"

routes: list[BaseRoute] = [
    page("/hearings", "hearings/list"),
    page("/hearings/days", "hearings/days", PREPARES),
    page("/hearings/new", "hearings/new", PREPARES),
    form(
        "/hearings/new",
        "hearings/new",
        "AddHearing",
        then="/hearings/{hearing[id]}",
        done="The hearing is prepared. Now say who hears, and how many are heard.",
    ),
    page(ONE, SHOW),
    page(ONE + "/change", "hearings/change", PREPARES),
    form(ONE + "/change", "hearings/change", "ChangeHearing", then=ONE, done="The hearing is changed."),
    page(ONE + "/panel", PANEL, PREPARES),
    form(ONE + "/panel", PANEL, "NameOfficers", then=ONE + "/panel", done="They have this duty."),
    form(ONE + "/panel/remove", PANEL, "RemoveOfficers", then=ONE + "/panel", done="They have no duty any more."),
    page(ONE + "/places", "hearings/places", PREPARES),
    form(ONE + "/places", "hearings/places", "SetPlaces", then=ONE, done="It is said how many are heard."),
    form(ONE + "/approve", SHOW, "ApproveHearing", then=ONE, done="The hearing may be held. No notice was given yet."),
    form(
        ONE + "/announce", SHOW, "AnnounceHearing", then=ONE, done="Notice is given, and who is on the list was told."
    ),
    form(ONE + "/open", SHOW, "OpenApplications", then=ONE, done="One can enrol or apply now."),
    form(
        ONE + "/postpone", SHOW, "PostponeHearing", then=ONE, done="The hearing is postponed, and who was told knows."
    ),
    form(ONE + "/cancel", SHOW, "CancelHearing", then=ONE, done="The hearing is cancelled, and who was told knows."),
]
