"""Documents: what one may read and know of, one with what may be done and why, the folders, the agreement."""

from starlette.routing import BaseRoute

from web.pages import form, page

KEEPS = "MANAGE_DOCUMENTS"
ONE = "/documents/{id}"

routes: list[BaseRoute] = [
    page("/documents", "documents/list"),
    page("/documents/new", "documents/new", KEEPS),
    form("/documents/new", "documents/new", "AddDocument", then="/documents/{document[id]}", done="It is a draft now."),
    page(ONE, "documents/show"),
    page(ONE + "/change", "documents/change", KEEPS),
    form(ONE + "/change", "documents/change", "ChangeDocument", then=ONE, done="The change is saved."),
    page(ONE + "/audience", "documents/audience", KEEPS),
    form(ONE + "/audience", "documents/audience", "SetAudience", then=ONE, done="It is said who may know of it."),
    page(ONE + "/move", "documents/move", KEEPS),
    form(ONE + "/move", "documents/move", "MoveDocument", then=ONE, done="It is recorded what became of it."),
    page(ONE + "/agreement", "documents/agreement", own=True),
    form(ONE + "/agreement", "documents/agreement", "AcceptAgreement", then=ONE, done="You accepted the agreement."),
    page("/agreement", "documents/wordings", own=True),
    form("/agreement", "documents/wordings", "PublishAgreement", done="The new wording is asked for from now on."),
    page("/folders", "folders/list"),
    page("/folders/new", "folders/new", KEEPS),
    form("/folders/new", "folders/new", "AddFolder", then="/folders/{folder[id]}", done="The folder is there."),
    page("/folders/{id}", "folders/show"),
    page("/folders/{id}/rename", "folders/rename", KEEPS),
    form("/folders/{id}/rename", "folders/rename", "RenameFolder", then="/folders/{id}", done="The change is saved."),
]
