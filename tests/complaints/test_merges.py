"""Merging cases: the earliest start, chains, circles, and taking it back."""

from random import Random

from hypothesis import given as for_all
from hypothesis import strategies as st

from shared.contracts.complaints import (
    CaseClosed,
    DeadlineBreached,
    EscalationWithdrawn,
    StepRefused,
)
from tests.complaints.scenario import at, filed, given, step
from tests.complaints.several import Cases, case_id, complaint, taken

CONTACT_OVERDUE = ("warning/contact/1", "breach/contact/1")


def types(cases: Cases, name: str) -> list[str]:
    """What was said of a case, in order."""
    return [said.type for said in cases.said if said.aggregate_id.endswith(case_id(name))]


def test_the_earliest_start_counts_for_what_still_runs() -> None:
    cases = Cases().reported(complaint("A"), complaint("B", "1h"))
    cases.reported(taken("A", "merged", "65m", into="B")).deliver()
    assert cases.due("B") == at("2h")
    assert cases.due("B", "answer") == at("1d")


def test_a_merge_dated_before_the_other_was_received_counts_from_then() -> None:
    cases = Cases().reported(complaint("A"), taken("A", "merged", "30m", into="B"))
    cases.reported(complaint("B", "1h")).deliver()
    assert cases.due("B") == at("2h")


def test_the_loser_is_silent_from_then_on() -> None:
    cases = Cases().reported(complaint("A"), complaint("B"))
    cases.reported(taken("A", "merged", "1h", into="B")).deliver().when("9d")
    assert types(cases, "A") == [CaseClosed.TYPE, "dev.aftercare.case.merged.v1"]
    assert types(cases, "B").count(DeadlineBreached.TYPE) == 2


def test_what_the_loser_had_done_hands_nothing_over() -> None:
    cases = Cases().reported(complaint("A"), complaint("B", "1h"), taken("A", "contacted", "61m"))
    cases.reported(taken("A", "merged", "65m", into="B")).deliver()
    assert (cases.due("B"), cases.due("B", "answer")) == (at("3h"), at("1d"))


def test_a_verdict_already_frozen_stays() -> None:
    cases = Cases().reported(complaint("A"), complaint("B", "3h"), taken("B", "contacted", "4h"))
    before = [each for each in cases.standing("B").clocks if each.stopped_at]
    cases.reported(taken("A", "merged", "5h", into="B")).deliver()
    assert [each for each in cases.standing("B").clocks if each.stopped_at] == before
    assert cases.due("B", "answer") == at("1d")


def test_a_deadline_that_passes_by_merging_is_recorded_and_alarms_nobody_again() -> None:
    cases = Cases().reported(complaint("A")).when("2h")
    cases.reported(complaint("B", "3h"), taken("A", "merged", "200m", into="B")).deliver()
    breaches = [said.data for said in cases.said if said.type == DeadlineBreached.TYPE]
    assert ['"notified":true' in data for data in breaches] == [True, False]


def test_a_merge_reported_late_corrects_the_deadline() -> None:
    cases = Cases().reported(complaint("A"), complaint("B", "1h")).when("90m")
    late = taken("A", "merged", "61m", into="B")
    cases.now = at("100m")
    cases.reported(late).deliver()
    assert cases.due("B") == at("2h")


def test_chains_hand_over_what_they_were_handed() -> None:
    for order in ((0, 1), (1, 0)):
        merges = (
            taken("A", "merged", "70m", into="B"),
            taken("B", "merged", "80m", into="C"),
        )
        cases = Cases().reported(complaint("A"), complaint("B", "30m"), complaint("C", "1h"))
        cases.reported(*(merges[position] for position in order)).deliver()
        assert cases.due("C") == at("2h")
        assert cases.is_merged("A")
        assert cases.is_merged("B")


def test_what_is_merged_into_a_merged_case_goes_on_to_the_last() -> None:
    cases = Cases().reported(complaint("A"), complaint("B", "30m"), complaint("C", "1h"))
    cases.reported(taken("B", "merged", "70m", into="C")).deliver()
    assert cases.due("C") == at("2h 30m")
    cases.reported(taken("A", "merged", "80m", into="B")).deliver()
    assert cases.due("C") == at("2h")


def test_a_corrected_receipt_of_the_loser_moves_the_winner_s_deadline() -> None:
    cases = Cases().reported(complaint("A"), complaint("B", "1h"))
    cases.reported(taken("A", "merged", "65m", into="B")).deliver()
    cases.reported(complaint("A", "50m", version="2")).deliver()
    assert cases.due("B") == at("2h 50m")


