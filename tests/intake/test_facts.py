"""The version rule."""

from datetime import UTC, datetime, timedelta

from hypothesis import given as forall
from hypothesis import strategies as st

from services.intake.facts import (
    RECEIPTS_KEPT,
    Row,
    milliseconds,
    placed,
    version_for,
    with_receipt,
)
from tests.intake.given import NOW, PUDONG

hashes = st.text("0123456789abcdef", min_size=32, max_size=32)
moments = st.integers(0, 7 * 10**12).map(
    lambda ms: datetime(1970, 1, 2, tzinfo=UTC) + timedelta(milliseconds=ms)
)


def row(content_hash: str, version: str) -> Row:
    return Row(
        document_id=f"{PUDONG}/cdk/visit/1",
        kind="visit",
        dealer_id=PUDONG,
        version=version,
        content_hash=content_hash,
        first_received_at=NOW,
        receipts={content_hash: version},
        updated_at=NOW,
    )


def version(
    known: Row | None, content_hash: str, stated: datetime | None, received: datetime
) -> str:
    return version_for(known, content_hash=content_hash, stated_at=stated, received_at=received)


@forall(hashes, moments, moments, moments)
def test_a_stated_time_alone_gives_the_version(
    content: str, stated: datetime, received: datetime, later: datetime
) -> None:
    first = version(None, content, stated, received)
    assert version(row(content, first), content, stated, later) == first


@forall(hashes, hashes, moments, st.timedeltas(timedelta(milliseconds=1), timedelta(days=900)))
def test_a_later_change_sorts_after_an_earlier_one(
    one: str, other: str, stated: datetime, later: timedelta
) -> None:
    assert version(None, one, stated, NOW) < version(None, other, stated + later, NOW)


@forall(hashes, moments, moments)
def test_without_a_time_a_repeat_repeats_the_version(
    content: str, received: datetime, again: datetime
) -> None:
    first = version(None, content, None, received)
    assert version(row(content, first), content, None, again) == first


@forall(hashes, hashes, moments, moments)
def test_without_a_time_a_new_content_is_newer_than_all_known(
    known: str, new: str, stated: datetime, received: datetime
) -> None:
    if known == new:
        return
    before = version(None, known, stated, NOW)
    assert version(row(known, before), new, None, received) > before


def complaint_at(known: str | None) -> Row | None:
    return None if known is None else row("c", known)


versions = st.builds(lambda ms, content: f"{ms:013d}.{content[:12]}", st.integers(0, 9), hashes)
known = st.tuples(st.none() | versions, st.none() | versions)
"""The versions of a step's complaint and of the one it merges that into."""


@forall(versions, known, known)
def test_a_placed_version_never_gets_older_while_complaints_get_newer(
    content: str, one: tuple[str | None, str | None], other: tuple[str | None, str | None]
) -> None:
    newest = [max(pair, key=lambda each: each or "") for pair in zip(one, other, strict=True)]
    last = placed(content, *map(complaint_at, newest))
    for seen in (one, other):
        earlier = placed(content, *map(complaint_at, seen))
        assert content <= earlier <= last
        assert (earlier == last) == (list(seen) == newest), "one version, one placement"


@forall(versions, versions, known, known)
def test_a_later_content_is_newer_wherever_the_earlier_was_placed(
    one: str, other: str, here: tuple[str | None, str | None], there: tuple[str | None, str | None]
) -> None:
    earlier, later = sorted([one, other])
    if earlier < later:
        assert placed(earlier, *map(complaint_at, here)) < placed(later, *map(complaint_at, there))
        assert placed(earlier, *map(complaint_at, here)) < later


@forall(versions, known, known)
def test_placing_again_keeps_the_content_alone(
    content: str, here: tuple[str | None, str | None], there: tuple[str | None, str | None]
) -> None:
    again = placed(placed(content, *map(complaint_at, here)), *map(complaint_at, there))
    assert again == placed(content, *map(complaint_at, there))
    assert len(again) <= 120, "as long as the contract lets a version be"


def test_only_the_last_receipts_are_kept() -> None:
    receipts: dict[str, str] = {}
    for number in range(RECEIPTS_KEPT + 3):
        receipts = with_receipt(receipts, f"h{number}", f"v{number}")
    assert list(receipts) == [f"h{number}" for number in range(3, RECEIPTS_KEPT + 3)]


def test_milliseconds_are_exact() -> None:
    assert milliseconds(datetime(2026, 11, 21, 10, 0, 0, 1000, tzinfo=UTC)) == 1795255200001
