"""Who is one person, and who is not: by name, as a dealer would tell it."""

from itertools import pairwise
from random import Random
from typing import Any

import pytest

from services.identity.domain.policy import IdentityPolicy, TelephoneRule, VehicleRule
from shared.contracts.identity import MOST_MEMBERS, PersonChanged
from tests.services.identity.given import (
    ABROAD,
    CAR,
    CRM,
    DMS,
    FAMILY,
    MOBILE,
    OTHER,
    PUDONG,
    SECOND_CAR,
    WANG,
    day,
    deciding,
    erased,
    link_moved,
    profile,
    sale,
    sale_moved,
    staff_say,
)
from tests.services.identity.network import Network
from tests.services.network import at_random

BOTH = {frozenset((DMS, CRM))}
ALL_THREE = {frozenset((DMS, CRM, OTHER))}
UNVERIFIED_TOO = IdentityPolicy(telephone=TelephoneRule(unverified_too=True))
GROUP, DEALER = IdentityPolicy(reach="group"), IdentityPolicy(reach="dealer")


def test_the_same_verified_telephone_and_name() -> None:
    told = Network.of(profile(DMS, WANG, MOBILE), profile(CRM, WANG, MOBILE))
    assert told.together == BOTH
    assert told.why(DMS) == {CRM: {("telephone", DMS)}}


def test_the_words_say_why_in_both_languages() -> None:
    told = Network.of(profile(DMS, WANG, MOBILE), profile(CRM, WANG, MOBILE))
    [words] = [
        each.members[0].because[0].words
        for each in told.said
        if isinstance(each, PersonChanged) and each.customer_key == DMS
    ]
    assert words.en == "The same telephone number and the same name as dms C1"
    assert words.zh == "与 dms C1 的电话和姓名相同"


def test_a_family_shares_its_telephone_and_stays_two_people() -> None:
    assert not Network.of(profile(DMS, WANG, FAMILY), profile(CRM, "李娜", FAMILY)).together


def test_a_driver_leaves_the_owners_telephone_and_stays_two_people() -> None:
    owner, driver = sale(DMS, number="D1"), sale(CRM, number="D1", role="driver")
    told = Network.of(owner, driver, profile(DMS, WANG, MOBILE), profile(CRM, "陈师傅", MOBILE))
    assert not told.together


def test_a_driver_of_the_owners_name_is_not_the_owner_for_driving_the_car() -> None:
    told = Network.of(sale(DMS), sale(CRM, role="driver"), profile(DMS), profile(CRM))
    assert not told.together


def test_the_dealerships_number_under_many_names_links_nobody() -> None:
    names = [WANG, WANG, "李娜", "张敏", "刘洋"]
    customers = [f"{PUDONG}/dms/{number}" for number in range(len(names))]
    entered = [profile(key, name, MOBILE) for key, name in zip(customers, names, strict=True)]
    assert Network.of(entered[:-1]).together == {frozenset(customers[:2])}
    assert not Network.of(entered).together


def test_names_that_only_unverified_profiles_have_count_for_many_too() -> None:
    crowd = [
        profile(f"{PUDONG}/dms/{number}", name, MOBILE, verified=False)
        for number, name in enumerate(("李娜", "张敏", "刘洋"))
    ]
    told = Network.of(profile(DMS, WANG, MOBILE), profile(CRM, WANG, MOBILE), crowd)
    assert not told.together


def test_a_number_of_more_customers_than_the_rule_allows_links_nobody() -> None:
    customers = [f"{PUDONG}/dms/{number}" for number in range(11)]
    entered = [profile(key, WANG, MOBILE) for key in customers]
    assert Network.of(entered[:-1]).together == {frozenset(customers[:-1])}
    assert not Network.of(entered).together


def test_a_number_that_is_not_verified_links_only_where_the_policy_says_so() -> None:
    entered = profile(DMS, WANG, MOBILE), profile(CRM, WANG, MOBILE, verified=False)
    assert not Network.of(*entered).together
    assert Network.of(*entered, decider=deciding(UNVERIFIED_TOO)).together == BOTH


@pytest.mark.parametrize(
    ("phone_kind", "linked"), [("mobile", True), ("home", True), ("other", True), ("work", False)]
)
def test_a_number_at_work_is_the_companys(phone_kind: str, *, linked: bool) -> None:
    entered = (profile(key, WANG, MOBILE, phone_kind=phone_kind) for key in (DMS, CRM))
    assert bool(Network.of(entered).together) is linked


