"""Terms that are given often, kept by name with a folder: for what lies in it, and in all below (RD-2)."""

from typing import Any, TypedDict, Unpack
from uuid import UUID

from tortoise.expressions import Q, Subquery

from server.errors import Conflict, Invalid, Problem
from server.models import audit
from server.models.bodies.queries import visible_bodies
from server.models.bodies.tables import Body, BodyRole
from server.models.database import transaction
from server.models.documents.queries import kept_folders
from server.models.documents.shelving import kept_folder
from server.models.documents.tables import Document, Folder, FolderPath, GrantTemplate
from server.models.facts import tidy
from server.models.history import not_there, sound_reason
from server.rules.documents import Act, template_problems
from server.viewer import Viewer
from server.words import say


class TemplateTerms(TypedDict, total=False):
    """What it fills in. body, body_role: to whom; days: for how many, counted from when it is given."""

    body: UUID | None
    body_role: BodyRole | None
    act: Act
    days: int
    max_opens: int | None
    text: bool
    reason: str


def visible_templates(viewer: Viewer) -> Q:
    """Those of folders that the viewer keeps, while they are offered."""
    kept: Any = {"folder_id__in": Subquery(Folder.filter(kept_folders(viewer)).values("id"))}
    return Q(ended_at__isnull=True, **kept)


def offered_on(place: type[Document] | type[Folder], key: UUID) -> Q:
    """Those of a folder and all above it; of a document, of the folder in which it lies."""
    folder = Document.filter(id=key).values("folder_id") if place is Document else Folder.filter(id=key).values("id")
    above: Any = {"folder_id__in": Subquery(FolderPath.filter(folder_id__in=Subquery(folder)).values("above_id"))}
    return Q(**above)


async def template_add(viewer: Viewer, *, folder: UUID, name: str, **terms: Unpack[TemplateTerms]) -> GrantTemplate:
    """Keep these terms by that name. Raises NotThere, Refused; Invalid for what no grant could give (RD-2)."""
    usual: TemplateTerms = {"act": Act.READ, "days": 7, "max_opens": None, "text": True}
    said: dict[str, Any] = dict(usual | terms) | {"name": name, "reason": sound_reason(terms.get("reason", ""))}
    keys = {"folder_id": folder, "body_id": said.pop("body", None)}
    said = tidy(GrantTemplate, said)
    problems = template_problems(**{name: said[name] for name in ("name", "act", "days", "max_opens")})
    if said.get("body_role") and not keys["body_id"]:
        problems.append(Problem("ROLE_WHERE", say("Say in which body that role is."), "body"))
    if problems:
        raise Invalid(*problems)
    async with transaction():
        viewer, _ = await kept_folder(viewer, folder, "folder")
        if keys["body_id"] and not await Body.filter(visible_bodies(viewer), id=keys["body_id"]).exists():
            raise not_there("body")
        await Folder.filter(id=folder).select_for_update(no_key=True).first()  # two of one name come one by one
        if await GrantTemplate.filter(folder_id=folder, name=said["name"], ended_at__isnull=True).exists():
            raise Conflict(Problem("NAME_TAKEN", say("A template here is called so already."), "name"))
        facts: Any = said | keys
        row = await GrantTemplate.create(created_at=viewer.now, created_by_id=viewer.account, **facts)
        await audit.record(viewer, "documents.template_add", f"fol_{folder}", {"template": row.id, **facts})
    return row


async def template_end(viewer: Viewer, *, template: UUID) -> GrantTemplate:
    """It is offered no more; what was given by it stays as it is. Raises NotThere."""
    async with transaction():
        row = await GrantTemplate.filter(visible_templates(viewer), id=template).select_for_update().first()
        if row is None:
            raise not_there("id")
        row.ended_at = viewer.now
        await row.save(update_fields=["ended_at"])
        said = {"template": row.id, "name": row.name}
        await audit.record(viewer, "documents.template_end", f"fol_{row.folder_id}", said)
    return row
