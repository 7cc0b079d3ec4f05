"""Learning groups and coverage as the API gives and changes them, each for whoever may."""

import datetime as dt

from server.models import learning
from server.models.audit import AuditEntry
from server.models.bodies import Body, BodyKind, BodyMembership, BodyRelation, BodyRole, RelationKind
from server.models.members import PostKind
from server.rules.permissions import Role
from tests import make

TODAY, SOON = make.TODAY, make.TODAY + dt.timedelta(days=9)
AGO = dt.date(2026, 1, 1)


def bod(body):
    return f"bod_{body.id}"


def per(person):
    return f"per_{person.id}"


GROUPS = """query($on: Date, $ever: Boolean! = false, $search: String, $term: String, $first: Int, $after: String) {
  learningGroups(on: $on, ever: $ever, search: $search, term: $term, first: $first, after: $after) {
    totalCount mayCreate pageInfo { hasNextPage endCursor }
    edges { node {
      id name state manageable mayMoveOut leaders { role person { nameEn } } derivedFrom { name } body { memberCount }
    } }
  }
}"""


async def test_groups_are_listed_by_name_with_leaders_size_and_stem(ask, everyone, world):
    answer = await ask("secretary", GROUPS)

    found = answer["data"]["learningGroups"]
    assert (found["totalCount"], found["mayCreate"]) == (2, True)
    spring, autumn = [edge["node"] for edge in found["edges"]]
    assert spring == {
        "id": bod(everyone.group),
        "name": "Spring",
        "state": "ACTIVE",
        "manageable": True,
        "mayMoveOut": True,
        "leaders": [{"role": "HEAD", "person": {"nameEn": "Lin Leader"}}],
        "derivedFrom": [],
        "body": {"memberCount": 3},
    }
    assert (autumn["name"], autumn["leaders"], autumn["derivedFrom"]) == ("Autumn", [], [{"name": "Arts"}])


async def test_a_day_all_days_a_word_and_a_term_choose_among_the_groups(ask, everyone, world):
    async def names(**asked):
        found = (await ask("secretary", GROUPS, **asked))["data"]["learningGroups"]
        return [(edge["node"]["name"], edge["node"]["state"]) for edge in found["edges"]]

    await Body.filter(id=everyone.group.id).update(term_id=everyone.term.id)
    other = await make.term("13")
    assert await names(on="2025-12-31") == [("Spring", "ACTIVE")]
    assert sorted(await names(ever=True)) == [("Autumn", "ACTIVE"), ("Old", "ENDED"), ("Spring", "ACTIVE")]
    assert await names(search="qiu") == [("Autumn", "ACTIVE")]
    assert await names(term=other.code) == [("Autumn", "ACTIVE")]
    assert sorted(await names(term=other.code, ever=True)) == [("Autumn", "ACTIVE"), ("Old", "ENDED")]
    await Body.filter(id=world["autumn"].id).update(starts_on=SOON)
    assert await names(search="Autumn", ever=True) == [("Autumn", "COMING")]


async def test_a_list_goes_on_after_its_cursor(ask, world):
    part = (await ask("secretary", GROUPS, first=1))["data"]["learningGroups"]
    assert [edge["node"]["name"] for edge in part["edges"]] == ["Spring"]
    rest = (await ask("secretary", GROUPS, first=1, after=part["pageInfo"]["endCursor"]))["data"]["learningGroups"]
    assert [edge["node"]["name"] for edge in rest["edges"]] == ["Autumn"]


async def test_a_leader_manages_the_own_group_alone(ask, everyone, world):
    found = (await ask("leader", GROUPS))["data"]["learningGroups"]

    assert found["mayCreate"] is False
    assert {e["node"]["name"]: (e["node"]["manageable"], e["node"]["mayMoveOut"]) for e in found["edges"]} == {
        "Spring": (True, False),
        "Autumn": (False, False),
    }


async def test_one_group_is_null_for_a_body_of_another_kind(ask, everyone, world):
    one = "query($id: ID!) { learningGroup(id: $id) { name body { kind } } }"
    assert (await ask("member", one, id=bod(everyone.group)))["data"]["learningGroup"] == {
        "name": "Spring",
        "body": {"kind": "LEARNING_GROUP"},
    }
    assert (await ask("member", one, id=bod(everyone.sector)))["data"] == {"learningGroup": None}
    assert (await ask("member", one, id=f"bod_{make.some_id()}"))["data"] == {"learningGroup": None}


async def test_a_group_may_derive_from_committees_and_sectors_of_the_day(ask, everyone, world):
    await make.body(name_en="Law")
    await make.body(name_en="Gone", ends_on=TODAY)
    await make.body(name_en="Coming", starts_on=SOON)
    stems = (await ask("secretary", "{ learningStems { name } }"))["data"]["learningStems"]
    assert stems == [{"name": "Law"}, {"name": "Arts"}]


