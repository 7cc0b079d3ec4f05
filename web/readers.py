"""Who has read a document and who has not, who is reminded, and which confirmations are overdue."""

from server.schema import Action
from web.pages import form, page

READERS = "/documents/{id}/readers"

routes = [
    page("/readers", "readers/list"),
    page(READERS, "readers/show"),
    page(READERS + "/remind", "readers/remind", Action.REMIND_READERS.name),
    form(READERS + "/remind", "readers/remind", "RemindReaders", then=READERS, done="They are reminded."),
    page("/readers/{id}", "readers/person", own=True),
]
