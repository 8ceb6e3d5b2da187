"""The satisfaction figures as a table for a spreadsheet: a row per figure. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from shared.contracts.http.followup_satisfaction import (
    Satisfaction,
    SatisfactionFigure,
    SatisfactionOfPeriod,
    Unit,
)
from shared.contracts.http.table import Cell, Heading, Lang, csv_text
from shared.contracts.values import Bilingual

_HEADINGS = (
    Heading("month", "月份"),
    Heading("of", "类别"),
    Heading("figure", "指标"),
    Heading("value", "数值"),
    Heading("unit", "单位"),
    Heading("measured", "样本数"),
    Heading("too few", "样本不足"),
    Heading("target", "目标"),
    Heading("difference", "差距"),
    Heading("importance", "重要度"),
    Heading("rank", "强弱"),
)
_UNITS: Mapping[Unit, Heading] = {
    "points": Heading("points", "分"),
    "percent": Heading("percent", "%"),
    "hours": Heading("hours", "小时"),
    "days": Heading("days", "天"),
}
_HARD = Heading("hard indicators", "客观指标")
_REACHED = Heading("complaints (estimate)", "投诉影响(估算)")
_TOTAL = Heading("total", "合计")
_STRONG, _WEAK = Heading("strongest", "强项"), Heading("weakest", "弱项")
_LOW = Heading("low answers", "低分答复")
_VOICED = Heading("voiced", "已提出")
_UNHAPPY, _HEARD = Heading("unhappy", "不满客户"), Heading("people reached", "波及人数")
_YES = "1"


def satisfaction_csv(found: Satisfaction, lang: Lang | None) -> str:
    """A row per figure of each month, then of all together."""
    return csv_text(
        [heading.of(lang) for heading in _HEADINGS],
        (row for period in (*found.months, found.total) for row in _rows(period, lang)),
    )


def _rows(period: SatisfactionOfPeriod, lang: Lang | None) -> Iterator[Sequence[Cell]]:
    month = _TOTAL.of(lang) if period.period == "total" else period.period
    for survey in period.surveys:
        of = survey.survey.upper()
        yield _row(month, of, survey.overall, lang)
        yield _row(month, of, survey.responses, lang)
        yield _number(month, of, _LOW.of(lang), survey.low)
        for item in survey.items:
            rank = _STRONG if item.name in survey.strongest else _WEAK
            is_ranked = item.name in (*survey.strongest, *survey.weakest)
            shown = rank.of(lang) if is_ranked else None
            yield _row(month, of, item, lang, importance=item.importance, rank=shown)
    for figure in period.hard:
        yield _row(month, _HARD.of(lang), figure, lang)
    reached = period.complaints
    for heading, number in (
        (_VOICED, reached.voiced),
        (_UNHAPPY, reached.unhappy),
        (_HEARD, reached.reached),
    ):
        yield _number(month, _REACHED.of(lang), heading.of(lang), number)


def _row(
    month: str,
    of: str,
    figure: SatisfactionFigure,
    lang: Lang | None,
    *,
    importance: int | None = None,
    rank: str | None = None,
) -> Sequence[Cell]:
    return [
        month,
        of,
        _both(figure.title, lang),
        figure.value,
        _UNITS[figure.unit].of(lang),
        figure.measured,
        _YES if figure.few else None,
        figure.target,
        figure.difference,
        importance,
        rank,
    ]


def _number(month: str, of: str, name: str, number: int) -> Sequence[Cell]:
    return [month, of, name, number, *[None] * (len(_HEADINGS) - 4)]


def _both(title: Bilingual, lang: Lang | None) -> str:
    if title.en == title.zh:
        return title.en
    return Heading(title.en, title.zh).of(lang)
