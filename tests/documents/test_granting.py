"""Giving permission to read and taking it back (RD-2): on which terms, by whom, and from when it holds."""

import datetime as dt
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import pytest

from server.errors import DomainError
from server.models.accounts.tables import RoleAssignment
from server.models.audit import AuditEntry, verify
from server.models.bodies.tables import BodyRole
from server.models.database import connection, transaction
from server.models.documents import (
    AccessGrant,
    Document,
    GrantUse,
    Whom,
    grant_add,
    grant_again,
    grant_confirm,
    grant_end,
    visible_grants,
)
from server.models.members.tables import Person
from server.models.messages import Message
from server.models.rooms.tables import Loan, PaperCopy
from server.rules.documents import Act, Effect, GrantState, Level
from server.rules.permissions import HeldRole, Role
from server.rules.rooms import CopyState
from tests import make
from tests.cast import Cast
from tests.documents.giving import code, document, folder, given, keys
from tests.make import NOW

DAY = dt.timedelta(days=1)
Statements = Callable[[], AbstractContextManager[list[str]]]
ONE, SEVERAL, MANY = 1, 3, 400


async def refused(attempt: Any) -> tuple[str, str | None]:
    with pytest.raises(DomainError) as refusal:
        await attempt
    return refusal.value.problems[0].code, refusal.value.problems[0].field


async def whole(rows: list[AccessGrant]) -> set[GrantState]:
    return set(await AccessGrant.filter(id__in=keys(rows)).values_list("state", flat=True))


async def crowd(number: int) -> list[Whom]:
    async with transaction():
        return [Whom(person=(await make.person()).id) for _ in range(number)]


# On which terms


async def test_a_grant_is_to_read_for_a_week_unless_said_otherwise(everyone: Cast) -> None:
    row = await document(everyone)

    (grant,) = await given(everyone, row)

    assert (grant.act, grant.effect, grant.state) == (Act.READ, Effect.ALLOW, GrantState.ACTIVE)
    assert (grant.valid_from, grant.valid_until) == (NOW, NOW + 7 * DAY)
    assert await code(everyone["member"], row) == "GRANT"
    assert await code(everyone["leader"], row) == "NO_GRANT"


async def test_it_ends_no_later_than_the_document(everyone: Cast) -> None:
    row = await document(everyone, expires_at=NOW + 2 * DAY)

    (grant,) = await given(everyone, row)

    assert grant.valid_until == NOW + 2 * DAY
    longer = given(everyone, row, valid_until=NOW + 3 * DAY)
    assert await refused(longer) == ("AFTER_DOCUMENT", "valid_until")


@pytest.mark.parametrize(
    ("terms", "told"),
    [
        ({"reason": " "}, ("REASON_MISSING", "reason")),
        ({"valid_until": NOW}, ("ENDS_FIRST", "valid_until")),
        ({"valid_from": NOW + DAY, "valid_until": NOW + DAY}, ("ENDS_FIRST", "valid_until")),
        ({"max_opens": 0}, ("NO_OPENS", "max_opens")),
        ({"act": Act.MANAGE}, ("NOT_GRANTED", "act")),
        ({"reason": "x" * 501}, ("TOO_LONG", "reason")),
    ],
)
async def test_terms_that_do_not_fit_are_told_beside_their_field(
    everyone: Cast, terms: dict[str, Any], told: tuple[str, str]
) -> None:
    row = await document(everyone)

    assert await refused(given(everyone, row, **terms)) == told
    assert await AccessGrant.all().count() == 0


async def test_it_holds_between_its_first_moment_and_its_end(everyone: Cast) -> None:
    row = await document(everyone)
    await given(everyone, row, valid_from=NOW + DAY, valid_until=NOW + 2 * DAY)

    found = [await code(replace(everyone["member"], now=NOW + days * DAY), row) for days in (0, 1, 2)]

    assert found == ["NO_GRANT", "GRANT", "NO_GRANT"]


