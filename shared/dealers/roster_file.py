"""Rosters as files: one per dealer, `dealer:`, `roles:`, `people:`, `fallback:`."""

from pathlib import Path

from shared.contracts.values import DealerId
from shared.dealers.roster import Roster
from shared.yaml_file import read_yaml


class RosterFile(Roster):
    """A roster, and whose it is."""

    dealer: DealerId

    @property
    def roster(self) -> Roster:
        return Roster(roles=self.roles, people=self.people, fallback=self.fallback)


def read_roster(path: Path) -> RosterFile:
    """Raises WrongFile."""
    return read_yaml(path, RosterFile)
