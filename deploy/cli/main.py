"""The command `aftercare`: run it, feed it, watch it, check it."""

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from deploy.cli import configuration, policy_cli
from deploy.cli import example as examples
from deploy.cli import record_summary as gist
from deploy.cli.address_file import DEFAULT_DIRECTORY, addresses
from deploy.cli.dead_letters import command as dead_letters_cli
from deploy.cli.failures import CannotRun
from deploy.cli.intake_client import IntakeClient
from deploy.cli.republish import PutBack
from deploy.cli.republish import republish as republish_all
from deploy.cli.send import DEFAULT_CHUNK, Account, Line, read_lines, send_all
from deploy.cli.terminal import FAILED, WRONG_USE, AsJson, DataDir, err, hint, out
from deploy.cli.topic_tail import Record, following
from deploy.cli.topics import TopicReport, provision_topics
from deploy.sandbox.demo.show import run_demo
from deploy.sandbox.stack import DEFAULT_PORT_BASE
from deploy.sandbox.up import run_up
from shared.contracts.topics import ALL
from shared.time.clock import SystemClock

_SHOWN_REFUSALS = 50
_PYTHONS = ((3, 11), (3, 13))
"""The first and the last minor version that all dependencies have wheels for."""

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
config_app = typer.Typer(help="Look at the configuration.", no_args_is_help=True)
app.add_typer(dead_letters_cli.app, name="dead-letters")
app.add_typer(config_app, name="config")
app.add_typer(policy_cli.app, name="policy")


def _version(asked: bool) -> None:
    if asked:
        out.print(f"aftercare {version('aftercare')}", highlight=False)
        raise typer.Exit


@app.callback()
def aftercare(
    _: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Tell the version."),
    ] = False,
) -> None:
    """Aftercare: customer care for car dealers, driven by events."""


@app.command()
def up(
    data_dir: DataDir = DEFAULT_DIRECTORY,
    port_base: Annotated[
        int, typer.Option(help="Services on +1 to +4, broker on +10, database on +11.")
    ] = DEFAULT_PORT_BASE,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget the data first.")] = False,
) -> None:
    """Run everything on this machine until Ctrl-C."""
    for name in configuration.SETTINGS:
        configuration.checked(name)
    run_up(data_dir, port_base=port_base, fresh=fresh, out=out)


@app.command()
def send(
    files: Annotated[
        list[Path], typer.Argument(help="Lines of CloudEvents, or a JSON array; - is stdin.")
    ],
    url: Annotated[str, typer.Option(help="Intake's address.")] = "",
    chunk: Annotated[int, typer.Option(min=1, max=2000, help="Events at once.")] = DEFAULT_CHUNK,
    data_dir: DataDir = DEFAULT_DIRECTORY,
    as_json: AsJson = False,
) -> None:
    """Send events to intake. Exits with 1 when any was rejected."""
    lines = read_lines(files)
    address = url or addresses(data_dir).urls["intake"]
    account = asyncio.run(_send(address, lines, chunk))
    if as_json:
        sys.stdout.write(json.dumps(account.as_json(), ensure_ascii=False) + "\n")
    else:
        _show_account(account)
    if account.refused:
        raise typer.Exit(FAILED)


async def _send(url: str, lines: list[Line], chunk: int) -> Account:
    bar = Progress(
        TextColumn("sending"),
        BarColumn(),
        MofNCompleteColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )
    with bar:
        task = bar.add_task("send", total=len(lines))
        async with IntakeClient(url) as client:
            return await send_all(
                client, lines, chunk=chunk, progress=lambda done: bar.advance(task, done)
            )


def _show_account(account: Account) -> None:
    warnings = [(one.place, warning) for one in account.warned for warning in one.warnings]
    for place, warning in warnings[:_SHOWN_REFUSALS]:
        out.print(f"{place}: warning: {warning}", markup=False, soft_wrap=True)
    if len(warnings) > _SHOWN_REFUSALS:
        out.print(f"… and {len(warnings) - _SHOWN_REFUSALS} more warnings; --json lists all")
    for refused in account.refused[:_SHOWN_REFUSALS]:
        out.print(f"{refused.place}: rejected: {refused.reason}", markup=False, soft_wrap=True)
    if len(account.refused) > _SHOWN_REFUSALS:
        out.print(f"… and {len(account.refused) - _SHOWN_REFUSALS} more; --json lists all")
    out.print(
        f"{account.sent} sent: {account.accepted} accepted, {account.duplicate} duplicate, "
        f"{len(account.refused)} rejected{_with_warnings(account)}",
        highlight=False,
    )


