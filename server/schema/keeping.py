"""Who keeps folders: what would pass to somebody else, handing it over, and deputies for days away."""

import datetime as dt
from collections.abc import Mapping
from itertools import groupby
from typing import Annotated, Any
from uuid import UUID

import strawberry

from server.models import accounts, asking, documents
from server.models.reads import Columns, Read
from server.rules.keeping import arranges
from server.rules.permissions import Action
from server.schema.access import AccessRequest
from server.schema.declared import COUNTED, IN_PYTHON, Ref
from server.schema.documents import Folder
from server.schema.guard import needs
from server.schema.ids import id_for, key_of
from server.schema.making import made, picked
from server.schema.materials import MaterialRequest
from server.schema.problems import Problem, Problems, camel
from server.schema.reading import Answer, shows
from server.viewer import NOWHERE, Viewer
from server.words import both_names, say

CAP, PEOPLE = 100, 200
"""Things of each kind that are shown; accounts that can be chosen."""
NAMED = ("id", "name", "person__name_zh", "person__name_en")
DAY = dt.timedelta(days=1)
Row = tuple[Any, ...]


@strawberry.type(description="An account of the office, as people call whoever is behind it.")
class Keeper:
    """Told to those who choose among them."""

    account: strawberry.ID = strawberry.field(description="The ID of the account, which only some may see.")
    name: str = strawberry.field(description="The name of its person, or of the office.")


@strawberry.type(description="For what someone keeps folders, and in which days.")
class KeptPlace:
    """A role."""

    body: str = strawberry.field(description="The folders of this body; or of all, in words.")
    starts_on: dt.date | None = strawberry.field(description="First day; null where open.")
    ends_on: dt.date | None = strawberry.field(description="The day from which it no longer holds; null where open.")


@strawberry.type(description="Who stands in for someone who keeps folders, and in which days.")
class Deputy:
    """May do there on these days what the keeper may; the trail names both."""

    account: strawberry.ID = strawberry.field(description="The ID of the account, which only some may see.")
    name: str = strawberry.field(description="The name of its person, or of the office.")
    bodies: list[str] = strawberry.field(description="For the folders of these bodies.", metadata={COUNTED: 20})
    starts_on: dt.date | None = strawberry.field(description="The first day; null where open.")
    last_day: dt.date | None = strawberry.field(description="The last day; null where open.")


@strawberry.type(description="What someone keeps, what waits there, and who stands in for them.")
class Keeping:
    """What would pass to somebody else."""

    account: strawberry.ID = strawberry.field(description="The ID of the account that keeps it.")
    name: str = strawberry.field(description="The name of its person, or of the office.")
    own: bool = strawberry.field(description="Whether that is you.")
    places: list[KeptPlace] = strawberry.field(
        description="For what; empty for who keeps nothing of their own.", metadata={COUNTED: 20}
    )
    folder_count: int = strawberry.field(description="How many folders.")
    folders: list[Folder] = picked("folders", "The folders that you may see, at most 100.")
    request_count: int = strawberry.field(description="How many requests to read wait there.")
    requests: list[AccessRequest] = picked("requests", "Those that you may see, at most 100.")
    material_count: int = strawberry.field(description="How many materials are awaited there.")
    materials: list[MaterialRequest] = picked("materials", "Those that you may see, at most 100.")
    question_count: int = strawberry.field(description="How many questions to departments wait there.")
    ending_count: int = strawberry.field(description="How many permissions that they gave end within 14 days.")
    deputies: list[Deputy] = strawberry.field(
        description="Who stands in for them, today or later.", metadata={COUNTED: 20}
    )
    choices: list[Keeper] = strawberry.field(
        description="Who could take over or stand in: whoever works in the office, by name; at most 200.",
        metadata={COUNTED: PEOPLE},
    )
    taker: Keeper | None = strawberry.field(description="Who was asked about; null for nobody.")
    own_requests: int = strawberry.field(
        description="How many of the requests are of whoever would take over: others answer these."
    )
    hindrances: list[Problem] = strawberry.field(
        description="Why it would be refused; empty where it would not, or where nobody was asked about."
    )


