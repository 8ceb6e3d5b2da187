"""Read endpoints: a case, its clocks, and why each is due when it is."""

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel

from services.complaints.clocks import Clock, clocks
from services.complaints.decide import about
from services.complaints.facts import CaseFacts, Filed, StepTaken
from services.complaints.policy import POLICY_2123, ComplaintPolicy
from services.complaints.timeline import Status, course, generations, severity_after, status_after
from services.complaints.wording import why_due, why_stopped
from shared.contracts.complaints import Why
from shared.contracts.feeds import Severity, StepName
from shared.contracts.values import Instant
from shared.runtime.reader import Reader, View
from shared.time.clock import Clock as Time

PAGE_LIMIT = 500


class Notice(BaseModel):
    """A warning or breach that was announced."""

    noticed_at: Instant
    recipients: list[str]
    notified: bool


class ClockView(BaseModel):
    """One clock. `running`: not due yet. `kept`: stopped in time. `broken`: ran past its due
    time, whether stopped since or not. `ended`: neither, as the case or its cause went away."""

    clock: str
    generation: int
    title_en: str
    title_zh: str
    state: Literal["running", "kept", "broken", "ended"]
    started_at: Instant
    warns_at: Instant
    due_at: Instant
    stopped_at: Instant | None
    ended_at: Instant | None
    why: Why
    warning: Notice | None
    breach: Notice | None


class StepView(BaseModel):
    """One step that counts, in the order of the case."""

    step_id: str
    step: StepName
    at: Instant
    by: str
    recorded_at: Instant


class CaseView(BaseModel):
    """One case as of now. Times are UTC; the reasons name the dealer's local time."""

    id: str
    case_id: str
    case_no: str | None
    dealer_id: str
    customer_key: str
    status: Status | Literal["unfiled", "voided", "moved"]
    severity: Severity | None
    received_at: Instant | None
    generation: int | None
    clocks: list[ClockView]
    steps: list[StepView]
    next_due: Instant | None
    updated_at: Instant
    parked_because: str | None


class CasePage(BaseModel):
    """Some of a dealer's cases; `next` is the `after` of the page that follows, if any."""

    cases: list[CaseView]
    next: str | None


def routes(
    reader: Reader[CaseFacts], time: Time, policy: ComplaintPolicy = POLICY_2123
) -> APIRouter:
    """The endpoints, over what `reader` shows."""
    router = APIRouter(prefix="/v1", tags=["complaints"])

    @router.get("/cases/{case:path}", summary="One case, its clocks and why")
    async def one(case: str) -> CaseView:
        view = await reader.get(case)
        if view is None:
            raise HTTPException(404, "no such case")
        return show(view, policy, time.now())

    @router.get("/dealers/{group}/{dealer}/cases", summary="A dealer's cases, by id")
    async def page(
        group: str,
        dealer: str,
        after: str = "",
        limit: int = Query(default=100, ge=1, le=PAGE_LIMIT),
    ) -> CasePage:
        views = await reader.page(f"{group}/{dealer}", after=after, limit=limit)
        now = time.now()
        full = len(views) == limit
        return CasePage(
            cases=[show(view, policy, now) for view in views],
            next=views[-1].id if full else None,
        )

    return router


def show(view: View[CaseFacts], policy: ComplaintPolicy, now: datetime) -> CaseView:
    """A case for staff to read."""
    facts = view.facts
    filed = facts.complaint
    known = filed if isinstance(filed, Filed) else None
    steps = course(facts, known, now) if known else []
    live = known if known and known.status == "open" else None
    return CaseView(
        id=view.id,
        case_id=facts.case_id,
        case_no=known.case_no if known else None,
        dealer_id=view.dealer_id,
        customer_key=facts.customer_key,
        status=_status(facts, steps),
        severity=severity_after(known, steps) if known else None,
        received_at=known.received_at if known else None,
        generation=len(generations(known, steps)) if known else None,
        clocks=[_clock(clock, view, live, now) for clock in clocks(live, steps, policy)]
        if live
        else [],
        steps=[_step(step) for step in steps],
        next_due=view.decision.next_due,
        updated_at=view.updated_at,
        parked_because=view.parked_because,
    )


def _status(
    facts: CaseFacts, steps: list[StepTaken]
) -> Status | Literal["unfiled", "voided", "moved"]:
    filed = facts.complaint
    if filed is None:
        return "unfiled"
    if not isinstance(filed, Filed):
        return "moved"
    return "voided" if filed.status == "voided" else status_after(filed, steps)


def _clock(clock: Clock, view: View[CaseFacts], filed: Filed, now: datetime) -> ClockView:
    zone = ZoneInfo(filed.timezone)
    if clock.stopped_at is not None:
        why = why_stopped(clock, clock.stopped_at, zone)
    else:
        why = why_due(clock, zone, "was" if clock.due_at <= now else "is")
    return ClockView(
        clock=clock.rule.name,
        generation=clock.generation,
        title_en=clock.rule.title_en,
        title_zh=clock.rule.title_zh,
        state=_state(clock, now),
        started_at=clock.started_at,
        warns_at=clock.warns_at,
        due_at=clock.due_at,
        stopped_at=clock.stopped_at,
        ended_at=clock.ended_at,
        why=why,
        warning=_notice(view, about("warning", clock)),
        breach=_notice(view, about("breach", clock)),
    )


def _state(clock: Clock, now: datetime) -> Literal["running", "kept", "broken", "ended"]:
    if clock.broken(now):
        return "broken"
    if clock.halted_at is None:
        return "running"
    return "kept" if clock.stopped_at is not None else "ended"


def _notice(view: View[CaseFacts], name: str) -> Notice | None:
    sealed = view.announced.get(name)
    return None if sealed is None else Notice.model_validate(sealed)


def _step(step: StepTaken) -> StepView:
    return StepView(
        step_id=step.step_id,
        step=step.step,
        at=step.at,
        by=step.by,
        recorded_at=step.recorded_at,
    )
