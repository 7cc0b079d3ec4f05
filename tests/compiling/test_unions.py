"""A field whose type is a union is compiled as an interface is."""

import json
from typing import Annotated, Any

import pytest
import strawberry

from server.models import audit
from server.schema import Schema
from server.schema.bodies import Body
from server.schema.compiling.plans import Compiler
from server.schema.declared import DESCRIBED
from server.schema.ids import id_of
from server.schema.members import Person
from server.schema.reading import Answer, Asking, column, named
from server.schema.rows import all_of
from tests.cast import Cast

ABOUT = (
    "{ trail { serial about { __typename ... on Person { called: nameEn } ...B } } } fragment B on Body { nameEn kind }"
)
Thing = Annotated[Person | Body, strawberry.union("Thing", description="A person or a body.")]


@strawberry.type(description="An entry.")
class Trail:
    serial: int = column("1, 2, 3 ...")
    about = named("object", Thing | None, "What it is about.")


@strawberry.type
class Query:
    @strawberry.field(description="All entries.", graphql_type=list[Trail], metadata=DESCRIBED)
    async def trail(self, info: Answer) -> Any:
        return await all_of(info.context, audit.AuditEntry.all().order_by("serial"))


over = Schema(Query)


@pytest.fixture
async def trail(everyone: Cast) -> list[Any]:
    """What each entry that is written is about, as those may know of it who see sensitive bodies."""
    person, body = everyone.people["member"], everyone.bureau
    hidden, term = everyone.group, everyone.term
    await type(hidden).filter(id=hidden.id).update(sensitive=True)
    objects = (id_of(person), id_of(body), id_of(hidden), id_of(term), "per_nobody", "")
    for one in objects:
        await audit.record(everyone["admin"], "members.test", one, {})
    about_body = {"__typename": "Body", "nameEn": body.name_en, "kind": body.kind.name}
    about_hidden = {"__typename": "Body", "nameEn": hidden.name_en, "kind": hidden.kind.name}
    return [{"__typename": "Person", "called": person.name_en}, about_body, about_hidden, None, None, None]


@pytest.mark.parametrize(("name", "sees"), [("admin", True), ("custodian", False)])
async def test_both_roads_tell_alike_what_a_thing_is(
    everyone: Cast, trail: list[Any], name: str, *, sees: bool
) -> None:
    ordinary = await over.execute(ABOUT, {}, Asking(everyone[name]))
    compiled = json.loads(await Compiler(over._schema).read(ABOUT, None, {}, Asking(everyone[name])))

    told = [entry["about"] for entry in compiled["trail"]][-len(trail) :]
    assert (ordinary.errors, ordinary.data) == (None, compiled)
    assert told == (trail if sees else [*trail[:2], None, *trail[3:]])
