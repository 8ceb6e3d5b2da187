"""Identity, put together: the only place where its parts meet the outside."""

from services.identity import api
from services.identity.adapters.policies import common
from services.identity.domain.decide import condense, decide
from services.identity.domain.dry_run import TRIAL
from services.identity.domain.facts import READS, IdentityFacts, joining
from services.identity.domain.policy import IdentityPolicy
from services.identity.domain.rulebook import IdentityRulebook
from services.identity.settings import IdentitySettings
from shared.contracts.identity import ALL
from shared.decider.decider import Decider
from shared.policies.by_edition import by_edition
from shared.policies.folder import RulesFolder
from shared.policies.watch import RulesWatch
from shared.runtime import PolicyWatch, serve
from shared.settings import from_environment, starting

NAME = "identity"


def decider(settings: IdentitySettings) -> Decider[IdentityFacts, IdentityPolicy]:
    """Identity but for its I/O, by the rules of all dealers. Raises what `IdentitySettings.policy`
    raises."""
    return Decider(
        name=NAME,
        reads=READS,
        writes=ALL,
        facts=IdentityFacts,
        join=joining(settings.keyed()),
        condense=condense,
        decide=decide,
        policy=settings.policy(),
    )


def service(settings: IdentitySettings) -> Decider[IdentityFacts, IdentityRulebook]:
    """Identity by each dealer's own rules. Raises what `IdentitySettings.rulebook` raises."""
    return by_edition(decider(settings), settings.rulebook())


def rules_watch(
    identity: Decider[IdentityFacts, IdentityRulebook], settings: IdentitySettings
) -> PolicyWatch[IdentityRulebook] | None:
    """Asks the folder of rules for changes; None without one."""
    if settings.rules_dir is None:
        return None
    folder = RulesFolder(settings.rules_dir, common(settings.policy()).reading())
    return RulesWatch(folder, identity.policy).look


def main() -> None:
    """Run identity until it is told to stop."""
    with starting(NAME):
        settings = from_environment(IdentitySettings)
        settings.dealers()
        settings.require_secret()
        identity = service(settings)
        watch = rules_watch(identity, settings)
    serve(identity, settings, api.routes, watch=watch, trial=TRIAL)
