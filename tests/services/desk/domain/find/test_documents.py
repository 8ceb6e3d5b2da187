"""What is kept of the documents that a score has for its reasons."""

from typing import Any

import pytest

from services.desk.domain.find.documents import READ, kept_of
from shared.contracts.envelope import Event
from shared.contracts.intake import ComplaintStepTaken, ReferralMade, TaskOutcomeRecorded
from shared.contracts.leads import LeadRecorded
from shared.contracts.recorded import Recorded
from tests.access.services import NOW
from tests.services.desk.given_customers import DEALER, WANG

CASE = f"{DEALER}/cdk/complaint/K-1"


def event(kind: type[Recorded], name: str, **more: Any) -> Event[Any]:
    said = {
        "document_id": f"{DEALER}/cdk/{name}/1",
        "version": "1",
        "customer_key": WANG,
        "dealer_id": DEALER,
        "at": NOW,
    }
    data = kind.model_validate(said | more)
    return Event(id="1", key=WANG, dealer_id=DEALER, recorded_at=NOW, data=data)


@pytest.mark.parametrize(
    ("kind", "name", "more", "kept"),
    [
        (
            ComplaintStepTaken,
            "complaint-step",
            {"case_id": CASE, "case_no": "K-1", "step_id": "1", "step": "contacted", "by": "s-1"},
            {"step": "contacted", "case_id": CASE},
        ),
        (
            TaskOutcomeRecorded,
            "task-outcome",
            {"task_id": "T1", "outcome": "declined", "by": "s-1"},
            {"outcome": "declined", "by": "s-1"},
        ),
        (
            ReferralMade,
            "referral",
            {"role": "referrer", "other_customer_key": f"{DEALER}/cdk/C2"},
            {"role": "referrer", "other": f"{DEALER}/cdk/C2"},
        ),
        (
            LeadRecorded,
            "lead",
            {"timezone": "Asia/Shanghai", "status": "lost", "channel": "web", "model": "S5"},
            {"status": "lost", "channel": "web", "model": "S5"},
        ),
    ],
)
def test_what_is_said_of_a_customer_is_kept(
    kind: type[Recorded], name: str, more: dict[str, Any], kept: dict[str, Any]
) -> None:
    assert kind in READ
    found = kept_of(event(kind, name, **more))
    assert found is not None
    assert (found.kind, found.at, found.said) == (name, NOW, kept)
