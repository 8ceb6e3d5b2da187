"""Runs the demo and shows it: lines as things happen, counters, and the account at the end."""

import asyncio
import contextlib
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.table import Table

from deploy.cli.address_file import BACKENDS, SERVICES
from deploy.cli.terminal import write_json
from deploy.sandbox.demo.account import Balance
from deploy.sandbox.demo.browse import afterwards, to_browse
from deploy.sandbox.demo.customers import (
    Leaving,
    Risen,
    leaving,
    render_leaving,
    render_risen,
    risen,
)
from deploy.sandbox.demo.play import DemoRun, demo_environment, play
from deploy.sandbox.demo.stories import Timeline, render_timeline, timelines
from deploy.sandbox.demo.summary import DealerSummary, render, summarize
from deploy.sandbox.demo.watch import Watch
from deploy.sandbox.demo.work_list import render_work_list
from deploy.sandbox.recording import recording
from deploy.sandbox.stack import Stack, any_ports, running_stack
from deploy.sandbox.up import watch as watch_over
from shared.dealers.file import EXAMPLE_DEALERS, read_dealers
from shared.time.clock import SystemClock

SHOWN_TROUBLE = 40
WIDTH_OF_A_FILE = 120
_TITLES = {
    "dev.aftercare.score.changed.v1": "scores",
    "dev.aftercare.grade.changed.v1": "grades",
    "dev.aftercare.risk.changed.v1": "risks",
    "dev.aftercare.task.changed.v1": "tasks",
    "dev.aftercare.deadline.warned.v1": "warnings",
    "dev.aftercare.deadline.breached.v1": "breaches",
    "dev.aftercare.escalation.raised.v1": "steps",
    "dev.aftercare.clock.stopped.v1": "verdicts",
    "dev.aftercare.case.closed.v1": "closed",
    "dev.aftercare.case.merged.v1": "merged",
    "dev.aftercare.complaint-step.refused.v1": "refused",
    "dev.aftercare.escalation.withdrawn.v1": "taken back",
    "dead letter": "dead letters",
}
"""What is counted, in the order it is shown."""


def run_demo(*, seed: int, events: int, keep: bool, stay: bool, as_json: bool) -> bool:
    """Play it from start to end; whether the account balances.

    `stay`: keep it running then, until Ctrl-C or SIGTERM.

    Raises `CannotRun` when something does not start or goes away.
    """
    console = Console(stderr=as_json)
    if not console.is_terminal:
        console.width = WIDTH_OF_A_FILE
    directory = Path(tempfile.mkdtemp(prefix="aftercare-demo-"))
    try:
        shown = _Shown(console, as_json=as_json)
        return _played(directory, shown, seed=seed, events=events, stay=stay)
    finally:
        if keep:
            console.print(f"data and logs are in {directory}", markup=False, soft_wrap=True)
        else:
            shutil.rmtree(directory, ignore_errors=True)


class _Shown:
    """Where it is shown, and in which form the end is."""

    def __init__(self, console: Console, *, as_json: bool) -> None:
        self.console = console
        self._as_json = as_json

    def say(self, line: str) -> None:
        self.console.print(line, markup=False, highlight=False, soft_wrap=True)

    def end(self, balance: Balance, run: DemoRun, watch: Watch) -> None:
        """The account, and what led to it."""
        if self._as_json:
            write_json(_as_json(balance, run, watch), readable=True)
            return
        self.console.print()
        for timeline in _timelines(run, watch):
            self.console.print(render_timeline(timeline))
        rose = _risen(run, watch)
        if rose is not None:
            self.console.print(render_risen(rose))
        self.console.print(render_leaving(_leaving(run, watch)))
        if run.work_list is not None:
            self.console.print(render_work_list(run.work_list))
        self.console.print(render(_summaries(run, watch)))
        _show(balance, run, watch, self.say)


