"""The dealers' rules of a service as a whole: what is wrong with them, and what is most likely
not meant."""

from collections.abc import Iterator, Mapping, Sequence
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
    shadows: Mapping[str, Draft[E]]
    """What is tried beside the rules, by dealer."""


def check(root: Path, kind: PolicyKind[E, B], dealers: Dealers, now: datetime) -> Checked[E, B]:
    """Read everything of a service in the folder. Raises WrongFile only if it is not there."""
    drafts = kind.drafts(RulesPaths(root, kind.service), now)
    wrong = list(drafts.wrong)
    folder = RulesFolder(root, kind.reading)
    found = unless_wrong(folder.rulebook, wrong)
    wrong.extend(folder.wrong_shadows)
    rulebook = kind.reading.rulebook({}, {}) if found is None else found
    warnings = [
        *kind.warnings(rulebook, drafts.by_dealer, dealers, now),
        *kind.warnings(rulebook, folder.shadows, dealers, now),
        *_unread(RulesPaths(root, kind.service), kind),
    ]
    warnings = list(dict.fromkeys(warnings))
    return Checked(kind, drafts.by_dealer, rulebook, wrong, warnings, folder.shadows)


def _unread(paths: RulesPaths, kind: PolicyKind[E, B]) -> Iterator[str]:
    if kind.reading.shadow is None and paths.shadows.exists():
        yield f"{paths.shadows}: nothing reads it; {kind.service} tries no rules beside its own"
