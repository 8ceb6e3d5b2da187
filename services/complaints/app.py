"""The composition root of complaints: nothing else here knows of the runtime or the environment."""

from services.complaints.adapters.census import CENSUS
from services.complaints.adapters.metrics import begin, observe, show_rules
from services.complaints.adapters.policies import FOLLOWED
from services.complaints.api import routes
from services.complaints.domain import facts
from services.complaints.domain.decide import decide
from services.complaints.domain.dry_run import TRIAL
from services.complaints.domain.rulebook import CaseRulebook
from services.complaints.settings import ComplaintSettings
from shared.contracts import complaints
from shared.decider.decider import Decider
from shared.policies.folder import RulesFolder
from shared.policies.watch import RulesWatch
from shared.runtime import PolicyWatch, serve
from shared.settings import from_environment, starting


def decider(settings: ComplaintSettings) -> Decider[facts.CaseFacts, CaseRulebook]:
    """Complaints without its I/O."""
    return Decider(
        name="complaints",
        reads=facts.READS,
        writes=complaints.ALL,
        facts=facts.CaseFacts,
        join=facts.join,
        decide=decide,
        policy=settings.rulebook(),
        aggregate_id=facts.aggregate_id,
        listed=True,
        observe=observe,
    )


def rules_watch(
    service: Decider[facts.CaseFacts, CaseRulebook], settings: ComplaintSettings
) -> PolicyWatch[CaseRulebook] | None:
    """Asks the folder of rules for changes; None without one."""
    if settings.rules_dir is None:
        return None
    folder = RulesFolder(settings.rules_dir, FOLLOWED)
    return RulesWatch(folder, service.policy, show=show_rules).look


def main() -> None:
    """Serve until stopped."""
    with starting("complaints"):
        settings = from_environment(ComplaintSettings)
        settings.dealers()
        service = decider(settings)
    begin([dealer.id for dealer in settings.dealers().all()], service.policy)
    serve(
        service,
        settings,
        routes,
        watch=rules_watch(service, settings),
        census=CENSUS,
        trial=TRIAL,
    )
