"""Customers who were leads, drawn by Hypothesis."""

from typing import Any

from hypothesis import strategies as some

from shared.contracts.envelope import Event
from tests.services.followup.given import delivery, local, outcome, visit
from tests.services.followup.given_leads import lead, said
from tests.services.followup.stories import hours_in, moment

waits = some.integers(1, 24 * 200)
STATUSES = ("open", "contacted", "quasi_lost", "lost", "bought", "sold", "again")


@some.composite
def reports_of_leads(draw: some.DrawFn, position: int) -> Event[Any]:
    """One version of a lead; `position` tells versions of one lead apart."""
    began = draw(hours_in)
    number = f"L{draw(some.integers(1, 2))}"
    contacts = [began + wait for wait in draw(some.lists(waits, max_size=3, unique=True))]
    first, second = sorted((began + draw(waits), began + draw(waits)))
    told: dict[str, Any] = {"status": "open"}
    match draw(some.sampled_from(STATUSES)):
        case "contacted":
            told = {"status": "contacted", "since": moment(first)}
        case "quasi_lost":
            told = {"status": "quasi_lost", "since": moment(first), "reason": "put_off"}
        case "lost":
            approved = draw(some.none() | some.just(moment(second)))
            told = {"status": "lost", "since": moment(first), "reason": "price"}
            told["approved"] = approved
        case "bought":
            told = {"status": "bought", "since": moment(first)}
        case "sold":
            lost_at = ("lost", moment(first), "trust")
            told = {"status": "bought", "since": moment(second), "earlier": [lost_at]}
        case "again":
            told = {"since": moment(second), "earlier": [("lost", moment(first), "trust")]}
    return lead(
        moment(began),
        number,
        channel=draw(some.sampled_from(["web", "call", "walk_in"])),
        contacts=[moment(each) for each in contacts],
        received=moment(began + draw(some.sampled_from([0, 2, 24 * 40, 24 * 200]))),
        revised=f"2027-01-01 00:{position:02}",
        brand_loyalty=draw(some.sampled_from(["high", "none"])),
        ability_to_pay=draw(some.sampled_from(["high", "unknown"])),
        **told,
    )


@some.composite
def stories_of_leads(draw: some.DrawFn) -> list[Event[Any]]:
    """Leads in some versions, and what else is known of who they are."""
    events = [draw(reports_of_leads(each)) for each in range(draw(some.integers(1, 4)))]
    losses = [
        (event.data.document_id.rsplit("/", 1)[1], event.data.status_at)
        for event in events
        if event.data.status == "lost"
    ]
    for number, (name, since) in enumerate(losses):
        kind = draw(some.sampled_from(["lost_approval", "falsely_lost"]))
        what = draw(some.sampled_from(["approved_lost", "not_lost", "done"]))
        lost_at = local(since)
        later = moment(draw(hours_in))
        if later > lost_at:
            events.append(said(later, kind, what, of=f"{name}/lost/{lost_at}", number=f"V{number}"))
    if draw(some.booleans()):
        status = draw(some.sampled_from(["delivered", "unwound"]))
        events.append(delivery(moment(draw(hours_in)), status=status, revised="2028-01-01"))
    if draw(some.booleans()):
        events.append(visit(moment(draw(hours_in)), revised="2028-01-01"))
    about = some.sampled_from(["lead_first_contact/lead/L1", "lead_walk_in/lead/L2"])
    for number in range(draw(some.integers(0, 2))):
        what = draw(some.sampled_from(["done", "not_reached"]))
        events.append(outcome(moment(draw(hours_in)), draw(about), what, f"O{number}"))
    return events
