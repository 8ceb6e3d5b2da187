"""What followup is configured by."""

from pathlib import Path

from services.followup.adapters.policies import common
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.rulebook import FollowUpRulebook
from shared.policies.folder import RulesFolder
from shared.policies.yaml_changes import read_changes
from shared.settings import HttpSettings, RuledSettings


class FollowUpSettings(RuledSettings):
    """The settings of every service, and which tasks to hand out."""

    http: HttpSettings = HttpSettings(port=8103)
    followup_policy_file: Path | None = None
    """A YAML file with what differs from the shipped rules (`AFTERCARE_FOLLOWUP_POLICY_FILE`), for
    all dealers that have no edition of their own."""

    def policy(self) -> FollowUpPolicy:
        """The rules of all dealers: as shipped, but for what the policy file says.

        Raises `WrongFile`.
        """
        if self.followup_policy_file is None:
            return FollowUpPolicy()
        return read_changes(self.followup_policy_file, FollowUpPolicy())

    def rulebook(self) -> FollowUpRulebook:
        """And those of dealers with editions of their own. Raises `WrongFile`."""
        rules = common(self.policy())
        if self.rules_dir is None:
            return FollowUpRulebook(shipped=rules.shipped)
        return RulesFolder(self.rules_dir, rules.reading()).rulebook()
