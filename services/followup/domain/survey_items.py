"""The steps of the two processes that customers are asked about, as the items of a survey. Pure."""

from collections.abc import Mapping
from typing import Literal

from shared.contracts.surveys import SurveyKind
from shared.contracts.values import Bilingual

HardIndicator = Literal[
    "in_time",
    "fixed_first_time",
    "hours_to_csi_call",
    "hours_to_ssi_call",
    "days_to_resolve",
    "days_to_call_back",
    "called_back_in_time",
]
"""What the feeds say of satisfaction without asking anybody."""


def _both(en: str, zh: str) -> Bilingual:
    return Bilingual(en=en, zh=zh)


SURVEY_TITLES: Mapping[SurveyKind, Bilingual] = {
    "ssi": _both("sales satisfaction (SSI)", "销售满意度(SSI)"),
    "csi": _both("service satisfaction (CSI)", "售后满意度(CSI)"),
}
ITEMS: Mapping[SurveyKind, Mapping[str, Bilingual]] = {
    "ssi": {
        "reception": _both("attention in the showroom", "展厅接待"),
        "consultation": _both("advice that fits", "需求咨询"),
        "test_drive": _both("test drive", "试乘试驾"),
        "price": _both("a fair price, plainly told", "价格公道透明"),
        "handling": _both("papers and dates as promised", "手续与约定办理"),
        "delivery": _both("car handed over clean and complete", "交车完好"),
        "explanation": _both("functions explained", "功能讲解"),
        "follow_up_call": _both("a call afterwards", "交车后回访"),
    },
    "csi": {
        "appointment": _both("easy appointment", "预约方便"),
        "friendliness": _both("pleasant and honest", "友好诚信"),
        "reception": _both(
            "attention, joint inspection, estimate of price and time",
            "接待、共同检车、预估价时",
        ),
        "on_time": _both("done on time, told of changes", "按时交车、变更告知"),
        "fixed_first_time": _both("fixed at the first visit", "一次修复"),
        "explanation": _both("bill and work explained, next service advised", "结算讲解、保养提醒"),
        "follow_up_call": _both("a call afterwards", "修后回访"),
        "answers": _both("quick answers to questions", "快速答复"),
    },
}
"""Survey -> item, in the order of the process -> what the customer expects there."""
HARD_TITLES: Mapping[HardIndicator, Bilingual] = {
    "in_time": _both("orders done by the promised time", "按承诺时间完工"),
    "fixed_first_time": _both("orders that did no work again", "一次修复率(非返修)"),
    "hours_to_csi_call": _both("from the closed order to the call", "结算到回访"),
    "hours_to_ssi_call": _both("from the delivery to the call", "交车到回访"),
    "days_to_resolve": _both("from the complaint to its resolution", "投诉到解决"),
    "days_to_call_back": _both("from the resolution to the call-back", "解决到回访"),
    "called_back_in_time": _both("call-backs made in time", "按时投诉回访"),
}
UNITS: Mapping[HardIndicator, Literal["percent", "hours", "days"]] = {
    "in_time": "percent",
    "fixed_first_time": "percent",
    "hours_to_csi_call": "hours",
    "hours_to_ssi_call": "hours",
    "days_to_resolve": "days",
    "days_to_call_back": "days",
    "called_back_in_time": "percent",
}
"""Of percents more is better, of hours and days less."""
BESIDE: Mapping[tuple[SurveyKind, str], tuple[HardIndicator, ...]] = {
    ("ssi", "follow_up_call"): ("hours_to_ssi_call",),
    ("csi", "on_time"): ("in_time",),
    ("csi", "fixed_first_time"): ("fixed_first_time",),
    ("csi", "follow_up_call"): ("hours_to_csi_call",),
    ("csi", "answers"): ("days_to_resolve", "days_to_call_back", "called_back_in_time"),
}
"""Step -> the hard indicators of what the customer judges there."""
