"""Scoring, as given/when/then: what a customer's story is worth, and which grade it leads to."""

from typing import Any

import pytest

from services.scoring.domain.policy import ScoringPolicy
from shared.contracts.envelope import Event
from shared.decider.decision import Decision
from tests.services.scoring.given import (
    complaint,
    given,
    moved,
    no_complaint,
    referral,
    sale,
    survey,
    visit,
)


class TestValue:
    def test_a_car_bought_counts_for_its_buyer(self) -> None:
        given(sale("2025-01-10")).when("2025-02-01").then("vehicle_bought 30")

    @pytest.mark.parametrize(
        ("role", "points"), [("buyer", 30), ("co_buyer", 15), ("registrant", 0), ("driver", 0)]
    )
    def test_a_car_counts_less_for_other_roles(self, role: str, points: int) -> None:
        assert given(sale("2025-01-10", role=role)).when("2025-02-01").score.value == points

    def test_a_customer_in_two_roles_of_one_sale_is_its_buyer(self) -> None:
        buyer, co_buyer = sale("2025-01-10"), sale("2025-01-10", role="co_buyer")
        for story in (given(buyer, co_buyer), given(co_buyer, buyer)):
            story.when("2025-02-01").then("vehicle_bought 30")

    @pytest.mark.parametrize(
        "without_value",
        [
            sale("2025-01-10", status="open"),
            sale("2025-01-10", sale_type="wholesale"),
            sale("2025-01-10", sale_type="demo"),
            visit("2025-01-10", paid="9999", pays="internal"),
            visit("2025-01-10", paid="9999", status="open"),
            visit("2025-01-10", paid="9999", pays="warranty"),
            visit("2025-01-10", paid="0"),
            visit("2025-01-10", paid="99.99"),
            visit("2025-01-10", paid="9999", currency="XAU"),
        ],
    )
    def test_what_brings_nothing_counts_nothing(self, without_value: Event[Any]) -> None:
        assert given(without_value).when("2025-02-01").score.value == 0

    def test_a_second_car_is_a_replacement_too(self) -> None:
        story = given(sale("2025-01-10", "D2"), sale("2024-01-10", "D1"))
        story.when("2025-02-01").then("vehicle_bought 60 of 2", "vehicle_replaced 15")

    def test_products_count_unless_given_away(self) -> None:
        story = given(sale("2025-01-10", products=("1200", None, "0"))).when("2025-02-01")
        assert story.reasons["products_bought"] == (10, 2)

    def test_money_paid_for_service_counts_by_whole_units_and_up_to_a_limit(self) -> None:
        assert (
            given(visit("2025-01-10", paid="1299.90")).when("2025-02-01").points["service_paid"]
            == 12
        )
        assert (
            given(visit("2025-01-10", paid="129900")).when("2025-02-01").points["service_paid"]
            == 40
        )

    def test_currencies_have_units_of_their_own(self) -> None:
        story = given(visit("2025-01-10", paid="150", currency="EUR")).when("2025-02-01")
        assert story.points["service_paid"] == 10


