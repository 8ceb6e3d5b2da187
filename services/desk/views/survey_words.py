"""What surveys and the steps that they ask for are called."""

from collections.abc import Mapping

from services.desk.views.speech import N_
from shared.contracts.surveys import SurveyKind

TITLES: Mapping[SurveyKind, str] = {
    "ssi": N_("How the delivery went (SSI)"),
    "csi": N_("How the service went (CSI)"),
}
STEPS: Mapping[SurveyKind, Mapping[str, str]] = {
    "ssi": {
        "reception": N_("Attention in the showroom"),
        "consultation": N_("Advice that fits"),
        "test_drive": N_("Test drive"),
        "price": N_("A fair price, plainly told"),
        "handling": N_("Papers and dates as promised"),
        "delivery": N_("Car handed over clean and complete"),
        "explanation": N_("Functions explained"),
        "follow_up_call": N_("A call afterwards"),
    },
    "csi": {
        "appointment": N_("Easy appointment"),
        "friendliness": N_("Pleasant and honest"),
        "reception": N_("Attention, joint inspection, estimate"),
        "on_time": N_("Done on time, told of changes"),
        "fixed_first_time": N_("Fixed at the first visit"),
        "explanation": N_("Bill and work explained"),
        "follow_up_call": N_("A call afterwards"),
        "answers": N_("Quick answers to questions"),
    },
}
"""Survey -> step -> what the customer expects there; each step of `ITEMS` has one."""
