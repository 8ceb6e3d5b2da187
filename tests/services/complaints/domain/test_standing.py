"""What is told of how a case stands, and stood: complaints alone judges its steps."""

import json
from dataclasses import dataclass
from random import Random

import pytest

from services.complaints.domain.facts import CaseEvent
from services.complaints.domain.rulebook import CaseRulebook, rulebook_of
from shared.contracts.complaints import CaseStandingChanged, CaseStandingWithdrawn
from shared.contracts.subjects import ABOUT_THE_STANDING
from tests.services.complaints.given import CASE, POLICY, absorbed, at, filed, given, moved, step
from tests.services.complaints.several import (
    Cases,
    aggregate,
    case_id,
    complaint,
    customer,
    gone,
    taken,
)

RESOLVED = step("resolved", "1h")
SATISFIED = step("called_back", "2h", satisfied=True)
UNSATISFIED = step("called_back", "2h", satisfied=False)
MERGED = step("merged", "1h")
WITHDRAWN = step("withdrawn", "3h")


def told(*events: CaseEvent, when: str = "30d", rules: CaseRulebook | None = None) -> str:
    """`minute stands severity, …; open or closed and why, generation`."""
    case = given(*events, rules=rules) if rules is not None else given(*events)
    content = case.when(when).said[ABOUT_THE_STANDING]
    assert isinstance(content, CaseStandingChanged)
    assert content.satisfied == (content.turns[-1].stands == "satisfied")
    assert content.severity == content.turns[-1].severity
    assert (content.outcome is None) == (content.closed_at is None) == (content.status == "open")
    turns = [
        f"{int((turn.at - at('0s')).total_seconds() // 60)}m {turn.stands} {turn.severity}"
        for turn in content.turns
    ]
    now = content.status if content.outcome is None else f"closed {content.outcome}"
    return f"{', '.join(turns)}; {now} {content.generation}"


@dataclass(frozen=True)
class Row:
    """Steps on a case, and how it is told to stand."""

    name: str
    steps: tuple[CaseEvent, ...]
    then: str


OPEN = "0m open normal"
TABLE = [
    Row("filed", (), f"{OPEN}; open 1"),
    Row("at work", (step("contacted", "5m"), step("answered", "9m")), f"{OPEN}; open 1"),
    Row("resolved", (RESOLVED,), f"{OPEN}; open 1"),
    Row(
        "satisfied",
        (RESOLVED, SATISFIED),
        f"{OPEN}, 120m satisfied normal; closed satisfied 1",
    ),
    Row("satisfied with what nobody resolved", (SATISFIED,), f"{OPEN}; open 1"),
    Row("not satisfied", (RESOLVED, UNSATISFIED), f"{OPEN}; open 2"),
    Row(
        "satisfied, then reopened",
        (RESOLVED, SATISFIED, step("reopened", "3h")),
        f"{OPEN}, 120m satisfied normal, 180m open normal; open 2",
    ),
    Row(
        "satisfied, then not",
        (RESOLVED, SATISFIED, step("called_back", "3h", satisfied=False)),
        f"{OPEN}, 120m satisfied normal, 180m open normal; open 2",
    ),
    Row(
        "satisfied, then withdrawn",
        (RESOLVED, SATISFIED, WITHDRAWN),
        f"{OPEN}, 120m satisfied normal, 180m withdrawn normal; closed withdrawn 1",
    ),
    Row("withdrawn", (WITHDRAWN,), f"{OPEN}, 180m withdrawn normal; closed withdrawn 1"),
    Row("withdrawn before receipt", (step("withdrawn", "-1h"),), f"{OPEN}; open 1"),
    Row(
        "withdrawn and reopened",
        (WITHDRAWN, step("reopened", "4h")),
        f"{OPEN}, 180m withdrawn normal, 240m open normal; open 2",
    ),
    Row(
        "withdrawn, reopened, withdrawn",
        (WITHDRAWN, step("reopened", "4h"), step("withdrawn", "5h")),
        f"{OPEN}, 180m withdrawn normal, 240m open normal, 300m withdrawn normal;"
        " closed withdrawn 2",
    ),
    Row("merged", (MERGED,), f"{OPEN}, 60m merged normal; closed merged 1"),
    Row(
        "merged and unmerged",
        (MERGED, step("unmerged", "2h")),
        f"{OPEN}, 60m merged normal, 120m open normal; open 1",
    ),
    Row(
        "merged and reopened",
        (MERGED, step("reopened", "2h")),
        f"{OPEN}, 60m merged normal, 120m open normal; open 2",
    ),
    Row(
        "unmerged, then merged again",
        (MERGED, step("unmerged", "2h"), step("merged", "3h")),
        f"{OPEN}, 60m merged normal, 120m open normal, 180m merged normal; closed merged 1",
    ),
    Row(
        "withdrawn while merged, then unmerged",
        (MERGED, step("withdrawn", "90m"), step("unmerged", "2h")),
        f"{OPEN}, 60m merged normal, 90m withdrawn normal; closed withdrawn 1",
    ),
    Row("unmerged, but never merged", (step("unmerged", "2h"),), f"{OPEN}; open 1"),
    Row("merged into itself", (step("merged", "1h", to=CASE),), f"{OPEN}; open 1"),
    Row("merged into the unknown", (step("merged", "1h", known=False),), f"{OPEN}; open 1"),
    Row(
        "merged into what was merged into it",
        (absorbed({}, "30m"), MERGED),
        f"{OPEN}; open 1",
    ),
    Row(
        "raised and lowered",
        (step("regraded", "1h", severity="major"), step("regraded", "2h", severity="normal")),
        f"{OPEN}, 60m open major, 120m open normal; open 1",
    ),
    Row(
        "raised, then withdrawn",
        (step("regraded", "1h", severity="major"), WITHDRAWN),
        f"{OPEN}, 60m open major, 180m withdrawn major; closed withdrawn 1",
    ),
    Row(
        "reopened before there was an answer",
        (step("reopened", "1h"),),
        f"{OPEN}; open 1",
    ),
    Row("a step to come", (step("withdrawn", "90d"),), f"{OPEN}; open 1"),
]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_row(row: Row) -> None:
    assert told(filed(), *row.steps) == row.then


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_the_order_of_reports_makes_no_difference(row: Row) -> None:
    events = [filed(), *row.steps, *row.steps]
    Random(row.name).shuffle(events)
    assert told(*events) == row.then


