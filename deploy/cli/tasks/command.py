"""`aftercare tasks`: follow-up tasks, before there are any."""

from pathlib import Path
from typing import Annotated

import typer

from deploy.cli.policy.options import Rules
from deploy.cli.terminal import AsJson

app = typer.Typer(help="Follow-up tasks.", no_args_is_help=True)


@app.callback()
def tasks() -> None:
    """Follow-up tasks."""


@app.command("rehearse")
def rehearse_(
    files: Annotated[
        list[Path], typer.Argument(help="Lines of CloudEvents, or a JSON array; - is stdin.")
    ],
    *,
    at: Annotated[
        str,
        typer.Option("--at", help="A day (its beginning, UTC) or an instant; else the present."),
    ] = "",
    dealer: Annotated[str, typer.Option("--dealer", help="Tell of this dealer alone.")] = "",
    rules: Rules = None,
    as_json: AsJson = False,
) -> None:
    """Say how many tasks a feed would open today, by rule, and why others would not open.

    Nothing is sent or written, and nothing is taken to be known before. Exits with 1 when any
    event would be rejected.
    """
    from deploy.cli.tasks.telling import rehearse_and_tell  # noqa: PLC0415 - it brings all services

    rehearse_and_tell(files, at=at, dealer=dealer, rules=rules, as_json=as_json)
