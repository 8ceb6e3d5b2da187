"""Dead letters: what is open, what is shown of them, and what an operator does about them."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from deploy.cli import record_summary
from deploy.cli.dead_letters.show import as_json, full, full_as_json, summary, table
from deploy.cli.dead_letters.work import (
    Filters,
    WrongChoice,
    chosen,
    fold,
    named,
    replay_reaches,
)
from deploy.sandbox.demo.watch import Watch
from shared.contracts.topics import DEAD_LETTERS, VISITS
from shared.platform.dead_letters import (
    PREFIX,
    REPLAYED,
    dead_letter,
    replayed,
    resolution,
    without_record,
)
from shared.platform.publisher import Record
from tests.deploy.cli.letters import GOOD, died, done, only, written
from tests.shared.runtime.toy import DEALER

# --- the topic is all there is ---------------------------------------------------------------


def test_a_dead_letter_is_open_until_it_is_resolved() -> None:
    letter = died()
    assert only(letter).state == "open"
    assert only(letter, done(letter)).state == "discarded"
    assert only(done(letter, "replayed", "fixed in 1.2"), letter).state == "replayed"
    later = written(resolution(letter, "replayed"), offset=2_000)
    assert only(letter, later, done(letter)).state == "replayed"


def test_a_letter_that_was_sent_again_is_one() -> None:
    letter = died()
    assert only(letter, replace(letter, offset=9)).record.offset == 0
    assert only(letter, done(letter), replace(letter, offset=9)).state == "discarded"


def test_what_is_no_dead_letter_counts_for_nothing() -> None:
    bad = Record(DEAD_LETTERS.name, None, None, ((f"{PREFIX}id", b"1"),))
    ours = dict(died().headers)
    strange = replace(died(), headers=tuple((ours | {f"{PREFIX}offset": b"?"}).items()))
    assert fold([written(GOOD), written(bad), strange]) == []


def test_a_record_that_poses_as_a_resolution_is_listed_all_the_same() -> None:
    posing = replace(GOOD, headers=((f"{PREFIX}resolution", b"discarded"), (f"{PREFIX}id", b"0")))
    assert only(died(posing)).state == "open"
    assert only(died(posing)).id != "0"


def test_a_replay_is_byte_for_byte_and_marked_once() -> None:
    odd = replace(
        GOOD, value=b"\xff", headers=(("x", None), ("x", b"\xff"), (REPLAYED, b"an-earlier-one"))
    )
    letter = only(died(odd))
    again = replayed(letter.record)
    assert (again.topic, again.key, again.value) == (odd.topic, odd.key, odd.value)
    assert again.headers == (("x", None), ("x", b"\xff"), (REPLAYED, letter.id.encode()))
    assert again.partition is None, "where its key belongs"
    assert only(died(again, offset=5)).replay_of == letter.id


def test_a_record_without_a_key_goes_back_to_its_partition() -> None:
    assert replayed(died(replace(GOOD, key=None, partition=4))).partition == 4


@pytest.mark.parametrize(("key", "kept"), [(b"a/b/c/d", b"a/b/c/d"), (b"k" * 5_000, None)])
def test_what_is_too_large_tells_where_it_is(key: bytes, kept: bytes | None) -> None:
    whole = dead_letter("scoring", written(replace(GOOD, key=key, value=b"x" * 99)), "reason")
    letter = only(written(without_record(whole)))
    assert (letter.is_whole, letter.size_bytes, letter.record.key) == (False, 99, kept)
    assert letter.id == only(written(whole)).id


# --- which are meant -------------------------------------------------------------------------


def test_an_id_may_be_shortened_as_long_as_it_is_unique() -> None:
    letters = fold(died(offset=offset) for offset in range(40))
    assert named(letters, letters[3].id[:12].upper()) is letters[3]
    twice = next(a.id[0] for a in letters for b in letters if a is not b and a.id[0] == b.id[0])
    for prefix, why in ((twice, "dead letters' ids begin"), ("x", "no dead"), ("", "no dead")):
        with pytest.raises(WrongChoice, match=why):
            named(letters, prefix)


def test_what_is_done_with_is_done_with_but_what_was_discarded_may_be_replayed() -> None:
    first, second = died(offset=1), died(offset=2)
    letters = fold([first, done(first, "replayed"), second, done(second, "discarded")])
    ids = [letter.id for letter in letters]
    with pytest.raises(WrongChoice, match=r"was replayed already, at 2026-11-18 \d\d:\d\dZ"):
        chosen(letters, ids[:1], Filters(), "replayed")
    with pytest.raises(WrongChoice, match="was discarded already"):
        chosen(letters, ids[1:], Filters(), "discarded")
    assert chosen(letters, ids[1:] * 2, Filters(), "replayed") == [letters[1]]
    assert chosen(letters, [], Filters(), "replayed") == []


@pytest.mark.parametrize(
    ("filters", "offsets"),
    [
        (Filters(), [1, 2, 3]),
        (Filters(service="followup"), [2]),
        (Filters(topic="visits"), [1, 2, 3]),
        (Filters(topic="aftercare.visits", reason="null"), [3]),
        (Filters(topic="sales"), []),
        (Filters(dealer=DEALER), [1, 2]),
        (Filters(dealer="sunrise"), []),
    ],
)
def test_filters(filters: Filters, offsets: Sequence[int]) -> None:
    nameless = Record(VISITS.name, b"\xff", b"", ())
    letters = fold(
        [
            died(offset=1),
            died(offset=2, service="followup"),
            died(nameless, offset=3, reason="the value is null"),
        ]
    )
    assert [letter.record.offset for letter in filters.of(letters)] == offsets


def test_a_replay_closes_what_other_services_made_of_the_same_record() -> None:
    records = [died(offset=1), died(offset=1, service="followup"), died(offset=2)]
    letters = fold(records)
    assert replay_reaches(letters, letters[:1]) == letters[:2]
    closed = fold([*records, done(records[1])])
    assert replay_reaches(closed, closed[:1]) == closed[:1]


# --- what is shown ---------------------------------------------------------------------------


def shown(value: bytes | None, **headers: bytes | None) -> str:
    """What `show` prints of a record."""
    return "\n".join(full(only(died(replace(GOOD, value=value, headers=tuple(headers.items()))))))


def test_the_table_tells_letters_apart_and_has_the_reason_last() -> None:
    letters = fold([died(offset=1), died(offset=2, reason="the value is null")])
    head, first, second = table(letters, with_state=True)
    assert " ".join(head.split()) == "id state when service record dealer bytes reason"
    assert first.startswith(letters[0].id[:8])
    assert second.endswith("the value is null")
    assert summary([*letters, letters[0]]) == (
        "3 dead letters: 2 × value: json_invalid; 1 × the value is null"
    )


def test_a_letter_is_shown_with_what_is_ours_explained_and_theirs_as_it_came() -> None:
    text = shown(b'{"a": {"b": "\xc3\xa9"}}', ce_id=b"7", broken=b"\xff", nothing=None)
    assert "record       aftercare.visits[0]@0 (topic[partition]@offset)" in text
    assert f"key          {DEALER}/dms/7" in text
    assert '"b": "é"' in text
    lines = [line.split() for line in text.splitlines()]
    assert ["broken", r"b'\xff'"] in lines
    assert ["nothing", "null"] in lines


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, "value: null"),
        (b"", "value: empty"),
        (b"\x00\x01ab", "value, 4 bytes, not JSON:\n  0000  00 01 61 62"),
        (b"x" * 300, "44 more bytes; --json has all of it"),
        (b"[" * 100_000, "value, 100000 bytes, not JSON:"),
        (b"[" + b"1," * 900 + b"1]", "more lines; --json has all of it"),
        (rb'{"a": "\ud800"}', r'"a": "\ud800"'),
        (b'{"a": "' + b"y" * 3_000 + b'"}', "yyy …"),
    ],
)
def test_any_value_can_be_shown(value: bytes | None, told: str) -> None:
    assert told in shown(value)


def test_nothing_from_outside_is_obeyed_by_the_terminal() -> None:
    evil = "\x1b[2J\u202e\x9b"
    odd = replace(GOOD, key=f"a/b/c/{evil}".encode(), headers=(("ce_dealerid", evil.encode()),))
    letter = only(died(replace(odd, value=json.dumps([evil], ensure_ascii=False).encode())))
    lines = [*full(letter), *table([letter], with_state=True)]
    told = record_summary.summary_of(VISITS.name, odd.headers, b"{}", written_at=datetime.now(UTC))
    assert all(line.isprintable() for line in [*lines, told.line()])


def test_as_json_nothing_is_lost() -> None:
    odd = replace(GOOD, value=b"\xff", headers=(("x", None), ("x", b"1")))
    letter = died(odd)
    told = full_as_json(only(letter, done(letter, note="a test")))
    assert told.items() >= as_json(only(letter, done(letter, note="a test"))).items()
    assert (told["state"], told["note"], told["offset"]) == ("discarded", "a test", 0)
    assert told["value"] == {"base64": "/w=="}
    assert told["headers"] == [{"name": "x", "value": None}, {"name": "x", "value": "1"}]


def test_a_tail_tells_resolutions_and_nobody_counts_them() -> None:
    letter = died()
    closed = done(letter, note="a test")
    line = record_summary.summary_of(
        DEAD_LETTERS.name, tuple(closed.headers), None, written_at=datetime.now(UTC)
    ).line()
    assert line.endswith(f"{only(letter).id[:8]} was discarded: a test")
    watch = Watch(say=lambda _: None)
    watch.take(letter)
    watch.take(closed)
    assert len(watch.dead_letters) == 1
