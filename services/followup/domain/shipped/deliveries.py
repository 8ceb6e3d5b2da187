"""The rules that ship on a car handed over, and on who brought its buyer."""

from services.followup.domain.offsets import TaskOffset
from services.followup.domain.shipped.usual import AT_ONCE, EVENING, INSTEAD, MORNING, by_grade
from services.followup.domain.task_rule import TaskRule

DELIVERY_THANKS = TaskRule(
    kind="delivery_thanks",
    trigger="delivery",
    opens=AT_ONCE,
    due=TaskOffset(hours=24),
    owner_role="sales_consultant",
    channel="phone",
    instead=INSTEAD,
    priority=3,
    for_grade=by_grade(3),
    title_en="Thank for the purchase",
    title_zh="交车感谢",
    why_en="On {day} {car} was handed over",
    why_zh="{day} 已交付 {car}",
    hint_en="Thank them; ask whether everything works and was explained, and whether all that was "
    "promised was kept; say who looks after them from now on.",
    hint_zh="表示感谢;询问车辆使用是否正常、功能是否讲解清楚、承诺是否兑现;告知今后由谁负责服务。",
)
DELIVERY_SATISFACTION = TaskRule(
    kind="delivery_satisfaction",
    trigger="delivery",
    opens=TaskOffset(days=3),
    due=TaskOffset(days=7),
    owner_role="customer_relations",
    channel="phone",
    instead=INSTEAD,
    closed_by=("survey",),
    priority=3,
    for_grade=by_grade(3),
    title_en="Ask how the delivery went (SSI)",
    title_zh="销售满意度回访(SSI)",
    why_en="On {day} {car} was handed over",
    why_zh="{day} 已交付 {car}",
    hint_en="Ask for 0 to 10: advice and honesty, test drive, the offer, delivery on the promised "
    "day, the handover and explanation, and overall. Below 7: ask what happened, promise a call.",
    hint_zh="请按0至10分评价:咨询与诚信、试驾、报价、是否按期交车、交车讲解,以及总体满意度。低于7分请了解原因并"
    "承诺回电。",
)
REPLACEMENT = TaskRule(
    kind="replacement",
    trigger="ownership",
    opens=TaskOffset(at=MORNING),
    due=TaskOffset(days=60, at=EVENING),
    owner_role="sales_consultant",
    channel="phone",
    instead=INSTEAD,
    contact="selling",
    grades=("quality", "potential"),
    priority=6,
    for_grade=by_grade(6),
    title_en="Speak of replacing or adding a car",
    title_zh="增换购邀约",
    why_en="They have had {car} for {months} months, since {day}",
    why_zh="{car} 自 {day} 起已使用 {months} 个月",
    hint_en="Ask how the car serves them and what has changed; offer a valuation and a test drive.",
    hint_zh="了解用车情况与需求变化;提供旧车评估与新车试驾。",
)
REFERRAL_THANKS = TaskRule(
    kind="referral_thanks",
    trigger="referred_purchase",
    opens=AT_ONCE,
    due=TaskOffset(days=3),
    owner_role="sales_consultant",
    channel="phone",
    instead=INSTEAD,
    priority=4,
    for_grade=by_grade(4),
    title_en="Thank for the referral",
    title_zh="老推新感谢",
    why_en="Somebody whom they referred bought a car on {day}",
    why_zh="其推荐的客户已于 {day} 购车",
    hint_en="Thank them, without naming who bought; say what they get for it.",
    hint_zh="表示感谢,不透露购车人信息;告知推荐奖励。",
)
