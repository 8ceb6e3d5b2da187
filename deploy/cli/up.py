"""`aftercare up`: everything on this machine, on the sandbox's servers or those that are named."""

import os
from typing import Annotated

import typer

from deploy.cli import configuration
from deploy.cli.address_file import DEFAULT_DIRECTORY, DEFAULT_PORT_BASE
from deploy.cli.sandbox_here import require_sandbox
from deploy.cli.terminal import DataDir, out
from services.desk.settings import SECRET_VARIABLE as OF_THE_DESK
from services.identity.settings import SECRET_VARIABLE as OF_IDENTITY

_SECRETS = {"identity": {OF_IDENTITY}, "desk": {OF_THE_DESK}}


def command(
    data_dir: DataDir = DEFAULT_DIRECTORY,
    port_base: Annotated[
        int, typer.Option(help="OtherServices on +1 to +6, broker on +10, database on +11.")
    ] = DEFAULT_PORT_BASE,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget the data first.")] = False,
) -> None:
    """Run everything on this machine until Ctrl-C."""
    require_sandbox("up")
    from deploy.sandbox.up import run_up  # noqa: PLC0415 - the sandbox is not shipped

    for name in configuration.SETTINGS:
        settings = configuration.checked(name)
        if not _SECRETS.get(name, set()).isdisjoint(os.environ):  # else the sandbox has its own
            configuration.check_secret(settings)
    run_up(data_dir, port_base=port_base, fresh=fresh, out=out)
