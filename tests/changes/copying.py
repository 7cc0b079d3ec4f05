"""A program that keeps a copy of the register by its changes, and one that reads all of it anew."""

import json
from typing import Any

from server import schema
from server.schema.reading import Asking
from server.viewer import Viewer

Copy = dict[str, Any]

PARTS = """
fragment OfTerm on Term { id code nameZh nameEn startsOn endsOn status years { n startsOn endsOn } }
fragment OfPerson on Person { id nameZh nameEn expertise birthDate mergedInto { id } identifiers { scheme value } }
fragment OfSeat on Membership {
  id no person { id } term { id }
  statuses { id status startsOn endsOn reason } posts { id kind unit sector { id } startsOn endsOn }
}
fragment OfBody on Body {
  id kind nameZh nameEn sensitive startsOn endsOn parent { id } term { id } relations { id kind target { id } endsOn }
}
fragment OfPlace on BodyMembership {
  id role title primary startsOn endsOn body { id } person { id } membership { id } onBehalfOf { id }
}
"""
FEED = f"""
query Feed($after: String, $first: Int) {{
  changes(first: $first, after: $after) {{
    sight
    pageInfo {{ hasNextPage endCursor }}
    edges {{
      node {{
        thing kind collection
        node {{ __typename ...OfTerm ...OfPerson ...OfSeat ...OfBody ...OfPlace }}
      }}
    }}
  }}
}}
{PARTS}"""
PAGE = "pageInfo { hasNextPage endCursor }"
LISTS = {
    "Term": "terms { __typename ...OfTerm }",
    "Person": f"people(after: $after) {{ {PAGE} edges {{ node {{ __typename ...OfPerson }} }} }}",
    "Membership": f"members(after: $after) {{ {PAGE} edges {{ node {{ __typename ...OfSeat }} }} }}",
    "Body": f"bodies(after: $after) {{ {PAGE} edges {{ node {{ __typename ...OfBody }} }} }}",
    "BodyMembership": f"bodies(after: $after) {{ {PAGE} edges {{ node {{ history {{ __typename ...OfPlace }} }} }} }}",
}
FRAGMENTS = {
    "Term": "OfTerm",
    "Person": "OfPerson",
    "Membership": "OfSeat",
    "Body": "OfBody",
    "BodyMembership": "OfPlace",
}


async def asked(viewer: Viewer, text: str, *, ordinary: bool = False, **variables: Any) -> dict[str, Any]:
    """What a program gets. ordinary: by that road."""
    if ordinary:
        result = await schema.api.execute(text, variables, Asking(viewer))
        assert result.errors is None, result.errors
        return dict(result.data or {})
    return dict(json.loads(await schema.compiled.read(text, None, variables, Asking(viewer))))


class Follower:
    """Keeps a copy by the changes alone, a page at a time."""

    def __init__(self, viewer: Viewer, page: int = 100, *, ordinary: bool = False) -> None:
        self.viewer, self.page, self.ordinary = viewer, page, ordinary
        self.copy: Copy = {}
        self.cursor: str | None = None
        self.sight = ""

    async def follow(self) -> None:
        """All pages there are, as docs/api.md says to do it."""
        more = True
        while more:
            more = await self.follow_one()

    async def follow_one(self) -> bool:
        """One page; whether there are more."""
        found = await asked(self.viewer, FEED, ordinary=self.ordinary, after=self.cursor, first=self.page)
        part = found["changes"]
        if self.sight not in ("", part["sight"]):
            self.copy, self.cursor, self.sight = {}, None, ""
            return True
        self.sight = part["sight"]
        for edge in part["edges"]:
            change = edge["node"]
            assert change["kind"] == "GONE" or change["node"], change
            self.copy.pop(change["thing"], None)
            if change["kind"] == "CHANGED":
                self.copy[change["thing"]] = change["node"]
        self.cursor = part["pageInfo"]["endCursor"] or self.cursor
        return bool(part["pageInfo"]["hasNextPage"])


async def whole(viewer: Viewer) -> Copy:
    """The register as this viewer may see it, read from its lists."""
    found: Copy = {}
    for kind, listed in LISTS.items():
        fragment = next(part for part in PARTS.split("fragment ") if part.startswith(FRAGMENTS[kind] + " "))
        after, more = None, True
        while more:
            given, head = ({"after": after}, "($after: String)") if "$after" in listed else ({}, "")
            (part,) = (await asked(viewer, f"query Whole{head} {{ {listed} }} fragment {fragment}", **given)).values()
            nodes = part if isinstance(part, list) else [edge["node"] for edge in part["edges"]]
            found |= {row["id"]: row for node in nodes for row in node.get("history", [node])}
            more = not isinstance(part, list) and part["pageInfo"]["hasNextPage"]
            after = part["pageInfo"]["endCursor"] if more else None
    return found
