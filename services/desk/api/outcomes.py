"""Reporting what came of a call."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated
from uuid import UUID, uuid5

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.desk.adapters.upstream import (
    NotThere,
    RefusedByService,
    ServiceAway,
    WrittenVersion,
)
from services.desk.api.acts import command_in, reported
from services.desk.api.at_customer import AtCustomer, at_customer
from services.desk.api.call import AboutCustomer, Filled, read_customer, shown_of
from services.desk.api.desk import Desk
from services.desk.api.sign_in import SEE_OTHER
from services.desk.api.speech import speech_of
from services.desk.api.visitor import AtDealer, desk_of
from services.desk.domain.commands import Command
from services.desk.domain.outcomes import OutcomeSaid, WronglySaid, outcome_data, outcome_said
from services.desk.views.call import attempt_at, changes, talk_of, task_in
from services.desk.views.refusals import told
from services.desk.views.speech import N_
from shared.contracts.feeds import TaskOutcomeReported
from shared.contracts.http.followup import FollowUpTask
from shared.platform.needs import TO_ALL

AWAY = N_(
    "This could not be reported: a part of Aftercare does not answer. Nothing is lost. "
    "Send it again."
)
NOT_TAKEN = N_("This was not taken. What is wrong is said beside it.")
MEANWHILE = N_("This has changed since you opened it. Send it all the same if it still holds.")
_FIELDS = {
    "next_contact_on": "next_contact_on",
    "note": "note",
    "outcome": "outcome",
}
"""What a report of an outcome calls it -> the field of the form."""


def outcomes_router() -> APIRouter:
    """What the forms of a call card send, to the address of the card."""
    router = APIRouter(prefix="/d/{group}/{dealer}", include_in_schema=False, dependencies=[TO_ALL])

    @router.post("/calls/{source}/{number:path}")
    async def outcome(
        request: Request, customer: Annotated[AtCustomer, at_customer("do_tasks")]
    ) -> Response:
        desk, at = desk_of(request), customer.at
        fields = await fields_of(request)
        command_id = command_in(fields.get("command"))
        about = await read_customer(desk, customer)
        task = task_in(about.plan.found, fields.get("task", ""))
        if task is None:
            raise NotThere
        again = partial(_again, request, customer, fields, about)
        try:
            said = _said(desk, at, task, fields)
            changed = changes(fields.get("seen", ""), task)
            if changed and not await _is_reported(desk, at, command_id, task):
                return await again(409, notices=(*changed, MEANWHILE))
            written = await _report(desk, customer, fields, said)
        except WronglySaid as wrong:
            return await again(422, problems=wrong.problems)
        except RefusedByService as refused:
            found = told(refused.problem, _FIELDS, speech_of(desk, at))
            problems = {**found.fields, **({"": found.rest} if found.rest else {})}
            return await again(422, problems=problems)
        except ServiceAway:
            return await again(503, notices=(AWAY,))
        return RedirectResponse(customer.card_after(written), SEE_OTHER)

    return router


async def fields_of(request: Request) -> Mapping[str, str]:
    """The fields of a form, each once."""
    return {name: each for name, each in (await request.form()).items() if isinstance(each, str)}


def _said(desk: Desk, at: AtDealer, task: FollowUpTask, fields: Mapping[str, str]) -> OutcomeSaid:
    talk = talk_of(task, at.user.staff_id)
    today = desk.clock.now().astimezone(at.dealer.zone).date()
    return outcome_said(fields, results=talk.results, surveys=talk.surveys, today=today)


async def _is_reported(desk: Desk, at: AtDealer, command_id: UUID, task: FollowUpTask) -> bool:
    """Whether intake has had this act before. Where its answer was lost, the task shows it."""
    if await desk.reporting.is_taken(command_id):
        return True
    sent_at = await desk.reporting.sent_at(command_id)
    tried = None if sent_at is None else attempt_at(task, sent_at)
    return tried is not None and tried.by == at.user.staff_id


async def _report(
    desk: Desk, customer: AtCustomer, fields: Mapping[str, str], said: OutcomeSaid
) -> WrittenVersion:
    """Each survey is a report of its own, of the same attempt at the same moment. What is answered
    is of the first, by which the attempt counts."""
    first: WrittenVersion | None = None
    command_id = command_in(fields.get("command"))
    for place, data in enumerate(outcome_data(said)):
        moment: dict[str, object] = {}
        if first is not None:
            sent_at = await desk.reporting.sent_at(command_id)
            assert sent_at is not None, "the first was sent"
            moment = {"at": sent_at.isoformat()}
        command = Command(
            id=command_id if place == 0 else uuid5(command_id, str(data["survey"])),
            type=TaskOutcomeReported.TYPE,
            dealer_id=customer.dealer_id,
            data={"customer_key": customer.key, "task_id": fields["task"], **data, **moment},
            numbered_by="outcome_no",
        )
        written = await reported(desk, customer.at, command, tasks_of=customer.key)
        first = first or written
    assert first is not None, "an outcome is one report at least"
    return first


async def _again(
    request: Request,
    customer: AtCustomer,
    fields: Mapping[str, str],
    about: AboutCustomer,
    status: int,
    *,
    problems: Mapping[str, str] | None = None,
    notices: tuple[str, ...] = (),
) -> Response:
    """The same form, with all that was typed and the same command."""
    filled = Filled(
        values=fields,
        problems=problems or {},
        notices=notices or (NOT_TAKEN,),
        kind="warn" if status == 409 else "bad",
        command=fields["command"],
    )
    pages, at = desk_of(request).pages, customer.at
    task = task_in(about.plan.found, fields.get("task", ""))
    task_id = str(task.task_id) if task is not None else fields.get("task", "")
    shown = await shown_of(request, customer, about, filled={task_id: filled})
    return pages.page(request, "call.html", shown, language=at.visitor.language, status=status)
