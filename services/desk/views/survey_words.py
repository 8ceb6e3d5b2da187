"""What the steps of surveys are called on the call card, in English."""

from collections.abc import Mapping

from shared.contracts.surveys import SurveyKind

TITLES: Mapping[SurveyKind, str] = {
    "ssi": "How the delivery went (SSI)",
    "csi": "How the service went (CSI)",
}
STEPS: Mapping[SurveyKind, Mapping[str, str]] = {
    "ssi": {
        "reception": "Attention in the showroom",
        "consultation": "Advice that fits",
        "test_drive": "Test drive",
        "price": "A fair price, plainly told",
        "handling": "Papers and dates as promised",
        "delivery": "Car handed over clean and complete",
        "explanation": "Functions explained",
        "follow_up_call": "A call afterwards",
    },
    "csi": {
        "appointment": "Easy appointment",
        "friendliness": "Pleasant and honest",
        "reception": "Attention, joint inspection, estimate",
        "on_time": "Done on time, told of changes",
        "fixed_first_time": "Fixed at the first visit",
        "explanation": "Bill and work explained",
        "follow_up_call": "A call afterwards",
        "answers": "Quick answers to questions",
    },
}
"""Survey -> step -> what the customer expects there; each step of `ITEMS` has one."""
