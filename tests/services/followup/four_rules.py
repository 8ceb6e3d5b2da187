"""Four plain rules: what the life of a task, its outcomes and the silences are tested by.

What ships has many more, which would open beside them; each of those has a test of its own in
`domain/rules`.
"""

from datetime import time

from services.followup.domain.offsets import TaskOffset
from services.followup.domain.task_rule import TaskRule

DELIVERY_THANKS = TaskRule(
    kind="delivery_thanks",
    trigger="delivery",
    opens=TaskOffset(),
    due=TaskOffset(hours=24),
    owner_role="sales_consultant",
    channel="phone",
    title_en="Thank for the purchase",
    title_zh="交车感谢",
    why_en="A car was delivered",
    why_zh="新车已交付",
)
DELIVERY_SATISFACTION = TaskRule(
    kind="delivery_satisfaction",
    trigger="delivery",
    opens=TaskOffset(days=3),
    due=TaskOffset(days=7),
    owner_role="customer_relations",
    channel="phone",
    title_en="Ask how the delivery went (SSI)",
    title_zh="销售满意度回访(SSI)",
    why_en="A car was delivered some days before",
    why_zh="新车交付数日后",
)
SERVICE_SATISFACTION = TaskRule(
    kind="service_satisfaction",
    trigger="closing",
    opens=TaskOffset(days=1, at=time(9)),
    due=TaskOffset(days=3),
    owner_role="customer_relations",
    channel="phone",
    title_en="Ask how the service went (CSI)",
    title_zh="售后满意度回访(CSI)",
    why_en="A repair order was closed the day before",
    why_zh="维修工单于前一日结算",
)
NEXT_SERVICE = TaskRule(
    kind="next_service",
    trigger="predicted_service",
    opens=TaskOffset(days=-14, at=time(9)),
    due=TaskOffset(at=time(18)),
    owner_role="service_advisor",
    channel="phone",
    title_en="Invite to the next service",
    title_zh="定期保养邀约",
    why_en="By its mileage or the calendar the car needs its next service",
    why_zh="按里程或时间推算,车辆需要保养",
)


FOUR_RULES = (DELIVERY_THANKS, DELIVERY_SATISFACTION, SERVICE_SATISFACTION, NEXT_SERVICE)
