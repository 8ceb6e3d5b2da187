"""What ships, rule by rule: the kind of contact, how soon, for whom, and in which words."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given as always
from hypothesis import strategies as some

from services.followup.domain.documents import Known
from services.followup.domain.follow_ups import FollowUp, customer_history, follow_ups
from services.followup.domain.occasion import EVER
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.rules import TRIGGERS
from services.followup.domain.shipped import SHIPPED
from services.followup.domain.task_rule import PLACEHOLDERS, TaskRule
from shared.contracts.scoring import Grade
from tests.services.followup.domain.rules.known import (
    OTHER_CAR,
    Document,
    answered,
    complaint,
    facts,
    gone,
    in_the_workshop,
    on,
    order,
    referred,
    reported,
    scored,
    sold,
)
from tests.services.followup.given import CAR

CONTACT = {
    "owed": (
        "delivery_thanks",
        "delivery_satisfaction",
        "service_satisfaction",
        "complaint_call_back",
        "low_answer",
        "referral_thanks",
    ),
    "reminding": ("first_service", "next_service", "inspection", "warranty_ending"),
    "selling": ("declined_work", "insurance_renewal", "silence", "win_back", "replacement"),
    "internal": ("return_right",),
}
URGENT = ("complaint_call_back", "low_answer", "return_right")
BY_KIND = FollowUpPolicy().by_kind
GRADES: tuple[Grade, ...] = ("quality", "potential", "general")
of_the_table = pytest.mark.parametrize(
    "rule",
    [BY_KIND[kind] for kinds in CONTACT.values() for kind in kinds],
    ids=lambda rule: rule.kind,
)
every_rule = pytest.mark.parametrize("rule", SHIPPED, ids=lambda rule: rule.kind)


def test_the_table_is_whole() -> None:
    named = {kind for kinds in CONTACT.values() for kind in kinds}
    assert named <= BY_KIND.keys()


@pytest.mark.parametrize(
    ("contact", "kind"), [(contact, kind) for contact, kinds in CONTACT.items() for kind in kinds]
)
def test_what_kind_of_contact_it_is_and_whether_it_is_urgent(contact: str, kind: str) -> None:
    rule = BY_KIND[kind]
    assert (rule.contact, rule.urgent) == (contact, kind in URGENT)


def test_a_do_not_contact_stops_all_but_the_handling_of_a_complaint() -> None:
    despite = [rule.kind for rule in SHIPPED if rule.despite_refusal]
    assert despite == ["complaint_call_back"]


@every_rule
def test_it_says_why_and_what_to_ask_in_both_languages(rule: TaskRule) -> None:
    assert all((rule.why_en, rule.why_zh, rule.hint_en, rule.hint_zh))
    for words in (rule.title_en, rule.why_en, rule.hint_en):
        assert not re.search(r"[一-鿿]", words)
    for words in (rule.title_zh, rule.why_zh, rule.hint_zh):
        assert re.search(r"[一-鿿]", words)


@every_rule
def test_it_names_the_day_of_what_it_follows_or_leads_to(rule: TaskRule) -> None:
    assert re.search(r"\{(day|until|delivered)\}", rule.why_en)


@every_rule
def test_both_languages_name_the_same_of_its_occasion(rule: TaskRule) -> None:
    named = [set(re.findall(r"\{(\w+)\}", words)) for words in (rule.why_en, rule.why_zh)]
    assert named[0] == named[1]


@of_the_table
def test_a_better_customer_is_never_served_later_or_less(rule: TaskRule) -> None:
    depths = ["brief", "usual", "thorough"]
    quality, potential, general = (
        (rule.priority_for(grade), -depths.index(rule.depth_for(grade))) for grade in GRADES
    )
    assert quality <= potential <= general


@of_the_table
def test_who_refuses_calls_can_be_reached_otherwise(rule: TaskRule) -> None:
    assert len(rule.channels(None)) > 1


def _drawn() -> some.SearchStrategy[Document]:
    """Any document, on any day of two years, of one of two cars."""
    days = some.integers(0, 730).map(lambda day: (on("2024-01-01") + timedelta(day)).isoformat())
    cars = some.sampled_from([CAR, OTHER_CAR, None])
    numbers = some.integers(1, 6)
    code = some.sampled_from([(), ("a",), ("a", "b")])
    later = some.one_of(some.none(), some.dates(on("2024-01-01"), on("2027-01-01")))
    said: dict[str, Any] = {"insured_until": later, "inspection_on": later}

    def of_order(day: str, number: int, vin: str | None, more: dict[str, Any]) -> Document:
        return order(day, f"R{number}", vin=vin, **more)

    def of_sale(day: str, number: int, vin: str | None, more: dict[str, Any]) -> Document:
        return sold(day, f"D{number}", vin=vin, **more)

    orders = some.fixed_dictionaries(
        said | dict.fromkeys(("performed", "declined", "faults", "severe_faults"), code)
    )
    return some.one_of(
        some.builds(of_order, days, numbers, cars, orders),
        some.builds(of_sale, days, numbers, cars, some.fixed_dictionaries(said)),
        days.map(lambda day: in_the_workshop(day, "R9", faults=("a",))),
        days.map(gone),
        days.map(lambda day: scored("quality", risk="lost", since=day)),
        days.map(lambda day: answered(day, overall=30)),
        days.map(lambda day: complaint(day, resolved_at=day)),
        days.map(referred),
        days.map(lambda day: reported(day, "service_satisfaction/visit/R1")),
    )


def by_what_ships(*story: Document, since: datetime = EVER) -> Iterator[FollowUp]:
    policy = FollowUpPolicy()
    return follow_ups(customer_history(facts(*story), policy), policy, since)


@always(some.lists(_drawn(), max_size=12))
def test_never_two_tasks_for_one_reason_and_each_says_its_own(story: list[Document]) -> None:
    found = list(by_what_ships(*story))
    names = [each.about for each in found]
    assert len(names) == len(set(names))
    for each in found:
        assert each.said.keys() == TRIGGERS[each.rule.trigger].SAYS.keys()
        assert each.opens_at <= each.due_at
        assert list(each.endings) == sorted(each.endings)


@always(some.lists(_drawn(), max_size=12), some.randoms())
def test_the_order_in_which_it_became_known_makes_no_difference(
    story: list[Document], chance: Any
) -> None:
    known: dict[str, Known] = dict(story)
    shuffled = list(known.items())
    chance.shuffle(shuffled)
    first, second = (
        sorted(map(repr, by_what_ships(*documents))) for documents in (known.items(), shuffled)
    )
    assert first == second


@always(some.lists(_drawn(), max_size=12), some.integers(0, 900))
def test_what_is_due_later_than_asked_is_there_whatever_is_left_out(
    story: list[Document], day: int
) -> None:
    since = EVER.replace(year=2024) + timedelta(days=day)
    ever = {each.about for each in by_what_ships(*story) if each.due_at >= since}
    assert ever <= {each.about for each in by_what_ships(*story, since=since)}


def test_every_placeholder_of_what_ships_is_known() -> None:
    for rule in SHIPPED:
        names = set(re.findall(r"\{(\w+)\}", f"{rule.why_en}{rule.hint_en}"))
        assert names <= {*PLACEHOLDERS, *TRIGGERS[rule.trigger].SAYS}
