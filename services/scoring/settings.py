"""What scoring is configured by."""

from datetime import datetime
from pathlib import Path

from services.scoring.adapters.policies import common
from services.scoring.domain.policy import ScoringPolicy
from services.scoring.domain.rulebook import ScoringRulebook
from shared.dealers.dealer import Dealer, Dealers
from shared.policies.folder import RulesFolder
from shared.policies.yaml_changes import read_changes
from shared.settings import HttpSettings, RuledSettings


class ScoringSettings(RuledSettings):
    """The settings of every service, and which rules to score by."""

    http: HttpSettings = HttpSettings(port=8102)
    scoring_policy_file: Path | None = None
    """A YAML file with what differs from the shipped rules (`AFTERCARE_SCORING_POLICY_FILE`), for
    all dealers that have no edition of their own."""

    def policy(self) -> ScoringPolicy:
        """The rules of all dealers: as shipped, but for what the policy file says.

        Raises `WrongFile`.
        """
        if self.scoring_policy_file is None:
            return ScoringPolicy()
        return read_changes(self.scoring_policy_file, ScoringPolicy())

    def rulebook(self) -> ScoringRulebook:
        """And those of dealers with editions of their own. Raises `WrongFile`."""
        rules = common(self.policy())
        if self.rules_dir is None:
            return ScoringRulebook(shipped=rules.shipped)
        return RulesFolder(self.rules_dir, rules.reading()).rulebook()


def without_rate(dealers: Dealers, rulebook: ScoringRulebook, now: datetime) -> list[Dealer]:
    """Those in whose currency money paid for service gives no points."""
    return [
        dealer
        for dealer in dealers.all()
        if dealer.currency not in rulebook.in_force(dealer.id, now).policy.currency_per_point
    ]
