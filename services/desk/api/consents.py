"""Recording what a customer allows, from a call."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.desk.api.at_customer import AtCustomer, at_customer
from services.desk.api.opening import note_reported
from services.desk.api.outcomes import command_in
from services.desk.api.sign_in import SEE_OTHER
from services.desk.api.visitor import desk_of
from services.desk.domain.commands import Command
from services.desk.domain.outcomes import CHANNELS
from shared.contracts.feeds import ConsentReported
from shared.platform.needs import TO_ALL


def consents_router() -> APIRouter:
    """`/d/{group}/{dealer}/consents/{source}/{number}`."""
    router = APIRouter(prefix="/d/{group}/{dealer}", include_in_schema=False, dependencies=[TO_ALL])

    @router.post("/consents/{source}/{number:path}")
    async def consent(
        request: Request, customer: Annotated[AtCustomer, at_customer("record_consent")]
    ) -> Response:
        """What they say now takes the place of what they said before, for all channels."""
        desk, at, key = desk_of(request), customer.at, customer.key
        form = await request.form()
        refused = form.getlist("opt_outs")
        command = Command(
            id=command_in({"command": str(form.get("command", ""))}),
            type=ConsentReported.TYPE,
            dealer_id=at.dealer.id,
            data={
                "customer_key": key,
                "do_not_contact": form.get("do_not_contact") == "true",
                "opt_outs": [each for each in CHANNELS if each in refused],
            },
            numbered_by="consent_no",
        )
        taken = await desk.reporting.report(command, at.user)
        await desk.lately.note(at.dealer.id, key, taken.written, desk.real_clock.now())
        await note_reported(desk, at, command, taken.written.document_id)
        return RedirectResponse(customer.card_after(taken.written), SEE_OTHER)

    return router
