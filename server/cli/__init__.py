"""The `luzhi` command. Each room registers its commands from a file of its own beside this one."""

import click


@click.group()
@click.version_option(package_name="luzhi")
def luzhi() -> None:
    """Luzhi (履职): the register, the duties and the reading of a consultative assembly."""
