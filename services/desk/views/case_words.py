"""The words for what complaints are made of: steps, stages, channels, roles."""

from collections.abc import Mapping
from typing import get_args

from services.desk.views.speech import N_
from shared.contracts.complaints import Because, Outcome, Role
from shared.contracts.feed_parts import ComplaintChannel, Severity, StepName
from shared.contracts.http.complaints import CaseStatus, ClockViewState
from shared.contracts.http.complaints_timeline import Counting

ACTS: Mapping[StepName, str] = {
    "acknowledged": N_("Acknowledge the notice"),
    "reassigned": N_("Make somebody responsible"),
    "contacted": N_("Customer contacted"),
    "answered": N_("Customer answered"),
    "executive_answered": N_("Senior management answered"),
    "resolved": N_("Resolved"),
    "called_back": N_("Called back"),
    "demanded": N_("Exchange or return demanded"),
    "promised": N_("Promise made"),
    "repair_started": N_("Repair started"),
    "loaner_given": N_("Loaner car or travel money given"),
    "repair_ended": N_("Repair finished"),
    "held": N_("Put on hold"),
    "resumed": N_("Go on: end the hold"),
    "regraded": N_("Change the severity"),
    "merged": N_("Merge into another case"),
    "unmerged": N_("Take the merge back"),
    "withdrawn": N_("Customer withdraws it"),
    "reopened": N_("Reopen"),
}
"""What a form of a step is called."""

MEANINGS: Mapping[StepName, str] = {
    "acknowledged": N_("You have seen the warning and are at it: no repeats until the next rung."),
    "reassigned": N_("Who is notified of its deadlines from now on. No deadline changes."),
    "contacted": N_("Somebody spoke with the customer about this complaint."),
    "answered": N_("The customer has been told what is done about it."),
    "executive_answered": N_("Senior management itself has answered; the resolution is no answer."),
    "resolved": N_("What was to be done is done. The call-back is due from now on."),
    "called_back": N_("Satisfied: the case closes. Not satisfied: it is reopened."),
    "demanded": N_("The customer wants another car or the money back."),
    "promised": N_("The dealer has promised what is to be done."),
    "repair_started": N_("The car is in the workshop because of this complaint."),
    "loaner_given": N_("The customer is mobile meanwhile."),
    "repair_ended": N_("The car is ready."),
    "held": N_("Waits for the customer or for parts: what can be paused stands still."),
    "resumed": N_("The clocks run on from the moment that you say."),
    "regraded": N_("A major complaint has to be answered by senior management, too."),
    "merged": N_("The same complaint came in twice. What runs here goes on there."),
    "unmerged": N_("This case goes on where its clocks stood."),
    "withdrawn": N_("Nothing more is owed. What was broken before stays broken."),
    "reopened": N_("Its deadlines begin anew, from the moment that you say."),
}
"""What it does to the case."""

DONE: Mapping[StepName, str] = {
    "acknowledged": N_("%(by)s acknowledged the notice"),
    "reassigned": N_("%(by)s made %(to)s responsible"),
    "contacted": N_("%(by)s contacted the customer"),
    "answered": N_("%(by)s answered the customer"),
    "executive_answered": N_("%(by)s reported the answer of senior management"),
    "resolved": N_("%(by)s resolved it"),
    "called_back": N_("%(by)s called the customer back"),
    "demanded": N_("The customer demanded exchange or return, noted by %(by)s"),
    "promised": N_("%(by)s made a promise"),
    "repair_started": N_("The repair was started, noted by %(by)s"),
    "loaner_given": N_("%(by)s gave a loaner car or travel money"),
    "repair_ended": N_("The repair was finished, noted by %(by)s"),
    "held": N_("%(by)s put it on hold"),
    "resumed": N_("%(by)s ended the hold"),
    "regraded": N_("%(by)s changed the severity to %(severity)s"),
    "merged": N_("%(by)s merged it into another case"),
    "unmerged": N_("%(by)s took the merge back"),
    "withdrawn": N_("The customer withdrew it, noted by %(by)s"),
    "reopened": N_("%(by)s reopened it"),
}
CALLED_BACK = {
    True: N_("%(by)s called back: the customer is satisfied"),
    False: N_("%(by)s called back: the customer is not satisfied"),
}
NOT_COUNTING: Mapping[Counting, str] = {
    "refused": N_("does not count"),
    "taken_back": N_("taken back"),
    "not_yet": N_("counts later"),
    "waits": N_("waits for the complaint"),
}

