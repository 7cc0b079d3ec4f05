"""The cast's assembly with something of everything: whatever a page can show is there to be shown."""

import datetime as dt
from collections.abc import Iterator
from itertools import product
from re import findall

from server.models.accounts.tables import ApiClient, App, Consent, Session
from server.models.audit import record
from server.models.bodies.tables import BodyKind, BodyRelation, RelationKind
from server.models.database import transaction
from server.models.imports import ImportRow, ImportRun
from server.models.jobs import JobOutcome, JobRun
from server.models.learning import apply_assignment
from server.models.members.tables import MembershipPost, MembershipStatus, Person, PersonIdentifier, PostKind, Status
from server.rules.permissions import Role
from tests import make
from tests.cast import Cast

AGO = dt.date(2020, 1, 1)
LATELY = make.TODAY - dt.timedelta(days=10)
"""Within the time allowed to be placed in a group."""

WEEK = dt.timedelta(days=7)
Examples = dict[str, list[str]]
"""For each parameter of an address, named after where it stands ("members/{id}"): what to put there."""


async def furnish(cast: Cast) -> Examples:
    """Fill the assembly; what to put into the addresses of the pages."""
    group = await make.body(BodyKind.LEARNING_GROUP, "Autumn", "秋", parent=cast.sector, term=cast.term)
    tie = await BodyRelation.create(kind=RelationKind.DERIVED_FROM, source=cast.group, target=cast.sector)
    await BodyRelation.create(kind=RelationKind.COUNTERPART, source=cast.sector, target=cast.bureau)
    ended = await make.body(BodyKind.LEARNING_GROUP, "Winter", classification="old", ends_on=LATELY, sensitive=True)
    await make.body(BodyKind.LEARNING_GROUP, "Summer", starts_on=make.TODAY.replace(year=2040))
    mei = cast.people["member"]
    guest = await make.place(group, mei, title="guest", primary=False, on_behalf_of=cast.bureau)
    await make.place(cast.bureau, mei, title="adviser", starts_on=AGO, ends_on=LATELY)
    await make.place(ended, cast.people["convener"])
    twice = await make.person("张三", "Zhang San", family_name="张", given_name="三", expertise=["law"], birth_date=AGO)
    await _seated(cast, twice)
    for where in (cast.group, group):
        await make.place(where, twice)
    await _seated(cast, await make.person("单一", focus_topics=["water"]))
    await make.seat(await make.person(name_en="New Here"), cast.term, sector=cast.sector, starts_on=LATELY)
    await make.place(group, mei, voided_at=make.NOW, voided_reason="another Mei")
    await PersonIdentifier.create(person=mei, scheme="source", value="m-1")
    seat = {"membership": cast.seats["member"]}
    await MembershipStatus.filter(**seat).update(starts_on=LATELY)
    await MembershipStatus.create(**seat, status=Status.SUSPENDED, starts_on=AGO, ends_on=LATELY, reason="illness")
    await MembershipStatus.create(**seat, status=Status.ENDED, voided_at=make.NOW, voided_reason="another Mei")
    await MembershipPost.create(**seat, kind=PostKind.CHAIR, sector=cast.sector, voided_at=make.NOW)
    double = await make.person(name_en="Mei Double", merged_into=mei)
    assigned = await apply_assignment(
        make.viewer(Role.SECRETARY), plan=[((await make.person(name_en="Ann Placed")).id, group.id)], on=make.TODAY
    )
    await _of_jobs()
    return await _of_accounts(cast) | {
        "coverage/{id}": [f"asg_{assigned}"],
        "members/{id}": _ids("per", mei, double),
        "members/{drop}": _ids("per", twice),
        "seats/{id}": _ids("mem", cast.seats["member"]),
        "statuses/{id}": _ids("sta", await MembershipStatus.get(**seat, ends_on=None, voided_at=None)),
        "posts/{id}": _ids("pos", await MembershipPost.get(**seat, voided_at=None)),
        "terms/{id}": _ids("trm", cast.term),
        "bodies/{id}": _ids("bod", cast.group, cast.sector, cast.bureau, group),
        "ties/{id}": _ids("rel", tie),
        "places/{id}": _ids("bdm", guest),
        "learning-groups/{id}": _ids("bod", cast.group, group, ended),
        "learning-groups/{person}": _ids("per", mei),
        "imports/{id}": await _imported(cast),
    }


