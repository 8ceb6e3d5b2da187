"""How other rules can be tried on what a service has stored. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from pydantic import JsonValue

from shared.contracts.http.policies import Compared
from shared.decider.decider import Facts
from shared.decider.policy import Policy
from shared.policies.edition import Edition
from shared.policies.rulebook import Rulebook

E = TypeVar("E", bound=Edition)
F = TypeVar("F", bound=Facts)
P = TypeVar("P", bound=Policy)
B = TypeVar("B", bound="Rulebook[Any]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial(Generic[F, P]):
    """What a service knows of trying rules, for the runtime to page through what is stored."""

    propose: Callable[[P, str, Mapping[str, JsonValue]], tuple[P, datetime]]
    """The policy with one more edition of a dealer, and when that begins. Raises ValueError."""
    compare: Callable[[F, P, P, datetime], Compared | None]
    """What is decided by one policy and would be by another; None: it is not to be judged."""
    applied_at: Callable[[P, str], datetime | None]
    """When the last edition of a dealer was applied; None: none was."""
    open_only: bool = False
    """Whether only open aggregates follow other rules."""


def last_applied_at(rulebook: Rulebook[E], dealer_id: str) -> datetime | None:
    """When the last edition of a dealer was applied, be it to come; None: none was."""
    return rulebook.current(dealer_id).applied_at


def proposed(
    kind: type[E], rulebook: B, dealer_id: str, content: Mapping[str, JsonValue]
) -> tuple[B, datetime]:
    """The rulebook with an edition of this kind, and when it begins. Raises ValueError."""
    edition = kind.model_validate(content)
    if edition.applied_at is None:
        raise ValueError("an edition says when it would be applied")
    return rulebook.with_edition(dealer_id, edition), edition.applied_at
