"""What is shown of attempts and assignments."""

from collections.abc import Sequence

from services.followup.domain.documents import Assignment, Outcome
from services.followup.domain.facts import FollowUpFacts
from services.followup.views.attempts import assignments_of, attempts_at, reported
from shared.contracts.followup import TaskChanged, TaskPurpose, task_id
from shared.contracts.values import Bilingual
from tests.services.followup.given import CUSTOMER, DEALER, at, local
from tests.services.followup.given_attempts import DUE, OPENS, assigned, claimed, given_back, tried

ABOUT = "service_satisfaction/visit/R1"
WORDS = Bilingual(en="words", zh="字")


def task(*kinds: str, closed: str | None = None) -> TaskChanged:
    """A conversation for all of these, each about R1."""
    return TaskChanged(
        customer_key=CUSTOMER,
        dealer_id=DEALER,
        kind=kinds[0],
        status="done" if closed else "open",
        document_id="visit/R1",
        opens_at=OPENS,
        due_at=DUE,
        owner_role="desk",
        channel="phone",
        title_en="Call",
        title_zh="电话",
        purposes=tuple(
            TaskPurpose(kind=kind, document_id="visit/R1", due_at=DUE, title=WORDS, why=WORDS)
            for kind in kinds
        ),
        closed_at=at(closed) if closed else None,
    )


def facts(known: Sequence[Outcome | Assignment]) -> FollowUpFacts:
    return FollowUpFacts(
        customer_key=CUSTOMER, documents={f"K{number}": each for number, each in enumerate(known)}
    )


def test_attempts_are_told_whatever_purpose_they_named_in_the_order_of_time() -> None:
    second = str(task_id(CUSTOMER, "next_service/visit/R1"))
    another = str(task_id(CUSTOMER, "win_back/visit/R1"))
    said = reported(
        facts(
            [
                tried("2025-03-04 10:00", "postponed", "sms", day="2025-03-09", task=second),
                tried("2025-03-03 10:00", "not_reached", "phone"),
                tried("2025-03-03 11:00", "done", task=another),
            ]
        )
    )
    told = attempts_at(task("service_satisfaction", "next_service"), ABOUT, said)
    assert [(local(each.at), each.outcome, each.channel) for each in told] == [
        ("2025-03-03 10:00", "not_reached", "phone"),
        ("2025-03-04 10:00", "postponed", "sms"),
    ]


def test_an_attempt_that_is_reported_of_two_purposes_is_told_once() -> None:
    second = str(task_id(CUSTOMER, "next_service/visit/R1"))
    call = tried("2025-03-03 10:00", "not_reached", "phone")
    again = call.model_copy(update={"task_id": second, "by": "u1"})
    both = task("service_satisfaction", "next_service")
    told = attempts_at(both, ABOUT, reported(facts([again, call])))
    assert [(local(each.at), each.by) for each in told] == [("2025-03-03 10:00", "u1")]
    assert told[0].documents == ("K0", "K1"), "whatever was noted in either is found"


def test_of_a_task_without_purposes_by_its_name() -> None:
    """As it was told before there were any."""
    plain = task("service_satisfaction").model_copy(update={"purposes": ()})
    assert len(attempts_at(plain, ABOUT, reported(facts([tried("2025-03-03 10:00")])))) == 1


def test_a_claim_that_came_second_is_shown_as_one_that_does_not_count() -> None:
    said = [
        assigned("2025-03-06", "u4"),
        claimed("2025-03-03 10:01", "u2"),
        claimed("2025-03-03 10:00", "u1"),
        given_back("2025-03-04", "u1"),
    ]
    closed = task("service_satisfaction", closed="2025-03-05")
    told = assignments_of(closed, ABOUT, reported(facts(said)))
    assert [(each.by, each.person, each.counts) for each in told] == [
        ("u1", "u1", True),
        ("u2", "u2", False),
        ("u1", None, True),
        ("boss", "u4", False),
    ]


def test_what_is_given_back_once_more_does_not_count() -> None:
    said = [
        claimed("2025-03-03 10:00", "u1"),
        claimed("2025-03-03 10:01", "u2"),
        given_back("2025-03-04 10:00", "u1"),
        given_back("2025-03-04 10:05", "u1"),
        given_back("2025-03-04 11:00", "u2"),
        given_back("2025-03-04 12:00", "boss"),
    ]
    told = assignments_of(task("service_satisfaction"), ABOUT, reported(facts(said)))
    assert [each.counts for each in told] == [True, False, True, False, True, True]
