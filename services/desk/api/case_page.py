"""What the pages of one case are made of, and how its id stands in an address."""

from typing import Any
from uuid import uuid4

from fastapi import Request

from services.desk.adapters.upstream import NotThere, WrittenVersion
from services.desk.api.desk import Desk
from services.desk.api.speech import speech_of
from services.desk.api.visitor import AtDealer, desk_of, shown_to
from services.desk.domain.case_steps import act_of, is_responsible, mark_of, next_of, offered
from services.desk.domain.people import car_of, name_of
from services.desk.views import case_words as words
from services.desk.views.case import absorbed_by, clocks_shown, form_of, lives_on_in
from services.desk.views.case_timeline import TimelineStory
from services.desk.views.complaints import vin_of
from services.desk.views.places import case_at, place_of_case, place_of_customer
from services.desk.views.terms import term
from shared.contracts.feed_parts import StepName
from shared.contracts.http.complaints import CaseView


def case_id_of(at: AtDealer, source: str, number: str) -> str:
    """The id of the case at an address. Raises `NotThere` where none is written so."""
    found = case_at(at.dealer.id, source, number)
    if found is None:
        raise NotThere
    return found


def require_here(at: AtDealer, case: CaseView) -> CaseView:
    """The case itself. Raises `NotThere` where it is another dealer's."""
    if case.dealer_id != at.dealer.id:
        raise NotThere
    return case


def written_in(text: str) -> WrittenVersion | None:
    """What an address says was written just now; None: nothing, or nothing that can be read."""
    document_id, at_sign, version = text.rpartition("@")
    return WrittenVersion(document_id, version) if at_sign and document_id else None


async def case_shown(request: Request, at: AtDealer, case: CaseView) -> dict[str, Any]:
    """What the page of a case shows."""
    desk = desk_of(request)
    people = await desk.directory.of({case.customer_key})
    who = people.get(case.customer_key)
    say = speech_of(desk, at)
    timeline = TimelineStory(case, await desk.staff.known_at(at.dealer.id), say)
    steps = offered_to(at, case)
    may_work = await desk.staff.at(at.dealer.id, "work_on_complaints")
    return shown_to(request, at) | {
        "case": case,
        "place": f"/d/{place_of_case(case.case_id)[0]}",
        "name": name_of(case.customer_key, who),
        "who": who,
        "car": car_of(who, await _vin(desk, case)),
        "customer_place": place_of_customer(case.customer_key, "customers"),
        "call_place": place_of_customer(case.customer_key, "calls"),
        "channel": say(term(case.channel, words.CAME_BY)),
        "subject": say.all(
            term(case.category, words.CATEGORIES), term(case.department, words.DEPARTMENTS)
        ),
        "owner": timeline.who(case.assigned_to),
        "words": words,
        "clocks": clocks_shown(timeline, desk.clock.now()),
        "timeline": timeline.told(),
        "forms_shown": [
            (form_of(step, case, may_work, only=only_one(at, step)), uuid4()) for step in steps
        ],
        "next_step": next_of(steps),
        "seen": mark_of(case),
        "about": f"case:{case.case_id}",
        "may_read": may_read(at, case),
        "lives_on": place_of_case(into) if (into := lives_on_in(case)) else None,
        "absorbed": [place_of_case(each) for each in absorbed_by(case)],
    }


def may_read(at: AtDealer, case: CaseView) -> bool:
    """Whether they may read what the customer says: whoever answers for complaints, and whoever is
    responsible for this one."""
    return at.may("see_narratives") or is_responsible(case, at.user.staff_id)


async def _vin(desk: Desk, case: CaseView) -> str | None:
    """Of the car that the complaint is about, where it names an order or a sale."""
    if not (case.related_ro_no or case.related_deal_no):
        return None
    return vin_of(case, await desk.directory.documents(case.customer_key))


def offered_to(at: AtDealer, case: CaseView) -> tuple[StepName, ...]:
    """The steps that make sense at a case and that they may take."""
    free = case.assigned_to is None
    return tuple(
        step
        for step in offered(case)
        if at.may(act_of(step, takes_it=free and step == "reassigned"))
    )


def only_one(at: AtDealer, step: StepName) -> str | None:
    """Whom alone they may choose: themselves, where they may not make others responsible."""
    return at.user.staff_id if step == "reassigned" and not at.may(act_of(step)) else None
