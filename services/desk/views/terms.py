"""What the codes of the services are called at the desk: one word for one thing, on every screen.

What is said of complaints alone is in `case_words`, of surveys in `survey_words`, of leads in
`lead_words`.
"""

from collections.abc import Mapping
from typing import Any, get_args

from services.desk.views.speech import N_
from shared.contracts.corrections import Particular
from shared.contracts.feed_parts import Channel, TaskResult
from shared.contracts.followup import TaskStatus
from shared.contracts.scoring import Form, Grade, Risk

GRADES: Mapping[str, str] = {
    "quality": N_("Quality"),
    "potential": N_("Potential"),
    "general": N_("General"),
}
RISKS: Mapping[str, str] = {
    "active": N_("Active"),
    "due": N_("Due for a visit"),
    "at_risk": N_("At risk"),
    "lost": N_("Lost"),
}
CHANNELS: Mapping[str, str] = {
    "phone": N_("Telephone"),
    "sms": N_("Text message"),
    "email": N_("E-mail"),
    "post": N_("Letter"),
    "app": N_("App"),
}
"""The ways to reach a customer."""
OWNERS: Mapping[str, str] = {
    "customer_relations": N_("Customer relations"),
    "customer_relations_manager": N_("Head of customer relations"),
    "insurance_consultant": N_("Insurance consultant"),
    "sales_consultant": N_("Sales consultant"),
    "sales_manager": N_("Head of sales"),
    "service_advisor": N_("Service advisor"),
    "service_manager": N_("Head of service"),
}
"""Whose a task is by their job."""
TASK_STATUSES: Mapping[str, str] = {
    "open": N_("To do"),
    "overdue": N_("Overdue"),
    "done": N_("Done"),
    "cancelled": N_("Cancelled"),
    "expired": N_("Expired"),
}
DEPTHS: Mapping[str, str] = {
    "brief": N_("a brief call"),
    "usual": N_("a usual call"),
    "thorough": N_("take your time"),
}
RESULTS: Mapping[str, str] = {
    "done": N_("Done"),
    "not_reached": N_("Not reached"),
    "postponed": N_("Wants it later"),
    "declined": N_("Does not want it"),
    "wrong_number": N_("Wrong number"),
    "renewed_elsewhere": N_("Renewed elsewhere"),
    "approved_lost": N_("Lost: approved"),
    "not_lost": N_("Not lost: call again"),
}
ENDINGS: Mapping[str, str] = {
    "done": N_("done"),
    "declined": N_("the customer does not want it"),
    "renewed elsewhere": N_("renewed elsewhere"),
    "approved as lost": N_("approved as lost"),
    "not lost": N_("not lost"),
    "not reached": N_("given up: not reached"),
    "window passed": N_("its time has passed"),
    "visit": N_("the customer came in"),
    "survey answered": N_("the survey was answered"),
    "car traded in": N_("the car was traded in"),
    "car sold on": N_("the car was sold on"),
    "contacted": N_("contacted meanwhile"),
    "lead bought": N_("the lead bought"),
    "reported lost": N_("reported lost"),
    "lead taken up again": N_("the lead was taken up again"),
    "declined again": N_("declined again"),
    "performed": N_("the work was done"),
    "called back": N_("called back"),
    "case closed": N_("the case was closed"),
    "reached": N_("reached by that number"),
    "purchase": N_("the customer bought"),
    "contact": N_("contacted meanwhile"),
    "renewal": N_("renewed"),
    "opted_out": N_("they refuse every way of contact"),
    "do_not_contact": N_("they want no contact"),
    "complaint_open": N_("a complaint is open"),
}
"""Why a task was closed, as followup says it."""
DOCUMENTS: Mapping[str, str] = {
    "sale": N_("Sale"),
    "visit": N_("Repair order"),
    "complaint": N_("Complaint"),
    "survey": N_("Survey"),
    "consent": N_("Consent"),
    "lead": N_("Lead"),
    "referral": N_("Referral"),
    "customer": N_("Correction"),
    "customer-link": N_("Link of customers"),
    "complaint-step": N_("Complaint step"),
    "task-outcome": N_("Outcome of a call"),
    "task-assignment": N_("Assignment"),
}
"""The kinds of them."""
DOCUMENT_STATUSES: Mapping[str, str] = {
    "open": N_("In hand"),
    "in_progress": N_("Being worked on"),
    "on_hold": N_("On hold"),
    "ready": N_("Ready"),
    "delivered": N_("Delivered"),
    "closed": N_("Finished"),
    "cancelled": N_("Cancelled"),
    "voided": N_("Voided"),
    "unwound": N_("Car taken back"),
    "contacted": N_("Spoken to"),
    "quasi_lost": N_("Nearly given up"),
    "lost": N_("Given up"),
    "bought": N_("Bought"),
}
"""Of sales, orders, complaints and leads, as their source has them."""
PARTS_OF_SALE: Mapping[str, str] = {
    "buyer": N_("Buyer"),
    "co_buyer": N_("Buys with somebody"),
    "registrant": N_("Keeper"),
    "driver": N_("Driver"),
}
"""What a customer has to do with a sale."""
PHONES: Mapping[str, str] = {
    "mobile": N_("Mobile"),
    "home": N_("Home"),
    "work": N_("Work"),
    "other": N_("Telephone"),
}
PARTICULARS: Mapping[str, str] = {
    "name": N_("Name"),
    "phones": N_("Telephones"),
    "email": N_("E-mail address"),
    "language": N_("Language"),
    "birth_year": N_("Born"),
    "occupation": N_("Occupation"),
    "area": N_("Area"),
}
"""What is known of a person, as reports of corrections call it."""
VALUE_FORMS: Mapping[str, str] = {
    "after_warranty": N_("visits after the warranty"),
    "accessories_insurance": N_("accessories and insurance"),
    "replacement": N_("replaced or added a car"),
    "referral": N_("referrals"),
}
"""What customers are worth, by its forms."""

assert GRADES.keys() == set(get_args(Grade))
assert RISKS.keys() == set(get_args(Risk))
assert CHANNELS.keys() == set(get_args(Channel))
assert TASK_STATUSES.keys() == set(get_args(TaskStatus))
assert PARTICULARS.keys() == set(get_args(Particular))
assert RESULTS.keys() == set(get_args(TaskResult))
assert VALUE_FORMS.keys() == set(get_args(Form))


def term(code: str | None, terms: Mapping[Any, str]) -> str:
    """The message for a code; a word of a dealer's own, which is none of these, as it is."""
    return "" if code is None else terms.get(code, code)


def owner_word(owner: str) -> str:
    """A role of the rules; one of a dealer's own as it is."""
    return OWNERS.get(owner, owner.replace("_", " "))


def ending_word(because: str | None) -> str:
    """Why a task was closed; what is new as it is."""
    return ENDINGS.get(because, because.replace("_", " ")) if because else ""
