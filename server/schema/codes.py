"""Every code that an entry of `errors` can have in `extensions.code`: the closed list, which docs/api.md shows.

What a mutation answers with are `Problems`, whose codes are more: one for each thing that a person can mend.
"""

from typing import NamedTuple


class Code(NamedTuple):
    """status: of an answer without data, for who accepts application/graphql-response+json. means: for integrators."""

    status: int
    means: str


UNREAD, REQUEST, CREDENTIAL = (
    "the text of the query; nothing was run",
    "the request itself",
    "the token; nothing was run",
)
TOO_MUCH = "more than is allowed; nothing was run, [cost.md](cost.md) says what counts"
MAY_NOT = "you may not; `reason` in `viewer { permissions }` says who may"
ARGUMENT = "an argument; what you may not see is `NOT_THERE`, like what does not exist"

CODES = {
    "GRAPHQL_PARSE_FAILED": Code(400, UNREAD),
    "GRAPHQL_VALIDATION_FAILED": Code(400, f"{UNREAD}. What might be meant is told to those who are signed in"),
    "OPERATION_RESOLUTION_FAILURE": Code(400, "`operationName`: of several operations it names none, or none is there"),
    "BAD_USER_INPUT": Code(400, "the variables; nothing was run"),
    "BAD_REQUEST": Code(
        400, f"{REQUEST}: not JSON, a mutation by GET (405), more than 100 kB (413), no JSON type (415)"
    ),
    "PERSISTED_QUERY_NOT_FOUND": Code(
        400, "no operation of that hash is stored, or here no others are run: [stored operations](#stored-operations)"
    ),
    "COST_LIMIT": Code(400, f"{TOO_MUCH}. `extensions.cost` of the answer tells cost and limit"),
    "SHAPE_LIMIT": Code(400, TOO_MUCH),
    "DEADLINE": Code(504, "it took longer than it may; what was being done in the database was stopped and undone"),
    "UNAUTHENTICATED": Code(401, CREDENTIAL),
    "TOKEN_UNKNOWN": Code(401, CREDENTIAL),
    "TOKEN_REVOKED": Code(401, CREDENTIAL),
    "TOKEN_EXPIRED": Code(401, CREDENTIAL),
    "TOKEN_ADDRESS": Code(401, CREDENTIAL),
    "TOKEN_OWNER": Code(401, "the account behind the token is disabled"),
    "CROSS_SITE": Code(403, "a browser's session, from a page that is not ours"),
    "SIGNED_OUT": Code(403, MAY_NOT),
    "ROLE": Code(403, MAY_NOT),
    "REACH": Code(403, MAY_NOT),
    "SCOPE": Code(403, MAY_NOT),
    "REFUSED": Code(403, "you may not, for a reason that the message tells"),
    "NOT_THERE": Code(400, ARGUMENT),
    "PAGE_SIZE": Code(400, "`first` or `last`: 1 to 100, and not both"),
    "CURSOR": Code(400, "`after` or `before`: start again from the beginning of the list"),
    "NOTHING_NAMED": Code(400, "`ids` or `collections` of a subscription: name at least one"),
    "TOO_MANY_THINGS": Code(400, "`ids` of a subscription: open another one for the rest"),
    "TOO_MANY": Code(429, "operations of one socket: end one before another"),
    "NO_SUCH_TERM": Code(400, ARGUMENT),
    "NO_SUCH_TIME": Code(400, "a time outside the calendar"),
    "MANY_DAYS": Code(400, "a number of days that is too large"),
    "INVALID": Code(400, "something given, as the message tells"),
    "CONFLICT": Code(409, "someone was faster, or the same exists already"),
    "LIMITED": Code(429, "too much in too short a time; wait as long as `Retry-After` says"),
    "INTERNAL": Code(500, "a fault of ours; tell the office the number in `requestId`"),
}


def listed(code: str, otherwise: str) -> str:
    """The code where it is in the list, else the other, which must be: what is not promised is not told."""
    return code if code in CODES else otherwise


def reference() -> str:
    """The table of all codes in Markdown, as it stands in docs/api.md: those that mean the same in one row."""
    rows: dict[Code, list[str]] = {}
    for name, code in CODES.items():
        rows.setdefault(code, []).append(f"`{name}`")
    lines = [f"| {', '.join(names)} | {code.status} | {code.means} |" for code, names in rows.items()]
    return "\n".join(["| code | status | what is wrong |", "|---|---|---|", *lines]) + "\n"
