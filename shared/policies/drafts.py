"""What operators write: drafts of editions, one file a dealer. Services never read them."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar

from shared.policies.collected import repeated, unless_wrong
from shared.policies.edition import Edition
from shared.policies.paths import YAML, RulesPaths, files

E = TypeVar("E", bound=Edition)


@dataclass(frozen=True, slots=True)
class Draft(Generic[E]):
    """What a dealer would be decided by, were it applied."""

    path: Path
    dealer_id: str
    edition: E
    """Not applied yet."""
    remarks: tuple[str, ...] = ()
    """What is not wrong, but most likely not meant."""


@dataclass(frozen=True, slots=True)
class Drafts(Generic[E]):
    """All drafts of a service that can be used, and what is wrong with the rest."""

    by_dealer: Mapping[str, Draft[E]]
    wrong: Sequence[str]


def read_drafts(
    paths: RulesPaths, read: Callable[[Path], Draft[E]], *, wrong: Sequence[str] = ()
) -> Drafts[E]:
    """Each file by `read`, which raises WrongFile. `wrong`: what is known to be wrong already.

    Where two files are of one dealer, neither can be used. Raises WrongFile without a folder.
    """
    paths.require()
    lines = list(wrong)
    drafts: list[Draft[E]] = []
    for path in files(paths.policies, YAML):
        draft = unless_wrong(partial(read, path), lines)
        drafts.extend([draft] if draft is not None else [])
    lines.extend(repeated((draft.dealer_id, draft.path) for draft in drafts))
    of_dealer = Counter(draft.dealer_id for draft in drafts)
    alone = {draft.dealer_id: draft for draft in drafts if of_dealer[draft.dealer_id] == 1}
    return Drafts(alone, lines)
