"""Followup, put together: the only place where its parts meet the outside."""

from services.followup import api
from services.followup.adapters.census import CENSUS
from services.followup.domain.decide import NAME, condense, decide
from services.followup.domain.facts import READS, FollowUpFacts, join
from services.followup.domain.policy import FollowUpPolicy
from services.followup.settings import FollowUpSettings
from shared.contracts import followup
from shared.decider.decider import Decider
from shared.runtime import serve
from shared.settings import reading_files


def decider(settings: FollowUpSettings) -> Decider[FollowUpFacts, FollowUpPolicy]:
    """Followup but for its I/O. Raises what `FollowUpSettings.policy` raises."""
    return Decider(
        name=NAME,
        reads=READS,
        writes=followup.ALL,
        facts=FollowUpFacts,
        join=join,
        condense=condense,
        decide=decide,
        policy=settings.policy(),
        listed=True,
        audited=False,
    )


def main() -> None:
    """Run followup until it is told to stop."""
    settings = FollowUpSettings()
    with reading_files(NAME):
        settings.dealers()
        service = decider(settings)
    serve(service, settings, api.routes, census=CENSUS)
