"""The measurements measure what they say: the events are real, the ratios and targets right."""

import sys
import time
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from deploy.sandbox.probes import mongo_answers
from services.complaints import app as complaints_app
from services.complaints.settings import ComplaintSettings
from services.scoring import app as scoring_app
from services.scoring.settings import ScoringSettings
from shared.decider.decider import Decider
from shared.platform.validate import to_event
from tests.bench import doors, events
from tests.bench.__main__ import LONG_BACKLOG, compared, of_file
from tests.bench.find import ASKED as SOUGHT
from tests.bench.find import find
from tests.bench.loops import Watch
from tests.bench.rows import Cost
from tests.bench.servers import fresh_servers
from tests.bench.spreads import percentile
from tests.bench.work_lists import ASKED, work_lists

SCORING = scoring_app.decider(ScoringSettings())
COMPLAINTS = complaints_app.decider(ComplaintSettings())


@dataclass(frozen=True, slots=True)
class Read:
    """A record as a consumer reads it."""

    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]


MAKES: dict[str, tuple[events.Make, Decider[Any, Any]]] = {
    "visits": (events.visits(600), SCORING),
    "visits for ever": (events.visits_for_ever, SCORING),
    "one visit each": (events.one_visit_each(600, earlier=1), SCORING),
    "complaints": (events.complaints(600), COMPLAINTS),
}


@pytest.mark.parametrize("name", MAKES)
def test_every_event_has_its_size_and_can_be_joined(name: str) -> None:
    make, decider = MAKES[name]
    for number in (0, 1, 2, 250, 599):
        record = make(number)
        event = to_event(Read(record.key, record.value, record.headers), decider.reading)
        assert event is not None
        assert len(record.value or b"") == events.BYTES
        nothing = decider.facts.model_validate_json("{}")
        assert decider.join(nothing, [event]) != nothing


def test_a_visit_each_is_of_another_customer_and_again_of_the_same() -> None:
    first, again = (
        [events.one_visit_each(50, earlier=earlier)(number).key for number in range(50)]
        for earlier in (0, 1)
    )
    assert len(set(first)) == 50
    assert first == again


def test_two_thirds_of_the_visits_for_ever_are_of_customers_known_by_then() -> None:
    block = range(2 * events.BLOCK, 3 * events.BLOCK)
    earlier = {events.visits_for_ever(number).key for number in range(block.start)}
    known = sum(events.visits_for_ever(number).key in earlier for number in block)
    assert known == len(block) * 2 / 3


def test_a_target_that_is_missed_is_told() -> None:
    costs = {
        "raw": Cost(100.0, 33),
        "raw coalesced": Cost(300.0, 20),
        "naive": Cost(10.0, 900),
        "scoring": Cost(120.0, 80),
        LONG_BACKLOG: Cost(110.0, 120),
    }
    others = {"followup": Cost(71.0, 50), "complaints": Cost(69.0, 50)}
    met = {row.what: row.met for row in compared({**costs, **others})}
    assert met["… / raw"] is False
    rows = list(compared(costs))
    assert [(row.what, row.found, row.met) for row in rows if row.met is not None] == [
        ("… / raw", "1.20", True),
        ("… / raw coalesced", "0.40", False),
        ("… / naive", "12.00", True),
        ("… own CPU an event / that of raw", "2.4", True),
        ("… own CPU an event / that of raw", "3.6", False),
    ]
    assert rows[-1].found == "1.50"


def test_what_a_loop_took_is_its_own_work_and_no_waiting() -> None:
    watch = Watch()
    time.sleep(0.2)
    waited = watch.taken()
    assert waited.cpu_seconds < 0.1 < waited.seconds
    while watch.taken().cpu_seconds < 0.2:
        pass
    assert watch.taken().seconds >= 0.3


@pytest.mark.long
def test_work_lists_are_answered_from_what_was_written() -> None:
    answers = list(work_lists(partial(fresh_servers, None), customers=60, pages=2))
    assert [each.asked for each in answers] == list(ASKED)
    assert all(len(each.seconds) == 2 for each in answers)


@pytest.mark.long
def test_customers_are_found_by_all_that_is_measured_once_all_are_written() -> None:
    written: list[int] = []
    found = list(find(partial(fresh_servers, None), 700, 2, written.append))
    assert [each.by for each in found] == list(SOUGHT)
    assert all(len(each.seconds) == 2 for each in found)
    assert written == [500, 700]


@pytest.mark.long
def test_doors_are_measured_and_all_that_is_sent_is_taken() -> None:
    fresh = partial(fresh_servers, None)
    one = doors.single(fresh, count=40, seconds=1)
    assert one.borne > 0
    assert one.seconds == sorted(one.seconds)
    many = doors.batches(fresh, count=1, rounds=1)
    assert min(many.over_http, many.without_http, many.by_hand) > 0


@pytest.mark.long
def test_files_are_measured_to_their_end_and_beside_others() -> None:
    fresh = partial(fresh_servers, None)
    file = doors.imported(fresh, lines=300, lines_each=2)
    assert file.lines == 300
    assert [row.what for row in of_file(file) if row.met is not None] == [
        "a file of 300 lines, 2 of each order",
        "… memory of intake at most",
    ]
    others = doors.neighbours(fresh, lines=20_000, seconds=1)
    assert len(others.alone) == len(others.beside) > 0


@pytest.mark.long
def test_another_database_is_started_by_its_command() -> None:
    embedded = f"{sys.executable} -m secantus --port {{port}} --storage-path {{directory}}"
    with fresh_servers(embedded) as servers:
        (data,) = servers.directory.glob("data")
        assert any(data.iterdir())
        uri = servers.settings.mongo.uri.get_secret_value()
        assert mongo_answers(int(uri.rpartition(":")[2]))


def test_percentiles() -> None:
    ordered = [float(number) for number in range(1, 201)]
    assert (percentile(ordered, 50), percentile(ordered, 99)) == (100.0, 198.0)
    assert percentile([1.0], 99) == 1.0
