"""What closes a task before its time: what a customer does not want, and what came of it."""

from typing import Any

import pytest

from shared.contracts.envelope import Event
from tests.services.followup.given import (
    at,
    consent,
    given,
    local,
    moved,
    opt_outs,
    outcome,
    visit,
)

CSI = "service_satisfaction/visit/R1"


class TestConsent:
    @pytest.mark.parametrize(
        "refusal",
        [consent("2025-01-10", do_not_contact=True), consent("2025-01-10", opt_outs=("phone",))],
    )
    def test_who_refused_before_it_opens_is_not_contacted(self, refusal: Event[Any]) -> None:
        story = given(visit("2025-01-10"), refusal)
        story.when("2025-01-11 12:00").then()

    def test_another_channel_may_be_refused(self) -> None:
        story = given(visit("2025-01-10"), consent("2025-01-09", opt_outs=("sms",)))
        story.when("2025-01-11 12:00").then("service_satisfaction/R1 open")

    def test_the_newest_consent_before_the_opening_counts(self) -> None:
        story = given(
            visit("2025-01-10"),
            consent("2025-01-09", "N2"),
            consent("2025-01-08", "N1", do_not_contact=True),
        )
        story.when("2025-01-11 12:00").then("service_satisfaction/R1 open")

    @pytest.mark.parametrize(
        ("refusal", "status"),
        [
            (consent("2025-01-12", do_not_contact=True), "cancelled: do_not_contact"),
            (consent("2025-01-12", opt_outs=("phone",)), "cancelled: opted_out"),
        ],
    )
    def test_a_refusal_while_it_is_open_cancels_it(self, refusal: Event[Any], status: str) -> None:
        story = given(visit("2025-01-10"), refusal)
        story.when("2025-01-12 16:59").then("service_satisfaction/R1 open")
        story.when("2025-01-12 17:00").then(f"service_satisfaction/R1 {status}")

    @pytest.mark.parametrize("refused", [(), ("sms",)])
    def test_what_a_document_says_of_channels_lifts_no_do_not_contact(
        self, refused: tuple[str, ...]
    ) -> None:
        never = consent("2025-01-08", do_not_contact=True)
        story = given(visit("2025-01-10"), opt_outs("2025-01-09", *refused), never)
        story.when("2025-01-11 12:00").then()

    def test_what_a_document_says_of_channels_counts_until_the_next_word_on_them(self) -> None:
        closed, said = visit("2025-01-10"), opt_outs("2025-01-09", "phone")
        given(closed, said).when("2025-01-11 12:00").then()
        later = opt_outs("2025-01-09 18:00", number="sale/D1")
        statuses = given(closed, later, said).when("2025-01-11 12:00").statuses
        assert statuses == {"service_satisfaction/R1": "open"}
        form = consent("2025-01-09 18:00", opt_outs=("phone",))
        older = opt_outs("2025-01-09 12:00")
        given(closed, form, older).when("2025-01-11 12:00").then()

    def test_a_channel_refused_in_a_document_cancels_what_is_open(self) -> None:
        story = given(visit("2025-01-10"), opt_outs("2025-01-12", "phone"))
        story.when("2025-01-12 17:00").then("service_satisfaction/R1 cancelled: opted_out")

    def test_opt_outs_that_moved_with_their_document_are_forgotten(self) -> None:
        said = opt_outs("2025-01-09", "phone")
        story = given(visit("2025-01-10"), said, moved("opt-outs", "visit/R1"))
        story.when("2025-01-11 12:00").then("service_satisfaction/R1 open")

    def test_a_consent_that_was_another_customers_is_forgotten(self) -> None:
        story = given(
            visit("2025-01-10"),
            consent("2025-01-09", do_not_contact=True),
            moved("consent", "N1"),
        )
        story.when("2025-01-11 12:00").then("service_satisfaction/R1 open")


