"""What each Kafka user of Aftercare has to be allowed, and no more."""

from collections.abc import Mapping, Sequence

from deploy.cli import configuration
from services.complaints.domain import facts as complaints_facts
from services.desk.app import RIGHTS as DESK
from services.followup.domain import facts as followup_facts
from services.identity.domain import facts as identity_facts
from services.intake.app import RIGHTS as INTAKE
from services.intake.app import rights_on_connectors
from services.scoring.domain import facts as scoring_facts
from shared.contracts import complaints, followup, identity, scoring
from shared.contracts.envelope import Message
from shared.contracts.topics import ALL, DEAD_LETTERS
from shared.platform.kafka import group_of
from shared.platform.rights import Operation, Right, to_work

Contracts = Sequence[type[Message]]

_DECIDERS: Mapping[str, tuple[Contracts, Contracts]] = {
    "scoring": (scoring_facts.READS, scoring.ALL),
    "followup": (followup_facts.READS, followup.ALL),
    "complaints": (complaints_facts.READS, complaints.ALL),
    "identity": (identity_facts.READS, identity.ALL),
}
"""What each of them reads and writes."""


def on_connectors() -> Sequence[Right]:
    """What intake's user has to be allowed besides, as the environment names connectors.

    Raises `WrongConfiguration`, `WrongFile`.
    """
    return rights_on_connectors(configuration.intake_settings())


def _service(name: str, reads: Contracts, writes: Contracts) -> tuple[Right, ...]:
    return to_work(
        reads=_topics(reads), writes={DEAD_LETTERS.name, *_topics(writes)}, group=group_of(name)
    )


def _topics(contracts: Contracts) -> set[str]:
    return {contract.TOPIC.name for contract in contracts}


def _on_all_topics(*operations: Operation) -> tuple[Right, ...]:
    return tuple(sorted(Right("topic", topic.name, each) for topic in ALL for each in operations))


RIGHTS: Mapping[str, Sequence[Right]] = {
    "intake": INTAKE,
    **{name: _service(name, reads, writes) for name, (reads, writes) in _DECIDERS.items()},
    "desk": DESK,
    "topics": _on_all_topics("Create", "Describe", "DescribeConfigs"),
    "operator": _on_all_topics("Read", "Write"),
}
"""User -> what they have to be allowed: the services; who runs `aftercare topics --create`; who
runs `aftercare tail` and `aftercare dead-letters`."""