class TestLoyalty:
    def test_the_last_visit_counts_and_fades(self) -> None:
        story = given(visit("2025-01-10", "R1"), visit("2025-03-10", "R2"))
        assert story.when("2025-03-11").reasons["recent_visit"] == (20, 1)
        assert story.when("2025-09-10").reasons["recent_visit"] == (10, 1)
        assert "recent_visit" not in story.when("2026-03-11").reasons

    def test_visits_of_one_day_count_once(self) -> None:
        morning = visit("2025-01-09T23:00:00+00:00", "R1")
        evening = visit("2025-01-10T10:00:00+00:00", "R2")
        next_day = visit("2025-01-10T17:00:00+00:00", "R3")
        story = given(morning, evening, next_day).when("2025-02-01")
        assert story.reasons["regular_visits"] == (12, 2)

    def test_a_warranty_visit_is_a_visit(self) -> None:
        given(visit("2025-01-10", pays="warranty")).when("2025-02-01").then(
            "recent_visit 20", "regular_visits 6"
        )

    def test_referring_counts_and_being_referred_does_not(self) -> None:
        given(referral("2025-01-10")).when("2025-02-01").then("referrals 4")
        given(referral("2025-01-10", role="referred")).when("2025-02-01").then_nothing()

    def test_whoever_is_referred_counts_once_under_however_many_numbers(self) -> None:
        twice = (
            referral("2025-01-10", "F1", whom="C2"),
            referral("2025-01-20", "F2", whom="C2"),
        )
        for order in (twice, twice[::-1]):
            assert given(*order).when("2025-02-01").reasons["referrals"] == (4, 1)
        another = referral("2025-01-20", "F3", whom="C3")
        assert given(*twice, another).when("2025-02-01").reasons["referrals"] == (8, 2)

    def test_the_first_of_two_referrals_gone_the_second_counts(self) -> None:
        twice = (referral("2025-01-10", whom="C2"), referral("2025-01-20", "F2", whom="C2"))
        story = given(*twice, moved("referral", "F1"))
        story.when("2025-01-15").then()
        assert story.when("2025-02-01").reasons["referrals"] == (4, 1)

    def test_a_lease_that_ends_in_a_purchase_of_the_car_is_no_second_car(self) -> None:
        story = given(
            sale("2022-01-10", sale_type="lease", vin=CAR),
            sale("2025-01-10", "D2", vin=CAR, products=("100",)),
        )
        story.when("2025-01-11").then("vehicle_bought 15", "products_bought 5")
        story.when("2024-01-11").then("vehicle_bought 30")

    def test_a_car_sold_on_and_bought_back_counts_from_the_first_time(self) -> None:
        story = given(
            sale("2023-01-10", vin=CAR),
            sale("2024-01-10", "D2", vin="LSVAU2180N2183295"),
            sale("2025-01-10", "D3", vin=CAR),
        )
        reasons = story.when("2025-02-01").reasons
        assert reasons == {"vehicle_bought": (60, 2), "vehicle_replaced": (15, 1)}

    def test_two_cars_of_which_no_vin_is_told_are_two(self) -> None:
        story = given(sale("2025-01-10"), sale("2025-01-20", "D2"))
        assert story.when("2025-02-01").reasons["vehicle_bought"] == (60, 2)

    def test_who_becomes_the_buyer_of_a_car_counts_for_that_from_then_on(self) -> None:
        story = given(
            sale("2024-01-10", role="co_buyer", vin=CAR),
            sale("2025-01-10", "D2", vin=CAR),
            sale("2025-01-20", "D3", role="co_buyer", vin=CAR),
        )
        story.when("2024-12-01").then("vehicle_bought 15")
        story.when("2025-02-01").then("vehicle_bought 30")

    def test_a_second_sale_of_a_car_that_was_unwound_leaves_the_first(self) -> None:
        story = given(
            sale("2024-01-10", vin=CAR), sale("2025-01-10", "D2", vin=CAR, status="unwound")
        )
        story.when("2025-02-01").then("vehicle_bought 30")

    @pytest.mark.parametrize(
        ("overall", "points"), [(10, 6), (9, 6), (8, 3), (7, 3), (6, 0), (5, 0), (4, -6), (0, -6)]
    )
    def test_survey_answers_count_by_band(self, overall: int, points: int) -> None:
        assert given(survey("2025-01-10", overall)).when("2025-02-01").score.loyalty == points

    def test_a_complaint_subtracts_and_a_major_one_more(self) -> None:
        assert given(complaint("2025-01-10")).when("2025-02-01").score.loyalty == -15
        assert (
            given(complaint("2025-01-10", severity="major")).when("2025-02-01").score.loyalty == -25
        )

    def test_regrading_counts_from_then_on(self) -> None:
        story = given(
            complaint(
                "2025-01-10", "K1", ("2025-01-12", "open major"), ("2025-01-20", "open normal")
            ),
        )
        loyalty = [
            story.when(on).score.loyalty for on in ("2025-01-11", "2025-01-13", "2025-01-21")
        ]
        assert loyalty == [-15, -25, -15]

    def test_a_satisfied_call_back_gives_some_back_until_the_case_reopens(self) -> None:
        story = given(
            complaint("2025-01-10", "K1", ("2025-01-15", "satisfied"), ("2025-01-20", "open"))
        )
        loyalty = [
            story.when(on).score.loyalty for on in ("2025-01-14", "2025-01-16", "2025-01-21")
        ]
        assert loyalty == [-15, -5, -15]

    @pytest.mark.parametrize("name", ["withdrawn", "merged"])
    def test_a_complaint_withdrawn_or_merged_weighs_no_longer(self, name: str) -> None:
        turn = ("2025-01-15", f"{name} major")
        story = given(complaint("2025-01-10", "K1", turn, severity="major"))
        assert story.when("2025-01-14").score.loyalty == -25
        assert story.when("2025-01-16").score.loyalty == 0

    @pytest.mark.parametrize("name", ["withdrawn", "merged"])
    def test_one_that_is_open_again_weighs_from_then_on(self, name: str) -> None:
        story = given(
            complaint("2025-01-10", "K1", ("2025-01-15", name), ("2025-01-20", "open major"))
        )
        loyalty = [
            story.when(on).score.loyalty for on in ("2025-01-14", "2025-01-16", "2025-01-21")
        ]
        assert loyalty == [-15, 0, -25]

    def test_each_of_several_complaints_weighs_and_one_merged_into_another_does_not(self) -> None:
        merged = complaint("2025-01-10", "K2", ("2025-01-11", "merged"))
        story = given(complaint("2025-01-09"), merged, complaint("2025-01-10", "K3"))
        assert story.when("2025-01-12").reasons["complaints"] == (-30, 2)

    def test_the_newest_of_what_is_told_counts(self) -> None:
        withdrawn = complaint("2025-01-10", "K1", ("2025-01-15", "withdrawn"))
        again = complaint("2025-01-10", revision=2)
        for order in ((withdrawn, again), (again, withdrawn), (again, withdrawn, again)):
            assert given(*order).when("2025-02-01").score.loyalty == -15