def _with_warnings(account: Account) -> str:
    return f"; {len(account.warned)} with warnings" if account.warned else ""


@app.command()
def example(
    names: Annotated[
        list[str], typer.Argument(metavar="TYPE...", help=f"Any of {', '.join(examples.NAMES)}.")
    ],
    dealer: Annotated[str, typer.Option(help="Of which dealer: group/dealer.")] = "sunrise/berlin",
) -> None:
    """Print events to try, one a line, with dates that suit the present."""
    for name in names:
        if name not in examples.NAMES:
            raise typer.BadParameter(f"'{name}' is none of {', '.join(examples.NAMES)}")
    dealers = configuration.checked("intake").dealers()
    found = dealers.find(dealer)
    if found is None:
        known = ", ".join(each.id for each in dealers.all())
        raise typer.BadParameter(f"'{dealer}' is none of {known}", param_hint="--dealer")
    now = SystemClock().now()
    for name in names:
        event = examples.event(name, found, now=now)
        sys.stdout.write(json.dumps(event, ensure_ascii=False) + "\n")


@app.command()
def tail(
    topics: Annotated[list[str], typer.Argument(help="Such as aftercare.scores, or just scores.")],
    from_start: Annotated[
        bool, typer.Option("--from-start", help="Show what is there, too.")
    ] = False,
    data_dir: DataDir = DEFAULT_DIRECTORY,
    as_json: AsJson = False,
) -> None:
    """Show what is written to topics, as it is written. Ends with Ctrl-C."""
    names = [_topic_name(topic) for topic in topics]
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_tail(names, from_start=from_start, data_dir=data_dir, as_json=as_json))


async def _tail(names: list[str], *, from_start: bool, data_dir: Path, as_json: bool) -> None:
    settings = configuration.kafka_settings(addresses(data_dir).kafka)
    async with following(settings, names, from_start=from_start) as tailed:
        while True:
            for record in await tailed.next():
                sys.stdout.write((_as_json(record) if as_json else _as_line(record)) + "\n")
            sys.stdout.flush()


def _as_line(record: Record) -> str:
    return _told(record).line()


def _as_json(record: Record) -> str:
    told = _told(record)
    line = json.dumps(
        {
            "topic": record.topic,
            "partition": record.partition,
            "offset": record.offset,
            "key": record.key.decode("utf-8", errors="replace") if record.key else None,
            "at": told.at,
            "type": told.type,
            "dealer": told.dealer,
            "data": _json_or_none(record.value),
        },
        ensure_ascii=False,
    )
    return line.encode(errors="backslashreplace").decode()  # half a surrogate pair stays escaped


def _told(record: Record) -> gist.Told:
    written_at = datetime.fromtimestamp(record.timestamp / 1000, UTC)
    return gist.tell(record.topic, tuple(record.headers), record.value, written_at=written_at)


def _json_or_none(value: bytes | None) -> object:
    try:
        return json.loads(value) if value is not None else None
    except (ValueError, RecursionError):
        return None


def _topic_name(name: str) -> str:
    full = name if name.startswith("aftercare.") else f"aftercare.{name}"
    return full if full in {topic.name for topic in ALL} else name


@app.command()
def topics(
    create: Annotated[
        bool, typer.Option("--create/--verify", help="Create what is missing, or only look.")
    ] = False,
    data_dir: DataDir = DEFAULT_DIRECTORY,
    as_json: AsJson = False,
) -> None:
    """Create or verify the topics. Exits with 1 when any is missing or differs."""
    settings = configuration.kafka_settings(addresses(data_dir).kafka)
    reports = asyncio.run(provision_topics(settings, create=create))
    if as_json:
        sys.stdout.write(json.dumps([_report_as_json(report) for report in reports]) + "\n")
    else:
        _show_topics(reports)
    if any(report.state in {"missing", "differs"} for report in reports):
        raise typer.Exit(FAILED)


def _show_topics(reports: list[TopicReport]) -> None:
    table = Table("topic", "", "remarks", box=None, pad_edge=False)
    for report in reports:
        remarks = list(report.differences)
        if report.not_told:
            remarks.append(f"the broker does not tell {', '.join(report.not_told)}")
        table.add_row(report.topic, report.state, "; ".join(remarks))
    out.print(table)
    if any(report.state == "missing" for report in reports):
        out.print(f"{hint('topics --create')} creates what is missing", markup=False)