async def test_who_has_opened_it_often_enough_opens_it_no_more(everyone: Cast) -> None:
    row = await document(everyone)
    (grant,) = await given(everyone, row, max_opens=2)
    await GrantUse.create(grant_id=grant.id, person_id=everyone.people["member"].id, left=0)

    assert await code(everyone["member"], row) == "EXHAUSTED"


async def test_a_body_reads_as_long_as_one_belongs_to_it(everyone: Cast) -> None:
    row = await document(everyone)
    await given(everyone, row, Whom(body=everyone.group.id, body_role=BodyRole.HEAD), Whom(body=everyone.bureau.id))

    found = {name: await code(everyone[name], row) for name in ("leader", "member", "department")}
    place = await everyone.bureau.body_memberships.all().get(person_id=everyone.people["department"].id)
    await type(place).filter(id=place.id).update(ends_on=make.TODAY)

    assert found == {"leader": "GRANT", "member": "NO_GRANT", "department": "GRANT"}
    assert await code(everyone["department"], row) == "NO_GRANT"


async def test_a_folder_opens_all_below_it_but_nothing_work_sensitive(everyone: Cast) -> None:
    top = await folder(everyone)
    inner = await folder(everyone, parent=top.id)
    rows = [await document(everyone, level, within=inner) for level in (Level.INTERNAL, Level.WORK_SENSITIVE)]

    await grant_add(everyone["custodian"], folder=top.id, whom=[Whom(term=everyone.term.id)], reason="theirs")

    assert [await code(everyone["member"], row) for row in rows] == ["GRANT", "NO_GRANT"]


async def test_a_recusal_beats_every_grant(everyone: Cast) -> None:
    row = await document(everyone)
    mei = Whom(person=everyone.people["member"].id)
    await given(everyone, row, mei, overrides=True, act=Act.DOWNLOAD)

    await given(everyone, row, mei, effect=Effect.DENY, act=Act.READ)

    member, later = everyone["member"], replace(everyone["member"], now=NOW + 100 * DAY)
    assert [await code(member, row), await code(member, row, Act.SEE)] == ["PERSON_DENY", "GRANT"]
    assert await code(later, row) == "PERSON_DENY"


# By whom


async def test_who_does_not_keep_it_gives_nothing(everyone: Cast) -> None:
    row = await document(everyone)
    mei = [Whom(person=everyone.people["member"].id)]

    for name in ("admin", "secretary", "member", "visitor"):
        attempt = grant_add(everyone[name], document=row.id, whom=mei, reason="please")
        assert await refused(attempt) == ("NOT_THERE", "document"), name
    assert await AccessGrant.all().count() == 0


async def test_who_may_know_of_it_is_told_that_it_is_not_theirs_to_give(everyone: Cast) -> None:
    row = await document(everyone, Level.PUBLIC)

    attempt = grant_add(
        everyone["secretary"], document=row.id, whom=[Whom(person=everyone.people["member"].id)], reason="please"
    )

    assert (await refused(attempt))[0] == "ROLE"


async def test_a_keeper_of_one_body_gives_what_is_of_that_body_only(everyone: Cast) -> None:
    keeper = make.viewer(Role.CUSTODIAN, body=everyone.group, account=everyone.accounts["leader"].id)
    theirs = await document(everyone, within=await folder(everyone, body=everyone.group.id))
    other = await document(everyone)
    whom, why = [Whom(person=everyone.people["member"].id)], "for the group"

    await grant_add(keeper, document=theirs.id, whom=whom, reason=why)

    assert await code(everyone["member"], theirs) == "GRANT"
    assert await refused(grant_add(keeper, document=other.id, whom=whom, reason=why)) == ("NOT_THERE", "document")


async def test_nobody_gives_permission_to_themselves(everyone: Cast) -> None:
    row = await document(everyone)
    keeper = replace(everyone["member"], roles=(*everyone["member"].roles, HeldRole(Role.CUSTODIAN)))
    attempt = grant_add(keeper, document=row.id, whom=[Whom(person=keeper.person)], reason="mine")

    assert await refused(attempt) == ("ONESELF", "whom")

    (grant,) = await given(everyone, row)
    await grant_end(everyone["custodian"], grants=[grant.id], to=GrantState.REVOKED, reason="over")
    assert await refused(grant_again(keeper, grants=[grant.id], reason="mine")) == ("ONESELF", "whom")


