"""Apps: registered by administrators, let in by people on the page that an app sends them to, and let go again."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.schema.granting import Unfit, Wish, wish
from web.edge import policy
from web.pages import form, page
from web.rendering import render_template
from web.session import to_sign_in


async def authorize(request: Request) -> Response:
    """What an app wishes, for the person to allow or not; whoever is not signed in does that first."""
    await request.state.asking.settle()
    try:
        asked = await wish(request)
    except Unfit as unfit:
        return _unfit(request, unfit)
    viewer = request.state.asking.viewer
    return _ask(request, asked) if viewer.signed_in else to_sign_in(request)


async def decide(request: Request) -> Response:
    """The person's answer, which the browser takes to the app."""
    async with request.form() as typed:
        decision = typed.get("decision")
    try:
        asked = await wish(request)
    except Unfit as unfit:
        return _unfit(request, unfit)
    if decision not in ("allow", "deny"):
        return _ask(request, asked, 422)
    return await asked.answer(request.state.asking.viewer, allowed=decision == "allow")


def _ask(request: Request, asked: Wish, status: int = 200) -> Response:
    viewer = request.state.asking.viewer
    response = render_template(
        request,
        "apps/authorize.html",
        {
            "app": asked.name.into(viewer.locale),
            "goes_to": asked.goes_to,
            "actions": [words.into(viewer.locale) for words in asked.actions(viewer)],
            "days": asked.days,
            "most_days": asked.most_days,
            "action": f"{request.url.path}?{request.url.query}",
        },
        status,
    )
    htmx = request.app.state.settings.htmx_url
    response.headers["Content-Security-Policy"] = policy(htmx, forms=asked.goes_to)
    return response


def _unfit(request: Request, unfit: Unfit) -> Response:
    return unfit.answer or render_template(request, "apps/unfit.html", {"code": unfit.code}, 400)


routes = [
    page("/apps", "apps/list"),
    page("/apps/new", "apps/new", "REGISTER_APPS"),
    form("/apps/new", "apps/new", "RegisterApp", shows=True),
    page("/apps/{id}", "apps/show"),
    form("/apps/{id}/secret", "apps/show", "RenewSecret", shows=True),
    form("/apps/{id}/enable", "apps/show", "EnableApp", done="The app may act again for those who connected it."),
    page("/apps/{id}/change", "apps/change"),
    form("/apps/{id}/change", "apps/change", "ChangeApp", then="/apps/{id}", done="The app is changed."),
    page("/apps/{id}/disable", "apps/disable"),
    form(
        "/apps/{id}/disable", "apps/disable", "DisableApp", then="/apps/{id}", done="The app acts for nobody any more."
    ),
    page("/me/apps", "apps/own"),
    page("/me/apps/{id}", "apps/disconnect"),
    form("/me/apps/{id}", "apps/disconnect", "DisconnectApp", then="/me/apps", done="The app is disconnected."),
    Route("/oauth/authorize", authorize, methods=["GET"], name="authorize"),
    Route("/oauth/authorize", decide, methods=["POST"]),
]
