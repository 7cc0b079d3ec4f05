"""Grants: what was given to whom; giving, with a look at what it changes before; and taking back."""

import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.schema import Action
from server.schema.documents.lists import names_in
from server.schema.refusals import Invalid, as_problems
from server.words import say
from web.casting import CASTS
from web.imports import suffix
from web.pages import answered, form, page, posted, succeed
from web.rendering import DONE, Unreadable, refusal, render_template

ONE = "/grants/{id}"
TO = "/giving/{on}"
KEPT = "/folders/{folder}/templates"
UNSURE = {
    "field": "names",
    "code": "UNSURE",
    "message": say("Who is meant is not certain: tick who it is, or take the name away."),
    "rule": None,
}


def body_in_role(text: str) -> dict[str, str | None]:
    """A body and a role there, as a select says them: body, role; no role for all. Raises ValueError."""
    body, *roles = text.split()
    if len(roles) > 1:
        raise ValueError(text)
    return {"body": body, "role": roles[0] if roles else None}


CASTS["BodyInRole"] = (body_in_role, say("Choose one of those offered."))


async def _typed(request: Request) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What the form says, each person once; and what is wrong with the list that came along."""
    async with request.form() as form:
        lists = {key: [v for v in form.getlist(key) if isinstance(v, str) and v] for key in ("people", "bodies")}
        texts = {key: value for key, value in form.items() if isinstance(value, str) and key not in lists}
        file = form.get("file")
        names = texts.get("names", "").splitlines()
        problems: list[dict[str, Any]] = []
        if isinstance(file, UploadFile) and file.filename:
            try:
                names += await _listed(file)
            except Invalid as error:
                problems = as_problems(error, request.state.asking)
    if texts.get("group"):
        lists["bodies"].append(f"{texts.pop('group')} {texts.pop('groupRole', '')}".strip())
    lists = {key: list(dict.fromkeys(values)) for key, values in lists.items()}
    return texts | lists | {"names": "\n".join(names), **request.path_params}, problems


async def _listed(file: UploadFile) -> list[str]:
    with tempfile.TemporaryDirectory() as aside:
        path = Path(aside) / f"list{suffix(file.filename or '')}"
        path.write_bytes(await file.read())
        return await asyncio.to_thread(names_in, path)


async def fill(request: Request) -> Response:
    """The form once more, with whom one looked for, and who was ticked before."""
    request.state.asking.viewer.must(Action.MANAGE_DOCUMENTS)
    typed, problems = await _typed(request)
    return await _again(request, typed, problems)


async def check(request: Request) -> Response:
    """What it would change; while some of a list are not certain, or something does not fit, the form once more."""
    request.state.asking.viewer.must(Action.MANAGE_DOCUMENTS)
    typed, problems = await _typed(request)
    await _settled(request, typed)
    if problems or typed["names"]:
        return await _again(request, typed, [*problems, *([UNSURE] if typed["names"] else [])])
    try:
        data = await answered(request, "grants/check", typed)
    except Unreadable as error:
        return await _again(request, typed, error.problems)
    if hindrances := data["grantPreview"]["hindrances"]:
        return await _again(request, typed, [one | {"rule": None} for one in hindrances])
    return render_template(request, "grants/check.html", data | {"typed": typed})


async def add(request: Request) -> Response:
    """The deed. What does not fit any more is told beside the form."""
    typed, outcome = await posted(request, "grants/check", "AddGrants")
    if outcome.status in (403, 404):
        return refusal(request, outcome.status, outcome.problems)
    if outcome.problems:
        lists = {key: [held] if isinstance(held := typed.get(key, []), str) else held for key in ("people", "bodies")}
        return await _again(request, typed | lists, outcome.problems)
    return succeed(request, f"/grants?on={request.path_params['on']}", "AddGrants")


async def _settled(request: Request, typed: dict[str, Any]) -> dict[str, Any]:
    """What the form shows. Who is certain of a list is ticked then; of the list the others are left."""
    asked: dict[str, Any] = {key: typed[key] for key in ("on", "search", "people", "names") if key in typed}
    data = await answered(request, "grants/new", asked)
    ticked = [line["person"]["id"] for line in data["peopleNamed"] if line["person"]]
    unsure = [line for line in data["peopleNamed"] if line["person"] is None]
    typed["people"] = list(dict.fromkeys(ticked))
    typed["names"] = "\n".join(
        line["name"] for line in unsure if not any(one["id"] in ticked for one in line["perhaps"])
    )
    return data


async def _again(request: Request, typed: dict[str, Any], problems: Sequence[Mapping[str, Any]]) -> Response:
    data = await _settled(request, typed)
    more = {"problems": problems, "typed": typed, "tried": "AddGrants"}
    return render_template(request, "grants/new.html", data | more, 422 if problems else 200)


DONE["AddGrants"] = say("It is given. What waits for a second person holds when it is confirmed.").msgid

routes = [
    page("/grants", "grants/list"),
    form("/grants/revoke", "grants/list", "RevokeGrants", then="/grants", done="They are revoked."),
    form("/grants/suspend", "grants/list", "SuspendGrants", then="/grants", done="They are suspended."),
    form("/grants/again", "grants/list", "RenewGrants", then="/grants", done="They are given once more."),
    form("/grants/confirm", "grants/list", "ConfirmGrants", then="/grants", done="They are confirmed."),
    page(TO, "grants/new"),
    Route(TO, fill, methods=["POST"], name="FillGrants"),
    Route(TO + "/check", check, methods=["POST"], name="CheckGrants"),
    Route(TO + "/add", add, methods=["POST"], name="AddGrants"),
    page(TO + "/matrix", "grants/matrix"),
    page(KEPT, "grants/templates", "MANAGE_DOCUMENTS"),
    form(KEPT, "grants/templates", "AddTemplate", then=KEPT, done="The template can be used from now on."),
    form(KEPT + "/end", "grants/templates", "EndTemplate", then=KEPT, done="It is offered no more."),
    page("/viewing/{person}", "grants/view"),
    form("/viewing/{person}", "grants/view", "ViewAsMember", shows=True),
    page(ONE, "grants/show"),
    form(ONE + "/confirm", "grants/show", "ConfirmGrant", then=ONE, done="It is confirmed, and holds from now on."),
    form(ONE + "/decline", "grants/show", "DeclineGrant", then=ONE, done="It is declined."),
    form(ONE + "/suspend", "grants/show", "SuspendGrant", then=ONE, done="It is suspended."),
    form(ONE + "/take-up", "grants/show", "TakeUpGrant", then=ONE, done="It is taken up again."),
    form(ONE + "/revoke", "grants/show", "RevokeGrant", then=ONE, done="It is revoked."),
    form(ONE + "/again", "grants/show", "RenewGrant", then="/grants/{grants[0][id]}", done="It is given once more."),
]
