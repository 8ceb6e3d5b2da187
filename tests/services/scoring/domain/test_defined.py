"""What the README's table defines: cars parted with, refunds, internal work, co-owners and such."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given as always

from services.scoring.domain.documents import Profile, Visit
from services.scoring.domain.kept_car import KeptCar
from services.scoring.domain.points import points
from services.scoring.domain.reasons import FORMS
from shared.contracts.envelope import Event
from shared.contracts.identity import OwnershipEnded
from shared.contracts.intake import SaleRecorded
from shared.contracts.scoring import GradeChanged, Reason
from tests.services.scoring.given import (
    CUSTOMER,
    DEALER,
    POLICY,
    Customer,
    complaint,
    day,
    given,
    line,
    moved,
    product,
    referral,
    sale,
    visit,
)
from tests.services.scoring.given_identity import parted, profile, referred_purchase
from tests.services.scoring.stories import stories

CAR, OTHER = "LSVAU2180N2183294", "LSVAU2180N2183295"
BOUGHT = sale("2024-01-10", vin=CAR)
SERVED = visit("2024-06-10", vin=CAR, paid="1000")


class TestACarSoldOn:
    STORY = (BOUGHT, SERVED, parted("2024-09-01", CAR))

    def test_its_purchase_stays_and_its_services_end(self) -> None:
        story = given(*self.STORY)
        story.when("2024-08-31").then(
            "vehicle_bought 30", "service_paid 10", "recent_visit 20", "regular_visits 6"
        )
        story.when("2024-09-02").then("vehicle_bought 30")
        story.when("2027-02-01").then("vehicle_bought 15")

    def test_what_is_done_to_it_after_that_is_none_of_theirs(self) -> None:
        later = visit("2024-10-01", "R2", vin=CAR, paid="9000", promised="2024-10-01T09:00:00Z")
        given(*self.STORY, later).when("2024-10-02").then("vehicle_bought 30")

    def test_another_car_goes_on(self) -> None:
        other = (sale("2024-02-10", "D2", vin=OTHER), visit("2024-05-10", "R2", vin=OTHER))
        story = given(*self.STORY, *other).when("2024-09-02")
        story.then(
            "vehicle_bought 60 of 2", "vehicle_replaced 15", "recent_visit 20", "regular_visits 6"
        )
        [last] = [reason for reason in story.score.reasons if reason.rule == "recent_visit"]
        assert last.documents == (f"{DEALER}/cdk/visit/R2",)

    def test_one_that_was_a_further_car_replaces_none_from_then_on(self) -> None:
        first = sale("2020-01-10", "D0", vin=OTHER)
        story = given(first, *self.STORY)
        assert story.when("2024-08-31").points["vehicle_replaced"] == 15
        assert "vehicle_replaced" not in story.when("2024-09-02").points

    def test_bought_back_it_counts_again(self) -> None:
        back = sale("2024-10-01", "D3", vin=CAR)
        later = visit("2024-11-01", "R2", vin=CAR, paid="500")
        points = given(*self.STORY, back, later).when("2024-11-02").points
        assert (points["service_paid"], points["regular_visits"]) == (5, 6)

    def test_the_order_of_arrival_makes_no_difference(self) -> None:
        one, other = given(*self.STORY), given(*reversed(self.STORY))
        assert one.when("2024-09-02").decision == other.when("2024-09-02").decision


OF_SERVICES = ("service_paid", "recent_visit", "regular_visits", "visits_after_warranty")


@always(stories())
def test_whatever_happened_the_services_of_a_car_give_nothing_once_it_is_sold_on(
    story: list[Event[Any]],
) -> None:
    sold = "2024-01-01"
    kept = [event for event in story if not _bears_on_the_car(event, after=day(sold))]
    documents = given(*kept, parted(sold, CAR, "D99")).facts.documents
    for each in points(documents, POLICY):
        known = documents.get(each.document_id)
        if each.rule in OF_SERVICES and isinstance(known, Visit) and known.vin == CAR:
            assert each.until <= day(sold)


def _bears_on_the_car(event: Event[Any], *, after: datetime) -> bool:
    """Whether they bought it back, or had traded it in before."""
    match event.data:
        case SaleRecorded(traded_in=traded_in, vin=vin, delivered_at=at):
            return CAR in traded_in or (vin == CAR and (at is None or at > after))
        case OwnershipEnded(because=because):
            return because == "traded_in"
    return False


class TestACarTakenInPartExchange:
    @pytest.mark.parametrize(
        "said",
        [
            (sale("2024-09-01", "D2", vin=OTHER, traded_in=(CAR,)),),
            (sale("2024-09-01", "D2", vin=OTHER), parted("2024-09-01", CAR, because="traded_in")),
        ],
    )
    def test_what_was_done_to_it_stays_and_fades_as_the_customer_goes_on(
        self, said: tuple[Event[Any], ...]
    ) -> None:
        given(BOUGHT, SERVED, *said).when("2024-09-02").then(
            "vehicle_bought 60 of 2",
            "vehicle_replaced 15",
            "service_paid 10",
            "recent_visit 20",
            "regular_visits 6",
        )

    def test_its_rhythm_ends_and_the_new_car_is_what_is_expected(self) -> None:
        traded = sale("2024-09-01", "D2", vin=OTHER, traded_in=(CAR,))
        expected = given(BOUGHT, SERVED, traded).when("2024-09-02").score.next_visit
        assert expected is not None
        assert (str(expected.expected_on), expected.basis) == ("2025-02-28", "default")

    def test_a_deal_that_was_unwound_takes_no_car_away(self) -> None:
        traded = sale("2024-09-01", "D2", vin=OTHER, traded_in=(CAR,))
        unwound = sale("2024-09-01", "D2", vin=OTHER, status="unwound", revision=2)
        again = visit("2024-10-01", "R2", vin=CAR)
        assert given(BOUGHT, traded, again).when("2024-10-02").points.get("regular_visits") is None
        points = given(BOUGHT, traded, again, unwound).when("2024-10-02").points
        assert points["regular_visits"] == 6


class TestMoneyGivenBack:
    def test_a_negative_line_lowers_what_its_order_paid(self) -> None:
        order = visit("2025-01-10", lines=[line("1000"), line("-350")])
        assert given(order).when("2025-02-01").points["service_paid"] == 6

    def test_never_below_nothing_and_the_visit_stays_one(self) -> None:
        order = visit("2025-01-10", lines=[line("300"), line("-900")])
        given(order).when("2025-02-01").then("recent_visit 20", "regular_visits 6")

    def test_an_order_that_only_gives_back_is_no_visit_and_lowers_the_ones_before(self) -> None:
        paid = (
            visit("2025-01-10", "R1", vin=CAR, paid="500"),
            visit("2025-02-10", "R2", vin=CAR, paid="800"),
        )
        back = visit("2025-03-10", "R3", vin=CAR, lines=[line("-1000")])
        story = given(*paid, back)
        assert story.when("2025-03-09").points["service_paid"] == 13
        after = story.when("2025-03-11")
        assert after.points["service_paid"] == 3
        assert after.reasons["regular_visits"] == (12, 2)

    @pytest.mark.parametrize(
        "back",
        [
            visit("2025-01-05", "R3", vin=CAR, lines=[line("-1000")]),  # of before
            visit("2025-03-10", "R3", vin=OTHER, lines=[line("-1000")]),
            visit("2025-03-10", "R3", vin=CAR, currency="EUR", lines=[line("-1000")]),
            visit("2025-03-10", "R3", vin=CAR, lines=[line("-1000", pays="warranty")]),
            visit("2025-03-10", "R3", vin=CAR, lines=[line("-1000")], status="voided"),
        ],
    )
    def test_it_takes_nothing_from_what_it_does_not_give_back(self, back: Event[Any]) -> None:
        paid = visit("2025-01-10", "R1", vin=CAR, paid="500")
        assert given(paid, back).when("2025-04-01").points["service_paid"] == 5

    def test_more_than_was_paid_leaves_nothing_and_no_debt(self) -> None:
        back = visit("2025-03-10", "R3", vin=CAR, lines=[line("-9000")])
        paid = (
            visit("2025-01-10", "R1", vin=CAR, paid="500"),
            visit("2025-04-10", "R4", vin=CAR, paid="700"),
        )
        assert given(*paid, back).when("2025-05-01").points["service_paid"] == 7

    def test_internal_lines_beside_it_make_it_no_visit(self) -> None:
        paid = visit("2025-01-10", "R1", vin=CAR, paid="500")
        lines = [line("-500"), line("40", pays="internal"), line("0", pays="internal")]
        after = given(paid, visit("2025-03-10", "R3", vin=CAR, lines=lines)).when("2025-03-11")
        assert after.reasons == {"recent_visit": (20, 1), "regular_visits": (6, 1)}

    @pytest.mark.parametrize(
        ("category", "rule", "points"),
        [("accessory", "accessories_bought", 3), ("insurance", "insurance_bought", 5)],
    )
    def test_so_are_accessories_and_insurance_whichever_way_they_were_bought(
        self, category: str, rule: str, points: int
    ) -> None:
        with_the_car = sale("2025-01-10", vin=CAR, products=(product(category, "900"),))
        sold = [line("300", category=category), line("300", category=category)]
        over_the_counter = visit("2025-02-10", "R1", vin=CAR, lines=sold)
        story: list[Event[Any]] = [with_the_car, over_the_counter]
        for number, left in ((2, 2), (3, 1), (4, 0), (5, 0)):
            back = [line("-300", category=category)]
            story.append(visit(f"2025-03-{number:02}", f"R{number}", vin=CAR, lines=back))
            for told in (story, story[::-1]):
                after = given(*told).when(f"2025-03-{number:02}T23:00:00+00:00")
                assert after.points.get(rule, 0) == left * points
        before = given(*story).when("2025-03-01")
        assert before.points[rule] == 3 * points

    def test_what_is_given_back_of_another_car_or_was_bought_later_stays(self) -> None:
        back = [line("-300", category="accessory")]
        sold = visit("2025-02-10", "R1", vin=CAR, lines=[line("300", category="accessory")])
        of_another = visit("2025-03-10", "R2", vin=OTHER, lines=back)
        before = visit("2025-02-09", "R3", vin=CAR, lines=back)
        warranty = visit(
            "2025-03-10",
            "R4",
            vin=CAR,
            lines=[line("-300", category="accessory", pays="warranty")],
        )
        points = given(sold, of_another, before, warranty).when("2025-04-01").points
        assert points["accessories_bought"] == 3

    def test_accessories_and_insurance_are_no_service(self) -> None:
        lines = [
            line("500"),
            line("300", category="accessory"),
            line("4000", category="insurance"),
        ]
        points = given(visit("2025-01-10", lines=lines)).when("2025-02-01").points
        assert points["service_paid"] == 5
        assert (points["accessories_bought"], points["insurance_bought"]) == (3, 5)


class TestOthers:
    def test_work_that_is_all_internal_says_nothing_and_in_part_it_is_a_visit(self) -> None:
        internal = [line("100", pays="internal", code="A"), line("900", pays="internal")]
        assert given(visit("2025-01-10", lines=internal)).when("2025-02-01").score.score == 0
        mixed = [*internal, line("700")]
        given(visit("2025-01-10", lines=mixed)).when("2025-02-01").then(
            "service_paid 7", "recent_visit 20", "regular_visits 6"
        )

    def test_a_co_owner_has_their_share_of_the_car_and_all_of_their_own_visits(self) -> None:
        story = given(sale("2024-01-10", vin=CAR, role="co_buyer"), SERVED).when("2024-06-11")
        story.then("vehicle_bought 15", "service_paid 10", "recent_visit 20", "regular_visits 6")

    def test_a_demo_car_is_nobodys_and_its_part_exchange_takes_no_car_away(self) -> None:
        demo = sale("2024-09-01", "D2", vin=OTHER, sale_type="demo", traded_in=(CAR,))
        points = given(BOUGHT, demo, visit("2024-10-01", vin=CAR)).when("2024-10-02").points
        assert points == {"vehicle_bought": 30, "recent_visit": 20, "regular_visits": 6}

    def test_two_cars_visiting_on_one_day_are_one_day_with_a_visit(self) -> None:
        both = (visit("2025-01-10", "R1", vin=CAR), visit("2025-01-10", "R2", vin=OTHER))
        assert given(*both).when("2025-01-11").reasons["regular_visits"] == (6, 1)

    def test_a_profile_keeps_nothing_by_which_anybody_is_known(self) -> None:
        told = profile(
            name="Wang Fang",
            phones=[{"kind": "mobile", "e164": "+8613800138000"}],
            email="wang@example.org",
            birth_year=1980,
            occupation="teacher",
            area="Pudong",
            vehicles={CAR: {"plate": "沪A12345", "make": "VW", "model": "T/X, 2 %"}},
        )
        facts = given(BOUGHT, told).facts
        kept = facts.documents[f"{DEALER}/cdk/profile/C1"]
        assert isinstance(kept, Profile)
        assert (kept.birth_year, kept.occupation, kept.area) == (1980, "teacher", "Pudong")
        assert KeptCar.of(kept.cars[0]) == (CAR, "VW", "T/X, 2 %")
        stored = facts.model_dump_json()
        assert not [word for word in ("Wang", "138001", "example", "沪A") if word in stored]


def reason_of(story: Customer, rule: str) -> Reason:
    [found] = [reason for reason in story.score.reasons if reason.rule == rule]
    return found


class TestWords:
    def test_a_reason_says_of_how_many_how_much_and_in_both_languages(self) -> None:
        story = given(BOUGHT, complaint("2024-02-10")).when("2024-03-01")
        bought, complained = reason_of(story, "vehicle_bought"), reason_of(story, "complaints")
        assert bought.words is not None and complained.words is not None
        assert (bought.words.en, bought.words.zh) == ("1 car bought: 30 points", "购车1辆：30分")
        assert complained.words.en == "1 complaint: −15 points"
        assert complained.documents == (f"{DEALER}/cdk/complaint/K1",)

    def test_and_that_no_more_is_given_where_a_limit_is_reached(self) -> None:
        words = reason_of(
            given(visit("2025-01-10", paid="9000")).when("2025-02-01"), "service_paid"
        )
        assert words.words is not None
        assert words.words.en == "1 repair order paid for: 40 points, as much as that can"

    def test_documents_are_the_newest_and_the_others_are_counted(self) -> None:
        visits = [visit(f"2025-01-{number:02}", f"R{number}") for number in range(1, 26)]
        reason = reason_of(given(*visits).when("2025-02-01"), "regular_visits")
        assert reason.documents[0] == f"{DEALER}/cdk/visit/R25"
        assert (len(reason.documents), reason.more_documents) == (20, 5)

    def test_a_change_of_grade_names_what_brought_it_about(self) -> None:
        story = given(sale("2025-01-10"), visit("2025-01-20", "R0", paid="1000"))
        story.when("2026-02-22")
        changes = [said for said in story.contents.values() if isinstance(said, GradeChanged)]
        words = [change.words for change in changes if change.words is not None]
        assert words[0].en == (
            "From general to potential: 20 points more for 1 last visit (R0 of 20 January 2025); "
            "10 points more for 1 repair order paid for (R0 of 20 January 2025); "
            "6 points more for 1 day with a visit (R0 of 20 January 2025). Value 40, loyalty 26"
        )
        assert words[0].zh == (
            "由一般转为潜力：最近1次到店（R0，2025年1月20日）增加20分；"
            "自费维修1单（R0，2025年1月20日）增加10分；"
            "到店1天（R0，2025年1月20日）增加6分。价值40分，忠诚26分"
        )


class TestForms:
    def test_each_of_the_four_stands_by_itself(self) -> None:
        story = given(
            sale("2020-01-10", vin=CAR),
            sale("2024-01-10", "D2", vin=OTHER, products=(product("insurance", "1"),)),
            visit("2024-02-10", vin=CAR, lines=[line("1", category="accessory")]),
            referral("2024-02-10", whom="C2"),
            referred_purchase("2024-03-10", whom="C2"),
        ).when("2024-03-11")
        assert dict(story.score.forms) == {
            "after_warranty": 6,
            "accessories_insurance": 8,
            "replacement": 15,
            "referral": 14,
        }
        assert reason_of(story, "referrals_bought").documents == (f"{DEALER}/cdk/referral/F1",)

    def test_nothing_of_a_form_is_nothing_and_not_unsaid(self) -> None:
        assert dict(given(BOUGHT).when("2024-02-01").score.forms) == dict.fromkeys(FORMS, 0)


def test_a_sale_that_moves_away_takes_its_part_exchange_with_it() -> None:
    traded = sale("2024-09-01", "D2", vin=OTHER, traded_in=(CAR,))
    story = given(BOUGHT, traded, visit("2024-10-01", vin=CAR), moved("sale", "D2"))
    assert story.when("2024-10-02").points["regular_visits"] == 6
    assert story.score.customer_key == CUSTOMER
