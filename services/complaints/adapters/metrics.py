"""Counts what happens to cases, as it is written: from the tallies before and after, and what
was said. Every label is one of a few known values, or the name of a dealer or of a clock."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import get_args

from services.complaints.domain.coverage import missing_by_dealer
from services.complaints.domain.listing import CaseTally, ClockTally
from services.complaints.domain.rulebook import CaseRulebook
from shared.contracts.complaints import (
    AnyNotice,
    CaseClosed,
    DeadlineBreached,
    DeadlineWarned,
    EscalationRaised,
    EscalationWithdrawn,
    Outcome,
    Refusal,
    Role,
    StepRefused,
)
from shared.contracts.feed_parts import ComplaintChannel, Severity
from shared.contracts.identifiers import dealer_of
from shared.contracts.outputs import Output, Withdrawal
from shared.contracts.subjects import NoticeKind
from shared.decider.decision import Listing
from shared.platform import metrics

_CHANNELS: frozenset[str] = frozenset(get_args(ComplaintChannel))
_SEVERITIES: frozenset[str] = frozenset(get_args(Severity))
_ROLES: frozenset[str] = frozenset(get_args(Role))
_VERDICTS = frozenset({"kept", "broken"})
_MISSING = frozenset({"fallback", "nobody"})
"""Why a notice did not reach the role it was for."""

_Clocks = Mapping[tuple[str, int], ClockTally]


def begin(dealers: Iterable[str], rulebook: CaseRulebook) -> None:
    """Show every count of these dealers from the start, at 0."""
    for dealer in dealers:
        mine = [dealer]
        clocks = [rule.name for rule in rulebook.current(dealer).policy.clocks]
        metrics.begin(metrics.complaints_received, mine, _SEVERITIES, _CHANNELS)
        metrics.begin(metrics.complaints_closed, mine, get_args(Outcome))
        metrics.begin(metrics.complaints_reopened, mine)
        metrics.begin(metrics.complaint_clocks, mine, clocks, _VERDICTS)
        metrics.begin(metrics.complaint_clock_seconds, mine, clocks)
        metrics.begin(metrics.complaint_notices, mine, get_args(NoticeKind), ["yes", "no"])
        metrics.begin(metrics.complaint_withdrawals, mine)
        metrics.begin(metrics.complaint_steps_refused, mine, get_args(Refusal))
        metrics.begin(metrics.complaint_addressee_missing, mine, _ROLES, _MISSING)


def show_rules(rulebook: CaseRulebook, now: datetime) -> None:
    """Show the counts of dealers with rules of their own, and the gauge of years that their
    calendars should know and do not."""
    begin(rulebook.editions, rulebook)
    metrics.calendar_year_missing.clear()
    for dealer_id, years in missing_by_dealer(rulebook, now).items():
        for year in years:
            metrics.calendar_year_missing.labels(dealer_id, str(year)).set(1)


def observe(
    before: Listing | None, after: Listing | None, said: Sequence[Output | Withdrawal]
) -> None:
    """Count one change of one case."""
    known, now = _tally(before), _tally(after)
    if after is not None and now is not None:
        _count_case(known, now)
        _count_clocks(_final(before, known), _final(after, now), dealer_of(now.customer_key))
    for content in said:
        match content:
            case DeadlineWarned() | DeadlineBreached() | EscalationRaised():
                _count_notice(content)
            case CaseClosed() if _is_new(content, before, known):
                metrics.complaints_closed.labels(content.dealer_id, content.outcome).inc()
            case EscalationWithdrawn():
                metrics.complaint_withdrawals.labels(content.dealer_id).inc()
            case StepRefused():
                metrics.complaint_steps_refused.labels(content.dealer_id, content.refusal).inc()


def _tally(listing: Listing | None) -> CaseTally | None:
    return None if listing is None else CaseTally.model_validate(listing.tally)


def _count_case(before: CaseTally | None, now: CaseTally) -> None:
    dealer = dealer_of(now.customer_key)
    if before is None:
        severity = _one_of(_SEVERITIES, now.severity)
        channel = _one_of(_CHANNELS, now.channel)
        metrics.complaints_received.labels(dealer, severity, channel).inc()
    reopened = now.reopened - (before.reopened if before is not None else 0)
    if reopened > 0:
        metrics.complaints_reopened.labels(dealer).inc(reopened)


def _count_clocks(before: _Clocks, now: _Clocks, dealer: str) -> None:
    """Each clock when its verdict is final, and its length known, for the first time."""
    for key, clock in now.items():
        was = before.get(key)
        if was is None:
            metrics.complaint_clocks.labels(dealer, clock.clock, clock.state).inc()
        if clock.seconds is not None and (was is None or was.seconds is None):
            metrics.complaint_clock_seconds.labels(dealer, clock.clock).observe(clock.seconds)


def _final(listing: Listing | None, tally: CaseTally | None) -> _Clocks:
    """The clocks with a verdict that were stopped, or whose generation is over.

    One that runs past its deadline may have been stopped in time, and that be known a moment
    later: its breach is taken back then, and must not have been counted.
    """
    if listing is None or tally is None:
        return {}
    over = tally.reopened + (1 if listing.deadline is None else 0)
    return {
        (clock.clock, clock.generation): clock
        for clock in tally.clocks
        if clock.state in _VERDICTS and (clock.generation <= over or clock.seconds is not None)
    }


def _is_new(closed: CaseClosed, before: Listing | None, known: CaseTally | None) -> bool:
    """Whether that generation was not closed before: then it is no closing that is corrected."""
    if before is None or known is None:
        return True
    latest = known.reopened + 1
    was_open = before.deadline is not None
    return closed.generation > latest or (closed.generation == latest and was_open)


def _count_notice(notice: AnyNotice) -> None:
    notified = "yes" if notice.notified else "no"
    metrics.complaint_notices.labels(notice.dealer_id, notice.KIND, notified).inc()
    if not notice.notified:
        return
    for addressee in notice.addressees:
        if addressee.because in _MISSING:
            role = _one_of(_ROLES, addressee.instead_of or addressee.role)
            metrics.complaint_addressee_missing.labels(
                notice.dealer_id, role, addressee.because
            ).inc()


def _one_of(known: frozenset[str], value: str) -> str:
    return value if value in known else "other"
