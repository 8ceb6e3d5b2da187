"""Complaints on Today: each for whom it needs, and why."""

import pytest

from services.desk.views.today import MOST_CASES, cases_for
from shared.contracts.complaints import Role
from shared.contracts.http.complaints import CaseLine, RungReached
from shared.contracts.subjects import NoticeKind
from tests.services.complaints.given import filed, step
from tests.services.desk.given_cases import line_of, moment


def case(owner: str | None, *, is_late: bool = False, told: NoticeKind | None = None) -> CaseLine:
    """One of somebody's; `told`: how high its ladder has told the general manager."""
    steps = [] if is_late else [step("contacted", "1h")]
    if owner is not None:
        steps.append(step("reassigned", "1h", to=owner))
    found = line_of(filed(), *steps, when="3h")
    assert (found.assigned_to, found.status == "escalated") == (owner, is_late)
    to: tuple[Role, ...] = ("general_manager",)
    rung = RungReached(clock="contact", name="a rung", kind=told or "step", to=to, at=moment("2h"))
    return found.model_copy(update={"rung": rung if told else None})


NOBODYS = "nobody is responsible"
MANAGER, HEAD = frozenset[Role]({"general_manager"}), frozenset[Role]({"department_head"})
NOBODY = frozenset[Role]()


@pytest.mark.parametrize(
    ("found", "told_as", "why"),
    [
        (case("s-7"), NOBODY, "yours"),
        (case("s-7", is_late=True, told="step"), MANAGER, "yours"),
        (case(None), NOBODY, NOBODYS),
        (case(None), MANAGER, NOBODYS),
        (case(None, is_late=True), NOBODY, NOBODYS),
        (case("s-1"), NOBODY, None),
        (case("s-1"), MANAGER, None),
        (case("s-1", is_late=True), NOBODY, None),
        (case("s-1", is_late=True), HEAD, "not done in time"),
        (case("s-1", told="warning"), MANAGER, "you have been warned"),
        (case("s-1", told="warning"), HEAD, None),
        (case("s-1", told="warning"), NOBODY, None),
        (case("s-1", is_late=True, told="step"), MANAGER, "passed on to you"),
        (case("s-1", is_late=True, told="step"), HEAD, "not done in time"),
    ],
)
def test_a_case_is_shown_to_whom_it_needs(
    found: CaseLine, told_as: frozenset[Role], why: str | None
) -> None:
    needed, many = cases_for([found], "s-7", told_as)
    assert [each.why for each in needed] == ([why] if why else [])
    assert many == len(needed)


def test_the_first_of_them_are_shown_and_all_are_counted() -> None:
    needed, many = cases_for([case(None), case("s-1")] * 7, "s-7", NOBODY)
    assert (len(needed), many) == (MOST_CASES, 7)
