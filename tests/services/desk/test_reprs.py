"""What is personal or secret is in no `repr`."""

from datetime import UTC, datetime
from uuid import UUID

from services.desk.api.visitor import Visitor
from services.desk.domain.case_forms import StepForm
from services.desk.domain.commands import Command
from services.desk.domain.find.asked import Meaning
from services.desk.domain.find.terms import Term
from services.desk.domain.sessions import Session
from services.desk.domain.users import User

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
LIN = User(username="lin", name="Lin Wei", staff_id="s1", grants=("agent@sunrise/*",))
SECRET = "s3cret"


def test_what_was_typed_is_in_no_repr() -> None:
    form = StepForm(step="promised", command=UUID(int=7), case_id="C", fields={"reason": SECRET})
    command = Command(
        id=UUID(int=7), type="t", dealer_id="d", data={"note": SECRET}, numbered_by="n"
    )
    assert SECRET not in repr(form) + repr(command)


def test_what_was_looked_for_is_in_no_repr() -> None:
    assert SECRET not in repr(Meaning(Term("email", SECRET)))


def test_what_shows_that_a_form_is_theirs_is_in_no_repr() -> None:
    session = Session(digest="d", user=LIN, began_at=NOW, used_at=NOW)
    assert SECRET not in repr(Visitor(session=session, csrf=SECRET))