def test_the_numbers_of_a_business_link_nobody() -> None:
    entered = [profile(key, "旭日租赁", MOBILE, kind="business") for key in (DMS, CRM)]
    assert not Network.of(entered).together
    assert not Network.of(entered[0], profile(CRM, "旭日租赁", MOBILE)).together


def test_a_business_is_one_by_its_car_and_name_but_never_a_person_of_that_name() -> None:
    bought = sale(DMS), sale(CRM)
    firms = profile(DMS, "Sun AG", kind="business"), profile(CRM, "Sun AG", kind="business")
    assert Network.of(bought, firms).together == BOTH
    assert not Network.of(bought, firms[0], profile(CRM, "Sun AG")).together


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Li Wei", "LI  WEI"),
        ("Li Wei", "ＬＩ　ｗｅｉ"),
        ("Straße", "STRASSE"),
        ("王 伟", "王伟"),
        ("Zoë", "Zoe\u0308"),
        ("Li\u200bWei", "Li Wei"),
    ],
)
def test_a_name_is_the_same_however_it_is_written(one: str, other: str) -> None:
    assert Network.of(profile(DMS, one, MOBILE), profile(CRM, other, MOBILE)).together == BOTH


@pytest.mark.parametrize(
    "name", [None, "", " ", "\u200b", "-", "...", "???", "12345", "Unknown", "N/A", "客户", "未知"]
)
def test_what_says_no_name_is_nobodys(name: str | None) -> None:
    assert not Network.of(profile(DMS, name, MOBILE), profile(CRM, name, MOBILE)).together
    assert not Network.of(sale(DMS), sale(CRM), profile(DMS, name), profile(CRM, name)).together


@pytest.mark.parametrize(
    "name",
    [
        *("王先生", "王 先生", "欧阳女士", "陈师傅", "李总", "先生", "王", "X", "xxx", "丽丽"),
        *("Mr. Li", "MRS LI", "Herr Müller", "ms.li", "Walk-in customer", "现金客户"),
    ],
)
def test_a_family_name_with_a_title_is_nobodys(name: str) -> None:
    """Husband, wife and son share it, and the telephone."""
    assert not Network.of(profile(DMS, name, MOBILE), profile(CRM, name, MOBILE)).together


@pytest.mark.parametrize(
    "name", ["欧阳锋", "欧阳锋先生", "Mr Li Wei", "Li", "Dries", "Frauke M", "小雪"]
)
def test_whole_names_are_somebodys(name: str) -> None:
    assert Network.of(profile(DMS, name, MOBILE), profile(CRM, name, MOBILE)).together == BOTH


def test_a_name_in_other_characters_may_be_another_ones() -> None:
    """Of some there are two simplified ones; nobody is guessed to be the same."""
    assert not Network.of(profile(DMS, "王伟", MOBILE), profile(CRM, "王偉", MOBILE)).together
    assert not Network.of(profile(DMS, "王伟", MOBILE), profile(CRM, "Wang Wei", MOBILE)).together


def test_the_same_car_in_an_owners_role_and_name() -> None:
    told = Network.of(sale(DMS), sale(CRM, role="registrant"), profile(DMS), profile(CRM))
    assert told.together == BOTH
    assert told.why(CRM) == {DMS: {("vehicle", CRM)}}


def test_the_next_owner_of_a_car_is_somebody_else() -> None:
    told = Network.of(sale(DMS), sale(CRM, at=day(9)), profile(DMS), profile(CRM, "李娜"))
    assert not told.together


def test_father_and_son_of_one_name_on_one_deal_are_two_people() -> None:
    """The source that knows them by two numbers named both."""
    named = sale(DMS, number="D1"), sale(OTHER, number="D1", role="co_buyer")
    assert not Network.of(named, profile(DMS), profile(OTHER)).together


def test_a_cancelled_an_open_or_a_demonstration_deal_links_nobody() -> None:
    known = sale(DMS), profile(DMS), profile(CRM)
    deals: list[dict[str, Any]] = [
        {"status": "cancelled"},
        {"status": "unwound"},
        {"status": "open"},
        {"sale_type": "demo"},
        {"sale_type": "wholesale"},
    ]
    for changes in deals:
        assert not Network.of(*known, sale(CRM, **changes)).together


def test_a_deal_that_is_unwound_or_moves_away_unlinks() -> None:
    told = Network.of(sale(DMS), sale(CRM, number="D1"), profile(DMS), profile(CRM))
    assert told.together == BOTH
    assert not told.reported(sale(CRM, number="D1", status="unwound", version=2)).together
    assert told.reported(sale(CRM, number="D1", version=3)).together == BOTH
    assert not told.reported(sale_moved(CRM, "D1", version=4)).together


