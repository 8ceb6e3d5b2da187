"""What identity is configured by."""

from pathlib import Path

from pydantic import SecretStr

from services.identity.adapters.policies import common
from services.identity.domain.keyed import KeyedHash
from services.identity.domain.policy import IdentityPolicy
from services.identity.domain.rulebook import IdentityRulebook
from shared.policies.folder import RulesFolder
from shared.policies.yaml_changes import read_changes
from shared.settings import HttpSettings, RuledSettings, WrongSettings

SECRET_VARIABLE = "AFTERCARE_IDENTITY_SECRET"
LEAST_SECRET = 16
"""How many characters the secret has at least."""


class IdentitySettings(RuledSettings):
    """The settings of every service, the secret of the digests, and which rules to link by."""

    http: HttpSettings = HttpSettings(port=8105)
    identity_secret: SecretStr = SecretStr("")
    """What telephone numbers and names are hashed with, 16 characters or more, at random, for ever
    the same one. Without it identity does not start."""
    identity_policy_file: Path | None = None
    """A YAML file with what differs from the shipped rules (`AFTERCARE_IDENTITY_POLICY_FILE`), for
    all dealers that have no edition of their own."""

    def require_secret(self) -> None:
        """Raises `WrongSettings` where there is no secret, or too short a one."""
        if len(self.identity_secret.get_secret_value()) < LEAST_SECRET:
            raise WrongSettings(
                [
                    f"{SECRET_VARIABLE}: set it to {LEAST_SECRET} characters or more, "
                    "at random, and keep it: `openssl rand -hex 32` makes one"
                ]
            )

    def keyed(self) -> KeyedHash:
        """The digests."""
        return KeyedHash(self.identity_secret.get_secret_value())

    def policy(self) -> IdentityPolicy:
        """The rules of all dealers: as shipped, but for what the policy file says.

        Raises `WrongFile`.
        """
        if self.identity_policy_file is None:
            return IdentityPolicy()
        return read_changes(self.identity_policy_file, IdentityPolicy())

    def rulebook(self) -> IdentityRulebook:
        """And those of dealers with editions of their own. Raises `WrongFile`."""
        rules = common(self.policy())
        if self.rules_dir is None:
            return IdentityRulebook(shipped=rules.shipped)
        return RulesFolder(self.rules_dir, rules.reading()).rulebook()
