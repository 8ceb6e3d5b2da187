"""The stories of the worked examples of scoring: what happened to whom, told in both languages."""

from dataclasses import dataclass, field

from docs.scoring_reports import (
    CUSTOMER,
    DEALER,
    Happened,
    complaint,
    referral,
    sale,
    survey,
    visit,
)

OTHER_NUMBER = f"{DEALER}/desk/88"
SECOND_VIN = "LFV3A23C8A3000002"


@dataclass(frozen=True, slots=True)
class Told:
    """The same in both languages."""

    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Story:
    """One customer, from the first document until a day on which nothing happens any more."""

    title: Told
    text: Told
    happened: tuple[Happened, ...]
    until: str
    numbers: tuple[str, ...] = field(default=(CUSTOMER,))
    """The numbers under which they are known; of several, all are one person."""


NEW_CUSTOMER = Story(
    Told("A new customer", "新客户"),
    Told(
        "A car, an insurance and a set of mats; the survey of the sale is good, the first service "
        "is paid for. No visit follows: points fade, and they become due, at risk, lost.",
        "购车时投保并购买脚垫，销售满意度回访良好，首保有消费。此后不再到店：分数衰减，客户依次成为应到店、"
        "有流失风险、已流失。",
    ),
    (
        sale(
            "2026-01-10",
            "buys a new car, with an insurance and mats",
            "购买新车，随车投保并购买脚垫",
            products=(("INS", "insurance"), ("MAT", "accessory")),
        ),
        survey(
            "2026-01-20",
            "answers 9 of 10 about the sale",
            "销售满意度评 9 分",
            overall=9,
            kind="ssi",
            number="S1",
        ),
        visit(
            "2026-07-08",
            "first service, 480 yuan",
            "首保，消费 480 元",
            number="R1",
            paid="480",
        ),
    ),
    until="2028-02-01",
)
ONE_YEAR = Story(
    Told("One year of service", "一年的到店保养"),
    Told(
        "Four visits, each ready as promised, and a friend brought along. Every fourth month is "
        "this customer's own rhythm: the next visit and the risk follow it.",
        "一年到店四次，每次都按承诺时间交车，并推荐了一位朋友。约四个月到店一次是该客户自身的规律，"
        "下次到店和流失风险都据此推算。",
    ),
    (
        sale("2025-01-15", "buys a new car", "购买新车"),
        visit(
            "2025-05-14",
            "service, 620 yuan, ready as promised",
            "保养，消费 620 元，按时交车",
            number="R1",
            paid="620",
            promised="2025-05-14",
        ),
        visit(
            "2025-09-11",
            "service, 850 yuan, ready as promised",
            "保养，消费 850 元，按时交车",
            number="R2",
            paid="850",
            promised="2025-09-11",
        ),
        referral("2025-10-01", "brings a friend along", "推荐一位朋友", number="F1"),
        visit(
            "2026-01-08",
            "service, 640 yuan, ready as promised",
            "保养，消费 640 元，按时交车",
            number="R3",
            paid="640",
            promised="2026-01-08",
        ),
        visit(
            "2026-05-10",
            "brakes, 1,900 yuan, ready as promised",
            "更换刹车片，消费 1900 元，按时交车",
            number="R4",
            paid="1900",
            promised="2026-05-10",
        ),
    ),
    until="2026-12-31",
)
MADE_GOOD = Story(
    Told("A complaint made good", "投诉得到妥善处理"),
    Told(
        "A complaint costs points while it weighs; the call-back in which the customer says that "
        "they are satisfied gives most of them back.",
        "投诉扣分；回访中客户表示满意，则返还大部分。",
    ),
    (
        sale("2025-03-01", "buys a new car", "购买新车"),
        visit("2025-09-02", "service, 700 yuan", "保养，消费 700 元", number="R1", paid="700"),
        complaint(
            "2025-09-05",
            "complains about the bill",
            "投诉费用",
            ("2025-09-05", "open"),
        ),
        complaint(
            "2025-09-09",
            "is called back, and satisfied",
            "回访，客户满意",
            ("2025-09-05", "open"),
            ("2025-09-09", "satisfied"),
            sequence=2,
        ),
    ),
    until="2025-12-31",
)
BROKEN_PROMISE = Story(
    Told("A broken promise and a comeback", "未守承诺与返修"),
    Told(
        "The car is ready two days later than promised, and eleven days later the same repair has "
        "to be done again: the hard signs of dissatisfaction, before anybody complains.",
        "交车比承诺晚两天，十一天后同一项目返修：无人投诉，不满意已有硬指标可见。",
    ),
    (
        sale("2025-02-01", "buys a new car", "购买新车"),
        visit(
            "2025-08-06",
            "brakes, 1,200 yuan, promised for 4 August",
            "更换刹车片，消费 1200 元，承诺 8 月 4 日交车",
            number="R1",
            paid="1200",
            job="BRK-01",
            opened="2025-08-04",
            promised="2025-08-04",
        ),
        visit(
            "2025-08-17",
            "the same brakes once more, paid by the house",
            "同一刹车项目返修，费用由店内承担",
            number="R2",
            pays="warranty",
            job="BRK-01",
        ),
    ),
    until="2026-03-01",
)
SECOND_CAR = Story(
    Told("A car traded in for a second one", "旧车置换第二辆车"),
    Told(
        "The first car is taken in part exchange. What its purchase and its visits gave stays and "
        "fades; rhythm, risk and the next visit begin anew with the second car.",
        "第一辆车置换。其购车和到店所得分数保留并衰减；到店规律、流失风险和下次到店随第二辆车重新开始。",
    ),
    (
        sale("2023-04-01", "buys a first car", "购买第一辆车", number="D1"),
        visit("2025-11-10", "service, 900 yuan", "保养，消费 900 元", number="R1", paid="900"),
        sale(
            "2026-04-12",
            "trades it in for a second car",
            "置换购买第二辆车",
            number="D2",
            vin=SECOND_VIN,
            traded_in=("LFV3A23C8A3000001",),
        ),
        visit(
            "2026-10-14",
            "first service of the second car, 560 yuan",
            "第二辆车首保，消费 560 元",
            number="R2",
            paid="560",
            vin=SECOND_VIN,
        ),
    ),
    until="2026-12-31",
)
INTERNAL = Story(
    Told("Internal orders, and one that is paid", "内部工单与付费工单"),
    Told(
        "Three orders that the house does for itself count nothing, not even as a visit; the one "
        "that the customer pays for does.",
        "三张内部结算的工单一律不计分，也不算到店；客户付费的一张计分。",
    ),
    (
        *(
            visit(
                day,
                f"internal order {number}",
                f"内部工单 {number}",
                number=f"R{number}",
                pays="internal",
                paid="2000",
            )
            for number, day in enumerate(("2026-02-03", "2026-02-17", "2026-03-02"), start=1)
        ),
        visit(
            "2026-03-20",
            "an order that they pay, 1,150 yuan",
            "客户付费工单，1150 元",
            number="R4",
            paid="1150",
        ),
    ),
    until="2026-06-01",
)
BACK_AGAIN = Story(
    Told("Lost, and back again", "流失后又回来"),
    Told(
        "Three visits half a year apart, then none for two years: due, at risk, lost. The warranty "
        "has ended by the time they come back, which gives points of its own.",
        "每半年到店一次，共三次，此后两年未来：应到店、有流失风险、已流失。再次到店时已过质保，另有加分。",
    ),
    (
        sale("2022-05-01", "buys a new car", "购买新车"),
        visit("2022-11-03", "service, 500 yuan", "保养，消费 500 元", number="R1", paid="500"),
        visit("2023-05-02", "service, 500 yuan", "保养，消费 500 元", number="R2", paid="500"),
        visit("2023-11-01", "service, 500 yuan", "保养，消费 500 元", number="R3", paid="500"),
        visit(
            "2025-11-20",
            "comes back, after the warranty, 1,600 yuan",
            "质保后回厂，消费 1600 元",
            number="R4",
            paid="1600",
        ),
    ),
    until="2026-02-01",
)
ONE_PERSON = Story(
    Told("Two numbers that are one person", "两个编号，同一位客户"),
    Told(
        "The dealer's system knows the buyer as C1, the desk knows who brings the car as 88. Once "
        "both are known to be one person, all documents are scored together: purchase and visits "
        "add up, while limits and the last visit count once.",
        "经销商系统中购车人编号为 C1，前台系统中送修人编号为 88。确认为同一人后，全部单据合并计分："
        "购车与到店相加，上限和最近一次到店只计一次。",
    ),
    (
        sale("2026-01-10", "C1 buys a new car", "C1 购买新车"),
        visit(
            "2026-03-01", "88 comes, 900 yuan", "88 到店，消费 900 元", number="R1", paid="900"
        ).of(OTHER_NUMBER),
        visit("2026-05-20", "C1 comes, 300 yuan", "C1 到店，消费 300 元", number="R2", paid="300"),
        visit(
            "2026-06-20", "88 comes, 250 yuan", "88 到店，消费 250 元", number="R3", paid="250"
        ).of(OTHER_NUMBER),
    ),
    until="2026-07-01",
    numbers=(CUSTOMER, OTHER_NUMBER),
)

STORIES = (
    NEW_CUSTOMER,
    ONE_YEAR,
    MADE_GOOD,
    BROKEN_PROMISE,
    SECOND_CAR,
    INTERNAL,
    BACK_AGAIN,
    ONE_PERSON,
)
