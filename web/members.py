"""Members: the list that is searched as one types, a person's page, and what the office changes there."""

from web.pages import form, page

routes = [
    page("/members", "members/list"),
    page("/members/new", "members/new"),
    form(
        "/members/new",
        "members/new",
        "CreatePerson",
        then="/members/{person[id]}",
        done="The person is in the register.",
    ),
    page("/members/{id}", "members/show"),
    page("/members/{id}/change", "members/change"),
    form("/members/{id}/change", "members/change", "ChangePerson", then="/members/{id}", done="The change is saved."),
]
