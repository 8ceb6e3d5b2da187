"""Who a customer without a number is: by the dealer's setting, and never by what is written."""

import json
import re
from typing import Any

import pytest

from services.intake.domain.examine.event import InvalidEvent, Reported, examine
from services.intake.domain.examine.known_by import (
    BY_PLATE,
    BY_TELEPHONE,
    BY_VIN,
    NO_PLATE,
    NOT_OWN,
)
from services.intake.domain.examine.telephones import CUT
from services.intake.domain.examine.without_number import (
    LEFT_OUT,
    NO_SETTING,
    NOT_KNOWN,
    NOT_KNOWN_BY_DEFAULT,
)
from services.intake.domain.submissions import Submission, submissions
from shared.contracts.intake import SaleRecorded
from shared.dealers.dealer import Means
from tests.services.intake.given import (
    BERLIN,
    GOOD_VIN,
    NOW,
    PUDONG,
    Data,
    complaint,
    event,
    knowing_by,
    lead,
    line,
    sale,
    visit,
)
from tests.services.intake.memory_register import HASH_KEY

ALL: tuple[Means, ...] = ("telephone", "vin", "plate")
CAR_KEY = f"{PUDONG}/cdk/vin/{GOOD_VIN}"
PLATE = "沪A·D7K31"
MOBILE = "138 1234 5678"
EACH = {"sale": sale, "visit": visit, "complaint": complaint, "lead": lead}


def person(number: str | None = MOBILE, **more: Any) -> Data:
    """A customer whom the source has no number for."""
    return {"name": "Li Lei"} | ({} if number is None else {"phones": [phone(number)]}) | more


def phone(number: str, kind: str = "mobile") -> Data:
    return {"kind": kind, "number": number}


def examined(noun: str, *means: Means, **more: Any) -> Reported | InvalidEvent:
    raw = event(noun, EACH[noun](**more))
    return examine(raw, dealers=knowing_by(*means), now=NOW, key=HASH_KEY)


def accepted(noun: str, *means: Means, **more: Any) -> Reported:
    found = examined(noun, *means, **more)
    assert isinstance(found, Reported), found
    return found


def asked(noun: str, *means: Means, **more: Any) -> list[Submission]:
    """What the report asks of the register: for its document first."""
    return submissions(accepted(noun, *means, **more), key=HASH_KEY)


def keys(noun: str, *means: Means, **more: Any) -> list[str]:
    """The customers that the document is published to."""
    return [message.customer_key for message in asked(noun, *means, **more)[0].messages.values()]


def key_of(noun: str, *means: Means, **more: Any) -> str:
    (found,) = keys(noun, *means, **more)
    return found


def told(noun: str, *means: Means, **more: Any) -> list[tuple[str, str]]:
    return [(where, what) for where, what in accepted(noun, *means, **more).warnings]


def refused(noun: str, *means: Means, **more: Any) -> list[tuple[str, str]]:
    found = examined(noun, *means, **more)
    assert isinstance(found, InvalidEvent), found
    return [(where, what) for where, what in found.errors]


@pytest.mark.parametrize("noun", ["sale", "visit", "complaint"])
def test_by_default_a_customer_has_a_number_or_is_rejected(noun: str) -> None:
    assert refused(noun, customer=person()) == [("/data/customer", NO_SETTING)]
    both = person(source_customer_id="C1", customer_key=f"{PUDONG}/cdk/C1")
    assert refused(noun, *ALL, customer=both)[0][0] == "/data/customer"


def test_by_default_a_lead_is_its_own_until_its_customer_has_a_number() -> None:
    who = person(opt_outs=["sms"])
    assert key_of("lead", customer=who) == f"{PUDONG}/cdk/lead/L1"
    assert told("lead", customer=who) == [("/data/customer", NOT_KNOWN_BY_DEFAULT)]
    said = {each.kind: each.said for each in asked("lead", customer=who)[1:]}
    assert said == {"profile": {"opt_outs": ["sms"]}, "opt-outs": {"main": ["sms"]}}
    assert len(asked("lead", customer=person())) == 2, "no profile"


@pytest.mark.parametrize("noun", EACH)
def test_a_customer_with_a_number_is_known_by_it_whatever_the_setting(noun: str) -> None:
    assert key_of(noun, *ALL, customer=person(source_customer_id="C1")) == f"{PUDONG}/cdk/C1"
    assert told(noun, *ALL, customer=person(source_customer_id="C1")) == []


