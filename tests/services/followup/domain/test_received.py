"""What each event leaves of its document."""

from datetime import date, timedelta
from typing import Any, get_args

import pytest

from services.followup.domain.documents import (
    AnsweredSurvey,
    CarGone,
    CaseStands,
    Delivery,
    ReferralBought,
    RepairOrder,
    Scored,
)
from services.followup.domain.facts import FollowUpFacts, join
from services.followup.domain.received import MOST_CODES
from shared.contracts.envelope import Event
from shared.contracts.feed_parts import PayType
from shared.decider.facts import Gone, Noted
from tests.services.followup.given import (
    CAR,
    DEALER,
    advised,
    at,
    delivery,
    expected,
    job,
    local,
    product,
    scored,
    survey,
    visit,
)
from tests.services.followup.given_others import (
    case,
    no_case,
    not_referred,
    not_sold_on,
    referred,
    sold_on,
)


def kept(event: Event[Any]) -> Any:
    """What is kept of a document that nothing else was known of."""
    facts = join(FollowUpFacts(), [event])
    return facts.documents[event.data.document_id]


class TestADelivery:
    @pytest.mark.parametrize(
        ("said", "warranty", "insured"),
        [
            ({}, None, None),
            ({"products": [product("warranty", "2028-01-09")]}, "2028-01-09", None),
            ({"products": [product("insurance", "2026-01-09")]}, None, "2026-01-09"),
            ({"products": [product("insurance")]}, None, None),
            ({"products": [product("service_plan", "2026-01-09")]}, None, None),
            (
                {"products": [product("insurance", d) for d in ("2026-01-09", "2027-01-09")]},
                None,
                "2027-01-09",
            ),
            ({"insured_until": "2025-12-31"}, None, "2025-12-31"),
            (
                {
                    "insured_until": "2025-12-31",
                    "products": [product("insurance", "2026-01-09")],
                },
                None,
                "2026-01-09",
            ),
            (
                {
                    "insured_until": "2026-12-31",
                    "products": [product("insurance", "2026-01-09")],
                },
                None,
                "2026-12-31",
            ),
            (
                {"products": [product("warranty", d) for d in ("2029-02-28", "2028-02-29")]},
                "2029-02-28",
                None,
            ),
        ],
    )
    def test_what_was_sold_with_it_ends(
        self, said: dict[str, Any], warranty: str | None, insured: str | None
    ) -> None:
        found = kept(delivery("2025-01-10", **said))
        assert isinstance(found, Delivery)
        assert found.warranty_until == (warranty and date.fromisoformat(warranty))
        assert found.insured_until == (insured and date.fromisoformat(insured))

    @pytest.mark.parametrize(
        ("condition", "used"), [("new", False), ("used", True), ("demo", True)]
    )
    def test_a_car_that_is_not_new(self, condition: str, used: bool) -> None:
        assert kept(delivery("2025-01-10", condition=condition)).used == used

    def test_its_next_inspection(self) -> None:
        found = kept(delivery("2025-01-10", inspection_on="2028-01-31"))
        assert found.inspection_on == date(2028, 1, 31)


