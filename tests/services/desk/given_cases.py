"""Cases as complaints shows them, told as its own tests tell them."""

from datetime import datetime

from services.complaints.domain.facts import CaseEvent
from services.complaints.views.case import line, show
from shared.contracts.http.complaints import CaseLine, CaseView
from tests.services.complaints.given import Case, at, given
from tests.services.complaints.reading import ID, snapshot_of


def case_of(*events: CaseEvent, when: str, noticed: tuple[str, ...] = ()) -> CaseView:
    """What is shown so long after the receipt; `noticed`: when it was looked at before."""
    case = _lived(*events, when=when, noticed=noticed)
    return show(snapshot_of(ID, case), case.policy, case.now)


def line_of(*events: CaseEvent, when: str, noticed: tuple[str, ...] = ()) -> CaseLine:
    """The same in a list."""
    case = _lived(*events, when=when, noticed=noticed)
    return line(snapshot_of(ID, case), case.policy, case.now)


def moment(when: str) -> datetime:
    """So long after the receipt."""
    return at(when)


def _lived(*events: CaseEvent, when: str, noticed: tuple[str, ...]) -> Case:
    case = given(*events)
    for each in (*noticed, when):
        case = case.when(each)
    return case
