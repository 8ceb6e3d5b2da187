"""Policies, and what is different between them, in words for a terminal and as JSON."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from deploy.cli.policy import customers
from deploy.cli.policy.check import Checked
from deploy.cli.policy.totals import DryRunSum
from deploy.cli.terminal import count
from services.complaints.domain.dry_run import BREACHES
from shared.policies.differences import FieldChange

CHOICE = """\
Say what happens to the cases that are open now:
  --new-cases-only   they are judged on by the rules they have; only what is received
                     from now on is judged by the new ones
  --rebase-open      their clocks that are neither stopped nor broken are judged by the new
                     ones from their start on. What would have been due by now is recorded
                     and alarms nobody. Verdicts stay.
`aftercare policy diff` tells how many cases would move."""
NO_CHOICE = """\
--new-cases-only and --rebase-open are for complaints alone: customers are always decided by
the rules in force."""
DAYS_SHOWN = 20


def overview(checked: Checked[Any, Any]) -> Iterator[str]:
    """Per dealer, what it would be decided by, and how that compares with what is in force."""
    kind, rulebook = checked.kind, checked.rulebook
    for dealer_id, draft in sorted(checked.drafts.items()):
        current = rulebook.current(dealer_id)
        yield f"{dealer_id}: {kind.title(draft.edition)}, from {draft.path}"
        yield from (f"  {line}" for line in kind.words(draft.edition))
        same = draft.edition.judges_as(current)
        comparison = "in force" if same else "a draft: another is in force"
        yield f"  {comparison} ({kind.in_force(current)})"
    for dealer_id in sorted(rulebook.editions.keys() - checked.drafts.keys()):
        current = rulebook.current(dealer_id)
        yield f"{dealer_id}: no draft; in force {kind.in_force(current)}: {kind.title(current)}"
    for dealer_id, draft in sorted(checked.shadows.items()):
        over = rulebook.shadow(dealer_id) is None
        yield f"{dealer_id}: beside it {draft.path} is tried, and decides nothing" + (
            ", no more, as it is in force" if over else ""
        )
    yield f"all other dealers: {kind.others}"


def changed(changes: Sequence[FieldChange]) -> Iterator[str]:
    """A line for every field, and for every day up to a number."""
    days = [change for change in changes if change.is_day]
    for change in (*(each for each in changes if not each.is_day), *days[:DAYS_SHOWN]):
        match change.old, change.new:
            case None, new:
                yield f"  + {change.field}: {new}"
            case old, None:
                yield f"  - {change.field}: {old}"
            case old, new:
                yield f"  {change.field}: {old} -> {new}"
    if len(days) > DAYS_SHOWN:
        yield f"  … and {len(days) - DAYS_SHOWN} more days; --json lists all"


def changes_as_json(changes: Sequence[FieldChange]) -> list[dict[str, str | None]]:
    return [{"field": each.field, "old": each.old, "new": each.new} for each in changes]


def dry_run(service: str, found: DryRunSum) -> Iterator[str]:
    """What applying would do to what a dealer has."""
    if service == "complaints":
        yield from _of_cases(found)
    else:
        yield from customers.in_words(service, found)


def dry_run_as_json(service: str, found: DryRunSum) -> dict[str, Any]:
    """Times as the wire has them."""
    return _cases_as_json(found) if service == "complaints" else customers.as_json(found)


def _of_cases(found: DryRunSum) -> Iterator[str]:
    yield f"dry run over {count(found.judged, 'open case')}:"
    yield "  --new-cases-only: none moves"
    yield (
        f"  --rebase-open: {found.changed} of {found.judged} move, "
        f"{found.with_effect[BREACHES]} would be overdue at once"
    )
    for clock in found.rules:
        effects = found.of_rule(clock)
        overdue = effects.get(BREACHES, 0)
        yield f"    {clock}: {sum(effects.values())} move, {overdue} would be overdue at once"
    for each in found.first:
        for move in each.differences:
            late = ", overdue at once" if move.effect == BREACHES else ""
            due = f"{_moment(move.before)} -> {_moment(move.after)}"
            yield f"    case {each.name} {move.output}: {due}{late}"
    if found.unreadable:
        yield f"  {count(found.unreadable, 'case')} could not be judged; see the log of complaints"


def _cases_as_json(found: DryRunSum) -> dict[str, Any]:
    clocks = {clock: found.of_rule(clock) for clock in found.rules}
    return {
        "open_cases": found.judged,
        "unreadable": found.unreadable,
        "new_cases_only": {"move": 0, "breach": 0},
        "rebase_open": {
            "move": found.changed,
            "breach": found.with_effect[BREACHES],
            "clocks": {
                clock: {"move": sum(effects.values()), "breach": effects.get(BREACHES, 0)}
                for clock, effects in clocks.items()
            },
            "first": [
                {
                    "case_no": each.name,
                    "clock": move.output,
                    "old_due": move.before,
                    "new_due": move.after,
                    "breaches": move.effect == BREACHES,
                }
                for each in found.first
                for move in each.differences
            ],
        },
    }


def _moment(instant: str | None) -> str:
    return f"{datetime.fromisoformat(instant):%Y-%m-%d %H:%M}Z" if instant else "not due"
