"""Members: the list that is searched as one types, a person's page, what the office changes there; and terms."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from server.words import say
from web.pages import answered, form, page, succeed
from web.paper.leaves import full, of_today
from web.rendering import DONE, render_template

OFFICE, MERGER = "MANAGE_MEMBERS", "MERGE_PEOPLE"
DONE["MovedPerson"] = say("The entry you asked for was a duplicate. This is the one that stays.").msgid


async def person(request: Request) -> Response:
    """A person. The address of an entry that was merged away leads to the one that stays."""
    data = await answered(request, "members/show")
    stays = data["person"]["mergedInto"]
    if stays:
        return succeed(request, f"/members/{stays['id']}", "MovedPerson")
    return render_template(request, "members/show.html", data)


routes: list[BaseRoute] = [
    page("/members", "members/list"),
    page("/members/new", "members/new", OFFICE),
    form(
        "/members/new",
        "members/new",
        "CreatePerson",
        then="/members/{person[id]}",
        done="The person is in the register.",
    ),
    page("/members/recent", "members/recent"),
    full("/members/roster", "members/roster", of_today("members/roster")),
    full("/members/labels", "members/labels", of_today("members/labels")),
    Route("/members/{id}", person, methods=["GET"], name="members/show"),
    page("/members/{id}/change", "members/change", OFFICE),
    form("/members/{id}/change", "members/change", "ChangePerson", then="/members/{id}", done="The change is saved."),
    page("/members/{id}/sorting", "members/sorting", OFFICE),
    form("/members/{id}/sorting", "members/sorting", "SortPerson", then="/members/{id}", done="The order is saved."),
    page("/members/{id}/topics", "members/topics", OFFICE),
    form("/members/{id}/topics", "members/topics", "SaveTopics", then="/members/{id}", done="The topics are saved."),
    page("/members/{id}/identifier", "members/identifier", OFFICE),
    form(
        "/members/{id}/identifier",
        "members/identifier",
        "AddIdentifier",
        then="/members/{id}",
        done="The identifier is added.",
    ),
    page("/members/{id}/readings", "members/readings"),
    page("/members/{id}/merge", "members/merge", MERGER),
    page("/members/{id}/merge/{drop}", "members/compare", MERGER),
    form(
        "/members/{id}/merge/{drop}",
        "members/compare",
        "MergePeople",
        then="/members/{id}",
        done="The two entries are one.",
    ),
    page("/members/{id}/seat", "members/seat", OFFICE),
    form("/members/{id}/seat", "members/seat", "SeatPerson", then="/members/{id}", done="The seat is given."),
    page("/seats/{id}/status", "members/status", OFFICE),
    form(
        "/seats/{id}/status",
        "members/status",
        "ChangeStatus",
        then="/members/{membership[person][id]}",
        done="The status is recorded.",
    ),
    page("/seats/{id}/post", "members/post", OFFICE),
    form(
        "/seats/{id}/post",
        "members/post",
        "ChangePost",
        then="/members/{membership[person][id]}",
        done="The post is recorded.",
    ),
    page("/statuses/{id}/correct", "members/correct_status", OFFICE),
    form(
        "/statuses/{id}/correct",
        "members/correct_status",
        "CorrectStatus",
        then="/members/{membership[person][id]}",
        done="The entry is corrected.",
    ),
    page("/posts/{id}/correct", "members/correct_post", OFFICE),
    form(
        "/posts/{id}/correct",
        "members/correct_post",
        "CorrectPost",
        then="/members/{membership[person][id]}",
        done="The entry is corrected.",
    ),
    page("/terms", "members/terms"),
    page("/terms/new", "members/term_new", OFFICE),
    form("/terms/new", "members/term_new", "CreateTerm", then="/terms", done="The term is added."),
    page("/terms/{id}/change", "members/term", OFFICE),
    form("/terms/{id}/years", "members/years", "AddTermYear", done="The year is added."),
    page("/terms/{id}/years", "members/years", "MANAGE_TERM_YEARS"),
    form("/terms/{id}/change", "members/term", "ChangeTerm", then="/terms", done="The term is changed."),
]
