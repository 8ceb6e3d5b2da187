"""Policies, and what is different between them, in words for a terminal and as JSON."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from deploy.cli.policy_check import Checked
from services.complaints.domain.dry_run import Rehearsal
from services.complaints.domain.rulebook import CaseEdition, CaseRulebook
from shared.contracts.values import instant_text
from shared.policies.differences import FieldChange

CHOICE = """\
Say what happens to the cases that are open now:
  --new-cases-only   they are judged on by the rules they have; only what is received
                     from now on is judged by the new ones
  --rebase-open      their clocks that are neither stopped nor broken are judged by the new
                     ones from their start on. What would have been due by now is recorded
                     and alarms nobody. Verdicts stay.
`aftercare policy diff` tells how many cases would move."""
DAYS_SHOWN = 20


def overview(checked: Checked[CaseEdition, CaseRulebook]) -> Iterator[str]:
    """Per dealer, what it would be judged by, and how that compares with what is in force."""
    kind = checked.kind
    for dealer_id, draft in sorted(checked.drafts.items()):
        current = checked.rulebook.current(dealer_id)
        yield f"{dealer_id}: {kind.title(draft.edition)}, from {draft.path}"
        yield from (f"  {line}" for line in kind.words(draft.edition))
        same = draft.edition.judges_as(current)
        comparison = "in force" if same else "a draft: another is in force"
        yield f"  {comparison} ({in_force(current)})"
    for dealer_id in sorted(checked.rulebook.editions.keys() - checked.drafts.keys()):
        current = checked.rulebook.current(dealer_id)
        yield f"{dealer_id}: no draft; in force {in_force(current)}: {kind.title(current)}"
    yield "all other dealers: the shipped 2123"


def in_force(edition: CaseEdition) -> str:
    """Since when, and for which cases."""
    if edition.applied_at is None:
        return "as shipped"
    whose = "new cases only" if edition.open_cases == "keep" else "open cases too"
    return f"since {instant_text(edition.applied_at)}, {whose}"


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


def rehearsed(found: Rehearsal) -> Iterator[str]:
    """What applying would do to open cases."""
    yield f"dry run over {_count(found.cases, 'open case')}:"
    yield "  --new-cases-only: none moves"
    yield (
        f"  --rebase-open: {found.moved} of {found.cases} move, "
        f"{found.breaching} would be overdue at once"
    )
    for clock, number in sorted(found.moved_clocks.items()):
        overdue = found.breaching_clocks[clock]
        yield f"    {clock}: {number} move, {overdue} would be overdue at once"
    for move in found.first:
        late = ", overdue at once" if move.breaches else ""
        due = f"{_moment(move.old_due)} -> {_moment(move.new_due)}"
        yield f"    case {move.case_no} {move.clock}: {due}{late}"
    if found.unreadable:
        yield f"  {_count(found.unreadable, 'case')} could not be judged; see the log of complaints"


def changes_as_json(changes: Sequence[FieldChange]) -> list[dict[str, str | None]]:
    return [{"field": each.field, "old": each.old, "new": each.new} for each in changes]


def rehearsal_as_json(found: Rehearsal) -> dict[str, Any]:
    """Times as the wire has them."""
    return {
        "open_cases": found.cases,
        "unreadable": found.unreadable,
        "new_cases_only": {"move": 0, "breach": 0},
        "rebase_open": {
            "move": found.moved,
            "breach": found.breaching,
            "clocks": {
                clock: {"move": number, "breach": found.breaching_clocks[clock]}
                for clock, number in sorted(found.moved_clocks.items())
            },
            "first": [
                {
                    "case_no": move.case_no,
                    "clock": move.clock,
                    "old_due": move.old_due and instant_text(move.old_due),
                    "new_due": move.new_due and instant_text(move.new_due),
                    "breaches": move.breaches,
                }
                for move in found.first
            ],
        },
    }


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}Z" if moment is not None else "not due"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
