"""The occasions of one trigger: what each file of the rules is tested by."""

from typing import Any

from services.followup.domain.facts import FollowUpFacts, join
from services.followup.domain.history import history_of
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.rules import TRIGGERS
from shared.contracts.envelope import Event
from tests.services.followup.given import POLICY, at, local


def occasions_of(
    trigger: str, *events: Event[Any], after: str = "1990-01-01", policy: FollowUpPolicy = POLICY
) -> list[tuple[str, str]]:
    """The number of the document, and the instant in Shanghai that tasks are counted from."""
    history = history_of(join(FollowUpFacts(), events))
    return [
        (occasion.document_id.rsplit("/", 1)[1], local(occasion.at))
        for occasion in TRIGGERS[trigger].occasions(history, policy, at(after))
    ]
