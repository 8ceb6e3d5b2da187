"""Puts the commands of `aftercare` together, and runs the one that was typed."""

import logging
import os
import signal
import sys
from importlib.metadata import version
from types import FrameType
from typing import Annotated, NoReturn

import typer

from deploy.cli import ca_file
from deploy.cli.failures import CannotRun, WrongConfiguration
from deploy.cli.on_use import OnUse, announcing
from deploy.cli.terminal import FAILED, WRONG_USE, err, out
from shared.yaml_file import WrongFile

_PYTHONS = ((3, 11), (3, 13))
"""The first and the last minor version that all dependencies have wheels for."""

COMMANDS = {
    "up": OnUse("deploy.cli.up", "Run everything on this machine until Ctrl-C."),
    "send": OnUse(
        "deploy.cli.send",
        "Send events, or files to import, to intake. Exits with 1 when anything was rejected.",
    ),
    "example": OnUse(
        "deploy.cli.example", "Print events to try, one a line, with dates that suit the present."
    ),
    "tail": OnUse(
        "deploy.cli.tail", "Show what is written to topics, as it is written. Ends with Ctrl-C."
    ),
    "topics": OnUse(
        "deploy.cli.topics",
        "Create or verify the topics. Exits with 1 when any is missing or differs.",
    ),
    "acls": OnUse(
        "deploy.cli.acls",
        "Print what each service's Kafka user has to be allowed, ready for a shell; intake's on "
        "the topics of connectors, too, where AFTERCARE_CONNECTORS_FILE names them.",
    ),
    "republish": OnUse(
        "deploy.cli.republish",
        "Put what intake keeps on the topics again: the same records, under the same ids.",
    ),
    "demo": OnUse(
        "deploy.cli.demo",
        "Play six days of three dealers on top of two years of history, and account for them.",
    ),
    "keys": OnUse("deploy.cli.keys.command", "Keys that machines show to the services."),
    "users": OnUse("deploy.cli.users.command", "Users of the desk: who may sign in, and as what."),
    "tokens": OnUse("deploy.cli.tokens.command", "Tokens of people and services, signed by us."),
    "imports": OnUse("deploy.cli.imports.command", "Files that were sent to be imported."),
    "dead-letters": OnUse(
        "deploy.cli.dead_letters.command",
        "Look at records that could not be processed, and deal with them.",
    ),
    "config": OnUse("deploy.cli.config", "Look at the configuration."),
    "mapping": OnUse(
        "deploy.cli.mapping.command", "Files as other systems write them: what they would become."
    ),
    "policy": OnUse(
        "deploy.cli.policy.command", "The dealers' rules: look at them, compare them, apply them."
    ),
    "rejected": OnUse(
        "deploy.cli.rejected.command",
        "What was rejected and is kept: look at it, correct it, take it after all.",
    ),
    "scoring": OnUse("deploy.cli.scoring.fit", "Scoring: what fits a dealer."),
    "tasks": OnUse("deploy.cli.tasks.command", "Follow-up tasks."),
}

app = announcing(COMMANDS)


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
    certified_by: ca_file.CaFile = None,
) -> None:
    """Aftercare: customer care for car dealers, driven by events."""
    ca_file.option(certified_by)


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
    except (WrongConfiguration, WrongFile) as failure:
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
