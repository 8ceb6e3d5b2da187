"""What a customer's tasks stand for in lists and totals."""

import json
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given as always

from services.followup.domain import ranks
from services.followup.domain.decide import decide
from services.followup.domain.listing import tasks_to_do
from services.followup.domain.summary import AT_PRESENT, TaskCounter, summarize, summary_of
from shared.contracts.envelope import Event
from shared.contracts.followup import TaskChanged, task_id
from shared.contracts.values import Bilingual
from shared.decider.summary import MOST_ENTRIES, MOST_KEYS, keyed
from shared.runtime.summary_limits import check
from tests.dealers import DEALERS
from tests.services.followup.given import (
    CUSTOMER,
    DEALER,
    POLICY,
    at,
    consent,
    given,
    outcome,
    survey,
    visit,
)
from tests.services.followup.given_tasks import task
from tests.services.followup.stories import moments, stories

ZONE = DEALERS.zone_of(DEALER)


def test_a_task_stands_in_the_lists_of_its_due_time_its_worker_its_kinds_and_its_grade() -> None:
    one = task("2025-01-13 09:00", "csi", "service", grade="quality", person="u-1", priority=3)
    summary = summary_of(CUSTOMER, {"a/1": one}, ZONE)
    [(entry_id, entry)] = summary.entries.items()
    due = ranks.due_rank(at("2025-01-13 09:00"), 3)
    turn = entry.ranks[keyed(ranks.TURN, ranks.worker("u-1", ""))]
    assert entry_id == str(task_id(CUSTOMER, "a/1"))
    assert entry.ranks == {
        "due": due,
        keyed("role", "service_advisor"): due,
        keyed("person", ranks.worker("u-1", "any")): due,
        keyed("kind", "csi"): due,
        keyed("kind", "service"): due,
        keyed("grade", "quality"): due,
        keyed("turn", ranks.worker("u-1", "any")): turn,
    }


def test_nobody_in_particular_is_a_worker_of_a_role() -> None:
    keys = {
        ranks.worker(None, "a"),
        ranks.worker("a", "a"),
        ranks.worker(None, "a, in person"),
        ranks.worker("a, nobody in particular", "b"),
    }
    assert len(keys) == 4
    assert ranks.worker("a", "one role") == ranks.worker("a", "another")


def test_what_waits_for_nothing_stands_behind_all_that_has_a_time_of_its_own() -> None:
    usual = task("2025-01-13 09:00")
    places = {
        name: max(
            rank
            for entry in summary_of(CUSTOMER, {"a/1": each}, ZONE).entries.values()
            for called, rank in entry.ranks.items()
            if called.startswith("turn:")
        )
        for name, each in {
            "urgent": task("2025-01-13 09:00", urgent=True),
            "agreed": task("2090-01-13 09:00", next_attempt_at=at("2090-01-01 09:00")),
            "oldest": task("1999-01-13 09:00", opened="1999-01-01 09:00"),
            "usual": usual,
            "lower": usual.model_copy(update={"priority": 9}),
        }.items()
    }
    assert sorted(places, key=lambda name: places[name]) == [
        "urgent",
        "agreed",
        "oldest",
        "usual",
        "lower",
    ]
    assert places["agreed"] < ranks.FIRST_IN_TURN <= places["oldest"]


def test_without_anything_to_do_and_anything_that_happened_there_is_no_summary() -> None:
    nobody = given(consent("2025-01-10")).facts
    assert summarize(nobody, POLICY, at("2025-01-10 20:00"), zone=ZONE) is None
    facts = given(visit("2025-01-10")).facts
    before, after = (
        summarize(facts, POLICY, at(f"2025-01-{day} 20:00"), zone=ZONE) for day in (10, 11)
    )
    assert before is not None
    assert after is not None
    assert (len(before.entries), len(after.entries)) == (0, 1)
    assert before.counts["2025-01"] == after.counts["2025-01"] == {"asked csi": 1, "orders": 1}


def test_of_very_many_tasks_the_most_pressing_are_listed_and_all_are_counted() -> None:
    tasks = {f"a/{n}": task(f"2025-02-{n % 28 + 1:02} 09:00") for n in range(MOST_ENTRIES + 30)}
    tasks["a/urgent"] = task("2025-03-20 09:00", urgent=True)
    summary = summary_of(CUSTOMER, tasks, ZONE)
    assert len(summary.entries) == MOST_ENTRIES
    assert str(task_id(CUSTOMER, "a/urgent")) in summary.entries
    assert str(task_id(CUSTOMER, "a/27")) not in summary.entries
    assert summary.counts[AT_PRESENT][str(TaskCounter("open", "all", ""))] == len(tasks)


