"""What scoring is configured by."""

from pathlib import Path

from services.scoring.domain.policy import ScoringPolicy
from shared.dealers.dealer import Dealer, Dealers
from shared.settings import HttpSettings, ServiceSettings
from shared.yaml_changes import read_changes


class ScoringSettings(ServiceSettings):
    """The settings of every service, and which rules to score by."""

    http: HttpSettings = HttpSettings(port=8102)
    scoring_policy_file: Path | None = None
    """A YAML file with what differs from the shipped rules (`AFTERCARE_SCORING_POLICY_FILE`)."""

    def policy(self) -> ScoringPolicy:
        """The rules: as shipped, but for what the policy file says.

        Raises `WrongFile`.
        """
        if self.scoring_policy_file is None:
            return ScoringPolicy()
        return read_changes(self.scoring_policy_file, ScoringPolicy())


def without_rate(dealers: Dealers, policy: ScoringPolicy) -> list[Dealer]:
    """Those in whose currency money paid for service gives no points."""
    return [each for each in dealers.all() if each.currency not in policy.currency_per_point]
