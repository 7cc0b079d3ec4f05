"""First screens: what is stored about whoever asks, and why."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import strawberry

from server.models import accounts, members, welcome
from server.models.members import Sex
from server.models.reads import Columns
from server.rules.permissions import GUARDED_FIELDS, Action
from server.rules.requests import RequestField, text_of
from server.rules.welcome import ACCOUNT, BODIES, FILE, READINGS, SEAT, Kept, readers
from server.schema.accounts import Account
from server.schema.guard import needs, public
from server.schema.ids import id_for
from server.schema.making import made, makes
from server.schema.problems import Problems
from server.schema.reading import Answer, shows
from server.viewer import Viewer
from server.words import Words, say

SEXES = {Sex.FEMALE: say("female"), Sex.MALE: say("male"), Sex.OTHER: say("other")}
ASKED = {field.value: field for field in RequestField if field.value}


@strawberry.type(description="Something that is stored about you.")
class StoredFact:
    """One line."""

    label: str = strawberry.field(description="What it is, in your language.")
    value: str = strawberry.field(description="What stands there; empty where nothing does.")
    why: str = strawberry.field(description="For what it is kept.")
    source: str = strawberry.field(description="Where it came from, in words; empty where that was not noted.")
    readers: str = strawberry.field(description="Who may see it, in words.")
    guarded: bool = strawberry.field(description="Whether only few may see it, and reading it is noted.")
    field: RequestField | None = strawberry.field(
        description="What to ask the office to change; null where it is other."
    )
    address: str = strawberry.field(description="The page with more of it, or empty.")


@strawberry.type(description="The account as it is now.")
class WelcomePayload:
    """Success."""

    account: Account = strawberry.field(description="Your account.")


WelcomeResult = Annotated[
    WelcomePayload | Problems, strawberry.union("WelcomeResult", description="The account, or why not.")
]


@strawberry.type
class WelcomeQuery:
    """Root fields of this room."""

    @makes(
        "All that is stored about you, with where it came from and who may see it.",
        kind=list[StoredFact],
        extensions=needs(Action.SEND_REQUEST),
    )
    async def stored_about_me(self, info: Answer) -> Any:
        """Of whoever is nobody in the register only the account."""
        viewer = info.context.viewer
        reads = welcome.stored_reads(viewer.person, viewer.today) if viewer.person else {}
        holder = accounts.Account.filter(id__in=[viewer.account] if viewer.account else [])
        known = {**reads, "account": Columns(holder, ("name", "locale"))}
        return await made(info.context, known, lambda facts: list(_told(viewer, facts)))


@strawberry.type
class WelcomeMutation:
    """Root fields that change this room."""

    @strawberry.mutation(
        description="Notes that you have seen what is stored about you; not for tokens.", extensions=public()
    )
    async def account_welcome(self, info: Answer) -> WelcomeResult:
        """Refused to whoever is not signed in with a browser."""
        viewer = info.context.viewer
        await welcome.account_welcome(viewer)
        return shows(WelcomePayload, account=await accounts.Account.get(id=viewer.account))


def _told(viewer: Viewer, facts: Mapping[str, Any]) -> Iterator[StoredFact]:
    if facts.get("file"):
        yield from _of_file(viewer, facts)
        yield from _of_seat(viewer, facts)
    language = {"zh": say("Chinese"), "en": say("English")}
    for name, locale in facts["account"]:
        chosen = language[locale].into(viewer.locale) if locale in language else ""
        yield _fact(viewer, ACCOUNT, " · ".join(filter(None, (name, chosen))), address="/me")
    if "file" in facts:
        yield _fact(viewer, READINGS, "", address=f"/members/{_me(viewer)}/readings")


def _of_file(viewer: Viewer, facts: Mapping[str, Any]) -> Iterator[StoredFact]:
    found = welcome.origins(facts)
    for kept, value in zip(FILE, facts["file"][0], strict=True):
        text = SEXES[value].into(viewer.locale) if isinstance(value, Sex) else text_of(value)
        origin = found.get(kept.name)
        yield _fact(viewer, kept, text, origin.words(viewer.zone) if origin and text else None)


def _of_seat(viewer: Viewer, facts: Mapping[str, Any]) -> Iterator[StoredFact]:
    seats = [[_in(viewer, part) for part in seat if part] for seat in welcome.seats_told(facts)]
    file = f"/members/{_me(viewer)}"
    yield _fact(viewer, SEAT, "; ".join(" · ".join(seat) for seat in seats), address=file)
    yield _fact(viewer, BODIES, "、".join(_in(viewer, name) for name in welcome.bodies_told(facts)), address=file)


def _fact(viewer: Viewer, kept: Kept, value: str, source: Words | None = None, address: str = "") -> StoredFact:
    return StoredFact(
        label=kept.label.into(viewer.locale),
        value=value,
        why=kept.why.into(viewer.locale),
        source=source.into(viewer.locale) if source else "",
        readers=readers(kept.name).into(viewer.locale),
        guarded=kept.name in GUARDED_FIELDS,
        field=ASKED.get(kept.name),
        address=address,
    )


def _in(viewer: Viewer, words: Words | str) -> str:
    return words.into(viewer.locale) if isinstance(words, Words) else words


def _me(viewer: Viewer) -> str:
    return id_for(members.Person, viewer.person) if viewer.person else ""
