"""What the trail's entries are about, and what an act speaks of, in words.

The trail keeps names, in English and for all time: here they are told. What is not known is shown
as it was written.
"""

from collections.abc import Mapping

from services.desk.domain.trail import TrailNote
from services.desk.views.case_words import ACTS
from services.desk.views.exports import EXPORTS
from services.desk.views.speech import N_, Speech
from services.desk.views.terms import PARTICULARS

ABOUT: Mapping[str, str] = {
    "today": N_("Today"),
    "complaints": N_("Complaints"),
    "manager": N_("Manager"),
    "customers": N_("Customers"),
    "figures": N_("What figures are made of"),
    "tasks": N_("Tasks"),
    "trail": N_("Trail"),
}
"""Of what no customer or document is named."""
FILES: Mapping[str, str] = {"csv": "CSV", "xlsx": "Excel"}
COUNTED: Mapping[str, str] = {"rows": N_("Rows: %(count)s"), "hits": N_("Found: %(count)s")}
SPOKEN_OF: Mapping[str, str] = {
    **PARTICULARS,
    "do_not_contact": N_("Is not to be contacted at all"),
    "opt_outs": N_("Does not want to be reached by"),
    "outcome": N_("What came of it"),
    "next_contact_on": N_("Next contact on"),
    "channel": N_("Channel"),
    "note": N_("Note"),
    "survey": N_("Survey"),
    "overall": N_("All in all"),
    "answers": N_("What was answered"),
    "about_id": N_("Order or sale"),
    "person": N_("Whose it is"),
    "at": N_("When it happened"),
    "satisfied": N_("Is the customer satisfied?"),
    "severity": N_("Severity"),
    "reason": N_("Reason"),
    "until": N_("Until (if it is known)"),
    "assigned_to": N_("Responsible from now on"),
    "merged_into_id": N_("Number of the other case"),
    "received_at": N_("Received"),
    "occurred_at": N_("When it happened"),
    "category": N_("About"),
    "component": N_("Part of the car"),
    "department": N_("Department"),
    "narrative": N_("What the customer says"),
    "desired_outcome": N_("What the customer asks for"),
    "related_ro_no": N_("Repair order"),
    "related_deal_no": N_("Sale"),
    "owner": N_("Responsible"),
    "regulator_ref": N_("Number of the order"),
    "regulator_due_at": N_("Its time limit"),
    "safety": N_("Has anybody been in danger?"),
    "vehicle": N_("Car"),
}
"""The fields of what the desk reports."""


def about_told(noted: TrailNote, say: Speech) -> str:
    """Of what it is: a list, or a table that was taken away, by what the desk calls it; else the
    id."""
    file = noted.about
    table, _, form = file.partition(".")
    if noted.what == "exported" and form in FILES:
        title = next((EXPORTS[each] for each in EXPORTS if each == table), table)
        return f"{say(title)} · {FILES[form]}"
    return say(ABOUT[noted.about]) if noted.about in ABOUT else noted.about


def how_told(how: str, say: Speech) -> str:
    """Which step it was, of what it speaks, how many there were."""
    name, _, more = how.partition(": ")
    if name in COUNTED:
        return say(COUNTED[name], count=more)
    step = next((ACTS[each] for each in ACTS if each == name), None)
    fields = more if step is not None else how
    told = say(", ").join(say(SPOKEN_OF.get(each, each)) for each in fields.split(", ") if each)
    if step is None:
        return told
    return say(N_("%(step)s: %(fields)s"), step=say(step), fields=told) if told else say(step)
