"""Giving as programs ask it: what it would change for each, what was given, and what becomes of many at once."""

from typing import Any

import pytest

from server.models.accounts.tables import Account
from server.models.bodies.tables import Body
from server.models.documents import AccessGrant, Document, Whom
from server.models.members.tables import MembershipStatus, Status
from server.rules.documents import Act, Effect, GrantState, Level
from server.schema.ids import id_of
from tests import make
from tests.cast import Cast
from tests.documents.giving import code, document, folder, given
from tests.make import NOW
from tests.web.test_statements import Statements
from tests.web.visitors import Asks

PREVIEW = """query Q($on: ID!, $people: [ID!], $bodies: [BodyInRole!], $term: ID
  $effect: GrantEffect!, $act: DocumentAct!, $lastDay: Date, $maxOpens: Int, $overrides: Boolean!, $reason: String!) {
  grantPreview(on: $on, people: $people, bodies: $bodies, term: $term, effect: $effect
    act: $act, lastDay: $lastDay, maxOpens: $maxOpens, overrides: $overrides, reason: $reason) {
    count gains gainsIf loses hasIt keptOut waits notYet papers validUntil
    lines { person { nameEn } change code reason account } hindrances { field code }
  }
}"""
ADD = """mutation ($on: ID!, $people: [ID!], $bodies: [BodyInRole!], $effect: GrantEffect!, $reason: String!) {
  grantAdd(on: $on, people: $people, bodies: $bodies, effect: $effect, reason: $reason) {
    ... on GrantsPayload { count grants { id standing validUntil } } ... on Problems { kind problems { field code } }
  }
}"""
USUAL = {"effect": "ALLOW", "act": "READ", "overrides": False, "reason": "for the hearing"}
LIST = """query ($on: ID, $person: ID, $standing: GrantStanding, $within: Int, $left: Boolean! = false) {
  grants(on: $on, person: $person, standing: $standing, endingWithin: $within, left: $left) {
    edges { node { id person { nameEn } standing } }
  }
}"""


async def preview(ask: Asks, who: str = "custodian", **given: Any) -> dict[str, Any]:
    answer = await ask(who, PREVIEW, **USUAL | given)
    assert "errors" not in answer, answer
    return dict(answer["data"]["grantPreview"])


