"""`aftercare demo`: two years of history, then six days of three dealers in half a minute.

Everything runs as in production, in processes of its own on embedded servers; only time is
scaled. At the end the demo accounts for every event it sent.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import httpx

from deploy.cli.client_key import shown
from deploy.cli.failures import CannotRun
from deploy.cli.intake_client import IntakeClient
from deploy.cli.record_summary import FOR_THE_RECORD
from deploy.cli.topic_tail import following
from deploy.cli.trust import verify
from deploy.examples import EXAMPLE_RULES
from deploy.sandbox.demo.account import READ_BY, Balance, Ledger, missing
from deploy.sandbox.demo.audit import Audit
from deploy.sandbox.demo.customers import risen
from deploy.sandbox.demo.stories import timelines
from deploy.sandbox.demo.watch import WATCHED, Origin, Watch
from deploy.sandbox.demo.work_list import WorkList, asked
from deploy.sandbox.feed import FeedLine, history, live
from deploy.sandbox.stack import BROKER_VARIABLE, DATABASE_VARIABLE, Stack
from shared.contracts.envelope import to_headers
from shared.contracts.feeds import VisitReported
from shared.contracts.identifiers import customer_of, dealer_of
from shared.contracts.intake import VisitRecorded
from shared.contracts.topics import CASES, TASKS, VISITS
from shared.dealers.dealer import Dealer
from shared.dealers.file import EXAMPLE_DEALERS
from shared.platform.kafka import make_producer
from shared.time.clock import ScaledClock, SystemClock, write_origin

LIVE_DAYS = 6
LIVE_SECONDS = 27.0
FACTOR = LIVE_DAYS * 24 * 3600 / LIVE_SECONDS
LIVE_SHARE = 6
"""One event in `LIVE_SHARE` is live, the others are history."""
CHUNK = 500
LIVE_CHUNK = 100
AFTERMATH_SECONDS = 3.0
"""Scaled time goes on after the last event, over half a day, until all that was due happened."""
LEAD = timedelta(seconds=1)
"""All processes have read the origin before scaled time starts."""
ARRIVAL_SECONDS = 60.0
QUIET_SECONDS = 3.0
READERS = sorted({service for services in READ_BY.values() for service in services})


@dataclass(slots=True)
class DemoRun:
    """What the demo has done so far."""

    stack: Stack
    directory: Path
    dealers: Sequence[Dealer]
    seed: int
    events: int
    began_at: datetime
    """Where history ends and the live days begin."""
    say: Callable[[str], None]
    ledger: Ledger = field(default_factory=Ledger)
    seconds: dict[str, float] = field(default_factory=dict)
    """How long each part took."""
    work_list: WorkList | None = None
    """What the first dealer has to do tomorrow, once all is played."""

    @property
    def clock(self) -> ScaledClock:
        return ScaledClock(factor=FACTOR, origin_file=origin_file(self.directory))


AIMS = Path(__file__).parent / "aims.yaml"
"""What the demo's dealers aim at in satisfaction."""


def origin_file(directory: Path) -> Path:
    """Where the processes find the start of scaled time."""
    return directory / "origin.json"


def demo_environment(directory: Path) -> dict[str, str]:
    """What the services run with: embedded servers, the demo's dealers and rosters, scaled time."""
    return {
        BROKER_VARIABLE: "",
        DATABASE_VARIABLE: "",
        "AFTERCARE_DEALERS_FILE": str(EXAMPLE_DEALERS),
        # its rosters are read; no edition is applied: all dealers have the shipped rules, with aims
        "AFTERCARE_RULES_DIR": str(EXAMPLE_RULES),
        "AFTERCARE_FOLLOWUP_POLICY_FILE": str(AIMS),
        "AFTERCARE_CLOCK__ORIGIN_FILE": str(origin_file(directory)),
        "AFTERCARE_CLOCK__FACTOR": str(FACTOR),
    }


async def play(run: DemoRun, watch: Watch) -> Balance:
    """Send everything, watch what follows, and account for it.

    Raises `CannotRun` when a service goes away.
    """
    async with (
        following(run.stack.kafka, WATCHED, from_start=True) as tail,
        IntakeClient(run.stack.urls["intake"], key=run.stack.key) as intake,
        httpx.AsyncClient(timeout=60, verify=verify(), headers=shown(run.stack.key)) as http,
    ):
        audit = Audit(http, run.stack.urls)
        watching = asyncio.create_task(watch.run(tail))
        try:
            await _send_history(run, intake)
            await _until_arrived(run, audit, "history")
            await _until_quiet(watch)
            alarms_from_history = watch.alarms()
            for line in _what_to_know(run.dealers):
                run.say(line)
            watch.planted = poison = await _publish_poison(run)
            watch.talkative = True
            await _send_live(run, intake)
            await _until_arrived(run, audit, "live")
            await _until_quiet(watch)
            if watching.done():
                watching.result()
            run.work_list = await _tomorrow(run, watch, audit)
        finally:
            watching.cancel()
        return await _balance(run, watch, audit, poison, alarms_from_history)


async def _send_history(run: DemoRun, intake: IntakeClient) -> None:
    lines = history(
        seed=run.seed,
        dealers=run.dealers,
        until=run.began_at,
        events=run.events - run.events // LIVE_SHARE,
    )
    run.say(f"sending {len(lines)} events of history")
    began = time.monotonic()
    for start in range(0, len(lines), CHUNK):
        await _send(run, intake, lines[start : start + CHUNK])
    run.seconds["history sent"] = time.monotonic() - began


