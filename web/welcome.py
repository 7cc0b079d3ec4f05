"""First screens after coming in, which can be left and taken up again."""

from web.pages import form, page

routes = [
    page("/welcome", "welcome/show", own=True),
    form("/welcome", "welcome/show", "Welcomed", then="/", done="You find this again under: What may I do here."),
]
