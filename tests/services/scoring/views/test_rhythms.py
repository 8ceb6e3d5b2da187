"""On which days customers came, as forecasts are fitted to it."""

from datetime import date

import pytest

from services.scoring.views.rhythms import rhythms_page
from tests.services.scoring.asked import Asking
from tests.services.scoring.given import CUSTOMER, DEALER, day, sale, visit
from tests.services.scoring.several import told_of

NOW = day("2025-06-01")


@pytest.mark.parametrize(
    ("delivered", "first_day"),
    [
        ("2025-01-09T15:59:59+00:00", date(2025, 1, 9)),
        ("2025-01-09T16:00:00+00:00", date(2025, 1, 10)),  # midnight in Shanghai
    ],
)
async def test_days_are_those_of_the_dealer(delivered: str, first_day: date) -> None:
    told = told_of(CUSTOMER, sale(delivered), visit("2025-02-28T23:00:00+00:00"))
    page = await Asking({CUSTOMER: told}, NOW).reader.page(DEALER)
    [found] = rhythms_page(page, limit=10, as_of=NOW).customers
    assert (found.first_day, found.days) == (first_day, (date(2025, 3, 1),))
