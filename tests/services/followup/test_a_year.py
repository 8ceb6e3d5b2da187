"""One customer's year: every task they should get and should not get, when, and why.

The same story as docs/followup/year.md, which is worked out; here each day is told by hand.
"""

import pytest

from docs.followup_story import YEAR, at
from docs.followup_year import course, page
from services.followup.domain.policy import FollowUpPolicy
from tests.services.followup.given import Customer

SHIPPED = FollowUpPolicy()


def then(moment: str) -> Customer:
    """As all was at that moment."""
    happened = [each.event for each in YEAR if at(each.on) <= at(moment)]
    return Customer.given(*happened).by(SHIPPED).when(moment)


CALLS = [
    ("2025-11-10 16:30", "they have their car: they are thanked", ["delivery_thanks/D1"]),
    ("2025-11-11 11:00", "thanked: nothing else for now", []),
    (
        "2025-11-13 16:00",
        "after three days they are asked how it went",
        ["delivery_satisfaction/D1"],
    ),
    ("2025-11-15 12:00", "they have answered", []),
    ("2026-01-25 08:59", "the dealer is not open yet", []),
    ("2026-01-25 09:00", "two weeks before the first service", ["first_service/D1"]),
    ("2026-02-03 15:30", "they came: no invitation any more", []),
    ("2026-02-04 09:30", "how was the service?", ["service_satisfaction/R1"]),
    ("2026-02-04 10:30", "they said so on the phone", []),
    ("2026-03-05 12:00", "they declined tyres, and complain: nothing is sold", []),
    ("2026-03-06 14:30", "what is owed goes on", ["complaint_call_back/K1"]),
    ("2026-03-09 11:00", "the complaint is closed: now it may be sold", ["declined_work/R1"]),
    ("2026-03-13 17:00", "they will have it done", []),
    ("2026-06-11 08:59", "three months of silence", []),
    ("2026-06-11 09:00", "of a potential customer are too long", ["silence/O4"]),
    ("2026-07-19 09:00", "one customer, one conversation", ["silence/O4 + next_service/R1"]),
    ("2026-07-24 12:30", "no more calls, but in the app", ["silence/O4 + next_service/R1"]),
    ("2026-07-30 16:30", "they came: both are settled", []),
    ("2026-08-01 20:30", "a low answer is the manager's, at once", ["low_answer/S2"]),
    ("2026-08-02 10:30", "the manager has spoken to them", []),
    ("2026-09-25 09:00", "45 days before the insurance ends", ["insurance_renewal/D1"]),
    ("2026-10-20 12:30", "the car is another's: its tasks end", []),
    ("2026-11-10 16:00", "and nothing comes of it", []),
]


@pytest.mark.parametrize(
    ("moment", "calls"),
    [pytest.param(when, calls, id=f"{when} {why}") for when, why, calls in CALLS],
)
def test_what_there_is_to_do(moment: str, calls: list[str]) -> None:
    assert then(moment).conversations == calls


WHY = [
    ("2025-11-10 16:30", "On 2025-11-10 LFV3A23C8A3000001 was handed over"),
    ("2026-03-06 14:30", "The complaint K1 was resolved on 2026-03-06"),
    (
        "2026-03-09 11:00",
        "Held back until 2026-03-09: A complaint is open since 2026-03-01: nothing is sold until "
        "it is closed",
    ),
    ("2026-03-09 11:00", "On 2026-02-03 they declined TYR (order R1)"),
    ("2026-06-11 09:00", "Nobody has spoken to them since 2026-03-13"),
    (
        "2026-07-19 09:00",
        "Put together with “Invite to the next service”: one customer, one conversation",
    ),
    ("2026-07-24 12:30", "In the app, as they refuse to be contacted by phone"),
    ("2026-08-01 20:30", "They answered a survey on 2026-08-01 with 5 of 10"),
    ("2026-09-25 09:00", "The insurance of LFV3A23C8A3000001 ends on 2026-11-09"),
]


@pytest.mark.parametrize(("moment", "why"), WHY)
def test_why_now_stands_on_the_task(moment: str, why: str) -> None:
    [task] = [task for task in then(moment).tasks if task.status in ("open", "overdue")]
    assert why in [reason.en for reason in task.why_now]
    assert all(reason.zh for reason in task.why_now)


WHY_NOT = [
    ("2026-02-03 15:30", "next_service/D1", "Settled before: visit"),
    (
        "2026-03-05 12:00",
        "declined_work/R1",
        "A complaint is open since 2026-03-01: nothing is sold until it is closed",
    ),
    ("2026-10-20 12:30", "replacement/D1", "Settled before: car sold on"),
    ("2026-10-20 12:30", "next_service/R2", "Settled before: car sold on"),
]


@pytest.mark.parametrize(("moment", "about", "why"), WHY_NOT)
def test_why_not_stands_on_the_plan(moment: str, about: str, why: str) -> None:
    silent = {
        f"{each.follow_up.rule.kind}/{each.follow_up.document_id.rsplit('/', 1)[1]}": each
        for each in then(moment).plan().silences
    }
    assert silent[about].words.en == why


ENDED = [
    ("delivery_thanks/D1", "done: done"),
    ("delivery_satisfaction/D1", "done: survey answered"),
    ("complaint_call_back/K1", "done: called back"),
    ("declined_work/R1", "done: done"),
    ("silence/O4", "done: visit"),
    ("next_service/R1", "done: visit"),
    ("low_answer/S2", "done: done"),
    ("insurance_renewal/D1", "cancelled: car sold on"),
]


@pytest.mark.parametrize(("about", "ended"), ENDED)
def test_how_it_ended_is_remembered(about: str, ended: str) -> None:
    found: dict[str, str] = {}
    for each in YEAR:
        found |= then(each.on).statuses
    assert found[about] == ended


def test_the_page_tells_of_each_conversation_and_of_what_became_of_it() -> None:
    told = [each.what.en for each in course()]
    opened = [what for what in told if what.startswith("**")]
    ended = [what for what in told if what.startswith(("Done", "Cancelled"))]
    assert (len(opened), len(ended)) == (10, 10)
    assert page("en").count("\n|") == page("zh").count("\n|")