def test_of_a_circle_the_latest_merge_is_refused_and_its_case_runs_on() -> None:
    cases = Cases().reported(*(complaint(name) for name in "ABC"))
    merges = [
        taken("A", "merged", "10m", into="B"),
        taken("B", "merged", "20m", into="C"),
        taken("C", "merged", "30m", into="A"),
    ]
    cases.reported(*merges).deliver()
    assert [cases.is_merged(name) for name in "ABC"] == [True, True, False]
    assert cases.refused("C") == ["merge_cycle"]
    assert StepRefused.TYPE in types(cases, "C")
    assert cases.due("C") == at("2h")


def test_a_circle_is_opened_when_the_merge_before_is_taken_back() -> None:
    cases = Cases().reported(complaint("A"), complaint("B"))
    cases.reported(taken("A", "merged", "10m", into="B"), taken("B", "merged", "20m", into="A"))
    cases.deliver()
    assert (cases.is_merged("A"), cases.refused("B")) == (True, ["merge_cycle"])
    cases.reported(taken("A", "unmerged", "30m")).deliver()
    assert (cases.is_merged("A"), cases.is_merged("B")) == (False, True)
    withdrawn = [said.about for said in cases.said if said.type == EscalationWithdrawn.TYPE]
    assert withdrawn[-1] == "refused/merged 20m"


def test_a_merge_into_itself_or_into_the_unknown_is_refused() -> None:
    given(filed(), step("merged", "1h", to=case_id("K-1"))).when("2h").then(
        *CONTACT_OVERDUE
    ).then_of_the_case("refused/merged 1h")
    case = given(filed(), step("merged", "1h", known=False)).when("2h").then(*CONTACT_OVERDUE)
    case.then_of_the_case("refused/merged 1h")
    case.reported(step("merged", "1h", version=2)).when("3h").then()
    assert {about.split("/")[0] for about in (each.about for each in case.decision.outputs)} == {
        "closed",
        "merged",
    }


def test_a_merge_taken_back_goes_on_where_the_clocks_stood() -> None:
    cases = Cases().reported(complaint("A"), complaint("B", "1h"))
    cases.reported(taken("A", "merged", "65m", into="B")).deliver()
    cases.reported(taken("A", "unmerged", "5h")).deliver()
    assert cases.due("A") == at("5h 55m")
    assert cases.due("B") == at("3h")
    assert not cases.is_merged("A")


def test_a_merged_case_that_is_reopened_stands_by_itself() -> None:
    cases = Cases().reported(complaint("A"), complaint("B", "1h"))
    cases.reported(taken("A", "merged", "65m", into="B")).deliver()
    cases.reported(taken("A", "reopened", "5h")).deliver()
    assert (cases.due("A"), cases.due("B")) == (at("7h"), at("3h"))


def test_a_senior_clock_cannot_be_lost_by_merging() -> None:
    cases = Cases().reported(complaint("A", severity="major"), complaint("B", "1h"))
    cases.reported(taken("A", "merged", "65m", into="B")).deliver()
    assert cases.due("B", "executive_answer") == at("2d")


NAMES = st.sampled_from("ABCD")
MERGES = st.lists(
    st.tuples(NAMES, NAMES, st.sampled_from(["merged", "merged", "unmerged"])), max_size=7
)


@for_all(MERGES, st.randoms(use_true_random=False))
def test_in_whatever_order_merges_are_told_the_same_cases_are_open(
    merges: list[tuple[str, str, str]], chance: Random
) -> None:
    """They come to rest, no circle of silent cases is left, and every start is kept."""
    events = [complaint(name, f"{number}m") for number, name in enumerate("ABCD")]
    for number, (name, into, kind) in enumerate(merges):
        when = f"{10 + number}m"
        if kind == "merged" and name != into:
            events.append(taken(name, "merged", when, into=into))
        elif kind == "unmerged":
            events.append(taken(name, "unmerged", when))
    outcomes = []
    for _ in range(2):
        cases = Cases()
        cases.now = at("1h")
        shuffled = list(events)
        chance.shuffle(shuffled)
        for event in shuffled:
            cases.reported(event)
            if chance.random() < 0.5:
                cases.deliver(lambda under_way: chance.randrange(len(under_way)))
        cases.deliver(lambda under_way: chance.randrange(len(under_way)))
        outcomes.append(
            {
                name: (cases.is_merged(name), None if cases.is_merged(name) else cases.due(name))
                for name in "ABCD"
            }
        )
    assert outcomes[0] == outcomes[1]
    still_open = [due for merged, due in outcomes[0].values() if not merged]
    assert still_open, "somebody answers for all of them"
    first_due = min(due for due in still_open if due is not None)
    assert first_due <= at("2h 3m")
    if all(kind == "merged" for _, _, kind in merges):
        assert first_due == at("2h"), "whoever answers for A does so from A's receipt on"
