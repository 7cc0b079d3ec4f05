"""Bodies: every body of the assembly, and one with who sits in it today and sat in it before."""

from web.pages import page

routes = [
    page("/bodies", "bodies/list"),
    page("/bodies/{id}", "bodies/show"),
]
