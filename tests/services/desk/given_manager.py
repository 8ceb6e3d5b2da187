"""What the other services say, as the manager's screens are tested with it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from shared.contracts.http.complaints import CaseLine, RungReached, RunningClock
from shared.contracts.http.complaints_statistics import (
    ClockStatistics,
    PeriodStatistics,
    Statistics,
)
from shared.contracts.http.followup_lists import CountedGroup, CountedTasks, TaskCounts
from shared.contracts.http.followup_satisfaction import (
    ReachedByDissatisfaction,
    Satisfaction,
    SatisfactionFigure,
    SatisfactionOfPeriod,
    StepFigure,
    SurveyFigures,
)
from shared.contracts.values import Bilingual
from tests.access.dealers import MINE

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def clock(name: str, state: str, due: datetime | None = NOW) -> RunningClock:
    return RunningClock.model_validate(
        {
            "clock": name,
            "title_en": name,
            "title_zh": name,
            "generation": 1,
            "state": state,
            "due_at": due,
        }
    )


def case(
    number: str,
    *clocks: RunningClock,
    rung: str | None = None,
    due: datetime | None = NOW,
    owner: str | None = None,
) -> CaseLine:
    """An open case of customer `C` and its number."""
    reached = RungReached.model_validate(
        {"clock": "contact", "name": "w", "kind": rung or "warning", "to": [], "at": NOW}
    )
    return CaseLine(
        id=f"{MINE}/cdk/C{number}|{MINE}/cdk/complaint/{number}",
        case_no=number,
        customer_key=f"{MINE}/cdk/C{number}",
        status="open",
        severity="normal",
        assigned_to=owner,
        received_at=NOW - timedelta(days=1),
        channel="phone",
        category="price",
        department=None,
        regulator_ref=None,
        generation=1,
        deadline=due,
        running=clocks,
        stopped=(),
        rung=reached if rung else None,
        parked_because=None,
    )


def counts(done: Mapping[str, int] | None = None, /, **by_person: tuple[int, int]) -> TaskCounts:
    """Person -> open and overdue; `nobody` is nobody in particular. `done`: by whom, today."""
    groups = tuple(
        CountedGroup(of=None if who == "nobody" else who, open=opened, overdue=over, due_today=0)
        for who, (opened, over) in by_person.items()
    )
    return TaskCounts(
        dealer_id=MINE,
        today=date(2026, 11, 20),
        total=CountedTasks(
            open=sum(each.open for each in groups),
            overdue=sum(each.overdue for each in groups),
            due_today=0,
        ),
        by_role=(),
        by_person=groups,
        by_kind=(),
        by_grade=(),
        done_today=done,
        as_of=NOW,
        behind_seconds=0,
    )


def weeks(*clocks: dict[str, tuple[int, int]]) -> Statistics:
    """Of each week from W40 on: clock -> kept and broken."""
    periods = tuple(_week(f"2026-W{40 + at}", each) for at, each in enumerate(clocks))
    total: dict[str, tuple[int, int]] = {}
    for each in clocks:
        for name, (kept, broken) in each.items():
            before = total.get(name, (0, 0))
            total[name] = before[0] + kept, before[1] + broken
    return Statistics(dealer_id=MINE, by="week", periods=periods, total=_week("total", total))


def _week(period: str, clocks: dict[str, tuple[int, int]]) -> PeriodStatistics:
    return PeriodStatistics.model_validate(
        {
            "period": period,
            "from": date(2026, 9, 28),
            "to": date(2026, 10, 4),
            **dict.fromkeys(
                ("received", "merged", "open", "closed", "reopened", "repeat_complainers"), 0
            ),
            **{name: {} for name in ("by_category", "by_severity", "by_channel")},
            "clocks": {
                name: ClockStatistics(
                    kept=kept,
                    broken=broken,
                    running=1,
                    ended=0,
                    median_seconds=5400,
                    p90_seconds=5400,
                )
                for name, (kept, broken) in clocks.items()
            },
        }
    )


def figure(
    name: str = "overall", value: float | None = 8.0, *, target: float | None = None
) -> SatisfactionFigure:
    return SatisfactionFigure(
        name=name,
        title=Bilingual(en=name, zh=f"中{name}"),
        unit="points",
        value=value,
        measured=0 if value is None else 5,
        few=False,
        target=target,
        difference=None if value is None or target is None else value - target,
        is_met=None if value is None or target is None else value >= target,
    )


def survey(
    overall: float | None, items: dict[str, float | None], *, target: float | None = None
) -> SurveyFigures:
    """CSI."""
    steps = tuple(
        StepFigure(**figure(name, value, target=target).model_dump(), importance=None, beside=())
        for name, value in items.items()
    )
    return SurveyFigures(
        survey="csi",
        title=Bilingual(en="service satisfaction (CSI)", zh="售后满意度(CSI)"),
        overall=figure("overall", overall, target=target),
        low=0,
        responses=figure("responses", 50.0),
        items=steps,
        strongest=tuple(list(items)[:1]),
        weakest=tuple(list(items)[-1:]),
    )


def satisfaction(total: SurveyFigures, *months: SurveyFigures) -> Satisfaction:
    """From January on."""
    reached = ReachedByDissatisfaction(
        voiced=1, unhappy=4, reached=52, words=Bilingual(en="52 people", zh="52人")
    )

    def period(name: str, found: SurveyFigures) -> SatisfactionOfPeriod:
        return SatisfactionOfPeriod(
            period=name, surveys=(found,), hard=(figure("in_time", 90.0),), complaints=reached
        )

    return Satisfaction(
        dealer_id=MINE,
        months=tuple(period(f"2026-{at:02}", each) for at, each in enumerate(months, 1)),
        total=period("total", total),
        gaps=(),
        as_of=NOW,
        behind_seconds=0,
    )
