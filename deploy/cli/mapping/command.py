"""`aftercare mapping`: look at mappings, try them on files, draft and check them."""

import sys
from collections.abc import Iterable
from itertools import chain, islice
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from deploy.cli.failures import CannotRun, WrongConfiguration
from deploy.cli.mapping import account
from deploy.cli.mapping.found import (
    NameOrFile,
    dealer_of,
    mapping_of,
    path_of,
    settings,
    situation,
)
from deploy.cli.mapping.guessing import guess as make_guess
from deploy.cli.mapping.outline import head, outline
from deploy.cli.mapping.trial import FileTrial, TriedRecord
from deploy.cli.terminal import (
    FAILED,
    AsJson,
    count,
    printable,
    warn,
    write,
    write_json,
    write_text,
)
from services.intake.adapters.mappings import Mappings, read_mapping
from services.intake.domain.mappings.feed_mapping import ReportKind
from shared.yaml_file import WrongFile

SHOWN = 20
MOST_REMARKS = 100
_WIDEST = 400

app = typer.Typer(
    help="Files as other systems write them: what they would become.", no_args_is_help=True
)


@app.command("list")
def list_(*, as_json: AsJson = False) -> None:
    """List the mappings that ship, and those of AFTERCARE_MAPPINGS_DIR."""
    mappings = settings().mappings()
    try:
        found = {name: mappings.find(name) for name in mappings.names()}
    except WrongFile as error:
        raise WrongConfiguration(error.lines) from None
    if as_json:
        rows = [
            {
                "name": name,
                "format": each.reads.format,
                "report": each.report,
                "title": each.title_en,
            }
            for name, each in found.items()
            if each is not None
        ]
        write_json(rows, readable=True)
        return
    shown = Table("mapping", "reads", "becomes", "title", box=None, pad_edge=False)
    for name, each in found.items():
        if each is not None:
            shown.add_row(name, each.reads.format, each.report, Text(each.title_en))
    _print(shown)


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="Its name, or a file.")],
    *,
    as_yaml: Annotated[
        bool, typer.Option("--yaml", help="The file itself, to make one's own of.")
    ] = False,
) -> None:
    """Show where a mapping looks for each field."""
    mappings = settings().mappings()
    mapping = mapping_of(name, mappings)
    path = path_of(name, mappings)
    if as_yaml:
        write_text(path.read_text("utf-8"))
        return
    write([head(mapping), str(path)])
    _print(outline(mapping))


@app.command()
def check(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Mappings; else all of AFTERCARE_MAPPINGS_DIR.")
    ] = None,
) -> None:
    """Check mappings against what Aftercare takes. Exits with 2 when any is wrong."""
    wrong: list[str] = []
    checked = files or _own(settings().mappings_dir)
    for path in checked:
        try:
            mapping = read_mapping(path)
        except WrongFile as error:
            wrong += error.lines
        else:
            write([f"{path}: can be used: {head(mapping)}"])
    if wrong:
        raise WrongConfiguration(wrong)


def _own(folder: Path | None) -> list[Path]:
    if folder is None:
        raise typer.BadParameter("name a file, or set AFTERCARE_MAPPINGS_DIR")
    mappings = Mappings(folder)
    try:
        paths = [mappings.path_of(name) for name in mappings.names()]
    except WrongFile as error:
        raise WrongConfiguration(error.lines) from None
    return [path for path in paths if path is not None and path.parent == folder]


@app.command("try")
def try_(
    file: Annotated[Path, typer.Argument(help="As the other system writes it; gzip is unpacked.")],
    *,
    mapping: NameOrFile,
    dealer: Annotated[
        str, typer.Option("--dealer", help="Such as sunrise/pudong; else the first configured.")
    ] = "",
    source: Annotated[
        str, typer.Option("--source", help="What the other system is called here.")
    ] = "",
    limit: Annotated[int, typer.Option(min=0, help="How many records are shown.")] = SHOWN,
    as_json: Annotated[
        bool, typer.Option("--json", help="A line of JSON for every record, then the totals.")
    ] = False,
) -> None:
    """Show what each record of a file would become, and what intake would say. Sends nothing.

    Exits with 1 when any record would be refused, or the file cannot be read.
    """
    asked = settings()
    found = mapping_of(mapping, asked.mappings())
    who = situation(asked, found, dealer, source)
    try:
        with file.open("rb") as opened:
            trial = FileTrial(opened, found, who)
            if as_json:
                write_json_lines(trial)
            else:
                write([f"{file} by {mapping}, of {who.dealer.id}, source {who.source}:"])
                _show(trial, limit)
    except OSError as error:
        raise CannotRun(f"{file} cannot be read: {error.strerror}") from error
    if trial.faults or trial.broken or trial.counts["refused"]:
        raise typer.Exit(FAILED)


@app.command()
def guess(
    file: Annotated[Path, typer.Argument(help="As the other system writes it.")],
    *,
    report: Annotated[
        ReportKind | None, typer.Option("--report", help="What its records are; else told.")
    ] = None,
    dealer: Annotated[
        str, typer.Option("--dealer", help="Whose: days may be written the American way.")
    ] = "",
    into: Annotated[
        Path | None, typer.Option("--out", help="Where to write it; else to standard output.")
    ] = None,
) -> None:
    """Draft a mapping from the headings of a file and its first records.

    What it is not sure of is marked `?` in the draft.
    """
    asked = settings()
    region = dealer_of(dealer, asked.dealers()).region
    found = make_guess(file, report, asked.mappings(), month_first=region == "US")
    if found.fits:
        warn([f"'{found.fits}' reads such files already: `--mapping {found.fits}`"])
    if into is None:
        write_text(found.draft.text)
    else:
        try:
            with into.open("x", encoding="utf-8") as opened:
                opened.write(found.draft.text)
        except OSError as error:
            raise CannotRun(f"{into} cannot be written: {error.strerror}") from error
        write([f"{into}: {count(found.draft.doubts, 'thing')} to look at, marked `?`"])


def write_json_lines(trial: FileTrial) -> None:
    """A line for each record as it is read, and one for all."""
    for one in trial.records():
        write_json(account.as_json(one), readable=True)
    write_json({"totals": account.totals_as_json(trial)}, readable=True)


def _show(trial: FileTrial, limit: int) -> None:
    tried = trial.records()
    first = list(islice(tried, limit))
    write(account.faults(trial) if trial.faults else [])
    if first:
        _print(account.table(first, trial))
    told, not_told = _remarks(chain(first, tried))
    write(told)
    if not_told:
        write([f"… and {count(not_told, 'more remark')}; --json has all"])
    example = next((one for one in first if one.becomes == "event"), None)
    write(account.in_full(example, trial) if example else [])
    if trial.unused:
        write([printable(f"not looked at: {', '.join(trial.unused)}")])
    if not trial.faults:
        write([*account.faults(trial), account.totals(trial)])


def _remarks(tried: Iterable[TriedRecord]) -> tuple[list[str], int]:
    """The first of all, and how many there are beside them."""
    told: list[str] = []
    not_told = 0
    for one in tried:
        for line in account.remarks(one):
            if len(told) < MOST_REMARKS:
                told.append(line)
            else:
                not_told += 1
    return told, not_told


def _print(table: Table) -> None:
    """As wide as it is: what is cut off cannot be compared."""
    Console(file=sys.stdout, width=_WIDEST, highlight=False).print(table)
