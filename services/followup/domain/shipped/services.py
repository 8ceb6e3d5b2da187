"""The rules that ship on the workshop: what was done, what was declined, what comes next."""

from services.followup.domain.offsets import TaskOffset
from services.followup.domain.shipped.usual import EVENING, INSTEAD, MORNING, by_grade
from services.followup.domain.task_rule import TaskRule

FIRST_SERVICE = TaskRule(
    kind="first_service",
    trigger="first_service",
    opens=TaskOffset(days=-14, at=MORNING),
    due=TaskOffset(at=EVENING),
    owner_role="service_advisor",
    channel="phone",
    instead=INSTEAD,
    contact="reminding",
    priority=4,
    for_grade=by_grade(4),
    title_en="Invite to the first service",
    title_zh="首保邀约",
    why_en="{car} was handed over on {delivered}; its first service is due after {km} km or "
    "by the calendar",
    why_zh="{car} 于 {delivered} 交付,满 {km} 公里或按时间应做首次保养",
    hint_en="Ask for the kilometres; offer an appointment; say what is done, what it costs and "
    "how long it takes.",
    hint_zh="询问当前里程;提供预约时间;说明首保项目、费用与所需时间。",
)
SERVICE_SATISFACTION = TaskRule(
    kind="service_satisfaction",
    trigger="closing",
    opens=TaskOffset(days=1, at=MORNING),
    due=TaskOffset(days=3),
    owner_role="customer_relations",
    channel="phone",
    instead=INSTEAD,
    closed_by=("survey",),
    priority=3,
    for_grade=by_grade(3),
    title_en="Ask how the service went (CSI)",
    title_zh="售后满意度回访(CSI)",
    why_en="The repair order {document} of {car} was closed on {day}",
    why_zh="{car} 的维修工单 {document} 已于 {day} 结算",
    hint_en="Ask for 0 to 10: easy appointment; pleasant and honest; attention at reception, joint "
    "inspection, estimate of price and time; done on time and told of changes; fixed at the first "
    "visit; bill and work explained, next service advised; quick answers to questions; overall.",
    hint_zh="请按0至10分评价:预约方便;态度友好诚信;接待及时、共同检车、预估价格与时间;按时交车、变更及时告知;"
    "一次修复;结算与维修内容讲解、下次保养提醒;问题答复及时;总体满意度。",
)
NEXT_SERVICE = TaskRule(
    kind="next_service",
    trigger="predicted_service",
    opens=TaskOffset(days=-14, at=MORNING),
    due=TaskOffset(at=EVENING),
    owner_role="service_advisor",
    channel="phone",
    instead=INSTEAD,
    contact="reminding",
    priority=4,
    for_grade=by_grade(4),
    title_en="Invite to the next service",
    title_zh="定期保养邀约",
    why_en="{car} was last here on {day}; by its mileage or the calendar its next service is due",
    why_zh="{car} 最近一次到店或交付于 {day},按里程或时间推算应做保养",
    hint_en="Ask for the kilometres; offer an appointment; say what is done, what it costs and "
    "how long it takes.",
    hint_zh="询问当前里程;提供预约时间;说明保养项目、费用与所需时间。",
)
DECLINED_WORK = TaskRule(
    kind="declined_work",
    trigger="declined_work",
    opens=TaskOffset(days=30, at=MORNING),
    due=TaskOffset(days=37, at=EVENING),
    owner_role="service_advisor",
    channel="phone",
    instead=INSTEAD,
    contact="selling",
    priority=6,
    for_grade=by_grade(6),
    title_en="Speak of the work that was declined",
    title_zh="未做建议项目跟进",
    why_en="On {day} they declined {work} (order {document})",
    why_zh="{day} 未做建议项目 {work}(工单 {document})",
    hint_en="Ask how the car runs; say again why the work was recommended and what happens without "
    "it; name the price and a day.",
    hint_zh="了解车辆状况;再次说明建议项目的原因与不做的后果;告知价格并提供预约。",
)
RETURN_RIGHT = TaskRule(
    kind="return_right",
    trigger="return_right",
    opens=TaskOffset(),
    due=TaskOffset(hours=24),
    owner_role="service_manager",
    channel="phone",
    instead=INSTEAD,
    contact="internal",
    urgent=True,
    counts_as_contact=False,
    priority=1,
    depth="thorough",
    title_en="Look into a right of return that may have arisen",
    title_zh="关注:客户退换车权利可能已产生(三包)",
    why_en="On {day} {car} came so far that it may have to be taken back or exchanged[; severe "
    "fault soon after the delivery: {early}][; severe fault repaired again: {severe}][; one fault "
    "repaired too often: {repeated}][; days in repair: {days}]. Orders: {orders}",
    why_zh="{day} 起,{car} 可能符合退换车条件[;交付初期严重安全性能故障:{early}]"
    "[;严重安全性能故障重复维修:{severe}][;同一质量问题多次维修:{repeated}]"
    "[;累计维修天数:{days}]。工单:{orders}",
    hint_en="Read the orders, have the law looked at, decide what to offer before they ask.",
    hint_zh="核对工单并咨询法务,在客户提出之前确定处理方案。",
)
