"""The nine sign-ins of the demo: each works, and is what its name says."""

import pytest

from server.models.accounts import Account, RoleAssignment
from server.rules.accounts import DEMO_PASSWORD
from server.rules.permissions import Role
from server.words import shown
from tests.accounts.door import come_in

EXPECTED = {
    "admin": {(Role.ADMINISTRATOR, "")},
    "secretary": {(Role.SECRETARY, "")},
    "custodian": {(Role.CUSTODIAN, "")},
    "chair": {(Role.MEMBER, ""), (Role.CHAIR, "")},
    "leader": {(Role.MEMBER, ""), (Role.GROUP_LEADER, "产业升级学习小组")},
    "convener": {(Role.MEMBER, ""), (Role.CONVENER, "文化艺术界")},
    "member": {(Role.MEMBER, "")},
    "department": {(Role.DEPARTMENT, "云渚市教育局")},
    "auditor": {(Role.AUDITOR, "")},
}


@pytest.mark.parametrize("name", EXPECTED)
async def test_each_signs_in_and_is_what_the_name_says(demo: str, name: str):
    viewer = (await come_in(name, DEMO_PASSWORD)).viewer

    held = {(role.role, shown(role.body_name, "zh")) for role in viewer.roles}
    assert (viewer.name, viewer.demo, held) == (name, True, EXPECTED[name])


async def test_only_what_the_register_does_not_say_is_given_and_by_one_who_may(demo: str):
    facts = ("account__name", "role", "body_id", "recorded_by__name")
    given = await RoleAssignment.all().order_by("role").values_list(*facts)

    assert given == [
        ("admin", Role.ADMINISTRATOR, None, "admin"),
        ("auditor", Role.AUDITOR, None, "admin"),
        ("custodian", Role.CUSTODIAN, None, "admin"),
        ("secretary", Role.SECRETARY, None, "admin"),
    ]


async def test_there_are_nine_and_one_hash_for_all(demo: str):
    hashes = await Account.all().values_list("password_hash", flat=True)

    assert (len(hashes), len(set(hashes))) == (9, 1)
