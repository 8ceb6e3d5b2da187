"""Each attempt at a follow-up task is a document of its own."""

from decimal import Decimal

from shared.contracts.intake import TaskOutcomeRecorded
from tests.services.intake.given import PUDONG, at, held, submitted, task_outcome
from tests.services.intake.world import World

TASK = "0" * 36


def recorded(world: World) -> list[TaskOutcomeRecorded]:
    """What consumers hold, in the order of time."""
    facts = held(world.messages()).values()
    outcomes = [fact for fact in facts if isinstance(fact, TaskOutcomeRecorded)]
    return sorted(outcomes, key=lambda outcome: outcome.at)


async def test_a_late_report_of_an_earlier_attempt_takes_nothing_from_the_later(
    world: World,
) -> None:
    await world.report("task-outcome", task_outcome(outcome="done", at=at(-60)))
    earlier = task_outcome(outcome="not_reached", at=at(-90), source_modified_at=at(-10))
    await world.report("task-outcome", earlier)
    assert [outcome.outcome for outcome in recorded(world)] == ["not_reached", "done"]


async def test_a_postponement_is_not_forgotten(world: World) -> None:
    postponed = task_outcome(outcome="postponed", at=at(-90), next_contact_on="2026-11-25")
    await world.report("task-outcome", postponed)
    await world.report("task-outcome", task_outcome(outcome="not_reached", at=at(-70)))
    assert [str(outcome.next_contact_on) for outcome in recorded(world)] == ["2026-11-25", "None"]


async def test_an_attempt_is_corrected_under_its_number(world: World) -> None:
    wrong = task_outcome(outcome_no="A 1", outcome="declined", at=at(-90))
    await world.report("task-outcome", wrong)
    right = task_outcome(outcome_no="A 1", at=at(-80), source_modified_at=at(-5))
    item = await world.report("task-outcome", right)
    assert item.document_id == f"{PUDONG}/cdk/task-outcome/{TASK}/A%201"
    assert [outcome.outcome for outcome in recorded(world)] == ["done"]


async def test_without_a_number_the_instant_tells_attempts_apart(world: World) -> None:
    shanghai = "2026-11-21T16:50:00+08:00"
    for moment in (shanghai, "2026-11-21T08:50:00Z", "2026-11-21T08:51:00Z"):
        await world.report("task-outcome", task_outcome(at=moment))
    assert len(recorded(world)) == 2, "one instant in two notations is one attempt"


def test_who_tried_how_and_what_was_answered_is_told_but_no_note() -> None:
    data = task_outcome(
        by="u7", channel="sms", answers={"explained": 9}, note="wants to be called Li Lei's wife"
    )
    asked = submitted("task-outcome", data)
    told = asked.messages["customer"]
    assert isinstance(told, TaskOutcomeRecorded)
    assert (told.by, told.channel) == ("u7", "sms")
    assert told.answers == {"explained": Decimal(9)}
    assert "Li Lei" not in told.model_dump_json()
    assert asked.words == {"note": "wants to be called Li Lei's wife"}
