"""What Today shows, drawn from the list and from newer plans."""

from datetime import timedelta

import pytest

from services.desk.domain.people import CustomerCard
from services.desk.views.today import (
    ListAsked,
    TaskRow,
    Whose,
    closed_word,
    line_of,
    next_row,
    row_of,
    with_newer,
)
from shared.contracts.http.followup_lists import LastAttempt
from tests.access.services import NOW
from tests.services.desk.given_tasks import KEY, an_id, attempt, line, plan, task

OTHER = "sunrise/pudong/cdk/C2"
ALL = ListAsked(whose="all")
ME = "s-lin"


def row(name: str, key: str = KEY, **more: object) -> TaskRow:
    return row_of(line(name, key, **more), None, ME)


@pytest.mark.parametrize(
    ("whose", "more", "is_shown"),
    [
        ("mine", {"person": ME}, True),
        ("mine", {}, False),
        ("nobody", {}, True),
        ("nobody", {"person": "s-chen"}, False),
        ("role", {}, True),
        ("role", {"owner_role": "service_advisor"}, False),
        ("all", {"status": "overdue"}, True),
        ("all", {"status": "done"}, False),
    ],
)
def test_a_plans_task_is_shown_where_the_list_would_have_it(
    whose: Whose, more: dict[str, object], is_shown: bool
) -> None:
    asked = ListAsked(whose=whose, role="customer_relations")
    assert asked.shows(task(**more), ME) is is_shown


def test_filters_are_those_of_the_list() -> None:
    found = task("service_satisfaction", "next_service", grade="quality")
    assert ListAsked(whose="all", kind="next_service", grade="quality").shows(found, ME)
    assert not ListAsked(whose="all", kind="silence").shows(found, ME)
    assert not ListAsked(whose="all", grade="general").shows(found, ME)
    assert not ListAsked(whose="all", overdue=True).shows(found, ME)


def test_what_was_just_done_does_not_come_back_on_a_list_that_is_behind() -> None:
    lines = [line("service_satisfaction"), line("silence", OTHER)]
    done = plan(task(status="done", closed_because="done"))
    assert [each.customer_key for each in with_newer(lines, {KEY: done}, ALL, ME)] == [OTHER]


def test_what_was_just_claimed_is_drawn_as_the_plan_has_it() -> None:
    lines = [line("service_satisfaction"), line("silence", OTHER)]
    claimed = plan(task(person=ME, attempts=(attempt(),)))
    first, second = with_newer(lines, {KEY: claimed}, ALL, ME)
    assert (first.person, first.attempts) == (ME, 1)
    assert second == lines[1]


def test_what_has_come_to_the_list_since_is_there_on_the_first_page_alone() -> None:
    lines = [line("silence", OTHER)]
    claimed = {KEY: plan(task(person=ME, due_at=NOW))}
    mine = ListAsked(whose="mine")
    assert [each.customer_key for each in with_newer(lines, claimed, mine, ME)] == [KEY, OTHER]
    later = ListAsked(whose="mine", after="somewhere")
    assert with_newer(lines, claimed, later, ME) == lines


def test_a_plans_task_is_a_line_with_what_it_is_still_for() -> None:
    found = task("service_satisfaction", "next_service")
    ended = found.purposes[0].model_copy(update={"ended": "survey answered"})
    made = line_of(found.model_copy(update={"purposes": (ended, found.purposes[1])}))
    assert [each.kind for each in made.purposes] == ["next_service"]
    assert made.why_en == "because"


def test_a_row_knows_whose_it_is_and_whether_it_waits() -> None:
    found = row("silence", person=ME, next_attempt_at=NOW + timedelta(hours=1))
    assert found.is_mine
    assert found.waits(NOW)
    assert not found.waits(NOW + timedelta(hours=1))
    assert found.name == "C1"


def test_the_next_call_is_the_first_that_may_be_made_now() -> None:
    rows = [
        row("a", OTHER, person="s-chen"),
        row("b", next_attempt_at=NOW + timedelta(minutes=1)),
        row("c"),
        row("d", "sunrise/pudong/cdk/C3"),
    ]
    found = next_row(rows, NOW)
    assert found is not None
    assert found.task_id == str(an_id("c"))
    after = next_row(rows, NOW, but=KEY)
    assert after is not None
    assert after.key.endswith("C3")
    first = next_row(rows, NOW, but=after.key)
    assert first is not None and first.task_id == str(an_id("c"))
    assert next_row(rows[:2], NOW) is None


def test_next_calls_go_through_the_list_and_then_begin_anew() -> None:
    keys = [f"sunrise/pudong/cdk/C{number}" for number in range(3)]
    rows = [row("silence", key) for key in keys]
    gone = [keys[0]]
    for _ in range(4):
        found = next_row(rows, NOW, but=gone[-1])
        assert found is not None
        gone.append(found.key)
    assert gone == [*keys, *keys[:2]]


def test_an_address_keeps_what_is_asked_for() -> None:
    asked = ListAsked(whose="role", role="customer_relations", overdue=True, after="x")
    assert asked.query() == "whose=role&role=customer_relations&overdue=true"
    assert asked.query(overdue=False, after="y&z") == (
        "whose=role&role=customer_relations&after=y%26z"
    )


def test_a_row_shows_no_particulars_of_itself() -> None:
    who = CustomerCard(customer_key=KEY, name="Wang Xiaoming")
    assert "Wang" not in repr(row_of(line("silence"), who, ME))


def test_an_ending_is_told_in_words() -> None:
    assert closed_word(task(status="cancelled", closed_because="window passed")) == (
        "its time has passed"
    )
    assert closed_word(task(status="done", closed_because="a_new_reason")) == "a new reason"
    assert closed_word(task(status="overdue")) == ""


def test_a_row_says_how_the_last_attempt_went_wherever_it_is_drawn_from() -> None:
    tries = (attempt(NOW - timedelta(days=2)), attempt(NOW, "postponed", by="s-chen"))
    told = LastAttempt(at=NOW, outcome="postponed", by="s-chen")
    for drawn in (line_of(task(attempts=tries)), line("silence", last_attempt=told)):
        last = row_of(drawn, None, ME).last
        assert last is not None
        assert (last.at, last.outcome, last.by) == (NOW, "postponed", "s-chen")
    assert row("silence").last is None
