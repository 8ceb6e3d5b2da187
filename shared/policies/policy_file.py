"""Drafts of policies that name what differs from the rules of all other dealers."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from shared.contracts.values import DealerId
from shared.dealers.dealer import Dealers
from shared.dealers.roster import Roster
from shared.decider.policy import Policy
from shared.policies import kind
from shared.policies.differences import FieldChange, model_changes
from shared.policies.drafts import Draft, Drafts, read_drafts
from shared.policies.edition import PolicyEdition
from shared.policies.folder import FolderReading
from shared.policies.paths import RulesPaths
from shared.policies.rulebook import Rulebook
from shared.policies.yaml_changes import changed
from shared.yaml_file import parse_yaml

P = TypeVar("P", bound=Policy)


class _Whose(BaseModel):
    model_config = ConfigDict(extra="ignore")

    dealer: DealerId


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonRules(Generic[P]):
    """The policy of a service for all dealers that have no edition of their own."""

    service: str
    edition: type[PolicyEdition[P]]
    rulebook: type[Rulebook[PolicyEdition[P]]]
    policy: P
    memory_days: str | None
    """The field of the policy that says how long what was said is remembered; None: none does."""
    shadowed: bool = False
    """Whether a dealer's other rules can be tried beside those in force, as events come."""

    @property
    def shipped(self) -> PolicyEdition[P]:
        return self.edition(policy=self.policy)

    def reading(self) -> FolderReading[PolicyEdition[P], Rulebook[PolicyEdition[P]]]:
        """What the service reads of the folder."""
        return FolderReading(
            service=self.service,
            edition=self.edition,
            rulebook=self._rulebook,
            shadow=self.read_draft if self.shadowed else None,
        )

    def kind(
        self,
        warnings: Callable[[str, PolicyEdition[P], Dealers], Iterable[str]] = lambda *_: (),
    ) -> kind.PolicyKind[PolicyEdition[P], Rulebook[PolicyEdition[P]]]:
        """What the service says of its policy. `warnings`: given a dealer, its edition or draft,
        and all dealers, what is most likely not meant."""
        return kind.PolicyKind(
            reading=self.reading(),
            drafts=self._drafts,
            differences=_differences,
            title=lambda edition: f"rules {edition.policy.version}",
            words=self._words,
            warnings=partial(_warnings, of_edition=warnings, memory_days=self.memory_days),
            in_force=kind.since,
            others=f"the rules of all, {self.policy.version}",
        )

    def read_draft(self, path: Path) -> Draft[PolicyEdition[P]]:
        """Raises WrongFile with a line for everything that is wrong."""
        file = parse_yaml(path)
        whose = file.as_model(_Whose)
        assert isinstance(file.content, Mapping)
        given = {name: value for name, value in file.content.items() if name != "dealer"}
        policy = changed(self.policy, file, given)
        return Draft(path, whose.dealer, self.edition(policy=policy))

    def _rulebook(
        self,
        editions: Mapping[str, tuple[PolicyEdition[P], ...]],
        rosters: Mapping[str, Roster],
    ) -> Rulebook[PolicyEdition[P]]:
        return self.rulebook(shipped=self.shipped, editions=editions)

    def _drafts(self, paths: RulesPaths, now: datetime) -> Drafts[PolicyEdition[P]]:
        return read_drafts(paths, self.read_draft)

    def _words(self, edition: PolicyEdition[P]) -> Iterator[str]:
        """What differs from the rules of the others."""
        for change in model_changes(self.policy, edition.policy):
            not_old = f", not {change.old}" if change.old is not None else ""
            yield f"{change.field}: {change.new or 'taken away'}{not_old}"


def _differences(old: PolicyEdition[P], new: PolicyEdition[P]) -> list[FieldChange]:
    return model_changes(old.policy, new.policy)


def _warnings(
    rulebook: Rulebook[PolicyEdition[P]],
    drafts: Mapping[str, Draft[PolicyEdition[P]]],
    dealers: Dealers,
    now: datetime,
    *,
    of_edition: Callable[[str, PolicyEdition[P], Dealers], Iterable[str]],
    memory_days: str | None,
) -> Iterator[str]:
    yield from kind.editions_to_come(rulebook, now)
    yield from kind.remarks(drafts.values())
    for dealer_id, draft in drafts.items():
        if dealers.find(dealer_id) is None:
            yield f"{draft.path}: {kind.unknown_dealer(dealer_id)}"
        lines = list(of_edition(dealer_id, draft.edition, dealers))
        if memory_days is not None:
            old, new = (
                timedelta(days=getattr(edition.policy, memory_days))
                for edition in (rulebook.current(dealer_id), draft.edition)
            )
            lines += kind.forgets(memory_days, old, new)
        yield from (f"{draft.path}: {line}" for line in lines)
    for dealer_id in rulebook.editions:
        of_current = of_edition(dealer_id, rulebook.current(dealer_id), dealers)
        yield from (f"{dealer_id}, in force: {line}" for line in of_current)
