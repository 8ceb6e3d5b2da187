"""Editions of any policy: which is in force when, and what changes when one is added."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.decider.policy import Policy
from shared.policies.edition import PolicyEdition
from shared.policies.rulebook import Rulebook

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Points(Policy):
    """Rules of a toy."""

    each: int = 1


Edition = PolicyEdition[Points]
Book = Rulebook[PolicyEdition[Points]]
SHIPPED = Edition(policy=Points())


def applied(each: int, at: datetime) -> PolicyEdition[Points]:
    return Edition(applied_at=at, policy=Points(each=each))


BOOK = Book(shipped=SHIPPED, editions={"a/b": (applied(2, NOW), applied(3, NOW + HOUR))})


@pytest.mark.parametrize(
    ("dealer", "at", "each", "following"),
    [
        ("a/b", NOW - HOUR, 1, NOW),
        ("a/b", NOW, 2, NOW + HOUR),
        ("a/b", NOW + HOUR, 3, None),
        ("a/c", NOW, 1, None),
        ("", NOW, 1, None),
    ],
)
def test_the_newest_that_was_applied_is_in_force(
    dealer: str, at: datetime, each: int, following: datetime | None
) -> None:
    assert BOOK.in_force(dealer, at).policy.each == each
    assert BOOK.next_edition_at(dealer, at) == following


def test_a_new_edition_changes_the_version_of_its_dealer_alone() -> None:
    more = BOOK.with_edition("a/c", applied(2, NOW))
    assert more.version != BOOK.version
    assert more.version_for("a/c") != BOOK.version_for("a/c")
    assert more.version_for("a/b") == BOOK.version_for("a/b")
    assert more.version_for("a/d") == BOOK.version_for("a/d")
    assert BOOK.version_for("a/d") == BOOK.version_for("a/c")


def test_other_rules_for_all_change_every_version() -> None:
    other = Book(shipped=Edition(policy=Points(each=9)), editions=BOOK.editions)
    assert other.version != BOOK.version
    assert other.version_for("a/b") != BOOK.version_for("a/b")
    assert other.version_for("a/c") != BOOK.version_for("a/c")


def test_a_shadow_changes_the_version_of_its_dealer_alone_and_nothing_in_force() -> None:
    tried = BOOK.with_shadows({"a/b": Edition(policy=Points(each=9))})
    assert tried.shadow("a/b") == Edition(policy=Points(each=9))
    assert tried.shadow("a/c") is None
    assert tried.version != BOOK.version
    assert tried.version_for("a/b") != BOOK.version_for("a/b")
    assert tried.version_for("a/c") == BOOK.version_for("a/c")
    assert tried.in_force("a/b", NOW) == BOOK.in_force("a/b", NOW)
    assert tried.current("a/b") == BOOK.current("a/b")
    other = BOOK.with_shadows({"a/b": Edition(policy=Points(each=8))})
    assert other.version_for("a/b") != tried.version_for("a/b")
    assert tried.with_shadows({}).version_for("a/b") == BOOK.version_for("a/b")


@pytest.mark.parametrize(
    ("dealer", "each"), [("a/b", 3), ("a/c", 1)], ids=["its last edition", "what ships"]
)
def test_what_is_in_force_is_not_tried(dealer: str, each: int) -> None:
    tried = BOOK.with_shadows({dealer: Edition(policy=Points(each=each))})
    assert tried.shadow(dealer) is None
    assert tried.version_for(dealer) == BOOK.version_for(dealer)
    assert BOOK.with_shadows({"a/b": Edition(policy=Points(each=2))}).shadow("a/b") is not None


def test_a_shadow_goes_on_beside_another_edition_and_ends_with_its_own() -> None:
    tried = BOOK.with_shadows({"a/c": Edition(policy=Points(each=9))})
    assert tried.with_edition("a/c", applied(8, NOW)).shadow("a/c") is not None
    assert tried.with_edition("a/c", applied(9, NOW)).shadow("a/c") is None


def test_editions_are_in_the_order_of_their_application() -> None:
    for wrong in ((applied(2, NOW), applied(3, NOW - HOUR)), (SHIPPED,)):
        with pytest.raises(ValueError, match="not in the order of applied_at"):
            Book(shipped=SHIPPED, editions={"a/b": wrong})
    with pytest.raises(ValueError, match="not in the order"):
        BOOK.with_edition("a/b", applied(4, NOW))


def test_what_is_the_same_but_for_its_application_judges_alike() -> None:
    assert applied(2, NOW).judges_as(applied(2, NOW + HOUR))
    assert not applied(2, NOW).judges_as(applied(3, NOW))
    assert applied(2, NOW).version != applied(2, NOW + HOUR).version
