"""What other rules would do to a customer's open tasks. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial

from services.followup.domain.decide import decide
from services.followup.domain.facts import FollowUpFacts
from services.followup.domain.rulebook import FollowUpEdition, FollowUpRulebook
from shared.contracts.followup import TaskChanged
from shared.contracts.http.policies import Compared, Difference
from shared.contracts.identifiers import dealer_of
from shared.contracts.values import instant_text
from shared.policies.trial import Trial, last_applied_at, proposed

_TO_DO = frozenset({"open", "overdue"})


def compare(
    facts: FollowUpFacts, current: FollowUpRulebook, other: FollowUpRulebook, now: datetime
) -> Compared | None:
    """The tasks that would open, close, be due at another time or be done otherwise."""
    if not facts.customer_key:
        return None
    before, after = _to_do(facts, current, now), _to_do(facts, other, now)
    return Compared(name=facts.customer_key, differences=tuple(_compared(before, after)))


TRIAL: Trial[FollowUpFacts, FollowUpRulebook] = Trial(
    propose=partial(proposed, FollowUpEdition), applied_at=last_applied_at, compare=compare
)


def _to_do(
    facts: FollowUpFacts, rulebook: FollowUpRulebook, now: datetime
) -> Mapping[str, TaskChanged]:
    """The tasks that somebody has to do, by what names them within the customer."""
    policy = rulebook.in_force(dealer_of(facts.customer_key), now).policy
    return {
        output.about: output.content
        for output in decide(facts, {}, policy, now).outputs
        if isinstance(output.content, TaskChanged) and output.content.status in _TO_DO
    }


def _compared(
    before: Mapping[str, TaskChanged], after: Mapping[str, TaskChanged]
) -> Iterator[Difference]:
    for about in dict.fromkeys([*before, *after]):
        old, new = before.get(about), after.get(about)
        effect = _effect(old, new)
        if effect is not None:
            kind = (old or after[about]).kind
            yield Difference(
                output=kind, rule=kind, effect=effect, before=_due(old), after=_due(new)
            )


def _effect(old: TaskChanged | None, new: TaskChanged | None) -> str | None:
    if old is None or new is None:
        return "opens" if old is None else "closes"
    if old.due_at != new.due_at:
        return "moves"
    return None if old == new else "changes"


def _due(task: TaskChanged | None) -> str | None:
    return instant_text(task.due_at) if task is not None else None
