"""What all commands share: where they write, how they exit, and the options they have."""

import os
import shlex
import shutil
import sys
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

_NAME = "aftercare"
_DATA_DIR = "--data-dir"
FAILED = 1
WRONG_USE = 2

out = Console()
err = Console(stderr=True)

DataDir = Annotated[
    Path,
    typer.Option(_DATA_DIR, help="Where `aftercare up` keeps data and logs.", show_default=True),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def printable(text: str) -> str:
    """`text` with what a terminal would obey or cannot show written as escapes."""
    return "".join(
        found if found.isprintable() else found.encode("unicode_escape").decode("ascii")
        for found in text
    )


def hint(command: str, *, data_dir: str | None = None) -> str:
    """A command to type, in backticks: this one's program, and the `--data-dir` in use.

    `data_dir`: another one; empty where the command has no such option.
    """
    directory = _data_dir(sys.argv) if data_dir is None else data_dir
    option = f" {_DATA_DIR} {shlex.quote(directory)}" if directory else ""
    return f"`{shlex.quote(_program())} {command}{option}`"


def _program() -> str:
    """`aftercare` as it was called, or where it is when Python was."""
    called = Path(sys.argv[0])
    if called.name != _NAME:
        called = Path(sys.executable).with_name(_NAME)
    found = shutil.which(_NAME)
    if not called.exists() or (found and Path(found).samefile(called)):
        return _NAME
    near = os.path.relpath(called)
    return str(called) if near.startswith(os.pardir) else near


def _data_dir(arguments: list[str]) -> str:
    """As it was typed; empty: it was not."""
    typed = ""
    for argument, following in pairwise([*arguments, ""]):
        name, equals, value = argument.partition("=")
        if name == _DATA_DIR:
            typed = value if equals else following
    return typed
