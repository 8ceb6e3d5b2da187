"""The version rule."""

from datetime import UTC, datetime, timedelta

from hypothesis import given as forall
from hypothesis import strategies as st

from services.intake.domain.facts import EVENTS_KEPT, Row, with_event
from services.intake.domain.versions import version_following, version_for
from tests.services.intake.given import NOW, PUDONG

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
        events={content_hash: version},
        updated_at=NOW,
    )


def version(
    known: Row | None, content_hash: str, stated: datetime | None, received: datetime
) -> str:
    """As of an event that says this content for the first time, or repeats it."""
    return version_for(
        known,
        content_hash=content_hash,
        event=content_hash,
        stated_at=stated,
        received_at=received,
    )


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


@forall(hashes, hashes, moments, st.lists(moments, min_size=2, max_size=4))
def test_of_contents_of_one_time_the_one_received_later_is_newer(
    one: str, other: str, stated: datetime, received: list[datetime]
) -> None:
    known, last = version(None, one, stated, received[0]), one
    for moment in received[1:]:
        last = other if last == one else f"{one[:-1]}g"
        newer = version(row("none of these", known), last, stated, moment)
        assert newer > known
        assert newer.startswith(known.partition(".")[0]), "the time is the source's"
        assert newer < version(None, one, stated + timedelta(milliseconds=1), moment)
        known = newer


@forall(hashes, moments, st.lists(moments, min_size=1, max_size=3))
def test_what_is_received_out_of_order_by_clocks_apart_still_goes_on(
    content: str, stated: datetime, received: list[datetime]
) -> None:
    known = version(None, content, stated, received[0])
    for moment in sorted(received, reverse=True):
        newer = version(row("another", known), content, stated, moment)
        assert newer > known
        known = newer


def complaint_at(known: str | None) -> Row | None:
    return None if known is None else row("c", known)


versions = st.builds(
    lambda ms, content, later: f"{ms:013d}.{later}{content[: 8 if later else 12]}",
    st.integers(0, 9),
    hashes,
    st.sampled_from(["", "x0000000000007", "x0000000000008"]),
)
known = st.tuples(st.none() | versions, st.none() | versions)
"""The versions of a step's complaint and of the one it merges that into."""


@forall(versions, known, known)
def test_a_placed_version_never_gets_older_while_complaints_get_newer(
    content: str, one: tuple[str | None, str | None], other: tuple[str | None, str | None]
) -> None:
    newest = [max(pair, key=lambda each: each or "") for pair in zip(one, other, strict=True)]
    last = version_following(content, *map(complaint_at, newest))
    for seen in (one, other):
        earlier = version_following(content, *map(complaint_at, seen))
        assert content <= earlier <= last
        assert (earlier == last) == (list(seen) == newest), "one version, one placement"


@forall(versions, versions, known, known)
def test_a_later_content_is_newer_wherever_the_earlier_was_placed(
    one: str, other: str, here: tuple[str | None, str | None], there: tuple[str | None, str | None]
) -> None:
    earlier, later = sorted([one, other])
    if earlier < later:
        assert version_following(earlier, *map(complaint_at, here)) < version_following(
            later, *map(complaint_at, there)
        )
        assert version_following(earlier, *map(complaint_at, here)) < later


@forall(versions, known, known)
def test_placing_again_keeps_the_content_alone(
    content: str, here: tuple[str | None, str | None], there: tuple[str | None, str | None]
) -> None:
    again = version_following(
        version_following(content, *map(complaint_at, here)), *map(complaint_at, there)
    )
    assert again == version_following(content, *map(complaint_at, there))
    assert len(again) <= 120, "as long as the contract lets a version be"


def test_only_the_last_events_are_kept() -> None:
    events: dict[str, str] = {}
    for number in range(EVENTS_KEPT + 3):
        events = with_event(events, f"e{number}", f"{number}.h.where.it.is")
    assert list(events) == [f"e{number}" for number in range(3, EVENTS_KEPT + 3)]
    assert events["e3"] == "3.h", "the version of what was said, wherever it was placed"


def test_a_receipt_counts_by_its_whole_milliseconds() -> None:
    received_at = datetime(2026, 11, 21, 10, 0, 0, 999_600, tzinfo=UTC)
    version = version_for(
        None, content_hash="a" * 32, event="e", stated_at=None, received_at=received_at
    )
    assert version == f"1795255200999.{'a' * 12}", "as it is kept: cut, not rounded"
