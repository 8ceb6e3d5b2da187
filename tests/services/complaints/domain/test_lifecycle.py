"""The life of a complaint, row by row: what is known, when one looks, what then holds.

Each row is told in every order of its events, with repeats, and in one batch or many: the
outcome is the same. What a row leaves open is in the tests of the part that it is about.
"""

from dataclasses import dataclass, field
from itertools import permutations

import pytest

from services.complaints.domain.case import case_at
from services.complaints.domain.course import Status, status_at
from services.complaints.domain.facts import CaseEvent, Filed
from services.complaints.domain.rulebook import rulebook_of
from tests.services.complaints.given import (
    OTHER_CASE,
    RULES,
    Case,
    abouts,
    absorbed,
    filed,
    given,
    moved,
    not_absorbed_any_more,
    step,
)
from tests.services.complaints.rules import CLIMBING

ORDERS = 24


@dataclass(frozen=True)
class Row:
    """One row of the table."""

    name: str
    known: tuple[CaseEvent, ...]
    when: str
    then: set[str] = field(default_factory=set)
    status: Status | None = None
    next_due: str | None = None
    climbing: bool = False


def overdue(clock: str) -> set[str]:
    return {f"warning/{clock}", f"breach/{clock}"}


def verdicts(*clocks: str) -> set[str]:
    return {f"verdict/{clock}" for clock in clocks}


CONTACT, ANSWER = "contact/1", "answer/1"
CONTACTED = step("contacted", "10m")
ANSWERED = step("answered", "20m")
RESOLVED = step("resolved", "30m")
MAJOR = filed(severity="major")
SATISFIED = step("called_back", "1d", satisfied=True)
UNSATISFIED = step("called_back", "1d", satisfied=False)

