"""Followup, as given/when/then: which tasks a customer's story leads to, and how they end."""

from typing import Any

import pytest

from shared.contracts.envelope import Event
from tests.services.followup.given import (
    CAR,
    at,
    consent,
    delivery,
    given,
    local,
    moved,
    outcome,
    visit,
)


class TestDelivery:
    def test_the_rules_of_a_delivery(self) -> None:
        story = given(delivery("2025-01-10 15:00")).when("2025-01-15")
        windows = {
            task.kind: (local(task.opens_at), local(task.due_at), task.owner_role)
            for task in story.tasks
        }
        assert windows == {
            "delivery_thanks": ("2025-01-10 15:00", "2025-01-11 15:00", "sales_consultant"),
            "delivery_satisfaction": ("2025-01-13 15:00", "2025-01-17 15:00", "customer_relations"),
        }

    def test_tasks_open_one_after_the_other(self) -> None:
        story = given(delivery("2025-01-10 15:00"))
        story.when("2025-01-10 14:59").then()
        story.when("2025-01-10 15:00").then("delivery_thanks/D1 open")
        story.when("2025-01-13 15:00").then(
            "delivery_thanks/D1 overdue", "delivery_satisfaction/D1 open"
        )

    def test_a_delivery_known_by_its_date_is_at_nine(self) -> None:
        by_date = delivery("2025-01-10", date_only=True, received="2025-01-10 10:00")
        story = given(by_date).when("2025-01-10 09:00")
        assert local(story.of_kind("delivery_thanks").opens_at) == "2025-01-10 09:00"

    @pytest.mark.parametrize(
        "without_tasks",
        [
            delivery("2025-01-10", role="co_buyer"),
            delivery("2025-01-10", role="driver"),
            delivery("2025-01-10", sale_type="wholesale"),
            delivery("2025-01-10", sale_type="demo"),
            delivery("2025-01-10", status="open"),
        ],
    )
    def test_what_is_not_a_customers_delivery_makes_no_task(
        self, without_tasks: Event[Any]
    ) -> None:
        given(without_tasks).when("2025-01-15").then_nothing()

    def test_a_buyer_named_in_two_roles_is_followed_up_once(self) -> None:
        buyer, driver = delivery("2025-01-10"), delivery("2025-01-10", role="driver")
        for story in (given(buyer, driver), given(driver, buyer)):
            story.when("2025-01-10 18:00").then("delivery_thanks/D1 open")

    @pytest.mark.parametrize("status", ["unwound", "cancelled"])
    def test_a_sale_undone_cancels_what_is_open_and_plans_nothing_more(self, status: str) -> None:
        story = given(
            delivery("2025-01-10"), delivery("2025-01-10", status=status, revised="2025-01-11")
        )
        story.when("2025-01-15").then("delivery_thanks/D1 cancelled: sale undone")
        assert local(story.when("2025-01-15").tasks[0].closed_at or at("2000-01-01")) == (
            "2025-01-11 17:00"
        )

    def test_a_sale_moved_leaves_no_task(self) -> None:
        story = given(delivery("2025-01-10"), moved("sale", "D1"))
        story.when("2025-01-10 18:00").then_nothing()


class TestServiceSatisfaction:
    def test_it_opens_at_nine_on_the_day_after_closing(self) -> None:
        task = (
            given(visit("2025-01-10 17:30"))
            .when("2025-01-11 09:00")
            .of_kind("service_satisfaction")
        )
        assert (local(task.opens_at), local(task.due_at)) == (
            "2025-01-11 09:00",
            "2025-01-13 17:30",
        )
        given(visit("2025-01-10 17:30")).when("2025-01-11 08:59").then()

    @pytest.mark.parametrize(
        "without_tasks",
        [
            visit("2025-01-10", pays="internal"),
            visit("2025-01-10", status="voided"),
            visit("2025-01-10", status="ready"),
        ],
    )
    def test_what_is_not_a_closed_visit_of_a_customer_makes_no_task(
        self, without_tasks: Event[Any]
    ) -> None:
        given(without_tasks).when("2025-01-11").then()

    def test_orders_of_one_car_closed_on_one_day_are_asked_about_once(self) -> None:
        story = given(visit("2025-01-10 12:00", "R1"), visit("2025-01-10 17:00", "R2"))
        story.when("2025-01-11 12:00").then("service_satisfaction/R2 open")

    @pytest.mark.parametrize(
        "gone", [moved("visit", "R1"), visit("2025-01-10", status="voided", revised="2025-01-11")]
    )
    def test_a_visit_voided_or_moved_should_never_have_made_a_task(self, gone: Event[Any]) -> None:
        for order in ((visit("2025-01-10"), gone), (gone, visit("2025-01-10"))):
            given(*order).when("2025-01-11 12:00").then_nothing()


