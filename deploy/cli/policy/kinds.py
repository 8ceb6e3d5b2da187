"""The policies that `aftercare policy` works with: of each service that has one."""

from typing import Any, TypeAlias

from deploy.cli import configuration
from services.complaints.adapters import policies as of_complaints
from services.followup.adapters import policies as of_followup
from services.followup.settings import FollowUpSettings
from services.identity.adapters import policies as of_identity
from services.identity.settings import IdentitySettings
from services.scoring.adapters import policies as of_scoring
from services.scoring.settings import ScoringSettings
from shared.policies.kind import PolicyKind
from shared.policies.paths import SERVICES
from shared.settings import RuledSettings

AnyKind: TypeAlias = PolicyKind[Any, Any]


def policy_kind(service: str) -> tuple[AnyKind, RuledSettings]:
    """What a service, one of `SERVICES`, says of its policy, and its settings with the dealers.

    Raises `WrongConfiguration`.
    """
    assert service in SERVICES
    settings = configuration.ruled_settings(service)
    match settings:
        case ScoringSettings():
            return of_scoring.kind(configuration.common_policy(settings)), settings
        case FollowUpSettings():
            return of_followup.kind(configuration.common_policy(settings)), settings
        case IdentitySettings():
            return of_identity.kind(configuration.common_policy(settings)), settings
        case _:
            return of_complaints.KIND, settings
