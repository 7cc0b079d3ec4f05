"""How a page becomes HTML: the templates, what every one of them knows, and the pages of refusal."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2_fragments import BlockNotFoundError, render_block
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from server.schema import Action
from server.schema.cookies import kept
from server.schema.invitations.entering import by_email
from server.schema.single_sign_on import name_of
from server.words import Locale, Words, translate
from web import charts, formatting, guide, markdown, mishaps, months, rosters
from web.cookies import forget

USUAL = {"text": "normal", "theme": "auto"}
"""What a browser may keep besides its language, and how it is otherwise."""
NOBODY = {"unreadMessages": 0}
"""What the frame shows where nothing was asked for it."""
TEMPLATES = Path(__file__).parent / "templates"
UNTRIED: dict[str, Any] = {"problems": [], "typed": {}, "tried": "", "payload": None}
"""What a form is where nobody sent it."""
DONE: dict[str, str] = {}
"""The sentence said once after each form's success: mutation -> msgid."""


class NotFound(Exception):
    """Nothing at this address, or not for this viewer."""


class Unreadable(Exception):
    """Something in the address is not of its type. problems: as pages show them."""

    def __init__(self, problems: Sequence[Mapping[str, Any]]) -> None:
        super().__init__(str(problems))
        self.problems = problems


class PageEnvironment(Environment):
    """Answers are mappings: their fields win over dict methods such as `items`."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Data first."""
        if isinstance(obj, dict):
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)


templates = PageEnvironment(
    loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
for room in (formatting, charts, months, guide, rosters, markdown):
    templates.filters.update(room.FILTERS)


def render_template(request: Request, template: str, data: Mapping[str, Any], status: int = 200) -> Response:
    """The whole page, or the block that stands after # in HX-Target; an unknown block gets the whole page."""
    context = {**surroundings(request), **UNTRIED, "mine": NOBODY, **data}
    block = unquote(request.headers.get("HX-Target", "")).rpartition("#")[2]
    html = _block(template, block, context) if block else None
    response = HTMLResponse(html or html_of(template, context), status)
    response.headers["Vary"] = "HX-Target, Cookie, Accept-Language"
    if kept(request, "done"):
        forget(request, response, "done")
    return response


async def render_long(request: Request, template: str, data: Mapping[str, Any]) -> Response:
    """The same in a thread: a page of hundreds takes the template a while, and others do not wait."""
    return await asyncio.to_thread(render_template, request, template, data)


def html_of(template: str, context: Mapping[str, Any]) -> str:
    """The whole page. context: its data and what surrounds it."""
    return templates.get_template(template).render(context)


def _block(template: str, block: str, context: Mapping[str, Any]) -> str | None:
    """A block of this page alone; None for one it lacks, and for those of the frame, whose macros the page imports."""
    if block in templates.get_template("base.html").blocks:
        return None
    try:
        return render_block(templates, template, block, **context)
    except BlockNotFoundError:
        return None


def surroundings(request: Request) -> dict[str, Any]:
    """What every template knows beside its data."""
    viewer = request.state.asking.viewer
    settings = request.app.state.settings
    locale = viewer.locale

    def gettext(msgid: str, **facts: object) -> str:
        return said(msgid, locale, **facts)

    def here_with(**changes: object) -> str:
        query: dict[str, object] = {key: request.query_params.getlist(key) for key in request.query_params}
        query.update(changes)
        kept = {key: value for key, value in query.items() if value not in (None, "", [])}
        return f"{request.url.path}?{urlencode(kept, doseq=True)}" if kept else request.url.path

    return {
        "_": gettext,
        "locale": locale,
        "viewer": {
            "name": viewer.name,
            "signedIn": viewer.signed_in,
            "personId": schema_person(viewer),
            "roles": [role.role.value for role in viewer.roles],
            "demo": viewer.demo,
            "today": viewer.today,
            "now": viewer.now,
            "zone": viewer.zone,
            "requestId": viewer.request_id,
        },
        "may": lambda action: viewer.may(Action[action]).allowed,
        "here": request.url.path,
        "here_with": here_with,
        "query": dict(request.query_params),
        "pairs": request.query_params.multi_items(),
        "prefs": {name: kept(request, name) or usual for name, usual in USUAL.items()},
        "house": house(getattr(request.state, "assembly", None), locale),
        "htmx": {"url": settings.htmx_url, "integrity": settings.htmx_integrity},
        "single_sign_on": name_of(request),
        "base": settings.base_url,
        "only_here": settings.only_here,
        "has_mail": by_email(request),
        "static": static_address,
        "done": DONE.get(kept(request, "done"), ""),
        "words": lambda text: text.into(locale) if isinstance(text, Words) else translate(text, locale),
        "Markup": Markup,
    }


def house(facts: Mapping[str, Any] | None, locale: Locale) -> dict[str, str] | None:
    """What the assembly is called and whom to ask, with its texts in the reader's language; None before it is known."""
    if facts is None:
        return None
    first, second = ("Zh", "En") if locale == "zh" else ("En", "Zh")
    chosen = {stem: facts[stem + first] or facts[stem + second] for stem in ("name", "short", "room", "hours")}
    contact = {name: facts[name] for name in ("telephone", "email")}
    return {**facts, **contact, **chosen, "short": chosen["short"] or chosen["name"]}


def said(msgid: str, locale: Locale, **facts: object) -> str:
    """A sentence of a template. Where a fact is markup, such as a day, so is the sentence; the rest is escaped."""
    if any(isinstance(fact, Markup) for fact in facts.values()):
        return Markup(translate(msgid, locale)).format(**facts)
    return Words(msgid, facts).into(locale)


def schema_person(viewer: Any) -> str | None:
    """The viewer's own ID in the register."""
    return f"per_{viewer.person}" if viewer.person else None


def static_address(name: str) -> str:
    """The address of a static file, new with each change of it, so that browsers may keep it for good."""
    stamp = int((Path(__file__).parent / "static" / name).stat().st_mtime)
    return f"/static/{name}?v={stamp:x}"


def refusal(
    request: Request, status: int, problems: Sequence[Mapping[str, Any]] = (), *, sends: bool = True
) -> Response:
    """The page of a refusal: 403 with its reason, 404, 405, 413, 422, 429, 500 or 503 in plain words.

    sends: whether it can be sent to the office from there.
    """
    told = mishaps.told(request.state.asking, request.url.path, status, sends=sends)
    return render_template(request, f"errors/{status}.html", {"problems": list(problems), "mishap": told}, status)
