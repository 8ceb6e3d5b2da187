"""What a service says of its policy to whoever works with the folder of rules."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from shared.contracts.values import instant_text
from shared.dealers.dealer import Dealers
from shared.policies.differences import FieldChange
from shared.policies.drafts import Draft, Drafts
from shared.policies.edition import Edition
from shared.policies.folder import FolderReading
from shared.policies.paths import RulesPaths
from shared.policies.rulebook import Rulebook

E = TypeVar("E", bound=Edition)
B = TypeVar("B", bound="Rulebook[Any]")


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyKind(Generic[E, B]):
    """The policy of one service: how it is read, compared, and put into words."""

    reading: FolderReading[E, B]
    drafts: Callable[[RulesPaths, datetime], Drafts[E]]
    """Reads the drafts as of now. Raises WrongFile if there is no folder."""
    differences: Callable[[E, E], list[FieldChange]]
    """From what is in force to a draft."""
    title: Callable[[E], str]
    """What an edition is called."""
    words: Callable[[E], Iterator[str]]
    """What a dealer would be decided by, a line for each rule."""
    warnings: Callable[[B, Mapping[str, Draft[E]], Dealers, datetime], Iterator[str]]
    """A line for what is not wrong, but most likely not meant."""
    in_force: Callable[[E], str]
    """Since when an edition is in force, in words."""
    others: str
    """What dealers without an edition are decided by."""
    choice: str | None = None
    """The field of an edition that holds what was chosen when it was applied, if there is one."""
    is_followed: Callable[[E, str], bool] = lambda current, choice: True
    """Whether applying the same rules with this choice would change nothing."""

    @property
    def service(self) -> str:
        """Its name, which is that of its folder."""
        return self.reading.service


def editions_to_come(rulebook: Rulebook[E], now: datetime) -> Iterator[str]:
    """A line for each dealer whose last edition lies ahead."""
    for dealer_id in rulebook.editions:
        at = rulebook.current(dealer_id).applied_at
        if at is not None and at > now:
            yield f"{dealer_id}: an edition is applied only at {at}, to come"


def remarks(drafts: Iterable[Draft[E]]) -> Iterator[str]:
    """All that was remarked when drafts were read."""
    for draft in drafts:
        yield from draft.remarks


def forgets(name: str, old: timedelta, new: timedelta) -> Iterator[str]:
    """A line where a draft remembers less than what is in force (docs/decisions/0007)."""
    if new < old:
        yield (
            f"{name} is shorter than in force ({new.days} days, not {old.days}): what is no longer "
            "remembered is taken back"
        )


def unknown_dealer(dealer_id: str) -> str:
    return f"no such dealer in AFTERCARE_DEALERS_FILE: {dealer_id}"


def applied_at(last: Edition, now: datetime) -> datetime:
    """When an edition begins that is applied now: now, but after the last one."""
    if last.applied_at is None:
        return now
    return max(now, last.applied_at + timedelta(milliseconds=1))


def since(edition: Edition) -> str:
    """Since when it is in force, in words."""
    return (
        "as shipped" if edition.applied_at is None else f"since {instant_text(edition.applied_at)}"
    )
