"""The change to the next term, in steps that can be left and taken up again: name, people, bodies, check, decision."""

from web.pages import form, page

OFFICE = "RENEW"
THE = "/renewal/{id}"

routes = [
    page("/renewal", "renewal/list", OFFICE),
    page("/renewal/new", "renewal/new", OFFICE),
    form(
        "/renewal/new", "renewal/new", "BeginRenewal", then="/renewal/{term[id]}", done="The next term is a draft now."
    ),
    page(THE, "renewal/show", OFFICE),
    form(THE, "renewal/show", "UndoRenewal", done="The change is taken back. The plan is a draft again."),
    page(THE + "/people/{part}", "renewal/people", OFFICE),
    form(THE + "/people/{part}/carry", "renewal/people", "CarrySeats", then=THE + "/people/{part}", done="They stay."),
    form(
        THE + "/people/{part}/take-back",
        "renewal/people",
        "TakeBackSeats",
        then=THE + "/people/{part}",
        done="Their seats in the next term are taken back.",
    ),
    page(THE + "/bodies", "renewal/bodies", OFFICE),
    form(THE + "/bodies", "renewal/bodies", "DecideBodies", done="What becomes of these bodies is recorded."),
    page(THE + "/check", "renewal/check", OFFICE),
    form(THE + "/check", "renewal/check", "ApplyRenewal", then=THE, done="The change to the next term is decided."),
]
