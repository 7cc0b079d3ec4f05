"""A fault in what is visible, on either road alone, is noticed by comparing the two: for every type that is read.

Each fault replaces one rule by one that lets everything through, on one road only: while a statement is written the
viewer is a marked one. A type that comes later is tested, too. If nobody notices its fault, give `tests.furnished` a
row of it that some of the cast may not see, or declare a field or a root field that leads to it.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import pytest
from graphql import GraphQLField, get_named_type, is_enum_type, is_leaf_type, is_list_type, is_required_argument
from graphql import get_nullable_type as bare_type
from tortoise.expressions import Q

from server import schema
from server.models import bodies, members
from server.models.bodies import BodyRelation, RelationKind
from server.models.members import Term, TermStatus
from server.rules.permissions import Action, Decision, HeldRole, Role, may_read_field
from server.schema.compiling.plans import Compiler, MarkedViewer
from server.schema.declared import READS, Guarded
from server.schema.guard import Needs
from server.schema.ids import PREFIX, id_of
from server.schema.rows import READINGS, Reading, everyone
from server.viewer import Viewer
from server.words import say
from tests import make
from tests.cast import Cast
from tests.compiling.asking import askers
from tests.compiling.comparing import Answer, Asked, compiled, judge, ordinary
from tests.compiling.generating import is_declared
from tests.compiling.probing import Probe, probes
from tests.compiling.values import FITTING
from tests.furnished import furnish

WHO = (
    *("member", "visitor", "admin by token for bodies:read", "member by token for members:read", "leader"),
    *("secretary", "department"),
)
LISTED = (members.visible_people, bodies.visible_bodies)
"""Rules that lists ask for by themselves."""


@dataclass(frozen=True)
class Fault:
    """One rule that lets everything through on one road. shown: the type that is seen then, where it is known."""

    name: str
    made: Callable[[pytest.MonkeyPatch], None]
    shown: str = ""

    def last(self, probe: Probe) -> bool:
        """Whether a probe is not likely to show it."""
        return self.shown not in probe.types if self.shown else bool(probe.types)


@dataclass
class Watch:
    """Asks the probes on both roads. road: the faulty one. known: what the other one says."""

    road: str
    viewers: dict[str, Viewer]
    probes: list[Probe]
    compiler: Compiler = field(default_factory=lambda: Compiler(schema.api._schema, schema.api.texts))
    known: dict[tuple[str, str], Any] = field(default_factory=dict)

    async def notices(self, fault: Fault) -> Asked | None:
        """What is answered otherwise on the faulty road; None where nothing is."""
        compiler = Compiler(schema.api._schema, schema.api.texts)
        for probe in sorted(self.probes, key=fault.last):
            for who in WHO:
                asked = Asked(probe.text, {}, who, self.viewers[who])
                there, here = await self._both(asked, compiler)
                if judge(there, here):
                    return asked
        return None

    async def _both(self, asked: Asked, faulty: Compiler) -> tuple[Answer, Any]:
        key = (asked.text, asked.who)
        if self.road == "compiled":
            if key not in self.known:
                self.known[key] = await ordinary(asked)
            return self.known[key], await compiled(asked, faulty)
        if key not in self.known:
            self.known[key] = await compiled(asked, self.compiler)
        return await ordinary(asked), self.known[key]


@pytest.fixture(params=["compiled", "ordinary"])
async def watch(request: pytest.FixtureRequest, everyone: Cast) -> Watch:
    """The furnished assembly, and a tie of a body that is sensitive."""
    examples = await furnish(everyone)
    hidden = await bodies.Body.get(sensitive=True)
    await BodyRelation.create(kind=RelationKind.CATEGORY, source=everyone.group, target=hidden)
    return Watch(
        request.param,
        askers(everyone),
        [*await probes(), *await _guarded_roots(everyone["member"], examples["coverage/{id}"][0])],
    )


async def test_each_fault_in_what_is_visible_is_noticed(watch: Watch) -> None:
    missed = []
    for fault in _faults(watch.road):
        with pytest.MonkeyPatch.context() as patch:
            fault.made(patch)
            noticed = await watch.notices(fault)
        if noticed is None or judge(await ordinary(noticed), await compiled(noticed, watch.compiler)):
            missed.append(fault.name)

    assert missed == []


def _faults(road: str) -> Iterator[Fault]:
    for one in READINGS.values():
        if one.visible is not everyone:
            yield Fault(f"every {one.name} is visible", partial(_shown, one, road), one.name)
    for rule in LISTED:
        yield Fault(f"{rule.__name__} in lists", partial(_listed, rule, road))
    for kind in schema.api._schema.type_map.values():
        for one in getattr(kind, "fields", {}).values():
            said = _said(one)
            if isinstance(said, Guarded):
                yield Fault(f"{kind.name}.{said.name} is read by everyone", partial(_open, said, road), kind.name)
    for action in {action: None for _, _, action in _guarded() if action not in AS_IT_IS[road]}:
        yield Fault(f"everyone may {action.value}", partial(_needless, action, road))


def _everything(real: Any, road: str) -> Any:
    """That rule, which hides nothing on that road."""
    return lambda viewer: Q() if isinstance(viewer, MarkedViewer) == (road == "compiled") else real(viewer)


def _shown(one: Reading, road: str, patch: pytest.MonkeyPatch) -> None:
    patch.setitem(READINGS, one.model, replace(one, visible=_everything(one.visible, road)))


def _listed(rule: Any, road: str, patch: pytest.MonkeyPatch) -> None:
    for module in [bodies, members]:
        if getattr(module, rule.__name__, None) is rule:
            patch.setattr(module, rule.__name__, _everything(rule, road))


def _open(said: Guarded, road: str, patch: pytest.MonkeyPatch) -> None:
    name = said.logged or said.name

    def may(roles: Any, own: bool, asked: str, **how: Any) -> Any:
        return Decision(True, "ALLOWED", say("Yes.")) if asked == name else may_read_field(roles, own, asked, **how)

    for module in [one for key, one in sys.modules.items() if key.startswith("server.schema.")]:
        in_writing = module.__name__.startswith("server.schema.compiling.")
        if hasattr(module, "may_read_field") and in_writing == (road == "compiled"):
            patch.setattr(module, "may_read_field", may)


def _needless(action: Action, road: str, patch: pytest.MonkeyPatch) -> None:
    real = Viewer.must

    def must(viewer: Viewer, asked: Action, body: Any = None) -> HeldRole:
        here = isinstance(viewer, MarkedViewer) == (road == "compiled")
        return HeldRole(Role.SECRETARY) if asked is action and here else real(viewer, asked, body)

    patch.setattr(Viewer, "must", must)


def _said(one: GraphQLField) -> Any:
    definition = one.extensions.get("strawberry-definition") if hasattr(one, "extensions") else None
    return definition.metadata.get(READS) if definition and hasattr(definition, "metadata") else None


def _guarded() -> Iterator[tuple[str, GraphQLField, Action]]:
    """Root fields that can be compiled and that need a permission."""
    kind = schema.api._schema.query_type
    assert kind is not None
    for name, one in kind.fields.items():
        for guard in one.extensions["strawberry-definition"].extensions:
            if is_declared(one) and isinstance(guard, Needs):
                yield name, one, guard.action


async def _guarded_roots(viewer: Viewer, assignment: str) -> list[Probe]:
    """Of each of these fields an operation that is guarded by nothing else: what it names, this viewer sees, if any."""
    ids = {letters: id_of(await _one(model, viewer)) for model, letters in PREFIX.items()}
    ids["asg"] = assignment
    following = await make.term("99", follows=await Term.all().order_by("id").first(), status=TermStatus.DRAFT)
    ids["next"] = id_of(following)
    found = []
    for name, one, _ in _guarded():
        needed = {key: taken for key, taken in one.args.items() if is_required_argument(taken)}
        said = ", ".join(f"{key}: {_example(name, key, taken, ids)}" for key, taken in needed.items())
        inner = "" if is_leaf_type(get_named_type(one.type)) else "{ __typename }"
        found.append(Probe(f"{{ {name}{f'({said})' if said else ''} {inner} }}", frozenset()))
    return found


async def _one(model: Any, viewer: Viewer) -> Any:
    """A row of that table, best one that is there for the viewer: who is told that it is not needs no permission."""
    rows = model.all().order_by("id")
    seen = rows.filter(READINGS[model].visible(viewer)) if model in READINGS else rows
    return await seen.first() or await rows.first()


PLAIN = {"Date": '"2026-11-22"', "Int": "1", "String": r'"date,kind\n2027-01-01,off"'}
"""What is taken by each that wants one: what is refused as nonsense would be refused on both roads."""
AS_IT_IS = {
    "ordinary": {Action.MANAGE_DOCUMENTS},
    "compiled": {Action.KEEP_BACKUPS, Action.MANAGE_CALENDAR, Action.MANAGE_DOCUMENTS, Action.READ_READINGS},
}
"""By road. Their roots are found by a function, which asks whoever comes: the compiled road has no rule of its own.
Of documents they look among what one keeps, too: who may not is refused either way, or told that nothing is there."""


def _example(name: str, key: str, taken: Any, ids: dict[str, str]) -> str:
    if is_list_type(bare_type(taken.type)):
        return "[]"
    kind = get_named_type(taken.type)
    if is_enum_type(kind):
        return next(iter(kind.values))
    if kind.name in PLAIN:
        return PLAIN[kind.name]
    assert kind.name == "ID", f"say here what {name} may be given as {key}"
    wanted = "next" if name.startswith("renewal") and key == "id" else FITTING.get((name, key), FITTING.get(key, "per"))
    return f'"{ids[wanted]}"'
