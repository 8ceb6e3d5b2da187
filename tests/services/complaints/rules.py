"""Rules in business time, with clocks, ladders and a roster of a dealer's own."""

from datetime import date, timedelta

from services.complaints.domain.policy import (
    POLICY_2123,
    AppliesWhen,
    ClockRule,
    ComplaintPolicy,
    Rung,
    RungOffset,
)
from shared.dealers.roster import Absence, Person, Roster
from shared.time.calendar import BusinessCalendar
from shared.time.deadlines import Span

CALENDAR = BusinessCalendar.model_validate(
    {
        "name": "pudong",
        "timezone": "Asia/Shanghai",
        "week": {
            **{day: ["08:30-12:00", "13:00-17:30"] for day in ("mon", "tue", "wed", "thu", "fri")},
            "sat": ["09:00-12:00"],
        },
        "closed": ["2026-11-25"],
    }
)
"""Complaints of the tests are received on Saturday, 21 November 2026, at 10:00."""

LADDER = (
    Rung(name="warning", at=RungOffset.parse("50%"), to=("responsible_person",)),
    Rung(name="last_call", at=RungOffset.parse("-30m"), to=("responsible_person",)),
    Rung(
        name="breach",
        at=RungOffset.parse("due"),
        to=("responsible_person", "department_head"),
        repeat_every=timedelta(hours=1),
        repeat_at_most=3,
    ),
    Rung(
        name="manager",
        at=RungOffset.parse("+2h 30m"),
        to=("general_manager",),
        repeat_every=timedelta(hours=4),
        repeat_at_most=2,
    ),
    Rung(name="group", at=RungOffset.parse("+1d"), to=("group",)),
)
CLIMBING = ComplaintPolicy(
    name="climbing",
    clocks=tuple(rule.model_copy(update={"ladder": LADDER}) for rule in POLICY_2123.clocks[:2]),
)
"""Contact and answer, with repeats and steps after the breach."""

_IN_DAYS = tuple(rung for rung in LADDER if rung.name != "last_call")


def _rule(name: str, **changes: object) -> ClockRule:
    return ClockRule.model_validate({**dict(POLICY_2123.rules[name]), **changes})


BUSINESS = ComplaintPolicy(
    name="in business time",
    clocks=(
        _rule("contact", target="2 business hours", ladder=_IN_DAYS),
        _rule("answer", target="1 business day", ladder=_IN_DAYS),
        _rule("executive_answer"),
        ClockRule(
            name="regulator",
            title_en="Answer to the regulator",
            title_zh="答复监管部门",
            start="received",
            stops=("answered", "resolved"),
            target=Span.parse("5 business days"),
            applies_when=AppliesWhen(channel=("phone", "regulator")),
            ladder=_IN_DAYS,
        ),
    ),
)
"""Without a call-back, with a clock for the regulator."""

ROSTER = Roster(
    roles={
        "responsible_person": {"service": ("wang", "li"), "any": ("zhao",)},
        "department_head": {"any": ("sun",)},
        "general_manager": {"any": ("chen",)},
    },
    people={
        "wang": Person(
            deputy="zhou",
            absent=(Absence.model_validate({"from": "2026-11-21", "to": "2026-11-22"}),),
        ),
        "sun": Person(absent=(Absence(**{"from": date(2026, 11, 1), "to": date(2026, 11, 30)}),)),
    },
)