@pytest.mark.parametrize("noun", EACH)
def test_a_telephone_number_makes_a_number_of_ours_and_the_answer_says_so(noun: str) -> None:
    found = key_of(noun, *ALL, customer=person())
    assert re.fullmatch(rf"{PUDONG}/cdk/by-telephone\.[0-9a-f]{{32}}", found)
    assert told(noun, *ALL, customer=person()) == [("/data/customer", BY_TELEPHONE)]


@pytest.mark.parametrize(
    "written",
    [
        "13812345678",
        "+86 138-1234-5678",
        "0086 13812345678",
        "１３８１２３４５６７８",
        8613812345678,
    ],
)
def test_however_a_telephone_number_is_written_it_is_one_customers(written: str) -> None:
    first = key_of("sale", *ALL, customer=person())
    assert key_of("visit", "telephone", customer=person(written)) == first
    assert key_of("lead", "plate", "telephone", customer=person(written)) == first


def test_another_number_dealer_source_or_secret_makes_another_customer() -> None:
    raw = event("visit", visit(customer=person()))
    other = examine(raw, dealers=knowing_by(*ALL), now=NOW, key=b"another")
    assert isinstance(other, Reported)
    found = {
        key_of("visit", *ALL, customer=person()).rpartition("/")[2],
        key_of("visit", *ALL, customer=person("138 1234 5679")).rpartition("/")[2],
        key_of("visit", *ALL, customer=person(), source="crm").rpartition("/")[2],
        key_of("visit", *ALL, customer=person("+86 " + MOBILE), dealer_id=BERLIN).rpartition("/")[
            2
        ],
        submissions(other, key=HASH_KEY)[0].messages["customer"].customer_key.rpartition("/")[2],
    }
    assert len(found) == 5


@pytest.mark.parametrize("noun", EACH)
def test_neither_telephone_nor_plate_shows_in_what_is_published_or_answered(noun: str) -> None:
    car = {} if noun == "lead" else {"vehicle": {"vin": GOOD_VIN, "plate": PLATE}}
    for means in ("telephone", "plate"):
        if noun == "lead" and means == "plate":
            continue
        found = accepted(noun, means, customer=person(), **car)
        document, *_ = submissions(found, key=HASH_KEY)
        shown = [message.model_dump_json() for message in document.messages.values()]
        shown += [document.document_id, document.content_hash, json.dumps(found.warnings)]
        for secret in ("12345678", "8613812345678", "D7K31", "沪A"):
            assert not [text for text in shown if secret in text]


@pytest.mark.parametrize(
    ("phones", "because"),
    [
        ([phone("400 810 8888")], NOT_OWN),
        ([phone("010-6552 9988-8012")], NOT_OWN),
        ([phone("010-6552 9988 转 8012")], NOT_OWN),
        ([phone("13800000000")], NOT_OWN),
        ([phone("138 8888 8888")], NOT_OWN),
        ([phone("138 1234 5678", "work")], NOT_OWN),
        ([phone("0")], None),
        ([phone("unknown")], None),
        ([phone("13812345678/13812345679")], None),
        ([], None),
    ],
)
def test_a_number_that_is_nobodys_own_is_passed_over(
    phones: list[Data], because: str | None
) -> None:
    who = person(None, phones=phones)
    assert key_of("sale", "telephone", "vin", customer=who) == CAR_KEY
    found = told("sale", "telephone", "vin", customer=who)
    assert ("/data/customer", BY_VIN) in found
    at = "/data/customer/phones/0/number"
    assert ((at, NOT_OWN) in found) == (because is not None)
    assert key_of("visit", "vin", "telephone", customer=who) == CAR_KEY


def test_of_several_numbers_the_first_mobile_of_their_own_counts() -> None:
    plain = key_of("visit", *ALL, customer=person())
    several = [phone("010-6552 9988", "home"), phone("400 810 8888"), phone(MOBILE)]
    assert key_of("visit", *ALL, customer=person(None, phones=several)) == plain
    at_work = [phone("139 1234 5678", "work"), phone(MOBILE, "other")]
    assert key_of("visit", *ALL, customer=person(None, phones=at_work)) == plain
    landline = key_of("visit", *ALL, customer=person("010-6552 9988"))
    assert key_of("visit", *ALL, customer=person(None, phones=several[:2])) == landline


