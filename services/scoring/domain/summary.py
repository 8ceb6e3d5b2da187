"""How a customer stands in their dealer's lists, and what they count for in its totals. Pure."""

from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from functools import partial
from operator import attrgetter

from pydantic import JsonValue

from services.scoring.domain import ranks
from services.scoring.domain.counters import UNKNOWN, group_of, word
from services.scoring.domain.course import Moment, course
from services.scoring.domain.decide import condense, decide
from services.scoring.domain.documents import NOT_SCORED, Known, OwnershipEnd, Profile, Sale, Visit
from services.scoring.domain.facts import ScoringFacts
from services.scoring.domain.kept_car import KeptCar
from services.scoring.domain.monthly import Way, counts, moved
from services.scoring.domain.months import month_at
from services.scoring.domain.policy import ScoringPolicy
from shared.contracts.identifiers import dealer_of, source_of
from shared.contracts.scoring import ScoreChanged
from shared.contracts.values import instant_text
from shared.decider.summary import Summaries, Summary

ZoneOf = Callable[[str], tzinfo]
"""The time zone of a dealer: months and days are those of its shop."""


def summaries(zone_of: ZoneOf) -> Summaries[ScoringFacts, ScoringPolicy]:
    """The lists and totals of all dealers."""
    return Summaries(lists=ranks.LISTS, summarize=partial(_summarize_in, zone_of))


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
    score. It stays the same until points change next."""
    score = score_in(facts, policy, now)
    if score is None:
        return None
    documents = condense(facts, policy).documents
    course_so_far = course(documents, policy, now, in_full=True)
    moments = course_so_far.moments
    way = Way(
        known_since=_known_since(documents),
        moments=moments,
        grade_changes=course_so_far.changes,
        risks=(),
        visits=[known for known in documents.values() if isinstance(known, Visit)],
        zone=zone,
    )
    until = month_at(moments[-1].at if moments else way.known_since, zone)
    return Summary(
        ranks={**_ranks(score, zone), **_ranks_of_months(moments, zone, until=until)},
        line=line(score, documents),
        counts=counts(way, until=until),
        groups=_groups(facts.customer_key, documents),
    )


def score_in(facts: ScoringFacts, policy: ScoringPolicy, now: datetime) -> ScoreChanged | None:
    """The score that is decided of the customer, if they have one."""
    contents = (output.content for output in decide(facts, {}, policy, now).outputs)
    return next((content for content in contents if isinstance(content, ScoreChanged)), None)


def line(score: ScoreChanged, documents: Mapping[str, Known]) -> Mapping[str, JsonValue]:
    """What a list shows of the customer."""
    risk, visit = score.risk, score.next_visit
    return {
        "grade": score.grade,
        "score": score.score,
        "value": score.value,
        "loyalty": score.loyalty,
        "risk": None if risk is None else risk.risk,
        "risk_since": None if risk is None else instant_text(risk.since),
        "next_visit": None if visit is None else visit.expected_on.isoformat(),
        "car": newest_car(documents),
    }


def newest_car(documents: Mapping[str, Known]) -> str | None:
    """Make and model of the car that the customer bought or brought last, and has still; None where
    the feed does not tell."""
    named = [
        (known.at, known.vin)
        for known in documents.values()
        if isinstance(known, Sale | Visit | OwnershipEnd) and known.vin
    ]
    parted = {
        (known.at, known.vin) for known in documents.values() if isinstance(known, OwnershipEnd)
    }
    last = {vin: (at, vin) for at, vin in sorted(named)}
    _, vin = max((each for each in last.values() if each not in parted), default=(None, ""))
    profile = _profile(documents)
    if not vin or profile is None:
        return None
    cars = (car for car in map(KeptCar.of, profile.cars) if car.vin == vin)
    return next((" ".join((car.make, car.model)).strip() or None for car in cars), None)


def _ranks(score: ScoreChanged, zone: tzinfo) -> dict[str, int]:
    found = {
        ranks.BY_SCORE: ranks.score_rank(score.score),
        ranks.BY_GRADE: ranks.graded_rank(score.grade, score.score),
    }
    if score.risk is not None:
        since = score.risk.since.astimezone(zone).date()
        found[ranks.BY_RISK] = ranks.risk_rank(score.risk.risk, score.score)
        found[ranks.BY_RISK_SINCE] = ranks.risk_since_rank(score.risk.risk, since)
    if score.next_visit is not None:
        found[ranks.BY_NEXT_VISIT] = score.next_visit.expected_on.toordinal()
    return found


def _ranks_of_months(moments: list[Moment], zone: tzinfo, *, until: int) -> Mapping[str, int]:
    """In the lists of the months up to `until`, when points changed last."""
    return {
        ranks.by_month(month): ranks.moved_rank(month, points)
        for month, points in moved(moments, zone).items()
        if month > until - ranks.MONTHS_LISTED
    }


def _known_since(documents: Mapping[str, Known]) -> datetime:
    return min(known.at for known in documents.values() if not isinstance(known, NOT_SCORED))


def _groups(customer_key: str, documents: Mapping[str, Known]) -> tuple[str, ...]:
    """All that the customer is counted among."""
    profile = _profile(documents)
    born = profile.birth_year if profile is not None else None
    return (
        group_of("born", UNKNOWN if born is None else str(born)),
        group_of("occupation", word(profile.occupation if profile is not None else "")),
        group_of("area", word(profile.area if profile is not None else "")),
        group_of("source", source_of(customer_key)),
        group_of("car", word(newest_car(documents) or "")),
    )


def _profile(documents: Mapping[str, Known]) -> Profile | None:
    found = (known for known in documents.values() if isinstance(known, Profile))
    return max(found, key=attrgetter("version"), default=None)