class TestARepairOrder:
    @pytest.mark.parametrize(
        ("lines", "serviced"),
        [
            ([], True),
            ([job(pays="customer")], True),
            ([job(pays="warranty")], True),
            ([job(pays="insurance")], True),
            ([job(pays="goodwill")], False),
            ([job(pays="sublet")], False),
            ([job(pays="sublet"), job(pays="warranty")], True),
            ([job(pays="internal"), job(pays="goodwill")], False),
            ([job(pays="customer", category="accessory")], False),
            ([job(pays="customer", category="insurance")], False),
            ([job(pays="customer", category="maintenance")], True),
            ([job(pays="customer", amount="0")], True),
            ([job(pays="customer", amount="-9")], False),
        ],
    )
    def test_of_customer_warranty_or_insurance_work(
        self, lines: list[dict[str, Any]], serviced: bool
    ) -> None:
        assert kept(visit("2025-01-10", lines=lines)).serviced == serviced

    def test_of_internal_work_alone_nothing_is_kept(self) -> None:
        assert isinstance(kept(visit("2025-01-10", pays="internal")), Noted)

    @pytest.mark.parametrize(
        ("lines", "recommended", "performed", "declined"),
        [
            ([job()], [], (), ()),
            ([job("OIL"), job("OIL"), job("BRK")], [], ("OIL", "BRK"), ()),
            ([job("OIL", amount="-1")], [], (), ()),
            ([job()], [advised("TYR")], (), ("TYR",)),
            ([job("OIL")], [advised("TYR", performed=True)], ("TYR", "OIL"), ()),
            ([job("TYR")], [advised("TYR")], ("TYR",), ()),
            ([job()], [advised("TYR"), advised("TYR", performed=True)], ("TYR",), ()),
            ([job()], [advised("TYR"), advised("TYR")], (), ("TYR",)),
            ([job("前轮 更换,左")], [advised("a|b @1=2%")], ("前轮 更换,左",), ("a|b @1=2%",)),
        ],
    )
    def test_the_codes_of_what_was_done_and_what_was_declined(
        self,
        lines: list[dict[str, Any]],
        recommended: list[dict[str, Any]],
        performed: tuple[str, ...],
        declined: tuple[str, ...],
    ) -> None:
        found = kept(visit("2025-01-10", lines=lines, recommended=recommended))
        assert (found.performed, found.declined) == (performed, declined)

    def test_so_many_codes_are_kept_and_those_that_were_recommended_first(self) -> None:
        lines = [job(f"J{number}") for number in range(500)]
        recommended = [advised(f"R{number}", performed=True) for number in range(50)]
        found = kept(visit("2025-01-10", lines=lines, recommended=recommended))
        assert len(found.performed) == MOST_CODES
        assert found.performed[49:51] == ("R49", "J0")
        declined = [advised(f"R{number}") for number in range(MOST_CODES)]
        found = kept(visit("2025-01-10", lines=lines, recommended=declined))
        assert len(found.declined) == MOST_CODES

    @pytest.mark.parametrize(
        ("lines", "faults", "severe", "repaired"),
        [
            ([job("OIL")], (), (), False),
            ([job(fault="P0301")], ("P0301",), (), True),
            ([job(fault="B1", severe=True), job(fault="P2")], ("B1", "P2"), ("B1",), True),
            ([job(fault="B1"), job(fault="B1", severe=True)], ("B1",), ("B1",), True),
            ([job(fault="B1", severe=True, amount="-5")], (), (), False),
            ([job(fault="B1", pays="goodwill")], ("B1",), (), True),
            ([job(pays="warranty")], (), (), True),
            ([job(pays="warranty", category="accessory")], (), (), False),
        ],
    )
    def test_the_faults_that_were_repaired(
        self,
        lines: list[dict[str, Any]],
        faults: tuple[str, ...],
        severe: tuple[str, ...],
        repaired: bool,
    ) -> None:
        found = kept(visit("2025-01-10", lines=lines))
        assert (found.faults, found.severe_faults, found.repaired) == (faults, severe, repaired)

    @pytest.mark.parametrize(
        ("promised", "counts"),
        [("2025-01-10 16:00", True), ("2025-01-10 14:00", False), ("2025-01-10 09:00", False)],
    )
    def test_a_time_before_the_order_is_no_promise(self, promised: str, counts: bool) -> None:
        found = kept(visit("2025-01-10 17:00", hours=3, promised_at=at(promised)))
        assert found.promised_at == (at(promised) if counts else None)

    def test_what_else_it_tells(self) -> None:
        earlier = f"{DEALER}/cdk/visit/R0"
        days: dict[str, Any] = {"insured_until": "2025-12-31", "inspection_on": "2026-02-28"}
        found = kept(visit("2025-01-10", comeback_of=earlier, **days))
        assert isinstance(found, RepairOrder)
        assert found.comeback_of == earlier
        assert (found.insured_until, found.inspection_on) == (
            date(2025, 12, 31),
            date(2026, 2, 28),
        )


def test_every_way_to_pay_was_thought_of() -> None:
    """A new one belongs to the tables above."""
    assert set(get_args(PayType)) == {
        *("customer", "warranty", "insurance", "internal", "sublet", "goodwill"),
    }


class TestASurvey:
    def test_answers_are_kept_in_tenths_by_item(self) -> None:
        items = {"on time": 4, "a=b, c": 10, "解释清楚": 0}
        found = kept(survey("2025-01-10", 9, kind="ssi", items=items))
        assert isinstance(found, AnsweredSurvey)
        assert (found.survey, found.overall) == ("ssi", 90)
        assert found.answers == {"on time": 40, "a=b, c": 100, "解释清楚": 0}
        assert found.late is None

    def test_the_order_of_its_items_makes_no_difference(self) -> None:
        one, other = {"a": 1, "b": 2}, {"b": 2, "a": 1}
        assert kept(survey("2025-01-10", 9, items=one)) == kept(
            survey("2025-01-10", 9, items=other)
        )

    def test_one_that_was_received_late(self) -> None:
        found = kept(survey("2025-01-10", 2, received="2025-01-12"))
        assert found.late == at("2025-01-12")


