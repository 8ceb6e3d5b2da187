"""What follows from a case: its notices, verdicts, its closing, and when to look again."""

from collections.abc import Iterator
from datetime import datetime
from operator import itemgetter

from services.complaints.domain.case import Standing, stand
from services.complaints.domain.clocks import Clock
from services.complaints.domain.facts import CaseFacts, Filed
from services.complaints.domain.listing import listed
from services.complaints.domain.merges import merged_message
from services.complaints.domain.messages import Speaker
from services.complaints.domain.notices import next_notice
from services.complaints.domain.rulebook import CaseRulebook
from services.complaints.domain.turns import standing_of
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
    standing = stand(facts, filed, rulebook, now)
    speaker = Speaker(facts, filed, standing, rulebook, announced, now)
    said = sorted(speaker.say(), key=itemgetter(0))
    outputs = [output for _, output in said]
    outputs.extend(_handing_over(facts, filed, standing, now))
    outputs.append(standing_of(facts, filed, standing))
    return Decision(
        outputs=tuple(outputs),
        next_due=earliest(_changes(facts, standing, rulebook, now)),
        listing=listed(facts.customer_key, standing, now),
    )


def _changes(
    facts: CaseFacts, standing: Standing, rulebook: CaseRulebook, now: datetime
) -> Iterator[datetime | None]:
    """The moments at which something visible changes without a new event."""
    for clock in standing.clocks:
        yield next_notice(clock, standing.acknowledged, now)
    for step in facts.steps:
        if step.at > now:
            yield step.at
    yield rulebook.next_rebase_at(facts.dealer_id, now)


def _handing_over(
    facts: CaseFacts, filed: Filed, standing: Standing, now: datetime
) -> Iterator[AnyOutput]:
    """What the case that this one was merged into is told, as long as the merge stands."""
    merged = standing.merged
    if merged is None:
        return
    forget_at = merged.at + standing.edition.policy.memory
    if forget_at <= now:
        return
    message = merged_message(facts, filed, merged, _running_until(standing.clocks, merged.at))
    yield State(message.about, message, forget_at)


def _running_until(found: tuple[Clock, ...], moment: datetime) -> dict[str, datetime]:
    """The clocks but for call-backs that ran until this moment: clock -> its earliest start."""
    starts: dict[str, datetime] = {}
    for clock in found:
        if clock.rule.start != "resolved" and clock.ended_at == moment:
            name = clock.rule.name
            starts[name] = min(clock.started_at, starts.get(name, clock.started_at))
    return starts
