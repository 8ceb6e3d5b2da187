"""Call card 回访卡: one good call, and what was decided of it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID, uuid4

from fastapi import APIRouter, Query, Request, Response

from services.desk.adapters.upstream import (
    Held,
    NotThere,
    RefusedByService,
    ServiceAway,
    WrittenVersion,
)
from services.desk.api.asking import or_none, part_of
from services.desk.api.at_customer import AtCustomer, at_customer
from services.desk.api.desk import Desk
from services.desk.api.notes import notes_of
from services.desk.api.opening import note_opened
from services.desk.api.visitor import AtDealer, desk_of, shown_to
from services.desk.domain.commands import SOURCE
from services.desk.domain.find.documents import KeptDocument
from services.desk.domain.outcomes import CHANNELS, KEYS, MOST_NOTED
from services.desk.domain.people import CustomerCard
from services.desk.views import survey_words, terms
from services.desk.views.call import Card, DecidedOutcome, card_of, decision_of
from services.desk.views.places import place_of_case
from shared.contracts.http.complaints import CaseLine
from shared.contracts.http.followup import CustomerTasks
from shared.contracts.http.scoring import CustomerScore
from shared.contracts.identifiers import is_customer_key, source_of
from shared.platform.needs import TO_ALL

OPEN_CASES = 500
AskedText = Annotated[str, Query(max_length=2000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A form that is shown again, as it was sent."""

    values: Mapping[str, str] = field(repr=False)
    problems: Mapping[str, str]
    """Field -> what is wrong with it."""
    notices: tuple[str, ...]
    kind: str
    """Of the notices: `warn` or `bad`."""
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutCustomer:
    """What a page of a customer's is made of."""

    plan: Held[CustomerTasks]
    who: CustomerCard | None
    score: CustomerScore | None
    cases: tuple[CaseLine, ...]
    cases_known: bool
    score_known: bool = True
    documents: tuple[KeptDocument, ...] = ()
    plan_known: bool = True


def call_router() -> APIRouter:
    """`/d/{group}/{dealer}/calls/{source}/{number}`."""
    router = APIRouter(prefix="/d/{group}/{dealer}", include_in_schema=False, dependencies=[TO_ALL])

    @router.get("/calls/{source}/{number:path}")
    async def call(
        request: Request,
        customer: Annotated[AtCustomer, at_customer("see_tasks")],
        outcome: AskedText = "",
        written: AskedText = "",
    ) -> Response:
        """Whoever opens it sees the telephone: that is noted, once for each opening."""
        desk, at = desk_of(request), customer.at
        wrote = written_in(written, at.dealer.id)
        about = await read_customer(desk, customer, wrote, needs_plan=False)
        shown = await shown_of(request, customer, about)
        decision = None if wrote is None else await _decision(desk, wrote, about)
        shown |= {
            "decision": decision,
            "is_recorded": wrote is not None and decision is None,
            "is_behind": not about.plan.holds,
            "chosen": outcome,
        }
        return desk.pages.page(request, "call.html", shown, language=at.visitor.language)

    return router


async def read_customer(
    desk: Desk,
    customer: AtCustomer,
    written: WrittenVersion | None = None,
    *,
    needs_plan: bool = True,
) -> AboutCustomer:
    """The customer, with what was written just now; without their plan where followup is away and
    it is not needed. Raises `NotThere` where nobody knows them."""
    at, key, plan_known = customer.at, customer.key, True

    async def planned() -> Held[CustomerTasks] | None:
        nonlocal plan_known
        try:
            return await _plan(desk, at, key, written)
        except (ServiceAway, RefusedByService):
            if needs_plan:
                raise
            plan_known = False
            return None

    plan, score, page, people, documents = await asyncio.gather(
        planned(),
        part_of(desk.services.score(at.user, key)),
        or_none(
            desk.services.cases(at.user, at.dealer.id, customer=key, limit=OPEN_CASES),
        ),
        desk.directory.of([key]),
        desk.directory.documents(key),
    )
    if plan is None:
        if plan_known and key not in people and score.found is None and not score.away:
            raise NotThere
        plan = Held(_nothing(key, desk.clock.now()), holds=written is None)
    return AboutCustomer(
        plan=plan,
        who=people.get(key),
        score=None if score.found is None else score.found.found,
        cases=() if page is None else page.cases,
        cases_known=page is not None,
        score_known=not score.away,
        documents=tuple(documents),
        plan_known=plan_known,
    )