CAR = "LSVAU2180N2183294"


class TestFading:
    def test_points_fade_on_the_day_without_any_event(self) -> None:
        story = given(visit("2025-01-10", paid="1000"))
        story.when("2025-01-11").next_due("2025-07-09")
        assert story.when("2026-01-09").points["service_paid"] == 10
        assert story.when("2026-01-10").points["service_paid"] == 5
        story.when("2027-01-10").then()

    def test_when_all_has_faded_nothing_is_due_any_more(self) -> None:
        story = given(visit("2015-01-10")).when("2025-01-01")
        story.next_due(None)
        assert (story.score.score, story.score.grade) == (0, "general")

    def test_what_has_not_happened_yet_does_not_count_yet(self) -> None:
        given(visit("2025-01-10")).when("2025-01-09").then().next_due("2025-01-10")


REGULAR = (visit("2025-02-10", "R1"), visit("2025-04-10", "R2"), visit("2025-06-10", "R3"))
PAYING = (sale("2025-01-10"), visit("2025-01-20", "R0", paid="1000"))


class TestGrades:
    def test_neither_axis_high_is_general(self) -> None:
        assert given(sale("2025-01-10")).when("2025-02-01").score.grade == "general"

    def test_one_axis_high_is_potential(self) -> None:
        assert given(*PAYING).when("2025-02-01").score.grade == "potential"
        assert given(*REGULAR).when("2025-06-11").score.grade == "potential"

    def test_both_axes_high_is_quality_and_every_change_is_told(self) -> None:
        story = given(*PAYING, *REGULAR).when("2025-06-11")
        assert story.score.grade == "quality"
        story.then_grades("2025-01-20 general to potential", "2025-04-10 potential to quality")
        before = [f"{each.grade} until {each.until:%Y-%m-%d}" for each in story.score.grades_before]
        assert before == ["general until 2025-01-20", "potential until 2025-04-10"]

    def test_the_first_grade_is_not_a_change(self) -> None:
        given(sale("2025-01-10", products=("1", "1"))).when("2025-02-01").then_grades()

    def test_an_axis_stays_high_within_the_margin(self) -> None:
        story = given(
            sale("2025-01-01"),
            visit("2025-01-02", paid="1000"),
        )
        lower = ScoringPolicy(value_is_high_from=40, margin=5)
        assert story.by(lower).when("2025-06-01").score.grade == "potential"
        after_fading = story.by(lower).when("2026-02-01")
        assert (after_fading.score.value, after_fading.score.grade) == (35, "potential")
        strict = ScoringPolicy(value_is_high_from=40, margin=4)
        assert story.by(strict).when("2026-02-01").score.grade == "general"

    def test_fading_changes_the_grade_on_its_day(self) -> None:
        story = given(*PAYING, *REGULAR)
        assert story.when("2026-06-11").changes[-1] == "2026-06-10 quality to potential"

    def test_an_axis_that_falls_and_rises_at_one_instant_has_not_changed(self) -> None:
        story = given(
            visit("2025-01-10", "R1", paid="4000"), visit("2026-01-10", "R2", paid="4000")
        )
        story.when("2026-02-01").then_grades()

    def test_a_change_is_remembered_for_400_days(self) -> None:
        story = given(*PAYING)
        assert "2025-01-20 general to potential" in story.when("2026-02-23").changes
        assert "2025-01-20 general to potential" not in story.when("2026-02-24").changes

    def test_a_correction_disproves_the_changes_it_led_to(self) -> None:
        assert len(given(*PAYING).when("2025-02-01").changes) == 1
        corrected = given(*PAYING, visit("2025-01-20", "R0", paid="100", revision=2))
        corrected.when("2025-02-01").then_grades()


