"""All customers of a dealer in a month: by grade, by risk, and who moved. Pure."""

from services.scoring.domain.counters import EVERYBODY
from services.scoring.views.figures import Figures
from services.scoring.views.totals import TotalsOfMonth
from shared.contracts.http.scoring_months import MonthOfCustomers
from shared.time.months import month_text


def grades_of(month: TotalsOfMonth) -> MonthOfCustomers:
    """What the dealer's customers come to."""
    figures = Figures()
    for counter, amount in month.counted.items():
        if counter.group == EVERYBODY:
            figures.add(counter, amount)
    return MonthOfCustomers(month=month_text(month.month), figures=figures.shown())
