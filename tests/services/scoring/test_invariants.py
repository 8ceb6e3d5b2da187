"""What must always hold in scoring, whatever the customer's story and however it is told."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given as always

from services.scoring.domain.awards import Awards, Points
from services.scoring.domain.course import course, walk
from services.scoring.domain.decide import about, decide
from services.scoring.domain.facts import ScoringFacts, join
from services.scoring.domain.history import history
from services.scoring.domain.points import points
from services.scoring.domain.policy import ScoringPolicy
from services.scoring.domain.reasons import parts, reasons
from services.scoring.domain.rules import TABLE
from shared.contracts.envelope import Event
from shared.contracts.scoring import MOST_DOCUMENTS, Grade, ScoreChanged
from tests.invariants import DeciderInvariants
from tests.services.scoring.given import DECIDER, POLICY, given
from tests.services.scoring.stories import DAYS, END, START, documents, moments, stories


class TestInvariants(DeciderInvariants[ScoringFacts, ScoringPolicy]):
    decider = DECIDER
    stories = stories()
    moments = moments
    start, end = START, END
    other_policy = ScoringPolicy(value_is_high_from=25, loyalty_is_high_from=15, margin=0)


@always(stories(), moments)
def test_a_score_is_the_sum_of_its_explained_parts(story: list[Event[Any]], now: datetime) -> None:
    for output in decide(given(*story).facts, {}, POLICY, now).outputs:
        score = output.content
        if isinstance(score, ScoreChanged):
            of = {
                axis: sum(reason.points for reason in score.reasons if reason.axis == axis)
                for axis in ("value", "loyalty")
            }
            assert (score.value, score.loyalty) == (of["value"], of["loyalty"])
            assert score.score == score.value + score.loyalty
            assert all(reason.count > 0 for reason in score.reasons)


@always(stories())
def test_a_rule_that_is_not_asked_would_have_given_nothing(story: list[Event[Any]]) -> None:
    documents = given(*story).facts.documents
    asked: list[Points] = []
    for name, rule in POLICY.by_name.items():
        TABLE[name].give(history(documents), POLICY, Awards(name, rule, asked))
    assert points(documents, POLICY) == asked


def naive_changes(given_points: list[Points], until: datetime) -> list[tuple[datetime, Grade]]:
    """The grade from each instant on, every instant reckoned from scratch."""
    grades: list[tuple[datetime, Grade]] = []
    high = {"value": False, "loyalty": False}
    thresholds = {"value": POLICY.value_is_high_from, "loyalty": POLICY.loyalty_is_high_from}
    instants = {point.since for point in given_points} | {point.until for point in given_points}
    for instant in sorted(instants):
        if instant > until:
            break
        now = [point for point in given_points if point.since <= instant < point.until]
        for axis in ("value", "loyalty"):
            total = sum(
                rule.within_limits(sum(point.points for point in now if point.rule == name))
                for name, rule in POLICY.by_name.items()
                if rule.axis == axis
            )
            low = thresholds[axis] - POLICY.margin
            high[axis] = total >= low if high[axis] else total >= thresholds[axis]
        grade: Grade = ("general", "potential", "quality")[sum(high.values())]
        if not grades or grades[-1][1] != grade:
            grades.append((instant, grade))
    return grades


@always(stories(), moments)
def test_the_walk_finds_the_grades_that_plain_reckoning_finds(
    story: list[Event[Any]], now: datetime
) -> None:
    reckoned = points(given(*story).facts.documents, POLICY)
    changes = walk(reckoned, POLICY, now).changes
    assert [(change.at, change.after) for change in changes] == naive_changes(reckoned, now)[1:]


@always(stories(), documents(), moments)
def test_history_that_arrives_later_takes_back_only_what_it_disproves(
    story: list[Event[Any]], late: Event[Any], now: datetime
) -> None:
    before = given(*story).facts
    arrival = Event(
        id=late.id,
        key=late.key,
        dealer_id=late.dealer_id,
        recorded_at=START + timedelta(days=DAYS + 2000),
        data=late.data.model_copy(update={"document_id": "sunrise/pudong/cdk/other/1"}),
    )
    after = join(before, [arrival])
    way = course(after.documents, POLICY, now)
    still_true = {about(change) for change in way.every_change}
    told = {output.about for output in decide(before, {}, POLICY, now).outputs} - {"score"}
    told_after = {output.about for output in decide(after, {}, POLICY, now).outputs} - {"score"}
    assert told_after == told & still_true


@always(stories(), moments)
def test_the_moments_of_a_course_lead_from_each_to_the_next(
    story: list[Event[Any]], now: datetime
) -> None:
    documents = given(*story).facts.documents
    in_full = course(documents, POLICY, now, in_full=True)
    brief = course(documents, POLICY, now)
    assert not brief.moments
    assert (brief.tally, brief.changes) == (in_full.tally, in_full.changes)
    assert [moment.at for moment in in_full.moments] == sorted(
        {moment.at for moment in in_full.moments}
    )
    for moment in in_full.moments:
        then = course(documents, POLICY, moment.at).tally
        assert (moment.value, moment.loyalty) == (then.value, then.loyalty)
        assert (moment.grade, moment.score) == (then.grade, then.value + then.loyalty)


@always(stories(), moments)
def test_the_parts_of_a_reason_sum_to_it_down_to_each_document(
    story: list[Event[Any]], now: datetime
) -> None:
    facts = given(*story).facts
    way = course(facts.documents, POLICY, now)
    told = {reason.rule: reason for reason in reasons(way, POLICY)}
    by_rule = parts(way)
    assert list(told) == list(by_rule)
    for rule, of_a_rule in by_rule.items():
        assert sum(part.points for part in of_a_rule) == told[rule].points
        named = [part.document_id for part in of_a_rule if part.document_id is not None]
        assert tuple(named[:MOST_DOCUMENTS]) == told[rule].documents
        assert len(named) == len(told[rule].documents) + told[rule].more_documents
        held = {key.removesuffix("/standing").removesuffix("/purchase") for key in facts.versions()}
        assert {*named} <= held
