"""How people want to be told: what each chose, and by which ways they can be reached, read for many at once."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from server.models.accounts.tables import Account
from server.models.members.tables import Person
from server.models.messages.tables import MessageChoice, MessageHours
from server.models.reads import Columns, Read
from server.rules import messages as rules
from server.rules.messages import Hours, Mode, Planned, Topic, Urgency
from server.viewer import Viewer

HOURS = ("quiet_from", "quiet_until", "digest_day", "digest_hour")


@dataclass(frozen=True)
class Wishes:
    """What one person, or an account that is nobody's, chose. address: an e-mail address is known; account: a way in.

    names: in Chinese and in Latin letters.
    """

    names: tuple[str, str] = ("", "")
    address: bool = False
    account: bool = False
    choices: Mapping[tuple[Topic, str], Mode] = field(default_factory=dict)
    hours: Hours = field(default_factory=Hours)

    def ways(self, topic: Topic, *, by_email: bool = True) -> Iterator[tuple[str, Mode]]:
        """The ways by which a message leaves the house for them. by_email: the house has a mail server."""
        return rules.ways(topic, self.choices, address=self.address and by_email)

    def planned(self, viewer: Viewer, topic: Topic, urgency: Urgency, *, by_email: bool = True) -> list[Planned]:
        """The deliveries of a message that is written now."""
        return rules.planned(self.ways(topic, by_email=by_email), self.hours, urgency, viewer.now, viewer.zone)

    def on_paper(self, topic: Topic, *, by_email: bool) -> bool:
        """Whether only the office itself reaches them."""
        return rules.needs_slip(topic, self.choices, address=self.address, account=self.account, by_email=by_email)


def wishing(people: QuerySet[Person], accounts: Collection[UUID] = ()) -> dict[str, Read]:
    """What is read to know the wishes of these people, and of these accounts that are nobody's."""
    keys: Any = Subquery(people.values("id"))
    whose = Q(person_id__in=keys) | Q(account_id__in=list(accounts)) if accounts else Q(person_id__in=keys)
    choices = MessageChoice.filter(whose, ended_at=None).order_by("id")
    return {
        "people": Columns(people.order_by("sort_pinyin", "id"), ("id", "name_zh", "name_en", "email")),
        "accounts": Columns(Account.filter(person_id__in=keys, active=True).order_by("id"), ("person_id",)),
        "choices": Columns(choices, ("person_id", "account_id", "topic", "channel", "mode")),
        "hours": Columns(MessageHours.filter(whose).order_by("id"), ("person_id", "account_id", *HOURS)),
    }


def wished(facts: Mapping[str, Any], accounts: Collection[UUID] = ()) -> dict[UUID, Wishes]:
    """Each person in the order of names, then each account, with what was read of their wishes."""
    choices: dict[UUID, dict[tuple[Topic, str], Mode]] = defaultdict(dict)
    for person, account, topic, channel, mode in facts["choices"]:
        choices[person or account][Topic(topic), channel] = Mode(mode)
    hours = {person or account: Hours(*row) for person, account, *row in facts["hours"]}
    inside = {person for (person,) in facts["accounts"]}
    found = {
        key: Wishes((zh, en), bool(email), key in inside, choices[key], hours.get(key, Hours()))
        for key, zh, en, email in facts["people"]
    }
    return found | {key: Wishes(("", ""), False, True, choices[key], hours.get(key, Hours())) for key in accounts}


def holder(viewer: Viewer) -> dict[str, UUID | None]:
    """Whose wishes a viewer's own are: of the person, or of the account where it is nobody's."""
    return {"person_id": viewer.person, "account_id": None if viewer.person else viewer.account}
