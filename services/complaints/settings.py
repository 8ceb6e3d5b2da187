"""What complaints is configured by: the settings every service has, a port, and its rules."""

from pathlib import Path

from services.complaints.domain.rulebook import Rulebook
from shared.policies.folder import read_rulebook
from shared.settings import HttpSettings, ServiceSettings


class ComplaintSettings(ServiceSettings):
    """Read from the environment (`AFTERCARE_…`), validated at start."""

    http: HttpSettings = HttpSettings(port=8104)
    complaints_rules_dir: Path | None = None
    """The folder of the dealers' rules (operations/policies.md). Without one all dealers have the
    shipped 2123, and none a roster."""

    def policy(self) -> Rulebook:
        """The rules of all dealers. Raises `WrongFile`."""
        folder = self.complaints_rules_dir
        return read_rulebook(folder) if folder is not None else Rulebook()