async def shown_of(
    request: Request,
    customer: AtCustomer,
    about: AboutCustomer,
    *,
    filled: Mapping[str, Filled] | None = None,
) -> dict[str, object]:
    """What the card shows, telephones and all, which is written down first; `filled`: the forms
    that were not taken, by their tasks."""
    desk, again = desk_of(request), filled or {}
    at, key = customer.at, customer.key
    await note_opened(request, at, "saw_particulars", key)
    card = card_of(
        key,
        about.plan.found,
        about.who,
        staff_id=at.user.staff_id,
        score=about.score,
        cases=about.cases,
        documents=about.documents,
        also=again.keys(),
    )
    tried = (document for each in card.past for document in each.documents)
    return shown_to(request, at) | {
        "card": card,
        "notes": await notes_of(request, at, key, tried),
        "is_customer": is_customer_key(key),
        "about": f"customer:{key}",
        "card_address": customer.card,
        "next_address": _next(customer),
        "filled": again,
        "commands": _commands(card, again),
        "consent_command": str(uuid4()),
        "case_places": {each.id: place_of_case(each.id)[0] for each in about.cases},
        "cases_known": about.cases_known,
        "plan_known": about.plan_known,
        "score_known": about.score_known,
        "staff": await desk.staff.at(at.dealer.id, "do_tasks"),
        "known_staff": await desk.staff.known_at(at.dealer.id),
        "words": terms,
        "surveys": survey_words,
        "keys": KEYS,
        "channels": CHANNELS,
        "most_noted": MOST_NOTED,
        "today": desk.clock.now().astimezone(at.dealer.zone).date(),
        "decision": None,
        "is_recorded": False,
        "is_behind": False,
        "chosen": "",
    }


def written_in(text: str, dealer_id: str) -> WrittenVersion | None:
    """What an address says was written, `document@version`; None where it says no such thing of
    the desk's at this dealer."""
    document_id, _, version = text.partition("@")
    is_ours = document_id.startswith(f"{dealer_id}/") and document_id.count("/") >= 4
    if not version or not is_ours or source_of(document_id) != SOURCE:
        return None
    return WrittenVersion(document_id, version)


async def _plan(
    desk: Desk, at: AtDealer, key: str, written: WrittenVersion | None
) -> Held[CustomerTasks] | None:
    try:
        return await desk.services.plan(at.user, key, written)
    except NotThere:
        return None


async def _decision(
    desk: Desk, written: WrittenVersion, about: AboutCustomer
) -> DecidedOutcome | None:
    """Of an outcome; None of whatever else was written."""
    *_, task_id, number = written.document_id.split("/")
    try:
        command_id = UUID(number)
    except ValueError:
        return None
    sent_at = await desk.reporting.sent_at(command_id)
    if sent_at is None or "outcome" not in written.document_id.split("/")[3]:
        return None
    return decision_of(about.plan.found, task_id, sent_at, about.cases)


def _next(customer: AtCustomer) -> str:
    """Of whoever is to be called after this one, in the same list."""
    but = customer.key.split("/", 2)[2]
    return f"/d/{customer.dealer_id}/today/next?{urlencode({**customer.listed, 'but': but})}"


def _commands(card: Card, again: Mapping[str, Filled]) -> Mapping[str, str]:
    """Task -> the id of what its form asks for: of a form that is shown again the same."""
    ids = [str(talk.task.task_id) for talk in card.talks]
    return {each: again[each].command if each in again else str(uuid4()) for each in ids}


def _nothing(key: str, now: datetime) -> CustomerTasks:
    return CustomerTasks(customer_key=key, tasks=(), next_change_at=None, as_of=now)
