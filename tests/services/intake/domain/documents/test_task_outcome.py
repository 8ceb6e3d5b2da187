"""The outcome of a task: each attempt is a document, its note stays in the register."""

from tests.services.intake.given import at, submitted, task_outcome


def test_attempts_are_told_apart_by_their_number_or_else_by_their_moment() -> None:
    ids = {
        submitted("task-outcome", data).document_id.rpartition("/")[2]
        for data in (task_outcome(), task_outcome(at=at(-60)), task_outcome(outcome_no="2"))
    }
    assert ids == {"2026-11-21T08%3A50%3A00.000Z", "2026-11-21T09%3A00%3A00.000Z", "2"}


def test_the_note_stays_in_the_register() -> None:
    asked = submitted("task-outcome", task_outcome(note="his mother answered"))
    assert asked.words == {"note": "his mother answered"}
    assert "mother" not in asked.messages["customer"].model_dump_json()
