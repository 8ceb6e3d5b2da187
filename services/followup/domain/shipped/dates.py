"""The rules that ship on days that are known long before: insurance, inspection, warranty."""

from services.followup.domain.offsets import TaskOffset
from services.followup.domain.shipped.usual import EVENING, INSTEAD, MORNING, by_grade
from services.followup.domain.task_rule import TaskRule

INSURANCE_RENEWAL = TaskRule(
    kind="insurance_renewal",
    trigger="insurance_expiry",
    opens=TaskOffset(days=-45, at=MORNING),
    due=TaskOffset(days=-7, at=EVENING),
    owner_role="insurance_consultant",
    channel="phone",
    instead=INSTEAD,
    contact="selling",
    priority=5,
    for_grade=by_grade(5),
    title_en="Offer to renew the insurance",
    title_zh="续保邀约",
    why_en="The insurance of {car} ends on {until}",
    why_zh="{car} 的保险将于 {until} 到期",
    hint_en="Ask what they need and what changed; compare the offers; 'renewed elsewhere' is an "
    "outcome: report it, and why.",
    hint_zh="了解需求与变化;比较方案;如已在他处续保,请记录该结果及原因。",
)
INSPECTION = TaskRule(
    kind="inspection",
    trigger="inspection_day",
    opens=TaskOffset(days=-45, at=MORNING),
    due=TaskOffset(at=EVENING),
    owner_role="service_advisor",
    channel="phone",
    instead=INSTEAD,
    contact="reminding",
    priority=4,
    for_grade=by_grade(4),
    title_en="Remind of the inspection",
    title_zh="年检提醒",
    why_en="{car} is to be inspected by {until}",
    why_zh="{car} 应于 {until} 前完成年检",
    hint_en="Say which papers are needed; offer to do it for them, with a check of the car before.",
    hint_zh="告知所需材料;提供代办年检及检前检测。",
)
WARRANTY_ENDING = TaskRule(
    kind="warranty_ending",
    trigger="warranty_end",
    opens=TaskOffset(days=-60, at=MORNING),
    due=TaskOffset(days=-14, at=EVENING),
    owner_role="service_advisor",
    channel="phone",
    instead=INSTEAD,
    contact="reminding",
    priority=5,
    for_grade=by_grade(5),
    title_en="Say that the warranty ends",
    title_zh="质保到期提醒",
    why_en="The warranty of {car} ends about {until}, by the calendar or its kilometres",
    why_zh="按时间或里程推算,{car} 的质保约于 {until} 到期",
    hint_en="Invite to a check while the warranty holds; say what an extension costs and covers.",
    hint_zh="邀请在质保期内做一次检测;介绍延保的费用与范围。",
)
