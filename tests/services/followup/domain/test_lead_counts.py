"""What leads count for in their dealer's totals."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.followup.domain.facts import FollowUpFacts, join
from services.followup.domain.leads.counts import LeadCounter, lead_counts
from services.followup.domain.summary import summarize
from shared.contracts.envelope import Event
from tests.services.followup.given import ZONE, at, delivery, moved, outcome, visit
from tests.services.followup.given_leads import EVERY_RULE, history, lead, lost, said

ASKED = "leads web general"
TALKED = ("2025-01-10 17:30", "2025-01-12")


def counts(*events: Event[Any]) -> Mapping[str, Mapping[str, int]]:
    return lead_counts(history(*events), EVERY_RULE, ZoneInfo(ZONE))


def of_january(*events: Event[Any]) -> set[str]:
    """What one general lead of January that came by the web counts for."""
    found = counts(*events)
    assert found.keys() == {"leads-2025-01"}
    counters = [LeadCounter.read(text) for text in found["leads-2025-01"]]
    assert {counter[1:] for counter in counters} == {("web", "general")}
    assert set(found["leads-2025-01"].values()) == {1}
    return {counter.what for counter in counters}


LOST = {"leads", "contacted", "lost", "because_price"}
BOUGHT = {"leads", "bought"}
PUT_OFF = lead("2025-01-10", status="quasi_lost", since="2025-01-20", reason="put_off")
NOT_LOST = said("2025-02-02", "lost_approval", "not_lost", of="L1/lost/2025-02-01")
APPROVED = said("2025-02-02", "lost_approval", "approved_lost", of="L1/lost/2025-02-01")


@pytest.mark.parametrize(
    ("events", "counted"),
    [
        ([lead("2025-01-10")], {"leads"}),
        ([lead("2025-01-10", contacts=["2025-01-11-"])], {"leads"}),
        ([lead("2025-01-10", contacts=["2025-01-11"])], {"leads", "contacted"}),
        ([PUT_OFF], {"leads", "quasi_lost"}),
        ([lost("2025-01-10", "2025-02-01")], LOST),
        ([lost("2025-01-10", "2025-02-01", approved="2025-02-02")], LOST | {"approved"}),
        ([lost("2025-01-10", "2025-02-01"), APPROVED], LOST | {"approved"}),
        ([lost("2025-01-10", "2025-02-01"), NOT_LOST], {"leads", "contacted"}),
        (
            [lost("2025-01-10", "2025-02-01", contacts=())],
            {"leads", "lost", "because_price", "falsely_lost"},
        ),
        ([lead("2025-01-10"), delivery("2025-02-01")], {"leads", "bought"}),
        ([lead("2025-01-10", status="bought", since="2025-02-01")], {"leads", "bought"}),
        ([PUT_OFF, delivery("2025-02-01")], {"leads", "bought"}),
        (
            [lost("2025-01-10", "2025-02-01"), delivery("2025-03-01")],
            {"leads", "contacted", "bought", "falsely_lost"},
        ),
        (
            [
                lost("2025-01-10", "2025-02-01"),
                delivery("2025-03-01", status="unwound", revised="2025-03-05"),
            ],
            LOST,
        ),
        (
            [
                lead(
                    "2025-01-10",
                    status="bought",
                    since="2025-02-20",
                    earlier=[("lost", "2025-02-01", "price")],
                ),
                delivery("2025-03-01"),
            ],
            {"leads", "bought", "falsely_lost"},
        ),
        ([delivery("2025-01-20"), lost("2025-01-10", "2025-02-01", contacts=())], BOUGHT),
        ([lead("2025-01-10"), visit("2025-01-12")], {"leads"}),
    ],
)
def test_a_lead_counts_for_what_became_of_it(events: list[Event[Any]], counted: set[str]) -> None:
    assert of_january(*events) == counted


def test_it_counts_in_the_month_in_which_it_came_by_the_dealers_calendar() -> None:
    assert counts(lead("2025-02-01 07:59")).keys() == {"leads-2025-02"}
    assert counts(lead("2025-02-01 00:00")).keys() == {"leads-2025-02"}
    assert counts(lead("2025-01-31 23:59")).keys() == {"leads-2025-01"}


def test_leads_of_one_customer_add_up_by_how_they_came_and_by_grade() -> None:
    able: dict[str, Any] = {"ability_to_pay": "high", "brand_loyalty": "high"}
    events = [
        lead("2025-01-10"),
        lead("2025-01-11", "L2"),
        lead("2025-01-12", "L3", channel="walk_in", **able),
    ]
    assert counts(*events) == {"leads-2025-01": {ASKED: 2, "leads walk_in quality": 1}}


def test_one_that_was_voided_or_is_another_customers_counts_for_nothing() -> None:
    assert counts(lead("2025-01-10", status="voided")) == {}
    assert counts(lead("2025-01-10"), moved("lead", "L1")) == {}
    assert counts(delivery("2025-01-10")) == {}


def test_a_number_that_was_corrected_is_no_talk_with_the_lead() -> None:
    wrong = outcome("2025-01-11 10:00", "lead_first_contact/lead/L1", "wrong_number", "O1")
    corrected = outcome("2025-01-12 10:00", "data_correction/task-outcome/O1", "done", "O2")
    assert of_january(lead("2025-01-10 10:00"), wrong, corrected) == {"leads"}


def test_who_has_nothing_to_do_any_more_still_counts() -> None:
    facts = join(FollowUpFacts(), [lead("2025-01-10", contacts=TALKED)])
    summary = summarize(facts, EVERY_RULE, at("2027-01-01"), zone=ZoneInfo(ZONE))
    assert summary is not None
    assert [each.line["counts"] for each in summary.entries.values()] == [["leads", "contacted"]]
    assert summary.counts == {"leads-2025-01": {ASKED: 1, "contacted web general": 1}}


def test_leads_count_beside_the_tasks_that_they_give_rise_to() -> None:
    facts = join(FollowUpFacts(), [lead("2025-01-10 10:00")])
    summary = summarize(facts, EVERY_RULE, at("2025-01-10 11:00"), zone=ZoneInfo(ZONE))
    assert summary is not None
    assert summary.counts["leads-2025-01"] == {ASKED: 1}
    assert summary.counts["tasks"]["open kind lead_first_contact"] == 1
