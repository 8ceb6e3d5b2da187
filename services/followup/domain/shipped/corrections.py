"""The rule that ships on what is wrong in the customer's data."""

from services.followup.domain.offsets import TaskOffset
from services.followup.domain.shipped.usual import AT_ONCE
from services.followup.domain.task_rule import TaskRule

DATA_CORRECTION = TaskRule(
    kind="data_correction",
    trigger="wrong_number",
    opens=AT_ONCE,
    due=TaskOffset(days=3),
    owner_role="customer_relations",
    channel="email",
    contact="internal",
    counts_as_contact=False,
    priority=3,
    depth="brief",
    title_en="Correct the customer's telephone number",
    title_zh="更正客户联系电话",
    why_en="A call on {day} found that the number known is wrong",
    why_zh="{day} 联系时发现号码有误",
    hint_en="Look for the right number in the sale, the repair orders and with the advisor; report "
    "it as a correction of the customer, which settles this task.",
    hint_zh="在售车、维修单据及顾问处查找正确号码;报告客户资料更正后,本任务即告完成。",
)
