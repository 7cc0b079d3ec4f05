"""Learning groups and coverage: who leads, who is in which group, who is in none, and what closes the gaps."""

from server.words import say
from web.casting import CASTS
from web.pages import form, page


def placing(text: str) -> dict[str, str | None]:
    """One line of a plan, as its select says it: person, blank, group; no group leaves the person out.

    Raises ValueError for anything else.
    """
    person, *groups = text.split()
    if len(groups) > 1:
        raise ValueError(text)
    return {"person": person, "group": groups[0] if groups else None}


CASTS["Placing"] = (placing, say("Choose a group from the list."))

GROUP = "/learning-groups/{id}"
MEMBER = GROUP + "/members/{person}"
THERE = "/learning-groups/{learningGroup[id]}"

routes = [
    page("/learning-groups", "learning/list"),
    page("/learning-groups/new", "learning/new"),
    form(
        "/learning-groups/new",
        "learning/new",
        "CreateLearningGroup",
        then=THERE + "/leaders",
        done="The group exists. Now say who leads it.",
    ),
    page(GROUP, "learning/show"),
    page(GROUP + "/rename", "learning/rename"),
    form(GROUP + "/rename", "learning/rename", "RenameLearningGroup", then=THERE, done="The group has its new name."),
    page(GROUP + "/stem", "learning/stem"),
    form(GROUP + "/stem", "learning/stem", "SetStem", then=THERE, done="What the group derives from is recorded."),
    page(GROUP + "/leaders", "learning/leaders"),
    form(GROUP + "/leaders", "learning/leaders", "SetLeaders", then=THERE, done="The leaders are recorded."),
    page(GROUP + "/add", "learning/add"),
    form(GROUP + "/add", "learning/add", "AddMembers", then=THERE, done="The members are in the group."),
    page(GROUP + "/end", "learning/end"),
    form(GROUP + "/end", "learning/end", "EndLearningGroup", then=THERE, done="The end of the group is recorded."),
    page(MEMBER + "/move", "learning/move"),
    form(MEMBER + "/move", "learning/move", "MoveMember", then=THERE, done="The move is recorded in both groups."),
    page(MEMBER + "/remove", "learning/remove"),
    form(MEMBER + "/remove", "learning/remove", "RemoveMember", then=THERE, done="The person left this group."),
    page("/coverage", "learning/coverage"),
    page("/coverage/assign", "learning/assign"),
    page("/coverage/assign/check", "learning/check"),
    form(
        "/coverage/assign/check",
        "learning/check",
        "AssignUncovered",
        then="/coverage/assigned/{assignment}",
        done="The places are recorded.",
    ),
    page("/coverage/assigned/{id}", "learning/assigned"),
    form("/coverage/assigned/{id}", "learning/assigned", "UndoAssignment", done="The placing is undone."),
]
