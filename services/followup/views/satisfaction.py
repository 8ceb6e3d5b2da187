"""What a dealer's counters of satisfaction come to: means, shares, ranks, and targets against
them. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import NamedTuple

from services.followup.domain.satisfaction_aims import SatisfactionAims, SurveyAims
from services.followup.domain.satisfaction_counters import (
    OTHER_ITEM,
    SURVEYS,
    Measure,
    SatisfactionCounter,
)
from services.followup.domain.survey_items import (
    BESIDE,
    HARD_TITLES,
    ITEMS,
    SURVEY_TITLES,
    UNITS,
    HardIndicator,
)
from shared.contracts.http.followup_satisfaction import (
    ReachedByDissatisfaction,
    SatisfactionFigure,
    SatisfactionOfPeriod,
    StepFigure,
    SurveyFigures,
    Unit,
)
from shared.contracts.surveys import SurveyKind
from shared.contracts.values import Bilingual
from shared.time.months import month_text

TOTAL = "total"
MOST_ITEMS = 50
"""How many items of other names are shown, those with the most answers."""
_MINUTES: Mapping[Unit, int] = {"hours": 60, "days": 24 * 60}
_PLACES: Mapping[Unit, Decimal] = {"points": Decimal("0.01")}
_ONE_PLACE = Decimal("0.1")
_OVERALL = Bilingual(en="overall", zh="总体")
_RESPONSES = Bilingual(en="sales or visits that were answered", zh="回访答复率")
_OTHER = Bilingual(en="other items", zh="其他项目")


class Counted(NamedTuple):
    """The counters of a period."""

    counts: Counter[SatisfactionCounter]
    outstanding: int = 0
    """Call-backs that were to be made in the present month and were not yet: some of them are not
    due."""

    def of(self, measure: Measure, survey: SurveyKind | None = None, item: str = "") -> int:
        return self.counts[SatisfactionCounter(measure, survey, item)]


class _Value(NamedTuple):
    """What was measured, exactly, and on how many it rests."""

    value: Fraction | None
    measured: int


def counted_in(
    totals: Mapping[str, Mapping[str, int]], months: Sequence[int], *, present: int
) -> tuple[Mapping[int, Counted], Counted]:
    """Of a dealer's totals those of the months, and all of them together."""
    found: dict[int, Counted] = {}
    for month in months:
        counts: Counter[SatisfactionCounter] = Counter()
        for text, amount in totals.get(month_text(month), {}).items():
            counter = SatisfactionCounter.read(text)
            if counter is not None:
                counts[counter] += amount
        counted = Counted(counts)
        made = counted.of("call_backs_in_time") + counted.of("call_backs_late")
        outstanding = counted.of("call_backs") - made if month == present else 0
        found[month] = counted._replace(outstanding=outstanding)
    together: Counter[SatisfactionCounter] = Counter()
    for counted in found.values():
        together.update(counted.counts)
    return found, Counted(together, sum(each.outstanding for each in found.values()))


def figures_of(period: str, counted: Counted, aims: SatisfactionAims) -> SatisfactionOfPeriod:
    """What a period comes to."""
    return SatisfactionOfPeriod(
        period=period,
        surveys=tuple(_survey(kind, counted, aims) for kind in SURVEYS),
        hard=tuple(_hard(name, counted, aims) for name in HARD_TITLES),
        complaints=_reached(counted.of("complaints"), aims),
    )


def mean_of(counted: Counted, survey: SurveyKind, item: str = "") -> Fraction | None:
    """The exact mean of the answers, in points of ten; None without any."""
    answers = counted.of("answers", survey, item)
    return Fraction(counted.of("tenths", survey, item), 10 * answers) if answers else None


def _survey(kind: SurveyKind, counted: Counted, aims: SatisfactionAims) -> SurveyFigures:
    survey_aims = aims_of(kind, aims)
    strongest, weakest = ranked(kind, counted, aims)
    asked, responded = counted.of("asked", kind), counted.of("responded", kind)
    return SurveyFigures(
        survey=kind,
        title=SURVEY_TITLES[kind],
        overall=_figure(
            "overall",
            _OVERALL,
            "points",
            _Value(mean_of(counted, kind), counted.of("answers", kind)),
            target=survey_aims.overall,
            aims=aims,
        ),
        low=counted.of("low", kind),
        responses=_figure(
            "responses",
            _RESPONSES,
            "percent",
            _Value(Fraction(100 * responded, asked) if asked else None, asked),
            target=aims.response_percent,
            aims=aims,
        ),
        items=tuple(_step(kind, item, counted, aims) for item in _items(kind, counted)),
        strongest=strongest,
        weakest=weakest,
    )


def aims_of(kind: SurveyKind, aims: SatisfactionAims) -> SurveyAims:
    """The targets of a survey."""
    return aims.ssi if kind == "ssi" else aims.csi


