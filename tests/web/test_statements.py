"""How many SQL statements a page and a list cost: pinned, and the same however many rows there are."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import UUID

import pytest
from graphql import GraphQLObjectType, get_named_type, is_leaf_type, is_required_argument
from graphql.type import GraphQLField, GraphQLOutputType

from server import schema
from server.models.members.tables import TermStatus
from server.models.messages import Delivery, Mailing
from server.rules.messages import SLIP
from tests import make
from tests.cast import Cast
from tests.crowd import convene, grow, heard, large, shelve
from tests.furnished import addresses, furnish
from tests.web.test_every_page import finds_all, pages
from tests.web.visitors import Asks, SignIn

Statements = Callable[[], AbstractContextManager[list[str]]]
ASIDE = (
    'SELECT "id" "id","created_at" "created_at" FROM "session"',
    'UPDATE "session"',
    "SELECT pg_advisory_xact_lock",
)
"""Not counted: that a session was used, noted once a minute; the lock that only one of the databases needs."""
PAGES = {
    "home/today": 2,
    "home/me": 1,
    "welcome/show": 1,
    "help/list": 1,
    "help/show": 1,
    "members/list": 1,
    "members/new": 1,
    "members/recent": 1,
    "members/roster": 2,
    "members/labels": 2,
    "members/show": 3,
    "members/change": 3,
    "members/sorting": 1,
    "members/topics": 1,
    "members/identifier": 1,
    "members/readings": 1,
    "members/merge": 1,
    "members/compare": 3,
    "members/seat": 1,
    "members/status": 1,
    "members/post": 1,
    "members/correct_status": 1,
    "members/correct_post": 1,
    "members/terms": 1,
    "members/term_new": 1,
    "members/term": 1,
    "members/years": 1,
    "readers/list": 3,
    "readers/show": 1,
    "readers/remind": 12,
    "readers/person": 1,
    "documents/list": 1,
    "documents/new": 1,
    "documents/show": 1,
    "documents/change": 1,
    "documents/audience": 1,
    "documents/move": 1,
    "documents/agreement": 1,
    "documents/wordings": 1,
    "folders/list": 1,
    "folders/new": 1,
    "folders/show": 1,
    "folders/rename": 1,
    "renewal/list": 1,
    "renewal/new": 1,
    "renewal/show": 1,
    "renewal/people": 1,
    "renewal/bodies": 1,
    "renewal/check": 1,
    "bodies/list": 1,
    "bodies/new": 1,
    "bodies/several": 1,
    "bodies/show": 1,
    "bodies/part": 1,
    "bodies/change": 1,
    "bodies/end": 1,
    "bodies/tie": 1,
    "bodies/untie": 1,
    "bodies/add": 1,
    "bodies/place_end": 1,
    "bodies/role": 1,
    "bodies/correct": 1,
    "bodies/void": 1,
    "learning/list": 1,
    "learning/new": 1,
    "learning/show": 1,
    "learning/rename": 1,
    "learning/stem": 1,
    "learning/leaders": 1,
    "learning/add": 1,
    "learning/end": 1,
    "learning/move": 1,
    "learning/remove": 1,
    "learning/coverage": 1,
    "learning/assign": 1,
    "learning/check": 1,
    "learning/assigned": 1,
    "messages/list": 1,
    "messages/choices": 1,
    "messages/show": 1,
    "messages/mailings": 1,
    "messages/new": 1,
    "messages/mailing": 1,
    "messages/change": 1,
    "messages/discard": 1,
    "messages/slips": 1,
    "messages/deliveries": 1,
    "accounts/permissions": 1,
    "accounts/list": 1,
    "accounts/new": 1,
    "accounts/show": 1,
    "accounts/grant": 1,
    "accounts/role": 1,
    "accounts/disable": 1,
    "accounts/sign_out": 1,
    "accounts/unlink": 1,
    "accounts/password": 1,
    "accounts/own_password": 1,
    "accounts/sessions": 1,
    "accounts/tokens": 1,
    "accounts/own_tokens": 1,
    "accounts/token_show": 1,
    "accounts/token_rotate": 1,
    "accounts/token_addresses": 1,
    "accounts/token": 1,
    "accounts/audit": 1,
    "invitations/list": 1,
    "invitations/letters": 1,
    "invitations/person": 1,
    "invitations/account": 1,
    "invitation": 1,
    "forgotten": 1,
    "requests/list": 1,
    "requests/show": 3,
    "requests/own": 1,
    "access/list": 1,
    "access/figures": 1,
    "access/show": 1,
    "access/new": 1,
    "access/own": 1,
    "explanations/list": 1,
    "explanations/show": 1,
    "explanations/new": 1,
    "explanations/own": 1,
    "keeping/show": 16,
    "keeping/check": 15,
    "materials/list": 1,
    "materials/own": 1,
    "materials/new": 1,
    "materials/show": 1,
    "grants/list": 2,
    "grants/new": 1,
    "grants/show": 1,
    "grants/matrix": 1,
    "grants/view": 1,
    "grants/templates": 1,
    "reading/open": 5,
    "reading/file": 1,
    "reading/show": 3,
    "reading/note": 1,
    "rooms/list": 1,
    "rooms/show": 1,
    "rooms/plan": 1,
    "rooms/cancel": 1,
    "rooms/desk": 1,
    "rooms/book": 1,
    "rooms/bookings": 1,
    "rooms/borrowed": 1,
    "rooms/copies": 1,
    "rooms/loans": 1,
    "activities/list": 1,
    "activities/new": 1,
    "activities/show": 1,
    "activities/change": 1,
    "activities/times": 1,
    "activities/people": 1,
    "activities/papers": 1,
    "activities/attendance": 1,
    "activities/leave": 1,
    "hearings/list": 1,
    "hearings/days": 1,
    "hearings/new": 1,
    "hearings/show": 1,
    "hearings/change": 1,
    "hearings/panel": 1,
    "hearings/places": 1,
    "hearings/applications": 1,
    "hearings/draw": 1,
    "hearings/choose": 1,
    "hearings/start": 1,
    "hearings/form": 1,
    "hearings/status": 4,
    "apps/list": 1,
    "apps/new": 1,
    "apps/show": 1,
    "apps/change": 1,
    "apps/disable": 1,
    "apps/own": 1,
    "apps/disconnect": 1,
    "backups/list": 1,
    "graphiql": 1,
    "imports/list": 1,
    "imports/show": 1,
    "imports/undo": 1,
    "jobs/list": 1,
    "login": 1,
    "single_sign_on": 1,
    "single_sign_on_back": 1,
    "accounts/single_sign_on": 2,
    "calendar/year": 1,
    "calendar/day": 1,
    "calendar/changes": 1,
    "calendar/import": 1,
    "assembly/change": 1,
}
IN_FULL = {"members/roster", "members/labels"}
"""Pages that show a list to its end: a statement for each hundred."""
CONNECTIONS = {
    "people": 3,
    "members": 3,
    "bodies": 1,
    "learningGroups": 1,
    "learningCandidates": 3,
    "renewalPeople": 3,
    "accounts": 3,
    "tokens": 1,
    "invitees": 3,
    "requests": 3,
    "grants": 3,
    "documents": 1,
    "accessRequests": 3,
    "ownAccessRequests": 3,
    "explanations": 3,
    "ownExplanations": 3,
    "materialRequests": 1,
    "ownMaterialRequests": 1,
    "readingSlots": 1,
    "roomDocuments": 1,
    "ownBookings": 3,
    "paperCopies": 3,
    "loans": 3,
    "ownLoans": 3,
    "activities": 1,
    "participations": 3,
    "leaveRequests": 1,
    "organisingBodies": 1,
    "hearings": 1,
    "hearingApplications": 3,
    "apps": 1,
    "importRuns": 1,
    "messages": 1,
    "mailings": 3,
    "deliveries": 3,
    "slips": 3,
    "audit": 1,
    "changes": 1,
    "jobRuns": 1,
    "calendarChanges": 1,
}
SHELVED = {
    **dict.fromkeys(
        (
            *("grants", "documents", "accessRequests", "explanations", "materialRequests"),
            *("readingSlots", "paperCopies", "loans"),
        ),
        "custodian",
    ),
    "ownMaterialRequests": "department",
    **dict.fromkeys(("activities", "participations", "leaveRequests", "organisingBodies"), "secretary"),
    **dict.fromkeys(("hearings", "hearingApplications"), "secretary"),
    **dict.fromkeys(("ownAccessRequests", "ownExplanations", "roomDocuments", "ownBookings", "ownLoans"), "member"),
}
"""Lists of what is kept, or given to someone: who of the cast asks. All others are an administrator's."""
CONVENED = {"activities", "participations", "leaveRequests", "hearings", "hearingApplications"}
GROWN = {"organisingBodies"}
"""Lists of the activities that are held, and of the register, in which who asks finds all, too."""
MEETING = 2
"""How many fewer it may be: two links to one table may or may not wait at the same moment, and so share a statement."""


