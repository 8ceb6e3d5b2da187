"""What followup keeps of a customer's scores: when they are expected next, grade and risk."""

from typing import Any

import pytest
from hypothesis import given as always
from hypothesis import strategies as some

from services.followup.domain.decide import condense, decide
from services.followup.domain.facts import FollowUpFacts, join
from shared.contracts.envelope import Event
from shared.decider.digests import Horizon
from tests.services.followup.given import (
    POLICY,
    at,
    expected,
    given,
    scored,
    unscored,
    visit,
)

VISIT = visit("2025-04-20", "R1")
SAID = expected("2025-08-15", "2025-04-20", 3)
OTHER = expected("2025-09-15", "2025-04-20", 5)


def test_a_score_that_says_nothing_new_of_the_next_visit_changes_nothing() -> None:
    facts = condense(join(FollowUpFacts(), [VISIT, SAID]), POLICY)
    for again in (SAID, expected("2025-08-15", "2025-04-20", 4, score=12)):
        assert join(facts, [again]) is facts


@pytest.mark.parametrize("later", [unscored(4), scored(4)])
def test_an_older_score_that_comes_after_all_others_does_not_count(later: Event[Any]) -> None:
    """Be the first word that was read that there is no score: it is remembered as of when."""
    facts = condense(join(FollowUpFacts(), [VISIT, later]), POLICY)
    assert join(facts, [SAID]) is facts
    assert join(facts, [unscored(3)]) is facts


def test_that_there_is_no_score_is_written_down_once() -> None:
    facts = condense(join(FollowUpFacts(), [VISIT, unscored(3)]), POLICY)
    assert join(facts, [unscored(4)]) is facts


@pytest.mark.parametrize(
    ("again", "is_news"),
    [
        (scored(4), False),
        (scored(4, score=12), False),
        (scored(4, grade="potential"), True),
        (scored(4, risk="active"), True),
        (scored(4, risk="due", risk_since="2025-03-01"), True),
        (expected("2025-08-15", "2025-04-20", 4), True),
        (expected("2025-08-15", "2025-04-20", 4, basis="default"), False),
        (unscored(4), True),
    ],
)
def test_a_score_is_news_if_grade_risk_or_next_visit_is(again: Event[Any], is_news: bool) -> None:
    facts = condense(join(FollowUpFacts(), [VISIT, scored(3)]), POLICY)
    assert (join(facts, [again]) is not facts) == is_news


def test_of_who_is_active_it_is_no_news_since_when() -> None:
    """Each visit would be."""
    facts = join(FollowUpFacts(), [scored(3, risk="active", risk_since="2025-03-01")])
    again = scored(4, risk="active", risk_since="2025-04-20")
    assert join(facts, [again]) is facts
    lost = join(facts, [scored(4, risk="lost", risk_since="2025-03-01")])
    assert join(lost, [scored(5, risk="lost", risk_since="2025-04-20")]) is not lost


def test_what_was_taken_back_stays_so_when_it_is_repeated() -> None:
    facts = condense(join(FollowUpFacts(), [VISIT, SAID, scored(4)]), POLICY)
    assert join(facts, [SAID]) is facts
    assert join(facts, [scored(6)]) is facts
    assert join(facts, [OTHER]) is not facts


def test_however_many_scores_there_are_one_fact_is_kept() -> None:
    facts = FollowUpFacts()
    for number in range(1, 50):
        said = expected("2025-08-15", f"2025-04-{number % 28 + 1:02d}", number)
        facts = condense(join(facts, [said]), POLICY)
    assert len(facts.versions()) == 1


def test_the_invitation_moves_to_the_day_that_scoring_says() -> None:
    story = given(visit("2025-04-20", "R1")).when("2025-05-01")
    story.reported(SAID).when("2025-08-01 08:59").then(
        "service_satisfaction/R1 expired: window passed"
    )
    story.when("2025-08-01 09:00").then(
        "service_satisfaction/R1 expired: window passed", "next_service/R1 open"
    )
    assert story.of_kind("next_service").due_at == at("2025-08-15 18:00")


