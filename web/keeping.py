"""Who keeps folders: handing over what somebody keeps, with a look at it before; deputies for days away."""

from web.pages import form, page

NEEDS = "HAND_OVER_FOLDERS"
ONE = "/keeping/{account}"
SHOW, CHECK = "keeping/show", "keeping/check"

routes = [
    page("/keeping", SHOW, NEEDS),
    page(ONE, SHOW, NEEDS),
    page(ONE + "/hand-over", CHECK, NEEDS),
    form(
        ONE + "/hand-over",
        CHECK,
        "HandFoldersOver",
        then="/me",
        done="The folders have passed. Both are told.",
    ),
    form(ONE + "/deputies", SHOW, "NameDeputy", then=ONE, done="The deputy is named. Both are told."),
    form(ONE + "/deputies/{deputy}/end", SHOW, "EndDeputy", then=ONE, done="They stand in no longer. Both are told."),
]
