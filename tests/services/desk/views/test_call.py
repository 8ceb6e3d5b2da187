"""What the call card shows, and what it says of what was reported."""

from datetime import timedelta
from typing import Any

import pytest

from services.desk.domain.find.documents import KeptDocument
from services.desk.domain.people import CustomerCard
from services.desk.views.call import (
    CHANGES,
    Card,
    card_of,
    changes,
    decision_of,
    mark,
    talk_of,
    task_in,
)
from shared.contracts.http.complaints import CaseLine
from shared.contracts.http.followup import (
    AllowedContact,
    CustomerTasks,
    ReasonWords,
    SuppressedTask,
)
from shared.contracts.intake import ProfileRecorded
from tests.access.services import NOW
from tests.services.desk.given_tasks import KEY, VISIT, an_id, attempt, plan, purpose, task

ME = "s-lin"


def card(found: CustomerTasks, who: CustomerCard | None = None, *cases: CaseLine) -> Card:
    return card_of(KEY, found, who, staff_id=ME, score=None, cases=cases)


def case(key: str = KEY, **more: Any) -> CaseLine:
    said: dict[str, Any] = {
        "id": f"{key}|sunrise/pudong/cdk/complaint/K1",
        "case_no": "K1",
        "customer_key": key,
        "status": "open",
        "severity": "normal",
        "assigned_to": None,
        "received_at": NOW,
        "generation": 1,
        "deadline": NOW,
        "running": (),
        "parked_because": None,
    }
    return CaseLine(**(said | more))


def silent(because: str, kind: str = "next_service") -> SuppressedTask:
    return SuppressedTask(
        kind=kind,
        title_en="t",
        title_zh="t",
        document_id=VISIT,
        vin=None,
        due_at=NOW,
        why=ReasonWords(en=f"why {kind}", zh="因"),
        because=because,
        why_not=ReasonWords(en=f"not: {because}", zh="不"),
        since=NOW,
        until=None,
    )


def test_open_conversations_are_shown_the_urgent_ones_first() -> None:
    found = card(
        plan(
            task("silence", due_at=NOW),
            task("low_answer", urgent=True),
            task("next_service", status="done"),
        )
    )
    assert [talk.task.kind for talk in found.talks] == ["low_answer", "silence"]


def test_a_conversation_has_its_open_purposes_and_their_surveys() -> None:
    ended = purpose("delivery_satisfaction", ended="survey answered")
    found = talk_of(task(purposes=(ended, purpose("service_satisfaction"))), ME)
    assert [each.kind for each in found.purposes] == ["service_satisfaction"]
    assert [(each.survey, each.about_id) for each in found.surveys] == [("csi", VISIT)]


def test_why_now_says_what_no_purpose_says() -> None:
    why = (
        ReasonWords(en="why service_satisfaction", zh="因为"),
        ReasonWords(en="put together", zh="合并"),
    )
    assert [each.en for each in talk_of(task(why_now=why), ME).why_now] == ["put together"]


@pytest.mark.parametrize(
    ("allowed", "all_contact", "channels"),
    [
        (AllowedContact(), False, ()),
        (AllowedContact(do_not_contact=True, said_at=NOW), True, ()),
        (AllowedContact(opt_outs=("sms", "app"), said_at=NOW), False, ("sms", "app")),
    ],
)
def test_what_they_refuse_is_told(
    allowed: AllowedContact, all_contact: bool, channels: tuple[str, ...]
) -> None:
    found = card(plan(allowed=allowed)).refusals
    assert (found.all_contact, found.channels) == (all_contact, channels)
    assert bool(found) is (all_contact or bool(channels))


@pytest.mark.parametrize("because", ["do_not_contact", "opted_out"])
def test_what_followup_says_of_a_refusal_is_told(because: str) -> None:
    found = card(plan(suppressed=(silent(because),))).refusals
    assert [each.en for each in found.words] == [f"not: {because}"]


def test_other_silences_are_no_refusals() -> None:
    assert not card(plan(suppressed=(silent("recent_contact"),))).refusals


def test_channels_that_the_profile_says_are_refused_are_told() -> None:
    profile = ProfileRecorded(
        document_id="sunrise/pudong/cdk/profile/C1",
        version="1",
        customer_key=KEY,
        dealer_id="sunrise/pudong",
        kind="person",
        opt_outs=("sms",),
    )
    found = card(plan(), CustomerCard(customer_key=KEY, profile=profile)).refusals
    assert found.channels == ("sms",)
    newer = plan(allowed=AllowedContact(said_at=NOW))
    assert card(newer, CustomerCard(customer_key=KEY, profile=profile)).refusals.channels == ()