def test_by_telephone_and_by_car_three_are_one_and_each_is_alone_again() -> None:
    told = Network.of(
        profile(DMS, WANG, MOBILE),
        profile(CRM, WANG, MOBILE),
        profile(OTHER, WANG),
        sale(CRM),
        sale(OTHER),
    )
    assert told.together == ALL_THREE
    assert told.why(DMS) == {
        CRM: {("telephone", DMS), ("vehicle", OTHER)},
        OTHER: {("vehicle", CRM)},
    }
    told.reported(profile(CRM, WANG, FAMILY, version=2))
    assert told.together == {frozenset((CRM, OTHER))}
    told.reported(profile(CRM, "李娜", FAMILY, version=3))
    assert not told.together


def test_number_and_car_together_link_who_has_no_name() -> None:
    known = sale(DMS), sale(CRM), profile(DMS, WANG, MOBILE), profile(CRM, None, MOBILE)
    told = Network.of(*known)
    assert told.together == BOTH
    assert told.why(DMS) == {CRM: {("telephone_and_vehicle", DMS)}}
    assert not Network.of(*known[1:]).together


def test_who_has_no_name_does_not_make_one_of_a_couple() -> None:
    couple = profile(DMS, WANG, MOBILE), profile(CRM, "李娜", MOBILE)
    told = Network.of(couple, profile(OTHER, None, MOBILE), sale(DMS), sale(CRM), sale(OTHER))
    assert not told.together


def test_staff_say_that_two_are_one_and_take_it_back() -> None:
    told = Network.of(staff_say("same", DMS, OTHER))
    assert told.together == {frozenset((DMS, OTHER))}
    assert told.why(DMS) == {OTHER: {("staff", DMS)}}
    told.reported(staff_say("nothing", DMS, OTHER, at=day(1), number="L2"))
    assert not told.together


def test_the_last_word_of_staff_counts_whenever_it_arrives() -> None:
    told = Network.of(staff_say("different", OTHER, DMS, at=day(2), number="L2"))
    assert not told.reported(staff_say("same", DMS, OTHER, at=day(1))).together
    told.reported(link_moved(OTHER, "L2"), link_moved(DMS, "L2"))
    told = Network.of(staff_say("same", DMS, OTHER), staff_say("different", DMS, OTHER, version=2))
    assert not told.together


def test_staff_say_that_two_are_not_one_whatever_any_rule_says() -> None:
    known = profile(DMS, WANG, MOBILE), profile(CRM, WANG, MOBILE), sale(DMS), sale(CRM)
    told = Network.of(*known)
    assert told.together == BOTH
    assert not told.reported(staff_say("different", CRM, DMS)).together
    told.reported(staff_say("nothing", CRM, DMS, at=day(1), number="L2"))
    assert told.together == BOTH


def test_two_who_are_not_one_do_not_become_one_by_a_third() -> None:
    told = Network.of(
        profile(DMS, WANG, MOBILE),
        profile(CRM, WANG, MOBILE),
        profile(OTHER, WANG),
        sale(CRM),
        sale(OTHER),
        staff_say("different", DMS, OTHER),
    )
    assert not told.together
    told.reported(staff_say("same", CRM, OTHER, number="L2"))
    assert told.together == {frozenset((CRM, OTHER))}, "what staff say stands by itself"


def test_a_customer_is_not_linked_to_themselves_nor_to_what_is_no_customer() -> None:
    for other in (DMS, f"{PUDONG}/dms/vin/{CAR}", f"sunrise/persons/vin/pudong.{CAR}"):
        told = Network.of(staff_say("same", DMS, other)[0])
        assert not told.together


def test_of_more_than_a_person_can_have_none_is() -> None:
    customers = [f"{PUDONG}/dms/{number:03}" for number in range(MOST_MEMBERS + 1)]
    links = [
        staff_say("same", one, other, number=one.rpartition("/")[2])
        for one, other in pairwise(customers)
    ]
    assert Network.of(*links[:-1]).together == {frozenset(customers[:-1])}
    assert not Network.of(*links).together


def test_a_chain_without_end_comes_to_rest_with_few_messages_each() -> None:
    length = 120
    customers = [f"{PUDONG}/dms/{number:03}" for number in range(length)]
    told = Network.of(
        *(
            staff_say("same", one, other, number=one.rpartition("/")[2])
            for one, other in pairwise(customers)
        )
    )
    assert not told.together
    assert told.deliveries < 100 * length
    middle = staff_say("nothing", customers[9], customers[10], at=day(1), number="cut")
    assert told.reported(middle).together == {frozenset(customers[:10])}


