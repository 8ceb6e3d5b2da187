"""What the endpoints answer as tables for a spreadsheet, with headings in either language or in
both. Pure."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from itertools import permutations

from services.scoring.domain.counters import OTHER, UNKNOWN
from services.scoring.domain.risk_words import EN, ZH
from services.scoring.views.analysis import AGE_BANDS
from services.scoring.views.figures import GRADES, RISKS
from shared.contracts.http.scoring import HistoryMoment, ScoreHistory
from shared.contracts.http.scoring_lists import CustomerLine, Customers
from shared.contracts.http.scoring_months import Analysis, FiguresOfMonth, Grades
from shared.contracts.http.table import Cell, Heading, Lang, csv_text, local_text

TOTAL = "total"
"""The row of all customers."""
WORDS: Mapping[str, Heading] = {
    "quality": Heading("quality", "优质"),
    "potential": Heading("potential", "潜力"),
    "general": Heading("general", "一般"),
    **{risk: Heading(EN[risk], ZH[risk]) for risk in RISKS},
    UNKNOWN: Heading("unknown", "未知"),
    OTHER: Heading("other", "其他"),
    TOTAL: Heading("total", "合计"),
    AGE_BANDS[0][1]: Heading(AGE_BANDS[0][1], "30岁以下"),
    AGE_BANDS[-1][1]: Heading(AGE_BANDS[-1][1], "60岁及以上"),
}
"""The words of ours that stand in cells."""

_MOVES: Sequence[tuple[str, str]] = [*permutations(GRADES, 2), *permutations(RISKS, 2)]
_MONTH = Heading("month", "月份")
_OF_A_CUSTOMER = (
    Heading("customer key", "客户键"),
    Heading("grade", "级别"),
    Heading("score", "评分"),
    Heading("value", "价值"),
    Heading("loyalty", "忠诚"),
    Heading("risk", "流失风险"),
    Heading("at this risk since", "风险起始", is_time=True),
    Heading("next visit", "预计进厂"),
    Heading("car", "车型"),
    Heading("points moved", "积分变动"),
    Heading("same person as", "同一人"),
)
_OF_A_HISTORY = (
    Heading("at", "时间", is_time=True),
    Heading("period", "期间"),
    Heading("score", "评分"),
    Heading("value", "价值"),
    Heading("loyalty", "忠诚"),
    Heading("grade", "级别"),
)


def customers_csv(found: Customers, lang: Lang | None, *, zone: tzinfo) -> str:
    """A row per customer; times are those of the zone."""
    return csv_text(
        [heading.of(lang, zone) for heading in _OF_A_CUSTOMER],
        (_customer_row(line, lang, zone) for line in found.customers),
    )


def _customer_row(line: CustomerLine, lang: Lang | None, zone: tzinfo) -> list[Cell]:
    return [
        line.customer_key,
        _word(line.grade, lang),
        line.score,
        line.value,
        line.loyalty,
        None if line.risk is None else _word(line.risk, lang),
        None if line.risk_since is None else local_text(line.risk_since, zone),
        None if line.next_visit is None else line.next_visit.isoformat(),
        line.car,
        line.points_moved,
        " ".join(line.person),
    ]


def history_csv(found: ScoreHistory, lang: Lang | None, *, zone: tzinfo) -> str:
    """A row per moment; times are those of the zone."""
    return csv_text(
        [heading.of(lang, zone) for heading in _OF_A_HISTORY],
        (_moment_row(moment, lang, zone) for moment in found.moments),
    )


def _moment_row(moment: HistoryMoment, lang: Lang | None, zone: tzinfo) -> list[Cell]:
    return [
        local_text(moment.at, zone),
        moment.period,
        moment.score,
        moment.value,
        moment.loyalty,
        _word(moment.grade, lang),
    ]


def grades_csv(found: Grades, lang: Lang | None) -> str:
    """A row per month."""
    currencies = sorted({code for month in found.months for code in month.figures.paid})
    return csv_text(
        [_MONTH.of(lang), *_headings(currencies, lang)],
        ([month.month, *_cells(month.figures, currencies)] for month in found.months),
    )


def analysis_csv(found: Analysis, lang: Lang | None) -> str:
    """A row per month and group, and one per month for the total."""
    currencies = sorted({code for month in found.months for code in month.total.paid})
    return csv_text(
        [_MONTH.of(lang), Heading("group", "分组").of(lang), *_headings(currencies, lang)],
        (
            [month.month, _word(group, lang), *_cells(figures, currencies)]
            for month in found.months
            for group, figures in (
                *((each.group, each.figures) for each in month.groups),
                (TOTAL, month.total),
            )
        ),
    )


def _headings(currencies: Sequence[str], lang: Lang | None) -> list[str]:
    return [
        Heading("customers", "客户数").of(lang),
        Heading("new", "新增").of(lang),
        *(WORDS[name].of(lang) for name in (*GRADES, *RISKS)),
        Heading("visits", "进厂次数").of(lang),
        *(f"{Heading('paid', '付费').of(lang)} {code}" for code in currencies),
        Heading("value points", "价值积分").of(lang),
        *(f"{WORDS[before].of(lang)} > {WORDS[after].of(lang)}" for before, after in _MOVES),
    ]


def _cells(figures: FiguresOfMonth, currencies: Sequence[str]) -> list[Cell]:
    moves = {
        (move.before, move.after): move.customers
        for move in (*figures.grade_moves, *figures.risk_moves)
    }
    return [
        figures.customers,
        figures.new,
        *(figures.by_grade[grade] for grade in GRADES),
        *(figures.by_risk[risk] for risk in RISKS),
        figures.visits,
        *(figures.paid.get(code, 0) for code in currencies),
        figures.value,
        *(moves.get(move, 0) for move in _MOVES),
    ]


def _word(name: str, lang: Lang | None) -> str:
    return WORDS[name].of(lang) if name in WORDS else name
