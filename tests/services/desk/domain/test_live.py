"""What a page is told of, and when."""

import math
from itertools import pairwise

import pytest

from services.desk.domain.live import (
    FOLLOWED,
    ONCE_A_SECOND,
    SETTLES_SECONDS,
    Pending,
    act_of,
    changed_words,
    dealer_in,
)
from shared.contracts import topics

KEY = "sunrise/pudong/cdk/C1"
CASE = "sunrise/pudong/cdk/complaint/K1"
OF_THE_CASE = {"cases", f"case:{CASE}", f"case:{KEY}|{CASE}", f"customer:{KEY}"}


@pytest.mark.parametrize(
    ("topic", "key", "value", "words"),
    [
        (topics.TASKS, KEY, b"{}", {"tasks", f"customer:{KEY}"}),
        (topics.SCORES, KEY, b"{}", {"customers", f"customer:{KEY}"}),
        (topics.PROFILES, KEY, None, {"customers", f"customer:{KEY}"}),
        (topics.CUSTOMERS, KEY, b"{}", {f"customer:{KEY}"}),
        (topics.CASES, f"{KEY}|{CASE}", b"{}", OF_THE_CASE),
        (topics.ESCALATIONS, KEY, b'{"case_id":"%s"}' % CASE.encode(), OF_THE_CASE),
        (topics.COMPLAINTS, KEY, b'{"document_id":"%s"}' % CASE.encode(), OF_THE_CASE),
        (
            topics.COMPLAINTS,
            KEY,
            b'{"document_id":"a step","case_id":"%s"}' % CASE.encode(),
            OF_THE_CASE,
        ),
        (topics.COMPLAINTS, KEY, b"[1]", {"cases", f"customer:{KEY}"}),
        (topics.COMPLAINTS, KEY, b"not JSON", {"cases", f"customer:{KEY}"}),
    ],
)
def test_a_record_says_what_has_changed(
    topic: topics.Topic, key: str, value: bytes | None, words: set[str]
) -> None:
    assert changed_words(topic.name, key, value) == words
    assert topic.name in FOLLOWED


@pytest.mark.parametrize(
    ("word", "act"),
    [
        ("tasks", "see_tasks"),
        ("cases", "see_complaints"),
        ("customers", "see_customers"),
        (f"customer:{KEY}", "see_customers"),
        (f"case:{CASE}", "see_complaints"),
        (f"present:case:{CASE}", "see_complaints"),
        ("case", None),
        ("customer:", None),
        ("tasks:all", None),
        ("present:", None),
        ("passwords", None),
        ("", None),
    ],
)
def test_each_word_needs_what_seeing_it_needs(word: str, act: str | None) -> None:
    assert act_of(word) == act


@pytest.mark.parametrize(
    ("word", "dealer"),
    [
        ("tasks", None),
        (f"customer:{KEY}", "sunrise/pudong"),
        (f"case:{KEY}|{CASE}", "sunrise/pudong"),
        (f"present:customer:{KEY}", "sunrise/pudong"),
        ("customer:sunrise", None),
    ],
)
def test_a_word_says_whose_it_is(word: str, dealer: str | None) -> None:
    assert dealer_in(word) == dealer


def test_what_a_page_does_not_show_is_not_told() -> None:
    pending = Pending(["tasks"])
    assert not pending.change(["cases", f"customer:{KEY}"], 0)
    assert pending.due_at() == math.inf
    assert pending.take(100) == ()


def test_a_change_is_told_at_once_and_again_when_it_has_settled() -> None:
    pending = Pending(["tasks"])
    assert pending.change(["tasks"], 10)
    assert pending.take(10) == ("tasks",)
    assert pending.due_at() == 10 + SETTLES_SECONDS
    assert pending.take(10 + SETTLES_SECONDS) == ("tasks",)
    assert pending.due_at() == math.inf


def test_many_changes_are_told_once_a_second() -> None:
    pending = Pending(["tasks", "cases"])
    told = []
    for tenth in range(100):
        now = tenth / 10
        pending.change(["tasks"] if tenth % 2 else ["cases"], now)
        if words := pending.take(now):
            told.append((now, words))
    assert len(told) == 10
    assert all(later - now >= ONCE_A_SECOND for (now, _), (later, _) in pairwise(told))
    assert all(words == ("cases", "tasks") for _, words in told[1:])


def test_the_last_change_is_never_lost() -> None:
    pending = Pending(["tasks"])
    pending.change(["tasks"], 0)
    pending.take(0)
    pending.change(["tasks"], 0.5)
    assert pending.take(0.9) == ()
    assert pending.due_at() == ONCE_A_SECOND
    assert pending.take(1.0) == ("tasks",)


def test_who_is_there_is_told_once() -> None:
    pending = Pending([f"present:customer:{KEY}"])
    pending.everything(0)
    assert pending.take(0) == (f"present:customer:{KEY}",)
    assert pending.due_at() == math.inf