class TestOutcomes:
    @pytest.mark.parametrize(
        ("what", "status"),
        [
            ("done", "done: done"),
            ("declined", "cancelled: declined"),
            ("not_reached", "open"),
            ("postponed", "open"),
        ],
    )
    def test_an_outcome_closes_the_task_or_leaves_it_open(self, what: str, status: str) -> None:
        story = given(visit("2025-01-10"), outcome("2025-01-11 15:00", CSI, what))
        story.when("2025-01-12").then(f"service_satisfaction/R1 {status}")

    def test_the_day_of_the_next_contact_moves_the_due_time_if_later(self) -> None:
        later = outcome("2025-01-11 15:00", CSI, "not_reached", next_contact_on="2025-01-20")
        sooner = outcome("2025-01-11 15:00", CSI, "not_reached", next_contact_on="2025-01-12")
        story = given(visit("2025-01-10"), later).when("2025-01-19")
        story.then("service_satisfaction/R1 open")
        assert local(story.tasks[0].due_at) == "2025-01-20 18:00"
        story = given(visit("2025-01-10"), sooner).when("2025-01-12")
        assert local(story.tasks[0].due_at) == "2025-01-13 17:00"

    def test_nobody_can_postpone_for_ever(self) -> None:
        typo = outcome("2025-01-11", CSI, "postponed", next_contact_on="2199-12-31")
        task = given(visit("2025-01-10"), typo).when("2025-01-19").tasks[0]
        assert local(task.due_at) == "2025-07-10 18:00"

    def test_the_first_thing_that_closes_a_task_counts(self) -> None:
        story = given(
            visit("2025-01-10"),
            outcome("2025-01-12 10:00", CSI, "done", "O2"),
            outcome("2025-01-12 09:00", CSI, "declined", "O1"),
            consent("2025-01-12 11:00", do_not_contact=True),
        )
        story.when("2025-01-13").then("service_satisfaction/R1 cancelled: declined")

    def test_an_outcome_reported_for_a_closed_task_changes_nothing(self) -> None:
        story = given(
            visit("2025-01-10"),
            consent("2025-01-12 09:00", do_not_contact=True),
            outcome("2025-01-12 10:00", CSI, "done"),
        )
        story.when("2025-01-13").then("service_satisfaction/R1 cancelled: do_not_contact")

    def test_an_outcome_from_a_clock_that_is_fast_counts_when_its_time_comes(self) -> None:
        story = given(visit("2025-01-10"), outcome("2025-01-12 12:00", CSI, "done"))
        before = story.when("2025-01-12 11:59")
        before.then("service_satisfaction/R1 open")
        before.next_due("2025-01-12 12:00")
        story.when("2025-01-12 12:00").then("service_satisfaction/R1 done: done")

    def test_so_does_a_postponement(self) -> None:
        later = outcome("2025-01-12 12:00", CSI, "postponed", next_contact_on="2025-01-20")
        story = given(visit("2025-01-10"), later)
        dues = [local(story.when(f"2025-01-12 {t}").tasks[0].due_at) for t in ("11:59", "12:00")]
        assert dues == ["2025-01-13 17:00", "2025-01-20 18:00"]

    def test_who_was_called_before_the_task_opened_is_not_called_again(self) -> None:
        story = given(visit("2025-01-10"), outcome("2025-01-11 08:00", CSI, "done"))
        task = story.when("2025-01-11 09:00").tasks[0]
        assert (task.status, task.closed_at) == ("done", at("2025-01-11 09:00"))

    def test_a_task_postponed_again_and_again_is_not_forgotten_while_it_is_open(self) -> None:
        story = given(
            visit("2025-01-10", vin=None),
            outcome("2025-01-12", CSI, "postponed", "O1", next_contact_on="2025-07-05"),
            outcome("2025-07-04", CSI, "postponed", "O2", next_contact_on="2025-12-20"),
        )
        story.when("2025-12-01").then("service_satisfaction/R1 open")

    def test_an_outcome_of_another_task_changes_nothing(self) -> None:
        other = outcome("2025-01-11 15:00", "next_service/visit/R1", "done")
        story = given(visit("2025-01-10"), other)
        story.when("2025-01-12").then("service_satisfaction/R1 open")

    def test_an_outcome_that_was_another_customers_is_forgotten(self) -> None:
        done = outcome("2025-01-11 15:00", CSI, "done")
        story = given(visit("2025-01-10"), done, moved("task-outcome", "O1"))
        story.when("2025-01-12").then("service_satisfaction/R1 open")
