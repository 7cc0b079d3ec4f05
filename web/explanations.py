"""Questions about documents: asked of their departments, answered, shown to all readers."""

from web.pages import form, page

ONE = "/explanations/{id}"
SHOW = "explanations/show"
NEW = "/documents/{document}/question"

routes = [
    page(NEW, "explanations/new", needs="ASK_ABOUT_DOCUMENTS"),
    form(
        NEW,
        "explanations/new",
        "AskExplanation",
        then="/explanations/{explanation[id]}",
        done="Your question is with the department.",
    ),
    page("/me/explanations", "explanations/own", own=True),
    page("/explanations", "explanations/list"),
    page(ONE, SHOW),
    form(ONE + "/answer", SHOW, "AnswerExplanation", then=ONE, done="Whoever asked can read your answer."),
    form(ONE + "/withdraw", SHOW, "WithdrawExplanation", then="/me/explanations", done="The question is withdrawn."),
    form(ONE + "/publish", SHOW, "PublishExplanation", then=ONE, done="All readers of the document see it now."),
    form(ONE + "/unpublish", SHOW, "UnpublishExplanation", then=ONE, done="Other readers see it no more."),
]
