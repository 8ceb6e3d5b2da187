"""What is counted as cases change."""

from collections.abc import Iterator
from typing import Any

import pytest
from prometheus_client import REGISTRY
from prometheus_client.registry import Collector

from services.complaints.adapters.metrics import observe
from services.complaints.app import decider
from services.complaints.domain.facts import CaseEvent
from services.complaints.domain.rulebook import CaseRulebook
from services.complaints.settings import ComplaintSettings
from shared.contracts.outputs import Output, Withdrawal
from shared.decider.decision import Announcement, Listing
from shared.platform import metrics
from tests.services.complaints.given import (
    DEALER,
    RECEIVED,
    RULES,
    Case,
    absorbed,
    filed,
    given,
    moved,
    step,
)
from tests.services.complaints.rules import ROSTER

METERS: tuple[Collector, ...] = (
    metrics.complaints_received,
    metrics.complaints_closed,
    metrics.complaints_reopened,
    metrics.complaint_clocks,
    metrics.complaint_clock_seconds,
    metrics.complaint_notices,
    metrics.complaint_withdrawals,
    metrics.complaint_steps_refused,
    metrics.complaint_addressee_missing,
)


@pytest.fixture(autouse=True)
def from_zero() -> Iterator[None]:
    for meter in METERS:
        meter.clear()  # type: ignore[attr-defined] # of those with labels
    yield


class Watched:
    """A case that is observed as it is written, as the runtime does it."""

    def __init__(self, *events: CaseEvent, rules: CaseRulebook = RULES) -> None:
        self.case = given(*events, rules=rules)
        self.listing: Listing | None = None
        self._said: dict[str, Any] = {}

    def when(self, elapsed: str) -> "Watched":
        case: Case = self.case.when(elapsed)
        said: list[Output | Withdrawal] = []
        wanted = {output.about: output for output in case.decision.outputs}
        for about, output in wanted.items():
            known = self._said.get(about)
            content = case.contents[about]
            if known is None or (known != content and not isinstance(output, Announcement)):
                said.append(content)
                self._said[about] = content
        for about in [about for about in self._said if about not in wanted]:
            content = self._said.pop(about)
            said.append(
                content.withdrawal(
                    aggregate_id=f"{content.customer_key}|{case.facts.case_id}",
                    about=about,
                    at=case.now,
                    sealed=None,
                )
                if not about.startswith("merged/")
                else content
            )
        observe(self.listing, case.decision.listing, said)
        self.listing = case.decision.listing
        return self

    def reported(self, *events: CaseEvent) -> "Watched":
        self.case.reported(*events)
        return self


def counted(name: str) -> dict[tuple[str, ...], float]:
    """The samples of a metric, without the dealer, by the values of their other labels."""
    found = {}
    for family in REGISTRY.collect():
        for sample in family.samples:
            if sample.name == name and sample.value:
                labels = dict(sample.labels)
                assert labels.pop("dealer") == DEALER
                found[tuple(labels.values())] = sample.value
    return found


def test_the_machine_is_observed() -> None:
    assert decider(ComplaintSettings()).observe is observe


def test_a_case_is_received_once() -> None:
    watched = Watched(step("contacted", "1h")).when("1h")
    assert counted("aftercare_complaints_received_total") == {}
    watched.reported(filed(severity="major")).when("1h").when("90m")
    watched.reported(filed(version=2)).when("2h")
    assert counted("aftercare_complaints_received_total") == {("major", "phone"): 1}


def test_what_a_source_invents_is_no_label() -> None:
    tally = {
        "customer_key": f"{DEALER}/cdk/C-1",
        "received_on": "2026-11-21",
        "category": "anything",
        "severity": "dreadful",
        "channel": "carrier pigeon",
        "reopened": 0,
    }
    observe(None, Listing(RECEIVED, None, tally), ())
    assert counted("aftercare_complaints_received_total") == {("other", "other"): 1}


def test_a_breach_that_a_step_known_a_moment_later_disproves_is_never_counted() -> None:
    watched = Watched(filed(recorded="30h")).when("30h")
    watched.reported(step("contacted", "1h", recorded="30h")).when("30h 1s")
    assert counted("aftercare_complaint_clocks_total") == {("contact", "kept"): 1}
    watched.reported(step("answered", "2h", recorded="30h")).when("30h 2s")
    watched.reported(step("withdrawn", "40h")).when("40h")
    assert counted("aftercare_complaint_clocks_total") == {
        ("contact", "kept"): 1,
        ("answer", "kept"): 1,
    }


def test_a_breach_that_nobody_stopped_counts_when_its_case_closes() -> None:
    watched = Watched(filed()).when("30h")
    assert counted("aftercare_complaint_clocks_total") == {}
    watched.reported(step("withdrawn", "40h")).when("40h").when("41h")
    broken = {("contact", "broken"): 1, ("answer", "broken"): 1}
    assert counted("aftercare_complaint_clocks_total") == broken
    watched.reported(step("reopened", "50h")).when("50h")
    watched.reported(step("withdrawn", "51h")).when("51h")
    assert counted("aftercare_complaint_clocks_total") == broken


