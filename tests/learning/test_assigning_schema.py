"""Placing many as the API gives it: proposed, checked, done, undone."""

from server.models.bodies import BodyKind, BodyMembership
from tests import make

PROBLEMS = "... on Problems { kind problems { code field rule } }"


def bod(body):
    return f"bod_{body.id}"


def per(person):
    return f"per_{person.id}"


PREVIEW = """query($on: Date, $term: String, $first: Int) {
  coverageAssignPreview(on: $on, term: $term, first: $first) {
    on count lines { why person { id nameEn } group { id name } }
  }
}"""
ASSIGN = f"""mutation($plan: [Placing!]!, $on: Date!) {{
  answer: coverageAssign(plan: $plan, on: $on) {{ ... on CoverageAssignPayload {{ count assignment }} {PROBLEMS} }}
}}"""


async def test_a_plan_is_looked_at_changed_and_applied(ask, everyone, world):
    plan = (await ask("secretary", PREVIEW, term="14"))["data"]["coverageAssignPreview"]
    assert (plan["on"], plan["count"]) == ("2026-11-22", 4)
    assert {line["person"]["nameEn"]: line["why"] for line in plan["lines"]} == {
        "Kang Convener": "The group stems from Arts.",
        "Left": "The smallest group.",
        "New": "The smallest group.",
        "Wen Chair": "The group stems from Arts.",
    }
    assert len((await ask("secretary", PREVIEW, first=1))["data"]["coverageAssignPreview"]["lines"]) == 1

    lines = [{"person": line["person"]["id"], "group": bod(everyone.group)} for line in plan["lines"]]
    made = (await ask("secretary", ASSIGN, plan=lines, on=plan["on"]))["data"]["answer"]
    assert (made["count"], made["assignment"][:4]) == (4, "asg_")
    assert (await ask("secretary", "{ coverage { none } }"))["data"]["coverage"]["none"] == 0

    again = (await ask("secretary", ASSIGN, plan=lines, on=plan["on"]))["data"]["answer"]
    assert again["kind"] == "CONFLICT"
    assert again["problems"] == [{"code": "COVERED_MEANWHILE", "field": "plan", "rule": "LC-1"}] * 4


CHECK = """query($plan: [Placing!]!, $on: Date) {
  coverageAssignCheck(plan: $plan, on: $on) {
    on
    lines { why person { nameEn } group { name } chosen { name } }
    groups { coming group { name } }
    hindrances { code field rule }
  }
}"""
DONE = """query($id: ID!) { coverageAssignment(id: $id) {
  on undone undoable lines { still person { nameEn } group { name } }
} }"""
UNDO = f"""mutation($id: ID!) {{
  answer: coverageAssignUndo(id: $id) {{ ... on CoverageAssignPayload {{ count assignment }} {PROBLEMS} }}
}}"""


async def test_a_plan_is_checked_and_nothing_is_changed_by_that(ask, everyone, world):
    plan = [
        {"person": per(world["New"]), "group": bod(world["autumn"])},
        {"person": per(world["Left"]), "group": None},
        {"person": per(world["Twice"]), "group": bod(world["autumn"])},
    ]

    check = (await ask("secretary", CHECK, plan=plan))["data"]["coverageAssignCheck"]

    assert check == {
        "on": "2026-11-22",
        "lines": [
            {
                "why": "The smallest group.",
                "person": {"nameEn": "Left"},
                "group": check["lines"][0]["group"],
                "chosen": None,
            },
            {
                "why": "The smallest group.",
                "person": {"nameEn": "New"},
                "group": check["lines"][1]["group"],
                "chosen": {"name": "Autumn"},
            },
            {
                "why": "Chosen by hand.",
                "person": {"nameEn": "Twice"},
                "group": {"name": "Autumn"},
                "chosen": {"name": "Autumn"},
            },
        ],
        "groups": [{"coming": 2, "group": {"name": "Autumn"}}],
        "hindrances": [{"code": "COVERED_MEANWHILE", "field": "plan", "rule": "LC-1"}] * 2,
    }
    assert await BodyMembership.filter(person_id=world["New"].id).count() == 0


async def test_what_was_done_is_looked_at_and_undone(ask, everyone, world):
    line = {"person": per(world["New"]), "group": bod(world["autumn"])}
    key = (await ask("secretary", ASSIGN, plan=[line], on="2026-11-22"))["data"]["answer"]["assignment"]

    assert (await ask("secretary", DONE, id=key))["data"]["coverageAssignment"] == {
        "on": "2026-11-22",
        "undone": False,
        "undoable": True,
        "lines": [{"still": True, "person": {"nameEn": "New"}, "group": {"name": "Autumn"}}],
    }
    assert (await ask("secretary", UNDO, id=key))["data"]["answer"] == {"count": 1, "assignment": key}
    again = (await ask("secretary", UNDO, id=key))["data"]["answer"]
    assert again["problems"] == [{"code": "UNDONE_ALREADY", "field": "id", "rule": None}]
    assert (await ask("secretary", UNDO, id="per_1"))["data"]["answer"]["kind"] == "NOT_THERE"


async def test_a_plan_is_for_whoever_manages_all_groups(ask, everyone, world):
    assert (await ask("leader", PREVIEW))["errors"][0]["extensions"]["code"] == "REACH"
    lines = [{"person": per(world["New"]), "group": bod(everyone.group)}]
    refused = (await ask("leader", ASSIGN, plan=lines, on="2026-11-22"))["data"]["answer"]
    assert refused["kind"] == "REFUSED"


async def test_looking_at_a_plan_asks_the_same_number_of_statements_for_any_number(ask, everyone, world, statements):
    counts, plan = [], [{"person": per(world["New"]), "group": bod(world["autumn"])}]
    for size in (0, 12):
        for _ in range(size):
            group, who = await make.body(BodyKind.LEARNING_GROUP), await make.person()
            await make.seat(who, everyone.term)
            plan.append({"person": per(who), "group": bod(group)})
        for text, given in ((PREVIEW, {}), (CHECK, {"plan": plan})):
            with statements() as asked:
                assert "errors" not in await ask("secretary", text, **given)
            counts.append(len(asked))
        done = (await ask("secretary", ASSIGN, plan=plan, on="2026-11-22"))["data"]["answer"]["assignment"]
        with statements() as asked:
            assert len((await ask("secretary", DONE, id=done))["data"]["coverageAssignment"]["lines"]) == len(plan)
        counts.append(len(asked))
        await ask("secretary", UNDO, id=done)
    assert counts[:3] == counts[3:]
