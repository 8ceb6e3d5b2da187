"""A referral: both customers have it."""

import pytest

from services.intake.domain.documents import kind_of
from shared.contracts.intake import ReferralMade
from tests.services.intake.given import EVERY_KIND, key, messages, referral, reported


def test_a_referral_is_told_to_both() -> None:
    told = messages("referral", EVERY_KIND["referral"]())
    referred = told["referred"]
    assert isinstance(referred, ReferralMade)
    assert (referred.customer_key, referred.other_customer_key) == (key("C2"), key("C1"))
    assert told["referrer"].customer_key == key("C1")


def test_customers_who_refer_themselves_are_found_however_they_are_written() -> None:
    data = EVERY_KIND["referral"](referrer_customer_id="138 1", referred_customer_id="1381")
    with pytest.raises(AssertionError, match="refer themselves"):
        reported("referral", data)


def test_who_was_referred_need_not_be_known() -> None:
    report = reported("referral", referral()).report
    assert list(kind_of(report).known_customers(report)) == [("/referrer_customer_id", key("C1"))]
