"""What other rules would do to an open case if it were re-based on them. Pure.

What was due by then is recorded and alarms nobody, and verdicts stand: that is not looked at.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial

from services.complaints.domain.case import case_at
from services.complaints.domain.clocks import Clock
from services.complaints.domain.facts import CaseFacts, Filed
from services.complaints.domain.rulebook import CaseEdition, CaseRulebook
from shared.contracts.http.policies import Compared, Difference
from shared.contracts.values import instant_text
from shared.policies.trial import Trial, last_applied_at, proposed

MOVES, BREACHES = "moves", "breaches"
"""A running clock would be due at another time, would begin or would end; and of those it would
be broken at once that is not broken now."""


def compare(
    facts: CaseFacts, current: CaseRulebook, other: CaseRulebook, now: datetime
) -> Compared | None:
    """The running clocks that would move; None if it is no case here.

    Raises what `case_at` does.
    """
    filed = facts.complaint
    if not isinstance(filed, Filed) or filed.status == "voided":
        return None
    before = _running(case_at(facts, filed, current, now).clocks)
    after = _running(case_at(facts, filed, other, now).clocks)
    return Compared(name=filed.case_no, differences=tuple(_compared(before, after, now)))


TRIAL: Trial[CaseFacts, CaseRulebook] = Trial(
    propose=partial(proposed, CaseEdition),
    applied_at=last_applied_at,
    compare=compare,
    open_only=True,
)


def _running(clocks: tuple[Clock, ...]) -> Mapping[str, Clock]:
    return {clock.key: clock for clock in clocks if clock.halted_at is None}


def _compared(
    before: Mapping[str, Clock], after: Mapping[str, Clock], now: datetime
) -> Iterator[Difference]:
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        if old is not None and new is not None and _is_due_as(old, new):
            continue
        breaches = new is not None and new.broken(now) and not (old and old.broken(now))
        yield Difference(
            output=key,
            rule=key.partition("/")[0],
            effect=BREACHES if breaches else MOVES,
            before=_due(old),
            after=_due(new),
        )


def _due(clock: Clock | None) -> str | None:
    """None: it does not run, or stands still."""
    return instant_text(clock.due_at) if clock is not None and clock.due_at is not None else None


def _is_due_as(old: Clock, new: Clock) -> bool:
    """Where both stand still, whether they were given the same."""
    return old.due_at == new.due_at and (old.due_at is not None or old.span == new.span)
