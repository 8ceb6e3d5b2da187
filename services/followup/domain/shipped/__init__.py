"""The rules that ship: what a dealer follows up who has no rules of its own, in this order."""

from services.followup.domain.shipped.corrections import DATA_CORRECTION
from services.followup.domain.shipped.dates import INSPECTION, INSURANCE_RENEWAL, WARRANTY_ENDING
from services.followup.domain.shipped.deliveries import (
    DELIVERY_SATISFACTION,
    DELIVERY_THANKS,
    REFERRAL_THANKS,
    REPLACEMENT,
)
from services.followup.domain.shipped.leads import LEADS
from services.followup.domain.shipped.loyalty import SILENCE, WIN_BACK
from services.followup.domain.shipped.services import (
    DECLINED_WORK,
    FIRST_SERVICE,
    NEXT_SERVICE,
    RETURN_RIGHT,
    SERVICE_SATISFACTION,
)
from services.followup.domain.shipped.voices import COMPLAINT_CALL_BACK, LOW_ANSWER
from services.followup.domain.task_rule import TaskRule

SHIPPED: tuple[TaskRule, ...] = (
    DELIVERY_THANKS,
    DELIVERY_SATISFACTION,
    FIRST_SERVICE,
    SERVICE_SATISFACTION,
    NEXT_SERVICE,
    DECLINED_WORK,
    INSURANCE_RENEWAL,
    INSPECTION,
    WARRANTY_ENDING,
    COMPLAINT_CALL_BACK,
    LOW_ANSWER,
    SILENCE,
    WIN_BACK,
    REPLACEMENT,
    REFERRAL_THANKS,
    RETURN_RIGHT,
    *LEADS,
    DATA_CORRECTION,
)
