"""`aftercare demo`: six days of three dealers, played on the sandbox's servers."""

from typing import Annotated

import typer

from deploy.cli.sandbox_here import require_sandbox
from deploy.cli.terminal import FAILED, AsJson


def command(
    seed: Annotated[int, typer.Option(help="Another seed is another story.")] = 7,
    events: Annotated[int, typer.Option(min=3000, max=100_000, help="How many to send.")] = 5400,
    keep: Annotated[bool, typer.Option("--keep", help="Keep data and logs.")] = False,
    stay: Annotated[
        bool, typer.Option("--stay", help="Keep it running at the end, until Ctrl-C.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Play six days of three dealers on top of two years of history, and account for them.

    Exits with 1 when anything is not where it belongs.
    """
    require_sandbox("demo")
    from deploy.sandbox.demo.show import run_demo  # noqa: PLC0415 - the sandbox is not shipped

    if not run_demo(seed=seed, events=events, keep=keep, stay=stay, as_json=as_json):
        raise typer.Exit(FAILED)
