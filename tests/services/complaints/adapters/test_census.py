"""What is shown of a dealer's cases as they are stored."""

from datetime import UTC, datetime, timedelta

from prometheus_client import REGISTRY

from services.complaints.adapters.census import DAYS, ENOUGH, count
from services.complaints.adapters.metrics import begin
from services.complaints.domain.listing import CaseTally, ClockTally
from services.complaints.domain.rulebook import CaseRulebook
from services.complaints.views.statistics import statistics_of
from shared.decider.decision import NOTHING_DUE, Listing
from tests.dealers import DEALERS

CHICAGO = DEALERS.all()[2]
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)  # 21 November, 21:00 in Chicago


def listing(
    hours: float | None = None, *, received: str = "2026-11-21", **tally: object
) -> Listing:
    """One that is next due so many hours from now; None: closed."""
    told = {
        "customer_key": "C-1",
        "received_on": received,
        "category": "c",
        "severity": "normal",
        "channel": "phone",
        "reopened": 0,
        **tally,
    }
    deadline = None if hours is None else NOW + timedelta(hours=hours)
    return Listing(NOW, deadline, CaseTally.model_validate(told).model_dump(mode="json"))


def shown(opened: list[Listing], begun: list[Listing]) -> dict[tuple[str, ...], float]:
    readings = count(CHICAGO, opened, begun, NOW)
    return {
        (reading.gauge._name.removeprefix("aftercare_"), *reading.labels[1:]): reading.value
        for reading in readings
        if reading.labels[0] == CHICAGO.id
    }


def test_due_today_is_by_the_dealers_own_date() -> None:
    nothing_due = Listing(NOW, NOTHING_DUE, {})
    found = shown(
        [listing(-0.01), listing(-500), listing(0), listing(2.99), listing(3), nothing_due], []
    )
    assert found["complaint_cases_open",] == 6
    assert found["complaint_cases_overdue",] == 2
    assert found["complaint_cases_due_today",] == 2


def test_a_dealer_without_cases_shows_zeros() -> None:
    found = shown([], [])
    assert set(found.values()) == {0}
    assert {name for name, *_ in found} == {
        "complaint_cases_open",
        "complaint_cases_overdue",
        "complaint_cases_due_today",
        "complaints_of_week",
        "complaints_of_week_closed",
        "complaints_of_week_reopened",
    }


def test_the_week_is_that_of_the_statistics() -> None:
    kept, broken = (ClockTally(clock="contact", generation=1, state=s) for s in ("kept", "broken"))
    begun = [
        listing(1, clocks=(kept,)),
        listing(None, received="2026-11-15", severity="major", clocks=(kept, broken)),
        listing(None, received="2026-11-16", reopened=2, clocks=(broken,)),
        listing(None, received="2026-11-14"),
        listing(None, merged_away=True),
    ]
    found = shown([], begun)
    assert found["complaints_of_week", "normal"] == 2
    assert found["complaints_of_week", "major"] == 1
    assert found["complaints_of_week_closed",] == 2
    assert found["complaints_of_week_reopened",] == 1
    assert found["complaint_clocks_of_week", "contact", "kept"] == 2
    assert found["complaint_clocks_of_week", "contact", "broken"] == 2
    told = statistics_of(
        ((CaseTally.model_validate(one.tally), one.deadline is not None) for one in begun),
        dealer_id=CHICAGO.id,
        by="week",
        first=datetime(2026, 11, 15).date(),  # noqa: DTZ001 - a local date
        last=datetime(2026, 11, 21).date(),  # noqa: DTZ001
    ).total
    assert told.received == 3
    assert told.clocks["contact"].kept == 2
    assert timedelta(days=DAYS) < ENOUGH


def test_every_count_of_every_dealer_is_there_from_the_start() -> None:
    begin([CHICAGO.id], CaseRulebook())
    for name, labels in (
        ("complaint_withdrawals", {}),
        ("complaints_reopened", {}),
        ("complaint_notices", {"kind": "breach", "notified": "no"}),
        ("complaint_notices", {"kind": "warning", "notified": "yes"}),
        ("complaints_received", {"severity": "major", "channel": "regulator"}),
        ("complaints_closed", {"outcome": "merged"}),
        ("complaint_clocks", {"clock": "contact", "verdict": "broken"}),
        ("complaint_steps_refused", {"refusal": "before_receipt"}),
        ("complaint_addressee_missing", {"role": "group", "because": "nobody"}),
    ):
        named = {"dealer": CHICAGO.id, **labels}
        assert REGISTRY.get_sample_value(f"aftercare_{name}_total", named) is not None, name