def test_a_company_is_known_by_its_number_at_work() -> None:
    firm = person(None, kind="business", phones=[phone("010-6552 9988", "work")])
    assert "/by-telephone." in key_of("visit", "telephone", customer=firm)


def test_the_order_of_the_setting_counts() -> None:
    car = {"vin": GOOD_VIN, "plate": PLATE}
    found = [
        key_of("visit", *means, customer=person(), vehicle=car).split("/", 3)[3].partition(".")[0]
        for means in (ALL, ("plate", "telephone"), ("vin", "plate"))
    ]
    assert found == ["by-telephone", "by-plate", f"vin/{GOOD_VIN}"]


@pytest.mark.parametrize("noun", ["sale", "visit", "complaint"])
def test_by_the_vin_they_are_where_an_order_of_the_car_without_customer_is(noun: str) -> None:
    car = {"vin": GOOD_VIN}
    assert key_of("visit", "vin", customer=None, vehicle=car) == CAR_KEY
    assert key_of(noun, *ALL, customer=person(None), vehicle=car) == CAR_KEY
    assert told(noun, *ALL, customer=person(None), vehicle=car) == [("/data/customer", BY_VIN)]


def test_the_profile_of_who_is_known_by_a_car_is_nobody_elses() -> None:
    by_car = asked("visit", "vin", customer=person(None))[1]
    by_number = asked("visit", "vin", customer=person(None, source_customer_id=GOOD_VIN))[1]
    assert by_car.document_id == f"{PUDONG}/cdk/profile/vin/{GOOD_VIN}"
    assert by_number.document_id == f"{PUDONG}/cdk/profile/{GOOD_VIN}"


@pytest.mark.parametrize("plate", ["沪A·D7K31", "沪AD7K31", "沪ａ d7k31", "沪Ａ-Ｄ７Ｋ３１"])
def test_a_plate_is_one_customers_however_it_is_written(plate: str) -> None:
    first = key_of("visit", *ALL, customer=person(None), vehicle={"plate": PLATE})
    assert re.fullmatch(rf"{PUDONG}/cdk/by-plate\.[0-9a-f]{{32}}", first)
    found = told("complaint", *ALL, customer=person(None), vehicle={"plate": plate})
    assert found == [("/data/customer", BY_PLATE)]
    assert key_of("complaint", *ALL, customer=person(None), vehicle={"plate": plate}) == first


def test_an_order_without_any_customer_is_the_plates_where_there_is_no_vin() -> None:
    by_plate = key_of("visit", *ALL, customer=person(None), vehicle={"plate": PLATE})
    assert key_of("visit", *ALL, customer=None, vehicle={"plate": PLATE}) == by_plate
    assert told("visit", *ALL, customer=None, vehicle={"plate": PLATE}) == [("/data", BY_PLATE)]
    own = {"customer": None, "vehicle": {"plate": PLATE}, "lines": [line("internal")]}
    assert keys("visit", *ALL, **own) == [], "the dealership's own work stays its own"
    assert key_of("visit", "telephone", customer=None, vehicle={"plate": PLATE}).endswith(
        "doc/RO%201"
    )
    assert told("visit", *ALL, customer=None) == [], "as ever, it is the car's"


def test_a_car_is_named_by_its_vin_or_its_plate_and_of_a_sale_by_its_vin() -> None:
    for noun in ("visit", "complaint"):
        for nothing in ({}, {"make": "VW"}, {"plate": " "}):
            assert [where for where, _ in refused(noun, vehicle=nothing)] == ["/data/vehicle"]
    assert refused("sale", vehicle={"plate": PLATE})[0][0] == "/data/vehicle/vin"
    malformed = refused("sale", "vin", customer=person(None), vehicle={"vin": "X"})
    assert "/data/vehicle/vin" in [where for where, _ in malformed]


@pytest.mark.parametrize(
    "customer", [person(None), person("400 810 8888"), {}, {"kind": "business"}]
)
def test_a_sale_to_nobody_who_can_be_known_is_rejected_with_what_to_do(customer: Data) -> None:
    (where, what), *others = refused("sale", "telephone", customer=customer)
    assert (where, others) == ("/data/customer", [])
    assert "report source_customer_id, or a telephone number of their own" in what


