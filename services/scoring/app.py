"""Scoring, put together: the only place where its parts meet the outside."""

from datetime import datetime
from functools import partial

import structlog

from services.scoring import api
from services.scoring.adapters.policies import common
from services.scoring.domain.decide import condense, decide
from services.scoring.domain.dry_run import TRIAL, between
from services.scoring.domain.facts import READS, ScoringFacts, join
from services.scoring.domain.policy import ScoringPolicy
from services.scoring.domain.rulebook import ScoringRulebook
from services.scoring.domain.summary import summaries
from services.scoring.settings import ScoringSettings, without_rate
from shared.contracts.scoring import ALL
from shared.dealers.dealer import Dealers
from shared.decider.decider import Decider
from shared.platform import metrics
from shared.platform.logs import configure_logging
from shared.policies.by_edition import by_edition
from shared.policies.folder import RulesFolder
from shared.policies.shadow import with_shadows
from shared.policies.watch import RulesWatch
from shared.runtime import PolicyWatch, serve
from shared.settings import from_environment, starting

log = structlog.get_logger()


def decider(settings: ScoringSettings) -> Decider[ScoringFacts, ScoringPolicy]:
    """Scoring but for its I/O, by the rules of all dealers. Raises what `ScoringSettings.policy`
    raises."""
    return Decider(
        name="scoring",
        reads=READS,
        writes=ALL,
        facts=ScoringFacts,
        join=join,
        condense=condense,
        decide=decide,
        policy=settings.policy(),
        summaries=summaries(settings.dealers().zone_of),
    )


def service(settings: ScoringSettings) -> Decider[ScoringFacts, ScoringRulebook]:
    """Scoring by each dealer's own rules, with others tried beside them.

    Raises what `ScoringSettings.rulebook` raises.
    """
    return with_shadows(
        by_edition(decider(settings), settings.rulebook()), decide=decide, compare=between
    )


def rules_watch(
    scoring: Decider[ScoringFacts, ScoringRulebook], settings: ScoringSettings
) -> PolicyWatch[ScoringRulebook] | None:
    """Asks the folder of rules for changes; None without one."""
    if settings.rules_dir is None:
        return None
    folder = RulesFolder(settings.rules_dir, common(settings.policy()).reading())
    return RulesWatch(folder, scoring.policy, show=partial(show_rates, settings.dealers())).look


def main() -> None:
    """Run scoring until it is told to stop."""
    with starting("scoring"):
        settings = from_environment(ScoringSettings)
        configure_logging(service="scoring", level=settings.log_level, form=settings.log_format)
        dealers = settings.dealers()
        scoring = service(settings)
        watch = rules_watch(scoring, settings)
    if watch is None:
        show_rates(dealers, scoring.policy, settings.clock.clock().now())
    routes = partial(api.routes, dealers=dealers)
    serve(scoring, settings, routes, watch=watch, trial=TRIAL)


def show_rates(dealers: Dealers, rulebook: ScoringRulebook, now: datetime) -> None:
    """Log each dealer whose customers' payments give no points, and set its gauge."""
    metrics.currency_without_rate.clear()
    for dealer in without_rate(dealers, rulebook, now):
        metrics.currency_without_rate.labels(dealer.id, dealer.currency).set(1)
        log.warning("no rate for a currency", dealer=dealer.id, currency=dealer.currency)