CANDIDATES = """query($search: String, $people: [ID!], $uncovered: Boolean! = false) {
  learningCandidates(search: $search, people: $people, uncovered: $uncovered) {
    edges { node { person { nameEn } countsIn { name } } }
  }
}"""


async def test_candidates_say_where_they_count_and_the_uncovered_are_found_apart(ask, world):
    async def found(**asked):
        edges = (await ask("secretary", CANDIDATES, **asked))["data"]["learningCandidates"]["edges"]
        return {e["node"]["person"]["nameEn"]: sorted(b["name"] for b in e["node"]["countsIn"]) for e in edges}

    assert await found(search="twice") == {"Twice": ["Autumn", "Spring"]}
    assert set(await found(uncovered=True)) == {"Wen Chair", "Kang Convener", "New", "Left"}
    assert await found(people=[per(world["Left"])]) == {"Left": []}
    assert await found(people=[]) == {}
    assert (await ask("member", CANDIDATES))["errors"][0]["extensions"]["code"] == "ROLE"


COVERAGE = """query($kind: BodyKind! = LEARNING_GROUP, $term: String, $on: Date) {
  coverage(kind: $kind, term: $term, on: $on) {
    kind on of part mayAssign members none one more pending term { code }
    sectors { name members none one more pending sector { id } }
    lists {
      uncovered { ...L } pending { ...L } duplicate { ...L } endedGroup { ...L }
      leadershipIncomplete { code reason rule group { name } }
    }
  }
}
fragment L on CoverageEntryConnection { totalCount edges { node { code reason person { nameEn } places { name } } } }"""


def people(listed):
    return [
        (e["node"]["person"]["nameEn"], e["node"]["code"], sorted(b["name"] for b in e["node"]["places"]))
        for e in listed["edges"]
    ]


async def test_coverage_counts_and_lists_everyone_with_the_reason(ask, everyone, world):
    answer = (await ask("secretary", COVERAGE))["data"]["coverage"]

    figures = {name: answer[name] for name in ("members", "none", "one", "more", "pending")}
    assert figures == {"members": 7, "none": 4, "one": 2, "more": 1, "pending": 1}
    assert (answer["kind"], answer["on"], answer["of"]) == ("LEARNING_GROUP", "2026-11-22", "all")
    assert (answer["part"], answer["mayAssign"], answer["term"]) == (False, True, None)
    lists = answer["lists"]
    assert people(lists["uncovered"]) == [("Kang Convener", "UNCOVERED", []), ("Wen Chair", "UNCOVERED", [])]
    assert people(lists["pending"]) == [("New", "PENDING", [])]
    assert people(lists["duplicate"]) == [("Twice", "DUPLICATE", ["Autumn", "Spring"])]
    assert people(lists["endedGroup"]) == [("Left", "ENDED_GROUP", ["Old"])]
    assert lists["duplicate"]["edges"][0]["node"]["reason"] == "Counts in 2 bodies at once."
    assert {(gap["code"], gap["group"] and gap["group"]["name"]) for gap in lists["leadershipIncomplete"]} == {
        ("LEADERSHIP_INCOMPLETE", "Autumn"),
        ("PAIR_MISSING", None),
    }
    assert [(row["name"], row["members"], row["sector"]) for row in answer["sectors"]] == [
        ("Arts", 4, {"id": bod(everyone.sector)}),
        ("No sector stated", 3, None),
    ]


async def test_coverage_of_a_term_and_of_a_day_before_it_had_members(ask, everyone, world):
    answer = (await ask("auditor", COVERAGE, term="14"))["data"]["coverage"]
    assert (answer["term"], answer["mayAssign"]) == ({"code": "14"}, False)
    empty = await make.term("9")
    assert (await ask("auditor", COVERAGE, term=empty.code))["data"]["coverage"]["members"] == 0
    assert (await ask("auditor", COVERAGE, term="77"))["errors"][0]["extensions"]["code"] == "NO_SUCH_TERM"


async def test_who_may_ask_for_one_body_gets_the_people_of_that_body(ask, everyone, world):
    leader = (await ask("leader", COVERAGE))["data"]["coverage"]
    assert (leader["part"], leader["members"], leader["one"], leader["more"]) == (True, 3, 2, 1)
    assert people(leader["lists"]["duplicate"]) == [("Twice", "DUPLICATE", ["Autumn", "Spring"])]
    assert leader["lists"]["leadershipIncomplete"] == []

    convener = (await ask("convener", COVERAGE))["data"]["coverage"]
    assert (convener["members"], convener["none"], convener["one"]) == (4, 2, 2)
    assert [row["name"] for row in convener["sectors"]] == ["Arts"]

    assert (await ask("member", COVERAGE))["errors"][0]["extensions"]["code"] == "ROLE"


