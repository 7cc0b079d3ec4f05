"""Wishes to read a document: asked, answered, reviewed, counted."""

from web.pages import form, page

ONE = "/access-requests/{id}"
SHOW = "access/show"

routes = [
    page("/documents/{document}/ask", "access/new", needs="ASK_ABOUT_DOCUMENTS"),
    form(
        "/documents/{document}/ask",
        "access/new",
        "AskAccess",
        then="/access-requests/{request[id]}",
        done="Your request is with those who keep the document.",
    ),
    page("/me/access-requests", "access/own", own=True),
    page("/access-requests", "access/list"),
    page("/access-requests/figures", "access/figures"),
    page(ONE, SHOW),
    form(ONE + "/complete", SHOW, "CompleteAccess", then=ONE, done="What you added is with those who answer."),
    form(ONE + "/withdraw", SHOW, "WithdrawAccess", then=ONE, done="The request is withdrawn."),
    form(ONE + "/ask-review", SHOW, "AskReview", then=ONE, done="Another person looks at it now."),
    form(ONE + "/give", SHOW, "GiveAccess", then=ONE, done="It is granted, and whoever asked is told."),
    form(ONE + "/refuse", SHOW, "RefuseAccess", then=ONE, done="Whoever asked can read your answer."),
    form(ONE + "/ask-more", SHOW, "AskMore", then=ONE, done="Whoever asked can read your question."),
    form(ONE + "/overturn", SHOW, "OverturnAccess", then=ONE, done="It is granted, and whoever asked is told."),
    form(ONE + "/uphold", SHOW, "UpholdAccess", then=ONE, done="Whoever asked can read your answer."),
]