def lines(found: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {line["person"]["nameEn"]: (line["change"], line["code"]) for line in found["lines"]}


async def test_a_preview_says_who_gains_who_has_it_and_who_stays_without(ask: Asks, everyone: Cast) -> None:
    row = await document(everyone)
    await given(everyone, row, Whom(person=everyone.people["leader"].id))
    await given(everyone, row, Whom(person=everyone.people["member"].id), effect=Effect.DENY)

    found = await preview(ask, on=id_of(row), term=id_of(everyone.term))

    assert lines(found) == {
        "Mei Member": ("KEPT_OUT", "PERSON_DENY"),
        "Kang Convener": ("GAINS", "GRANT"),
        "Lin Leader": ("HAS_IT", "GRANT"),
        "Wen Chair": ("GAINS", "GRANT"),
    }
    assert (found["count"], found["gains"], found["hasIt"], found["keptOut"], found["loses"]) == (4, 2, 1, 1, 0)
    assert found["lines"][0]["reason"] == "It is closed to them by name."
    assert await AccessGrant.all().count() == 2


async def test_what_the_preview_says_comes_true(ask: Asks, everyone: Cast) -> None:
    row = await document(everyone, Level.WORK_SENSITIVE)
    wanted = {"on": id_of(row), "bodies": [{"body": id_of(everyone.group), "role": "HEAD"}]}

    found = await preview(ask, **wanted)
    answer = await ask("custodian", ADD, **USUAL | wanted)
    (grant,) = answer["data"]["grantAdd"]["grants"]
    confirm = "mutation ($ids: [ID!]!) { grantConfirm(ids: $ids) { ... on GrantsPayload { count } } }"
    before = await code(everyone["leader"], row)
    await ask("secretary", confirm, ids=[grant["id"]])

    assert (lines(found), found["waits"]) == ({"Lin Leader": ("GAINS", "GRANT")}, True)
    assert (grant["standing"], before) == ("UNCONFIRMED", "NO_GRANT")
    assert await code(everyone["leader"], row) == "GRANT"
    assert await code(everyone["member"], row) == "NO_GRANT"


async def test_a_deny_says_who_loses_it(ask: Asks, everyone: Cast) -> None:
    row = await document(everyone)
    await given(everyone, row)

    found = await preview(ask, on=id_of(row), term=id_of(everyone.term), effect="DENY")

    assert lines(found)["Mei Member"] == ("LOSES", "GROUP_DENY")
    assert (found["loses"], found["keptOut"]) == (1, 3)


async def test_what_is_not_available_yet_is_judged_as_if_it_were_and_said(ask: Asks, everyone: Cast) -> None:
    row = await document(everyone)
    await Document.filter(id=row.id).update(available_from=NOW.replace(year=2027))

    found = await preview(ask, on=id_of(row), people=[id_of(everyone.people["member"])])

    assert (lines(found), found["notYet"]) == ({"Mei Member": ("GAINS", "GRANT")}, True)


async def test_in_a_folder_what_is_work_sensitive_stays_closed(ask: Asks, everyone: Cast) -> None:
    top = await folder(everyone)
    await document(everyone, Level.WORK_SENSITIVE, within=top)
    people = [id_of(everyone.people["member"])]

    alone = await preview(ask, on=id_of(top), people=people)
    await document(everyone, within=top)
    both = await preview(ask, on=id_of(top), people=people)

    assert [(lines(one)["Mei Member"], one["papers"]) for one in (alone, both)] == [
        (("KEPT_OUT", "NO_GRANT"), 1),
        (("GAINS", "GRANT"), 2),
    ]


async def test_a_preview_says_what_would_be_refused(ask: Asks, everyone: Cast) -> None:
    row = await document(everyone)

    found = await preview(ask, on=id_of(row), reason="", maxOpens=0, people=[])
    later = await preview(ask, on=id_of(row), lastDay="2026-01-01", people=[])

    assert [(one["field"], one["code"]) for one in found["hindrances"]] == [
        ("people", "HOW_MANY"),
        ("reason", "REASON_MISSING"),
    ]
    assert ("validUntil", "ENDS_FIRST") in [(one["field"], one["code"]) for one in later["hindrances"]]
    assert found["validUntil"] is None


async def test_who_cannot_sign_in_is_named_so(ask: Asks, everyone: Cast) -> None:
    row = await document(everyone)
    await Account.filter(id=everyone.accounts["leader"].id).update(active=False)
    nobody = await make.person(name_en="No Account")
    await make.seat(nobody, everyone.term)
    people = [id_of(everyone.people[name]) for name in ("leader", "member")] + [id_of(nobody)]

    found = await preview(ask, on=id_of(row), people=people)

    assert {line["person"]["nameEn"]: line["account"] for line in found["lines"]} == {
        "Lin Leader": False,
        "Mei Member": True,
        "No Account": False,
    }
    assert lines(found)["Lin Leader"] == ("KEPT_OUT", "INACTIVE")
    assert lines(found)["No Account"] == ("GAINS", "GRANT")


@pytest.mark.parametrize("who", ["admin", "secretary", "member"])
async def test_who_does_not_keep_it_looks_at_no_preview(ask: Asks, everyone: Cast, who: str) -> None:
    row = await document(everyone, Level.PUBLIC)

    answer = await ask(who, PREVIEW, **USUAL, on=id_of(row), people=[id_of(everyone.people["leader"])])

    assert answer["errors"][0]["extensions"]["code"] == "ROLE"


async def test_a_preview_names_nobody_of_a_body_of_which_one_may_not_know(ask: Asks, everyone: Cast) -> None:
    row = await document(everyone)
    await Body.filter(id=everyone.group.id).update(sensitive=True)

    for role in (None, "HEAD"):
        of = {"bodies": [{"body": id_of(everyone.group), "role": role}]}
        answers = [await ask("custodian", text, **USUAL, on=id_of(row), **of) for text in (PREVIEW, ADD)]
        assert answers[0]["errors"][0]["extensions"]["code"] == "NOT_THERE"
        assert answers[1]["data"]["grantAdd"]["problems"][0]["code"] == "NOT_THERE"
        assert "Lin" not in str(answers)


async def test_grants_are_found_by_what_they_are_on_whose_they_are_and_how_they_stand(
    ask: Asks, everyone: Cast
) -> None:
    row, other = await document(everyone), await document(everyone)
    leader = Whom(person=everyone.people["leader"].id)
    (mine,) = await given(everyone, row)
    (later,) = await given(everyone, row, leader, valid_from=NOW.replace(month=12), valid_until=NOW.replace(year=2027))
    (there,) = await given(everyone, other, leader)
    everywhere = {id_of(one) for one in (mine, later, there)}

    async def found(**by: Any) -> set[str]:
        answer = await ask("custodian", LIST, **by)
        return {edge["node"]["id"] for edge in answer["data"]["grants"]["edges"]}

    assert await found() == everywhere
    assert await found(on=id_of(row)) == {id_of(mine), id_of(later)}
    assert await found(person=id_of(everyone.people["leader"])) == {id_of(later), id_of(there)}
    assert await found(standing="SCHEDULED") == {id_of(later)}
    assert await found(standing="ACTIVE") == {id_of(mine), id_of(there)}
    assert (await found(within=3), await found(within=7)) == (set(), {id_of(mine), id_of(there)})
    assert await found(left=True) == set()
    await MembershipStatus.filter(membership__person_id=everyone.people["member"].id).update(status=Status.RESIGNED)
    assert await found(left=True) == {id_of(mine)}


async def test_many_are_suspended_taken_up_revoked_and_given_once_more(ask: Asks, everyone: Cast) -> None:
    row = await document(everyone)
    rows = await given(everyone, row) + await given(everyone, row, Whom(body=everyone.group.id))
    ids, found = [id_of(one) for one in rows], []
    for verb in ("grantSuspend", "grantTakeUp", "grantRevoke", "grantAgain"):
        text = f"""mutation ($ids: [ID!]!) {{ {verb}(ids: $ids, reason: "so it was decided") {{
          ... on GrantsPayload {{ count grants {{ standing }} }} ... on Problems {{ kind }} }} }}"""
        answer = (await ask("custodian", text, ids=ids))["data"][verb]
        found.append((answer["count"], {one["standing"] for one in answer["grants"]}))

    assert found == [(2, {"SUSPENDED"}), (2, {"ACTIVE"}), (2, {"REVOKED"}), (2, {"ACTIVE"})]
    assert await AccessGrant.filter(state=GrantState.ACTIVE, renews_id__in=[one.id for one in rows]).count() == 2
    assert await code(everyone["member"], row, Act.READ) == "GRANT"


async def test_names_and_numbers_of_a_list_find_their_people_or_who_could_be_meant(ask: Asks, everyone: Cast) -> None:
    twice = [await make.person("张三", "Zhang San"), await make.person("张三", "Zhang San")]
    await make.seat(everyone.people["department"], await make.term(), no="A-17")
    text = "query ($names: [String!]!) { peopleNamed(names: $names) { name person { id } perhaps { id } } }"

    names = ["Mei Member", "A-17", "张三", "Lin", "Nobody Known", "Mei Member", "長" * 1000]
    found = (await ask("custodian", text, names=names))["data"]["peopleNamed"]

    assert [(one["name"], one["person"] and one["person"]["id"]) for one in found] == [
        ("Mei Member", id_of(everyone.people["member"])),
        ("A-17", id_of(everyone.people["department"])),
        ("张三", None),
        ("Lin", None),
        ("Nobody Known", None),
        ("長" * 1000, None),
    ]
    assert {one["id"] for one in found[2]["perhaps"]} == {id_of(one) for one in twice}
    assert [one["id"] for one in found[3]["perhaps"]] == [id_of(everyone.people["leader"])]
    assert found[4]["perhaps"] == []


async def test_a_preview_is_one_statement_for_many_people(ask: Asks, everyone: Cast, statements: Statements) -> None:
    row = await document(everyone)
    for _ in range(30):
        await make.seat(await make.person(), everyone.term)
    with statements() as asked:
        found = await preview(ask, on=id_of(row), term=id_of(everyone.term))

    assert (found["gains"], len(asked)) == (34, 1)
