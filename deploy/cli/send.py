"""`aftercare send`: events to intake, in chunks, and the account of what became of them; or, with a
mapping, files as another system writes them."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from deploy.cli.address_file import DEFAULT_DIRECTORY
from deploy.cli.client_key import Reached, reached
from deploy.cli.event_files import EventLine, read_lines
from deploy.cli.imports.client import ImportsClient
from deploy.cli.imports.sending import send_files
from deploy.cli.intake_client import IntakeClient
from deploy.cli.terminal import FAILED, AsJson, DataDir, bar, out, write_json
from shared.contracts.http.intake import Item

DEFAULT_CHUNK = 500
_SHOWN_REJECTIONS = 50


def command(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Lines of CloudEvents, or a JSON array; with --mapping files as another system "
            "writes them. - is stdin."
        ),
    ],
    *,
    mapping: Annotated[
        str, typer.Option(help="The mapping that makes events of the files' records.")
    ] = "",
    dealer: Annotated[str, typer.Option(help="With --mapping: whose they are, group/dealer.")] = "",
    source: Annotated[
        str, typer.Option(help="With --mapping: the system they come from; else the mapping's.")
    ] = "",
    again: Annotated[
        bool, typer.Option("--again", help="With --mapping: also a file that was sent before.")
    ] = False,
    url: Annotated[str, typer.Option(help="Intake's address.")] = "",
    chunk: Annotated[int, typer.Option(min=1, max=2000, help="Events at once.")] = DEFAULT_CHUNK,
    data_dir: DataDir = DEFAULT_DIRECTORY,
    as_json: AsJson = False,
) -> None:
    """Send events, or files to import, to intake. Exits with 1 when anything was rejected."""
    where = reached("intake", url, data_dir)
    asked = _import_asked(mapping=mapping, dealer=dealer, source=source, again=again)
    if asked:
        send_files(ImportsClient(where.url, key=where.key), files, asked, as_json=as_json)
        return
    lines = read_lines(files)
    account = asyncio.run(_send(where, lines, chunk))
    if as_json:
        write_json(account.as_json(), readable=True)
    else:
        show(account)
    if account.rejected:
        raise typer.Exit(FAILED)


def _import_asked(*, mapping: str, dealer: str, source: str, again: bool) -> dict[str, str]:
    """What intake is asked with files; nothing: they are events. Raises `BadParameter`."""
    if not mapping:
        if dealer or source or again:
            message = "--dealer, --source and --again go with --mapping"
            raise typer.BadParameter(message, param_hint="--mapping")
        return {}
    if not dealer:
        raise typer.BadParameter("say whose the files are: group/dealer", param_hint="--dealer")
    asked = {"mapping": mapping, "dealer_id": dealer}
    if source:
        asked["source"] = source
    return {**asked, "again": "true"} if again else asked


@dataclass(frozen=True, slots=True)
class WarnedEvent:
    """An event that intake took, and what it warns of. Holds nothing of its content."""

    position: str
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RejectedEvent:
    """An event that intake rejected, and why. Holds nothing of its content."""

    position: str
    reason: str


@dataclass(slots=True)
class Account:
    """What became of everything that was sent."""

    sent: int = 0
    accepted: int = 0
    duplicate: int = 0
    rejected: list[RejectedEvent] = field(default_factory=list)
    warned: list[WarnedEvent] = field(default_factory=list)

    def add(self, line: EventLine, item: Item) -> None:
        """Count what became of one event."""
        self.sent += 1
        if item.warnings:
            warnings = tuple(warning.in_words() for warning in item.warnings)
            self.warned.append(WarnedEvent(line.position, warnings))
        match item.outcome:
            case "accepted":
                self.accepted += 1
            case "duplicate":
                self.duplicate += 1
            case "rejected":
                reason = item.problem.in_words() if item.problem else "no reason given"
                self.rejected.append(RejectedEvent(line.position, reason))

    def as_json(self, *, done: str = "sent") -> dict[str, object]:
        """The account for programs. `done`: what was done with them."""
        return {
            done: self.sent,
            "accepted": self.accepted,
            "duplicate": self.duplicate,
            "rejected": len(self.rejected),
            "refused": [{"place": one.position, "reason": one.reason} for one in self.rejected],
            "warned": [{"place": one.position, "warnings": one.warnings} for one in self.warned],
        }


async def send_all(
    client: IntakeClient, lines: Sequence[EventLine], *, chunk: int, progress: Callable[[int], None]
) -> Account:
    """Send `lines` in order; `progress` is called after each chunk with how many more are done."""
    account = Account()
    for start in range(0, len(lines), chunk):
        part = lines[start : start + chunk]
        items = await client.send([line.content for line in part])
        for line, item in zip(part, items, strict=True):
            account.add(line, item)
        progress(len(part))
    return account


async def _send(where: Reached, lines: list[EventLine], chunk: int) -> Account:
    with bar("sending") as shown:
        task = shown.add_task("send", total=len(lines))
        async with IntakeClient(where.url, key=where.key) as client:
            return await send_all(
                client, lines, chunk=chunk, progress=lambda done: shown.advance(task, done)
            )


def show(account: Account, *, done: str = "sent") -> None:
    """What was warned of and rejected, up to a number of each, and how many in all. `done`: what
    was done with them."""
    warnings = [(one.position, warning) for one in account.warned for warning in one.warnings]
    for position, warning in warnings[:_SHOWN_REJECTIONS]:
        out.print(f"{position}: warning: {warning}", markup=False, soft_wrap=True)
    if len(warnings) > _SHOWN_REJECTIONS:
        out.print(f"… and {len(warnings) - _SHOWN_REJECTIONS} more warnings; --json lists all")
    for event in account.rejected[:_SHOWN_REJECTIONS]:
        out.print(f"{event.position}: rejected: {event.reason}", markup=False, soft_wrap=True)
    if len(account.rejected) > _SHOWN_REJECTIONS:
        out.print(f"… and {len(account.rejected) - _SHOWN_REJECTIONS} more; --json lists all")
    out.print(
        f"{account.sent} {done}: {account.accepted} accepted, {account.duplicate} duplicate, "
        f"{len(account.rejected)} rejected{_with_warnings(account)}",
        highlight=False,
    )


def _with_warnings(account: Account) -> str:
    return f"; {len(account.warned)} with warnings" if account.warned else ""