STATUS: Mapping[CaseStatus, str] = {
    "open": N_("New"),
    "assigned": N_("Assigned"),
    "under_review": N_("Being worked on"),
    "pending_customer": N_("On hold"),
    "resolved": N_("Resolved"),
    "closed": N_("Closed"),
    "withdrawn": N_("Withdrawn"),
    "merged": N_("Merged"),
    "escalated": N_("Overdue"),
    "unfiled": N_("Not received yet"),
    "voided": N_("Voided"),
    "moved": N_("Another customer's"),
    "undecided": N_("Set aside"),
}
SEVERITIES: Mapping[Severity, str] = {"normal": N_("Normal"), "major": N_("Major")}
CAME_BY: Mapping[str, str] = {
    "phone": N_("Telephone"),
    "app": N_("App"),
    "web": N_("Web"),
    "in_store": N_("In the shop"),
    "oem": N_("Manufacturer"),
    "regulator": N_("Regulator"),
    "social": N_("Social media"),
}

assert CAME_BY.keys() == set(get_args(ComplaintChannel))

ROLES: Mapping[Role, str] = {
    "responsible_person": N_("responsible person"),
    "department_head": N_("department head"),
    "customer_care": N_("customer care"),
    "general_manager": N_("general manager"),
    "group": N_("group"),
}
BECAUSE: Mapping[Because, str] = {
    "on_duty": N_("on duty"),
    "deputy": N_("stands in for %(other)s"),
    "fallback": N_("instead of: %(other)s, whom nobody is"),
    "nobody": N_("nobody has this role"),
    "no_roster": N_("no roster says who that is"),
}
OUTCOMES: Mapping[Outcome, str] = {
    "satisfied": N_("Closed: the customer is satisfied"),
    "resolved": N_("Closed: resolved, no call-back is asked for"),
    "withdrawn": N_("Closed: withdrawn"),
    "merged": N_("Closed: merged into another case"),
}
CLOCK_STATES: Mapping[ClockViewState, str] = {
    "running": N_("runs"),
    "paused": N_("held"),
    "kept": N_("kept"),
    "broken": N_("broken"),
    "ended": N_("no longer asked for"),
}

CATEGORIES: Mapping[str, str] = {
    "workshop-quality": N_("Quality of the repair"),
    "vehicle-quality": N_("Quality of the car"),
    "waiting-time": N_("Waiting time"),
    "price": N_("Price or bill"),
    "staff": N_("Behaviour of staff"),
    "delivery": N_("Delivery of the car"),
    "parts": N_("Parts"),
    "insurance": N_("Insurance"),
    "data-protection": N_("Personal data"),
    "other": N_("Something else"),
}
"""What dealers usually call it; a source may have terms of its own."""
DEPARTMENTS: Mapping[str, str] = {
    "sales": N_("Sales"),
    "service": N_("Service"),
    "body": N_("Body shop"),
    "parts": N_("Parts"),
    "used-cars": N_("Used cars"),
    "finance": N_("Finance and insurance"),
    "customer-care": N_("Customer care"),
}
HOLD_REASONS: Mapping[str, str] = {
    "waiting-for-customer": N_("waits for the customer"),
    "waiting-for-parts": N_("waits for parts"),
    "waiting-for-manufacturer": N_("waits for the manufacturer"),
    "expert-opinion": N_("waits for an expert opinion"),
    "customer-away": N_("the customer is away"),
}
DEMANDS: Mapping[str, str] = {"exchange": N_("exchange"), "return": N_("return")}
OUTCOMES_DESIRED: Mapping[str, str] = {
    "apology": N_("an apology"),
    "repair": N_("the repair"),
    "refund": N_("money back"),
    "exchange": N_("another car"),
}

REASONS: Mapping[str, str] = {**HOLD_REASONS, **DEMANDS}
"""Why a step was taken."""