def _connections() -> dict[str, GraphQLField]:
    """The root fields that are lists of any length."""
    fields = schema.api._schema.query_type.fields
    return {name: field for name, field in fields.items() if get_named_type(field.type).name.endswith("Connection")}


def _everything(kind: GraphQLOutputType, deep: int) -> str:
    """A selection of all fields that need no argument, and of theirs, so deep.

    Without lists in parts within the list: each of those is a statement of its own, as its reader asks for it.
    """
    found = get_named_type(kind)
    if is_leaf_type(found):
        return ""
    if not isinstance(found, GraphQLObjectType):
        return "{ __typename }"
    fields = {name: field for name, field in found.fields.items() if "Connection" not in str(field.type)}
    chosen = [
        f"{name} {_everything(field.type, deep - 1)}"
        for name, field in fields.items()
        if not any(map(is_required_argument, field.args.values()))
        and (deep or is_leaf_type(get_named_type(field.type)))
    ]
    return f"{{ {' '.join(chosen or ['__typename'])} }}"


def _node(field: GraphQLField) -> GraphQLOutputType:
    edge = get_named_type(get_named_type(field.type).fields["edges"].type)
    return edge.fields["node"].type


def _near(count: int, pinned: int) -> bool:
    return pinned - MEETING <= count <= pinned


