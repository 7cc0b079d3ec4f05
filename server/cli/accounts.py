"""`luzhi account ...` and `luzhi token ...`: who may come in, from the machine itself."""

import asyncio
import os
import sys
from typing import Any
from uuid import UUID

import click

from server.cli.system import at_work
from server.models.accounts import (
    InvitationChannel,
    account_add,
    account_disable,
    account_named,
    account_password,
    token_issue,
)
from server.models.database import transaction
from server.models.invitations import invitation_issue
from server.rules.accounts import TOKEN_DAYS
from server.rules.invitations import LIFE
from server.rules.permissions import Role
from server.settings import Settings

stdin_option = click.option("--password-stdin", is_flag=True, help="Read the password from standard input, one line.")


@click.group()
def account() -> None:
    """Accounts: who may sign in."""


@account.command("add")
@click.argument("name")
@click.option("--role", "roles", multiple=True, type=click.Choice([role.value for role in Role]), help="Repeatable.")
@click.option("--person", help="ID of the person in the register whose account this is.")
@stdin_option
def add(name: str, roles: tuple[str, ...], person: str | None, password_stdin: bool) -> None:
    """Open an account. Without --password-stdin its holder chooses a password, by a link that works once."""
    password = _typed() if password_stdin else None
    link = asyncio.run(_add(name, [Role(role) for role in roles], _person(person), password))
    click.echo(f"Account {name} added.", err=True)
    if link:
        click.echo(
            f"Its holder opens this link within {LIFE.days} days and chooses a password; it is shown once:", err=True
        )
        click.echo(link)


@account.command("disable")
@click.argument("name")
def disable(name: str) -> None:
    """Let nobody sign in by this account any more; its sessions end now."""
    asyncio.run(_disable(name))
    click.echo(f"Account {name} disabled.", err=True)


@account.command("password")
@click.argument("name")
@stdin_option
def password(name: str, password_stdin: bool) -> None:
    """Set a new password; the sessions of the account end now."""
    if not password_stdin:
        raise click.UsageError("Give the new password on standard input, with --password-stdin.")
    asyncio.run(_password(name, _typed()))
    click.echo(f"Password of {name} changed.", err=True)


@click.group()
def token() -> None:
    """API tokens, by which programs ask."""


@token.command("issue")
@click.option("--account", "owner", required=True, help="The account in whose name the program asks.")
@click.option("--name", required=True, help="What the program is called, for people.")
@click.option("--scope", "scopes", required=True, multiple=True, help="Such as members:read or all:write; repeatable.")
@click.option("--days", default=TOKEN_DAYS, show_default=True, type=int, help="How long it lives.")
@click.option("--address", "addresses", multiple=True, help="A network it may be used from, 192.0.2.0/24; repeatable.")
def issue(owner: str, name: str, scopes: tuple[str, ...], days: int, addresses: tuple[str, ...]) -> None:
    """Make a token, and print it alone on standard output: it is shown this once."""
    click.echo(asyncio.run(_issue(owner, name=name, scopes=scopes, days=days, addresses=addresses)))


def _typed() -> str:
    """The first line of standard input, without its end."""
    return sys.stdin.readline().rstrip("\r\n")


def _person(given: str | None) -> UUID | None:
    """The key in an ID such as per_0b9c..., or the bare key."""
    if given is None:
        return None
    try:
        return UUID(given.removeprefix("per_"))
    except ValueError:
        raise click.BadParameter(
            f"{given} is not the ID of a person, such as per_0b9c....", param_hint="--person"
        ) from None


async def _add(name: str, roles: list[Role], person: UUID | None, password: str | None) -> str:
    """The link by which the holder comes in; empty where there is a password."""
    settings = Settings.from_environment(os.environ)
    async with at_work() as viewer, transaction():
        account = await account_add(viewer, name=name, roles=roles, person=person, password=password)
        if password is not None:
            return ""
        issued = await invitation_issue(
            viewer, account=account.id, channel=InvitationChannel.LINK, key=settings.secret_key
        )
    return f"{settings.base_url}/invitation/{issued.made.secret}"


async def _disable(name: str) -> None:
    async with at_work() as viewer:
        await account_disable(viewer, account=(await account_named(viewer, name)).id)


async def _password(name: str, new: str) -> None:
    async with at_work() as viewer:
        await account_password(viewer, account=(await account_named(viewer, name)).id, new=new)


async def _issue(owner: str, **facts: Any) -> str:
    async with at_work() as viewer:
        holder = await account_named(viewer, owner)
        return (await token_issue(viewer, owner=holder.id, **facts)).token