@pytest.mark.parametrize(
    ("whom", "told"),
    [
        ([], "HOW_MANY"),
        ([Whom()], "ONE_WHOM"),
        ([Whom(person=make.some_id(), term=make.some_id())], "ONE_WHOM"),
        ([Whom(person=make.some_id())], "NOT_THERE"),
        ([Whom(body=make.some_id())], "NOT_THERE"),
        ([Whom(term=make.some_id())], "NOT_THERE"),
    ],
)
async def test_one_names_people_bodies_or_terms_that_are_there(everyone: Cast, whom: list[Whom], told: str) -> None:
    row = await document(everyone)

    assert await refused(grant_add(everyone["custodian"], document=row.id, whom=whom, reason="for the hearing")) == (
        told,
        "whom",
    )


async def test_one_document_or_one_folder(everyone: Cast) -> None:
    row = await document(everyone)
    whom = [Whom(person=everyone.people["member"].id)]

    for place in ({}, {"document": row.id, "folder": row.folder_id}):
        attempt = grant_add(everyone["custodian"], **place, whom=whom, reason="for the hearing")
        assert await refused(attempt) == ("ONE_PLACE", "document")


# The second person


async def test_what_is_work_sensitive_waits_for_a_second_person(everyone: Cast) -> None:
    row = await document(everyone, Level.WORK_SENSITIVE)
    rows = await given(everyone, row)
    before = await code(everyone["member"], row)

    (done,) = await grant_confirm(everyone["secretary"], grants=keys(rows))

    assert (rows[0].state, before) == (GrantState.UNCONFIRMED, "NO_GRANT")
    assert (done.state, done.second_id) == (GrantState.ACTIVE, everyone.accounts["secretary"].id)
    assert await code(everyone["member"], row) == "GRANT"


async def test_closing_what_is_work_sensitive_waits_for_nobody(everyone: Cast) -> None:
    row = await document(everyone, Level.WORK_SENSITIVE)

    (grant,) = await given(everyone, row, effect=Effect.DENY)

    assert (grant.state, await code(everyone["member"], row)) == (GrantState.ACTIVE, "PERSON_DENY")


async def test_the_second_person_is_neither_the_giver_nor_whom_it_reaches(everyone: Cast) -> None:
    row = await document(everyone, Level.WORK_SENSITIVE)
    chair = everyone.people["chair"].id
    by_name = await given(everyone, row, Whom(person=chair))
    by_term = await given(everyone, row, Whom(term=everyone.term.id))

    for viewer, rows in (("custodian", by_name), ("chair", by_name), ("chair", by_term)):
        assert await refused(grant_confirm(everyone[viewer], grants=keys(rows))) == ("SECOND_PERSON", "grants")
    assert await whole(by_name + by_term) == {GrantState.UNCONFIRMED}
    await grant_confirm(everyone["secretary"], grants=keys(by_name + by_term))
    assert await whole(by_name + by_term) == {GrantState.ACTIVE}


async def test_one_confirms_once_and_nothing_whose_time_is_over(everyone: Cast) -> None:
    row = await document(everyone, Level.WORK_SENSITIVE)
    done, over = await given(everyone, row), await given(everyone, row)
    await grant_confirm(everyone["secretary"], grants=keys(done))
    later = replace(everyone["secretary"], now=NOW + 7 * DAY)

    assert await refused(grant_confirm(everyone["secretary"], grants=keys(done))) == ("DECIDED", "grants")
    assert await refused(grant_confirm(later, grants=keys(over))) == ("OVER", "grants")


async def test_whoever_may_not_confirm_finds_nothing_or_is_told(everyone: Cast) -> None:
    row = await document(everyone, Level.WORK_SENSITIVE)
    rows = await given(everyone, row, Whom(person=everyone.people["leader"].id))

    assert await refused(grant_confirm(everyone["convener"], grants=keys(rows))) == ("NOT_THERE", "grants")
    assert (await refused(grant_confirm(everyone["auditor"], grants=keys(rows))))[0] == "ROLE"


