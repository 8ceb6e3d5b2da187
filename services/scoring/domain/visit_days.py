"""The points of rules that count local days with a visit, and not orders. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date

from services.scoring.domain.awards import Awards
from services.scoring.domain.history import ClosedVisit


def give_by_day(visits: Iterable[ClosedVisit], awards: Awards) -> None:
    """The rule's points for each day with one of these visits, which are in the order of time.

    A day counts from the first of its orders on, and once, for whichever cars; until the last of
    these is sold on.
    """
    days: dict[date, list[ClosedVisit]] = {}
    for visit in visits:
        if visit.order.day is not None:
            days.setdefault(visit.order.day, []).append(visit)
    for of_one_day in days.values():
        _give(of_one_day, awards)


def _give(visits: Sequence[ClosedVisit], awards: Awards) -> None:
    origin = counted_until = visits[0].at
    for visit in visits:
        since, until = max(counted_until, visit.at), visit.sold_on_at
        if until is None or until > since:
            awards.give(origin, visit.document_id, since=since, until=until)
            if until is None:
                return
            counted_until = until
