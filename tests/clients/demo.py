"""What is in the demo assembly, asked as any program would ask: a value for each variable of our operations."""

from collections.abc import Callable, Iterator
from re import findall
from typing import Any

from graphql import NonNullTypeNode, OperationDefinitionNode, OperationType, parse, type_from_ast
from starlette.routing import Route

import web
from tests import stored
from tests.compiling.test_documented import QUERIES
from tests.schema.questions import GRAPHQL, sent
from web.pages import document

Plain = Callable[..., dict[str, Any]]
Asking = tuple[str, str, dict[str, Any]]
"""An operation: its name, the text of its document, its variables."""
Things = dict[str, Any]
"""For each parameter of an address ("members/{id}"), and some other variables by their names: a value."""

ASKED = """
query Asked {
  viewer { today }
  people(search: "wang", first: 3) { edges { node { id } } }
  members(first: 1) {
    edges { node { id statuses { id } posts { id sector { id } } person { bodyMemberships { id } } } }
  }
  terms { id code startsOn status }
  learningGroups(first: 2) {
    edges { node { id body { members { person { id } } relations { id } } } }
  }
  accounts(search: "secretary", first: 1) { edges { node { id assignments { id } } } }
  tokens(first: 1) { edges { node { id } } }
  importRuns(first: 1) { edges { node { id } } }
  mailings(first: 1) { edges { node { id } } }
  deliveries(first: 1) { edges { node { id } } }
  requests(first: 1) { edges { node { id } } }
  coverageAssignPreview(first: 1) { on lines { person { id } group { id } } }
}
"""
BACK = "https://office.example.org/back"
APP = f"""
mutation App {{
  appRegister(nameZh: "平台", nameEn: "Platform", redirects: ["{BACK}"], scopes: ["all:read"], confidential: false) {{
    ... on AppIssued {{ app {{ id }} }}
  }}
}}
"""
SOUND: dict[str, dict[str, Any]] = {
    "CreatePerson": {"nameEn": "New Here"},
    "CreateBody": {"kind": "SPECIAL_COMMITTEE", "nameEn": "New committee"},
    "CreateLearningGroup": {"nameEn": "New group", "nameZh": ""},
    "RegisterApp": {"redirects": [BACK], "scopes": ["members:read"]},
    "IssueToken": {"scopes": ["members:read"], "addresses": []},
    "GrantRole": {"role": "AUDITOR"},
    "AddAccount": {"name": "newcomer", "password": "a long enough passphrase", "roles": []},
}
"""Of mutations that make something new: what makes sense, where one value of each kind does not."""
NEXT = """
mutation Next {
  renewalBegin(term: {code: "99", startsOn: "2099-01-01"}) { ... on RenewalPayload { term { id } } }
}
"""
NO_DELIVERY = "dlv_00000000-0000-0000-0000-000000000000"
"""Where all that did not arrive was sent again before."""
OFFER = {"effect": "ALLOW", "act": "READ", "overrides": False, "text": True, "reason": "for the hearing"}
OFFER |= {"lastDay": "2040-01-01"}  # else it would end so many days after each call
FILE = "query File($person: ID!) { person(id: $person) { phone } }"
ASSIGN = """
mutation Assign($plan: [Placing!]!, $day: Date!) {
  coverageAssign(plan: $plan, on: $day) { ... on CoverageAssignPayload { assignment } }
}
"""


def asked(plain: Plain) -> Things:
    """Asks for one of everything, places one person in a group and reads one file, so that this can be shown, too."""
    found = _shortened(plain(ASKED)["data"])
    person, other, reader = (node["id"] for node in found["people"])
    plain(FILE, {"person": reader})
    seat, groups, account = found["members"][0], found["learningGroups"], found["accounts"][0]
    app = plain(APP)["data"]["appRegister"]["app"]["id"]
    begun = plain(NEXT)["data"]["renewalBegin"]
    following = begun["term"]["id"] if "term" in begun else _draft(found["terms"])
    proposed = found["coverageAssignPreview"]
    delivery = next((one["id"] for one in found["deliveries"]), NO_DELIVERY)
    plan = [{key: line[key]["id"] for key in ("person", "group")} for line in proposed["lines"]]
    assignment = plain(ASSIGN, {"plan": plan, "day": proposed["on"]})["data"]["coverageAssign"]["assignment"]
    return {
        "members/{id}": person,
        "members/{drop}": other,
        "seats/{id}": seat["id"],
        "statuses/{id}": seat["statuses"][0]["id"],
        "posts/{id}": seat["posts"][0]["id"],
        "places/{id}": seat["person"]["bodyMemberships"][0]["id"],
        "terms/{id}": found["terms"][0]["id"],
        "bodies/{id}": seat["posts"][0]["sector"]["id"],
        "ties/{id}": groups[0]["body"]["relations"][0]["id"],
        "learning-groups/{id}": groups[0]["id"],
        "learning-groups/{person}": groups[0]["body"]["members"][0]["person"]["id"],
        "accounts/{id}": account["id"],
        "accounts/{account}": account["id"],
        "roles/{id}": account["assignments"][0]["id"],
        "tokens/{id}": found["tokens"][0]["id"],
        "apps/{id}": app,
        "imports/{id}": found["importRuns"][0]["id"],
        "coverage/{id}": assignment,
        "help/{role}": "SECRETARY",
        "invitations/{id}": person,
        "mailings/{id}": found["mailings"][0]["id"],
        "deliveries/{id}": delivery,
        "requests/{id}": found["requests"][0]["id"],
        "renewal/{id}": following,
        "renewal/{part}": "STAYS",
        "plan": [{"person": other, "group": groups[1]["id"]}],
        "term": found["terms"][0]["code"],
        "read": reader,
        "day": found["viewer"]["today"],
        "since": f"{found['terms'][0]['startsOn']}T00:00:00Z",
    }


