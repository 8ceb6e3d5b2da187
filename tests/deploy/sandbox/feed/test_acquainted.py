"""The sample's history has what scoring and identity are to find out, and who it is of."""

from collections import Counter
from collections.abc import Iterator
from functools import cache

from deploy.sandbox.demo.customers import rising_key
from deploy.sandbox.feed.acquainted import (
    BUYS_USED,
    CHILD,
    CRM,
    PARENT,
    REFERRED,
    REFERS,
    SIBLING,
    STRANGERS,
    TRADES_IN,
    TWO_DEALERS,
    TWO_SYSTEMS,
)
from services.intake.domain.documents.naming import key_of
from services.scoring.domain import facts as scoring
from services.scoring.domain.decide import decide
from services.scoring.domain.policy import ScoringPolicy
from shared.contracts.envelope import Event
from shared.contracts.feed_parts import Customer
from shared.contracts.feeds import (
    AnyReport,
    CustomerLinkReported,
    ReferralReported,
    SaleReported,
    VisitReported,
)
from shared.contracts.identifiers import dealer_of
from shared.contracts.intake import SaleRecorded, VisitRecorded
from shared.contracts.scoring import ScoreChanged
from tests.deploy.sandbox.feed.sample_feed import (
    UNTIL,
    dealers,
    past,
    present,
    recorded,
    report_of,
    reported,
)


@cache
def reports() -> tuple[AnyReport, ...]:
    return tuple(report_of(line) for line in past() if line.expected == "accepted")


@cache
def customers() -> dict[str, Customer]:
    """Customer key -> as the history describes them, telephone numbers in E.164."""
    found: dict[str, Customer] = {}
    for line in past():
        seen = reported(line, now=UNTIL) if line.expected == "accepted" else None
        if seen is not None and seen.described is not None:
            for customer in seen.described.customers.values():
                found[key_of(seen.report, customer)] = customer
    return found


def numbered(number: str) -> Iterator[tuple[str, Customer]]:
    """Customers of this number, at every dealer: key -> customer."""
    return ((key, who) for key, who in customers().items() if key.endswith(f"/{number}"))


def only(dealer_id: str, number: str) -> Customer:
    (who,) = [who for key, who in numbered(number) if dealer_of(key) == dealer_id]
    return who


def telephones(customer: Customer) -> set[str]:
    return {phone.number for phone in customer.phones}


def visits() -> list[VisitReported]:
    return [report for report in reports() if isinstance(report, VisitReported)]


def sales() -> list[SaleReported]:
    return [report for report in reports() if isinstance(report, SaleReported)]


def test_of_most_people_it_is_known_how_old_they_are_what_they_do_and_where_they_live() -> None:
    people = [who for who in customers().values() if who.kind == "person" and who.phones]
    assert len(people) > 1500
    for field in ("birth_year", "occupation", "area"):
        known = sum(getattr(who, field) is not None for who in people)
        assert 0.7 * len(people) < known < 0.95 * len(people), "and of some it is not"
    verified = sum(any(phone.verified for phone in who.phones) for who in people)
    assert 0.4 * len(people) < verified < 0.8 * len(people)
    firms = [who for who in customers().values() if who.kind == "business"]
    assert firms and not any(who.birth_year or who.occupation or who.area for who in firms)


def test_every_job_and_product_has_its_category_and_some_money_is_given_back() -> None:
    lines = [line for report in visits() for line in report.lines]
    jobs = Counter(line.category for line in lines)
    assert None not in jobs
    assert min(jobs[kind] for kind in ("maintenance", "repair", "accessory", "insurance")) > 50
    assert sum((line.parts_amount or 0) < 0 for line in lines) > 10
    products = Counter(product.category for report in sales() for product in report.products)
    assert products.keys() == {"insurance", "accessory", "service_plan"}


def test_most_promises_are_kept_and_some_are_broken() -> None:
    kept = Counter(
        report.closed_at <= report.promised_at
        for report in visits()
        if report.closed_at is not None and report.promised_at is not None
    )
    assert kept[True] > kept[False] > 100


def test_a_comeback_names_an_order_of_the_same_car_that_was_over() -> None:
    closed = {
        (report.dealer_id, report.ro_no): report
        for report in visits()
        if report.status == "closed" and report.source != CRM
    }
    comebacks = [report for report in closed.values() if report.comeback_of is not None]
    assert len(comebacks) > 20
    for report in comebacks:
        assert report.comeback_of is not None
        before = closed.get((report.dealer_id, report.comeback_of))
        if before is None:  # it was voided since
            continue
        assert before.closed_at is not None and before.closed_at < report.opened_at
        assert before.vehicle == report.vehicle


