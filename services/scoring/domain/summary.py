"""How a customer stands in their dealer's lists, and what they count for in its totals. Pure."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, tzinfo
from functools import partial
from operator import attrgetter

from pydantic import JsonValue

from services.scoring.domain import ranks
from services.scoring.domain.counters import UNKNOWN, group_with, rest_of, word
from services.scoring.domain.course import ScoreCourse, ScoreMoment, course
from services.scoring.domain.decide import condense
from services.scoring.domain.documents import NOT_SCORED, Known, Profile, Visit
from services.scoring.domain.facts import ScoringFacts
from services.scoring.domain.history import history
from services.scoring.domain.kept_car import KeptCar
from services.scoring.domain.monthly import Way, counts, moved
from services.scoring.domain.moves import move_entries
from services.scoring.domain.policy import ScoringPolicy
from services.scoring.domain.risk import next_visit_from
from shared.contracts.identifiers import customer_of, dealer_of, source_of
from shared.contracts.values import instant_text
from shared.decider.summary import Summaries, Summary
from shared.time.months import month_at

ZoneOf = Callable[[str], tzinfo]
"""The time zone of a dealer: months and days are those of its shop."""


def summaries(zone_of: ZoneOf) -> Summaries[ScoringFacts, ScoringPolicy]:
    """The lists and totals of all dealers."""
    return Summaries(
        lists=ranks.LISTS, summarize=partial(_summarize_in, zone_of), rest=rest_of, version=2
    )


def _summarize_in(
    zone_of: ZoneOf, facts: ScoringFacts, policy: ScoringPolicy, now: datetime
) -> Summary | None:
    if not facts.customer_key:
        return None
    return summarize(facts, policy, now, zone=zone_of(dealer_of(facts.customer_key)))


def summarize(
    facts: ScoringFacts, policy: ScoringPolicy, now: datetime, *, zone: tzinfo
) -> Summary | None:
    """Where the customer stands now in each list, and all that they count for; None without a
    score, and where they count under another of their keys. It stays the same until anything
    changes next."""
    facts = condense(facts, policy)
    if not facts.scored:
        return None
    others = others_here(facts)
    if min(others, default=facts.customer_key) < facts.customer_key:
        return None
    documents = facts.as_a_person().documents
    so_far = course(documents, policy, now, in_full=True)
    moments = so_far.moments
    own = _of_the_dealer(documents, dealer_of(facts.customer_key))
    way = Way(
        known_since=min(_moments(own) or _moments(documents)),
        moments=moments,
        grade_changes=so_far.changes,
        risks=so_far.risk.moments,
        visits=[known for known in own.values() if isinstance(known, Visit)],
        zone=zone,
    )
    until = month_at(moments[-1].at if moments else way.known_since, zone)
    car = newest_car(documents)
    stands = so_far.risk.stands
    expected = None if stands is None else next_visit_from(stands.ground, policy).expected_on
    return Summary(
        ranks={**_ranks(so_far, zone, expected), **_ranks_of_months(moments, zone, until=until)},
        line={**_line(so_far, car, expected), "person": list(others)},
        counts=counts(way, until=until),
        groups=_groups(facts.customer_key, documents, car),
        entries=move_entries(way, until=until),
    )


def others_here(facts: ScoringFacts) -> tuple[str, ...]:
    """The other customers of the same dealer who are the same person and have a score: in lists and
    totals a person stands once, under the first of their keys."""
    dealer_id = dealer_of(facts.customer_key)
    scored = {
        customer_of(place)
        for place, told in facts.linked.told.items()
        if any(not isinstance(known, NOT_SCORED) for known in told.documents.values())
    }
    return tuple(
        key for key in facts.linked.members if key in scored and dealer_of(key) == dealer_id
    )


def _line(way: ScoreCourse, car: str | None, expected: date | None) -> Mapping[str, JsonValue]:
    tally, risk = way.tally, way.risk.stands
    return {
        "grade": tally.grade,
        "score": tally.value + tally.loyalty,
        "value": tally.value,
        "loyalty": tally.loyalty,
        "risk": None if risk is None else risk.risk,
        "risk_since": None if risk is None else instant_text(risk.at),
        "next_visit": None if expected is None else expected.isoformat(),
        "car": car,
    }


def newest_car(documents: Mapping[str, Known]) -> str | None:
    """Make and model of the car that the customer bought or brought last, and has still; None where
    the feed does not tell."""
    known = history(documents)
    theirs = [
        *((each.at, each.sale.vin) for each in known.purchases if each.end is None),
        *((each.at, each.order.vin) for each in known.visits if each.end is None),
    ]
    _, vin = max((each for each in theirs if each[1]), default=(None, ""))
    profile = _profile(documents)
    if not vin or profile is None:
        return None
    cars = (car for car in map(KeptCar.of, profile.cars) if car.vin == vin)
    return next((" ".join((car.make, car.model)).strip() or None for car in cars), None)


def _ranks(way: ScoreCourse, zone: tzinfo, expected: date | None) -> dict[str, int]:
    grade, score = way.tally.grade, way.tally.value + way.tally.loyalty
    found = {
        ranks.BY_SCORE: ranks.score_rank(score),
        ranks.BY_GRADE: ranks.graded_rank(grade, score),
    }
    stands = way.risk.stands
    if stands is not None:
        since = stands.at.astimezone(zone).date()
        found[ranks.BY_RISK] = ranks.risk_rank(stands.risk, score)
        found[ranks.BY_RISK_SINCE] = ranks.risk_since_rank(stands.risk, since)
    if expected is not None:
        found[ranks.BY_NEXT_VISIT] = expected.toordinal()
    return found


def _ranks_of_months(moments: list[ScoreMoment], zone: tzinfo, *, until: int) -> Mapping[str, int]:
    """In the lists of the months up to `until`, when points changed last."""
    return {
        ranks.by_month(month): ranks.moved_rank(month, points)
        for month, points in moved(moments, zone).items()
        if month > until - ranks.MONTHS_LISTED
    }


def _of_the_dealer(documents: Mapping[str, Known], dealer_id: str) -> Mapping[str, Known]:
    """Those that say what happened at this dealer, and not at another where the same person is
    a customer."""
    return {key: known for key, known in documents.items() if key.startswith(f"{dealer_id}/")}


def _moments(documents: Mapping[str, Known]) -> list[datetime]:
    return [known.at for known in documents.values() if not isinstance(known, NOT_SCORED)]


def _groups(customer_key: str, documents: Mapping[str, Known], car: str | None) -> tuple[str, ...]:
    """All that the customer is counted among."""
    profile = _profile(documents)
    born = profile.birth_year if profile is not None else None
    return (
        group_with("born", UNKNOWN if born is None else str(born)),
        group_with("occupation", word(profile.occupation if profile is not None else "")),
        group_with("area", word(profile.area if profile is not None else "")),
        group_with("source", source_of(customer_key)),
        group_with("car", word(car or "")),
    )


def _profile(documents: Mapping[str, Known]) -> Profile | None:
    found = (known for known in documents.values() if isinstance(known, Profile))
    return max(found, key=attrgetter("version"), default=None)
