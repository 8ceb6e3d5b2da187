"""The folder of rules as one service has it, and what is done to it: drafts read, editions
written."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import typer

from deploy.cli.failures import CannotRun, WrongConfiguration
from deploy.cli.policy.kinds import AnyKind, policy_kind
from shared.policies.applied import write_edition
from shared.policies.differences import FieldChange
from shared.policies.drafts import Draft
from shared.policies.folder import RulesFolder
from shared.policies.kind import applied_at
from shared.policies.paths import SERVICES, VARIABLE, YAML, RulesPaths, files
from shared.policies.rulebook import Rulebook
from shared.settings import RuledSettings
from shared.yaml_file import WrongFile


@dataclass(frozen=True, slots=True)
class RulesWork:
    """One service's rules at an operator's hands. All of it raises `WrongConfiguration` for files
    that are wrong."""

    kind: AnyKind
    settings: RuledSettings
    folder: Path
    reader: RulesFolder[Any, Any]
    """Reads again only what has changed."""

    @classmethod
    def of(cls, service: str, rules: Path | None) -> Self:
        """Of the folder that is named, or that the environment names."""
        kind, settings = policy_kind(service)
        folder = rules or settings.rules_dir
        if folder is None:
            raise typer.BadParameter(f"say which folder: --rules DIR, or {VARIABLE}")
        return cls(kind, settings, folder, RulesFolder(folder, kind.reading))

    @property
    def now(self) -> datetime:
        return self.settings.clock.clock().now()

    @property
    def most(self) -> str | None:
        """The choice that changes most, which a dry run tries."""
        return None if self.kind.choice is None else "rebase"

    def current(self, dealer_id: str) -> Any:
        """The last edition of a dealer."""
        return self._rulebook().current(dealer_id)

    def drafts(self, dealer_id: str) -> list[Draft[Any]]:
        """The draft of a dealer, or all of them; those must be right, and the editions."""
        self._rulebook()
        try:
            found = self.kind.drafts(self._paths, self.now)
        except WrongFile as wrong:
            raise WrongConfiguration(wrong.lines) from None
        if not dealer_id:
            if found.wrong:
                raise WrongConfiguration(list(found.wrong))
            return list(found.by_dealer.values())
        if dealer_id not in found.by_dealer:
            none = f"{self._paths.policies}: no draft of {dealer_id} that can be used"
            raise WrongConfiguration([*found.wrong, none + self._elsewhere()])
        return [found.by_dealer[dealer_id]]

    def differences(self, draft: Draft[Any]) -> Sequence[FieldChange]:
        """From what is in force to the draft."""
        return self.kind.differences(self.current(draft.dealer_id), draft.edition)

    def is_applied(self, draft: Draft[Any], choice: str | None) -> bool:
        """Whether there is nothing to apply."""
        current = self.current(draft.dealer_id)
        if not draft.edition.judges_as(current):
            return False
        return choice is None or self.kind.is_followed(current, choice)

    def edition(self, draft: Draft[Any], choice: str | None) -> Any:
        """What the draft would be, applied now."""
        at = applied_at(self.current(draft.dealer_id), self.now)
        choices = {self.kind.choice: choice} if self.kind.choice and choice else {}
        return draft.edition.as_applied(at, **choices)

    def apply(self, draft: Draft[Any], choice: str | None, *, note: str) -> tuple[Path, Any]:
        """Write the edition, after whatever was applied meanwhile. Raises `CannotRun`."""
        edition = self.edition(draft, choice)
        try:
            return write_edition(self._paths, draft.dealer_id, edition, note=note), edition
        except OSError as error:
            raise CannotRun(f"the edition cannot be written: {error}") from None

    @property
    def _paths(self) -> RulesPaths:
        return RulesPaths(self.folder, self.kind.service)

    def shadow(self, dealer_id: str) -> Draft[Any]:
        """What is tried beside a dealer's rules; it must be right, and the editions."""
        self._rulebook()
        if dealer_id not in self.reader.shadows:
            none = f"{self._paths.shadows}: nothing is tried beside the rules of {dealer_id}"
            raise WrongConfiguration([*self.reader.wrong_shadows, none])
        return self.reader.shadows[dealer_id]

    def write_shadow(self, dealer_id: str, content: bytes) -> Path:
        """A file that is there as a whole or not at all, instead of what is tried at present.
        Raises `CannotRun`."""
        path = self._paths.shadow_of(dealer_id)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(content)
            draft.rename(path)
            for other in self._files_of_shadow(dealer_id):
                if other != path:
                    other.unlink()
        except OSError as error:
            raise CannotRun(f"what is to be tried cannot be written: {error}") from None
        finally:
            draft.unlink(missing_ok=True)
        return path

    def remove_shadow(self, dealer_id: str) -> list[Path]:
        """Try nothing beside a dealer's rules any more; which files that were. Raises
        `CannotRun`."""
        found = self._files_of_shadow(dealer_id)
        try:
            for path in found:
                path.unlink()
        except OSError as error:
            raise CannotRun(f"what is tried cannot be removed: {error}") from None
        return found

    def _files_of_shadow(self, dealer_id: str) -> list[Path]:
        """Whatever they are called, and one of its name that is nobody's, as it is wrong."""
        self._rulebook()
        named = self._paths.shadow_of(dealer_id)
        dealers = {draft.path: draft.dealer_id for draft in self.reader.all_shadows}
        if named.exists():
            dealers.setdefault(named, dealer_id)
        return sorted(path for path, whose in dealers.items() if whose == dealer_id)

    def end_shadow(self, dealer_id: str) -> list[str]:
        """Remove what is tried where it is in force now; a line that says so."""
        self._rulebook()
        draft = self.reader.shadows.get(dealer_id)
        if draft is None or not draft.edition.judges_as(self.current(dealer_id)):
            return []
        try:
            removed = self.remove_shadow(dealer_id)
        except CannotRun as failure:
            return [f"it is in force, and not tried any more; {failure}"]
        return [f"in force, and so not tried any more: {path}" for path in removed]

    def _rulebook(self) -> Rulebook[Any]:
        try:
            rulebook: Rulebook[Any] = self.reader.rulebook()
        except WrongFile as wrong:
            raise WrongConfiguration(wrong.lines) from None
        return rulebook

    def _elsewhere(self) -> str:
        """Which other services have drafts, where this one has none."""
        if files(self._paths.policies, YAML):
            return ""
        others = [name for name in SERVICES if files(RulesPaths(self.folder, name).policies, YAML)]
        return "".join(f"; --service {name} has drafts" for name in others)
