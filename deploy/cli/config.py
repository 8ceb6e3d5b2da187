"""`aftercare config`: the effective configuration, and what is wrong with it."""

import os
import sys
from typing import Annotated

import typer

from deploy.cli import configuration
from deploy.cli.policy import command as policy
from deploy.cli.terminal import warn

app = typer.Typer(help="Look at the configuration.", no_args_is_help=True)


@app.command()
def check(
    service: Annotated[str, typer.Option(help="One service instead of all.")] = "",
) -> None:
    """Print the effective configuration, secrets masked. Exits with 2 when it is wrong."""
    if service and service not in configuration.SETTINGS:
        raise typer.BadParameter(f"'{service}' is none of {', '.join(configuration.SETTINGS)}")
    names = [service] if service else list(configuration.SETTINGS)
    checked = {name: configuration.checked(name) for name in names}
    for settings in checked.values():
        configuration.check_secret(settings)
    for name, settings in checked.items():
        sys.stdout.write(f"# {name}\n{configuration.as_yaml(settings)}")
    warn(configuration.unread_variables(os.environ))
    warn(configuration.missing_rates(checked))
    if "complaints" in checked:
        policy.check_rules()
