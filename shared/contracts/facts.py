"""How facts are kept: by key, the newest version of each. The one rule behind every `join`."""

from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar


class Versioned(Protocol):
    """A fact that knows its version; versions are compared as text."""

    @property
    def version(self) -> str: ...


F = TypeVar("F", bound=Versioned)


def _equal_standing(fact: Versioned) -> int:
    return 0


def keep_newest(
    facts: Mapping[str, F],
    key: str,
    fact: F,
    standing: Callable[[F], int] = _equal_standing,
) -> Mapping[str, F]:
    """`facts` with `fact` under `key`, unless a version at least as new is there already.

    Of two facts of one version, that of the higher `standing` counts. Commutative, associative
    and idempotent: the same fact of each key wins, in whatever order and however often they
    arrive. Returns the same object when nothing changes.
    """
    known = facts.get(key)
    if known is not None and (known.version, standing(known)) >= (fact.version, standing(fact)):
        return facts
    return {**facts, key: fact}