def _played(directory: Path, shown: _Shown, *, seed: int, events: int, stay: bool) -> bool:
    began = time.monotonic()
    services = SERVICES if stay else BACKENDS
    shown.say(f"starting broker, database and {len(services)} services")
    stack_running = running_stack(
        directory=directory,
        ports=any_ports(),
        environment=demo_environment(directory),
        only=services,
    )
    with stack_running as stack:
        dealers = read_dealers(EXAMPLE_DEALERS).all()
        run = DemoRun(
            stack=stack,
            directory=directory,
            dealers=dealers,
            seed=seed,
            events=events,
            began_at=SystemClock().now(),
            say=shown.say,
        )
        run.seconds["start"] = time.monotonic() - began
        watch = Watch(say=shown.say, zones={dealer.id: dealer.zone for dealer in dealers})
        with _counters(shown.console, run, watch):
            balance = asyncio.run(play(run, watch))
        if stay:
            shown.end(balance, run, watch)
            _stay(stack, directory, watch, shown.say)
            return balance.balanced
        played = time.monotonic()
    run.seconds["stop"] = time.monotonic() - played
    run.seconds["all"] = time.monotonic() - began
    shown.end(balance, run, watch)
    for line in ("", *afterwards()):
        shown.say(line)
    return balance.balanced


def _stay(stack: Stack, directory: Path, watch: Watch, say: Callable[[str], None]) -> None:
    """Keep it running until Ctrl-C; the other commands find it meanwhile."""
    with recording(stack, directory), contextlib.suppress(KeyboardInterrupt):
        for line in ("", *to_browse(stack.urls, watch.received, directory, sign_in=stack.sign_in)):
            say(line)
        watch_over(stack)
    say("stopping")


def _counters(console: Console, run: DemoRun, watch: Watch) -> Live:
    """Counters below the lines, as long as it runs; nothing where there is no terminal."""

    def counted() -> Table:
        titles = ["now (UTC)", "events", *_TITLES.values()]
        table = Table(*titles, box=None, padding=(0, 2, 0, 0), header_style="dim")
        now = f"{run.clock.now():%d %b %H:%M}"
        figures = [len(run.ledger.entries), *(watch.counts[kind] for kind in _TITLES)]
        table.add_row(now, *(str(figure) for figure in figures))
        return table

    return Live(
        get_renderable=counted,
        console=console,
        refresh_per_second=4,
        transient=True,
        auto_refresh=console.is_terminal,
    )


def _show(balance: Balance, run: DemoRun, watch: Watch, say: Callable[[str], None]) -> None:
    say("")
    published = (f"{watch.counts[kind]} {title}" for kind, title in _TITLES.items())
    say("published: " + ", ".join(published))
    say("took: " + ", ".join(f"{name} {took:.0f} s" for name, took in run.seconds.items()))
    say("")
    for line in balance.in_words():
        say(line)
    for trouble in balance.trouble[:SHOWN_TROUBLE]:
        say(f"  {trouble}")
    if len(balance.trouble) > SHOWN_TROUBLE:
        say(f"  … and {len(balance.trouble) - SHOWN_TROUBLE} more; --json lists all")


def _summaries(run: DemoRun, watch: Watch) -> list[DealerSummary]:
    return summarize(
        watch.received,
        outcomes=[(line.dealer_id, item.outcome) for line, item in run.ledger.entries],
        dealers=run.dealers,
        since=run.began_at,
    )


def _timelines(run: DemoRun, watch: Watch) -> list[Timeline]:
    return timelines(watch.received, dealers=run.dealers)


def _risen(run: DemoRun, watch: Watch) -> Risen | None:
    return risen(watch.received, names=watch.names, dealers=run.dealers)


def _leaving(run: DemoRun, watch: Watch) -> list[Leaving]:
    return leaving(watch.received, names=watch.names, dealers=run.dealers, now=run.clock.now())


def _as_json(balance: Balance, run: DemoRun, watch: Watch) -> dict[str, object]:
    rose = _risen(run, watch)
    return {
        **balance.as_json(),
        "published": {title: watch.counts[kind] for kind, title in _TITLES.items()},
        "cases": [timeline.as_json() for timeline in _timelines(run, watch)],
        "risen": rose.as_json() if rose is not None else None,
        "about_to_be_lost": [one.as_json() for one in _leaving(run, watch)],
        "tomorrow": run.work_list.as_json() if run.work_list is not None else None,
        "dealers": [summary.model_dump() for summary in _summaries(run, watch)],
        "seconds": {name: round(took, 2) for name, took in run.seconds.items()},
        "seed": run.seed,
    }
