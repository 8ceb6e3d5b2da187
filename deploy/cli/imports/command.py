"""`aftercare imports`: files that were sent, and how far they have come in."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from deploy.cli.address_file import DEFAULT_DIRECTORY
from deploy.cli.client_key import place_of
from deploy.cli.imports.client import ImportsClient, Wish
from deploy.cli.imports.words import details, listed, record_lines, state_of
from deploy.cli.policy.options import Url
from deploy.cli.terminal import AsJson, DataDir, write, write_json
from shared.contracts.http.intake_imports import RecordOutcome

app = typer.Typer(help="Files that were sent to be imported.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(help="As `send` and `list` tell it.", metavar="IMPORT")]
Records = Annotated[
    Literal["refused", "rejected", "warned", "all"] | None,
    typer.Option(help="Tell all records of which this became."),
]


@app.callback()
def imports() -> None:
    """Files that were sent to be imported."""


@app.command("list")
def list_(
    dealer: Annotated[str, typer.Option("--dealer", help="group/dealer")],
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many.")] = 20,
    url: Url = "",
    data_dir: DataDir = DEFAULT_DIRECTORY,
    as_json: AsJson = False,
) -> None:
    """A dealer's imports, the newest first."""
    page = _client(url, data_dir).page(dealer, after="", limit=limit)
    if as_json:
        write_json(page.model_dump(mode="json"), readable=True)
    else:
        write(map(listed, page.imports))


@app.command("show")
def show(
    import_id: Id,
    records: Records = None,
    url: Url = "",
    data_dir: DataDir = DEFAULT_DIRECTORY,
    as_json: AsJson = False,
) -> None:
    """How far an import has come, and which records are to be looked at."""
    client = _client(url, data_dir)
    found = client.one(import_id)
    if records is None:
        if as_json:
            write_json(found.model_dump(mode="json"), readable=True)
        else:
            write(details(found))
        return
    outcome: RecordOutcome | None = None if records == "all" else records
    for page in client.records(import_id, outcome):
        if as_json:
            for record in page.records:
                write_json(record.model_dump(mode="json"), readable=True)
        else:
            write(record_lines(page.records))


@app.command("pause")
def pause(import_id: Id, url: Url = "", data_dir: DataDir = DEFAULT_DIRECTORY) -> None:
    """Pause an import; what its dealer sent after it goes on without it."""
    _wish(import_id, "pause", _client(url, data_dir))


@app.command("resume")
def resume(import_id: Id, url: Url = "", data_dir: DataDir = DEFAULT_DIRECTORY) -> None:
    """Go on with a paused import; begin one anew that failed, or that has records to mend."""
    _wish(import_id, "resume", _client(url, data_dir))


@app.command("cancel")
def cancel(import_id: Id, url: Url = "", data_dir: DataDir = DEFAULT_DIRECTORY) -> None:
    """End an import. What was taken stays; its file is deleted."""
    _wish(import_id, "cancel", _client(url, data_dir))


def _client(url: str, data_dir: Path) -> ImportsClient:
    where = place_of("intake", url, data_dir)
    return ImportsClient(where.url, key=where.key)


def _wish(import_id: str, wish: Wish, client: ImportsClient) -> None:
    found = client.wish(import_id, wish)
    write([f"import {found.import_id}: {state_of(found)}"])
