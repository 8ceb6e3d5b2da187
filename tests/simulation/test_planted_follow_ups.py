"""Faults planted in how followup decides, and is asked to, must be caught, and how."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeAlias

import pytest

from services.followup.domain import decide as deciding
from services.followup.domain.facts import FollowUpFacts
from services.followup.domain.filings import is_filing
from services.followup.domain.talks import Talk
from services.followup.domain.walk import Walk
from shared.contracts.envelope import Event
from shared.contracts.intake import CustomerMoved
from shared.decider.decision import Announced, Decision
from shared.runtime.progress import Progress
from tests.simulation.follow_ups_world import FollowUpsWorld
from tests.simulation.story import simulate
from tests.simulation.witness import Invariant

Plant: TypeAlias = Callable[[pytest.MonkeyPatch], None]
WITHIN_SEEDS = 60


def what_turns_by_itself_is_not_told(patch: pytest.MonkeyPatch) -> None:
    """An open task becomes overdue, and expires, when something else happens."""

    def never(self: Walk, now: datetime) -> datetime | None:
        return None

    patch.setattr(Walk, "changes_after", never)


def invitations_do_not_wait_for_each_other(patch: pytest.MonkeyPatch) -> None:
    def nothing(*_: Any) -> None:
        return None

    patch.setattr(Walk, "_gap", nothing)
    patch.setattr(Walk, "_limited", nothing)
    patch.setattr(Talk, "is_limited", property(lambda _: False))


def a_raised_answer_is_history(patch: pytest.MonkeyPatch) -> None:
    """Its complaint is forgotten, and not taken back."""
    patch.setattr(deciding, "is_set_aside", lambda *_: True)


def what_has_ended_is_history(patch: pytest.MonkeyPatch) -> None:
    """Whatever becomes of the documents that a task followed from."""

    def decide(facts: Any, announced: Announced, policy: Any, now: datetime) -> Decision:
        decision = properly(facts, announced, policy, now)
        return replace(decision, is_history=lambda about: not is_filing(about))

    properly = FollowUpsWorld.decider.decide
    patch.setattr(FollowUpsWorld, "decider", replace(FollowUpsWorld.decider, decide=decide))


def what_moved_away_stays(patch: pytest.MonkeyPatch) -> None:
    def join(known: FollowUpFacts, events: Sequence[Event[Any]]) -> FollowUpFacts:
        heard = [event for event in events if not isinstance(event.data, CustomerMoved)]
        return properly(known, heard) if heard else known

    properly = FollowUpsWorld.decider.join
    patch.setattr(FollowUpsWorld, "decider", replace(FollowUpsWorld.decider, join=join))


def the_waiting_disregarded(patch: pytest.MonkeyPatch) -> None:
    """A complaint is filed though the answer that was raised is waiting unread."""

    def everything_is_read(self: Progress, *_: Any) -> datetime:
        return self._clock.now()

    patch.setattr(Progress, "read_until", everything_is_read)
    patch.setattr(Progress, "read_with", everything_is_read)


FAULTS: Mapping[Plant, set[Invariant]] = {
    what_turns_by_itself_is_not_told: {Invariant.LATEST},
    invitations_do_not_wait_for_each_other: {Invariant.ONE_AT_A_TIME},
    a_raised_answer_is_history: {Invariant.FILED},
    what_has_ended_is_history: {Invariant.LATEST},
    what_moved_away_stays: {Invariant.FACTS},
    the_waiting_disregarded: {Invariant.HINDSIGHT},
}


@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
def test_a_fault_planted_in_followup_is_caught(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    for seed in range(WITHIN_SEEDS):
        if violations := simulate(seed, world="followup").violations:
            assert violations[0].invariant in FAULTS[plant], f"seed {seed}: {violations[0]}"
            return
    pytest.fail(f"not caught within {WITHIN_SEEDS} seeds: the simulation is too weak")