TABLE = [
    Row("filed", (filed(),), "1h", set(), "open", "90m"),
    Row("contacted", (filed(), CONTACTED), "1h", verdicts(CONTACT), "under_review", "18h"),
    Row(
        "reassigning never resets a clock",
        (filed(), step("reassigned", "1h", to="li"), step("reassigned", "100m", to="wang")),
        "2h",
        overdue(CONTACT),
        "assigned",
        "18h",
    ),
    Row(
        "raised: the senior clock counts from receipt",
        (filed(), ANSWERED, step("regraded", "5h", severity="major")),
        "2d",
        verdicts(CONTACT, ANSWER) | overdue("executive_answer/1"),
        "under_review",
    ),
    Row(
        "raised where that is past: two hours from the raise",
        (filed(), ANSWERED, step("regraded", "3d", severity="major")),
        "3d",
        verdicts(CONTACT, ANSWER),
        "under_review",
        "3d 90m",
    ),
    Row(
        "lowered: the senior clock ends",
        (MAJOR, ANSWERED, step("regraded", "1d", severity="normal")),
        "9d",
        verdicts(CONTACT, ANSWER),
        "under_review",
    ),
    Row(
        "held: what can be paused stands still",
        (filed(), CONTACTED, step("held", "1h")),
        "9d",
        verdicts(CONTACT),
        "pending_customer",
    ),
    Row(
        "resumed: it goes on",
        (filed(), CONTACTED, step("held", "1h"), step("resumed", "11h")),
        "11h",
        verdicts(CONTACT),
        "under_review",
        "1d 4h",
    ),
    Row(
        "acknowledged: repeats stop until the next step",
        (filed(), step("acknowledged", "130m")),
        "4h",
        {f"warning/{CONTACT}", f"warning.last_call/{CONTACT}", f"breach/{CONTACT}"},
        "open",
        "4h 30m",
        climbing=True,
    ),
    Row(
        "resolved: contact and answer are given, the call-back is owed",
        (filed(), RESOLVED),
        "1h",
        verdicts(CONTACT, ANSWER),
        "resolved",
        "2d 6h 30m",
    ),
    Row(
        "called back, satisfied: closed",
        (filed(), RESOLVED, SATISFIED),
        "9d",
        verdicts(CONTACT, ANSWER, "call_back/1") | {"closed/1"},
        "closed",
    ),
    Row(
        "called back, not satisfied: reopened at the moment of the call",
        (filed(), RESOLVED, UNSATISFIED),
        "1d 2h",
        verdicts(CONTACT, ANSWER, "call_back/1") | overdue("contact/2"),
        "open",
        "1d 18h",
    ),
    Row(
        "satisfied, but senior management has not answered: not closed",
        (MAJOR, RESOLVED, SATISFIED),
        "25h",
        verdicts(CONTACT, ANSWER, "call_back/1"),
        "closed",
        "1d 12h",
    ),
    Row(
        "reopened: a new generation, no instant alert",
        (filed(), RESOLVED, SATISFIED, step("reopened", "9d")),
        "9d",
        verdicts(CONTACT, ANSWER, "call_back/1") | {"closed/1"},
        "open",
        "9d 90m",
    ),
    Row(
        "merged: silent, and closed here",
        (filed(), step("merged", "1h")),
        "9d",
        {"closed/1", "merged/…"},
        "merged",
    ),
    Row(
        "another was merged into it: the earliest start counts",
        (filed(), absorbed({"contact": "-30m"}, "10m")),
        "90m",
        overdue(CONTACT),
        "open",
        "18h",
    ),
    Row(
        "that was taken back",
        (filed(), absorbed({"contact": "-30m"}, "10m"), not_absorbed_any_more()),
        "80m",
        set(),
        "open",
        "90m",
    ),
    Row(
        "its own merge was taken back: it goes on where it stood",
        (filed(), step("merged", "1h"), step("unmerged", "3h")),
        "3h",
        set(),
        "open",
        "3h 30m",
    ),
    Row(
        "merged into what was merged into it: refused",
        (filed(), absorbed({}, "10m"), step("merged", "1h", to=OTHER_CASE)),
        "2h",
        overdue(CONTACT) | {"refused/merged 1h"},
        "open",
        "18h",
    ),
    Row(
        "withdrawn: all clocks end",
        (filed(), CONTACTED, step("withdrawn", "1h")),
        "9d",
        verdicts(CONTACT) | {"closed/1"},
        "withdrawn",
    ),
    Row("voided: nothing was ever due", (filed(voided=True, version=2), CONTACTED), "9d"),
    Row("moved to another customer", (filed(), CONTACTED, moved()), "9d"),
    Row(
        "a corrected receipt moves the deadlines",
        (filed(), filed(received="1h", version=2)),
        "2h",
        set(),
        "open",
        "2h 30m",
    ),
    Row(
        "a corrected step counts as corrected",
        (filed(), step("contacted", "5m", id="S"), step("contacted", "3h", id="S", version=2)),
        "4h",
        overdue(CONTACT) | verdicts(CONTACT),
        "under_review",
        "18h",
    ),
    Row(
        "a step reported late that happened in time",
        (filed(), step("contacted", "1h", recorded="9h")),
        "9h",
        verdicts(CONTACT),
        "under_review",
        "18h",
    ),
    Row("a step before its complaint is reported", (CONTACTED,), "9d"),
    Row(
        "a step before the receipt is refused",
        (filed(), step("contacted", "-1m")),
        "2h",
        overdue(CONTACT) | {"refused/contacted -1m"},
        "open",
        "18h",
    ),
]


def hold(case: Case, row: Row) -> None:
    """What the row says is so."""
    said = {"merged/…" if about.startswith("merged/") else about for about in abouts(case.decision)}
    assert said == row.then
    case.next_due(row.next_due)
    complaint = case.facts.complaint
    if row.status is not None:
        assert isinstance(complaint, Filed)
        standing = case_at(case.facts, complaint, case.policy, case.now)
        assert status_at(complaint, standing.course, case.now) == row.status


@pytest.mark.parametrize("row", TABLE, ids=[row.name for row in TABLE])
def test_row(row: Row) -> None:
    rules = rulebook_of(CLIMBING) if row.climbing else RULES
    for number, order in zip(range(ORDERS), permutations(row.known), strict=False):
        repeated = [*order, order[number % len(order)]]
        hold(given(*repeated, rules=rules).when(row.when), row)
        one_by_one = given(rules=rules)
        for event in repeated:
            one_by_one.reported(event).when(row.when)
        hold(one_by_one, row)