async def _send_live(run: DemoRun, intake: IntakeClient) -> None:
    """Each line when its moment has come on the scaled clock, those that are due together."""
    lines = live(
        seed=run.seed,
        dealers=run.dealers,
        start=run.began_at,
        days=LIVE_DAYS,
        events=run.events // LIVE_SHARE,
    )
    origin = SystemClock().now() + LEAD
    write_origin(origin_file(run.directory), origin, fast_seconds=LIVE_SECONDS + AFTERMATH_SECONDS)
    run.say(f"sending {len(lines)} events of {LIVE_DAYS} days in {LIVE_SECONDS:.0f} s")
    clock = run.clock
    began = time.monotonic()
    sent = 0
    while sent < len(lines):
        now = clock.now()
        due = [line for line in lines[sent : sent + LIVE_CHUNK] if line.at <= now]
        if due:
            await _send(run, intake, due)
            sent += len(due)
        elif now < origin:
            await asyncio.sleep((origin - now).total_seconds())
        else:
            await asyncio.sleep((lines[sent].at - now).total_seconds() / FACTOR)
    run.seconds["live sent"] = time.monotonic() - began


def _what_to_know(dealers: Sequence[Dealer]) -> Iterator[str]:
    zones = ", ".join(f"{dealer.id} {dealer.timezone}" for dealer in dealers)
    yield "what to know before the six days begin:"
    yield f"  Times are the dealers' own: {zones}."
    yield (
        f"  One record of {VISITS.name} cannot be read, on purpose: the services that read that "
        "topic set it aside as dead letters, and go on."
    )
    yield (
        f"  {FOR_THE_RECORD}: a later step was due when this one was noticed, and the later "
        "one alone is told. Six days in half a minute make that more frequent than in life."
    )


async def _send(run: DemoRun, intake: IntakeClient, lines: Sequence[FeedLine]) -> None:
    ended = run.stack.ended()
    if ended is not None:
        raise CannotRun(
            f"{ended.name} ended (exit code {ended.exit_code}). Its log is {ended.log}:\n"
            f"{ended.last_words()}"
        )
    run.ledger.add(lines, await intake.send([line.line for line in lines]))


async def _until_arrived(run: DemoRun, audit: Audit, what: str) -> None:
    """Return when the services hold what was accepted, or the patience ends."""
    due = run.ledger.due()
    began = time.monotonic()
    left = missing(due, await audit.held(READERS))
    while left and time.monotonic() - began < ARRIVAL_SECONDS:
        await asyncio.sleep(0.5)
        left = missing(due, await audit.held(READERS))
    run.say(f"the services hold {len(due) - len(left)} of {len(due)} documents")
    run.seconds[f"{what} arrived"] = time.monotonic() - began


async def _until_quiet(watch: Watch) -> None:
    """Return when nothing was announced for a moment; scaled time may never be quite silent."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(QUIET_SECONDS):
            await watch.until_quiet()


async def _tomorrow(run: DemoRun, watch: Watch, audit: Audit) -> WorkList:
    """Of the first dealer; of others than those on its list, first those who complained."""
    dealer = run.dealers[0]
    told = {
        topic.name: {
            customer_of(record["key"])
            for record in watch.received
            if record["topic"] == topic.name and dealer_of(record["key"]) == dealer.id
        }
        for topic in (CASES, TASKS)
    }
    others = [*sorted(told[CASES.name]), *sorted(told[TASKS.name])]
    return await asked(audit.get, dealer, run.clock.now(), watch.names, others)


async def _publish_poison(run: DemoRun) -> Origin:
    """Put a record on a topic that nobody can read, as a faulty tool might."""
    async with make_producer(run.stack.kafka) as producer:
        sent = await producer.send_and_wait(
            VISITS.name,
            key=f"{run.dealers[0].id}/faulty-tool/1".encode(),
            value=b'{"document_id": "cut o',
            headers=to_headers({"type": VisitRecorded.TYPE, "specversion": "1.0", "id": "1"}),
        )
    return Origin(sent.topic, sent.partition, sent.offset)


async def _balance(
    run: DemoRun, watch: Watch, audit: Audit, poison: Origin, alarms_from_history: int
) -> Balance:
    ledger = run.ledger
    due = ledger.due()
    held = await audit.held(READERS)
    registered = await audit.registered([dealer.id for dealer in run.dealers])
    return Balance(
        sent=len(ledger.entries),
        accepted=ledger.count("accepted"),
        duplicate=ledger.count("duplicate"),
        rejected=ledger.count("rejected"),
        due=len(due),
        missing=tuple(missing(due, held)),
        concerning_nobody=len(ledger.concerning_nobody()),
        not_registered=tuple(sorted(ledger.concerning_nobody() - registered)),
        surprises=tuple(ledger.surprises()),
        dead_letters=len(watch.dead_letters),
        dead_letters_expected=len(READ_BY[VisitReported.TYPE]),
        unexpected_dead_letters=tuple(
            why for origin, why in watch.dead_letters if origin != poison
        ),
        alarms_from_history=alarms_from_history,
        cases_otherwise=tuple(
            f"{timeline.featured.case_no}: {what}"
            for timeline in timelines(watch.received, dealers=run.dealers)
            for what in timeline.missing
        ),
        rise_announced=risen(watch.received, names=watch.names, dealers=run.dealers) is not None,
    )