class TestNextService:
    def test_without_odometer_readings_it_is_due_after_180_days(self) -> None:
        story = given(visit("2025-01-10", km=20_000))
        task = story.when("2025-07-01").of_kind("next_service")
        assert (local(task.opens_at), local(task.due_at)) == (
            "2025-06-25 09:00",
            "2025-07-09 18:00",
        )

    @pytest.mark.parametrize(
        ("km_before", "km_now", "due"),
        [
            (20_000, 30_000, "2025-07-19 18:00"),  # 100 km a day: 10,000 km in 100 days
            (20_000, 25_000, "2025-10-27 18:00"),  # 50 km a day: 200 days
            (20_000, 20_500, "2026-04-10 18:00"),  # hardly driven: a year at most
            (20_000, 90_000, "2025-05-10 18:00"),  # a taxi: a month at least
            (20_000, 19_000, "2025-10-07 18:00"),  # an odometer that went back says nothing
            (20_000, 205_000, "2025-10-07 18:00"),  # nor does one that flew
            (5_000, 53_000, "2025-10-07 18:00"),  # nor ten times as much, at an unusual pace
        ],
    )
    def test_it_is_predicted_from_the_cars_own_use(
        self, km_before: int, km_now: int, due: str
    ) -> None:
        story = given(
            visit("2024-12-31", "R1", km=km_before),
            visit("2025-04-10", "R2", km=km_now),
        )
        [task] = [
            task
            for moment in ("2025-05-01", "2025-07-15", "2025-10-05", "2025-10-20", "2026-04-01")
            for task in story.when(moment).tasks
            if task.kind == "next_service" and task.status == "open"
        ][:1]
        assert local(task.due_at) == due

    def test_readings_close_together_say_nothing(self) -> None:
        story = given(visit("2025-01-01", "R1", km=10_000), visit("2025-01-10", "R2", km=13_000))
        assert local(story.when("2025-07-01").of_kind("next_service").due_at) == "2025-07-09 18:00"

    def test_after_a_delivery_too(self) -> None:
        story = given(delivery("2025-01-10", km=12))
        assert local(story.when("2025-07-01").of_kind("next_service").due_at) == "2025-07-09 18:00"

    def test_a_visit_before_it_opens_takes_its_place(self) -> None:
        story = given(visit("2025-01-10", "R1"), visit("2025-03-10", "R2"))
        assert "next_service/R1" not in story.when("2025-07-01").statuses
        assert story.when("2025-09-01").statuses["next_service/R2"] == "open"

    def test_a_visit_after_it_opened_closes_it(self) -> None:
        story = given(visit("2025-01-10", "R1"), visit("2025-07-01 17:00", "R2", hours=3))
        assert story.when("2025-07-01 13:59").statuses["next_service/R1"] == "open"
        done = story.when("2025-07-02").of_kind("next_service")
        assert (done.status, done.closed_because) == ("done", "visit")
        assert local(done.closed_at or at("2000-01-01")) == "2025-07-01 14:00"

    def test_a_later_reading_does_not_change_what_was_predicted_before_it(self) -> None:
        story = given(
            visit("2025-01-10", "R1", km=10_000), visit("2025-07-01", "R2", km=90_000, hours=3)
        )
        done = story.when("2025-07-02").of_kind("next_service")
        assert (done.status, local(done.due_at)) == ("done", "2025-07-09 18:00")

    def test_the_car_standing_in_the_workshop_is_enough(self) -> None:
        story = given(visit("2025-01-10", "R1"), visit("2025-07-01", "R2", status="open"))
        assert story.when("2025-07-02").statuses["next_service/R1"] == "done: visit"

    def test_another_car_of_the_same_customer_is_another_matter(self) -> None:
        story = given(visit("2025-01-10", "R1"), visit("2025-03-10", "R2", vin="WVWZZZ1JZXW000001"))
        assert story.when("2025-07-01").statuses["next_service/R1"] == "open"

    def test_an_order_that_names_no_car_predicts_nothing(self) -> None:
        story = given(visit("2025-01-10", vin=None))
        assert "next_service/R1" not in story.when("2025-07-01").statuses

    def test_orders_that_overlap_make_one_task(self) -> None:
        story = given(
            visit("2025-01-10 16:00", "R1", hours=6), visit("2025-01-10 17:00", "R2", hours=8)
        )
        next_services = [
            task.document_id
            for task in story.when("2025-07-01").tasks
            if task.kind == "next_service"
        ]
        assert next_services == ["sunrise/pudong/cdk/visit/R2"]

    def test_an_undone_sale_cancels_it(self) -> None:
        story = given(delivery("2025-01-10", status="unwound", revised="2025-07-01"))
        assert story.when("2025-07-02").statuses["next_service/D1"] == "cancelled: sale undone"


