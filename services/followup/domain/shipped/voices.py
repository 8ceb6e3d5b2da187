"""The rules that ship on what customers say: complaints, and answers to surveys."""

from services.followup.domain.offsets import TaskOffset
from services.followup.domain.shipped.usual import AT_ONCE, INSTEAD
from services.followup.domain.task_rule import TaskRule

COMPLAINT_CALL_BACK = TaskRule(
    kind="complaint_call_back",
    trigger="resolution",
    opens=AT_ONCE,
    due=TaskOffset(days=3),
    owner_role="customer_relations",
    channel="phone",
    instead=INSTEAD,
    urgent=True,
    despite_refusal=True,
    priority=1,
    depth="thorough",
    title_en="Call back after the complaint",
    title_zh="投诉处理后回访",
    why_en="The complaint {case} was resolved on {day}",
    why_zh="投诉 {case} 已于 {day} 处理完毕",
    hint_en="Ask whether it is settled as promised and whether they are satisfied; if not, reopen "
    "the complaint. Offer nothing else.",
    hint_zh="确认问题是否按承诺解决、客户是否满意;如不满意请重新打开投诉。不做任何推销。",
)
LOW_ANSWER = TaskRule(
    kind="low_answer",
    trigger="low_answer",
    opens=AT_ONCE,
    due=TaskOffset(hours=24),
    owner_role="customer_relations_manager",
    channel="phone",
    instead=INSTEAD,
    urgent=True,
    priority=1,
    depth="thorough",
    title_en="Call about a low survey answer",
    title_zh="低分回访(经理)",
    why_en="They answered a survey on {day} with {overall} of 10[; low items: {items}]",
    why_zh="客户于 {day} 满意度评分 {overall}/10[;低分项:{items}]",
    hint_en="Thank them for saying it; ask what happened and what would put it right; promise what "
    "you can keep, and by when.",
    hint_zh="感谢客户反馈;了解经过与期望的解决方式;只承诺能兑现的事项并说明时间。",
)
