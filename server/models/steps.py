"""Migrations as Tortoise does them, without making every model anew at every step: that was all of their time."""

from collections.abc import Iterable

from tortoise.migrations.executor import MigrationExecutor
from tortoise.migrations.graph import MigrationKey
from tortoise.migrations.schema_generator.state import ModelState, State
from tortoise.migrations.schema_generator.state_apps import StateApps
from tortoise.models import Model

Drawn = dict[tuple[str, str], ModelState]
"""By app and name: what the steps so far say of each model."""


class Steps(MigrationExecutor):
    """Goes forward only."""

    async def _project_state(self, applied: set[MigrationKey], *, upto: MigrationKey | None = None) -> State:
        connections = {label: str(app["default_connection"]) for label, app in self.loader.apps_config.items()}
        state = Plan({}, Made({}, connections))
        for step in self._migration_plan(None, set(), self.loader.graph):
            key = MigrationKey(step.migration.app_label, step.migration.name)
            if key == upto:
                break
            if key in applied:
                await step.migration.apply(state, dry_run=True)
        return state


class Plan(State):
    """What the steps say, without models; whoever asks `apps` for one gets it made."""

    def reload_model(self, app_label: str, model_name: str) -> None:
        """A step changed it: what was made before is not as the plan says any more."""
        self.reload_models([(app_label, model_name)])

    def reload_models(self, model_tuples: Iterable[tuple[str, str]]) -> None:
        """The same of several."""
        self.apps = self.apps.clone(self.models)

    def validate_relations_initialized(self) -> None:
        """Raises RuntimeError where a model points to one that no step made."""
        for model in self.models.values():
            if missing := [target for target in pointing(model) if target not in self.models]:
                raise RuntimeError(f"{model.name} points to {missing}, which no migration makes.")


class Made(StateApps):
    """Makes of the plan the models that are asked for, and those that they point to."""

    def __init__(self, drawn: Drawn, connections: dict[str, str]) -> None:
        super().__init__(connections)
        self._drawn = drawn

    def clone(self, model_states: Drawn | None = None) -> "Made":
        """None made yet."""
        return Made(self._drawn if model_states is None else model_states, self._default_connections)

    def get_model(self, app_label: str, model_name: str | None = None) -> type[Model]:
        """That of `app.Name`, or of both apart. Raises KeyError for one that the plan does not have."""
        key = (app_label, model_name) if model_name else self.split_reference(app_label)
        if key[1] not in self.apps.get(key[0], {}):
            self._make(key)
            self._init_relations()
            self._build_initial_querysets()
        return super().get_model(*key)

    def _make(self, key: tuple[str, str]) -> None:
        label, name = key
        if name in self.apps.get(label, {}):
            return
        drawn = self._drawn[key]
        self.register_model(label, drawn.render(self))
        for target in pointing(drawn):
            self._make(target)


def pointing(model: ModelState) -> list[tuple[str, str]]:
    """The models that it points to."""
    names = [getattr(field, "model_name", None) for field in model.fields.values()]
    return [(label, name) for label, _, name in (found.partition(".") for found in names if found)]
