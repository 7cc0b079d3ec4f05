"""Terms that are given often, kept by name: what the form of giving can be filled in with (RD-2)."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Any

import strawberry

from server.models import bodies, documents
from server.rules.documents import LONGEST_DAYS, Act
from server.rules.permissions import Action
from server.schema.arguments import spread
from server.schema.bodies import Body
from server.schema.declared import DESCRIBED
from server.schema.documents.types import Folder
from server.schema.guard import needs
from server.schema.ids import key_of, model_of
from server.schema.node import Node
from server.schema.problems import Problems
from server.schema.reading import Answer, Id, column, computed, one, reads, shows
from server.schema.rows import all_of


@strawberry.type(description="Terms that are given often, kept by name with a folder (RD-2).")
@reads(documents.GrantTemplate, documents.visible_templates)
class GrantTemplate(Node):
    """It fills in the form; what is given is a grant like any other."""

    name: str = column("What it is called.")
    folder = one(documents.Folder, "folder", Folder | None, "For what lies in this folder, and in all below.")
    body = one(bodies.Body, "body", Body | None, "Whom it is given to; null where that is left open.")
    body_role: bodies.BodyRole | None = column("Only those with this role in the body; null for all of them.")
    act: Act = column("What it allows.")
    days: int = column("For how many days.")
    max_opens: int | None = column("How often each reader may open it; null for as often as they like.")
    text: bool = column("Whether the words of the pages can be had, to be heard or enlarged.")
    reason: str = column("Why it is given.")

    @computed("The last day, if it is given today.", "days")
    def last_day(root: strawberry.Parent[documents.GrantTemplate], info: Answer) -> dt.date:
        """So many days after today."""
        return info.context.viewer.today + dt.timedelta(days=min(max(root.days, 0), LONGEST_DAYS))


@strawberry.type(description="The template as it is now.")
class GrantTemplatePayload:
    """Success."""

    template: GrantTemplate = strawberry.field(description="The template.")


GrantTemplateResult = Annotated[
    GrantTemplatePayload | Problems,
    strawberry.union("GrantTemplateResult", description="The template, or why not."),
]
On = Annotated[strawberry.ID, strawberry.argument(description="A document or a folder.")]
ForFolder = Annotated[strawberry.ID, strawberry.argument(description="For what lies in this folder, and in all below.")]
Called = Annotated[str, strawberry.argument(description="What it is called; no other in the folder may be.")]
ToBody = Annotated[strawberry.ID | None, strawberry.argument(description="Whom it is given to; null leaves that open.")]
InRole = Annotated[bodies.BodyRole | None, strawberry.argument(description="Only those with this role in the body.")]
TheAct = Annotated[Act, strawberry.argument(description="What it allows: see, read or download.")]
Days = Annotated[int, strawberry.argument(description="For how many days, 1 to 366.")]
MaxOpens = Annotated[int | None, strawberry.argument(description="How often each may open it; null for any number.")]
WithText = Annotated[bool, strawberry.argument(description="Whether the words of pages can be heard or enlarged.")]
Why = Annotated[str, strawberry.argument(description="Why it is given; whoever it concerns may read it.")]


@dataclass(frozen=True)
class Kept:
    """What is kept."""

    folder: ForFolder
    name: Called
    body: ToBody = None
    body_role: InRole = None
    act: TheAct = Act.READ
    days: Days = 7
    max_opens: MaxOpens = None
    text: WithText = True
    reason: Why = ""


@strawberry.type
class TemplateQuery:
    """Root fields of templates."""

    @strawberry.field(
        description="The templates for a document or folder: those of the folder in which it lies, and of all above, "
        "by name. Empty where you do not keep it.",
        graphql_type=list[GrantTemplate],
        extensions=needs(Action.READ_DOCUMENTS),
        metadata=DESCRIBED,
    )
    async def grant_templates(self, info: Answer, on: On) -> Any:
        """Few by nature."""
        place: Any = model_of(on)
        offered = documents.offered_on(place, key_of(on, documents.Document, documents.Folder, field="on"))
        found = documents.visible_templates(info.context.viewer) & offered
        return await all_of(info.context, documents.GrantTemplate.filter(found).order_by("name", "id"))


@strawberry.type
class TemplateMutation:
    """Root fields that change them."""

    @strawberry.mutation(
        description="Keeps terms that are given often by a name, for a folder and all below. Nothing is given by it.",
        extensions=needs(Action.MANAGE_DOCUMENTS),
    )
    @spread
    async def grant_template_add(self, info: Answer, *, kept: Kept) -> GrantTemplateResult:
        """See `TemplateTerms`."""
        row = await documents.template_add(
            info.context.viewer,
            folder=key_of(kept.folder, documents.Folder, field="folder"),
            name=kept.name,
            body=key_of(kept.body, bodies.Body, field="body") if kept.body else None,
            body_role=kept.body_role,
            act=kept.act,
            days=kept.days,
            max_opens=kept.max_opens,
            text=kept.text,
            reason=kept.reason,
        )
        return shows(GrantTemplatePayload, template=row)

    @strawberry.mutation(
        description="A template is offered no more; what was given by it stays as it is.",
        extensions=needs(Action.MANAGE_DOCUMENTS),
    )
    async def grant_template_end(self, info: Answer, id: Id) -> GrantTemplateResult:
        """For good."""
        row = await documents.template_end(info.context.viewer, template=key_of(id, documents.GrantTemplate))
        return shows(GrantTemplatePayload, template=row)
