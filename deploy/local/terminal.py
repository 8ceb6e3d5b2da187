"""What all commands share: where they write, how they exit, and the options they have."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

FAILED = 1
WRONG_USE = 2

out = Console()
err = Console(stderr=True)

DataDir = Annotated[
    Path, typer.Option(help="Where `aftercare up` keeps data and logs.", show_default=True)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def printable(text: str) -> str:
    """`text` with what a terminal would obey or cannot show written as escapes."""
    return "".join(
        found if found.isprintable() else found.encode("unicode_escape").decode("ascii")
        for found in text
    )