def test_cars_are_taken_in_part_exchange_and_one_is_sold_on() -> None:
    taken = [vin for report in sales() for vin in report.traded_in]
    assert len(taken) > 30
    for dealer in dealers().all():
        here = [report for report in sales() if report.dealer_id == dealer.id]
        (used,) = {
            report.vehicle.vin for report in here if report.customer.source_customer_id == BUYS_USED
        }
        (seller,) = {
            report.customer.source_customer_id for report in here if used in report.traded_in
        }
        assert seller == TRADES_IN


def test_whom_customers_refer_buys_after_it() -> None:
    bought: dict[tuple[str, str | None], list[SaleReported]] = {}
    for report in sales():
        buyer = (report.dealer_id, report.customer.source_customer_id)
        bought.setdefault(buyer, []).append(report)
    referrals = [report for report in reports() if isinstance(report, ReferralReported)]
    buying = [
        report
        for report in referrals
        if any(
            sale.delivered_at is not None and sale.delivered_at > report.at
            for sale in bought.get((report.dealer_id, report.referred_customer_id), ())
        )
    ]
    assert len(buying) >= len(referrals) / 4
    pairs = {(report.referrer_customer_id, report.referred_customer_id) for report in buying}
    assert (REFERS, REFERRED) in pairs


def test_one_person_is_known_to_two_systems_by_name_and_a_verified_telephone() -> None:
    for dealer in dealers().all():
        one, other = (only(dealer.id, number) for number in (TWO_SYSTEMS, f"P-{TWO_SYSTEMS}"))
        assert one.name == other.name
        assert telephones(one) == telephones(other)
        assert one.phones[0].verified and other.phones[0].verified
        (key,) = [k for k, _ in numbered(f"P-{TWO_SYSTEMS}") if dealer_of(k) == dealer.id]
        assert key.startswith(f"{dealer.id}/{CRM}/")


def test_one_person_is_known_to_two_dealers_and_a_colleague_has_linked_them() -> None:
    (one_key, one), (other_key, other) = numbered(TWO_DEALERS)
    assert dealer_of(one_key) != dealer_of(other_key)
    assert (one.name, telephones(one)) == (other.name, telephones(other))
    same = [
        report
        for report in reports()
        if isinstance(report, CustomerLinkReported) and report.says == "same"
    ]
    assert [{link.customer_key, link.other_customer_key} for link in same] == [{one_key, other_key}]


def test_a_family_shares_a_telephone_and_strangers_have_the_dealerships_own() -> None:
    for dealer in dealers().all():
        parent, *children = (only(dealer.id, number) for number in (PARENT, CHILD, SIBLING))
        assert all(telephones(child) == telephones(parent) for child in children)
        assert parent.phones[0].verified
        assert not any(phone.verified for child in children for phone in child.phones)
        strangers = [only(dealer.id, number) for number in STRANGERS]
        assert len({who.phones[0].number for who in strangers}) == 1
        assert len({who.name for who in strangers}) > 1
    links = [report for report in reports() if isinstance(report, CustomerLinkReported)]
    different = [(link.dealer_id, link.customer_id) for link in links if link.says == "different"]
    assert sorted(different) == sorted((dealer.id, PARENT) for dealer in dealers().all())


def test_the_rising_customer_moves_from_potential_to_quality_in_the_live_days() -> None:
    key = rising_key(dealers().all())
    facts = scoring.ScoringFacts()
    scores: list[ScoreChanged] = []
    for line in (*past(), *present()):
        now = max(line.at, UNTIL)
        seen = reported(line, now=now) if line.expected == "accepted" else None
        for message in () if seen is None else recorded(seen, now=now):
            if message.customer_key != key or not isinstance(message, SaleRecorded | VisitRecorded):
                continue
            event: scoring.ScoringEvent = Event(
                id="", key=key, dealer_id=message.dealer_id, recorded_at=now, data=message
            )
            facts = scoring.join(facts, [event])
            outputs = decide(facts, {}, ScoringPolicy(), now).outputs
            scores += (each.content for each in outputs if isinstance(each.content, ScoreChanged))
    grades = [found.grade for found in scores]
    assert grades[-1] == "quality"
    assert "potential" in grades[:-1]
