"""Reporting what came of a call."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated
from uuid import UUID, uuid5

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse

from services.desk.adapters.reporting import ActTaken
from services.desk.adapters.upstream import NotThere, RefusedByService, ServiceAway
from services.desk.api.at_customer import AtCustomer, at_customer
from services.desk.api.call import AboutCustomer, Filled, read_customer, shown_of
from services.desk.api.desk import Desk
from services.desk.api.sign_in import SEE_OTHER
from services.desk.api.visitor import AtDealer, desk_of, shown_to
from services.desk.domain.commands import Command
from services.desk.domain.outcomes import OutcomeSaid, WronglySaid, outcome_data, outcome_said
from services.desk.views.call import changes, talk_of, task_in
from shared.contracts.feeds import TaskOutcomeReported
from shared.contracts.http.followup import FollowUpTask
from shared.contracts.http.problem import Problem
from shared.platform.needs import TO_ALL

AWAY = "This could not be reported: a part of Aftercare does not answer. Nothing is lost. Send it again."  # noqa: E501
NOT_TAKEN = "This was not taken. What is wrong is said beside it."
MEANWHILE = "This has changed since you opened it. Send it all the same if it still holds."
_FIELDS = {
    "next_contact_on": "next_contact_on",
    "note": "note",
    "outcome": "outcome",
    "channel": "channel",
}


def outcomes_router() -> APIRouter:
    """What the forms of a call card send, to the address of the card."""
    router = APIRouter(prefix="/d/{group}/{dealer}", include_in_schema=False, dependencies=[TO_ALL])

    @router.post("/calls/{source}/{number:path}")
    async def outcome(
        request: Request, customer: Annotated[AtCustomer, at_customer("do_tasks")]
    ) -> Response:
        desk, at, key = desk_of(request), customer.at, customer.key
        fields = await fields_of(request)
        command_id, about = command_in(fields), None
        again = partial(_again, request, customer, fields)
        try:
            about = await read_customer(desk, customer)
            task = task_in(about.plan.found, fields.get("task", ""))
            if task is None:
                raise NotThere
            said = _said(desk, at, task, fields)
            changed = changes(fields.get("seen", ""), task)
            if changed and await desk.reporting.sent_at(str(command_id)) is None:
                notices = (*changed, MEANWHILE)
                return await again(about, 409, notices=notices)
            taken = await _report(desk, customer, fields, said)
        except WronglySaid as wrong:
            return await again(about, 422, problems=wrong.problems)
        except RefusedByService as refused:
            problems = problems_in(refused.problem)
            return await again(about, 422, problems=problems)
        except ServiceAway:
            return await again(about, 503, notices=(AWAY,))
        await desk.lately.note(at.dealer.id, key, taken.written, desk.real_clock.now())
        how, document_id = ", ".join(sorted(next(outcome_data(said)))), taken.written.document_id
        await desk.trail.note(at.user, at.dealer.id, "reported", document_id, customer=key, how=how)
        return RedirectResponse(customer.card_after(taken.written), SEE_OTHER)

    return router


async def fields_of(request: Request) -> Mapping[str, str]:
    """The fields of a form, each once."""
    return {name: each for name, each in (await request.form()).items() if isinstance(each, str)}


def command_in(fields: Mapping[str, str]) -> UUID:
    """What a form asks for. Raises `RequestValidationError` where it does not say."""
    try:
        return UUID(fields.get("command", ""))
    except ValueError:
        raise RequestValidationError([]) from None


def problems_in(problem: Problem) -> Mapping[str, str]:
    """Field -> what intake says is wrong there; `""`: of none in particular."""
    found: dict[str, str] = {}
    for each in problem.errors:
        name = each.pointer.removeprefix("/data/").partition("/")[0]
        found.setdefault(_FIELDS.get(name, ""), each.detail)
    return found or {"": problem.detail or problem.title}


def _said(desk: Desk, at: AtDealer, task: FollowUpTask, fields: Mapping[str, str]) -> OutcomeSaid:
    talk = talk_of(task, at.user.staff_id)
    today = desk.clock.now().astimezone(at.dealer.zone).date()
    return outcome_said(fields, results=talk.results, surveys=talk.surveys, today=today)


async def _report(
    desk: Desk, customer: AtCustomer, fields: Mapping[str, str], said: OutcomeSaid
) -> ActTaken:
    """Each survey is a report of its own, of the same attempt at the same moment. What is answered
    is of the first, by which the attempt counts."""
    first: ActTaken | None = None
    command_id = command_in(fields)
    for place, data in enumerate(outcome_data(said)):
        moment: dict[str, object] = {}
        if first is not None:
            sent_at = await desk.reporting.sent_at(str(command_id))
            assert sent_at is not None, "the first was sent"
            moment = {"at": sent_at.isoformat()}
        command = Command(
            id=command_id if place == 0 else uuid5(command_id, str(data["survey"])),
            type=TaskOutcomeReported.TYPE,
            dealer_id=customer.dealer_id,
            data={"customer_key": customer.key, "task_id": fields["task"], **data, **moment},
            numbered_by="outcome_no",
        )
        taken = await desk.reporting.report(command, customer.user)
        first = first or taken
    assert first is not None, "an outcome is one report at least"
    return first


async def _again(
    request: Request,
    customer: AtCustomer,
    fields: Mapping[str, str],
    about: AboutCustomer | None,
    status: int,
    *,
    problems: Mapping[str, str] | None = None,
    notices: tuple[str, ...] = (),
) -> Response:
    """The same form, with all that was typed and the same command; where the customer cannot be
    read, by itself."""
    filled = Filled(
        values=fields,
        problems=problems or {},
        notices=notices or (NOT_TAKEN,),
        kind="warn" if status == 409 else "bad",
        command=fields["command"],
    )
    pages, at = desk_of(request).pages, customer.at
    if about is None:
        kept = {name: each for name, each in fields.items() if name != "csrf"}
        shown = shown_to(request, at) | {"kept": kept, "notices": filled.notices}
        shown["card_address"] = customer.card
        return pages.page(
            request, "call_kept.html", shown, language=at.visitor.language, status=status
        )
    task = task_in(about.plan.found, fields.get("task", ""))
    task_id = str(task.task_id) if task is not None else fields.get("task", "")
    shown = await shown_of(request, customer, about, filled={task_id: filled})
    return pages.page(request, "call.html", shown, language=at.visitor.language, status=status)
