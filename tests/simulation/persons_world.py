"""Identity: customers claim telephones and cars, these answer, and who is one person goes from
customer to customer: all on one topic that the same instances write and read."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from services.identity.domain.policy import IdentityPolicy, TelephoneRule
from services.identity.domain.rulebook import IdentityEdition, IdentityRulebook
from shared.policies.by_edition import by_edition
from tests.services.identity.given import BERLIN, PLAIN, PUDONG, START
from tests.simulation.persons import OTHER_GROUP, Sent, reports
from tests.simulation.persons_oracle import PersonsOracle
from tests.simulation.witness import Witness
from tests.simulation.world import START as STORM_BEGINS
from tests.simulation.world import STORM_SECONDS, Stage, World

OF_THE_DEALER = IdentityPolicy()
OF_THE_GROUP = IdentityPolicy(reach="group")
OF_TWO_AT_MOST = IdentityPolicy(
    reach="group", telephone=TelephoneRule(most_names=2, most_customers=3)
)


def rulebook(pudong: IdentityPolicy, berlin: IdentityPolicy) -> IdentityRulebook:
    """Each dealer by its own policy; the one of another group looks as far as it may."""
    editions = {PUDONG: pudong, BERLIN: berlin, OTHER_GROUP: OF_THE_GROUP}
    return IdentityRulebook(
        shipped=IdentityEdition(policy=IdentityPolicy()),
        editions={
            dealer: (IdentityEdition(applied_at=START, policy=policy),)
            for dealer, policy in editions.items()
        },
    )


def policies_of(rules: IdentityRulebook) -> Mapping[str, IdentityPolicy]:
    """Dealer -> what its customers are decided by."""
    return {dealer: editions[-1].policy for dealer, editions in rules.editions.items()}


class PersonsWorld(World):
    """Customers are reported while things go wrong; nobody waits for what came of it."""

    name = "identity"
    decider = by_edition(PLAIN, rulebook(OF_THE_GROUP, OF_TWO_AT_MOST))
    topics = tuple(topic.name for topic in decider.topics)
    deployed = rulebook(OF_THE_DEALER, OF_THE_GROUP)
    reloaded = rulebook(OF_TWO_AT_MOST, OF_THE_GROUP)
    announces = frozenset[str]()
    dealer = PUDONG
    the_end = STORM_BEGINS + timedelta(days=1)
    rewinds = True

    def __init__(self) -> None:
        self._sent: list[Sent] = []
        self._is_done = False

    async def produce(self, stage: Stage) -> None:
        records = reports(stage.random)
        latest = stage.random.choice((STORM_SECONDS, STORM_SECONDS / 4))
        moments = sorted(stage.random.uniform(0, latest) for _ in records)
        loop = asyncio.get_running_loop()
        for moment, sent in zip(moments, records, strict=True):
            await asyncio.sleep(moment - loop.time())
            self._sent.append(sent)
            stage.broker.receive(sent.record, written_ms=sent.written_ms)
        self._is_done = True

    @property
    def is_quiet(self) -> bool:
        return self._is_done

    def judge(self, witness: Witness, policy: Any, now: Any) -> None:
        books = (self.decider.policy, self.deployed, self.reloaded)
        story = [sent.event for sent in self._sent]
        PersonsOracle(witness, story, policy, [policies_of(book) for book in books]).judge()