def test_complaints_are_those_of_the_customer() -> None:
    found = card(plan(), None, case(), case("sunrise/pudong/cdk/C2"))
    assert [each.customer_key for each in found.cases] == [KEY]


def test_attempts_at_all_tasks_are_told_the_newest_first() -> None:
    old, new = attempt(NOW - timedelta(days=2)), attempt(NOW, "done")
    found = card(plan(task("silence", attempts=(old,)), task(attempts=(new,)))).past
    assert [(each.at, each.word) for each in found] == [
        (NOW, "Done"),
        (NOW - timedelta(days=2), "Not reached"),
    ]


def visit(number: str, days: int, **said: object) -> KeptDocument:
    return KeptDocument(
        document_id=f"sunrise/pudong/cdk/visit/{number}",
        customer_key=KEY,
        dealer_id="sunrise/pudong",
        version="1",
        kind="visit",
        at=NOW - timedelta(days=days),
        said=said,
    )


def test_visits_are_those_that_were_held_the_newest_first() -> None:
    kept = [visit("R2", 40), visit("R9", 1, status="voided"), visit("R3", 2, status="closed")]
    found = card_of(KEY, plan(task()), None, staff_id=ME, score=None, cases=(), documents=kept)
    assert [each.number for each in found.visits] == ["R3", "R2"]


def test_declined_work_is_what_followup_says_and_what_was_said_at_other_visits() -> None:
    said = plan(suppressed=(silent("recent_contact", "declined_work"),))
    kept = [visit("R1", 3, declined=["TYRES"]), visit("R2", 9, declined=["BRAKES"]), visit("R3", 1)]
    found = card_of(KEY, said, None, staff_id=ME, score=None, cases=(), documents=kept)
    assert [each.en for each in found.declined] == ["why declined_work"]
    assert [each.number for each in found.declined_at] == ["R2"]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, []),
        ({"status": "overdue"}, []),
        ({"status": "done"}, [CHANGES[0]]),
        ({"attempts": (attempt(),)}, [CHANGES[1]]),
        ({"person": "s-chen"}, [CHANGES[2]]),
        ({"due_at": NOW + timedelta(days=2)}, [CHANGES[3]]),
        ({"status": "cancelled", "attempts": (attempt(),)}, list(CHANGES[:2])),
    ],
)
def test_what_changed_since_a_form_was_made_is_told(more: dict[str, Any], told: list[str]) -> None:
    assert changes(mark(task()), task(**more)) == told


def test_a_form_that_does_not_say_what_it_has_seen_has_seen_something_else() -> None:
    assert changes("", task())


def test_a_task_is_found_by_any_of_its_purposes() -> None:
    found = task("service_satisfaction", "next_service")
    assert task_in(plan(found), str(an_id("next_service"))) == found
    assert task_in(plan(found), str(an_id("silence"))) is None


def test_what_followup_has_not_looked_at_is_unknown() -> None:
    found = decision_of(plan(task()), str(an_id("service_satisfaction")), NOW, ())
    assert found.stand == "unknown"
    assert decision_of(plan(), "x", NOW, ()).stand == "unknown"


@pytest.mark.parametrize(
    ("more", "stand"),
    [
        ({"status": "done", "closed_at": NOW, "closed_because": "done"}, "closed"),
        ({"status": "done", "closed_at": NOW - timedelta(hours=1)}, "too_late"),
        ({"next_attempt_at": NOW + timedelta(hours=4)}, "again"),
        ({}, "waits"),
    ],
)
def test_the_decision_is_as_the_task_stands(more: dict[str, Any], stand: str) -> None:
    found = plan(task(attempts=(attempt(),), **more))
    assert decision_of(found, str(an_id("service_satisfaction")), NOW, ()).stand == stand


def test_the_decision_tells_what_is_newly_to_do_and_what_was_filed() -> None:
    before, after = NOW - timedelta(days=1), NOW + timedelta(seconds=1)
    found = plan(
        task(attempts=(attempt(outcome="wrong_number"),)),
        task("data_correction", opens_at=after),
        task("silence", opens_at=before),
        task("low_answer", opens_at=after, status="done"),
    )
    cases = [case(received_at=after), case(received_at=before), case("sunrise/pudong/cdk/C2")]
    decision = decision_of(found, str(an_id("service_satisfaction")), NOW, cases)
    assert [each.kind for each in decision.new] == ["data_correction"]
    assert [each.received_at for each in decision.filed] == [after]
    assert decision.word == "Wrong number"


def test_a_card_shows_no_particulars_of_itself() -> None:
    found = card(plan(), CustomerCard(customer_key=KEY, name="Wang Xiaoming"))
    assert found.name == "Wang Xiaoming"
    assert "Wang" not in repr(found)
