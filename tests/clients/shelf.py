"""Documents of the demo assembly, which has none: filed, given, opened, asked for, booked and lent, by the API.

By its administrator, who keeps documents and rooms, too; so one token may read everything.
"""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import httpx
from graphql import get_named_type

from tests.browser.windows import PASSWORD
from tests.reading import papers
from tests.schema.questions import GRAPHQL

DAY, WEEK = dt.timedelta(days=1), dt.timedelta(days=7)


class Word(str):
    """A value of an enum."""


def filled(address: str, keeper: str, reader: str) -> dict[str, str]:
    """For each parameter of an address, what is there now. keeper, reader: tokens of `admin` and of `member`."""
    with httpx.Client(base_url=address, timeout=60) as http:
        admin, member = Caller(http, keeper), Caller(http, reader)
        account = admin.ask('{ accounts(search: "admin", first: 1) { edges { node { id } } } }')["accounts"]["edges"][0]
        admin.do("roleGrant", account=account["node"]["id"], role=Word("CUSTODIAN"))
        viewer = member.ask("{ viewer { today person { id } } }")["viewer"]
        person, today = viewer["person"]["id"], dt.date.fromisoformat(viewer["today"])
        tomorrow, later = ((today + far).isoformat() for far in (DAY, WEEK))
        folder = admin.do("folderAdd", "folder { id }", nameEn="Papers")["folder"]["id"]
        yearbook = {"titleEn": "Yearbook", "level": Word("PUBLIC"), "receiptBy": (today - WEEK).isoformat()}
        public = _filed(admin, folder, **yearbook)
        _bring(address, public)
        shown = _shown(admin, public)
        there = {"catalogueOnly": True, "readMode": Word("ROOM_ONLY")}
        minutes = _shown(admin, _filed(admin, folder, titleEn="Minutes", **there))
        wished = _shown(admin, _filed(admin, folder, titleEn="Draft"))
        hearing: dict[str, Any] = {"people": [person], "reason": "for the hearing"}
        given = admin.do("grantAdd", "grants { id }", on=minutes, **hearing)
        admin.do("grantAdd", on=shown, **hearing)
        wish = {"document": wished, "purpose": "for the hearing", "wantedUntil": later}
        asked = member.do("accessRequestSend", "request { id }", **wish)
        bureau, question = _question(admin, member, account["node"]["id"], shown)
        needs = {"topic": "for the hearing", "what": "numbers", "folder": folder, "department": bureau}
        wanted = admin.do("materialRequestSend", "request { id }", **needs)
        room = admin.do("readingRoomAdd", "room { id }", facts={"nameEn": "Quiet room"})["room"]["id"]
        times = admin.do("readingSlotsAdd", "slots { id }", room=room, day=tomorrow, hours="9-11", capacity=2)
        (slot,) = times["slots"]
        booked = member.do("bookingAdd", "booking { id }", slot=slot["id"], document=minutes)
        copies = admin.do("paperCopiesAdd", "copies { id }", document=shown, count=2)["copies"]
        lent = admin.do("loanGive", "loan { id }", id=copies[0]["id"], person=person)
        opened = admin.do("readingOpen", "reading { id }", document=shown)
        admin.do("agreementPublish", textEn="No photographs.")
        held = _held(admin, member, account["node"]["id"], person, later)
    return {
        "folders/{id}": folder,
        "folders/{folder}": folder,
        "keeping/{account}": account["node"]["id"],
        "documents/{id}": shown,
        "documents/{document}": wished,
        "giving/{on}": minutes,
        "grants/{id}": given["grants"][0]["id"],
        "viewing/{person}": person,
        "readers/{id}": person,
        "access-requests/{id}": asked["request"]["id"],
        "explanations/{id}": question,
        "materials/{id}": wanted["request"]["id"],
        "rooms/{id}": room,
        "rooms/{room}": room,
        "rooms/book/{id}": slot["id"],
        "rooms/desk/{id}": booked["booking"]["id"],
        "copies/{id}": copies[1]["id"],
        "loans/{id}": lent["loan"]["id"],
        "reading/{id}": opened["reading"]["id"],
        **held,
    }


class Caller:
    """A program with a token."""

    def __init__(self, http: httpx.Client, token: str) -> None:
        self.http, self.headers = http, {"Authorization": f"Bearer {token}"}

    def ask(self, query: str) -> dict[str, Any]:
        """What is told; nothing may be wrong."""
        said = self.http.post("/graphql", json={"query": query}, headers=self.headers).json()
        assert "errors" not in said, said
        return dict(said["data"])

    def do(self, field: str, chosen: str = "__typename", **given: Any) -> dict[str, Any]:
        """What a change changed. chosen: of it."""
        words = ", ".join(f"{name}: {_written(value)}" for name, value in given.items())
        union = get_named_type(GRAPHQL.mutation_type.fields[field].type)
        (kind,) = (one.name for one in union.types if one.name != "Problems")
        wrong = "... on Problems { problems { code message } }"
        query = f"mutation {{ it: {field}({words}) {{ __typename ... on {kind} {{ {chosen} }} {wrong} }} }}"
        done = self.ask(query)["it"]
        assert done["__typename"] == kind, (field, done)
        return dict(done)


