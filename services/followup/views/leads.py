"""A dealer's leads by month, from the totals that are kept; and as a table. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, get_args

from services.followup.domain.leads.counts import COUNTED, LeadCounter, because, month_of_leads
from services.followup.views import words
from shared.contracts.http.followup_leads import (
    LeadFigures,
    LeadGroup,
    LeadMonths,
    MonthOfLeads,
)
from shared.contracts.http.table import Cell, Heading, Lang, csv_text
from shared.contracts.leads import LeadChannel, LeadReason
from shared.contracts.scoring import Grade
from shared.decider.asked_lines import behind

CHANNELS: tuple[LeadChannel, ...] = get_args(LeadChannel)
GRADES: tuple[Grade, ...] = ("quality", "potential", "general")
REASONS: tuple[LeadReason, ...] = get_args(LeadReason)

_HEADINGS = (
    Heading("month", "月份"),
    Heading("source", "来源"),
    Heading("grade", "级别"),
    Heading("leads", "潜客数"),
    Heading("contacted", "已联系"),
    Heading("quasi-lost", "准战败"),
    Heading("lost", "战败"),
    Heading("loss approved", "已批准战败"),
    Heading("bought", "成交"),
    Heading("falsely lost", "虚假战败"),
)
_BECAUSE: Mapping[LeadReason, Heading] = {
    "product_knowledge": Heading("product knowledge", "产品知识"),
    "process": Heading("process", "流程"),
    "trust": Heading("trust", "信任"),
    "brand": Heading("brand", "品牌"),
    "price": Heading("price", "价格"),
    "model": Heading("model", "车型"),
    "delivery_time": Heading("delivery time", "交车期"),
    "bought_elsewhere": Heading("bought elsewhere", "他处购买"),
    "unreachable": Heading("cannot be reached", "无法联系"),
    "put_off": Heading("put off", "暂缓购买"),
    "undecided": Heading("undecided", "犹豫不决"),
    "other": Heading("other", "其他"),
}
_CHANNELS: Mapping[LeadChannel, Heading] = {
    "web": Heading("web", "网络"),
    "call": Heading("call", "来电"),
    "walk_in": Heading("walk-in", "到店"),
}


class AskedLeads(NamedTuple):
    """Of which dealer, and which months."""

    dealer_id: str
    months: Sequence[str]


def counted_leads(
    asked: AskedLeads,
    totals: Mapping[str, Mapping[str, int]],
    now: datetime,
    until: datetime | None,
) -> LeadMonths:
    """What a dealer's totals come to in these months."""
    return LeadMonths(
        dealer_id=asked.dealer_id,
        months=tuple(_month(each, totals.get(month_of_leads(each), {})) for each in asked.months),
        as_of=until,
        behind_seconds=behind(now, until),
    )


def _month(month: str, counts: Mapping[str, int]) -> MonthOfLeads:
    total: Counter[str] = Counter()
    groups: dict[tuple[LeadChannel, Grade], Counter[str]] = {}
    for text, count in counts.items():
        counter = LeadCounter.read(text)
        total[counter.what] += count
        groups.setdefault((counter.channel, counter.grade), Counter())[counter.what] += count
    shown = [
        LeadGroup(channel=channel, grade=grade, figures=_figures(groups[channel, grade]))
        for channel in CHANNELS
        for grade in GRADES
        if (channel, grade) in groups
    ]
    return MonthOfLeads(month=month, total=_figures(total), groups=tuple(shown))


def _figures(counts: Mapping[str, int]) -> LeadFigures:
    return LeadFigures(
        **{what: counts.get(what, 0) for what in COUNTED},
        lost_because={
            reason: counts[because(reason)] for reason in REASONS if because(reason) in counts
        },
    )


def leads_csv(found: LeadMonths, lang: Lang | None) -> str:
    """A row per month, source and grade, and one for all of the month."""
    headings = [*_HEADINGS, *(_BECAUSE[reason] for reason in REASONS)]
    return csv_text([heading.of(lang) for heading in headings], _rows(found, lang))


def _rows(found: LeadMonths, lang: Lang | None) -> Iterator[Sequence[Cell]]:
    for month in found.months:
        for group in month.groups:
            channel, grade = _CHANNELS[group.channel].of(lang), words.GRADES[group.grade].of(lang)
            yield [month.month, channel, grade, *_cells(group.figures)]
        yield [month.month, words.TOTAL.of(lang), None, *_cells(month.total)]


def _cells(figures: LeadFigures) -> Iterator[Cell]:
    for what in COUNTED:
        yield getattr(figures, what)
    for reason in REASONS:
        yield figures.lost_because.get(reason, 0)
