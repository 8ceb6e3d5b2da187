"""From events to one write: whom its messages go to, what takes them back, how it is listed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.contracts.identifiers import customer_key
from shared.contracts.outputs import Withdrawal
from shared.contracts.scoring import GradeChanged, ScoreChanged, ScoreWithdrawn
from shared.decider.decider import Decider
from shared.decider.decision import (
    NOTHING_DUE,
    Announced,
    Announcement,
    AnyOutput,
    Decision,
    Listing,
    State,
)
from shared.platform.validate import to_event
from shared.runtime.aggregate import Aggregate
from shared.runtime.messages import to_record
from shared.runtime.plan import LARGE_BYTES, Change, Work, plan
from tests.polled import polled
from tests.shared.runtime.toy import DEALER, LISTED, START, TOY, ToyFacts, ToyPolicy, event, visit

ONE, TWO = (customer_key(DEALER, "dms", number) for number in ("1", "2"))
LATER = START + timedelta(hours=1)
Toy = Decider[ToyFacts, ToyPolicy]


def deciding(decision: Decision, decider: Toy = TOY) -> Toy:
    """The decider that always decides this."""

    def decide(_: ToyFacts, __: Announced, ___: ToyPolicy, ____: datetime) -> Decision:
        return decision

    return replace(decider, decide=decide)


def saying(*outputs: AnyOutput) -> Toy:
    return deciding(Decision(outputs))


def score(customer: str, points: int = 1) -> ScoreChanged:
    return ScoreChanged(
        customer_key=customer,
        dealer_id="/".join(customer.split("/")[:2]),
        score=points,
        value=points,
        loyalty=0,
        grade="general",
        reasons=(),
    )


def alarm(customer: str) -> GradeChanged:
    return GradeChanged(
        customer_key=customer,
        dealer_id=DEALER,
        before="general",
        after="quality",
        changed_at=START,
        score=1,
    )


def step(decider: Toy, before: Aggregate | None = None, number: int = 1) -> Change:
    """What follows from one more visit of customer 1."""
    change = plan(decider, ONE, before, Work(0, [event(visit(number))]), LATER).change
    assert change is not None
    return change


def sent(change: Change) -> list[tuple[bytes | None, str]]:
    """The key of each record, and whom its content names."""
    records = [to_record(TOY.name, message, TOY.writing) for message in change.messages]
    return [(found.key, json.loads(found.value or b"")["customer_key"]) for found in records]


def test_an_output_goes_to_the_customer_it_names() -> None:
    change = step(saying(State("ours", score(ONE)), State("theirs", score(TWO))))
    assert sent(change) == [(ONE.encode(), ONE), (TWO.encode(), TWO)]
    assert [message.key for message in change.messages] == [None, TWO]
    headers = dict(to_record(TOY.name, change.messages[1], TOY.writing).headers)
    assert (headers["ce_partitionkey"], headers["ce_dealerid"]) == (TWO.encode(), DEALER.encode())


def test_an_output_to_another_dealer_parks_the_aggregate() -> None:
    change = step(saying(State("theirs", score("sunrise/xuhui/dms/1"))))
    assert change.messages == ()
    assert str(change.after.parked and change.after.parked.reason).startswith("decide raised")


class Reaching(ScoreChanged):
    """May go to another dealer of the group."""

    ACROSS_DEALERS = True


def reaching(customer: str, **changes: Any) -> Reaching:
    return Reaching(**score(customer).model_dump() | changes)


def test_a_contract_may_go_to_another_dealer_of_the_group_and_be_taken_back_there() -> None:
    elsewhere = "sunrise/xuhui/dms/1"
    writes = (Reaching, ScoreWithdrawn)
    change = step(replace(saying(State("theirs", reaching(elsewhere))), writes=writes))
    assert sent(change) == [(elsewhere.encode(), elsewhere)]
    headers = dict(to_record(TOY.name, change.messages[0], TOY.writing).headers)
    assert headers["ce_dealerid"] == b"sunrise/xuhui"
    taken_back = step(replace(saying(), writes=writes), change.after, 2)
    assert sent(taken_back) == [(elsewhere.encode(), elsewhere)]
    assert json.loads(taken_back.messages[0].data)["dealer_id"] == "sunrise/xuhui"
    read = to_event(polled(to_record(TOY.name, taken_back.messages[0], TOY.writing)), TOY.writing)
    assert read is not None
    assert (read.key, read.dealer_id) == (elsewhere, "sunrise/xuhui")


@pytest.mark.parametrize(
    "output",
    [reaching("moon/xuhui/dms/1"), reaching("sunrise/xuhui/dms/1", dealer_id=DEALER)],
    ids=["another group", "another dealer than it names"],
)
def test_but_to_no_other_group_and_under_no_other_name(output: Reaching) -> None:
    change = step(replace(saying(State("theirs", output)), writes=(Reaching, ScoreWithdrawn)))
    assert change.messages == ()
    assert str(change.after.parked and change.after.parked.reason).startswith("decide raised")


def test_what_takes_an_output_back_goes_where_that_went() -> None:
    outputs = (Announcement("sealed", alarm(TWO)), State("state", score(TWO)))
    before = step(saying(*outputs)).after
    assert sent(step(saying(), before, 2)) == [(TWO.encode(), TWO)] * 2


def test_a_subject_that_was_forgotten_goes_on_above_its_last_sequence() -> None:
    """All in one millisecond, as of an instance whose clock is behind the last one."""
    ended = State("ours", score(ONE, points=1), forget_at=LATER + timedelta(days=1))
    history = Decision((), is_history=lambda _: True)
    first = step(saying(ended))
    again = step(saying(replace(ended, content=score(ONE, points=2))), first.after, 2)
    forgotten = step(deciding(history), again.after, 3)
    assert "ours" not in forgotten.after.emitted
    anew = step(saying(State("ours", score(ONE, points=3))), forgotten.after, 4)
    sequences = [message.sequence for each in (first, again, anew) for message in each.messages]
    assert sequences == sorted(set(sequences))


def test_a_contract_says_itself_what_takes_it_back() -> None:
    class Explained(Withdrawal):
        TYPE = "dev.aftercare.toy.withdrawn.v1"
        TOPIC = GradeChanged.TOPIC
        because: str

    class Explaining(GradeChanged):
        WITHDRAWAL = Explained

        @classmethod
        def withdrawal(
            cls, *, aggregate_id: str, about: str, at: datetime, sealed: Mapping[str, Any] | None
        ) -> Withdrawal:
            return Explained(
                customer_key=ONE,
                dealer_id=DEALER,
                about=about,
                withdrawn_at=at,
                because=f"{(sealed or {})['after']} no more",
            )

    output = Announcement("alarm", Explaining(**alarm(ONE).model_dump()))
    writes = (Explaining, Explained)
    before = step(replace(saying(output), writes=writes)).after
    [message] = step(replace(saying(), writes=writes), before, 2).messages
    assert message.type == Explained.TYPE
    assert json.loads(message.data)["because"] == "quality no more"


def listing(**changes: Any) -> Listing:
    return replace(Listing(START, LATER, {"severity": "high"}), **changes)


def test_a_listing_that_changes_is_written_and_nothing_is_said() -> None:
    before = step(deciding(Decision(listing=listing()))).after
    assert before.listing == listing()
    work, closed = Work(0, audit=True), deciding(Decision(listing=listing(deadline=None)))
    change = plan(closed, ONE, before, work, LATER).change
    assert change is not None
    assert (change.after.listing, change.listing_before) == (listing(deadline=None), listing())
    assert (change.after.version, change.messages) == (before.version + 1, ())
    assert plan(closed, ONE, change.after, work, LATER).change is None


def test_a_listing_is_as_it_comes_back_from_the_database() -> None:
    tally = {"steps": ("a", "b"), "n": {1: 2}}
    for_ever = NOTHING_DUE + timedelta(days=300)
    decided = listing(deadline=for_ever, tally=tally)
    stored = step(deciding(Decision(listing=decided))).after.listing
    assert stored == listing(deadline=NOTHING_DUE, tally={"steps": ["a", "b"], "n": {"1": 2}})


def test_a_listing_that_cannot_be_stored_parks_the_aggregate_and_leaves_the_old() -> None:
    before = step(deciding(Decision(listing=listing()))).after
    bad: Sequence[Any] = (START, float("nan"))
    for value in bad:
        change = step(deciding(Decision(listing=listing(tally={"x": value}))), before, 2)
        assert change.after.parked is not None
        assert change.after.listing == listing()


def test_without_an_audit_what_is_not_due_is_not_decided() -> None:
    before = step(LISTED).after
    other = deciding(Decision(listing=listing()))
    assert plan(other, ONE, before, Work(0), LATER).change is None
    assert plan(LISTED, ONE, before, Work(0, audit=True), LATER).change is None
    assert plan(other, ONE, before, Work(0, audit=True), LATER).change is not None


class PerDealer(ToyPolicy):
    """Points for all, and for single dealers."""

    of_dealers: Mapping[str, int] = {}

    def version_for(self, dealer_id: str) -> str:
        return f"{self.of_dealers.get(dealer_id, self.points)}"


def by(of_dealers: Mapping[str, int]) -> Toy:
    return replace(TOY, policy=PerDealer(of_dealers=of_dealers))


def test_an_aggregate_has_the_policy_version_of_its_dealer() -> None:
    before = step(by({})).after
    assert before.policy_version == "10"
    assert plan(by({"sunrise/xuhui": 20}), ONE, before, Work(0), LATER).change is None
    change = plan(by({DEALER: 20}), ONE, before, Work(0), LATER).change
    assert change is not None
    assert change.after.policy_version == "20"


def _newest_alone(facts: ToyFacts, policy: ToyPolicy) -> ToyFacts:
    """Sets aside all but one."""
    newest = max(facts.visits)
    return facts if len(facts.visits) == 1 else ToyFacts(visits={newest: facts.visits[newest]})


def taken_in(before: Aggregate | None, number: int, *, size: int = 900) -> Aggregate:
    """With one more visit, and nothing decided as more is waiting."""
    events = [event(visit(number))._replace(size=size)]
    change = plan(SETTING_ASIDE, ONE, before, Work(0, events, read_until=None), LATER).change
    assert change is not None
    return change.after


SETTING_ASIDE = replace(TOY, condense=_newest_alone)


def test_what_is_little_is_set_aside_when_it_is_decided_not_when_it_is_taken_in() -> None:
    both = taken_in(taken_in(None, 1), 2)
    assert len(ToyFacts.model_validate_json(both.facts).visits) == 2
    decided = plan(SETTING_ASIDE, ONE, both, Work(0), LATER).change
    assert decided is not None
    assert len(ToyFacts.model_validate_json(decided.after.facts).visits) == 1


def test_what_is_large_is_set_aside_at_once() -> None:
    one = taken_in(None, 1)
    large = replace(one, facts=one.facts + " " * LARGE_BYTES)
    for both in (taken_in(one, 2, size=LARGE_BYTES), taken_in(large, 2)):
        assert len(ToyFacts.model_validate_json(both.facts).visits) == 1
