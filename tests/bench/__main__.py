"""`make bench`: Aftercare beside what one would write by hand, in one run, on fresh servers.

Figures of different runs or machines say nothing about each other; the ratios do, and the CPU of
our own process, in which the servers' part is not.
"""

import argparse
import asyncio
import json
import logging
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from shared.platform import process
from shared.platform.logs import configure_logging
from shared.settings import KafkaSettings, ServiceSettings
from tests.bench import events, loops
from tests.bench.customer import NEW, OTHERS_A_SECOND, THEIRS_A_SECOND, customer
from tests.bench.desk import CUSTOMERS as DESK_CUSTOMERS
from tests.bench.desk import MOST_BYTES, pages
from tests.bench.doors import BATCH, IMPORTED, Import, batches, imported, neighbours, single
from tests.bench.find import CUSTOMERS as FIND_CUSTOMERS
from tests.bench.find import find
from tests.bench.latency import latencies
from tests.bench.lists import CUSTOMERS, LINES, lists
from tests.bench.memory import EVENTS as MEMORY_EVENTS
from tests.bench.memory import memory
from tests.bench.rows import Cost, Row
from tests.bench.servers import Fresh, fresh_servers
from tests.bench.spreads import percentile, spread, told
from tests.bench.timers import timers
from tests.bench.work_lists import CUSTOMERS as WORK_CUSTOMERS
from tests.bench.work_lists import work_lists

RAW, COALESCED, NAIVE, SCORING = "raw", "raw coalesced", "naive", "scoring"
FOLLOWUP, COMPLAINTS, LONG_BACKLOG = "followup", "complaints", "scoring, five times the backlog"
LOOPS: Mapping[str, tuple[loops.Loop, Callable[[int], events.Make], Fraction]] = {
    RAW: (loops.raw, events.visits, Fraction(1)),
    COALESCED: (loops.raw_coalesced, events.visits, Fraction(1)),
    NAIVE: (loops.naive, events.visits, Fraction(1, 6)),
    SCORING: (loops.scoring_as_shipped, events.visits, Fraction(1)),
    LONG_BACKLOG: (loops.scoring_as_shipped, events.visits, Fraction(5)),
    FOLLOWUP: (loops.followup_as_shipped, events.visits, Fraction(1)),
    COMPLAINTS: (loops.complaints_as_shipped, events.complaints, Fraction(1)),
}
"""Name -> the loop, its events, and how many it gets of those of a round."""
RATIOS: Mapping[str, Sequence[tuple[str, float]]] = {
    SCORING: ((RAW, 1.0), (COALESCED, 0.6), (NAIVE, 10.0)),
    FOLLOWUP: ((RAW, 1.0),),
    COMPLAINTS: ((RAW, 0.7),),
}
"""Name -> the loops that it is measured against, and how many times as fast it must be."""
MOST_CPU_MICROSECONDS = 80
RAW_CPU_MICROSECONDS = 33
"""What an event may cost of own CPU on the machine that the target was set on, and what one cost
raw there: on others, and busy ones, only their ratio says something."""
CPU_HELD = (SCORING, LONG_BACKLOG)
"""The loops that must keep to it."""
HELD = (100, 1_000, 10_000)
"""How many documents a customer has."""
PENDING = (1_000, 100_000)
SOAK_EVENTS = 100_000
PARTS = (
    *("throughput", "latency", "timers", "memory", "soak", "customer", "lists", "find", "desk"),
    "doors",
)
TENTHS = 10
WARM_UP_TENTHS = 2

err = Console(stderr=True, highlight=False)


