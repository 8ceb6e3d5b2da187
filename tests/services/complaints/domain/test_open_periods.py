"""When a case was open, resolved and called back, as others are told."""

from dataclasses import dataclass
from random import Random

import pytest

from services.complaints.domain.facts import CaseEvent
from services.complaints.domain.rulebook import CaseRulebook, rulebook_of
from shared.contracts.complaints import CaseStandingChanged
from shared.contracts.subjects import ABOUT_THE_STANDING
from tests.services.complaints.given import POLICY, RULES, at, filed, given, step

RESOLVED = step("resolved", "1h")
SATISFIED = step("called_back", "2h", satisfied=True)
UNSATISFIED = step("called_back", "2h", satisfied=False)
MERGED = step("merged", "1h")
WITHDRAWN = step("withdrawn", "3h")
NO_CALL_BACK = rulebook_of(
    POLICY.model_copy(
        update={"clocks": tuple(clock for clock in POLICY.clocks if clock.start == "received")}
    )
)


def told(*events: CaseEvent, when: str = "30d", rules: CaseRulebook = RULES) -> CaseStandingChanged:
    content = given(*events, rules=rules).when(when).said[ABOUT_THE_STANDING]
    assert isinstance(content, CaseStandingChanged)
    return content


def after(moment: object) -> str:
    """Hours after the receipt."""
    return "" if moment is None else f"{(moment - at('0s')).total_seconds() / 3600:g}"  # type: ignore[operator] # instants


def periods(content: CaseStandingChanged) -> str:
    """`0-2, 3-`: open from hour 0 to 2, and from 3 on."""
    assert content.open_periods is not None
    return ", ".join(f"{after(each.since)}-{after(each.until)}" for each in content.open_periods)


def call_back(content: CaseStandingChanged) -> str:
    """Hours of: resolved, due, called back."""
    instants = (content.resolved_at, content.call_back_due_at, content.called_back_at)
    return " ".join(after(moment) or "no" for moment in instants)


@dataclass(frozen=True)
class Row:
    """Steps on a case that is answered after an hour, when it was open, and the call-back."""

    name: str
    steps: tuple[CaseEvent, ...]
    open: str
    call_back: str
    rules: CaseRulebook = RULES


REOPENED = step("reopened", "5h")
TABLE = [
    Row("filed", (), "0-", "no no no"),
    Row("resolved", (RESOLVED,), "0-", "1 73 no"),
    Row("satisfied", (RESOLVED, SATISFIED), "0-2", "1 73 2"),
    Row(
        "satisfied, and called again",
        (RESOLVED, SATISFIED, step("called_back", "4h", satisfied=True)),
        "0-2",
        "1 73 2",
    ),
    Row("resolved twice", (RESOLVED, step("resolved", "3h")), "0-", "1 73 no"),
    Row(
        "called back before it was resolved",
        (step("called_back", "30m", satisfied=True), RESOLVED),
        "0-",
        "1 73 no",
    ),
    Row("not satisfied", (RESOLVED, UNSATISFIED), "0-", "no no no"),
    Row(
        "not satisfied, resolved anew",
        (RESOLVED, UNSATISFIED, step("resolved", "4h")),
        "0-",
        "4 76 no",
    ),
    Row("satisfied, reopened", (RESOLVED, SATISFIED, REOPENED), "0-2, 5-", "no no no"),
    Row(
        "satisfied, reopened, resolved, satisfied",
        (
            *(RESOLVED, SATISFIED, REOPENED),
            *(step("contacted", "5h 30m"), step("answered", "5h 30m")),
            *(step("resolved", "6h"), step("called_back", "8h", satisfied=True)),
        ),
        "0-2, 5-8",
        "6 78 8",
    ),
    Row("withdrawn", (WITHDRAWN,), "0-3", "no no no"),
    Row("resolved, then withdrawn", (RESOLVED, WITHDRAWN), "0-3", "1 73 no"),
    Row("resolved after it was withdrawn", (WITHDRAWN, step("resolved", "4h")), "0-3", "no no no"),
    Row("satisfied, then withdrawn", (RESOLVED, SATISFIED, WITHDRAWN), "0-2", "1 73 2"),
    Row("withdrawn, reopened", (WITHDRAWN, REOPENED), "0-3, 5-", "no no no"),
    Row("withdrawn at its receipt", (step("withdrawn", "0s"),), "", "no no no"),
    Row("merged", (MERGED,), "0-1", "no no no"),
    Row("merged, unmerged", (MERGED, step("unmerged", "2h")), "0-1, 2-", "no no no"),
    Row(
        "satisfied, merged, unmerged",
        (RESOLVED, SATISFIED, step("merged", "3h"), step("unmerged", "4h")),
        "0-2",
        "1 73 2",
    ),
    Row("merged into the unknown", (step("merged", "1h", known=False),), "0-", "no no no"),
    Row("a step to come", (step("withdrawn", "90d"),), "0-", "no no no"),
    Row("no call-back clock", (RESOLVED,), "0-1", "1 no no", NO_CALL_BACK),
    Row("no call-back clock, reopened", (RESOLVED, REOPENED), "0-1, 5-", "no no no", NO_CALL_BACK),
    Row(
        "no call-back clock, called back all the same",
        (RESOLVED, SATISFIED),
        "0-2",
        "1 no 2",
        NO_CALL_BACK,
    ),
]
ANSWERED = (step("contacted", "10m"), step("answered", "20m"))


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_row(row: Row) -> None:
    content = told(filed(), *ANSWERED, *row.steps, rules=row.rules)
    assert (periods(content), call_back(content)) == (row.open, row.call_back)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_the_order_of_reports_makes_no_difference(row: Row) -> None:
    events = [filed(), *ANSWERED, *row.steps, *row.steps]
    Random(row.name).shuffle(events)
    content = told(*events, rules=row.rules)
    assert (periods(content), call_back(content)) == (row.open, row.call_back)


def test_it_is_open_until_all_is_answered_though_the_customer_is_satisfied() -> None:
    story = (filed(severity="major"), *ANSWERED, RESOLVED, SATISFIED)
    assert periods(told(*story)) == "0-"
    assert periods(told(*story, step("executive_answered", "96h"))) == "0-96"


def test_what_was_left_to_do_when_it_was_reopened_kept_it_open() -> None:
    """The answer of senior management that was due in the first generation came in the second."""
    late = (RESOLVED, SATISFIED, REOPENED, step("executive_answered", "6h"))
    assert periods(told(filed(severity="major"), *ANSWERED, *late)) == "0-"


def test_the_past_stays_as_it_was_told_whatever_comes() -> None:
    story = (filed(), *ANSWERED, RESOLVED)
    for rules in (RULES, NO_CALL_BACK):
        before = told(*story, when="4h", rules=rules).open_periods
        later = told(*story, REOPENED, when="5h", rules=rules).open_periods
        assert before is not None and later is not None
        [first] = before
        assert later[0].since == first.since
        assert first.until is None or later[0].until == first.until
