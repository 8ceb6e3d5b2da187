"""What a session has opened lately."""

from datetime import UTC, datetime, timedelta

from services.desk.domain.openings import HITS_TOLD_EVERY, OPEN_FOR, HitsShown, Openings

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)


def test_what_was_opened_is_open_for_a_while_to_that_session_alone() -> None:
    openings = Openings()
    openings.add("a session", "saw_customer", "C1", NOW)
    assert openings.holds("a session", "saw_customer", "C1", NOW)
    assert not openings.holds("a session", "saw_customer", "C1", NOW + OPEN_FOR)
    assert not openings.holds("another", "saw_customer", "C1", NOW)
    assert not openings.holds("a session", "saw_particulars", "C1", NOW)
    assert not openings.holds("a session", "saw_customer", "C2", NOW)
    assert "a session" not in repr(openings)


def test_the_oldest_are_forgotten() -> None:
    openings = Openings(most=2)
    for second, about in enumerate(("C1", "C2", "C1", "C3")):
        openings.add("a session", "saw_customer", about, NOW + timedelta(seconds=second))
    found = [
        about
        for about in ("C1", "C2", "C3")
        if openings.holds("a session", "saw_customer", about, NOW)
    ]
    assert found == ["C1", "C3"]


def test_hits_are_told_of_once_a_minute_and_none_is_left_out() -> None:
    hits, later = HitsShown(), NOW + HITS_TOLD_EVERY
    assert hits.to_tell("a session", "sunrise/pudong", 7, NOW) == 7
    assert hits.to_tell("a session", "sunrise/pudong", 7, NOW) == 7, "that was not written down"
    hits.told("a session", "sunrise/pudong", NOW)
    assert hits.to_tell("a session", "sunrise/pudong", 4, NOW) == 0
    assert hits.to_tell("a session", "sunrise/berlin", 4, NOW) == 4
    assert hits.to_tell("another", "sunrise/pudong", 4, NOW) == 4
    assert hits.to_tell("a session", "sunrise/pudong", 0, later) == 4
    hits.told("a session", "sunrise/pudong", later)
    assert hits.to_tell("a session", "sunrise/pudong", 0, later + HITS_TOLD_EVERY) == 0
    assert "a session" not in repr(hits)


def test_no_more_sessions_are_remembered_than_there_is_room_for() -> None:
    hits = HitsShown(most=1)
    for digest in ("first", "second"):
        hits.told(digest, "sunrise/pudong", NOW)
    assert hits.to_tell("first", "sunrise/pudong", 1, NOW) == 1
    assert hits.to_tell("second", "sunrise/pudong", 1, NOW) == 0