class TestACase:
    @pytest.mark.parametrize(
        ("event", "spans"),
        [
            (case("2025-03-01"), "2025-03-01 17:00 -"),
            (
                case("2025-03-01", "K1", ("2025-03-01", "2025-03-04")),
                "2025-03-01 17:00 - 2025-03-04 17:00",
            ),
            (
                case("2025-03-01", "K1", ("2025-03-01", "2025-03-04"), ("2025-03-09", None)),
                "2025-03-01 17:00 - 2025-03-04 17:00, 2025-03-09 17:00 -",
            ),
            (case("2025-03-01", open_periods=[]), ""),
            (case("2025-03-01", open_periods=None), "2025-03-01 17:00 -"),
            (
                case("2025-03-01", open_periods=None, status="closed", closed_at=at("2025-03-05")),
                "2025-03-01 17:00 - 2025-03-05 17:00",
            ),
        ],
        ids=["open", "closed", "reopened", "withdrawn at once", "told before", "closed before"],
    )
    def test_when_it_was_open(self, event: Event[Any], spans: str) -> None:
        found = kept(event)
        assert isinstance(found, CaseStands)
        written = [
            f"{local(span.since)} - {local(span.until) if span.until else ''}".rstrip()
            for span in found.spans
        ]
        assert ", ".join(written) == spans

    def test_its_call_back(self) -> None:
        found = kept(
            case(
                "2025-03-01",
                "K1",
                ("2025-03-01", "2025-03-04"),
                resolved="2025-03-02",
                call_back_due="2025-03-05",
                called_back="2025-03-04",
                generation=2,
            )
        )
        assert (found.at, found.late, found.generation) == (at("2025-03-01"), None, 2)
        assert found.resolved_at == at("2025-03-02")
        assert found.call_back_due_at == at("2025-03-05")
        assert found.called_back_at == at("2025-03-04")

    def test_one_that_was_received_late(self) -> None:
        assert kept(case("2025-03-01", received="2025-04-01")).late == at("2025-04-01")


class TestAScore:
    def test_what_is_kept_of_it(self) -> None:
        said = expected(
            "2025-08-15",
            "2025-04-20",
            7,
            vin=CAR,
            grade="quality",
            risk="lost",
            risk_since="2025-03-01",
            before=[("general", "2024-10-01"), ("potential", "2025-01-10 10:00")],
        )
        assert kept(said) == Scored(
            kind="score",
            version=f"{7:020d}",
            since=date(2025, 4, 20),
            expected_on=date(2025, 8, 15),
            vin=CAR,
            grade="quality",
            grades_before=(
                "general/2024-10-01T09:00:00.000Z",
                "potential/2025-01-10T02:00:00.000Z",
            ),
            risk="lost",
            risk_since=at("2025-03-01"),
        )

    @pytest.mark.parametrize("basis", ["own_km", "default"])
    def test_the_day_counts_only_by_their_own_rhythm(self, basis: str) -> None:
        found = kept(expected("2025-08-15", "2025-04-20", vin=CAR, basis=basis, grade="potential"))
        assert (found.since, found.expected_on, found.vin) == (None, None, None)
        assert found.grade == "potential"

    def test_of_who_has_no_car_there_is_no_risk(self) -> None:
        found = kept(scored(3))
        assert (found.risk, found.risk_since) == (None, None)


class TestWhatIdentitySays:
    @pytest.mark.parametrize(("because", "traded_in"), [("sold_on", False), ("traded_in", True)])
    def test_a_car_that_is_theirs_no_more(self, because: str, traded_in: bool) -> None:
        found = kept(sold_on("2025-03-01", because=because))
        assert found == CarGone(
            kind="ownership_end",
            version=f"{1:020d}",
            at=at("2025-03-01"),
            vin=CAR,
            traded_in=traded_in,
        )

    def test_whom_they_referred_bought_a_car(self) -> None:
        found = kept(referred("2025-03-01", "F1", whom="C7", received="2025-03-02"))
        assert found == ReferralBought(
            kind="referred_purchase",
            version=f"{1:020d}",
            at=at("2025-03-01"),
            late=at("2025-03-02"),
            whom=f"{DEALER}/cdk/C7",
            referral_id=f"{DEALER}/cdk/referral/F1",
        )


TAKEN_BACK = [
    (case("2025-03-01", revision=5), no_case),
    (sold_on("2025-03-01", revision=5), not_sold_on),
    (referred("2025-03-01", revision=5), not_referred),
]


@pytest.mark.parametrize(("said", "taken_back"), TAKEN_BACK)
def test_what_is_taken_back_is_gone_unless_it_is_said_anew(
    said: Event[Any], taken_back: Any
) -> None:
    for revision, stands in ((4, True), (6, False)):
        away = taken_back(revision=revision)
        for order in ([said, away], [away, said]):
            facts = join(FollowUpFacts(), order)
            found = facts.documents[said.data.document_id]
            assert isinstance(found, Gone) != stands
            assert join(facts, order) is facts


@pytest.mark.parametrize(
    "event",
    [
        case("2025-03-01", received="2025-03-01 17:59"),
        survey("2025-03-01", 5, received="2025-03-01 17:59"),
        referred("2025-03-01", received="2025-03-01 17:59"),
        delivery("2025-03-01", received="2025-03-01 17:59"),
        visit("2025-03-01", received="2025-03-01 17:59"),
    ],
)
def test_within_the_hour_is_as_good_as_at_once(event: Event[Any]) -> None:
    assert kept(event).late is None
    later = event.__class__(
        id=event.id,
        key=event.key,
        dealer_id=event.dealer_id,
        recorded_at=event.recorded_at + timedelta(minutes=2),
        data=event.data
        if not hasattr(event.data, "recorded_at")
        else event.data.model_copy(update={"recorded_at": at("2025-03-01 18:01")}),
        sequence=event.sequence,
    )
    assert kept(later).late == at("2025-03-01 18:01")