def score(on: str | None, sequence: int) -> Event[Any]:
    """When they are expected by it; None: it does not say."""
    if on == "withdrawn":
        return unscored(sequence)
    return scored(sequence) if on is None else expected(on, "2025-04-20", sequence)


topics = some.lists(
    some.sampled_from(["2025-08-15", "2025-09-15", "2025-10-15", None, "withdrawn"]), max_size=6
).map(lambda said: [score(on, number) for number, on in enumerate(said, start=1)])


@always(topics, some.data())
def test_in_the_order_of_their_topic_scores_may_come_in_any_parts_and_again(
    topic: list[Event[Any]], data: some.DataObject
) -> None:
    """As after a crash: what was read last is read again, from some record on."""
    once = join(FollowUpFacts(), [VISIT, *topic])
    facts, read = FollowUpFacts(), 0
    for until in [*sorted(data.draw(some.lists(some.integers(0, len(topic))))), len(topic)]:
        begin = data.draw(some.integers(0, read))
        visited = data.draw(some.sampled_from([(), (VISIT,)]))
        facts = condense(join(facts, [*visited, *topic[begin:until]]), POLICY)
        read = until
    facts = join(facts, [VISIT])
    now = at("2025-08-20")
    assert decide(facts, {}, POLICY, now).outputs == decide(once, {}, POLICY, now).outputs


DAY = 86_400_000


def test_an_older_word_that_comes_late_does_not_count_however_little_was_new_since() -> None:
    """Such as a dead letter that is replayed, after a score that said what was known before it."""
    known = join(FollowUpFacts(), [VISIT, expected("2025-08-15", "2025-04-20", DAY)])
    for since in (expected("2025-08-15", "2025-04-20", 4 * DAY), scored(4 * DAY)):
        late = [expected("2025-09-15", "2025-04-20", 2 * DAY), scored(3 * DAY)]
        facts = join(known, [since])
        for each in late:
            assert join(facts, [each]) is facts


def test_the_same_word_is_written_down_once_a_day_at_most() -> None:
    said = [VISIT, expected("2025-08-15", "2025-04-20", DAY)]
    facts, written = condense(join(FollowUpFacts(), said), POLICY), 0
    for hour in range(1, 97):
        again = expected("2025-08-15", "2025-04-20", DAY + hour * DAY // 24)
        after = condense(join(facts, [again]), POLICY)
        written += after is not facts
        facts = after
    assert written == 4


far_apart = some.lists(
    some.sampled_from(["2025-08-15", "2025-09-15", None, "withdrawn"]), min_size=1, max_size=6
)


@always(far_apart, some.data())
def test_scores_of_different_days_come_to_the_same_in_any_order(
    said: list[str | None], data: some.DataObject
) -> None:
    first = expected("2025-10-15", "2025-04-20", DAY)
    topic = [score(on, (number + 2) * DAY) for number, on in enumerate(said)]
    shuffled = data.draw(some.permutations(topic))
    now = at("2025-08-20")
    found = []
    for order in (topic, shuffled):
        facts = join(FollowUpFacts(), [VISIT, first])
        for each in order:
            facts = condense(join(facts, [each]), POLICY)
        found.append(decide(facts, {}, POLICY, now).outputs)
    assert found[0] == found[1]


def test_it_is_looked_at_however_many_documents_there_are() -> None:
    few = POLICY.model_copy(update={"horizon": Horizon(documents=1)})
    orders = [visit(f"2025-{month:02d}-20", f"R{month}") for month in range(1, 5)]
    facts = condense(join(FollowUpFacts(), [*orders, SAID]), few)
    [task] = [
        output
        for output in decide(facts, {}, few, at("2025-08-02")).outputs
        if output.about.startswith("next_service")
    ]
    assert task.about.endswith("R4")