def _draft(terms: list[dict[str, Any]]) -> Any:
    """The term that was begun before."""
    return next(term["id"] for term in terms if term["status"] == "DRAFT")


def _shortened(data: Any) -> Any:
    """The things of a list in place of its edges and nodes."""
    if isinstance(data, dict):
        return _shortened([edge["node"] for edge in data["edges"]]) if "edges" in data else _values(data)
    return [_shortened(one) for one in data] if isinstance(data, list) else data


def _values(data: dict[str, Any]) -> dict[str, Any]:
    return {key: _shortened(value) for key, value in data.items()}


def named(things: Things, path: str, name: str) -> Any:
    """What stands for a name in an address: by all that is before it, else by the room; None where it is unknown."""
    before, room = path[1:].partition("/{")[0], path.split("/")[1]
    return things.get(f"{before}/{{{name}}}") or things.get(f"{room}/{{{name}}}")


def stored_queries(things: Things) -> Iterator[Asking]:
    """The query of each page, with what stands in its address. What the others leave a trace in is asked narrowly."""
    special = {
        "ListAudit": {"action": "token."},
        "Readings": {"id": things["read"]},
        "CalendarPreview": {"content": "date,kind\n2027-01-01,off\n"},
        "CheckGrants": {"on": things["giving/{on}"], "people": [things["read"]]} | OFFER,
    }
    paths = {route.name: route.path for route in web.routes() if isinstance(route, Route) and "GET" in route.methods}
    for place, text in stored.documents().items():
        path, query = paths.get(place, ""), document(place).query
        assert query.name
        given = {name: named(things, path, name) for name in findall(r"{(\w+)}", path)}
        yield query.name.value, text, given | special.get(query.name.value, {})


def stored_changes(things: Things) -> Iterator[Asking]:
    """Each mutation of our pages, with what it cannot do without; what stands in its address is there."""
    rooms = {route.name: route.path for route in web.routes() if isinstance(route, Route) and "POST" in route.methods}
    for text in stored.documents().values():
        for node in parse(text).definitions:
            if isinstance(node, OperationDefinitionNode) and node.operation is OperationType.MUTATION and node.name:
                path = rooms.get(node.name.value, "")
                there = {one: named(things, path, one) for one in findall(r"{(\w+)}", path)}
                special = SOUND.get(node.name.value, {}) if things else {}
                needed = [one for one in node.variable_definitions or () if isinstance(one.type, NonNullTypeNode)]
                given = {one.variable.name.value: sent(type_from_ast(GRAPHQL, one.type)) for one in needed}
                yield node.name.value, text, given | special | {one: value for one, value in there.items() if value}


def documented_queries(things: Things) -> Iterator[Asking]:
    """Each query of our documents, with a value for each of its variables by its name."""
    group, person = things["learning-groups/{id}"], things["members/{id}"]
    known = {name.removesuffix("s/{id}"): value for name, value in things.items()}
    known |= {"group": group, "body": group, "person": person, "id": person, "other": things["members/{drop}"]}
    known |= {"sector": things["bodies/{id}"], "assignment": things["coverage/{id}"], "code": things["term"]}
    known |= {"status": things["statuses/{id}"], "words": "wang", "part": "sec"}
    known |= {"message": things["me/messages/{id}"], "next": things["renewal/{id}"]}
    known |= {"calendar": "date,kind\n2027-01-01,off\n", "paper": things["giving/{on}"]}
    known |= {"reading": things["reading/{id}"], "wish": things["access-requests/{id}"]}
    known |= {"question": things["explanations/{id}"], "activity": things["activities/{id}"]}
    known |= {"wanted": things["materials/{id}"], "session": things["check-in/{session}"]}
    known |= {"secret": things["hearings/applied/{secret}"]}
    special = {"YearsOfATerm": {"id": things["terms/{id}"]}}
    special |= {"WhoReadTheFile": {"person": things["read"]}, "Trail": {"id": things["read"]}}
    for name, text in QUERIES.items():
        values = known | special.get(name, {})
        yield name, text, {key: value for key, value in values.items() if f"${key}:" in text}
