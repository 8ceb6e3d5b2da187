"""What followup is configured by."""

from pathlib import Path

from services.followup.domain.policy import FollowUpPolicy
from shared.settings import HttpSettings, ServiceSettings
from shared.yaml_changes import read_changes


class FollowUpSettings(ServiceSettings):
    """The settings of every service, and which tasks to hand out."""

    http: HttpSettings = HttpSettings(port=8103)
    followup_policy_file: Path | None = None
    """A YAML file with what differs from the shipped rules (`AFTERCARE_FOLLOWUP_POLICY_FILE`)."""

    def policy(self) -> FollowUpPolicy:
        """The rules: as shipped, but for what the policy file says.

        Raises `WrongFile`.
        """
        if self.followup_policy_file is None:
            return FollowUpPolicy()
        return read_changes(self.followup_policy_file, FollowUpPolicy())