@strawberry.type(description="It is arranged.")
class KeepingPayload:
    """Success."""

    keeper: strawberry.ID = strawberry.field(description="The ID of the account whose folders they are.")


KeepingResult = Annotated[
    KeepingPayload | Problems, strawberry.union("KeepingResult", description="That it is arranged, or why not.")
]
OfAccount = Annotated[
    strawberry.ID | None, strawberry.argument(description="Whose; yours unless given. Others' are for the office.")
]
Whose = Annotated[strawberry.ID, strawberry.argument(description="The account whose folders they are.")]
To = Annotated[strawberry.ID, strawberry.argument(description="Who takes over.")]
PerhapsTo = Annotated[
    strawberry.ID | None, strawberry.argument(description="Who would take over: then `hindrances` says why not.")
]
On = Annotated[
    dt.date | None, strawberry.argument(description="The first day on which they keep them; today unless given.")
]
TheDeputy = Annotated[strawberry.ID, strawberry.argument(description="Who stands in.")]
FirstDay = Annotated[dt.date, strawberry.argument(description="The first day.")]
LastDay = Annotated[dt.date, strawberry.argument(description="The last day; at most 92 days in all.")]


@strawberry.type
class KeepingQuery:
    """Root fields of keeping."""

    @strawberry.field(
        description="What someone keeps and what waits there: what would pass to somebody else. Nothing passes by "
        "looking.",
        graphql_type=Keeping,
        extensions=needs(Action.HAND_OVER_FOLDERS),
        metadata=IN_PYTHON,
    )
    async def keeping(self, info: Answer, account: OfAccount = None, to: PerhapsTo = None, on: On = None) -> Any:
        """As many statements however much there is: whose it may be is weighed in Python."""
        viewer = info.context.viewer
        whose = key_of(account, accounts.Account, field="account") if account else viewer.account or NOWHERE
        documents.must_arrange(viewer, whose)
        taker = key_of(to, accounts.Account, field="to") if to else None
        reads: dict[str, Read] = documents.keeping_reads(viewer, whose, on or viewer.today)
        reads["choices"] = Columns(documents.workers(viewer.today), NAMED)
        if taker:
            reads |= documents.parties_reads(whose, taker, viewer.today)
        rows: dict[str, Any] = {
            "folders": documents.Folder.filter(documents.visible_folders(viewer)),
            "requests": documents.AccessRequest.filter(asking.visible_access_requests(viewer)),
            "materials": documents.MaterialRequest.filter(asking.visible_material_requests(viewer)),
        }

        def make(found: Mapping[str, Any]) -> Keeping:
            return _made(viewer, documents.Keeping(found), whose, (taker, on or viewer.today), rows)

        return await made(info.context, reads, make, **rows)

    @strawberry.field(
        description="Who keeps folders of their own today: for the general office, which arranges it for them.",
        graphql_type=list[Keeper],
        extensions=needs(Action.HAND_OVER_FOLDERS),
        metadata=IN_PYTHON | {COUNTED: PEOPLE},
    )
    async def keepers(self, info: Answer) -> Any:
        """Empty for who arranges it only for themselves."""
        viewer = info.context.viewer
        found = documents.keepers(viewer.today)
        every = found if arranges(viewer.roles) else found.filter(id__in=[])

        def make(read: Mapping[str, Any]) -> list[Keeper]:
            return [_keeper(viewer, row) for row in read["keepers"]]

        return await made(info.context, {"keepers": Columns(every, NAMED)}, make)


def _made(
    viewer: Viewer,
    kept: documents.Keeping,
    whose: UUID,
    asked: tuple[UUID | None, dt.date],
    rows: Mapping[str, Any],
) -> Keeping:
    found, (to, on) = kept.found, asked
    there = {name: kept.there(name) for name in ("folders", "requests", "materials", "questions")}
    refs: Any = {name: [Ref(key, rows[name]) for key in there[name][:CAP]] for name in rows}
    choices = [_keeper(viewer, row) for row in found["choices"] if row[0] != whose]
    wrong = documents.hindrances(viewer, found, whose, to, on) if to else []
    return shows(
        Keeping,
        account=id_for(accounts.Account, whose),
        name=next((_called(viewer, row) for row in found["account"]), ""),
        own=whose == viewer.account,
        places=[KeptPlace(body=_body(viewer, row), starts_on=row[3], ends_on=row[4]) for row in found["roles"]],
        folder_count=len(there["folders"]),
        request_count=len(there["requests"]),
        material_count=len(there["materials"]),
        question_count=len(there["questions"]),
        ending_count=len(kept.ending),
        deputies=_deputies(viewer, found["deputies"]),
        choices=choices[:PEOPLE],
        taker=next((one for one in choices if to and one.account == id_for(accounts.Account, to)), None),
        own_requests=len(kept.of(_person(found, to))) if to else 0,
        hindrances=[_problem(viewer, one) for one in wrong],
        **refs,
    )


