"""What customers' plans come to, by dealer and rule: in words for a terminal, and as JSON."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from deploy.cli.terminal import count
from services.followup.domain.conversation import Conversation, CustomerPlan, SilenceCause

_TO_DO = frozenset({"open", "overdue"})
_IN_WORDS: Mapping[SilenceCause, str] = {
    "do_not_contact": "the customer wants no contact",
    "opted_out": "the customer refuses every channel of the rule",
    "complaint_open": "a complaint is open",
    "recent_contact": "there was a contact, or a call was opened, a few days ago",
    "other_conversation": "another conversation is open",
    "not_for_grade": "the rule is not for customers of this grade",
    "superseded": "something newer made it pointless",
    "window_passed": "its day had passed before it could open",
}


@dataclass(slots=True)
class RuleTally:
    """What becomes of the follow-ups of one rule."""

    open: int = 0
    overdue: int = 0
    """Of those that are open: past their day already."""
    ended: int = 0
    """Opened by the feed's own time, and closed by it."""
    expired: int = 0
    coming: int = 0
    silent: Counter[SilenceCause] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        return {
            "open": self.open,
            "overdue": self.overdue,
            "ended": self.ended,
            "expired": self.expired,
            "coming": self.coming,
            "not_opened": {cause: self.silent[cause] for cause in _causes(self.silent)},
        }


@dataclass(slots=True)
class DealerTally:
    """A dealer's customers."""

    customers: int = 0
    tasks: int = 0
    """Conversations that would be open."""
    overdue: int = 0
    rules: dict[str, RuleTally] = field(default_factory=dict)

    def add(self, plan: CustomerPlan) -> None:
        """Count one customer."""
        self.customers += 1
        for talk in plan.conversations:
            self._add_talk(talk)
        for silence in plan.silences:
            self._rule(silence.follow_up.rule.kind).silent[silence.because] += 1
        for coming in plan.coming:
            self._rule(coming.rule.kind).coming += 1

    def add_all(self, other: "DealerTally") -> None:
        """Count what another counted."""
        self.customers += other.customers
        self.tasks += other.tasks
        self.overdue += other.overdue
        for kind, found in other.rules.items():
            rule = self._rule(kind)
            rule.open += found.open
            rule.overdue += found.overdue
            rule.ended += found.ended
            rule.expired += found.expired
            rule.coming += found.coming
            rule.silent.update(found.silent)

    def as_json(self) -> dict[str, Any]:
        return {
            "customers": self.customers,
            "tasks": {"open": self.tasks, "overdue": self.overdue},
            "rules": {kind: self.rules[kind].as_json() for kind in sorted(self.rules)},
        }

    def _add_talk(self, talk: Conversation) -> None:
        """One that is for several kinds counts in each."""
        is_to_do = talk.status in _TO_DO
        self.tasks += is_to_do
        self.overdue += talk.status == "overdue"
        going_on = {
            each.follow_up.rule.kind for each in talk.purposes if is_to_do and each.ending is None
        }
        for kind in {each.follow_up.rule.kind for each in talk.purposes}:
            rule = self._rule(kind)
            if kind in going_on:
                rule.open += 1
                rule.overdue += talk.status == "overdue"
            elif talk.status == "expired":
                rule.expired += 1
            else:
                rule.ended += 1

    def _rule(self, kind: str) -> RuleTally:
        return self.rules.setdefault(kind, RuleTally())


def in_all(tallies: Iterable[DealerTally]) -> DealerTally:
    """Of all dealers together."""
    total = DealerTally()
    for tally in tallies:
        total.add_all(tally)
    return total


def in_words(tallies: Mapping[str, DealerTally]) -> Iterator[str]:
    """A table of all, the causes of silence, and a line for each dealer."""
    total = in_all(tallies.values())
    if not total.rules:
        yield "no task would be open, and none comes later"
        return
    yield f"{count(total.tasks, 'task')} would be open{_overdue(total.overdue)}; for:"
    yield from _table(total)
    silent = sum((rule.silent for rule in total.rules.values()), Counter[SilenceCause]())
    if silent:
        yield "not opened, because:"
        yield from (f"  {silent[cause]:>7}  {_IN_WORDS[cause]}" for cause in _causes(silent))
    yield "by dealer:"
    for dealer_id, tally in sorted(tallies.items()):
        tasks = f"{count(tally.tasks, 'task')} open{_overdue(tally.overdue)}"
        yield f"  {dealer_id}: {tasks}, of {count(tally.customers, 'customer')}"


def _table(total: DealerTally) -> Iterator[str]:
    width = max((len(kind) for kind in total.rules), default=0)
    yield f"  {'':<{width}} {'open':>7} {'overdue':>8} {'expired':>8} {'silent':>7} {'later':>7}"
    for kind, rule in sorted(total.rules.items(), key=lambda item: (-item[1].open, item[0])):
        silent = rule.silent.total()
        yield (
            f"  {kind:<{width}} {rule.open:>7} {rule.overdue:>8} {rule.expired:>8} {silent:>7}"
            f" {rule.coming:>7}"
        )


def _overdue(number: int) -> str:
    return f" ({number} overdue)" if number else ""


def _causes(silent: Counter[SilenceCause]) -> list[SilenceCause]:
    return [cause for cause in get_args(SilenceCause) if silent[cause]]
