"""`aftercare dead-letters`: look at what could not be processed, and deal with it."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from deploy.cli import configuration
from deploy.cli.address_file import DEFAULT_DIRECTORY, addresses
from deploy.cli.dead_letters import show as letters_shown
from deploy.cli.dead_letters.work import (
    DeadLetter,
    Filters,
    WrongChoice,
    chosen,
    discard,
    named,
    read_letters,
    replay,
    replay_reaches,
)
from deploy.cli.terminal import FAILED, AsJson, DataDir, confirm, count, err, write, write_json
from shared.platform.dead_letters import Resolved
from shared.settings import KafkaSettings

R = TypeVar("R")

app = typer.Typer(
    help="Look at records that could not be processed, and deal with them.",
    no_args_is_help=True,
)

Ids = Annotated[
    list[str] | None, typer.Argument(help="Ids, or so much of them as makes them unique.")
]
Service = Annotated[str, typer.Option(help="Only what this service could not process.")]
Topic = Annotated[str, typer.Option(help="Only records of this topic, such as visits.")]
Dealer = Annotated[str, typer.Option(help="Only this dealer's records.")]
Reason = Annotated[str, typer.Option(help="Only where the reason has this in it.")]
Everything = Annotated[bool, typer.Option("--all", help="All that are open.")]
Note = Annotated[str, typer.Option(help="Kept with the letter: who decided, and why.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@app.command("list")
def list_(
    *,
    service: Service = "",
    topic: Topic = "",
    dealer: Dealer = "",
    reason: Reason = "",
    everything: Annotated[
        bool, typer.Option("--all", help="Also those that were replayed or discarded.")
    ] = False,
    data_dir: DataDir = DEFAULT_DIRECTORY,
    as_json: AsJson = False,
) -> None:
    """List the dead letters that are open, oldest first."""
    _, letters = _read(data_dir)
    shown = [
        letter
        for letter in Filters(service, topic, dealer, reason).of(letters)
        if everything or letter.resolution is None
    ]
    if as_json:
        write_json([letters_shown.as_json(letter) for letter in shown])
    elif shown:
        write(letters_shown.table(shown, with_state=everything))
        write(["", letters_shown.summary(shown)])
    else:
        write(["no dead letters" if everything else "no open dead letters"])


@app.command()
def show(
    id_: Annotated[str, typer.Argument(metavar="ID", help="Its id, or the beginning of it.")],
    data_dir: DataDir = DEFAULT_DIRECTORY,
    as_json: AsJson = False,
) -> None:
    """Show one dead letter with its headers and value, which may be personal."""
    _, letters = _read(data_dir)
    letter = _rightly(lambda: named(letters, id_))
    if as_json:
        write_json(letters_shown.full_as_json(letter))
    else:
        write(list(letters_shown.full(letter)))


@app.command("replay")
def replay_(
    *,
    ids: Ids = None,
    everything: Everything = False,
    service: Service = "",
    topic: Topic = "",
    dealer: Dealer = "",
    reason: Reason = "",
    note: Note = "",
    yes: Yes = False,
    data_dir: DataDir = DEFAULT_DIRECTORY,
    as_json: AsJson = False,
) -> None:
    """Publish records once more to their topics, as they came. Exits with 1 if any could not be.

    Repeats change nothing. A record that fails again becomes a new dead letter.
    """
    filters = Filters(service, topic, dealer, reason)
    settings, letters = _read(data_dir)
    picked = _choose(letters, ids or [], filters, everything, "replayed")
    reached = replay_reaches(letters, picked)
    _agree("Replay", reached, ask=not ids, yes=yes)
    failed = asyncio.run(replay(settings, reached, note=note)) if reached else {}
    done = [letter.id for letter in reached if letter.id not in failed]
    if as_json:
        write_json({"replayed": done, "failed": failed})
    else:
        write([f"{id_}: not replayed: {why}" for id_, why in failed.items()])
        records = len({letter.origin for letter in reached if letter.id not in failed})
        write([f"{count(records, 'record')} replayed, {count(len(done), 'dead letter')} closed"])
    if failed:
        raise typer.Exit(FAILED)


@app.command("discard")
def discard_(
    *,
    ids: Ids = None,
    everything: Everything = False,
    service: Service = "",
    topic: Topic = "",
    dealer: Dealer = "",
    reason: Reason = "",
    note: Note = "",
    yes: Yes = False,
    data_dir: DataDir = DEFAULT_DIRECTORY,
    as_json: AsJson = False,
) -> None:
    """Close dead letters without doing anything about them. They stay until they expire."""
    filters = Filters(service, topic, dealer, reason)
    settings, letters = _read(data_dir)
    picked = _choose(letters, ids or [], filters, everything, "discarded")
    _agree("Discard", picked, ask=not ids, yes=yes)
    if picked:
        asyncio.run(discard(settings, picked, note=note))
    if as_json:
        write_json({"discarded": [letter.id for letter in picked]})
    else:
        write([f"{count(len(picked), 'dead letter')} discarded"])


def _read(data_dir: Path) -> tuple[KafkaSettings, list[DeadLetter]]:
    settings = configuration.kafka_settings(addresses(data_dir).kafka)
    return settings, asyncio.run(read_letters(settings))


def _choose(
    letters: Sequence[DeadLetter],
    ids: Sequence[str],
    filters: Filters,
    everything: bool,
    what: Resolved,
) -> list[DeadLetter]:
    if ids and (everything or filters):
        raise typer.BadParameter("name ids, or say which by options, but not both")
    if not (ids or everything or filters):
        raise typer.BadParameter("say which: ids, --all, or --service, --topic, --dealer, --reason")
    return _rightly(lambda: chosen(letters, ids, filters, what))


def _rightly(choose: Callable[[], R]) -> R:
    try:
        return choose()
    except WrongChoice as failure:
        raise typer.BadParameter(str(failure)) from None


def _agree(verb: str, letters: Sequence[DeadLetter], *, ask: bool, yes: bool) -> None:
    """Show what would be done and ask, unless it was said precisely. Exits with 1 on a no."""
    if not ask or yes or not letters:
        return
    for line in (*letters_shown.table(letters, with_state=False), ""):
        err.print(line, markup=False, highlight=False, soft_wrap=True)
    confirm(f"{verb} {count(len(letters), 'dead letter')}?", to_go_on="do this")
