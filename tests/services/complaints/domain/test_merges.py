"""Merging cases: the earliest start, chains, circles, and taking it back."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random

from hypothesis import example
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.complaints.domain import facts
from services.complaints.domain.facts import CaseEvent, CaseFacts
from services.complaints.domain.merges import handed_to, merges_known
from shared.contracts.complaints import (
    CaseClosed,
    CaseMerged,
    CaseMergeWithdrawn,
    DeadlineBreached,
    EscalationWithdrawn,
    StepRefused,
)
from shared.contracts.subjects import ABOUT_THE_STANDING
from tests.services.complaints.given import (
    CUSTOMER,
    OTHER_CASE,
    OTHER_CUSTOMER,
    abouts,
    absorbed,
    at,
    filed,
    given,
    step,
)
from tests.services.complaints.several import Cases, case_id, complaint, gone, taken

CONTACT_OVERDUE = ("warning/contact/1", "breach/contact/1")


def types(cases: Cases, name: str) -> list[str]:
    """What was said of a case, in order, besides how it stands."""
    return [
        said.type
        for said in cases.said
        if said.aggregate_id.endswith(case_id(name)) and said.about != ABOUT_THE_STANDING
    ]


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
    assert {about.split("/")[0] for about in abouts(case.decision)} == {
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


def merge_with_corrections() -> list[CaseEvent]:
    """A is merged into B into C; then A and B turn out to be other customers', and A is older.

    As intake tells it: under the old key what is gone, under the new one the same anew, and of
    the merges where the other case is to be found by now.
    """
    a, b = complaint("A", "10m"), complaint("B", "20m")
    merge = taken("A", "merged", "65m", into="B")
    onward = taken("B", "merged", "70m", into="C")
    return [
        a,
        b,
        complaint("C", "30m"),
        merge,
        onward,
        # A is of another customer
        gone(a, version=2),
        complaint("A", "10m", of="A2", version="2"),
        gone(merge, version=2),
        taken("A", "merged", "65m", into="B", of="A2", version=2),
        # so is B
        gone(b, version=2),
        complaint("B", "20m", of="B2", version="2"),
        taken("A", "merged", "65m", into="B", into_of="B2", of="A2", version=3),
        gone(onward, version=2),
        taken("B", "merged", "70m", into="C", of="B2", version=2),
        # A was received earlier
        complaint("A", "0s", of="A2", version="3"),
    ]


def told_in_order(events: Sequence[CaseEvent]) -> Cases:
    cases = Cases()
    for event in events:
        cases.reported(event).deliver()
    return cases.when("90m")


def what_cases_know(cases: Cases) -> dict[str, tuple[object, ...]]:
    """Of each aggregate: what it was handed, the merges into it, and what it says now."""
    known = {id_: CaseFacts.model_validate_json(each.facts) for id_, each in cases.known.items()}
    return {
        id_: (
            handed_to(facts),
            merges_known(facts),
            {about for about, said in cases.known[id_].emitted.items() if not said.withdrawn},
        )
        for id_, facts in known.items()
    }


def test_a_merge_survives_the_correction_of_both_customers() -> None:
    cases = told_in_order(merge_with_corrections())
    assert cases.is_merged("A", of="A2")
    assert cases.is_merged("B", of="B2")
    assert cases.due("C") == at("2h")


@for_all(st.randoms(use_true_random=False))
def test_in_whatever_order_customers_are_corrected_the_merge_stands(chance: Random) -> None:
    """Also where what the old customer's aggregate takes back comes last of all."""
    events = merge_with_corrections()
    in_order = what_cases_know(told_in_order(events))
    cases = Cases()
    cases.now = at("80m")
    cases.under_way.extend(events)

    def any_of(under_way: Sequence[CaseEvent]) -> int:
        cases.now += timedelta(milliseconds=chance.choice([0, 0, 1, 1000]))
        return chance.randrange(len(under_way))

    cases.deliver(any_of).when("90m")
    assert what_cases_know(cases) == in_order


def test_a_merge_told_before_messages_named_their_speaker_still_counts_and_is_taken_back() -> None:
    """Its key is the one of that time: it hands over until it is withdrawn, under the same."""
    told = absorbed({"contact": "-30m"}, "10m")
    assert isinstance(told.data, CaseMerged)
    old = {"merged_customer_key": None, "about": "merged/3f0b6a9d2c41e587"}
    data = told.data.model_copy(update=old)
    sealed = data.model_dump(mode="json", exclude={"merged_customer_key"})
    case = given(filed(), told._replace(data=data)).when("80m").next_due("90m")
    withdrawn = CaseMerged.withdrawal(
        aggregate_id=f"{OTHER_CUSTOMER}|{OTHER_CASE}", about=data.about, at=at("1h"), sealed=sealed
    )
    assert isinstance(withdrawn, CaseMergeWithdrawn)
    assert withdrawn.customer_key == CUSTOMER
    taken_back: CaseEvent = told._replace(data=withdrawn, sequence=2)
    assert facts.aggregate_id(taken_back) == facts.aggregate_id(told)
    case.reported(taken_back).when("95m").next_due("2h")


NAMES = st.sampled_from("ABCD")
MERGES = st.lists(
    st.tuples(NAMES, NAMES, st.sampled_from(["merged", "merged", "unmerged"])), max_size=7
)


def away(cases: Cases, name: str) -> timedelta:
    """How long a case was merged into others before it came back."""
    times = (hold.end - hold.start for hold in cases.standing(name).course.merged_away if hold.end)
    return sum(times, timedelta())


@for_all(MERGES, st.randoms(use_true_random=False))
@example(
    [
        ("A", "B", "merged"),
        ("B", "A", "merged"),
        ("C", "A", "merged"),
        ("D", "A", "merged"),
        ("A", "A", "unmerged"),
    ],
    Random(0),
)
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
    for number, name in enumerate("ABCD"):
        if not cases.is_merged(name):  # while it was away itself, none of its clocks ran
            due = cases.due(name)
            assert due is not None
            assert due <= at(f"2h {number}m") + away(cases, name), "no start is lost"
    if all(kind == "merged" for _, _, kind in merges):
        assert first_due == at("2h"), "whoever answers for A does so from A's receipt on"


def test_a_breach_that_a_merge_moves_tells_who_was_told_of_it() -> None:
    case = given(filed()).when("2h").then(*CONTACT_OVERDUE)
    case.reported(absorbed({"contact": "-30m"}, "2h 10m")).when("2h 10m").then(*CONTACT_OVERDUE)
    case.then_anew(*CONTACT_OVERDUE)
    assert case.breach("breach/contact/1").due_at == at("90m")
    assert case.breach("breach/contact/1").notified
    assert not case.warning("warning/contact/1").notified
