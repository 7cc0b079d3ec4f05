"""What a step is given: models of that day, made only where it asks for them."""

import pytest
from tortoise import fields
from tortoise.migrations.graph import MigrationKey
from tortoise.migrations.migration import Migration
from tortoise.migrations.operations import AddField

from server.models import database
from server.models.steps import Steps
from tests import make


async def plan_of(*migrations, upto=""):
    """What these migrations together say, or those of them before that one."""
    steps = Steps(database.connection(), database.apps_config())
    await steps.loader.build_graph()
    keys, end = [MigrationKey(database.APP, name) for name in migrations], MigrationKey(database.APP, upto)
    return await steps._project_state(set(keys), upto=end if upto else None)


async def test_a_step_may_ask_for_rows_and_what_they_point_to(db):
    await make.seat(await make.person("王小明"), await make.term("14"))
    plan = await plan_of(*await database.known_migrations())

    (seat,) = await plan.apps.get_model("luzhi.Membership").all().select_related("person", "term")

    assert (seat.person.name_zh, seat.term.code) == ("王小明", "14")


async def test_a_model_is_as_it_was_that_day_and_made_only_where_it_is_asked_for(db):
    plan = await plan_of(*await database.known_migrations(), upto="0002_professional_title")

    person = plan.apps.get_model("luzhi.Person")

    assert "professional_title" not in person._meta.fields_map
    assert {name for app in plan.apps.apps.values() for name in app} == {"Person"}
    assert plan.apps.get_model("luzhi", "Person") is person
    with pytest.raises(KeyError):
        plan.apps.get_model("luzhi.App")


async def test_what_points_to_a_model_that_no_step_makes_is_refused(db):
    plan, step = await plan_of("0001_initial"), Migration("0002_later", database.APP)
    step.operations = [AddField("Person", "app", fields.ForeignKeyField("luzhi.App", null=True))]

    with pytest.raises(RuntimeError, match=r"Person points to .*App.*, which no migration makes"):
        await step.apply(plan, dry_run=True)
