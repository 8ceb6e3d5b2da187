"""What other rules would do to a customer's open tasks. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import NamedTuple

from services.followup.domain.decide import decide
from services.followup.domain.facts import FollowUpFacts
from services.followup.domain.rulebook import FollowUpEdition, FollowUpRulebook
from shared.contracts.followup import TaskChanged
from shared.contracts.http.policies import Compared, Difference
from shared.contracts.identifiers import dealer_of
from shared.contracts.subjects import TaskSubject
from shared.contracts.values import instant_text
from shared.policies.trial import Trial, last_applied_at, proposed

_TO_DO = frozenset({"open", "overdue"})


def compare(
    facts: FollowUpFacts, current: FollowUpRulebook, other: FollowUpRulebook, now: datetime
) -> Compared | None:
    """What would have to be done besides, no longer, by another time or otherwise: of conversations
    each purpose counts."""
    if not facts.customer_key:
        return None
    before, after = _to_do(facts, current, now), _to_do(facts, other, now)
    return Compared(name=facts.customer_key, differences=tuple(_compared(before, after)))


TRIAL: Trial[FollowUpFacts, FollowUpRulebook] = Trial(
    propose=partial(proposed, FollowUpEdition), applied_at=last_applied_at, compare=compare
)


class _ToDo(NamedTuple):
    """One thing that somebody has to do, in a conversation with others or alone."""

    kind: str
    due_at: datetime
    how: tuple[object, ...]
    """By whom, in which way and how soon, and what is said of it."""


def _to_do(facts: FollowUpFacts, rulebook: FollowUpRulebook, now: datetime) -> Mapping[str, _ToDo]:
    """What there is to do, by what it follows up: whether it stands in a conversation of its own or
    is one of several makes no difference."""
    policy = rulebook.in_force(dealer_of(facts.customer_key), now).policy
    found: dict[str, _ToDo] = {}
    for output in decide(facts, {}, policy, now).outputs:
        if isinstance(output.content, TaskChanged) and output.content.status in _TO_DO:
            found.update(_purposes(output.about, output.content))
    return found


def _purposes(about: str, task: TaskChanged) -> Iterator[tuple[str, _ToDo]]:
    how = (task.owner_role, task.channel, task.priority, task.depth, task.urgent, task.person)
    if not task.purposes:
        yield about, _ToDo(task.kind, task.due_at, (*how, task.title_en, task.title_zh))
    for purpose in task.purposes:
        if purpose.ended is None:
            subject = str(TaskSubject(purpose.kind, purpose.document_id))
            words = (purpose.title, purpose.hint, purpose.why)
            yield subject, _ToDo(purpose.kind, purpose.due_at, (*how, *words))


def _compared(before: Mapping[str, _ToDo], after: Mapping[str, _ToDo]) -> Iterator[Difference]:
    for about in dict.fromkeys([*before, *after]):
        old, new = before.get(about), after.get(about)
        effect = _effect(old, new)
        if effect is not None:
            kind = (old or after[about]).kind
            yield Difference(
                output=kind, rule=kind, effect=effect, before=_due(old), after=_due(new)
            )


def _effect(old: _ToDo | None, new: _ToDo | None) -> str | None:
    if old is None or new is None:
        return "opens" if old is None else "closes"
    if old.due_at != new.due_at:
        return "moves"
    return None if old == new else "changes"


def _due(task: _ToDo | None) -> str | None:
    return instant_text(task.due_at) if task is not None else None
