"""The assembly itself: what it is called, and whom to ask. One row; before it is written, nobody knows."""

from typing import Any, TypedDict, Unpack
from uuid import UUID

from tortoise import fields

from server.errors import Invalid, Problem
from server.models import audit
from server.models.database import transaction
from server.models.facts import before_and_after, differing, tidy, unique
from server.models.fields import Keyed
from server.rules.mail import is_email
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import say

ONLY = UUID(int=1)
"""The key of the one row."""


class Assembly(Keyed):
    """Names in both languages, and the contact of the general office. What is not known is empty."""

    name_zh = fields.CharField(max_length=100, default="")
    name_en = fields.CharField(max_length=150, default="")
    short_zh = fields.CharField(max_length=20, default="")
    short_en = fields.CharField(max_length=40, default="")
    telephone = fields.CharField(max_length=100, default="")
    email = fields.CharField(max_length=200, default="")
    room_zh = fields.CharField(max_length=200, default="")
    room_en = fields.CharField(max_length=200, default="")
    hours_zh = fields.CharField(max_length=200, default="")
    hours_en = fields.CharField(max_length=200, default="")

    class Meta:
        table = "assembly"


class AssemblyFacts(TypedDict, total=False):
    """What can be said of the assembly; what is absent stays as it is."""

    name_zh: str
    name_en: str
    short_zh: str
    short_en: str
    telephone: str
    email: str
    room_zh: str
    room_en: str
    hours_zh: str
    hours_en: str


async def change_assembly(viewer: Viewer, **facts: Unpack[AssemblyFacts]) -> Assembly:
    """Say what the assembly is called and whom to ask. Raises Invalid where it has no name, or no way to be asked."""
    viewer.must(Action.MANAGE_ASSEMBLY)
    async with transaction():
        row = await Assembly.filter(id=ONLY).select_for_update(no_key=True).first()
        now = row or Assembly(id=ONLY)
        said = _sound({name: getattr(now, name) for name in AssemblyFacts.__annotations__} | tidy(Assembly, facts))
        changed = differing(now, said)
        if row is None:
            with unique(Problem("CHANGED_MEANWHILE", say("Someone else wrote this just now. Look at it again."))):
                await Assembly.create(id=ONLY, **said)
        elif changed:
            await Assembly.filter(id=ONLY).update(**changed)
        if changed:
            await audit.record(viewer, "assembly.change", f"asm_{ONLY}", before_and_after(now, changed))
    return await Assembly.get(id=ONLY)


def _sound(said: dict[str, Any]) -> dict[str, Any]:
    problems = []
    if not said["name_zh"] and not said["name_en"]:
        named = say("Write the name, in one of the two languages at least.")
        problems.append(Problem("NAME_MISSING", named, "name_zh"))
    if not any(said[way] for way in ("telephone", "email", "room_zh", "room_en")):
        reached = say("Say how the office is reached: by telephone, e-mail or in which room.")
        problems.append(Problem("CONTACT_MISSING", reached, "telephone"))
    if said["email"] and not is_email(said["email"]):
        problems.append(Problem("NOT_AN_ADDRESS", say("An e-mail address looks like name@example.org."), "email"))
    if problems:
        raise Invalid(*problems)
    return said