def _person(found: Mapping[str, Any], account: UUID) -> UUID | None:
    return next((person for key, person, _ in found["parties"] if key == account), None)


def _keeper(viewer: Viewer, row: Row) -> Keeper:
    return Keeper(account=id_for(accounts.Account, row[0]), name=_called(viewer, row))


def _called(viewer: Viewer, row: Row) -> str:
    """The columns `NAMED` as people call whoever is behind the account."""
    _, name, name_zh, name_en = row[:4]
    return both_names(name_zh or "", name_en or "").into(viewer.locale) or str(name)


def _body(viewer: Viewer, row: Row) -> str:
    key, name_zh, name_en = row[:3]
    whole = say("the whole assembly")
    return (both_names(name_zh or "", name_en or "") if key else whole).into(viewer.locale)


def _deputies(viewer: Viewer, rows: list[Row]) -> list[Deputy]:
    """One for each account and its days, with all bodies. rows: of the deputy, of the body, the days."""
    every = sorted(rows, key=lambda row: (row[7] or dt.date.min, row[8] or dt.date.max, str(row[0])))
    found = []
    for (key, first, ends), some in groupby(every, key=lambda row: (row[0], row[7], row[8])):
        these = list(some)
        found.append(
            Deputy(
                account=id_for(accounts.Account, key),
                name=_called(viewer, these[0]),
                bodies=[_body(viewer, row[4:7]) for row in these],
                starts_on=first,
                last_day=ends and ends - DAY,
            )
        )
    return found


def _problem(viewer: Viewer, one: Any) -> Problem:
    return Problem(code=one.code, message=one.message.into(viewer.locale), field=camel(one.field), rule=one.rule)


@strawberry.type
class KeepingMutation:
    """Root fields that change who keeps folders."""

    @strawberry.mutation(
        description="Hands over what someone keeps: roles pass in one step, and whoever takes over answers what waits.",
        extensions=needs(Action.HAND_OVER_FOLDERS),
    )
    async def keeping_hand_over(self, info: Answer, account: Whose, to: To, on: On = None) -> KeepingResult:
        """Both are told."""
        key, taker = _keys(account, to, "to")
        await documents.hand_over(info.context.viewer, account=key, to=taker, on=on)
        return KeepingPayload(keeper=account)

    @strawberry.mutation(
        description="Names who stands in for someone from a day to a day: for their folders, and no longer.",
        extensions=needs(Action.HAND_OVER_FOLDERS),
    )
    async def deputy_name(
        self, info: Answer, account: Whose, deputy: TheDeputy, starts_on: FirstDay, last_day: LastDay
    ) -> KeepingResult:
        """Both are told."""
        key, other = _keys(account, deputy, "deputy")
        await documents.deputy_name(
            info.context.viewer, account=key, deputy=other, starts_on=starts_on, last_day=last_day
        )
        return KeepingPayload(keeper=account)

    @strawberry.mutation(
        description="Ends from today on that somebody stands in for someone.",
        extensions=needs(Action.HAND_OVER_FOLDERS),
    )
    async def deputy_end(self, info: Answer, account: Whose, deputy: TheDeputy) -> KeepingResult:
        """Both are told."""
        key, other = _keys(account, deputy, "deputy")
        await documents.deputy_end(info.context.viewer, account=key, deputy=other)
        return KeepingPayload(keeper=account)


def _keys(account: str, other: str, field: str) -> tuple[UUID, UUID]:
    return key_of(account, accounts.Account, field="account"), key_of(other, accounts.Account, field=field)