# Taking back


async def test_suspended_taken_up_and_revoked_it_holds_from_the_next_request(everyone: Cast) -> None:
    row = await document(everyone)
    rows = await given(everyone, row)
    found = []
    for to in (GrantState.SUSPENDED, GrantState.ACTIVE, GrantState.REVOKED):
        (done,) = await grant_end(everyone["custodian"], grants=keys(rows), to=to, reason="as it was decided")
        found.append((done.state, await code(everyone["member"], row)))

    assert found == [
        (GrantState.SUSPENDED, "NO_GRANT"),
        (GrantState.ACTIVE, "GRANT"),
        (GrantState.REVOKED, "NO_GRANT"),
    ]
    assert (done.decided_reason, done.decided_by_id) == ("as it was decided", everyone.accounts["custodian"].id)
    again = grant_end(everyone["custodian"], grants=keys(rows), to=GrantState.ACTIVE, reason="no")
    assert await refused(again) == ("NO_SUCH_MOVE", "grants")


async def test_what_waits_is_declined_and_never_made_active_by_its_giver(everyone: Cast) -> None:
    row = await document(everyone, Level.WORK_SENSITIVE)
    rows = await given(everyone, row)

    for to in (GrantState.ACTIVE, GrantState.SUSPENDED):
        attempt = grant_end(everyone["custodian"], grants=keys(rows), to=to, reason="quickly")
        assert await refused(attempt) == ("NO_SUCH_MOVE", "grants")
    (done,) = await grant_end(everyone["custodian"], grants=keys(rows), to=GrantState.DECLINED, reason="not needed")

    assert (done.state, await code(everyone["member"], row)) == (GrantState.DECLINED, "NO_GRANT")


async def test_of_many_all_are_decided_or_none(everyone: Cast) -> None:
    row = await document(everyone)
    rows = await given(everyone, row) + await given(everyone, row)
    await grant_end(everyone["custodian"], grants=keys(rows)[:1], to=GrantState.REVOKED, reason="over")

    for missing in (keys(rows), [*keys(rows)[1:], make.some_id()]):
        with pytest.raises(DomainError):
            await grant_end(everyone["custodian"], grants=missing, to=GrantState.SUSPENDED, reason="a look")

    assert (await AccessGrant.get(id=rows[1].id)).state is GrantState.ACTIVE


async def test_a_reason_is_needed_and_a_number_that_can_be_done(everyone: Cast) -> None:
    rows = await given(everyone, await document(everyone))
    end = {"to": GrantState.REVOKED, "reason": "over"}

    assert await refused(grant_end(everyone["custodian"], grants=keys(rows), **end | {"reason": ""})) == (
        "REASON_MISSING",
        "reason",
    )
    for grants in ([], [make.some_id() for _ in range(1001)]):
        assert await refused(grant_end(everyone["custodian"], grants=grants, **end)) == ("HOW_MANY", "grants")


# Once more


async def test_what_was_revoked_is_given_anew_on_the_same_terms(everyone: Cast) -> None:
    row = await document(everyone)
    terms = {"act": Act.DOWNLOAD, "max_opens": 3, "text": False, "valid_until": NOW + 20 * DAY}
    (grant,) = await given(everyone, row, **terms)
    await grant_end(everyone["custodian"], grants=[grant.id], to=GrantState.REVOKED, reason="by mistake")

    (again,) = await grant_again(everyone["custodian"], grants=[grant.id], reason="it was right")

    assert {name: getattr(again, name) for name in terms} == terms
    assert (again.person_id, again.renews_id, again.reason) == (grant.person_id, grant.id, "it was right")
    assert (await AccessGrant.get(id=grant.id)).state is GrantState.REVOKED
    assert await code(everyone["member"], row) == "GRANT"
    twice = grant_again(everyone["custodian"], grants=[grant.id], reason="it was right")
    assert await refused(twice) == ("RENEWED", "grants")


