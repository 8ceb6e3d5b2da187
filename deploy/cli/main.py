"""Puts the commands of `aftercare` together, and runs the one that was typed."""

import logging
import os
import signal
import sys
from importlib.metadata import version
from types import FrameType
from typing import Annotated, NoReturn

import typer

from deploy.cli import (
    acls,
    config,
    configuration,
    demo,
    example,
    republish,
    send,
    tail,
    topics,
    trust,
    up,
)
from deploy.cli.dead_letters import command as dead_letters
from deploy.cli.failures import CannotRun
from deploy.cli.imports import command as imports
from deploy.cli.mapping import command as mapping
from deploy.cli.policy import command as policy
from deploy.cli.rejected import command as rejected
from deploy.cli.scoring import fit as scoring
from deploy.cli.tasks import command as tasks
from deploy.cli.terminal import FAILED, WRONG_USE, err, out
from shared.yaml_file import WrongFile

_PYTHONS = ((3, 11), (3, 13))
"""The first and the last minor version that all dependencies have wheels for."""

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.command("up")(up.command)
app.command("send")(send.command)
app.command("example")(example.command)
app.command("tail")(tail.command)
app.command("topics")(topics.command)
app.command("acls")(acls.command)
app.command("republish")(republish.command)
app.command("demo")(demo.command)
app.add_typer(imports.app, name="imports")
app.add_typer(dead_letters.app, name="dead-letters")
app.add_typer(config.app, name="config")
app.add_typer(mapping.app, name="mapping")
app.add_typer(policy.app, name="policy")
app.add_typer(rejected.app, name="rejected")
app.add_typer(scoring.app, name="scoring")
app.add_typer(tasks.app, name="tasks")


def _version(asked: bool) -> None:
    if asked:
        out.print(f"aftercare {version('aftercare')}", highlight=False)
        raise typer.Exit


@app.callback()
def aftercare(
    _: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Tell the version."),
    ] = False,
    ca_file: trust.CaFile = None,
) -> None:
    """Aftercare: customer care for car dealers, driven by events."""
    trust.option(ca_file)


def main() -> None:
    """Run the command; failures that people can mend are one message without a traceback."""
    if not _PYTHONS[0] <= sys.version_info[:2] <= _PYTHONS[1]:
        _fail(f"Aftercare needs Python 3.11, 3.12 or 3.13; this is {sys.version}", WRONG_USE)
    for number in (signal.SIGTERM, signal.SIGINT):  # a shell's background jobs ignore the latter
        signal.signal(number, _interrupt)
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # we say it in our own words
    try:
        app()
    except CannotRun as failure:
        _fail(str(failure), FAILED)
    except (configuration.WrongConfiguration, WrongFile) as failure:
        _fail(str(failure), WRONG_USE)
    except BrokenPipeError:
        # the reader (`head`) has seen enough; without this Python complains again at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _fail(message: str, status: int) -> NoReturn:
    err.print(message, markup=False, highlight=False, soft_wrap=True, style="red")
    sys.exit(status)


if __name__ == "__main__":
    main()