def _cost(asked: list[str]) -> int:
    return sum(not statement.startswith(ASIDE) and not _of_every_page(statement) for statement in asked)


def _of_every_page(statement: str) -> bool:
    """What the assembly is called: asked by each process once in a while, as nobody."""
    return 'FROM "assembly"' in statement and "credential" not in statement


@pytest.mark.parametrize("name", _connections())
async def test_a_list_costs_no_statement_per_row(ask: Asks, everyone: Cast, statements: Statements, name: str) -> None:
    draft = await make.term("15", follows=everyone.term, status=TermStatus.DRAFT, starts_on=make.TODAY)
    mailing = await Mailing.create(title_en="To all", to_en="all", written_at=make.NOW)
    plenary = await large(everyone)
    needed = {
        "renewalPeople": f'id: "trm_{draft.id}", part: LEAVES, ',
        "slips": f'mailing: "mai_{mailing.id}", ',
        "participations": f'activity: "act_{plenary.id}", ',
        "hearingApplications": f'hearing: "hea_{(await heard(plenary)).id}", ',
    }
    node = _everything(_node(_connections()[name]), 1)
    whole = f"{{ {name}({needed.get(name, '')}first: 100) {{ totalCount edges {{ node {node} }} }} }}"
    counts = []
    for start, stop in ((0, 3), (3, 300)):
        if name in CONVENED:
            await convene(everyone, start, stop, plenary.id)
        else:
            await (shelve if name in SHELVED and name not in GROWN else grow)(everyone, start, stop)
        if name == "slips":
            await Delivery.all().update(mailing_id=mailing.id, channel=SLIP)
        with statements() as asked:
            answer = await ask(SHELVED.get(name, "admin"), whole)
        assert "errors" not in answer
        assert name not in SHELVED or len(answer["data"][name]["edges"]) >= min(stop, 100)
        counts.append(_cost(asked))

    assert all(_near(count, CONNECTIONS[name]) for count in counts), counts


async def test_a_page_costs_as_many_statements_for_300_rows_as_for_3(
    sign_in: SignIn, everyone: Cast, statements: Statements
) -> None:
    examples = await furnish(everyone)
    browsers = {name: await sign_in(name) for name in ("admin", "custodian", "secretary")}
    found: list[dict[str, int]] = []
    for start, stop in ((0, 3), (3, 300)):
        await grow(everyone, start, stop)
        await shelve(everyone, start, stop)
        await convene(everyone, start, stop, UUID(examples["activities/{id}"][0].removeprefix("act_")))
        found.append({})
        for route in pages():
            address = next(addresses(route.path, examples))
            with statements() as asked:
                await browsers[finds_all(address)].get(address)
            found[-1][route.name] = _cost(asked)

    assert set(found[0]) == set(PAGES)
    hundreds = 3
    for name in IN_FULL:
        found[1][name] -= hundreds
    for counts in found:
        assert {name: count for name, count in counts.items() if not _near(count, PAGES[name])} == {}