@pytest.mark.parametrize("seed", range(40))
def test_three_who_are_linked_each_to_each_tell_every_link_in_any_order(seed: int) -> None:
    """Two who know of each other by the third already must still tell each other."""
    links = [
        *staff_say("same", DMS, CRM, number="L1"),
        *staff_say("same", CRM, OTHER, number="L2"),
        *staff_say("same", OTHER, DMS, number="L3"),
    ]
    told = Network(choose=at_random(Random(seed))).reported(links)
    assert told.why(DMS) == {
        CRM: {("staff", DMS), ("staff", OTHER)},
        OTHER: {("staff", DMS), ("staff", CRM)},
    }


def test_who_has_links_to_very_many_is_nobody_and_leaves_others_alone() -> None:
    hub = f"{PUDONG}/dms/hub"
    around = [f"{PUDONG}/dms/{number}" for number in range(MOST_MEMBERS + 3)]
    told = Network.of(
        *(staff_say("same", hub, each, number=each.rpartition("/")[2]) for each in around),
        staff_say("same", around[0], DMS),
    )
    assert told.together == {frozenset((around[0], DMS))}


def test_across_dealers_both_must_look_at_the_group() -> None:
    known = profile(DMS, WANG, MOBILE), profile(ABROAD, WANG, MOBILE), sale(DMS), sale(ABROAD)
    said = staff_say("same", DMS, ABROAD)
    for pudong, berlin in ((DEALER, DEALER), (GROUP, DEALER), (DEALER, GROUP)):
        told = Network.of(*known, said, decider=deciding(pudong=pudong, berlin=berlin))
        assert not told.together
        told.by(deciding(GROUP))
        assert told.together == {frozenset((DMS, ABROAD))}
        told.by(deciding(pudong=pudong, berlin=berlin))
        assert not told.together


def test_a_dealer_who_looks_at_the_own_customers_alone_tells_nobody_elsewhere_of_them() -> None:
    told = Network.of(
        profile(DMS, WANG, MOBILE),
        profile(CRM, WANG, MOBILE),
        staff_say("same", DMS, ABROAD),
        decider=deciding(pudong=DEALER, berlin=GROUP),
    )
    assert told.together == BOTH
    of_berlin = [each for each in told.said if each.dealer_id == "sunrise/berlin"]
    assert not [each for each in of_berlin if CRM in each.model_dump_json()]


def test_two_groups_never_meet() -> None:
    elsewhere = "moon/pudong/dms/C1"
    known = profile(DMS, WANG, MOBILE), profile(elsewhere, WANG, MOBILE)
    said = staff_say("same", DMS, elsewhere)
    assert not Network.of(*known, said, decider=deciding(GROUP)).together


def test_rules_can_be_switched_off_one_by_one() -> None:
    by_telephone = profile(DMS, WANG, MOBILE), profile(CRM, WANG, MOBILE)
    by_car = profile(DMS), profile(CRM), sale(DMS), sale(CRM)
    no_telephone = IdentityPolicy(telephone=TelephoneRule(links=False))
    no_vehicle = IdentityPolicy(vehicle=VehicleRule(links=False))
    assert not Network.of(*by_telephone, decider=deciding(no_telephone)).together
    assert Network.of(*by_telephone, decider=deciding(no_vehicle)).together == BOTH
    assert not Network.of(*by_car, decider=deciding(no_vehicle)).together
    assert Network.of(*by_car, decider=deciding(no_telephone)).together == BOTH
    said = staff_say("same", DMS, CRM)
    assert not Network.of(said, decider=deciding(IdentityPolicy(staff=False))).together
    buyers = IdentityPolicy(vehicle=VehicleRule(roles=("buyer",)))
    as_registrant = (*by_car[:3], sale(CRM, role="registrant"))
    assert not Network.of(*as_registrant, decider=deciding(buyers)).together


def test_who_is_erased_is_linked_to_nobody_by_name_or_number() -> None:
    known = profile(DMS, WANG, MOBILE), profile(CRM, WANG, MOBILE), sale(DMS), sale(CRM)
    told = Network.of(*known)
    assert told.together == BOTH
    assert not told.reported(erased(CRM, day(0))).together
    told.reported(profile(CRM, WANG, MOBILE))
    assert not told.together, "what was said before stays erased"


def test_another_car_in_common_changes_no_person() -> None:
    told = Network.of(sale(DMS), sale(CRM), profile(DMS), profile(CRM))
    said = len(told.published)
    told.reported(sale(DMS, SECOND_CAR), sale(CRM, SECOND_CAR))
    assert not [each for each in told.published[said:] if each.TOPIC.name == "aftercare.persons"]
    assert told.together == BOTH
