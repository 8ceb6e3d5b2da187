"""Followup, that hears of customers from all services at once, on as many topics."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.rulebook import FollowUpEdition, FollowUpRulebook
from shared.contracts.envelope import Event
from shared.contracts.followup import ReportMade
from shared.policies.by_edition import by_edition
from tests.services.followup.given import DEALER, DECIDER
from tests.simulation.follow_ups import reports
from tests.simulation.follow_ups_oracle import FollowUpsOracle
from tests.simulation.records import ReportedWorld
from tests.simulation.witness import Witness
from tests.simulation.world import START

SHIPPED = FollowUpPolicy()
MORE_CALLS = FollowUpPolicy(contact_gap_days=7, merge_within_days=0, complaint_at_most=4)
NO_COMPLAINTS = FollowUpPolicy(rules=SHIPPED.rules[2:], complaint_at_most=None)
BETWEEN_HOURS = timedelta(minutes=37)
"""Nothing that a course reports falls due then."""


def _rulebook(policy: FollowUpPolicy, applied_at: datetime) -> FollowUpRulebook:
    edition = FollowUpEdition(applied_at=applied_at, policy=policy)
    return FollowUpRulebook(shipped=FollowUpEdition(policy=SHIPPED), editions={DEALER: (edition,)})


class FollowUpsWorld(ReportedWorld):
    """Customers buy, come, answer and complain while things go wrong; then their time goes on."""

    name = "followup"
    decider = by_edition(DECIDER, _rulebook(SHIPPED, START - timedelta(days=9)))
    topics = tuple(topic.name for topic in decider.topics)
    deployed = _rulebook(MORE_CALLS, START - timedelta(days=8))
    reloaded = _rulebook(NO_COMPLAINTS, START + timedelta(hours=12))
    announces = frozenset({ReportMade.TYPE})
    dealer = DEALER
    the_end = START + timedelta(days=250) + BETWEEN_HOURS
    rewinds = True

    @property
    def judged_at(self) -> Sequence[datetime]:
        """Tasks are open, then overdue, then over, then forgotten."""
        days = (0, 2, 9, 40)
        return [*(START + timedelta(days=day) + BETWEEN_HOURS for day in days), self.the_end]

    def reports(self, random: Random) -> Sequence[Event[Any]]:
        return reports(random)

    def judge(self, witness: Witness, policy: Any, now: datetime) -> None:
        FollowUpsOracle(witness, self._sent, policy, now).judge()
