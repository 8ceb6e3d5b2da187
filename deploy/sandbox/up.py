"""`aftercare up`: everything runs until Ctrl-C, and nothing is restarted silently."""

import shutil
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console
from rich.table import Table

from deploy.cli import client_key
from deploy.cli.failures import CannotRun
from deploy.cli.republish import PutBack
from deploy.cli.terminal import hint
from deploy.sandbox.recording import recording
from deploy.sandbox.stack import Stack, fixed_ports, running_stack

LOOK_EVERY_SECONDS = 0.5


def run_up(directory: Path, *, port_base: int, fresh: bool, out: Console) -> None:
    """Returns after Ctrl-C or SIGTERM, when everything has stopped.

    Raises `CannotRun` when something does not start, or ends by itself.
    """
    if fresh:
        shutil.rmtree(directory / "database", ignore_errors=True)
        shutil.rmtree(directory / "logs", ignore_errors=True)
    directory.mkdir(parents=True, exist_ok=True)
    try:
        with ExitStack() as stopping:
            with out.status("starting") as status:
                stack = stopping.enter_context(
                    running_stack(
                        directory=directory, ports=fixed_ports(port_base), say=status.update
                    )
                )
            stopping.enter_context(recording(stack, directory))
            if stack.put_back is not None:
                _show_put_back(stack.put_back, out)
            _show(stack, directory, out)
            stopping.callback(out.print, "stopping")
            watch(stack)
    except KeyboardInterrupt:
        out.print("stopped")


def watch(stack: Stack) -> None:
    """Wait for ever. Raises `CannotRun` when anything ends by itself."""
    while (ended := stack.ended()) is None:
        stack.children[0].ended_within(LOOK_EVERY_SECONDS)
    raise CannotRun(
        f"{ended.name} ended by itself (exit code {ended.exit_code}), so everything was stopped. "
        f"Its log is {ended.log}:\n{ended.last_words()}"
    )


def _show_put_back(put_back: PutBack, out: Console) -> None:
    """What came back after the broker forgot; nothing when there was nothing to forget."""
    if put_back.documents or put_back.not_kept:
        for line in put_back.in_words():
            out.print(line, markup=False, highlight=False)
        out.print()


def _show(stack: Stack, directory: Path, out: Console) -> None:
    table = Table("", "address", box=None, pad_edge=False)
    for name, url in stack.urls.items():
        table.add_row(name, url if name == "desk" else f"{url}/docs")
    table.add_row("Kafka", stack.kafka.bootstrap_servers)
    table.add_row("MongoDB", stack.database)
    out.print(table)
    out.print(
        f"\nThe desk is at {stack.urls['desk']} : sign in as {stack.sign_in}.\n"
        "Every endpoint asks for a key: "
        f"curl -H @{directory / client_key.FILE}, or in a browser\n"
        f"the key in that file as the password. Logs are in {directory / 'logs'}. In another\n"
        "terminal:\n"
        f"  {hint('example visit > visit.json', data_dir='')} writes an event to try\n"
        f"  {hint('send visit.json')} sends it\n"
        f"  {hint('tail scores tasks --from-start')} shows what comes of it\n"
        "Ctrl-C stops everything.",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
