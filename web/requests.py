"""Requests to the office: what members ask to be changed or tell of pages that failed, and what became of it."""

from web.pages import form, page

ONE = "/requests/{id}"

routes = [
    page("/requests", "requests/list"),
    page(ONE, "requests/show"),
    form(ONE + "/accept", "requests/show", "AcceptRequest", then=ONE, done="It is done, and the person can read it."),
    form(ONE + "/decline", "requests/show", "DeclineRequest", then=ONE, done="The person can read your answer."),
    form(ONE + "/withdraw", "requests/show", "WithdrawRequest", then=ONE, done="The request is withdrawn."),
    page("/me/requests", "requests/own", own=True),
    form("/me/requests", "requests/own", "SendRequest", done="Your request is with the general office."),
    form(
        "/me/requests/report",
        "requests/report",
        "ReportError",
        then="/me/requests",
        done="Thank you. It is with the general office.",
    ),
]
