"""The options that the commands of `aftercare policy` share."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from shared.policies.paths import VARIABLE

ServiceName = Literal["complaints", "scoring", "followup", "identity"]
Rules = Annotated[
    Path | None, typer.Option("--rules", help=f"The folder of rules; else {VARIABLE}.")
]
Url = Annotated[str, typer.Option(help="The address of the service; else that of `aftercare up`.")]
Service = Annotated[ServiceName, typer.Option("--service", help="Whose rules.")]
Format = Annotated[
    Literal["table", "json", "csv"],
    typer.Option("--format", help="For a terminal, for programs, for a spreadsheet."),
]
Limit = Annotated[
    int | None,
    typer.Option(min=0, help="How many of those who differ most are told; else 10, all in CSV."),
]
