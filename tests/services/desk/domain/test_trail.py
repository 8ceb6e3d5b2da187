"""Whoever changes what was written down is found out."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.desk.domain.derived import key_for
from services.desk.domain.trail import (
    NO_ENTRIES,
    Chain,
    TrailEnd,
    TrailEntry,
    TrailHead,
    TrailNote,
    Verification,
    sequence_in,
)

BEGAN = datetime(2026, 11, 21, 10, tzinfo=UTC)
CHAIN = Chain(key_for("a secret of the tests", "trail"))
Entries = list[TrailEntry]


def _noted(minute: int) -> TrailNote:
    return TrailNote(
        at=BEGAN + timedelta(minutes=minute),
        username="lin",
        dealer_id="sunrise/pudong",
        what="saw_customer",
        about=f"sunrise/pudong/cdk/C{minute}",
    )


WRITTEN = CHAIN.after(NO_ENTRIES, [_noted(minute) for minute in range(6)])
END = TrailEnd(sequence=6, mark=WRITTEN[-1].mark)
HEAD = CHAIN.head(END)


def _faults(
    entries: Entries, head: TrailHead | None = HEAD, known: str | None = None
) -> list[tuple[str, int]]:
    verification = Verification(CHAIN)
    watched = frozenset({0 if head is None else head.end.sequence, 6, 3})
    for entry in entries:
        verification.see(entry, watched)
    return [(fault.kind, fault.sequence) for fault in verification.ends(head, known)]


def _said(entries: Entries, about: str) -> Entries:
    changed = replace(entries[2], noted=replace(entries[2].noted, about=about))
    return [*entries[:2], changed, *entries[3:]]


def _swapped(entries: Entries) -> Entries:
    second, third = entries[1], entries[2]
    return [
        entries[0],
        replace(second, noted=third.noted),
        replace(third, noted=second.noted),
        *entries[3:],
    ]


def _renumbered(entries: Entries) -> Entries:
    rest = [replace(each, sequence=each.sequence - 1) for each in entries[3:]]
    return entries[:2] + rest


def _marked_anew(entries: Entries) -> Entries:
    """By somebody who knows how, and not the key."""
    stranger = Chain(key_for("another secret", "trail"))
    return stranger.after(NO_ENTRIES, [each.noted for each in entries])


def test_what_was_written_is_as_it_was() -> None:
    assert _faults(WRITTEN) == []
    assert _faults([], None) == []
    assert _faults(WRITTEN, known=END.in_words()) == []


def test_the_head_may_be_behind() -> None:
    """Another instance died before it said so."""
    assert _faults(WRITTEN, CHAIN.head(TrailEnd(sequence=3, mark=WRITTEN[2].mark))) == []


@pytest.mark.parametrize(
    ("change", "kind", "sequence"),
    [
        pytest.param(lambda entries: _said(entries, "x"), "changed", 3, id="changed"),
        pytest.param(lambda entries: entries[:2] + entries[3:], "missing", 3, id="removed"),
        pytest.param(_renumbered, "changed", 3, id="removed and renumbered"),
        pytest.param(_swapped, "changed", 2, id="swapped"),
        pytest.param(lambda entries: entries[:-1], "cut", 5, id="cut at the end"),
        pytest.param(lambda entries: [], "cut", 0, id="all taken away"),
        pytest.param(lambda entries: entries[1:], "missing", 1, id="cut at the beginning"),
        pytest.param(_marked_anew, "changed", 1, id="marked anew"),
    ],
)
def test_a_change_is_found(change: Callable[[Entries], Entries], kind: str, sequence: int) -> None:
    assert (kind, sequence) in _faults(change(WRITTEN))


def test_one_change_is_one_fault() -> None:
    assert _faults(_said(WRITTEN, "x")) == [("changed", 3)]


def test_a_head_that_was_taken_away_or_made_is_found() -> None:
    assert _faults(WRITTEN, None) == [("headless", 6)]
    made = replace(HEAD, end=TrailEnd(sequence=5, mark=WRITTEN[4].mark))
    assert _faults(WRITTEN[:5], made) == [("forged head", 5)]


def test_an_older_state_is_found_by_who_wrote_down_a_later_one() -> None:
    older = CHAIN.head(TrailEnd(sequence=3, mark=WRITTEN[2].mark))
    assert _faults(WRITTEN[:3], older) == []
    assert _faults(WRITTEN[:3], older, END.in_words()) == [("other", 6)]


def test_an_end_has_a_form() -> None:
    assert sequence_in(END.in_words()) == 6
    for wrong in ("", "6", "six:0123456789abcdef", "6:0123"):
        with pytest.raises(ValueError, match="NUMBER:MARK"):
            sequence_in(wrong)


def test_a_key_is_of_one_purpose() -> None:
    assert key_for("a secret", "trail") != key_for("a secret", "csrf")
    assert key_for("a secret", "trail") == key_for("a secret", "trail")


def test_entries_of_before_they_said_whose_and_how_keep_their_marks() -> None:
    assert WRITTEN[0].mark.hex().startswith("f8091e8f9860a27e")


@pytest.mark.parametrize("said", ["", "sunrise/pudong/cdk/C9"])
def test_whose_it_is_and_how_cannot_be_changed_either(said: str) -> None:
    noted = replace(_noted(0), customer="sunrise/pudong/cdk/C1", how="name, phones")
    [entry] = CHAIN.after(NO_ENTRIES, [noted])
    assert CHAIN.fits(entry, NO_ENTRIES.mark)
    for changed in (replace(noted, customer=said), replace(noted, how=said)):
        assert not CHAIN.fits(replace(entry, noted=changed), NO_ENTRIES.mark)