def _question(admin: Caller, member: Caller, account: str, document: str) -> tuple[str, str]:
    """A bureau whose contact the administrator is; what the reader asks about a document that it explains."""
    bureau = admin.do("bodyCreate", "body { id }", body={"kind": Word("DEPARTMENT"), "nameEn": "Bureau of clients"})
    admin.do("roleGrant", account=account, role=Word("DEPARTMENT"), body=bureau["body"]["id"])
    admin.do("documentChange", id=document, change={"explainer": bureau["body"]["id"]})
    asked = member.do("explanationAsk", "explanation { id }", document=document, question="Which year?")
    return str(bureau["body"]["id"]), str(asked["explanation"]["id"])


def _heard(admin: Caller, person: str, lead: str, day: str) -> dict[str, str]:
    """A public hearing of that body for which one can apply; somebody did, without an account."""
    facts = {"kind": Word("HEARING"), "titleEn": "Nursery schools", "venue": "Hall 1"}
    held = admin.do("activityAdd", "activity { id }", facts=facts, lead=lead, day=day, hours="9-11")["activity"]["id"]
    written = ("matter", "purpose", "basis", "contact", "conditions", "complaints")
    said = dict.fromkeys(written, "as the rules ask") | {"profile": Word("LIGHT")}
    key = admin.do("hearingAdd", "hearing { id }", activity=held, facts=said)["hearing"]["id"]
    admin.do("hearingNameOfficers", id=key, people=[person], duty=Word("PRESIDING"))
    admin.do("hearingSetPlaces", id=key, places=[{"capacity": Word("PUBLIC"), "count": 10}])
    for step in ("hearingApprove", "hearingAnnounce", "hearingOpenApplications"):
        admin.do(step, id=key)
    speaks = {"capacity": Word("PUBLIC"), "position": Word("FOR"), "summary": "It is far"}
    receipt = admin.do("hearingApplyPublicly", "secret", id=key, name="Nan", phone="1234", application=speaks)
    return {"hearings/{id}": key, "hearings/applied/{secret}": receipt["secret"]}


def _held(admin: Caller, member: Caller, account: str, person: str, day: str) -> dict[str, str]:
    """An activity of a committee, by the administrator as a secretary, too: the reader comes, and asks for leave from
    one of its sessions."""
    body = {"kind": Word("SPECIAL_COMMITTEE"), "nameEn": "Of clients"}
    lead = admin.do("bodyCreate", "body { id }", body=body)["body"]["id"]
    admin.do("roleGrant", account=account, role=Word("SECRETARY"))
    facts = {"kind": Word("STUDY_SESSION"), "titleEn": "Reading the plan"}
    when = {"day": day, "hours": "9-11, 14-16"}
    row = admin.do("activityAdd", "activity { id sessions { id } }", facts=facts, lead=lead, **when)["activity"]
    key, (morning, afternoon) = row["id"], row["sessions"]
    admin.do("activityInvite", id=key, people=[person])
    admin.do("activityApprove", id=key)
    admin.do("activityAnnounce", id=key, urgentReason="it is urgent")
    member.do("invitationAnswer", id=key, answer=Word("YES"))
    asked = {"id": key, "reason": "a journey", "sessions": [afternoon["id"]]}
    leave = member.do("leaveAsk", "leave { id }", **asked)
    held = {"activities/{id}": key, "activities/{activity}": key, "leave/{id}": leave["leave"]["id"]}
    held |= _heard(admin, person, lead, "2040-03-05")
    return held | {"activities/{session}": morning["id"], "check-in/{session}": morning["id"]}


def _filed(admin: Caller, folder: str, **facts: Any) -> str:
    added = admin.do("documentAdd", "document { id }", folder=folder, facts=facts)
    return str(added["document"]["id"])


def _shown(admin: Caller, document: str) -> str:
    """Checked, and put where readers find it."""
    for state in ("CHECKED", "AVAILABLE"):
        admin.do("documentMove", id=document, to=Word(state))
    return document


def _bring(address: str, document: str) -> None:
    """A file comes in by its page alone."""
    with httpx.Client(base_url=address, timeout=60) as browser:
        assert browser.post("/login", data={"username": "admin", "password": PASSWORD}).status_code == 303
        put = browser.post(f"/documents/{document}/versions", files={"file": ("yearbook.pdf", papers.pdf("one"))})
        assert put.status_code == 303, put.text


def _written(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_written(one)}" for name, one in value.items()) + "}"
    return value if isinstance(value, Word) else json.dumps(value)