def test_who_cannot_be_known_leaves_a_document_as_one_without_a_customer() -> None:
    who = {"customer": person(None, email="li@example.org")}
    assert key_of("visit", "telephone", **who) == CAR_KEY
    assert key_of("visit", "telephone", vehicle=None, **who) == f"{PUDONG}/cdk/doc/RO%201"
    assert key_of("complaint", *ALL, vehicle=None, **who) == f"{PUDONG}/cdk/doc/K1"
    assert key_of("lead", *ALL, **who) == f"{PUDONG}/cdk/lead/L1"
    assert keys("visit", "telephone", lines=[line("internal")], **who) == []
    found = told("visit", "telephone", vehicle={"vin": GOOD_VIN, "plate": "无牌"}, **who)
    assert found == [("/data/customer", NOT_KNOWN)]
    found = told("complaint", "plate", vehicle={"plate": "无牌"}, **who)
    assert found == [("/data/vehicle/plate", NO_PLATE), ("/data/customer", NOT_KNOWN)]


@pytest.mark.parametrize("noun", ["visit", "complaint", "lead"])
def test_what_they_refuse_stays_with_the_document_and_nothing_else_of_them(noun: str) -> None:
    who = person(None, email="li@example.org", opt_outs=["sms"])
    document, *others = asked(noun, "telephone", customer=who)
    (message,) = document.messages.values()
    assert message.customer_key == key_of(noun, "telephone", customer=None)
    said = {other.kind: other.said for other in others}
    assert said["opt-outs"] == {"main": ["sms"]}
    assert said["profile"].keys() == {"opt_outs"}


def test_the_dealership_itself_needs_no_number() -> None:
    for noun in EACH:
        assert keys(noun, *ALL, customer={"kind": "internal"}) == []
        assert told(noun, *ALL, customer={"kind": "internal"}) == []
    co_buyer = {"role": "co_buyer", "customer": {"kind": "internal"}}
    assert len(keys("sale", *ALL, customer=person(), parties=[co_buyer])) == 1


def test_further_parties_are_known_by_telephone_alone_for_the_car_is_the_buyers() -> None:
    parties = [
        {"role": "driver", "customer": person(None, name="Han")},
        {"role": "co_buyer", "customer": person("139 1234 5678", email="none")},
    ]
    found = asked("sale", "vin", "telephone", customer=person(), parties=parties)
    assert set(found[0].messages) == {"buyer", "co_buyer"}
    assert found[0].messages["buyer"].customer_key == CAR_KEY
    assert "/by-telephone." in found[0].messages["co_buyer"].customer_key
    warned = dict(told("sale", "vin", "telephone", customer=person(), parties=parties))
    assert warned["/data/parties/0/customer"] == LEFT_OUT
    assert warned["/data/parties/1/customer"] == BY_TELEPHONE
    assert "/data/parties/1/customer/email" in warned, "the others stay where they are"


def test_who_is_several_of_a_sale_has_it_once() -> None:
    registrant = {"role": "registrant", "customer": person("+86" + MOBILE)}
    (sold,) = asked("sale", *ALL, customer=person(), parties=[registrant])[0].messages.values()
    assert isinstance(sold, SaleRecorded)
    assert sold.role == "buyer"


def test_the_trade_is_not_known_by_a_car_that_it_passes_on() -> None:
    trade = {"sale_type": "wholesale", "customer": person(None, kind="business")}
    document, *others = asked("sale", "vin", **trade)
    assert document.messages == {}
    assert [other.said for other in others if other.kind == "profile"] == []
    assert told("sale", "vin", **trade) == [("/data/customer", LEFT_OUT)]


def test_a_number_cut_at_its_extension_is_told_of_and_kept_in_the_profile() -> None:
    who = person("010-6552 9988-8012")
    at = "/data/customer/phones/0/number"
    assert set(told("visit", *ALL, customer=who)) == {
        (at, NOT_OWN),
        (at, CUT),
        ("/data/customer", BY_VIN),
    }
    profile = next(each for each in asked("visit", *ALL, customer=who) if each.kind == "profile")
    assert profile.said["phones"] == [{"kind": "mobile", "e164": "+861065529988"}]
