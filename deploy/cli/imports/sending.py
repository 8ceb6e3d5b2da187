"""`aftercare send FILE --mapping NAME`: a file to intake, and the account of what became of it."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import typer
from rich.progress import BarColumn, DownloadColumn, TaskProgressColumn

from deploy.cli.event_files import STANDARD_INPUT
from deploy.cli.imports.client import ImportsClient
from deploy.cli.imports.words import outcome, state_of, summary
from deploy.cli.terminal import FAILED, err, hint, progress, write, write_json
from shared.contracts.http.intake_imports import ImportDetail, ImportTaken

LOOK_EVERY_SECONDS = 0.5
AT_REST = ("done", "failed", "cancelled", "paused")


def send_files(
    client: ImportsClient, files: Sequence[Path], asked: dict[str, str], *, as_json: bool
) -> None:
    """One after another. Exits with 1 where one failed, or records were refused or rejected."""
    is_clean = True
    for file in files:
        taken = _sent(client, file, asked)
        found = _followed(client, taken)
        if as_json:
            write_json(found.model_dump(mode="json"), readable=True)
        else:
            write(outcome(found))
        counts = found.counts
        is_clean &= found.state == "done" and not (counts.rejected or counts.refused)
    if not is_clean:
        raise typer.Exit(FAILED)


def follow(
    client: ImportsClient,
    import_id: str,
    *,
    shown: Callable[[ImportDetail], None],
    wait: Callable[[float], None] = time.sleep,
) -> ImportDetail:
    """Look at it until it rests; `shown` is told each time."""
    while True:
        found = client.one(import_id)
        shown(found)
        if found.state in AT_REST:
            return found
        wait(LOOK_EVERY_SECONDS)


def _sent(client: ImportsClient, file: Path, asked: dict[str, str]) -> ImportTaken:
    is_file = file != STANDARD_INPUT
    size = file.stat().st_size if is_file and file.is_file() else None
    named = {**asked, "name": file.name[:200]} if is_file else asked
    with progress("sending", BarColumn(), DownloadColumn()) as bar:
        task = bar.add_task("", total=size)
        taken = client.send(file, named, shown=lambda sent: bar.update(task, completed=sent))
    if taken.duplicate:
        err.print(
            f"the same file was sent before, as import {taken.import_id}; --again sends it anew",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
    return taken


def _followed(client: ImportsClient, taken: ImportTaken) -> ImportDetail:
    try:
        with progress(
            "{task.fields[state]}", BarColumn(), TaskProgressColumn(), "{task.fields[said]}"
        ) as bar:
            task = bar.add_task("", total=taken.size, state=taken.state, said="")

            def show(found: ImportDetail) -> None:
                bar.update(
                    task,
                    completed=found.bytes_read,
                    state=state_of(found),
                    said=summary(found),
                )

            return follow(client, taken.import_id, shown=show)
    except KeyboardInterrupt:
        command = hint(f"imports show {taken.import_id}", data_dir="")
        err.print(
            f"the import goes on without this command: {command} says how far it is",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
        raise typer.Exit(FAILED) from None
