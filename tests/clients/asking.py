"""What an integrator writes around the package that ariadne-codegen made; runs in an environment of its own.

Reads what to ask from standard input, and prints what came of it as JSON.
"""

import asyncio
import json
import sys
from keyword import iskeyword
from typing import Any

from luzhi_client import Client
from luzhi_client.exceptions import GraphQLClientGraphQLMultiError, GraphQLClientHttpError


async def main(given: dict[str, Any]) -> dict[str, Any]:
    """The answer to each of these calls, by the name of the method."""
    headers = {"Authorization": f"Bearer {given['token']}", "Accept-Language": "en"}
    async with Client(url=given["address"], headers=headers) as client:
        return {name: await ask(client, name, variables) for name, variables in given["calls"].items()}


async def ask(client: Client, name: str, variables: dict[str, Any]) -> dict[str, Any]:
    """The typed answer, turned back into what was sent; or what is raised."""
    known = {f"{key}_" if iskeyword(key) else key: value for key, value in variables.items()}
    try:
        answer = await getattr(client, name)(**known)
    except GraphQLClientHttpError as error:
        return {"raised": "http", "status": error.status_code, "body": error.response.json()}
    except GraphQLClientGraphQLMultiError as error:
        return {"raised": "graphql", "data": error.data, "codes": [one.extensions["code"] for one in error.errors]}
    return {"data": answer.model_dump(mode="json", by_alias=True)}


print(json.dumps(asyncio.run(main(json.load(sys.stdin)))))
