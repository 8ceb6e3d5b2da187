"""`--ca-file`, which all commands have: said before a command is loaded, read by `trust`."""

import os
from pathlib import Path
from typing import Annotated

import typer

VARIABLE = "AFTERCARE_CLIENT__TLS_CA_FILE"

CaFile = Annotated[
    Path | None,
    typer.Option("--ca-file", help=f"Trust who is certified by these (PEM); also {VARIABLE}."),
]


def option(path: Path | None) -> None:
    """What `--ca-file` says goes before the variable."""
    if path is not None:
        os.environ[VARIABLE] = str(path)
