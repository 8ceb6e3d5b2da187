"""What a session has opened lately."""

from datetime import UTC, datetime, timedelta

from services.desk.domain.openings import OPEN_FOR, Openings

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
