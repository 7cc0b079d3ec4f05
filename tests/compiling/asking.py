"""Everyone who asks: the cast, programs with narrow scopes, other languages, other days."""

import datetime as dt
from dataclasses import replace

from server.rules.permissions import HeldRole, Role
from server.viewer import Viewer
from tests import make
from tests.cast import NAMES, Cast

TOKENS = {
    "secretary": ("members:read",),
    "admin": ("bodies:read", "all:read", "members:read accounts:read", "imports:write"),
    "auditor": ("audit:read",),
    "custodian": ("accounts:write members:write",),
    "member": ("members:read",),
    "chair": ("learning:read members:read",),
}


def askers(cast: Cast) -> dict[str, Viewer]:
    """Who asks, by a name that says who it is."""
    found = {name: cast[name] for name in NAMES}
    for name, tokens in TOKENS.items():
        for scopes in tokens:
            facts = {"client": make.some_id(), "scopes": frozenset(scopes.split())}
            found[f"{name} by token for {scopes}"] = replace(cast[name], **facts)
    for name in ("secretary", "member", "leader"):
        found[f"{name} in Chinese"] = replace(cast[name], locale="zh")
    found["member at midnight"] = replace(cast["member"], now=make.NOW.replace(hour=16))
    found["convener long ago"] = replace(cast["convener"], now=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    found["secretary of a bureau"] = replace(cast["secretary"], roles=(HeldRole(Role.SECRETARY, cast.bureau.id, "B"),))
    twice = (HeldRole(Role.SECRETARY, cast.group.id, "G"), HeldRole(Role.CHAIR, cast.sector.id, "S"))
    found["leader and more"] = replace(cast["leader"], roles=(*cast["leader"].roles, *twice))
    return found