class TestTime:
    def test_a_task_is_overdue_then_expires_then_is_forgotten(self) -> None:
        story = given(visit("2025-01-10 17:00", vin=None))
        walked = [
            story.when(moment).statuses.get("service_satisfaction/R1")
            for moment in (
                "2025-01-11 08:59",
                "2025-01-11 09:00",
                "2025-01-13 17:00",
                "2025-02-12 17:00",
                "2025-07-12 16:59",
                "2025-07-12 17:00",
            )
        ]
        expired = "expired: window passed"
        assert walked == [None, "open", "overdue", expired, expired, None]

    def test_next_due_names_each_of_these_moments(self) -> None:
        story = given(visit("2025-01-10 17:00", vin=None))
        moments = ["2025-01-10 17:00", "2025-01-11 09:00", "2025-01-13 17:00", "2025-02-12 17:00"]
        dues = [story.when(moment).decision.next_due for moment in moments]
        assert dues == [*(at(moment) for moment in moments[1:]), None]

    def test_an_open_task_is_not_forgotten_and_a_closed_one_is_in_time(self) -> None:
        [open_one] = given(visit("2025-01-10")).when("2025-01-12").decision.outputs
        assert open_one.forget_at is None
        called = outcome("2025-01-11", "service_satisfaction/visit/R1", "done")
        [closed_one] = given(visit("2025-01-10"), called).when("2025-01-12").decision.outputs
        assert closed_one.forget_at == at("2025-07-12 17:00")


class TestHistory:
    def test_a_window_that_had_passed_on_arrival_is_recorded_as_expired(self) -> None:
        story = given(visit("2025-01-10", received="2025-02-01"))
        story.when("2025-02-01").then(
            "service_satisfaction/R1 expired: window had passed on arrival"
        )

    def test_a_window_still_open_on_arrival_opens(self) -> None:
        story = given(visit("2025-01-10", received="2025-01-12"))
        story.when("2025-01-12").then("service_satisfaction/R1 open")

    def test_what_was_due_over_sixty_days_before_is_not_recorded(self) -> None:
        story = given(visit("2024-09-10", received="2025-02-01"))
        story.when("2025-02-01").then().next_due("2025-02-23 09:00")

    def test_what_was_settled_before_it_arrived_is_not_recorded(self) -> None:
        story = given(
            visit("2025-01-10", "R1", received="2025-07-05"),
            visit("2025-07-01", "R2", received="2025-07-05"),
        )
        story.when("2025-07-05").then(
            "service_satisfaction/R2 expired: window had passed on arrival"
        )


def test_the_task_names_its_car_and_its_document() -> None:
    task = given(visit("2025-01-10")).when("2025-01-12").tasks[0]
    assert (task.vin, task.document_id) == (CAR, "sunrise/pudong/cdk/visit/R1")
    assert task.customer_key == "sunrise/pudong/cdk/C1"
    assert task.dealer_id == "sunrise/pudong"


def test_versions_tell_every_document_moved_ones_included() -> None:
    facts = given(visit("2025-01-10"), moved("sale", "D1"), consent("2025-01-10")).facts
    assert set(facts.versions()) == {
        f"sunrise/pudong/cdk/{document}" for document in ("visit/R1", "sale/D1", "consent/N1")
    }


def test_a_visit_that_is_voided_takes_its_task_back() -> None:
    """The worked example of docs/testing.md."""
    customer = given(visit("2025-01-10 17:30")).when("2025-01-11 08:59").then()
    customer.next_due("2025-01-11 09:00")
    customer.when("2025-01-11 09:00").then("service_satisfaction/R1 open")
    customer.reported(visit("2025-01-10 17:30", status="voided", revised="2025-01-11"))
    customer.when("2025-01-11 12:00").then_nothing()
    customer.then_withdrawn("service_satisfaction/sunrise/pudong/cdk/visit/R1")
