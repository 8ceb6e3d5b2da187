"""`aftercare rejected`: what intake rejected and keeps, to be corrected and taken after all."""

from pathlib import Path
from typing import Annotated

import typer

from deploy.cli.address_file import DEFAULT_DIRECTORY
from deploy.cli.client_key import place_of
from deploy.cli.event_files import STANDARD_INPUT
from deploy.cli.failures import CannotRun
from deploy.cli.policy.options import Url
from deploy.cli.rejected.client import RejectedClient
from deploy.cli.rejected.words import became, details, listed
from deploy.cli.terminal import (
    FAILED,
    AsJson,
    DataDir,
    confirm,
    count,
    counting,
    write,
    write_json,
)

app = typer.Typer(
    help="What was rejected and is kept: look at it, correct it, take it after all.",
    no_args_is_help=True,
)

Id = Annotated[str, typer.Argument(help="As `list` tells it.", metavar="ID")]
Ids = Annotated[list[str] | None, typer.Argument(help="As `list` tells them.", metavar="ID...")]
Dealer = Annotated[
    str, typer.Option(help="group/dealer; without one what came from nobody that is known.")
]
Source = Annotated[str, typer.Option(help="Only of this source.")]
Reason = Annotated[str, typer.Option(help="Only for this reason, such as invalid-event/vehicle.")]
Everything = Annotated[bool, typer.Option("--all", help="All of the dealer, or what is named.")]
Mapping = Annotated[str, typer.Option(help="Read it by this mapping instead.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would become of it.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@app.command("list")
def list_(
    *,
    dealer: Dealer = "",
    source: Source = "",
    reason: Reason = "",
    limit: Annotated[int, typer.Option(min=1, max=499, help="How many.")] = 50,
    url: Url = "",
    data_dir: DataDir = DEFAULT_DIRECTORY,
    as_json: AsJson = False,
) -> None:
    """What is kept, the newest first, without its content."""
    client = _client(url, data_dir)
    page = client.page(_chosen(dealer, source, reason), after="", limit=limit)
    if as_json:
        write_json(page.model_dump(mode="json"), readable=True)
    else:
        write(listed(page))


@app.command("show")
def show(
    rejected_id: Id, url: Url = "", data_dir: DataDir = DEFAULT_DIRECTORY, as_json: AsJson = False
) -> None:
    """One with its content, which is personal. `--json` writes the content alone, to be mended."""
    found = _client(url, data_dir).one(rejected_id)
    if as_json:
        write_json(found.content, readable=True)
    else:
        write(details(found))


@app.command("replay")
def replay(
    *,
    rejected_id: Annotated[str, typer.Argument(help="As `list` tells it.", metavar="[ID]")] = "",
    with_: Annotated[
        Path | None, typer.Option("--with", help="JSON to take in its place; - reads it here.")
    ] = None,
    mapping: Mapping = "",
    everything: Everything = False,
    dealer: Dealer = "",
    source: Source = "",
    reason: Reason = "",
    dry_run: DryRun = False,
    url: Url = "",
    data_dir: DataDir = DEFAULT_DIRECTORY,
    as_json: AsJson = False,
) -> None:
    """Take one, or all of a dealer, after all. Exits with 1 where some is rejected again.

    Repeats change nothing: what was taken is known.
    """
    if bool(rejected_id) == everything:
        raise typer.BadParameter("name one id, or say --all")
    if everything and with_ is not None:
        raise typer.BadParameter("--with takes the place of one: name its id")
    client = _client(url, data_dir)
    asked = {"mapping": mapping} if mapping else {}
    if dry_run:
        asked["validate"] = "true"
    if everything:
        _replay_all(client, _chosen(dealer, source, reason), asked, as_json=as_json)
        return
    found = client.replay(rejected_id, asked, instead=None if with_ is None else _written(with_))
    if as_json:
        write_json(found.model_dump(mode="json"), readable=True)
    else:
        write(became(found, is_trial=dry_run))
    if found.outcome == "rejected":
        raise typer.Exit(FAILED)


@app.command("discard")
def discard(
    *,
    ids: Ids = None,
    everything: Everything = False,
    dealer: Dealer = "",
    source: Source = "",
    reason: Reason = "",
    yes: Yes = False,
    url: Url = "",
    data_dir: DataDir = DEFAULT_DIRECTORY,
    as_json: AsJson = False,
) -> None:
    """Delete what is kept. It cannot be had back."""
    if bool(ids) == everything:
        raise typer.BadParameter("name ids, or say --all")
    client = _client(url, data_dir)
    if not yes:
        what = count(len(ids), "rejected event") if ids else _all_of(dealer, source, reason)
        confirm(f"Delete {what}?", to_go_on="do this")
    if ids:
        number = sum(client.discard(each) for each in ids)
    else:
        number = client.discard_all(_chosen(dealer, source, reason))
    if as_json:
        write_json({"discarded": number})
    else:
        write([f"{count(number, 'rejected event')} discarded"])


def _client(url: str, data_dir: Path) -> RejectedClient:
    found = place_of("intake", url, data_dir)
    return RejectedClient(found.url, key=found.key)


def _replay_all(
    client: RejectedClient, chosen: dict[str, str], asked: dict[str, str], *, as_json: bool
) -> None:
    totals = dict.fromkeys(("accepted", "duplicate", "skipped", "rejected"), 0)
    with counting("replaying") as shown:
        for page in client.replay_all(chosen, asked):
            for outcome in totals:
                totals[outcome] += getattr(page, outcome)
            shown(sum(totals.values()), None)
            if as_json:
                for item in page.items:
                    write_json(item.model_dump(mode="json"), readable=True)
    if not as_json:
        would = "would be: " if "validate" in asked else ""
        write([would + ", ".join(f"{number:,} {outcome}" for outcome, number in totals.items())])
    if totals["rejected"]:
        raise typer.Exit(FAILED)


def _chosen(dealer: str, source: str, reason: str) -> dict[str, str]:
    asked = {"dealer_id": dealer, "source": source, "reason": reason}
    return {name: value for name, value in asked.items() if value}


def _all_of(dealer: str, source: str, reason: str) -> str:
    named = ", ".join(filter(None, (dealer or "nobody that is known", source, reason)))
    return f"all that was rejected of {named}"


def _written(file: Path) -> bytes:
    try:
        if file == STANDARD_INPUT:
            return typer.get_binary_stream("stdin").read()
        return file.read_bytes()
    except OSError as error:
        raise CannotRun(f"{file} cannot be read: {error.strerror}") from None