def test_a_major_one_is_open_until_senior_management_answers_though_the_customer_is_satisfied() -> (
    None
):
    story = (filed(severity="major"), RESOLVED, SATISFIED)
    assert told(*story) == "0m open major, 120m satisfied major; open 1"
    answered = told(*story, step("executive_answered", "4d"))
    assert answered == "0m open major, 120m satisfied major; closed satisfied 1"


def test_without_a_call_back_clock_it_closes_as_resolved() -> None:
    clocks = tuple(clock for clock in POLICY.clocks if clock.start == "received")
    rules = rulebook_of(POLICY.model_copy(update={"clocks": clocks}))
    assert told(filed(), RESOLVED, rules=rules) == f"{OPEN}; closed resolved 1"


def standings(cases: Cases, id_: str) -> list[tuple[str, dict[str, object]]]:
    """What was said of how an aggregate stands: type and content, in order."""
    return [
        (said.type, json.loads(said.data))
        for said in cases.said
        if said.aggregate_id == id_ and said.about == ABOUT_THE_STANDING
    ]


def test_it_is_said_once_and_again_when_it_is_otherwise() -> None:
    cases = Cases().reported(complaint("A")).when("90m").when("2h")
    cases.reported(taken("A", "contacted", "3h"), taken("A", "withdrawn", "4h")).when("9d")
    said = standings(cases, aggregate("A"))
    assert [content["status"] for _, content in said] == ["open", "closed"]
    assert {type_ for type_, _ in said} == {CaseStandingChanged.TYPE}
    sequences = [each.sequence for each in cases.said if each.about == ABOUT_THE_STANDING]
    assert sequences == sorted(set(sequences))


@pytest.mark.parametrize("how", ["voided", "moved"])
def test_what_is_taken_back_stands_no_longer(how: str) -> None:
    first = complaint("A")
    cases = Cases().reported(first)
    away = complaint("A", status="voided", version="2") if how == "voided" else None
    cases.reported(away or gone(first, version=2))
    [(_, _), (type_, content)] = standings(cases, aggregate("A"))
    assert type_ == CaseStandingWithdrawn.TYPE
    assert (content["case_id"], content["customer_key"]) == (case_id("A"), customer("A"))


def test_of_another_customer_by_now_it_stands_there() -> None:
    first = complaint("A")
    cases = Cases().reported(first, gone(first, version=2), complaint("A", of="B"))
    assert standings(cases, aggregate("A"))[-1][0] == CaseStandingWithdrawn.TYPE
    [(_, content)] = standings(cases, aggregate("A", of="B"))
    assert (content["status"], content["customer_key"]) == ("open", customer("B"))


def test_voided_before_it_was_ever_told_says_nothing() -> None:
    cases = Cases().reported(complaint("A", status="voided"))
    assert standings(cases, aggregate("A")) == []


def test_of_a_circle_of_merges_the_latest_case_stands_open() -> None:
    cases = Cases().reported(complaint("A"), complaint("B"))
    cases.reported(taken("A", "merged", "1h", into="B"), taken("B", "merged", "2h", into="A"))
    cases.deliver()
    assert standings(cases, aggregate("A"))[-1][1]["outcome"] == "merged"
    assert standings(cases, aggregate("B"))[-1][1]["status"] == "open"


def test_it_is_never_forgotten() -> None:
    case = given(filed(), WITHDRAWN).when("4000d")
    [output] = [each for each in case.decision.outputs if each.about == ABOUT_THE_STANDING]
    assert output.forget_at is None


def test_a_moved_step_is_not_part_of_it() -> None:
    assert told(filed(), WITHDRAWN, moved(WITHDRAWN)) == f"{OPEN}; open 1"