def test_a_verdict_counts_when_it_is_final_and_not_again_when_it_is_corrected() -> None:
    watched = Watched(filed()).when("1h")
    assert counted("aftercare_complaint_clocks_total") == {}
    watched.when("2h")
    assert counted("aftercare_complaint_clocks_total") == {}, "it may have been stopped in time"
    assert counted("aftercare_complaint_clock_seconds_count") == {}
    watched.reported(step("contacted", "3h", id="S-1")).when("3h")
    watched.reported(step("contacted", "1h", id="S-1", version=2)).when("4h")
    assert counted("aftercare_complaint_clocks_total") == {("contact", "broken"): 1}
    assert counted("aftercare_complaint_clock_seconds_sum") == {("contact",): 3 * 3600}
    watched.reported(step("answered", "5h")).when("5h")
    assert counted("aftercare_complaint_clocks_total") == {
        ("contact", "broken"): 1,
        ("answer", "kept"): 1,
    }


def test_history_counts_when_it_comes_in() -> None:
    Watched(
        filed(recorded="90d"),
        step("resolved", "3h", recorded="90d"),
        step("called_back", "1d", satisfied=True, recorded="90d"),
    ).when("90d")
    assert counted("aftercare_complaints_received_total") == {("normal", "phone"): 1}
    assert counted("aftercare_complaints_closed_total") == {("satisfied",): 1}
    assert counted("aftercare_complaint_clocks_total") == {
        ("contact", "broken"): 1,
        ("answer", "kept"): 1,
        ("call_back", "kept"): 1,
    }
    assert counted("aftercare_complaint_notices_total") == {}


def test_closings_and_reopenings_count_once_each() -> None:
    watched = Watched(filed(), step("resolved", "1h")).when("1h")
    watched.reported(step("called_back", "2h", satisfied=True)).when("2h")
    assert counted("aftercare_complaints_closed_total") == {("satisfied",): 1}
    watched.reported(step("contacted", "30m")).when("3h")
    watched.reported(step("reopened", "4h")).when("4h").when("5h")
    assert counted("aftercare_complaints_closed_total") == {("satisfied",): 1}
    assert counted("aftercare_complaints_reopened_total") == {(): 1}
    watched.reported(step("withdrawn", "5h")).when("5h")
    assert counted("aftercare_complaints_closed_total") == {("satisfied",): 1, ("withdrawn",): 1}


def test_a_closing_that_is_corrected_is_none_more() -> None:
    """A breach becomes known to have been none: the closing is said again with other clocks."""
    watched = Watched(
        filed(),
        step("contacted", "3h", id="S-1"),
        step("resolved", "4h"),
        step("called_back", "5h", satisfied=True),
    ).when("5h")
    watched.reported(step("contacted", "1h", id="S-1", version=2)).when("6h")
    assert counted("aftercare_complaints_closed_total") == {("satisfied",): 1}


def test_generations_that_come_at_once_count_each() -> None:
    Watched(
        filed(),
        step("withdrawn", "1h"),
        step("reopened", "2h"),
        step("withdrawn", "3h"),
    ).when("4h")
    assert counted("aftercare_complaints_closed_total") == {("withdrawn",): 2}
    assert counted("aftercare_complaints_reopened_total") == {(): 1}


def test_notices_count_by_kind_and_by_whether_they_told_anybody() -> None:
    Watched(filed()).when("1h").when("2h")
    assert counted("aftercare_complaint_notices_total") == {
        ("warning", "no"): 1,
        ("breach", "yes"): 1,
    }


def test_a_breach_that_is_disproved_counts_as_taken_back() -> None:
    watched = Watched(filed()).when("90m").when("2h")
    watched.reported(step("contacted", "1h")).when("3h")
    assert counted("aftercare_complaint_withdrawals_total") == {(): 2}


def test_a_case_that_moves_away_takes_back_and_counts_nothing_else() -> None:
    watched = Watched(filed()).when("90m")
    watched.reported(moved()).when("100m")
    assert watched.listing is None
    assert counted("aftercare_complaint_withdrawals_total") == {(): 1}
    assert counted("aftercare_complaints_received_total") == {("normal", "phone"): 1}


def test_refused_steps_count_by_why() -> None:
    Watched(filed(), step("contacted", "-1h"), absorbed({"answer": "-2h"}, "1h")).when("1h")
    assert counted("aftercare_complaint_steps_refused_total") == {("before_receipt",): 1}


def test_a_role_that_nobody_has_is_an_alarm() -> None:
    roles = {"department_head": ("sun",), "group": ("li",)}
    gaps = ROSTER.model_copy(update={"roles": {role: {"any": who} for role, who in roles.items()}})
    Watched(filed(), rules=CaseRulebook(shipped=RULES.shipped, rosters={DEALER: gaps})).when("2h")
    missing = counted("aftercare_complaint_addressee_missing_total")
    assert missing[("responsible_person", "nobody")] == 1
    assert all(because in {"nobody", "fallback"} for _, because in missing)


def test_who_is_told_instead_is_an_alarm_of_the_role_that_nobody_has() -> None:
    Watched(filed(), rules=CaseRulebook(shipped=RULES.shipped, rosters={DEALER: ROSTER})).when("2h")
    assert counted("aftercare_complaint_addressee_missing_total") == {
        ("department_head", "fallback"): 1
    }


def test_no_roster_is_no_alarm() -> None:
    Watched(filed()).when("2h")
    assert counted("aftercare_complaint_addressee_missing_total") == {}
