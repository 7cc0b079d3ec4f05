"""Trying the API out: GraphiQL, for whoever may explore it, under a policy as strict as that of every page."""

from secrets import token_urlsafe

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.schema import Action
from web.edge import origin, policy
from web.rendering import render_template

SCRIPTS = {
    "react@18.3.1/umd/react.production.min.js": (
        "sha384-DGyLxAyjq0f9SPpVevD6IgztCFlnMF6oW/XQGmfe+IsZ8TqEiDrcHkMLKI6fiB/Z"
    ),
    "react-dom@18.3.1/umd/react-dom.production.min.js": (
        "sha384-gTGxhz21lVGYNMcdJOyq01Edg0jhn/c22nsx0kyqP0TxaV5WVdsSH1fSDUf5YJj1"
    ),
    "graphiql@3.9.0/graphiql.min.js": "sha384-8NGfVj4CVlqHajlZj+bPJT4thxPMHMJYn7DWK2CvtopLd02E7qsPHazniBYvVjOO",
}
STYLES = {"graphiql@3.9.0/graphiql.min.css": "sha384-QMux00XgRtwRLSYIY3kw2rj1ovk5AuuliAchk+HSQbqdbGFnz9GYuqIlOqxhwCE2"}
"""The files below LUZHI_GRAPHIQL_URL, each with its hash: a changed byte does not run."""


async def graphiql(request: Request) -> Response:
    """The page. Its queries go the way of every other: `/graphql`, with the session of this browser."""
    await request.state.asking.settle()
    request.state.asking.viewer.must(Action.EXPLORE_API)
    settings, nonce = request.app.state.settings, token_urlsafe(16)
    scripts, styles = (
        {f"{settings.graphiql_url}/{name}": files[name] for name in files} for files in (SCRIPTS, STYLES)
    )
    shown = {"scripts": scripts, "styles": styles, "nonce": nonce, "place": settings.graphiql_url}
    response = render_template(request, "exploring/graphiql.html", shown)
    response.headers["Content-Security-Policy"] = policy(
        settings.htmx_url,
        scripts=" ".join(_elsewhere(scripts)),
        styles=" ".join([f"'nonce-{nonce}'", *_elsewhere(styles)]),
        fonts="data:",
    )
    return response


def _elsewhere(addresses: dict[str, str]) -> list[str]:
    """Those that are not on this server, which the policy names one by one."""
    return [address for address in addresses if origin(address)]


routes = [Route("/graphiql", graphiql, methods=["GET"], name="graphiql")]
