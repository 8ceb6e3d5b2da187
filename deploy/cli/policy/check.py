"""The dealers' rules of a service as a whole: what is wrong with them, and what is most likely
not meant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from shared.dealers.dealer import Dealers
from shared.policies.collected import unless_wrong
from shared.policies.drafts import Draft
from shared.policies.edition import Edition
from shared.policies.folder import RulesFolder
from shared.policies.kind import PolicyKind
from shared.policies.paths import RulesPaths
from shared.policies.rulebook import Rulebook

E = TypeVar("E", bound=Edition)
B = TypeVar("B", bound="Rulebook[Any]")


@dataclass(frozen=True, slots=True)
class Checked(Generic[E, B]):
    """What the folder holds of one service."""

    kind: PolicyKind[E, B]
    drafts: Mapping[str, Draft[E]]
    """Those that can be used, by dealer."""
    rulebook: B
    """What the service follows; as if nothing was applied where that is wrong."""
    wrong: Sequence[str]
    warnings: Sequence[str]


def check(root: Path, kind: PolicyKind[E, B], dealers: Dealers, now: datetime) -> Checked[E, B]:
    """Read everything of a service in the folder. Raises WrongFile only if it is not there."""
    drafts = kind.drafts(RulesPaths(root, kind.service), now)
    wrong = list(drafts.wrong)
    found = unless_wrong(RulesFolder(root, kind.reading).rulebook, wrong)
    rulebook = kind.reading.rulebook({}, {}) if found is None else found
    warnings = list(kind.warnings(rulebook, drafts.by_dealer, dealers, now))
    return Checked(kind, drafts.by_dealer, rulebook, wrong, warnings)