def ranked(
    kind: SurveyKind, counted: Counted, aims: SatisfactionAims
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The strongest and the weakest items; an item that is as good as one of the other end is of
    neither."""
    means = {
        item: mean
        for item in _items(kind, counted)
        if item != OTHER_ITEM
        and counted.of("answers", kind, item) >= aims.least_answers
        and (mean := mean_of(counted, kind, item)) is not None
    }
    order = sorted(means, key=lambda item: (means[item], item))
    most = min(aims.ranked, len(order) // 2)
    if not most:
        return (), ()
    low, high = order[:most], order[-most:]
    highest_low, lowest_high = means[low[-1]], means[high[0]]
    strongest = [item for item in high if means[item] > highest_low]
    strongest.sort(key=lambda item: (-means[item], item))
    return tuple(strongest), tuple(item for item in low if means[item] < lowest_high)


def _items(kind: SurveyKind, counted: Counted) -> list[str]:
    """Those of the process, and the others that were answered."""
    others = Counter(
        {
            counter.item: amount
            for counter, amount in sorted(counted.counts.items())
            if counter.measure == "answers" and counter.survey == kind and counter.item
        }
    )
    names = [item for item, _ in others.most_common() if item not in ITEMS[kind]]
    own = [item for item in names if item != OTHER_ITEM][:MOST_ITEMS]
    return [*ITEMS[kind], *own, *([OTHER_ITEM] if OTHER_ITEM in names else [])]


def _step(kind: SurveyKind, item: str, counted: Counted, aims: SatisfactionAims) -> StepFigure:
    survey_aims = aims_of(kind, aims)
    figure = _figure(
        item,
        title_of(kind, item),
        "points",
        _Value(mean_of(counted, kind, item), counted.of("answers", kind, item)),
        target=survey_aims.items.get(item),
        aims=aims,
    )
    beside = BESIDE.get((kind, item), ())
    return StepFigure(
        **dict(figure),
        importance=survey_aims.importance.get(item),
        beside=tuple(_hard(name, counted, aims) for name in beside),
    )


def title_of(kind: SurveyKind, item: str) -> Bilingual:
    """What an item of a survey is called; one of other names as it is."""
    return ITEMS[kind].get(item, _OTHER if item == OTHER_ITEM else Bilingual(en=item, zh=item))


def _hard(name: HardIndicator, counted: Counted, aims: SatisfactionAims) -> SatisfactionFigure:
    part, whole = _measured(name, counted)
    unit: Unit = UNITS[name]
    scale = Fraction(1, _MINUTES[unit]) if unit in _MINUTES else Fraction(100)
    value = _Value(part * scale / whole if whole else None, whole)
    return _figure(
        name, HARD_TITLES[name], unit, value, target=aims.indicators.get(name), aims=aims
    )


def _measured(name: HardIndicator, counted: Counted) -> tuple[int, int]:
    """Those that are as they should be, or the minutes, and of how many."""
    made = counted.of("call_backs_in_time") + counted.of("call_backs_late")
    match name:
        case "in_time":
            in_time = counted.of("in_time")
            return in_time, in_time + counted.of("late")
        case "fixed_first_time":
            orders = counted.of("orders")
            return orders - counted.of("comebacks"), orders
        case "hours_to_csi_call":
            return counted.of("minutes_to_call", "csi"), counted.of("called", "csi")
        case "hours_to_ssi_call":
            return counted.of("minutes_to_call", "ssi"), counted.of("called", "ssi")
        case "days_to_resolve":
            return counted.of("minutes_to_resolve"), counted.of("resolved")
        case "days_to_call_back":
            return counted.of("minutes_to_call_back"), made
        case "called_back_in_time":
            due = counted.of("call_backs") - counted.outstanding
            return counted.of("call_backs_in_time"), due


def _figure(
    name: str,
    title: Bilingual,
    unit: Unit,
    of: _Value,
    *,
    target: float | None,
    aims: SatisfactionAims,
) -> SatisfactionFigure:
    value, measured = of
    difference = is_met = None
    if value is not None and target is not None:
        exact = value - Fraction(str(target))
        difference = rounded(exact, unit)
        is_met = exact <= 0 if unit in _MINUTES else exact >= 0
    return SatisfactionFigure(
        name=name,
        title=title,
        unit=unit,
        value=None if value is None else rounded(value, unit),
        measured=measured,
        few=measured < aims.least_answers,
        target=target,
        difference=difference,
        is_met=is_met,
    )


def rounded(value: Fraction, unit: Unit) -> float:
    """To a hundredth of a point, else to a tenth; halves go away from zero."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return float(exact.quantize(_PLACES.get(unit, _ONE_PLACE), ROUND_HALF_UP)) + 0.0


def _reached(voiced: int, aims: SatisfactionAims) -> ReachedByDissatisfaction:
    unhappy = voiced * aims.stands_for
    reached = unhappy * aims.each_tells
    return ReachedByDissatisfaction(
        voiced=voiced,
        unhappy=unhappy,
        reached=reached,
        words=Bilingual(
            en=f"An estimate: each voiced complaint stands for {aims.stands_for} unhappy "
            f"customers, each of whom tells {aims.each_tells} others: {voiced} × "
            f"{aims.stands_for} × {aims.each_tells} = {reached}",
            zh=f"估算:每一起投诉代表{aims.stands_for}位不满客户,每位会告诉{aims.each_tells}人:"
            f"{voiced} × {aims.stands_for} × {aims.each_tells} = {reached}",
        ),
    )
