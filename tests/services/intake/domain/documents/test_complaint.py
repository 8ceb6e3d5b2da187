"""A complaint: what is recorded of it, and what stays in the register."""

from datetime import timedelta

from shared.contracts.intake import ComplaintFiled
from tests.services.intake.given import NOW, at, complaint, only_of, submitted


def test_complaints_keep_their_narrative_in_the_register() -> None:
    asked = submitted("complaint", complaint())
    assert asked.words == {"narrative": "my wife Han Meimei was frightened"}
    assert isinstance(asked.messages["customer"], ComplaintFiled)


def test_a_complaint_names_who_is_responsible() -> None:
    filed = only_of("complaint", complaint(owner=" zhang.min "))
    assert isinstance(filed, ComplaintFiled)
    assert filed.owner == "zhang.min"
    assert only_of("complaint", complaint()).model_dump()["owner"] is None


def test_the_limit_of_a_regulators_order_may_lie_ahead() -> None:
    filed = only_of("complaint", complaint(regulator_due_at=at(7200)))
    assert isinstance(filed, ComplaintFiled)
    assert filed.regulator_due_at == NOW + timedelta(minutes=7200)
