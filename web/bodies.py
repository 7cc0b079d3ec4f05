"""Bodies: every body of the assembly, one with who sits in it, and what those who manage it change there."""

from starlette.routing import BaseRoute

from web.pages import form, page

OFFICE = "MANAGE_BODIES"

routes: list[BaseRoute] = [
    page("/bodies", "bodies/list"),
    page("/bodies/new", "bodies/new", OFFICE),
    form("/bodies/new", "bodies/new", "CreateBody", then="/bodies/{body[id]}", done="The body is added."),
    page("/bodies/several", "bodies/several", OFFICE),
    form("/bodies/several", "bodies/several", "CreateBodies", then="/bodies", done="The bodies are added."),
    page("/bodies/{id}", "bodies/show"),
    page("/bodies/{id}/part", "bodies/part", OFFICE),
    form("/bodies/{id}/part", "bodies/part", "CreatePart", then="/bodies/{body[id]}", done="The body is added."),
    page("/bodies/{id}/change", "bodies/change", OFFICE),
    form("/bodies/{id}/change", "bodies/change", "ChangeBody", then="/bodies/{id}", done="The change is saved."),
    page("/bodies/{id}/end", "bodies/end", OFFICE),
    form("/bodies/{id}/end", "bodies/end", "EndBody", then="/bodies/{id}", done="The end is recorded."),
    page("/bodies/{id}/tie", "bodies/tie", OFFICE),
    form("/bodies/{id}/tie", "bodies/tie", "TieBodies", then="/bodies/{id}", done="The two bodies are tied."),
    page("/ties/{id}/end", "bodies/untie", OFFICE),
    form("/ties/{id}/end", "bodies/untie", "EndTie", then="/bodies/{body[id]}", done="The end is recorded."),
    page("/bodies/{id}/add", "bodies/add", OFFICE),
    form("/bodies/{id}/add", "bodies/add", "AddPlace", then="/bodies/{id}", done="The person sits in this body."),
    page("/places/{id}/end", "bodies/place_end", OFFICE),
    form("/places/{id}/end", "bodies/place_end", "EndPlace", then="/bodies/{body[id]}", done="The end is recorded."),
    page("/places/{id}/role", "bodies/role", OFFICE),
    form("/places/{id}/role", "bodies/role", "ChangeRole", then="/bodies/{body[id]}", done="The role is recorded."),
    page("/places/{id}/correct", "bodies/correct", OFFICE),
    form(
        "/places/{id}/correct",
        "bodies/correct",
        "CorrectPlace",
        then="/bodies/{body[id]}",
        done="The entry is corrected.",
    ),
    page("/places/{id}/void", "bodies/void", OFFICE),
    form("/places/{id}/void", "bodies/void", "VoidPlace", then="/bodies/{body[id]}", done="The entry is void."),
]
