"""Which answers become complaints, what intake is told of them, and what takes them back."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given as always
from hypothesis import strategies as some

from services.followup.domain.decide import decide
from services.followup.domain.facts import FollowUpFacts
from services.followup.domain.filings import REMEMBERED
from services.followup.domain.policy import FollowUpPolicy
from shared.contracts.feeds import ComplaintReported
from shared.contracts.followup import ReportMade, ReportWithdrawn
from shared.contracts.identifiers import document_key, vin_key
from shared.contracts.subjects import FiledSubject, digest_of
from shared.decider.decision import Announcement
from shared.decider.digests import Horizon
from tests.services.followup.given import CAR, CUSTOMER, DEALER, POLICY, document_id
from tests.services.followup.given_surveys import ANSWERED, answered, known_of, moved_away

SOON = ANSWERED + timedelta(seconds=1)
NEVER = FollowUpPolicy(complaint_at_most=None)
STRICT = FollowUpPolicy(complaint_at_most=6)
ABOUT = str(FiledSubject(document_id("survey", "S1"), digest_of(ANSWERED, ANSWERED)))


def filed(
    facts: FollowUpFacts,
    *,
    policy: FollowUpPolicy = POLICY,
    now: Any = SOON,
) -> dict[str, ReportMade]:
    """What is reported, by what it is about."""
    outputs = decide(facts, {}, policy, now).outputs
    contents = {each.about: each.content for each in outputs if isinstance(each, Announcement)}
    return {about: told for about, told in contents.items() if isinstance(told, ReportMade)}


def report(facts: FollowUpFacts, **more: Any) -> ComplaintReported:
    """The one complaint, as intake reads it."""
    (made,) = filed(facts, **more).values()
    return ComplaintReported.model_validate(made.data)


@pytest.mark.parametrize(
    ("overall", "policy", "is_filed"),
    [
        (0, POLICY, True),
        (3, POLICY, True),
        (3.1, POLICY, False),
        (10, POLICY, False),
        (0, NEVER, False),
        (6, STRICT, True),
        (6.1, STRICT, False),
        (0, FollowUpPolicy(complaint_at_most=0), True),
        (0.1, FollowUpPolicy(complaint_at_most=0), False),
    ],
)
def test_an_answer_past_the_limit_is_filed(
    overall: float, policy: FollowUpPolicy, is_filed: bool
) -> None:
    assert bool(filed(known_of(S1=answered(overall)), policy=policy)) == is_filed


def test_what_intake_is_told() -> None:
    told = report(
        known_of(S1=answered(2.5, about_id=document_id("visit", "RO%201"), channel="app"))
    )
    assert (told.source, told.dealer_id, told.category) == ("followup", DEALER, "survey")
    assert (told.channel, told.severity, told.status) == ("app", "normal", "open")
    assert (told.received_at, told.related_ro_no) == (ANSWERED, "RO 1")
    assert told.customer is not None
    assert told.customer.customer_key == CUSTOMER
    assert told.narrative is not None
    assert "S1: overall answer 2.5 of 10" in told.narrative


def test_of_a_sale_and_of_an_unknown_channel() -> None:
    told = report(known_of(S1=answered(1, survey="ssi", about_id=document_id("sale", "D1"))))
    assert (told.related_ro_no, told.related_deal_no, told.channel) == (None, "D1", "phone")
    assert "Sales satisfaction" in (told.narrative or "")


@pytest.mark.parametrize(
    ("key", "vin"),
    [(vin_key(DEALER, "cdk", CAR), CAR), (document_key(DEALER, "cdk", "K 1"), None)],
)
def test_of_a_car_alone_or_of_nobody(key: str, vin: str | None) -> None:
    told = report(known_of(key, S1=answered(1)))
    assert told.customer is None
    assert (told.vehicle.vin if told.vehicle else None) == vin


def test_a_survey_typed_in_later_is_received_then() -> None:
    typed_in = ANSWERED + timedelta(days=2)
    told = report(known_of(S1=answered(2, late=typed_in)), now=typed_in + timedelta(seconds=1))
    assert (told.received_at, told.occurred_at) == (typed_in, ANSWERED)


@pytest.mark.parametrize(("days", "is_filed"), [(7, True), (8, False), (400, False)])
def test_imported_history_files_nothing(days: int, is_filed: bool) -> None:
    imported = ANSWERED + timedelta(days=days)
    facts = known_of(S1=answered(0, late=imported))
    assert bool(filed(facts, now=imported + timedelta(seconds=1))) == is_filed


@pytest.mark.parametrize("now", [answered(9, version="2"), moved_away()])
def test_an_answer_that_is_no_longer_there_is_filed_no_longer(now: Any) -> None:
    assert not filed(known_of(S1=now))


def test_another_time_of_the_answer_is_another_case() -> None:
    (first,) = filed(known_of(S1=answered(1))).values()
    (other,) = filed(known_of(S1=answered(1, on=ANSWERED - timedelta(hours=1)))).values()
    assert first.data["case_no"] != other.data["case_no"]


def test_each_answer_is_a_case_of_its_own_and_so_is_each_customer_s() -> None:
    facts = known_of(S1=answered(1), S2=answered(2))
    other = known_of(f"{DEALER}/cdk/C2", S1=answered(1))
    made = [*filed(facts).values(), *filed(other).values()]
    assert len({each.data["case_no"] for each in made}) == 3
    again = filed(known_of(S1=answered(0, version="3")), now=SOON + timedelta(days=1))
    assert again[ABOUT].data["case_no"] == made[0].data["case_no"]


def test_taking_it_back_voids_the_same_case_in_a_newer_version() -> None:
    (made,) = filed(known_of(S1=answered(1))).values()
    later = SOON + timedelta(hours=3)
    gone = ReportMade.withdrawal(
        aggregate_id=CUSTOMER, about=ABOUT, at=later, sealed=made.model_dump(mode="json")
    )
    assert isinstance(gone, ReportWithdrawn)
    told = ComplaintReported.model_validate(gone.data)
    before = ComplaintReported.model_validate(made.data)
    assert told == before.model_copy(update={"status": "voided"})
    assert gone.reports == made.reports == ComplaintReported.TYPE


def test_it_is_remembered_for_a_month_and_then_neither_filed_nor_taken_back() -> None:
    facts = known_of(S1=answered(1))
    last = ANSWERED + REMEMBERED - timedelta(milliseconds=1)
    assert filed(facts, now=last)
    assert not filed(facts, now=ANSWERED + REMEMBERED)
    (output,) = decide(facts, {}, POLICY, last).outputs
    assert output.forget_at == ANSWERED + REMEMBERED


def test_a_survey_that_is_set_aside_is_history_and_its_complaint_stands() -> None:
    policy = FollowUpPolicy(horizon=Horizon(documents=1))
    facts = known_of(S1=answered(1), S2=answered(9, on=ANSWERED + timedelta(hours=1)))
    decision = decide(facts, {}, policy, SOON + timedelta(hours=2))
    assert ABOUT not in [output.about for output in decision.outputs]
    assert decision.is_history(ABOUT)
    assert not decide(known_of(S1=moved_away()), {}, POLICY, SOON).is_history(ABOUT)


@always(some.lists(some.integers(0, 100), max_size=6), some.integers(0, 10))
def test_exactly_the_answers_up_to_the_limit_are_filed(answers: list[int], limit: int) -> None:
    surveys = {f"S{number}": answered(each / 10) for number, each in enumerate(answers)}
    made = filed(known_of(**surveys), policy=FollowUpPolicy(complaint_at_most=limit))
    low = {number for number, each in surveys.items() if each.overall <= limit * 10}
    assert {about.rpartition("/")[2] for about in made} == low