def _report_as_json(report: TopicReport) -> dict[str, object]:
    return {
        "topic": report.topic,
        "state": report.state,
        "differences": report.differences,
        "not_told": report.not_told,
    }


@app.command()
def republish(
    dealer: Annotated[str, typer.Option(help="Only this one's: group/dealer.")] = "",
    since: Annotated[
        str, typer.Option(help="Only what was registered or changed since this instant.")
    ] = "",
    url: Annotated[str, typer.Option(help="Intake's address.")] = "",
    data_dir: DataDir = DEFAULT_DIRECTORY,
    as_json: AsJson = False,
) -> None:
    """Put what intake keeps on the topics again: the same records, under the same ids.

    For a Kafka that was lost, and a service that is added later than the topics reach back.
    """
    address = url or addresses(data_dir).urls["intake"]
    done = asyncio.run(_republish(address, dealer or None, _instant_or_none(since)))
    if as_json:
        sys.stdout.write(json.dumps(done.as_json()) + "\n")
    else:
        for line in done.in_words():
            out.print(line, markup=False, highlight=False, soft_wrap=True)


async def _republish(url: str, dealer: str | None, since: datetime | None) -> PutBack:
    bar = Progress(
        TextColumn("republishing: {task.completed:,} documents"),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )
    with bar:
        task = bar.add_task("republish", total=None)
        async with IntakeClient(url) as client:
            return await republish_all(
                client,
                dealer=dealer,
                since=since,
                progress=lambda done: bar.update(task, completed=done.documents),
            )


def _instant_or_none(text: str) -> datetime | None:
    if not text:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise typer.BadParameter(
            f"'{text}' is no instant with a zone, such as 2026-11-20T08:00:00Z",
            param_hint="--since",
        )
    return instant


@app.command()
def demo(
    seed: Annotated[int, typer.Option(help="Another seed is another story.")] = 7,
    events: Annotated[int, typer.Option(min=3000, max=100_000, help="How many to send.")] = 5400,
    keep: Annotated[bool, typer.Option("--keep", help="Keep data and logs.")] = False,
    stay: Annotated[
        bool, typer.Option("--stay", help="Keep it running at the end, until Ctrl-C.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Play six days of three dealers on top of two years of history, and account for them.

    Exits with 1 when anything is not where it belongs.
    """
    if not run_demo(seed=seed, events=events, keep=keep, stay=stay, as_json=as_json):
        raise typer.Exit(FAILED)


@config_app.command("check")
def config_check(
    service: Annotated[str, typer.Option(help="One service instead of all.")] = "",
) -> None:
    """Print the effective configuration, secrets masked. Exits with 2 when it is wrong."""
    if service and service not in configuration.SETTINGS:
        raise typer.BadParameter(f"'{service}' is none of {', '.join(configuration.SETTINGS)}")
    shown = [service] if service else list(configuration.SETTINGS)
    checked = {name: configuration.checked(name) for name in shown}
    for name, settings in checked.items():
        sys.stdout.write(f"# {name}\n{configuration.as_yaml(settings)}")
    policy_cli.warn(configuration.unread_variables(os.environ))
    policy_cli.warn(configuration.missing_rates(checked))
    if "complaints" in checked:
        policy_cli.check_rules()


def main() -> None:
    """Run the command; failures that people can mend are one message without a traceback."""
    if not _PYTHONS[0] <= sys.version_info[:2] <= _PYTHONS[1]:
        _fail(f"Aftercare needs Python 3.11, 3.12 or 3.13; this is {sys.version}", WRONG_USE)
    for number in (signal.SIGTERM, signal.SIGINT):  # a shell's background jobs ignore the latter
        signal.signal(number, _interrupt)
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # we say it in our own words
    try:
        app()
    except CannotRun as failure:
        _fail(str(failure), FAILED)
    except configuration.WrongConfiguration as failure:
        _fail(str(failure), WRONG_USE)
    except BrokenPipeError:
        # the reader (`head`) has seen enough; without this Python complains again at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _fail(message: str, status: int) -> NoReturn:
    err.print(message, markup=False, highlight=False, soft_wrap=True, style="red")
    sys.exit(status)


if __name__ == "__main__":
    main()
