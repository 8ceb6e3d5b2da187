"""Recording what a customer allows, from a call."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.desk.api.acts import reported
from services.desk.api.at_customer import AtCustomer, at_customer
from services.desk.api.customer_acts import CustomerForm, consent_command
from services.desk.api.customer_parts import require_known
from services.desk.api.sign_in import SEE_OTHER
from services.desk.api.visitor import desk_of
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
        form = await CustomerForm.of(request, "consent")
        await require_known(desk, at, key)
        command = consent_command(form, key, at.dealer.id)
        written = await reported(desk, at, command, tasks_of=key)
        return RedirectResponse(customer.card_after(written), SEE_OTHER)

    return router
