"""Followup, put together: the only place where its parts meet the outside."""

from functools import partial

from services.followup import api
from services.followup.adapters.census import CENSUS
from services.followup.adapters.policies import common
from services.followup.domain.decide import NAME, condense, decide
from services.followup.domain.dry_run import TRIAL
from services.followup.domain.facts import READS, FollowUpFacts, join
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.rulebook import FollowUpRulebook
from services.followup.domain.summary import summaries
from services.followup.settings import FollowUpSettings
from shared.contracts.followup import ALL
from shared.decider.decider import Decider
from shared.policies.by_edition import by_edition
from shared.policies.folder import RulesFolder
from shared.policies.watch import RulesWatch
from shared.runtime import PolicyWatch, serve
from shared.settings import from_environment, starting


def decider(settings: FollowUpSettings) -> Decider[FollowUpFacts, FollowUpPolicy]:
    """Followup but for its I/O, by the rules of all dealers. Raises what `FollowUpSettings.policy`
    raises."""
    return Decider(
        name=NAME,
        reads=READS,
        writes=ALL,
        facts=FollowUpFacts,
        join=join,
        condense=condense,
        decide=decide,
        policy=settings.policy(),
        listed=True,
        audited=False,
        summaries=summaries(settings.dealers().zone_of),
    )


def service(settings: FollowUpSettings) -> Decider[FollowUpFacts, FollowUpRulebook]:
    """Followup by each dealer's own rules. Raises what `FollowUpSettings.rulebook` raises."""
    return by_edition(decider(settings), settings.rulebook())


def rules_watch(
    followup: Decider[FollowUpFacts, FollowUpRulebook], settings: FollowUpSettings
) -> PolicyWatch[FollowUpRulebook] | None:
    """Asks the folder of rules for changes; None without one."""
    if settings.rules_dir is None:
        return None
    folder = RulesFolder(settings.rules_dir, common(settings.policy()).reading())
    return RulesWatch(folder, followup.policy).look


def main() -> None:
    """Run followup until it is told to stop."""
    with starting(NAME):
        settings = from_environment(FollowUpSettings)
        dealers = settings.dealers()
        followup = service(settings)
        watch = rules_watch(followup, settings)
    routes = partial(api.routes, dealers=dealers)
    serve(followup, settings, routes, watch=watch, census=CENSUS, trial=TRIAL)
