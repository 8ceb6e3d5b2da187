"""A dealer's customers, visits and value by month and by what customers have in common. Pure."""

from collections import Counter as Sums
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from services.scoring.domain.counters import (
    EVERYBODY,
    OTHER,
    UNKNOWN,
    Counter,
    Trait,
    word_in,
)
from services.scoring.views.figures import GRADES, Figures
from services.scoring.views.totals import TotalsOfMonth
from shared.contracts.http.scoring_months import AnalysisBy, AnalysisMonth, GroupOfMonth
from shared.time.months import month_text, year_of

MOST_GROUPS = 100
"""How many groups are shown, those with the most customers; the others are shown as one."""
AGE_BANDS: tuple[tuple[int, str], ...] = (
    (30, "under 30"),
    (40, "30-39"),
    (50, "40-49"),
    (60, "50-59"),
    (121, "60 and over"),
)
"""Below which age a band ends. By the age that is reached in the year of the month, as no more is
told than the year of birth; who would be older than that has none."""

TRAITS: Mapping[AnalysisBy, Trait] = {
    "age": "born",
    "occupation": "occupation",
    "area": "area",
    "source": "source",
    "car": "car",
}
"""What those of a group have in common; of a grade that is told of all customers."""
_IN_ORDER: Mapping[AnalysisBy, Sequence[str]] = {
    "age": [band for _, band in AGE_BANDS],
    "grade": GRADES,
}
"""Where groups have an order of their own."""

_Named = Callable[[Counter, int], str | None]
"""The group, as it is shown, that a counter of a month belongs to."""


def analysed(months: Iterable[TotalsOfMonth], by: AnalysisBy) -> tuple[AnalysisMonth, ...]:
    """The figures of each month, for each group and all together."""
    totals = list(months)
    groups = _groups(totals, by)
    named = _naming(by)

    def among(counter: Counter, month: int) -> str | None:
        name = named(counter, month)
        return name if name is None or name in groups else OTHER

    return tuple(_month(each, groups, among) for each in totals)


def band_of(birth_year: str, year: int) -> str:
    """The age band of who was born then, in that year."""
    age = year - int(birth_year) if birth_year.isdecimal() else -1
    if age < 0:
        return UNKNOWN
    return next((band for below, band in AGE_BANDS if age < below), UNKNOWN)


def _naming(by: AnalysisBy) -> _Named:
    if by == "grade":
        return lambda counter, _: counter.grade if counter.group == EVERYBODY else None
    trait = TRAITS[by]

    def named(counter: Counter, month: int) -> str | None:
        word = word_in(counter.group, trait) if counter.group else None
        return band_of(word, year_of(month)) if word is not None and by == "age" else word

    return named


def _groups(months: Sequence[TotalsOfMonth], by: AnalysisBy) -> list[str]:
    """Those that are shown, in order: what is not known and what is not shown by itself last."""
    named = _naming(by)
    seen: defaultdict[str, Sums[str]] = defaultdict(Sums)
    for month in months:
        for counter, amount in month.counted.items():
            name = named(counter, month.month)
            if name is not None:
                seen[name][counter.measure] += amount
    ordered = _IN_ORDER.get(by)
    if ordered is None:
        words = [name for name in seen if name not in (UNKNOWN, OTHER)]
        words.sort(key=lambda name: (-seen[name]["customers"], -seen[name]["visits"], name))
        ordered = words[:MOST_GROUPS]
        others = [OTHER] if OTHER in seen or words[MOST_GROUPS:] else []
    else:
        ordered, others = [name for name in ordered if name in seen], []
    return [*ordered, *others, *([UNKNOWN] if UNKNOWN in seen else [])]


def _month(
    totals: TotalsOfMonth,
    groups: Sequence[str],
    among: _Named,
) -> AnalysisMonth:
    figures = {group: Figures() for group in groups}
    total = Figures()
    for counter, amount in totals.counted.items():
        name = among(counter, totals.month)
        if name is not None:
            figures[name].add(counter, amount)
        if counter.group == EVERYBODY:
            total.add(counter, amount)
    return AnalysisMonth(
        month=month_text(totals.month),
        groups=tuple(
            GroupOfMonth(group=group, figures=found.shown()) for group, found in figures.items()
        ),
        total=total.shown(),
    )
