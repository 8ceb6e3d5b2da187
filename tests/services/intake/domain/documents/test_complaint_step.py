"""A step on a complaint: where it is, and what it names."""

from datetime import timedelta

import pytest

from services.intake.domain.decide import decide
from shared.contracts.intake import ComplaintStepTaken
from tests.services.intake.given import (
    NOW,
    PUDONG,
    at,
    complaint,
    key,
    merge,
    only_of,
    reported,
    step,
    submitted,
    target,
)

CASE = f"{PUDONG}/cdk/complaint/K1"


def test_a_step_knows_its_complaint_and_waits_under_its_number() -> None:
    asked = submitted("complaint-step", merge())
    assert asked.parent == f"{PUDONG}/cdk/complaint/K1"
    told = asked.messages["customer"]
    assert isinstance(told, ComplaintStepTaken)
    assert told.customer_key == f"{PUDONG}/cdk/doc/K1"
    assert told.merged_into == f"{PUDONG}/cdk/complaint/K2"
    assert told.merged_into_key is None, "K2 is not known"


@pytest.mark.parametrize("noun", ["merged", "unmerged"])
def test_a_merge_is_at_its_complaint_and_names_the_customer_of_the_other(noun: str) -> None:
    case, other = (
        decide(None, submitted("complaint", data), received_at=NOW).row
        for data in (complaint(), target())
    )
    told = submitted("complaint-step", merge(step=noun)).under(case, other).messages["customer"]
    assert isinstance(told, ComplaintStepTaken)
    assert (told.customer_key, told.merged_into_key) == (key("C1"), key("C2"))


def test_references_meet_however_their_numbers_are_written() -> None:
    filed = submitted("complaint", complaint(case_no="Ｋ  Ä"))
    follows = submitted("complaint-step", step(case_no="K A\u0308"))
    leads = submitted("complaint-step", merge(case_no="K9", merged_into="K\u3000Ä"))
    assert filed.document_id == follows.parent == leads.merged_into


def test_a_hold_says_when_it_ends() -> None:
    hold = only_of("complaint-step", step(step="held", reason="part", until=at(600)))
    assert isinstance(hold, ComplaintStepTaken)
    assert hold.until == NOW + timedelta(minutes=600)


def test_a_demand_says_what_is_demanded() -> None:
    demand = only_of("complaint-step", step(step="demanded", reason="换货"))
    assert isinstance(demand, ComplaintStepTaken)
    assert (demand.step, demand.reason) == ("demanded", "换货")


def test_a_case_is_not_merged_into_itself_however_it_is_named() -> None:
    for named in ({"merged_into": "K1"}, {"merged_into": None, "merged_into_id": CASE}):
        with pytest.raises(AssertionError, match="cannot be merged into itself"):
            reported("complaint-step", merge(**named))