async def test_what_ends_soon_is_renewed_in_bulk_each_no_longer_than_its_document(everyone: Cast) -> None:
    rows = [await document(everyone), await document(everyone, expires_at=NOW + 3 * DAY)]
    soon = [grant for row in rows for grant in await given(everyone, row, valid_until=NOW + DAY)]

    new = await grant_again(everyone["custodian"], grants=keys(soon), reason="the talks go on")

    assert sorted(grant.valid_until for grant in new) == [NOW + 3 * DAY, NOW + 7 * DAY]
    later = replace(everyone["member"], now=NOW + 2 * DAY)
    assert [await code(later, row) for row in rows] == ["GRANT", "GRANT"]


async def test_what_is_work_sensitive_waits_again_when_it_is_renewed(everyone: Cast) -> None:
    row = await document(everyone, Level.WORK_SENSITIVE)
    rows = await given(everyone, row, valid_until=NOW + DAY)
    await grant_confirm(everyone["secretary"], grants=keys(rows))

    (again,) = await grant_again(everyone["custodian"], grants=keys(rows), reason="the talks go on")

    assert again.state is GrantState.UNCONFIRMED
    assert await code(replace(everyone["member"], now=NOW + 2 * DAY), row) == "NO_GRANT"


async def test_what_waits_or_is_suspended_is_not_given_once_more(everyone: Cast) -> None:
    waits = await given(everyone, await document(everyone, Level.WORK_SENSITIVE))
    rests = await given(everyone, await document(everyone))
    await grant_end(everyone["custodian"], grants=keys(rests), to=GrantState.SUSPENDED, reason="a look")

    for rows in (waits, rests):
        attempt = grant_again(everyone["custodian"], grants=keys(rows), reason="again")
        assert await refused(attempt) == ("NO_SUCH_MOVE", "grants")


async def test_nothing_is_renewed_while_a_copy_on_paper_is_overdue(everyone: Cast) -> None:
    row = await document(everyone)
    rows = await given(everyone, row)
    copy = await PaperCopy.create(document_id=row.id, copy_no=1, state=CopyState.OUT)
    out = {"copy_id": copy.id, "person_id": everyone.people["member"].id, "out_at": NOW - 9 * DAY}
    loan = await Loan.create(**out, due_on=make.TODAY - DAY)

    assert await refused(grant_again(everyone["custodian"], grants=keys(rows), reason="again")) == (
        "LOAN_OVERDUE",
        "grants",
    )
    await Loan.filter(id=loan.id).update(returned_at=NOW)
    assert len(await grant_again(everyone["custodian"], grants=keys(rows), reason="again")) == 1


# What is told and recorded


async def test_who_was_named_is_told_without_a_title(everyone: Cast) -> None:
    row = await document(everyone, title_en="Secret budget")
    await given(everyone, row, Whom(person=everyone.people["member"].id), Whom(body=everyone.group.id))
    await given(everyone, row, Whom(person=everyone.people["leader"].id), effect=Effect.DENY)

    (message,) = await Message.all()

    assert (message.person_id, message.link) == (everyone.people["member"].id, f"/documents/doc_{row.id}")
    assert "Secret" not in message.title_en + message.text_en


async def test_who_waits_for_a_second_person_is_told_when_it_holds(everyone: Cast) -> None:
    rows = await given(everyone, await document(everyone, Level.WORK_SENSITIVE))
    before = await Message.all().count()

    await grant_confirm(everyone["secretary"], grants=keys(rows))

    assert (before, await Message.all().count()) == (0, 1)


@pytest.mark.parametrize("to", [GrantState.SUSPENDED, GrantState.REVOKED])
async def test_who_cannot_read_any_more_is_told_where_the_reason_stands(everyone: Cast, to: GrantState) -> None:
    row = await document(everyone, title_en="Secret budget")
    named, *_ = await given(everyone, row, Whom(person=everyone.people["member"].id), Whom(body=everyone.group.id))
    await given(everyone, row, Whom(person=everyone.people["leader"].id), effect=Effect.DENY)
    every = [one.id for one in await AccessGrant.all()]

    await grant_end(everyone["custodian"], grants=every, to=to, reason="the hearing is over")

    (message,) = await Message.exclude(link=f"/documents/doc_{row.id}")
    assert (message.person_id, message.link) == (everyone.people["member"].id, f"/grants/grt_{named.id}")
    assert "Secret" not in message.title_en + message.text_en
    assert await AccessGrant.filter(visible_grants(everyone["member"]), id=named.id).exists()


