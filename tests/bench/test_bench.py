"""The measurements measure what they say: the events are real, the ratios and targets right."""

from dataclasses import dataclass
from typing import Any

import pytest

from services.complaints import app as complaints_app
from services.complaints.settings import ComplaintSettings
from services.scoring import app as scoring_app
from services.scoring.settings import ScoringSettings
from shared.runtime.machine import Machine
from shared.runtime.validate import to_event
from tests.bench import events
from tests.bench.__main__ import compared, percentile

SCORING = scoring_app.machine(ScoringSettings())
COMPLAINTS = complaints_app.machine(ComplaintSettings())


@dataclass(frozen=True, slots=True)
class Read:
    """A record as a consumer reads it."""

    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]


MAKES: dict[str, tuple[events.Make, Machine[Any, Any]]] = {
    "visits": (events.visits(600), SCORING),
    "visits for ever": (events.visits_for_ever, SCORING),
    "one visit each": (events.one_visit_each(600, earlier=1), SCORING),
    "complaints": (events.complaints(600), COMPLAINTS),
}


@pytest.mark.parametrize("name", MAKES)
def test_every_event_has_its_size_and_can_be_joined(name: str) -> None:
    make, machine = MAKES[name]
    for number in (0, 1, 2, 250, 599):
        record = make(number)
        event = to_event(Read(record.key, record.value, record.headers), machine.reading)
        assert event is not None
        assert len(record.value or b"") == events.BYTES
        nothing = machine.facts.model_validate_json("{}")
        assert machine.join(nothing, [event]) != nothing


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
    rates = {"raw": 100.0, "raw coalesced": 300.0, "naive": 10.0, "scoring": 120.0}
    met = {row.what: row.met for row in compared({**rates, "followup": 71.0, "complaints": 69.0})}
    assert met["… / raw"] is False
    rows = list(compared(rates))
    assert [(row.what, row.found, row.met) for row in rows if row.met is not None] == [
        ("… / raw", "1.20", True),
        ("… / raw coalesced", "0.40", False),
        ("… / naive", "12.00", True),
    ]


def test_percentiles() -> None:
    ordered = [float(number) for number in range(1, 201)]
    assert (percentile(ordered, 50), percentile(ordered, 99)) == (100.0, 198.0)
    assert percentile([1.0], 99) == 1.0