class TestHistory:
    def test_a_change_that_was_history_on_arrival_alarms_nobody(self) -> None:
        imported = (
            sale("2025-01-10", received="2025-06-01"),
            visit("2025-01-20", "R0", paid="1000", received="2025-06-01"),
        )
        story = given(*imported).when("2025-06-02")
        assert story.score.grade == "potential"
        story.then_grades()

    def test_a_change_within_seven_days_of_its_receipt_is_told(self) -> None:
        late = visit("2025-01-20", "R0", paid="1000", received="2025-01-27")
        assert len(given(sale("2025-01-10"), late).when("2025-02-01").changes) == 1
        later = visit("2025-01-20", "R0", paid="1000", received="2025-01-28")
        given(sale("2025-01-10"), later).when("2025-02-01").then_grades()

    def test_what_fades_after_the_import_is_told(self) -> None:
        imported = [
            visit(f"2025-0{month}-10", f"R{month}", received="2025-06-01") for month in (2, 4, 5)
        ]
        given(*imported).when("2025-12-01").then_grades("2025-11-06 potential to general")

    def test_later_history_does_not_take_back_a_change_that_still_holds(self) -> None:
        import_of_old_complaint = complaint("2024-12-01", received="2025-03-01")
        story = given(*PAYING, import_of_old_complaint).when("2025-03-02")
        story.then_grades("2025-01-20 general to potential")

    def test_what_became_of_a_complaint_and_is_told_long_after_alarms_nobody(self) -> None:
        """The change of grade is history, however soon the complaint itself was told."""
        came_thrice = [visit(f"2025-01-0{number}", f"R{number}") for number in (1, 5, 9)]
        for received, is_told in (("", True), ("2025-06-01", False)):
            turn = ("2025-01-20", f"withdrawn normal {received}")
            story = given(*came_thrice, complaint("2025-01-15", "K1", turn)).when("2025-06-02")
            assert ("2025-01-20 general to potential" in story.changes) == is_told


class TestCorrections:
    def test_without_documents_there_is_no_score(self) -> None:
        given().when("2025-01-01").then_nothing()

    @pytest.mark.parametrize(
        ("event", "gone"),
        [
            (sale("2025-01-10"), moved("sale", "D1")),
            (visit("2025-01-10"), moved("visit", "R1")),
            (complaint("2025-01-10"), no_complaint()),
            (survey("2025-01-10", 9), moved("survey", "S1")),
            (referral("2025-01-10"), moved("referral", "F1")),
            (sale("2025-01-10"), sale("2025-01-10", status="unwound", revision=2)),
            (sale("2025-01-10"), sale("2025-01-10", status="cancelled", revision=2)),
            (visit("2025-01-10"), visit("2025-01-10", status="voided", revision=2)),
        ],
    )
    def test_a_document_moved_or_taken_back_leaves_no_score(
        self, event: Event[Any], gone: Event[Any]
    ) -> None:
        assert given(event).when("2025-02-01").decision != Decision()
        for order in ((event, gone), (gone, event)):
            given(*order).when("2025-02-01").then_nothing()

    def test_a_document_that_comes_back_counts_again(self) -> None:
        story = given(moved("sale", "D1"), sale("2025-01-10", revision=3))
        assert story.when("2025-02-01").score.value == 30

    def test_a_complaint_that_comes_back_weighs_again(self) -> None:
        story = given(complaint("2025-01-10"), no_complaint(), complaint("2025-01-10", revision=3))
        assert story.when("2025-01-16").score.loyalty == -15

    def test_versions_tell_every_document_moved_ones_included(self) -> None:
        facts = given(sale("2025-01-10"), moved("visit", "R1")).facts
        assert set(facts.versions()) == {
            "sunrise/pudong/cdk/sale/D1",
            "sunrise/pudong/cdk/visit/R1",
        }
