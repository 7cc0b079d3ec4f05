"""What the demo's assembly is made of: exact numbers, the same in every database, with gaps in every list."""

import datetime as dt
from collections import Counter

import pytest

from server.demo import assembly, install
from server.errors import Conflict, Refused
from server.models import audit
from server.models.accounts import Account
from server.models.bodies import Body, BodyKind, BodyMembership, BodyRelation, BodyRole, RelationKind
from server.models.bodies.counting import two_groups_at_once
from server.models.learning import coverage
from server.models.learning.leading import leadership_gaps
from server.models.members import (
    Membership,
    MembershipPost,
    MembershipStatus,
    Person,
    PostKind,
    Status,
    Term,
    TermStatus,
    TermYear,
)
from server.models.messages import Delivery, Mailing, Message
from server.rules.coverage import Figures, Pair
from server.rules.messages import DeliveryState
from server.rules.permissions import Role
from tests import make
from tests.accounts.door import CHEAP
from tests.demo.conftest import OPERATOR
from tests.demo.filed import FILED


async def test_it_has_300_members_in_34_sectors_10_committees_and_30_learning_groups(demo: str):
    kinds = Counter(await Body.filter(ends_on=None).values_list("kind", flat=True))

    assert kinds == {
        BodyKind.SECTOR: 34,
        BodyKind.SPECIAL_COMMITTEE: 10,
        BodyKind.LEARNING_GROUP: 30,
        BodyKind.PARTY_BRANCH: 10,
        BodyKind.DEPARTMENT: 6,
        **dict.fromkeys(
            (
                BodyKind.CHAIRS_MEETING,
                BodyKind.STANDING_COMMITTEE,
                BodyKind.PARTY_GROUP,
                BodyKind.THEORY_STUDY_CENTRE,
                BodyKind.READING_GROUP,
                BodyKind.OTHER,
            ),
            1,
        ),
    }
    ended = Counter(await Body.exclude(ends_on=None).values_list("kind", flat=True))
    assert ended == {BodyKind.LEARNING_GROUP: 1, BodyKind.SPECIAL_COMMITTEE: 1, BodyKind.PARTY_BRANCH: 1}
    assert await Body.filter(sensitive=True).order_by("name_en").values_list("name_en", flat=True) == [
        "Ethnic Minorities",
        "Religions",
    ]


async def test_seats_have_every_history_and_wrong_entries_beside_the_right_ones(demo: str):
    statuses = MembershipStatus.filter(voided_at=None, ends_on=None)
    posts = MembershipPost.filter(voided_at=None, ends_on=None)

    assert Counter(await statuses.values_list("status", flat=True)) == {
        Status.ACTIVE: 300,
        Status.NOMINATED: 3,
        Status.SUSPENDED: 2,
        Status.RESIGNED: 4,
        Status.REMOVED: 1,
        Status.DECEASED: 2,
        Status.ENDED: 75,
    }
    assert Counter(await posts.values_list("kind", flat=True)) == {
        PostKind.CHAIR: 1,
        PostKind.VICE_CHAIR: 8,
        PostKind.SECRETARY_GENERAL: 1,
        PostKind.STANDING: 40,
        PostKind.ORDINARY: 255,
    }
    dated = (MembershipStatus, MembershipPost, BodyMembership)
    assert [await table.exclude(voided_at=None).count() for table in dated] == [3, 3, 4]
    assert (await Person.all().count(), await Membership.all().count()) == (346, 387)


async def test_one_term_is_closed_and_one_active_each_with_five_years(demo: str):
    terms = await Term.all().order_by("code").values_list("code", "status")

    assert terms == [("14", TermStatus.CLOSED), ("15", TermStatus.ACTIVE)]
    years = await TermYear.all().order_by("term__code", "n").values_list("term__code", "n")
    assert years == [(code, n) for code in ("14", "15") for n in range(1, 6)]


async def test_learning_groups_derive_from_all_committees_and_sectors(demo: str):
    ties = await BodyRelation.filter(kind=RelationKind.DERIVED_FROM).values_list("source_id", "target__kind")

    assert Counter(kind for _, kind in ties) == {BodyKind.SPECIAL_COMMITTEE: 10, BodyKind.SECTOR: 34}
    assert len({source for source, _ in ties}) == 30


@pytest.mark.parametrize(
    ("kind", "figures"),
    [
        (BodyKind.LEARNING_GROUP, Figures(300, none=12, one=286, more=2, pending=4)),
        (BodyKind.SPECIAL_COMMITTEE, Figures(300, none=46, one=252, more=2, pending=5)),
        (BodyKind.PARTY_BRANCH, Figures(84, none=6, one=77, more=1, pending=1)),
        (BodyKind.SECTOR, Figures(300, none=0, one=300, more=0, pending=0)),
    ],
)
async def test_coverage_has_these_figures(demo: str, kind: BodyKind, figures: Figures):
    assert (await coverage(kind, make.TODAY)).figures == figures


@pytest.mark.parametrize(
    ("kind", "uncovered", "pending", "ended", "several"),
    [
        (BodyKind.LEARNING_GROUP, 5, 4, 3, 2),
        (BodyKind.SPECIAL_COMMITTEE, 39, 5, 2, 2),
        (BodyKind.PARTY_BRANCH, 3, 1, 2, 1),
    ],
)
async def test_no_list_of_coverage_is_empty(demo: str, kind: BodyKind, uncovered, pending, ended, several):
    found = await coverage(kind, make.TODAY)

    lists = (found.uncovered, found.pending, found.ended_group, found.several)
    assert [len(one) for one in lists] == [uncovered, pending, ended, several]


