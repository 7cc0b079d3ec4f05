"""The `luzhi` command. Each room's commands stand in a file of their own beside this one, read when they are called."""

from importlib import import_module

import click

from server.errors import DomainError
from server.settings import SettingsError

COMMANDS = {
    "account": "server.cli.accounts",
    "assets": "server.cli.assets",
    "audit": "server.cli.audit",
    "backup": "server.cli.backup",
    "check": "server.cli.check",
    "coverage": "server.cli.learning",
    "demo": "server.cli.demo",
    "messages": "server.cli.messages",
    "migrate": "server.cli.database",
    "explain": "server.cli.explain",
    "export": "server.cli.imports",
    "import": "server.cli.imports",
    "jobs": "server.cli.jobs",
    "restore": "server.cli.backup",
    "serve": "server.cli.serve",
    "token": "server.cli.accounts",
}
"""Command -> the module that holds a click command of that name."""


class Rooms(click.Group):
    """Imports a room when its command is called, and says in one line what the domain or the settings refuse."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """By name."""
        return sorted({*super().list_commands(ctx), *COMMANDS})

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command, or None where there is none of that name."""
        if name not in COMMANDS:
            return super().get_command(ctx, name)
        room = vars(import_module(COMMANDS[name])).values()
        return next(found for found in room if isinstance(found, click.Command) and found.name == name)

    def invoke(self, ctx: click.Context) -> object:
        """Runs the command. A refusal goes to standard error; exit code 1."""
        try:
            return super().invoke(ctx)
        except (DomainError, SettingsError) as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Rooms)
@click.version_option(package_name="luzhi")
def luzhi() -> None:
    """Luzhi (履职): the register, the duties and the reading of a consultative assembly."""
