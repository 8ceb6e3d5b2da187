"""What complaints is configured by: the settings every service has, a port, and its rules."""

from services.complaints.adapters.policies import read_rulebook
from services.complaints.domain.rulebook import CaseRulebook
from shared.settings import HttpSettings, RuledSettings


class ComplaintSettings(RuledSettings):
    """Read from the environment (`AFTERCARE_…`), validated at start."""

    http: HttpSettings = HttpSettings(port=8104)

    def rulebook(self) -> CaseRulebook:
        """The rules of all dealers: without a folder the shipped 2123, and no roster.

        Raises `WrongFile`.
        """
        return read_rulebook(self.rules_dir) if self.rules_dir is not None else CaseRulebook()