def test_who_was_done_with_a_task_last_is_told_by_when_it_was() -> None:
    csi = "service_satisfaction/visit/R1"
    facts = given(
        visit("2025-01-10"),
        outcome("2025-01-11 10:00", csi, "not_reached", "O1", by="u-2"),
        outcome("2025-01-11 11:00", csi, "done", "O2", by="u-1"),
        outcome("2025-01-11 12:00", csi, "declined", "O3", by="u-1"),
        outcome("2025-01-11 13:00", csi, "done", "O4"),
    ).facts
    summary = summarize(facts, POLICY, at("2025-01-11 20:00"), zone=ZONE)
    assert summary is not None
    assert summary.ranks == {keyed("done", "u-1"): ranks.minute_rank(at("2025-01-11 12:00"))}
    assert not summary.entries


def long_task(number: int, letter: str = "长") -> TaskChanged:
    words = letter * 2000
    found = task(
        f"2025-{number % 12 + 1:02}-{number % 28 + 1:02}",
        *(f"{'k' * 36}_{kind:02}" for kind in range(20)),
        role=f"{letter * 115}{number}",
        person=f"{letter * 110}{number}",
        why_now=(Bilingual(en=words, zh=words),),
        grade="quality",
        vin="V" * 17,
    )
    title = Bilingual(en=words, zh=words)
    purposes = tuple(each.model_copy(update={"title": title}) for each in found.purposes)
    return found.model_copy(update={"purposes": purposes})


def test_whatever_a_policy_and_sources_say_a_summary_can_be_stored() -> None:
    summary = summary_of(CUSTOMER, {f"a/{n}": long_task(n) for n in range(220)}, ZONE)
    check(summary, CUSTOMER, ranks.LISTS)
    assert len(summary.entries) == MOST_ENTRIES
    kinds = next(iter(summary.entries.values())).line["kinds"]
    assert isinstance(kinds, list)
    assert len(kinds) == MOST_KEYS


def test_what_is_usual_is_told_in_full() -> None:
    one = task("2025-01-13", why_now=(Bilingual(en="a" * 240, zh="长" * 240),))
    [entry] = summary_of(CUSTOMER, {"a/1": one}, ZONE).entries.values()
    assert entry.line["why"] == ["a" * 240, "长" * 240]
    assert len(json.dumps(entry.line)) < 2500


@always(stories(), moments)
def test_lists_and_totals_say_what_is_decided_and_stay_so_until_anything_is_due(
    story: list[Event[Any]], now: datetime
) -> None:
    facts = given(*story).facts
    decided = decide(facts, {}, POLICY, now)
    to_do = tasks_to_do(decided.outputs)
    summary = summarize(facts, POLICY, now, zone=ZONE)
    if summary is None:
        assert not to_do
        return
    check(summary, CUSTOMER, ranks.LISTS)
    tasks = {name for name, entry in summary.entries.items() if ranks.BY_DUE in entry.ranks}
    assert tasks == {str(task_id(CUSTOMER, about)) for about in to_do}
    if not to_do:
        assert summary.ranks or summary.counts
        assert AT_PRESENT not in summary.counts
        return
    counts = summary.counts.get(AT_PRESENT, {})
    assert counts.get(str(TaskCounter("open", "all", "")), 0) == len(to_do)
    overdue = sum(task.status == "overdue" for task in to_do.values())
    assert counts.get(str(TaskCounter("overdue", "all", "")), 0) == overdue
    if decided.next_due is not None:
        before = decided.next_due - timedelta(milliseconds=1)
        assert summarize(facts, POLICY, before, zone=ZONE) == summary


def test_what_figures_are_made_of_takes_the_place_that_tasks_leave() -> None:
    answers = [survey(f"2025-01-{n % 28 + 1:02}", 9, f"S{n}") for n in range(MOST_ENTRIES + 20)]
    summary = summarize(given(*answers).facts, POLICY, at("2025-03-01"), zone=ZONE)
    assert summary is not None
    check(summary, CUSTOMER, ranks.LISTS)
    assert len(summary.entries) == MOST_ENTRIES
    listed = {each.line["at"] for each in summary.entries.values() if "overall" in each.line}
    assert listed and min(map(str, listed)) > "2025-01-05", "the newest"


def test_an_answer_of_very_many_items_can_be_stored() -> None:
    items = {f"{'长' * 38}{n:02}": 5.0 for n in range(49)} | {"on_time": 4.0}
    facts = given(survey("2025-01-10", 5, items=items)).facts
    summary = summarize(facts, POLICY, at("2025-01-10 20:00"), zone=ZONE)
    assert summary is not None
    check(summary, CUSTOMER, ranks.LISTS)
    [answer] = [each.line for each in summary.entries.values() if "overall" in each.line]
    assert answer["items"] == [["on_time", 40]]
