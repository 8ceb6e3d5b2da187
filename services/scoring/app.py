"""Scoring, put together: the only place where its parts meet the outside."""

from services.scoring import api
from services.scoring.decide import condense, decide
from services.scoring.facts import READS, ScoringFacts, join
from services.scoring.policy import ScoringPolicy
from services.scoring.settings import ScoringSettings
from shared.contracts import scoring
from shared.runtime.lifecycle import serve
from shared.runtime.machine import Machine


def machine(settings: ScoringSettings) -> Machine[ScoringFacts, ScoringPolicy]:
    """Scoring but for its I/O. Raises what `ScoringSettings.policy` raises."""
    return Machine(
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
    serve(machine(settings), settings, api.routes)
