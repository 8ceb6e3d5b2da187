"""Clocks and ladders of a case, what the forms offer, and what a step did."""

import pytest

from services.desk.views.case import clocks_shown, decided_of, form_of
from services.desk.views.case_timeline import TimelineStory
from services.desk.views.printed import form_shown
from services.desk.views.speech import Speech
from shared.contracts.feed_parts import StepName
from shared.contracts.http.complaints import CaseView
from tests.services.complaints.given import filed, step
from tests.services.desk.given_cases import case_of, moment

SPEECH = Speech("en", lambda message, **inserted: message % inserted if inserted else message)
NAMES = {"s-1": "Lin", "s-2": "Zhao"}


def timeline(case: CaseView) -> TimelineStory:
    return TimelineStory(case, NAMES, SPEECH)


def test_what_runs_comes_first_the_first_due_first() -> None:
    case = case_of(filed(severity="major"), step("contacted", "1h"), step("held", "2h"), when="3h")
    shown = clocks_shown(timeline(case), moment("3h"))
    assert [(each.id, each.tone, each.state, each.counts_down) for each in shown] == [
        ("answer-1", "plain", "held", False),
        ("executive_answer-1", "plain", "held", False),
        ("contact-1", "good", "kept", False),
    ]


@pytest.mark.parametrize(
    ("when", "tone", "counts_down"),
    [("30m", "", True), ("100m", "warn", True), ("3h", "bad", True)],
    ids=["time enough", "warned", "over"],
)
def test_a_clock_that_runs_out_is_told_in_time(when: str, tone: str, counts_down: bool) -> None:
    shown = clocks_shown(timeline(case_of(filed(), when=when)), moment(when))
    assert (shown[0].id, shown[0].tone, shown[0].counts_down) == ("contact-1", tone, counts_down)


def test_a_ladder_says_who_was_told() -> None:
    case = case_of(filed(), when="100m", noticed=("90m",))
    warning, breach = clocks_shown(timeline(case), moment("100m"))[0].ladder
    assert warning.kind == "Warning" and warning.roles == ("responsible person",)
    assert warning.told == ("responsible person: no roster says who that is",)
    assert breach.kind == "Deadline" and breach.told == ()


def test_a_step_says_what_it_did() -> None:
    case = case_of(filed(), step("contacted", "1h", id="S-1"), when="2h")
    found = decided_of(case, "S-1", ())
    assert found is not None and found.counts and not found.reopened
    assert [(each.clock, each.verdict) for each in found.verdicts] == [("contact", "kept")]
    assert decided_of(case, "S-2", ()) is None


def test_a_breach_that_it_disproves_is_taken_back() -> None:
    before = case_of(filed(), when="3h")
    after = case_of(filed(), step("contacted", "1h", id="S-1", recorded="3h"), when="3h")
    assert before.clocks[0].state == "broken"
    found = decided_of(after, "S-1", {"contact/1", "answer/1"})
    assert found is not None
    assert [each.clock for each in found.taken_back] == ["contact", "answer"]
    still = decided_of(before, "S-1", {"contact/1"})
    assert still is None


def test_what_is_refused_decides_nothing() -> None:
    case = case_of(filed(), step("contacted", "-1h", id="S-1"), when="2h")
    found = decided_of(case, "S-1", ())
    assert found is not None and not found.counts
    assert (found.verdicts, found.closed, found.reopened) == ((), None, False)


def test_a_call_back_reopens_or_closes() -> None:
    steps = [filed(), step("resolved", "1h")]
    bad = case_of(*steps, step("called_back", "2h", id="S-1", satisfied=False), when="3h")
    good = case_of(*steps, step("called_back", "2h", id="S-1", satisfied=True), when="3h")
    reopened, closed = decided_of(bad, "S-1", ()), decided_of(good, "S-1", ())
    assert reopened is not None and reopened.reopened and reopened.closed is None
    assert closed is not None and not closed.reopened and closed.closed is not None
    assert form_shown(bad).satisfied is False and form_shown(good).satisfied is True
    assert form_shown(case_of(filed(), when="1h")).satisfied is None


@pytest.mark.parametrize(
    ("name", "only", "values"),
    [
        ("regraded", None, ["major"]),
        ("demanded", None, ["exchange", "return"]),
        ("reassigned", None, ["s-2"]),
        ("reassigned", "s-2", ["s-2"]),
        ("contacted", None, []),
    ],
)
def test_a_form_offers_what_can_be_chosen(
    name: StepName, only: str | None, values: list[str]
) -> None:
    case = case_of(filed(), step("reassigned", "1h", to="s-1"), when="2h")
    form = form_of(name, case, NAMES, only=only)
    assert [each.value for each in form.choices] == values
    assert form.closed is (name != "reassigned" or only is not None)


def test_paper_has_what_was_done_with_the_customer() -> None:
    case = case_of(
        filed(), step("contacted", "-1h"), step("answered", "1h"), step("held", "2h"), when="3h"
    )
    assert [each.step for each in form_shown(case).treated] == ["answered"]
    assert len(form_shown(case).signed_by) == 4
