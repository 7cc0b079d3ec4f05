"""Who stays, leaves and comes, as a table to take along."""

from collections.abc import Iterator, Mapping
from uuid import UUID

from server.models.members.tables import PostKind
from server.models.renewal.plan import Holder, Plan
from server.rules.renewal import RenewalPart
from server.words import Locale, Words, say

PARTS: dict[RenewalPart, Words] = {
    RenewalPart.STAYS: say("stays"),
    RenewalPart.LEAVES: say("leaves"),
    RenewalPart.COMES: say("comes"),
}
OFFICES: dict[PostKind, Words] = {
    PostKind.ORDINARY: say("member"),
    PostKind.STANDING: say("standing committee member"),
    PostKind.VICE_CHAIR: say("vice-chair"),
    PostKind.CHAIR: say("chair"),
    PostKind.SECRETARY_GENERAL: say("secretary-general"),
}
HEADINGS = (
    *(say("Name"), say("What becomes of it")),
    *(say("Office so far"), say("Sector so far"), say("Unit so far")),
    *(say("Office then"), say("Sector then"), say("Unit then")),
)


def renewal_rows(plan: Plan, locale: Locale) -> Iterator[list[str]]:
    """A heading, and a row for everyone: by what becomes of them, then by pinyin."""
    sectors = {body.id: body.name.into(locale) for body in plan.bodies}
    yield [heading.into(locale) for heading in HEADINGS]
    for part, words in PARTS.items():
        for person in plan.people(part):
            was, will = plan.before.get(person), plan.after.get(person)
            name = (was or plan.after[person]).name.into(locale)
            yield [name, words.into(locale), *_post(was, sectors, locale), *_post(will, sectors, locale)]


def _post(holder: Holder | None, sectors: Mapping[UUID, str], locale: Locale) -> list[str]:
    post = holder.post if holder else None
    if post is None:
        return ["", "", ""]
    return [OFFICES[post.kind].into(locale), sectors.get(post.sector, "") if post.sector else "", post.unit]
