"""What scoring is configured by."""

from pathlib import Path

import yaml

from services.scoring.policy import ScoringPolicy
from shared.settings import HttpSettings, ServiceSettings


class ScoringSettings(ServiceSettings):
    """The settings of every service, and which rules to score by."""

    http: HttpSettings = HttpSettings(port=8102)
    scoring_policy_file: Path | None = None
    """A YAML file with what differs from the shipped rules (`AFTERCARE_SCORING_POLICY_FILE`)."""

    def policy(self) -> ScoringPolicy:
        """The rules: as shipped, but for what the policy file says.

        Raises `OSError`, `yaml.YAMLError` or `pydantic.ValidationError`.
        """
        if self.scoring_policy_file is None:
            return ScoringPolicy()
        text = self.scoring_policy_file.read_text(encoding="utf-8")
        return ScoringPolicy.model_validate(yaml.safe_load(text) or {})
