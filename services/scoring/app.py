"""Scoring, put together: the only place where its parts meet the outside."""

import structlog

from services.scoring import api
from services.scoring.domain.decide import condense, decide
from services.scoring.domain.facts import READS, ScoringFacts, join
from services.scoring.domain.policy import ScoringPolicy
from services.scoring.settings import ScoringSettings, without_rate
from shared.contracts import scoring
from shared.dealers.dealer import Dealers
from shared.decider.decider import Decider
from shared.platform import metrics
from shared.platform.logs import configure_logging
from shared.runtime import serve
from shared.settings import reading_files

log = structlog.get_logger()


def decider(settings: ScoringSettings) -> Decider[ScoringFacts, ScoringPolicy]:
    """Scoring but for its I/O. Raises what `ScoringSettings.policy` raises."""
    return Decider(
        name="scoring",
        reads=READS,
        writes=scoring.ALL,
        facts=ScoringFacts,
        join=join,
        condense=condense,
        decide=decide,
        policy=settings.policy(),
    )


def main() -> None:
    """Run scoring until it is told to stop."""
    settings = ScoringSettings()
    configure_logging(service="scoring", level=settings.log_level, form=settings.log_format)
    with reading_files("scoring"):
        dealers = settings.dealers()
        service = decider(settings)
    tell_missing_rates(dealers, service.policy)
    serve(service, settings, api.routes)


def tell_missing_rates(dealers: Dealers, policy: ScoringPolicy) -> None:
    """Log each dealer whose customers' payments give no points, and set its gauge."""
    for dealer in without_rate(dealers, policy):
        metrics.currency_without_rate.labels(dealer.id, dealer.currency).set(1)
        log.warning("no rate for a currency", dealer=dealer.id, currency=dealer.currency)
