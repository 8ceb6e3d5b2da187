"""What follows from a case: its notices, verdicts, its closing, and when to look again."""

from collections.abc import Iterator
from datetime import datetime
from operator import itemgetter

from services.complaints.domain.case import CaseState, case_at
from services.complaints.domain.clocks import Clock
from services.complaints.domain.facts import CaseFacts, Filed
from services.complaints.domain.listing import listed
from services.complaints.domain.merges import merged_message
from services.complaints.domain.messages import CaseMessages
from services.complaints.domain.notices import next_notice
from services.complaints.domain.rulebook import CaseRulebook
from services.complaints.domain.standing import standing_of
from shared.decider.decision import Announced, AnyOutput, Decision, State, earliest


def decide(
    facts: CaseFacts, announced: Announced, rulebook: CaseRulebook, now: datetime
) -> Decision:
    """All that holds of a case now, in the order of its instants. Pure.

    Nothing follows from a case that was not filed here, was voided, or moved elsewhere.
    """
    filed = facts.complaint
    if not isinstance(filed, Filed) or filed.status == "voided":
        return Decision()
    case = case_at(facts, filed, rulebook, now)
    messages = CaseMessages(facts, filed, case, rulebook, announced, now)
    dated = sorted(messages.outputs(), key=itemgetter(0))
    outputs = [output for _, output in dated]
    outputs.extend(_handing_over(facts, filed, case, now))
    outputs.append(standing_of(facts, filed, case))
    return Decision(
        outputs=tuple(outputs),
        next_due=earliest(_changes(facts, case, rulebook, now)),
        listing=listed(facts.customer_key, case, now),
    )


def _changes(
    facts: CaseFacts, case: CaseState, rulebook: CaseRulebook, now: datetime
) -> Iterator[datetime | None]:
    """The moments at which something visible changes without a new event."""
    for clock in case.clocks:
        yield next_notice(clock, case.acknowledged, now)
    for step in facts.steps:
        if step.at > now:
            yield step.at
    yield rulebook.next_rebase_at(facts.dealer_id, now)


def _handing_over(
    facts: CaseFacts, filed: Filed, case: CaseState, now: datetime
) -> Iterator[AnyOutput]:
    """The message to the case that this one was merged into, as long as the merge stands."""
    merged = case.merged
    if merged is None:
        return
    forget_at = merged.at + case.edition.policy.memory
    if forget_at <= now:
        return
    message = merged_message(facts, filed, merged, _running_until(case.clocks, merged.at))
    yield State(message.about, message, forget_at)


def _running_until(found: tuple[Clock, ...], moment: datetime) -> dict[str, datetime]:
    """The clocks but for call-backs that ran until this moment: clock -> its earliest start."""
    starts: dict[str, datetime] = {}
    for clock in found:
        if clock.rule.start != "resolved" and clock.ended_at == moment:
            name = clock.rule.name
            starts[name] = min(clock.started_at, starts.get(name, clock.started_at))
    return starts