async def test_coverage_within_an_empty_group_or_no_body_counts_nobody(ask, everyone, world):
    leader = make.viewer(Role.GROUP_LEADER, body=await make.body(BodyKind.LEARNING_GROUP, "Empty"))
    assert (await ask(leader, COVERAGE))["data"]["coverage"]["members"] == 0
    assert (await learning.coverage(BodyKind.LEARNING_GROUP, TODAY, within=[])).figures.members == 0


async def test_a_sensitive_sector_is_shown_to_whoever_may_see_it(ask, everyone, world):
    await Body.filter(id=everyone.sector.id).update(sensitive=True)
    assert len((await ask("secretary", COVERAGE))["data"]["coverage"]["sectors"]) == 2
    assert [s["name"] for s in (await ask("auditor", COVERAGE))["data"]["coverage"]["sectors"]] == ["No sector stated"]


async def test_coverage_of_party_branches_needs_the_file_and_is_logged(ask, everyone, world):
    branch = await make.body(BodyKind.PARTY_BRANCH, "Branch")
    for who in ("leader", "member"):
        everyone.people[who].political_affiliation = "中共党员"
        await everyone.people[who].save()
    await make.place(branch, everyone.people["leader"])

    answer = (await ask("secretary", COVERAGE, kind="PARTY_BRANCH"))["data"]["coverage"]

    assert (answer["of"], answer["members"], answer["one"], answer["none"]) == ("party_members", 2, 1, 1)
    assert people(answer["lists"]["uncovered"]) == [("Mei Member", "UNCOVERED", [])]
    entry = await AuditEntry.get()
    assert (entry.action, entry.object) == ("members.read_file", per(everyone.people["member"]))
    refused = await ask("auditor", COVERAGE, kind="PARTY_BRANCH")
    assert refused["errors"][0]["extensions"]["code"] == "ROLE"
    own = await ask(make.viewer(Role.SECRETARY, person=everyone.people["member"].id), COVERAGE, kind="PARTY_BRANCH")
    assert own["data"]["coverage"]["none"] == 1
    assert await AuditEntry.all().count() == 1


async def test_lists_and_groups_ask_the_same_number_of_statements_for_any_number(ask, everyone, world, statements):
    counts = []
    for size in (0, 12):
        for _ in range(size):
            group, who = await make.body(BodyKind.LEARNING_GROUP), await make.person()
            await make.seat(who, everyone.term)
            await make.place(group, who, BodyRole.HEAD)
            await BodyRelation.create(source=group, target=everyone.sector, kind=RelationKind.DERIVED_FROM)
            await make.seat(await make.person(), everyone.term)
        for text in (COVERAGE, GROUPS, CANDIDATES):
            with statements() as asked:
                assert "errors" not in await ask("secretary", text)
            counts.append(len(asked))
    assert counts[:3] == counts[3:]


PROBLEMS = "... on Problems { kind problems { code field rule } }"
GROUP = "... on LearningGroupPayload { learningGroup { id name state body { memberCount } leaders { role } } }"


def mutation(field, declared, given):
    return f"mutation({declared}) {{ answer: {field}({given}) {{ {GROUP} {PROBLEMS} }} }}"


async def test_a_group_is_created_renamed_led_and_ended(ask, everyone, world):
    create = mutation(
        "learningGroupCreate",
        "$stem: ID, $term: ID, $head: ID, $others: [ID!]",
        'nameEn: "Winter", derivedFrom: $stem, term: $term, head: $head, coHeads: $others',
    )
    led = {"head": per(world["New"]), "others": [per(everyone.people["member"])]}
    made = (await ask("secretary", create, stem=bod(everyone.sector), term=f"trm_{everyone.term.id}", **led))["data"]
    group = made["answer"]["learningGroup"]
    assert (group["name"], group["leaders"]) == ("Winter", [{"role": "HEAD"}, {"role": "CO_HEAD"}])
    bare = (await ask("secretary", mutation("learningGroupCreate", "$x: ID", 'nameZh: "冬", head: $x')))["data"]
    assert bare["answer"]["learningGroup"]["leaders"] == []

    rename = mutation("learningGroupRename", "$id: ID!", 'id: $id, nameEn: "Frost"')
    assert (await ask("secretary", rename, id=group["id"]))["data"]["answer"]["learningGroup"]["name"] == "Frost"
    lead = mutation("learningGroupSetLeaders", "$id: ID!, $on: Date!", "id: $id, on: $on")
    unled = (await ask("secretary", lead, id=group["id"], on="2026-11-23"))["data"]["answer"]
    assert unled["learningGroup"]["id"] == group["id"]
    end = mutation("learningGroupEnd", "$id: ID!, $on: Date!", "id: $id, on: $on")
    ended = (await ask("secretary", end, id=group["id"], on="2026-11-22"))["data"]["answer"]["learningGroup"]
    assert ended["state"] == "ENDED"