@dataclass(slots=True)
class Bench:
    """What has been measured so far, for the table and for programs."""

    fresh: Fresh
    events: int
    rounds: int
    customers: int
    """Of whom one is looked for."""
    figures: dict[str, Any]

    def throughput(self) -> Iterator[Row]:
        """All loops by turns, each on servers of its own."""
        found: dict[str, list[Cost]] = {name: [] for name in LOOPS}
        for number in range(1, self.rounds + 1):
            for name, (loop, make, share) in LOOPS.items():
                err.print(f"throughput, round {number} of {self.rounds}: {name}")
                count = int(self.events * share)
                found[name].append(_cost(self.fresh, loop, make(count), count))
        self.figures["throughput"] = {
            name: [asdict(cost) for cost in costs] for name, costs in found.items()
        }
        yield from compared({name: middle(costs) for name, costs in found.items()})

    def latency(self) -> Iterator[Row]:
        """Scoring under half of the load that it bears, of new customers and of known ones."""
        self.figures["latency_seconds"] = {}
        for kind in ("new", "known"):
            known = kind == "known"
            err.print(f"latency: what scoring bears of {kind} customers")
            borne = median(_borne(self.fresh, self.events, known=known) for _ in range(self.rounds))
            yield Row(f"scoring, each event of another, {kind} customer", f"{borne:,.0f} events/s")
            rate = borne / 2
            err.print(f"latency at {rate:,.0f} events/s")
            found = spread(latencies(self.fresh, rate, known=known))
            self.figures["latency_seconds"][kind] = {"rate": rate, **found}
            what = f"… append to output at {rate:,.0f} events/s"
            yield Row(what, told(found), "p99 at most 150 ms", found["p99"] <= 0.15)

    def timers(self) -> Iterator[Row]:
        """Deadlines beside few and many others."""
        err.print(f"timers beside {' and '.join(f'{count:,}' for count in PENDING)} others")
        few, many = measured = timers(self.fresh, PENDING)
        self.figures["timers"] = [
            {"pending": beside.pending, "sweep_seconds": beside.sweep, **spread(beside.lateness)}
            for beside in measured
        ]
        for beside in measured:
            late = spread(beside.lateness)
            what = f"deadlines beside {beside.pending:,} others: lateness"
            yield Row(what, told(late), "p99 at most 1 s", late["p99"] <= 1)
        ratio = many.sweep / few.sweep
        found = f"{many.sweep * 1000:.0f} ms / {few.sweep * 1000:.0f} ms = {ratio:.2f}"
        yield Row("a sweep beside many / beside few", found, "at most 1.3", ratio <= 1.3)

    def memory(self) -> Iterator[Row]:
        """Every service's process."""
        self.figures["memory_megabytes"] = {}
        for service in ("intake", "scoring", "followup", "complaints"):
            err.print(f"memory: {service}")
            found = memory(self.fresh, service)
            self.figures["memory_megabytes"][service] = asdict(found)
            yield Row(
                f"{service}, memory after {MEMORY_EVENTS:,} events of few / many customers",
                f"{found.few:.0f} / {found.many:.0f} MB",
                "at most 150 MB",
                max(found.few, found.many) <= 150,
            )

    def lists(self) -> Iterator[Row]:
        """Pages of lists of a dealer with many customers."""
        err.print(f"lists of {CUSTOMERS:,} customers")
        page = f"a page of {LINES} of {CUSTOMERS:,} customers by"
        pages = (
            (f"{each.list}, {'de' if each.descending else 'a'}scending", each.seconds)
            for each in lists(self.fresh)
        )
        yield from self._answers("lists_seconds", page, pages, most_ms=50)
        err.print(f"work lists of {WORK_CUSTOMERS:,} customers")
        page = f"followup's tasks of {WORK_CUSTOMERS:,} customers,"
        asked = ((each.asked, each.seconds) for each in work_lists(self.fresh))
        yield from self._answers("work_lists_seconds", page, asked, most_ms=50)

    def find(self) -> Iterator[Row]:
        """Customers of the desk's directory, by what staff type."""
        err.print(f"find one of {self.customers:,} customers, who are written first")
        what = f"the desk: one of {self.customers:,} customers by"
        found = find(self.fresh, self.customers, written=self._told_of_tenths)
        asked = ((each.by, each.seconds) for each in found)
        yield from self._answers("find_seconds", what, asked, most_ms=20)

    def _told_of_tenths(self, written: int) -> None:
        if written % (self.customers // TENTHS or 1) == 0:
            err.print(f"{written:,} of {self.customers:,} customers written")

    def desk(self) -> Iterator[Row]:
        """The desk's pages, and what staff wait for."""
        err.print(f"the desk, at a dealer where {DESK_CUSTOMERS:,} customers wait for a call")
        found = pages(self.fresh)
        for name, weight in found.weights:
            kilobytes = f"{weight / 1000:,.0f} kB"
            most = f"at most {MOST_BYTES // 1000} kB"
            yield Row(f"the desk: {name}, all in", kilobytes, most, weight <= MOST_BYTES)
        yield Row("the desk: Today, side by side", f"{found.borne:,.0f} pages/s")
        shown = (("shown", found.today),)
        rate = f"the desk at {found.borne / 2:,.0f} pages/s: Today"
        yield from self._answers("desk_today_seconds", rate, shown, most_ms=500)
        written = (("sent to its decision shown", found.own_write),)
        what = "… an outcome from"
        yield from self._answers("desk_own_write_seconds", what, written, most_ms=300)
        self.figures["desk_bytes"] = dict(found.weights)

    def _answers(
        self, figure: str, what: str, found: Iterable[tuple[str, Sequence[float]]], *, most_ms: int
    ) -> Iterator[Row]:
        """How long each kind of answer took."""
        self.figures[figure] = {}
        for name, seconds in found:
            p95 = percentile(seconds, 95)
            told_of = {**spread(seconds), "p95": p95}
            self.figures[figure][name] = told_of
            target = f"p95 at most {most_ms} ms"
            yield Row(f"{what} {name}", told(told_of), target, p95 <= most_ms / 1000)

    def doors(self) -> Iterator[Row]:
        """Intake's doors: single events, batches, files, and a file beside others' events."""
        err.print("doors: single events")
        one = single(self.fresh, count=self.events // 3, seconds=20)
        found = spread(one.seconds)
        yield Row("intake, single events side by side", f"{one.borne:,.0f} events/s")
        what = f"… from due to answered at {one.borne / 2:,.0f} events/s"
        yield Row(what, told(found), "p99 at most 25 ms", found["p99"] <= 0.025)
        err.print("doors: batches")
        many = batches(self.fresh, count=max(1, self.events // BATCH), rounds=self.rounds)
        yield Row(f"intake, batches of {BATCH}", f"{many.over_http:,.0f} events/s")
        ratio = many.over_http / many.without_http
        yield Row("… / the same code without HTTP", f"{ratio:.2f}", "at least 0.7", ratio >= 0.7)
        ratio = many.over_http / many.by_hand
        yield Row("… / validated and produced by hand, nothing registered", f"{ratio:.2f}")
        err.print(f"doors: files of {IMPORTED:,} lines")
        files = [imported(self.fresh, lines=IMPORTED, lines_each=each) for each in (1, 2)]
        for file in files:
            yield from of_file(file)
        err.print("doors: a file beside others")
        others = neighbours(self.fresh, lines=IMPORTED // 2, seconds=20)
        alone, beside = spread(others.alone), spread(others.beside)
        yield Row(f"others alone, {others.rate:,.0f} single events/s", told(alone))
        yield Row(f"… beside a file of {IMPORTED // 2:,} lines", told(beside))
        ratio = beside["p99"] / alone["p99"]
        yield Row("… p99 beside / alone", f"{ratio:.2f}", "at most 2", ratio <= 2)
        self.figures["doors"] = {
            "single": {"borne": one.borne, **found},
            "batches": asdict(many),
            "imports": [asdict(file) for file in files],
            "neighbours": {"rate": others.rate, "alone": alone, "beside": beside},
        }

    def soak(self) -> Iterator[Row]:
        """Whether scoring is as fast at the end as it was at first."""
        err.print(f"soak: {SOAK_EVENTS:,} events")
        tenths = _soak(self.fresh)
        self.figures["soak_events_per_second"] = tenths
        ratio = tenths[-1] / tenths[0]
        yield Row(
            f"scoring, last tenth of {SOAK_EVENTS:,} events / first",
            f"{tenths[-1]:,.0f}/s / {tenths[0]:,.0f}/s = {ratio:.2f}",
            "at least 0.9",
            ratio >= 0.9,
        )

    def customer(self) -> Iterator[Row]:
        """What a customer costs whose documents are many, and what others wait for it."""
        self.figures["customer"] = []
        for held in HELD:
            err.print(f"a customer of {held:,} documents")
            found = customer(self.fresh, held)
            others = spread(found.others)
            self.figures["customer"].append({**asdict(found), "others": others})
            cost = Cost.of(found.batch, NEW)
            yield Row(
                f"scoring, {NEW} new visits at once of a customer of {held:,}",
                f"{found.batch.seconds * 1000:,.0f} ms, {cost}, {found.stored_bytes:,} B stored",
            )
            yield Row(
                f"… others' delay at {OTHERS_A_SECOND}/s while it has {THEIRS_A_SECOND}/s",
                told(others),
            )


def of_file(file: Import) -> Iterator[Row]:
    """How fast a file was taken in, and what that took."""
    rate, cpu = file.lines / file.seconds, file.cpu_seconds / file.lines * 1e6
    what = f"a file of {file.lines:,} lines, {file.lines_each} of each order"
    yield Row(what, f"{rate:,.0f} lines/s", "at least 2,000/s", rate >= 2_000)
    yield Row("… own CPU a line", f"{cpu:,.0f} µs")
    most = file.megabytes
    yield Row("… memory of intake at most", f"{most:.0f} MB", "at most 200 MB", most <= 200)


def compared(costs: Mapping[str, Cost]) -> Iterator[Row]:
    """Each loop, and how it stands to those that it is measured against."""
    for name, cost in costs.items():
        yield Row(name, f"{cost.rate:,.0f} events/s")
        for other, target in RATIOS.get(name, ()):
            ratio = cost.rate / costs[other].rate
            yield Row(f"… / {other}", f"{ratio:.2f}", f"at least {target}", ratio >= target)
        yield Row("… own CPU an event", f"{cost.cpu_microseconds:.0f} µs")
        if name in CPU_HELD:
            yield _held(cost, costs[RAW])
    grown = costs[LONG_BACKLOG].cpu_microseconds / costs[SCORING].cpu_microseconds
    yield Row("own CPU an event of scoring, five times the backlog / one", f"{grown:.2f}")


def _held(cost: Cost, raw: Cost) -> Row:
    ratio, most = cost.cpu_microseconds / raw.cpu_microseconds, MOST_CPU_MICROSECONDS
    target = most / RAW_CPU_MICROSECONDS
    told = f"at most {target:.1f}: {most} µs where raw takes {RAW_CPU_MICROSECONDS}"
    return Row("… own CPU an event / that of raw", f"{ratio:.1f}", told, ratio <= target)


def middle(costs: Sequence[Cost]) -> Cost:
    """The medians of several rounds."""
    return Cost(
        median(cost.rate for cost in costs), median(cost.cpu_microseconds for cost in costs)
    )


def _cost(fresh: Fresh, loop: loops.Loop, make: events.Make, count: int) -> Cost:
    """One loop, all of the events waiting on the topic when it begins."""
    with fresh() as servers:
        return asyncio.run(_once(_as_shipped(servers.settings), loop, make, count))


def _as_shipped(settings: ServiceSettings) -> ServiceSettings:
    """With the shipped wait for records: where latency is measured it is shorter, and while a
    database writes a backlog each wait that ends costs CPU."""
    wait = KafkaSettings.model_fields["fetch_wait_ms"].default
    kafka = settings.kafka.model_copy(update={"fetch_wait_ms": wait})
    return settings.model_copy(update={"kafka": kafka})


async def _once(settings: ServiceSettings, loop: loops.Loop, make: events.Make, count: int) -> Cost:
    await events.publish(settings.kafka, make, count)
    return Cost.of(await loop(settings, count), count)


def _borne(fresh: Fresh, count: int, *, known: bool) -> float:
    """Events per second of scoring with one event of each customer, or with one more."""

    async def measure(settings: ServiceSettings) -> float:
        if known:
            await _once(settings, loops.scoring_as_shipped, events.one_visit_each(count), count)
        again = events.one_visit_each(count, earlier=int(known))
        return (await _once(settings, loops.scoring_as_shipped, again, count)).rate

    with fresh() as servers:
        return asyncio.run(measure(servers.settings))


def _soak(fresh: Fresh) -> list[float]:
    """Events per second of each tenth, after some in which all customers are new."""

    async def measure(settings: ServiceSettings) -> list[float]:
        rates = []
        for tenth in range(WARM_UP_TENTHS + TENTHS):
            await events.publish(settings.kafka, events.visits_for_ever, count, first=tenth * count)
            taken = await loops.scoring_as_shipped(settings, count)
            rates.append(count / taken.seconds)
        return rates[WARM_UP_TENTHS:]

    count = SOAK_EVENTS // TENTHS
    with fresh() as servers:
        return asyncio.run(measure(servers.settings))


def main() -> None:
    """Measure, print one table, and write the figures as JSON."""
    arguments = argparse.ArgumentParser(prog="make bench", description=__doc__)
    arguments.add_argument("--only", choices=PARTS, nargs="+", default=PARTS)
    arguments.add_argument("--events", type=int, default=6000, help="of a throughput round")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument(
        "--customers", type=int, default=FIND_CUSTOMERS, help="of whom `find` looks for one"
    )
    arguments.add_argument(
        "--database-command",
        metavar="COMMAND",
        help="starts another database, at loopback's {port} and on an empty {directory}",
    )
    arguments.add_argument("--json", type=Path, default=Path(".aftercare/bench.json"))
    chosen = arguments.parse_args()
    configure_logging(service="bench", level="ERROR", form="console")
    process.tune()  # as every service does
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    database = chosen.database_command
    fresh = partial(fresh_servers, database)
    figures = {"events": chosen.events, "database": database or "embedded"}
    bench = Bench(fresh, chosen.events, chosen.rounds, chosen.customers, figures)
    servers = "embedded servers" if database is None else "embedded broker and another database"
    table = Table("measured", "found", "target", "", title=f"Aftercare on the {servers}")
    for part in chosen.only:
        for row in getattr(bench, part)():
            met = {None: "", True: "met", False: "[bold red]missed"}[row.met]
            table.add_row(row.what, row.found, row.target, met)
        table.add_section()
    Console(file=sys.stdout).print(table)
    chosen.json.parent.mkdir(parents=True, exist_ok=True)
    chosen.json.write_text(json.dumps(bench.figures, indent=1) + "\n", encoding="utf-8")
    err.print(f"The figures are in {chosen.json}")


if __name__ == "__main__":
    main()