async def test_who_can_read_again_is_told_so_and_who_never_could_is_not_told_of_the_end(everyone: Cast) -> None:
    rows = await given(everyone, await document(everyone, Level.WORK_SENSITIVE))
    await grant_end(everyone["custodian"], grants=keys(rows), to=GrantState.DECLINED, reason="a mistake")
    assert await Message.all().count() == 0

    rows = await given(everyone, await document(everyone))
    for to in (GrantState.SUSPENDED, GrantState.ACTIVE):
        await grant_end(everyone["custodian"], grants=keys(rows), to=to, reason="a question")

    titles = await Message.all().order_by("created_at", "id").values_list("title_en", flat=True)
    assert sorted(titles) == sorted(
        ["You were given a document to read"] * 2 + ["A permission to read is suspended for now"]
    )


async def test_each_act_is_one_entry_with_the_list_of_its_grants(everyone: Cast) -> None:
    row = await document(everyone, Level.WORK_SENSITIVE)
    rows = await given(everyone, row, *await crowd(SEVERAL))
    await grant_confirm(everyone["secretary"], grants=keys(rows))
    await grant_end(everyone["custodian"], grants=keys(rows), to=GrantState.REVOKED, reason="over")
    await grant_again(everyone["custodian"], grants=keys(rows), reason="again")
    await grant_end(everyone["custodian"], grants=keys(await _waiting()), to=GrantState.DECLINED, reason="no")

    entries = await AuditEntry.filter(action__startswith="documents.grant").order_by("serial")

    assert [entry.action.removeprefix("documents.grant") for entry in entries] == [
        "",
        "_confirm",
        "_end",
        "_again",
        "_end",
    ]
    assert {entry.object for entry in entries} == {f"doc_{row.id}"}
    assert {len(json.loads(entry.payload or "")["grants"]) for entry in entries} == {SEVERAL}
    assert (await verify()).ok


async def _waiting() -> list[AccessGrant]:
    return await AccessGrant.filter(state=GrantState.UNCONFIRMED)


async def test_a_thousand_are_given_and_taken_back_in_as_many_statements_as_three(
    everyone: Cast, statements: Statements
) -> None:
    custodian, secretary = everyone["custodian"], everyone["secretary"]
    counts = []
    for number in (ONE, SEVERAL, MANY):  # the first writes the first entry of the trail
        row, whom = await document(everyone, Level.WORK_SENSITIVE), await crowd(number)
        await connection().execute_query("DELETE FROM touched")  # else the first change would tell of the crowd
        found = []
        with statements() as asked:
            rows = await given(everyone, row, *whom)
        found.append(len(asked))
        with statements() as asked:
            await grant_confirm(secretary, grants=keys(rows))
        found.append(len(asked))
        with statements() as asked:
            await grant_end(custodian, grants=keys(rows), to=GrantState.REVOKED, reason="over")
        found.append(len(asked))
        with statements() as asked:
            await grant_again(custodian, grants=keys(rows), reason="again")
        found.append(len(asked))
        counts.append(found)

    assert counts[1] == counts[2]
    assert max(counts[1]) <= 20


async def test_what_goes_wrong_leaves_nothing_behind(everyone: Cast) -> None:
    row = await document(everyone)
    mei = everyone.people["member"]
    entries = await AuditEntry.all().count()

    assert (await refused(given(everyone, row, Whom(person=mei.id), Whom(person=make.some_id()))))[0] == "NOT_THERE"

    assert (await AccessGrant.all().count(), await Message.all().count()) == (0, 0)
    assert await AuditEntry.all().count() == entries
    assert await Document.all().count() == 1
    assert await Person.filter(id=mei.id).exists()
    assert await RoleAssignment.filter(account_id=everyone.accounts["custodian"].id).exists()
