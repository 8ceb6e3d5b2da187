"""What all commands share: where they write, how they ask and exit, and the options they have."""

import json
import os
import shlex
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn

_NAME = "aftercare"
_DATA_DIR = "--data-dir"
FAILED = 1
WRONG_USE = 2
TELL_EVERY_SECONDS = 10.0

out = Console()
err = Console(stderr=True)

DataDir = Annotated[
    Path,
    typer.Option(_DATA_DIR, help="Where `aftercare up` keeps data and logs.", show_default=True),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def write(lines: Iterable[str]) -> None:
    """Print lines as they are, whatever they hold."""
    for line in lines:
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def write_text(text: str) -> None:
    """Print a text as it is, its ends of lines included."""
    sys.stdout.write(text)
    sys.stdout.flush()


def write_json(content: object, *, readable: bool = False) -> None:
    """Print one line of JSON, in ASCII alone unless it shall be `readable`."""
    write([json.dumps(content, ensure_ascii=not readable)])


def warn(lines: Iterable[str]) -> None:
    """Say on standard error what is most likely not meant."""
    for line in lines:
        err.print(f"warning: {line}", markup=False, highlight=False, soft_wrap=True)


def confirm(question: str, *, to_go_on: str) -> None:
    """Ask whoever types. Exits with 1 on a no, and with 2 where nobody is there to be asked.

    `to_go_on`: what `--yes` would do.
    """
    if not sys.stdin.isatty():
        raise typer.BadParameter(f"nobody is there to be asked: add --yes to {to_go_on}")
    typer.confirm(question, abort=True, err=True)


def progress(*columns: str | ProgressColumn) -> Progress:
    """Progress on standard error as long as it is made; nothing where there is no terminal."""
    return Progress(*columns, console=err, transient=True, disable=not err.is_terminal)


def bar(what: str) -> Progress:
    """A bar, and how many of how many are done."""
    return progress(what, BarColumn(), MofNCompleteColumn())


@contextmanager
def counting(what: str) -> Iterator[Callable[[int, int | None], None]]:
    """Told how many are done, and of how many where that is known, shows it: as a bar, or, where
    nobody watches, as a line on standard error now and then."""
    told_at = time.monotonic()
    with bar(what) as shown:
        task = shown.add_task("", total=None)

        def show(done: int, total: int | None = None) -> None:
            nonlocal told_at
            shown.update(task, completed=done, total=total)
            if not err.is_terminal and time.monotonic() - told_at >= TELL_EVERY_SECONDS:
                told_at = time.monotonic()
                of_all = f" of {total}" if total is not None else ""
                err.print(f"{what}: {done}{of_all}", markup=False, highlight=False, soft_wrap=True)

        yield show


def count(number: int, noun: str) -> str:
    """`1 record`, `2 records`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


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
