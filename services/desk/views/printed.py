"""The unified complaint form 统一投诉处理单 on paper: its parts, and who signs."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.desk.domain.case_steps import steps_of
from services.desk.views.speech import N_
from shared.contracts.feed_parts import StepName
from shared.contracts.http.complaints import CaseView
from shared.contracts.http.complaints_timeline import Step

SIGNED_BY: Sequence[str] = (
    N_("Responsible person"),
    N_("Department head"),
    N_("General manager"),
    N_("Customer"),
)
"""Messages: who signs, in their order."""
_TREATED: frozenset[StepName] = frozenset(
    {"contacted", "answered", "executive_answered", "promised", "resolved", "called_back"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperForm:
    """What of a case the form on paper has beside its clocks and timeline."""

    treated: tuple[Step, ...]
    """What was done with the customer, in its order: the steps that count."""
    satisfied: bool | None
    """What the last call-back found; None: there was none."""
    signed_by: tuple[str, ...]


def form_shown(case: CaseView) -> PaperForm:
    """The form of a case."""
    counted = [step for step in steps_of(case) if step.counting == "counts"]
    found = [step.satisfied for step in counted if step.step == "called_back"]
    return PaperForm(
        treated=tuple(step for step in counted if step.step in _TREATED),
        satisfied=found[-1] if found else None,
        signed_by=tuple(SIGNED_BY),
    )