async def test_members_are_added_moved_and_removed(ask, everyone, world):
    add = mutation("learningGroupAddMembers", "$id: ID!, $who: [ID!]!, $on: Date!", "id: $id, people: $who, on: $on")
    new = {"who": [per(world["New"])], "on": "2026-11-22"}
    added = (await ask("leader", add, id=bod(everyone.group), **new))["data"]["answer"]
    assert added["learningGroup"]["body"]["memberCount"] == 4
    again = (await ask("secretary", add, id=bod(world["autumn"]), **new))["data"]["answer"]
    assert (again["kind"], again["problems"][0]["rule"]) == ("CONFLICT", "LC-1")

    move = mutation(
        "learningGroupMoveMember",
        "$who: ID!, $to: ID!, $on: Date!",
        'person: $who, toGroup: $to, on: $on, reason: "nearer"',
    )
    where = {"who": per(world["New"]), "to": bod(world["autumn"])}
    moved = (await ask("secretary", move, **where, on="2026-12-01"))["data"]["answer"]["learningGroup"]
    assert moved["name"] == "Autumn"
    rows = await BodyMembership.filter(person_id=world["New"].id).order_by("starts_on")
    assert [(row.body_id, row.starts_on, row.ends_on) for row in rows] == [
        (everyone.group.id, TODAY, dt.date(2026, 12, 1)),
        (world["autumn"].id, dt.date(2026, 12, 1), None),
    ]

    remove = mutation(
        "learningGroupRemoveMember",
        "$id: ID!, $who: ID!, $on: Date!",
        'id: $id, person: $who, on: $on, reason: "left"',
    )
    left = await ask("leader", remove, id=bod(everyone.group), who=per(everyone.people["member"]), on="2026-11-22")
    assert left["data"]["answer"]["learningGroup"]["body"]["memberCount"] == 3


async def test_a_leader_changes_no_other_group(ask, everyone, world):
    rename = mutation("learningGroupRename", "$id: ID!", 'id: $id, nameEn: "Mine"')
    answer = (await ask("leader", rename, id=bod(world["autumn"])))["data"]["answer"]
    assert (answer["kind"], answer["problems"][0]["code"]) == ("REFUSED", "REACH")
    wrong = (await ask("secretary", rename, id=per(world["New"])))["data"]["answer"]
    assert wrong["kind"] == "NOT_THERE"


async def test_choices_are_the_groups_into_which_one_may_place_people(ask, everyone, world):
    text = "query($coming: Boolean! = false, $on: Date, $term: String) { answer: learningGroupChoices("
    text += "coming: $coming, on: $on, term: $term) { name } }"

    async def names(viewer, **asked):
        return {group["name"] for group in (await ask(viewer, text, **asked))["data"]["answer"]}

    assert await names("secretary") == {"Autumn", "Spring"}
    assert await names("secretary", on="2025-12-31") == {"Spring"}
    assert await names("secretary", on="2025-12-31", coming=True) == {"Autumn", "Old", "Spring"}
    assert await names("secretary", term=everyone.term.code) == {"Autumn", "Spring"}
    assert await names("leader") == {"Spring"}


async def test_a_stem_is_changed_from_a_day_on(ask, everyone, world):
    law = await make.body(name_en="Law")
    stem = mutation("learningGroupSetStem", "$id: ID!, $to: ID, $on: Date!", "id: $id, derivedFrom: $to, on: $on")

    answer = await ask("secretary", stem, id=bod(world["autumn"]), to=bod(law), on="2026-11-20")

    assert answer["data"]["answer"]["learningGroup"]["name"] == "Autumn"
    found = (await ask("secretary", GROUPS, search="Autumn"))["data"]["learningGroups"]["edges"][0]["node"]
    assert found["derivedFrom"] == [{"name": "Law"}]
    none = (await ask("secretary", stem, id=bod(world["autumn"]), on="2026-11-22"))["data"]["answer"]
    assert none["learningGroup"]["name"] == "Autumn"


async def test_the_pair_that_leads_the_platform_is_named_when_missing(ask, everyone, world):
    party = await make.body(BodyKind.PARTY_GROUP, "Party")
    vice = await make.person(name_en="Vice")
    await make.seat(vice, everyone.term, kind=PostKind.VICE_CHAIR)
    await make.place(party, everyone.people["leader"])
    await make.place(world["autumn"], vice, BodyRole.HEAD)
    assert (await ask("secretary", COVERAGE))["data"]["coverage"]["lists"]["leadershipIncomplete"] == []
