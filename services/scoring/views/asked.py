"""Which list, months or days are asked for. Pure."""

from datetime import date, timedelta

from services.scoring.domain.ranks import MONTHS_LISTED
from services.scoring.views.history import MOST_DAYS, HistoryBy
from services.scoring.views.listing import AskedList
from shared.contracts.http.scoring_lists import ListSort
from shared.contracts.http.wrongly_asked import WronglyAsked
from shared.contracts.scoring import Grade, Risk
from shared.time.asked_months import asked_month
from shared.time.months import month_text

LAST_DAYS = timedelta(days=89)
"""How long before the last day a history by day begins where no day is asked for."""


def asked_list(
    dealer_id: str,
    *,
    sort: ListSort | None,
    descending: bool | None,
    grade: Grade | None,
    risk: Risk | None,
    period: str | None,
    present: int,
) -> AskedList | None:
    """The list that is meant; None: all customers by key. Raises `WronglyAsked`."""
    meant = sort or _sort_meant(grade, risk, period)
    if period is not None and meant != "points":
        raise WronglyAsked("period", "only points are won and lost in a month: `sort=points`")
    if meant == "key":
        if grade or risk or descending:
            raise WronglyAsked("sort", "a list by key has all customers, in rising order")
        return None
    return AskedList(
        dealer_id=dealer_id,
        sort=meant,
        descending=meant != "next_visit" if descending is None else descending,
        grade=grade,
        risk=risk,
        month=_asked_month(period, present) if meant == "points" else None,
    )


def _sort_meant(grade: Grade | None, risk: Risk | None, period: str | None) -> ListSort:
    if period is not None:
        return "points"
    return "key" if grade is None and risk is None else "score"


def _asked_month(period: str | None, present: int) -> int:
    """The month in which points were won and lost; without one the present."""
    month = present if period is None else asked_month("period", period)
    earliest = present - MONTHS_LISTED + 1
    if not earliest <= month <= present:
        raise WronglyAsked("period", f"from {month_text(earliest)} to {month_text(present)}")
    return month


def asked_days(
    by: HistoryBy, first: date | None, last: date | None, *, began: date, today: date
) -> tuple[date, date]:
    """The days from one to another, both included: without them those up to today, since the
    history began; by day, of the last 90. Raises `WronglyAsked`."""
    until = today if last is None else last
    since = first
    if since is None:
        since = max(began, min(until, today) - LAST_DAYS) if by == "day" else began
        since = min(since, until)
    if until < since:
        raise WronglyAsked("to", "it is before the first day")
    if by == "day" and (until - since).days >= MOST_DAYS:
        raise WronglyAsked("from", f"at most {MOST_DAYS} days at once, which is three years")
    return since, until
