"""How facts are kept: by key, the newest version of each. The one rule behind every `join`."""

from collections.abc import Callable, Iterable, Mapping
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
    found: Iterable[tuple[str, F]],
    standing: Callable[[F], int] = _equal_standing,
) -> Mapping[str, F]:
    """`facts` with each that was `found` under its key, unless one at least as new is there.

    Of two facts of one version, that of the higher `standing` counts. Commutative, associative
    and idempotent: the same fact of each key wins, in whatever order and however often they
    arrive. Copies `facts` once at most, and returns the same object when nothing changes.
    """
    kept: dict[str, F] | None = None
    for key, fact in found:
        known = (facts if kept is None else kept).get(key)
        if known is not None and (known.version, standing(known)) >= (fact.version, standing(fact)):
            continue
        if kept is None:
            kept = dict(facts)
        kept[key] = fact
    return facts if kept is None else kept