async def test_one_group_has_no_head_and_one_has_two(demo: str):
    gaps = (await coverage(BodyKind.LEARNING_GROUP, make.TODAY)).leadership

    names = dict(await Body.all().values_list("id", "name_zh"))
    assert [(names[gap.where], str(gap.problem.message)) for gap in gaps] == [
        ("两岸交流学习小组", "This group has 2 heads. Keep one and make the others co-heads."),
        ("民间外交学习小组", "This group has no head. Name one."),
    ]


async def test_twenty_groups_have_the_pair_of_leaders_and_ten_have_not(demo: str):
    gaps = await leadership_gaps(make.TODAY, pair=Pair.GROUP)

    assert sum(gap.problem.code == "PAIR_MISSING" for gap in gaps) == 10


async def test_two_people_stand_in_two_groups_as_the_verbs_would_refuse(demo: str):
    several = (await coverage(BodyKind.LEARNING_GROUP, make.TODAY)).several

    problems = [await two_groups_at_once(one.person) for one in several]
    assert [problem and problem.code for problem in problems] == ["TWO_GROUPS", "TWO_GROUPS"]


async def test_twelve_members_moved_from_group_to_group_on_one_day(demo: str):
    learning = BodyMembership.filter(body__kind=BodyKind.LEARNING_GROUP, voided_at=None)
    left = dict(
        await learning.filter(membership__statuses__status=Status.ACTIVE, ends_on__not_isnull=True).values_list(
            "person_id", "ends_on"
        )
    )

    began = await learning.filter(person_id__in=list(left), ends_on=None).values_list("person_id", "starts_on")
    moved = [person for person, day in began if left[person] == day]
    assert len(moved) == 12


async def test_names_are_unusual_in_every_way_and_found_by_their_surname(demo: str):
    read = dict(
        await Person.filter(family_name__in=["单", "仇", "解", "尉迟", "万俟"]).values_list("name_zh", "sort_pinyin")
    )

    assert read == {
        "单若谷": "shan4单 ruo4若 gu3谷",
        "仇静姝": "qiu2仇 jing4静 shu1姝",
        "解闻道": "xie4解 wen2闻 dao4道",
        "尉迟松涛": "yu4尉 chi2迟 song1松 tao1涛",
        "万俟定远": "mo4万 qi2俟 ding4定 yuan3远",
    }
    assert await Person.filter(name_zh="陈晓岚").count() == 2
    assert await Person.filter(name_zh="").count() == 3
    assert await Person.filter(name_zh__contains="·").count() == 3


async def test_two_installations_are_the_same_but_for_the_days_of_the_newest(db: str):
    later = make.NOW + dt.timedelta(days=400)

    one, other = (assembly(now, now.date(), "", FILED) for now in (make.NOW, later))

    assert [[row.id for row in table] for table in one.tables()] == [
        [row.id for row in table] for table in other.tables()
    ]
    assert [(p.name_zh, p.name_en) for p in one.people] == [(p.name_zh, p.name_en) for p in other.people]
    days = [{row.id: row.starts_on for row in rows.statuses} for rows in (one, other)]
    assert sum(days[0][key] != days[1][key] for key in days[0]) == 13


async def test_every_database_says_the_same(demo: str):
    expected = assembly(make.NOW, make.TODAY, "", FILED)

    written = dict(await Person.all().values_list("id", "name_zh"))
    assert written == {person.id: person.name_zh for person in expected.people}
    assert set(await BodyMembership.all().values_list("id", flat=True)) == {row.id for row in expected.places}
    assert str(expected.accounts[0].id) == "ed7e185b-574f-5b59-a979-982a4d397cf5"


async def test_one_entry_of_the_trail_tells_of_it_and_the_chain_is_whole(demo: str):
    entry = await audit.AuditEntry.get()

    assert (entry.action, entry.actor) == ("demo.install", "command line")
    assert entry.facts is not None
    assert (entry.facts["person"], entry.facts["body"], entry.facts["account"]) == (346, 99, 9)
    assert (await audit.verify()).ok


async def test_it_is_refused_where_it_is_already(demo: str):
    with pytest.raises(Conflict) as refused:
        await install(OPERATOR, filed=FILED, cost=CHEAP)

    assert [problem.code for problem in refused.value.problems] == ["DEMO_ALREADY"]
    assert await Person.all().count() == 346


@pytest.mark.parametrize("held", [make.person, make.term, make.body, make.account])
async def test_it_is_refused_beside_anything_else(db: str, held):
    await held()

    with pytest.raises(Conflict) as refused:
        await install(OPERATOR, filed=FILED, cost=CHEAP)

    assert [problem.code for problem in refused.value.problems] == ["NOT_EMPTY"]
    assert await Account.filter(demo=True).count() == 0


async def test_only_an_administrator_installs_it(db: str):
    with pytest.raises(Refused):
        await install(make.viewer(Role.SECRETARY), filed=FILED, cost=CHEAP)

    assert await Person.all().count() == 0


async def test_departments_have_a_contact_without_a_seat(demo: str):
    contacts = BodyMembership.filter(body__kind=BodyKind.DEPARTMENT, role=BodyRole.CONTACT)

    assert await contacts.count() == 6
    assert await contacts.filter(membership_id=None).count() == 6


async def test_the_office_told_forty_members_something_and_two_letters_did_not_arrive(demo: str):
    states = Counter(await Delivery.all().values_list("channel", "state"))

    assert await Mailing.all().order_by("written_at").values_list("title_en", flat=True) == [
        "A consultation on the city's reading rooms",
        "Send us topics for research",
    ]
    assert await Message.all().count() == 40
    assert states == {
        ("email", DeliveryState.SENT): 34,
        ("email", DeliveryState.BOUNCED): 1,
        ("email", DeliveryState.GIVEN_UP): 1,
        ("slip", DeliveryState.WAITING): 4,
    }
