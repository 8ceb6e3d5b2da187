"""What the names of tasks' parts are called, in English; the catalogues have the rest."""

from collections.abc import Mapping

from shared.contracts.feed_parts import TaskResult

RESULTS: Mapping[TaskResult, str] = {
    "done": "Done",
    "not_reached": "Not reached",
    "postponed": "Wants it later",
    "declined": "Does not want it",
    "wrong_number": "Wrong number",
    "renewed_elsewhere": "Renewed elsewhere",
    "approved_lost": "Lost: approved",
    "not_lost": "Not lost: call again",
}
CHANNELS: Mapping[str, str] = {
    "phone": "by telephone",
    "sms": "by text message",
    "email": "by e-mail",
    "post": "by letter",
    "app": "in the app",
}
OWNERS: Mapping[str, str] = {
    "customer_relations": "Customer relations",
    "customer_relations_manager": "Head of customer relations",
    "insurance_consultant": "Insurance",
    "sales_consultant": "Sales",
    "sales_manager": "Head of sales",
    "service_advisor": "Service",
    "service_manager": "Head of service",
}
GRADES: Mapping[str, str] = {
    "quality": "Quality",
    "potential": "Potential",
    "general": "General",
}
DEPTHS: Mapping[str, str] = {
    "brief": "a brief call",
    "usual": "a usual call",
    "thorough": "take your time",
}
ENDINGS: Mapping[str, str] = {
    "done": "done",
    "declined": "the customer does not want it",
    "renewed elsewhere": "renewed elsewhere",
    "approved as lost": "approved as lost",
    "not lost": "not lost",
    "not reached": "given up: not reached",
    "window passed": "its time has passed",
    "visit": "the customer came in",
    "survey answered": "the survey was answered",
    "car traded in": "the car was traded in",
    "car sold on": "the car was sold on",
    "contacted": "contacted meanwhile",
    "lead bought": "the lead bought",
    "reported lost": "reported lost",
    "lead taken up again": "the lead was taken up again",
    "declined again": "declined again",
    "performed": "the work was done",
    "called back": "called back",
    "case closed": "the case was closed",
    "reached": "reached by that number",
    "purchase": "the customer bought",
    "contact": "contacted meanwhile",
    "renewal": "renewed",
    "opted_out": "they refuse every way of contact",
    "do_not_contact": "they want no contact",
    "complaint_open": "a complaint is open",
}
"""Why a task was closed, as followup says it -> as staff read it."""


def owner_word(owner: str) -> str:
    """A role of the rules; one of a dealer's own as it is."""
    return OWNERS.get(owner, owner.replace("_", " "))


def ending_word(because: str | None) -> str:
    """Why a task was closed; what is new as it is."""
    return ENDINGS.get(because, because.replace("_", " ")) if because else ""