async def _imported(cast: Cast) -> list[str]:
    """A preview with something of each outcome."""
    count = {"new": 1, "changed": 1, "same": 1, "error": 1}
    options = {"format": "csv", "term": "14", "map": {}, "columns": {}}
    facts = {"sha256": "0" * 64, "options": options, "counts": {"people": count, "errors": [{}], "warnings": []}}
    facts |= {"started_by": cast.accounts["secretary"], "started_at": make.NOW}
    run, _ = [await ImportRun.create(file_name=name, **facts) for name in ("people.csv", "more.csv")]
    message = {"field": "phone", "text": "This is not known.", "facts": {}, "error": True}
    row = {"run": run, "kind": "people", "list_name": "rows", "messages": [message]}
    change = {"field": "phone", "before": "1", "after": "2"}
    for number, outcome in enumerate(("new", "changed", "same", "error"), 2):
        await ImportRow.create(**row, row=number, label=f"Row {number}", outcome=outcome, changes=[change])
    return _ids("imp", run)


async def _of_jobs() -> None:
    """A run that went well, one that did so at its second try, and one that failed."""
    facts = {"newest": True, "tries": 1, "holder": "house/1/0", "leased_until": make.NOW, "due_at": make.NOW}
    facts |= {"started_at": make.NOW, "ended_at": make.NOW, "succeeded_at": make.NOW, "outcome": JobOutcome.DONE}
    said = {"text": "{count} sessions removed.", "facts": {"count": 2}}
    await JobRun.create(**facts | {"job": "sessions", "said": said})
    await JobRun.create(**facts | {"job": "runs", "tries": 2, "newest": False, "due_at": make.NOW - WEEK})
    failed = {"outcome": JobOutcome.FAILED, "error": "0123", "retry_at": make.NOW}
    await JobRun.create(**facts | {"job": "runs", **failed})


async def _seated(cast: Cast, person: Person) -> None:
    await make.seat(person, cast.term, no="7", starts_on=AGO, sector=cast.sector, unit="Harbour Office")


async def _of_accounts(cast: Cast) -> Examples:
    admin, secretary = cast.accounts["admin"], cast.accounts["secretary"]
    facts = {"recorded_at": make.NOW, "recorded_by": admin, "ends_on": make.TODAY.replace(year=2040)}
    role = await make.role(secretary, Role.SECRETARY, cast.bureau, deputy_for=admin, starts_on=AGO, **facts)
    span = {"created_at": make.NOW, "expires_at": make.NOW.replace(year=2040)}
    facts = {"owner": secretary, "scopes": ["all:read"], **span}
    token, _ = [await ApiClient.create(name=name, token_hash=name, **facts) for name in ("mirror", "archive")]
    elsewhere = {"device": "Firefox, Windows", "last_seen_at": make.NOW, **span}
    await Session.create(account=admin, token_hash="elsewhere", **elsewhere)
    app, consent = await _connected(cast)
    accounts = _ids("acc", secretary, cast.accounts["member"])
    async with transaction():
        asks = make.viewer(account=admin.id, client=token.id)
        for thing in (*accounts, "the assembly"):
            await record(asks, "account.enable", thing, {})
    return {
        "accounts/{id}": accounts,
        "accounts/{account}": accounts,
        "roles/{id}": _ids("rol", role),
        "tokens/{id}": _ids("tok", token),
        "apps/{id}": _ids("app", app),
        "me/{id}": _ids("con", consent),
    }


async def _connected(cast: Cast) -> tuple[App, Consent]:
    """An app that administrator and member let act in their name, one that may nothing and one that is disabled."""
    facts = {"redirects": ["https://office.example.org/back"], "scopes": ["all:read"], "created_at": make.NOW}
    facts |= {"created_by": cast.accounts["admin"], "confidential": True, "secret_hash": "0" * 64}
    app = await App.create(name_zh="办公平台", name_en="Office platform", **facts)
    quiet = await App.create(name_zh="旧平台", name_en="Old platform", **facts, disabled_at=make.NOW)
    given = {"scopes": ["members:read"], "created_at": make.NOW}
    for who in ("admin", "member", "secretary"):
        await Consent.create(account=cast.accounts[who], app=app, last_used_at=make.NOW, **given)
        await Consent.create(account=cast.accounts[who], app=quiet, **given)
    return app, await Consent.get(account=cast.accounts["admin"], app=app)


def _ids(prefix: str, *rows: object) -> list[str]:
    return [f"{prefix}_{row.id}" for row in rows]


def addresses(path: str, examples: Examples) -> Iterator[str]:
    """The route's path with each example in its place. A KeyError names the example that a new room has to add."""
    room = path.split("/")[1]
    names = findall(r"{(\w+)}", path)
    for values in product(*(examples[f"{room}/{{{name}}}"] for name in names)):
        yield path.format(**dict(zip(names, values, strict=True)))
