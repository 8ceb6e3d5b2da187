"""The composition root of complaints: nothing else here knows of the runtime or the environment."""

from services.complaints import facts
from services.complaints.api import routes
from services.complaints.decide import decide
from services.complaints.policy import POLICY_2123, ComplaintPolicy
from services.complaints.settings import ComplaintSettings
from shared.contracts import complaints
from shared.contracts.intake import ComplaintFiled, ComplaintMoved, ComplaintStepTaken
from shared.runtime.lifecycle import serve
from shared.runtime.machine import Machine
from shared.settings import ServiceSettings


def machine(settings: ServiceSettings) -> Machine[facts.CaseFacts, ComplaintPolicy]:
    """Complaints without its I/O."""
    return Machine(
        name="complaints",
        reads=(ComplaintFiled, ComplaintStepTaken, ComplaintMoved),
        writes=complaints.ALL,
        facts=facts.CaseFacts,
        join=facts.join,
        decide=decide,
        policy=POLICY_2123,
        aggregate_id=facts.aggregate_id,
    )


def main() -> None:
    """Serve until stopped."""
    settings = ComplaintSettings()
    serve(machine(settings), settings, routes)
