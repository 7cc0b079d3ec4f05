"""What is given to whom, on what and on which terms, as it is asked for (RD-2)."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

import strawberry
from tortoise.models import Model

from server.models import bodies, documents, members
from server.models.activities import Activity
from server.models.documents import Terms, Whom
from server.rules.documents import Act, Effect
from server.schema.ids import key_of, model_of, not_there
from server.schema.reading import Asking
from server.viewer import Viewer

WHOLE_DAY = dt.timedelta(days=1)


@strawberry.input(description="Those who belong to a body when they read, or only those in one role there.")
class BodyInRole:
    """See `Whom`."""

    body: strawberry.ID = strawberry.field(description="The body.")
    role: bodies.BodyRole | None = strawberry.field(default=None, description="The role there; null for all of them.")


On = Annotated[strawberry.ID, strawberry.argument(description="On which document; or on which folder, and all below.")]
ToPeople = Annotated[list[strawberry.ID] | None, strawberry.argument(description="To these people by name.")]
ToBodies = Annotated[list[BodyInRole] | None, strawberry.argument(description="To whoever belongs to these bodies.")]
ToTerm = Annotated[strawberry.ID | None, strawberry.argument(description="To everyone with a seat in this term.")]
TheEffect = Annotated[Effect, strawberry.argument(description="Whether it allows or closes.")]
TheAct = Annotated[Act, strawberry.argument(description="What it allows or closes: see, read or download.")]
ToActivity = Annotated[
    strawberry.ID | None, strawberry.argument(description="To who takes part in this activity, once they were told.")
]
Overrides = Annotated[bool, strawberry.argument(description="Lifts what was closed to a body or term.")]
From = Annotated[dt.datetime | None, strawberry.argument(description="From when it holds; now unless given.")]
FirstDay = Annotated[dt.date | None, strawberry.argument(description="The same as a day, from its beginning on.")]
Until = Annotated[
    dt.datetime | None,
    strawberry.argument(description="The first moment at which it holds no more; a week from now unless given."),
]
LastDay = Annotated[dt.date | None, strawberry.argument(description="The same as the last day on which it holds.")]
MaxOpens = Annotated[int | None, strawberry.argument(description="How often each may open it; null for any number.")]
WithText = Annotated[bool, strawberry.argument(description="Whether the words of pages can be heard or enlarged.")]
Why = Annotated[str, strawberry.argument(description="Why; whoever it concerns may read it.")]


@dataclass(frozen=True)
class Offer:
    """What is given to whom, as it is asked for."""

    on: On
    people: ToPeople = None
    bodies: ToBodies = None
    term: ToTerm = None
    activity: ToActivity = None
    effect: TheEffect = Effect.ALLOW
    act: TheAct = Act.READ
    overrides: Overrides = False
    valid_from: From = None
    first_day: FirstDay = None
    valid_until: Until = None
    last_day: LastDay = None
    max_opens: MaxOpens = None
    text: WithText = True
    reason: Why = ""

    @property
    def place(self) -> tuple[type[Model], UUID]:
        """On what. Raises NotThere for what is no ID of such."""
        return place_of(self.on)

    @property
    def whom(self) -> list[Whom]:
        """To whom. Raises NotThere for what is no ID of such."""
        people = [Whom(person=key_of(one, members.Person, field="people")) for one in self.people or ()]
        groups = [
            Whom(body=key_of(one.body, bodies.Body, field="bodies"), body_role=one.role) for one in self.bodies or ()
        ]
        term = [Whom(term=key_of(self.term, members.Term, field="term"))] if self.term else []
        part = [Whom(activity=key_of(self.activity, Activity, field="activity"))] if self.activity else []
        return [*people, *groups, *term, *part]

    def terms(self, viewer: Viewer) -> Terms:
        """On what terms."""
        said: Terms = {
            "effect": self.effect,
            "act": self.act,
            "overrides": self.overrides,
            "max_opens": self.max_opens,
            "text": self.text,
            "reason": self.reason,
        }
        first = self.valid_from or (day_begins(viewer, self.first_day) if self.first_day else None)
        if first and first > viewer.now:
            said["valid_from"] = first
        if last := end_of(viewer, self.valid_until, self.last_day):
            said["valid_until"] = last
        return said


def place_of(on: str) -> tuple[type[Model], UUID]:
    """A document or a folder. Raises NotThere for what is no ID of such."""
    return model_of(on), key_of(on, documents.Document, documents.Folder, field="on")


def day_begins(viewer: Viewer, day: dt.date) -> dt.datetime:
    """The first moment of a day in the assembly's time zone."""
    return dt.datetime.combine(day, dt.time(), viewer.zone).astimezone(dt.UTC)


def end_of(viewer: Viewer, moment: dt.datetime | None, last: dt.date | None) -> dt.datetime | None:
    """The moment itself, or the end of the last day; null where neither is given."""
    if moment is None and last is not None:
        return day_begins(viewer, min(last, dt.date.max - WHOLE_DAY) + WHOLE_DAY)
    return moment


async def must_keep(asking: Asking, model: type[Model], key: UUID) -> None:
    """Raises NotThere for a document or folder that the viewer does not keep."""
    viewer = asking.viewer
    kept = documents.kept_folders(viewer) if model is documents.Folder else documents.allowed(viewer, Act.MANAGE)
    rows = model.filter(kept, id=key)
    if asking.writing:
        asking.checks.append(rows)
    elif not await rows.exists():
        raise not_there("on")
