"""Filing a complaint of a customer, as somebody tells it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, StringConstraints

from services.desk.adapters.upstream import NotThere, RefusedByService, ServiceAway
from services.desk.api.acts import reported
from services.desk.api.at_customer import Number, Source, key_in
from services.desk.api.customer_parts import require_known
from services.desk.api.desk import Desk
from services.desk.api.sign_in import SEE_OTHER
from services.desk.api.speech import speech_of
from services.desk.api.visitor import AtDealer, NotAllowed, at_dealer, desk_of, shown_to
from services.desk.domain.derived import key_for
from services.desk.domain.filing import FilingForm
from services.desk.domain.local_times import as_written
from services.desk.domain.people import name_of
from services.desk.views import case_words as words
from services.desk.views.case_troubles import AS_REPORTED, in_words
from services.desk.views.places import place_of_case, place_of_customer
from services.desk.views.refusals import told
from shared.contracts.identifiers import is_customer_key
from shared.platform.errors import TransientFailure
from shared.platform.needs import TO_ALL

UNPROCESSABLE, AWAY = 422, 503
Field = Annotated[str, StringConstraints(max_length=300)]
Words = Annotated[str, StringConstraints(max_length=20_000)]
Filing = Annotated[AtDealer, at_dealer("file_complaints")]


def _customer(group: str, dealer: str, source: Source, number: Number) -> str:
    """Whose complaint it is. Raises `NotThere` of whoever has no customer number: intake takes no
    other key in a complaint."""
    key = key_in(f"{group}/{dealer}", source, number)
    if not is_customer_key(key):
        raise NotThere
    return key


Filed = Annotated[str, Depends(_customer)]


class SentComplaint(BaseModel):
    """A form of a complaint, as a browser sends it."""

    def __repr_args__(self) -> Iterator[tuple[str, Any]]:
        """Without what was typed."""
        yield "command", self.command

    command: UUID
    received_at: Field = ""
    occurred_at: Field = ""
    channel: Field = ""
    category: Field = ""
    component: Field = ""
    severity: Field = "normal"
    department: Field = ""
    narrative: Words = ""
    desired_outcome: Words = ""
    related_ro_no: Field = ""
    related_deal_no: Field = ""
    owner: Field = ""
    regulator_ref: Field = ""
    regulator_due_at: Field = ""
    vin: Field = ""
    crash: Field = ""
    fire: Field = ""
    injuries: Field = ""
    deaths: Field = ""

    def form(self, customer_key: str) -> FilingForm:
        """What it says of this customer."""
        fields = self.model_dump(exclude={"command"})
        return FilingForm(command=self.command, customer_key=customer_key, fields=fields)


def filing_router() -> APIRouter:
    """`/d/{group}/{dealer}/file-complaint/{source}/{number}`."""
    router = APIRouter(prefix="/d/{group}/{dealer}", include_in_schema=False, dependencies=[TO_ALL])

    @router.get("/file-complaint/{source}/{number:path}")
    async def empty(request: Request, at: Filing, key: Filed) -> Response:
        now = as_written(desk_of(request).clock.now(), at.dealer.zone)
        fields = {"received_at": now, "channel": "phone", "severity": "normal"}
        form = FilingForm(command=uuid4(), customer_key=key, fields=fields)
        await require_known(desk_of(request), at, key)
        return await _Filed(request=request, at=at, form=form).shown(200)

    @router.post("/file-complaint/{source}/{number:path}")
    async def file(
        request: Request,
        at: Filing,
        key: Filed,
        sent: Annotated[SentComplaint, Form()],
    ) -> Response:
        return await _Filed(request=request, at=at, form=sent.form(key)).done()

    return router


@dataclass(frozen=True, kw_only=True)
class _Filed:
    """One form, empty or sent."""

    request: Request
    at: AtDealer
    form: FilingForm

    @property
    def desk(self) -> Desk:
        return desk_of(self.request)

    async def done(self) -> Response:
        """Reports it, and leads to the case. Raises `NotAllowed` where it is to be somebody else's,
        and they may not say whose."""
        owner = self.form.text("owner")
        if owner not in ("", self.at.user.staff_id) and not self.at.may("reassign_complaints"):
            raise NotAllowed
        zone, speech = self.at.dealer.zone, speech_of(self.desk, self.at)
        wrong = self.form.wrong(zone, self.desk.clock.now())
        try:
            may_not = await self.desk.staff.who_may_not(self.at.dealer.id, "work_on_complaints")
            if owner in may_not - {self.at.user.staff_id}:
                wrong["owner"] = "may_not"
            if wrong:
                return await self.shown(UNPROCESSABLE, wrong=in_words(wrong, speech))
            await require_known(self.desk, self.at, self.form.customer_key)
            command = self.form.report(self.at.dealer.id, zone, _numbering_key(self.desk))
            written = await reported(self.desk, self.at, command)
        except (ServiceAway, TransientFailure):
            return await self.shown(AWAY)
        except RefusedByService as refused:
            found = told(refused.problem, AS_REPORTED, speech)
            return await self.shown(UNPROCESSABLE, wrong=found.fields, trouble=found.rest)
        place = f"/d/{place_of_case(written.document_id)[0]}"
        return RedirectResponse(f"{place}?{urlencode({'written': str(written)})}", SEE_OTHER)

    async def shown(
        self, status: int, *, wrong: Mapping[str, str] | None = None, trouble: str = ""
    ) -> Response:
        """The form with all that was typed."""
        people = await self.desk.directory.of({self.form.customer_key})
        who = people.get(self.form.customer_key)
        shown: dict[str, Any] = shown_to(self.request, self.at) | {
            "name": name_of(self.form.customer_key, who),
            "here": f"/d/{place_of_customer(self.form.customer_key, 'file-complaint')}",
            "customer_place": place_of_customer(self.form.customer_key, "customers"),
            "cars": dict(who.vehicles) if who else {},
            "names": await self.desk.staff.at(self.at.dealer.id, "work_on_complaints"),
            "command": self.form.command,
            "typed": {name: self.form.text(name) for name in SentComplaint.model_fields},
            "wrong": wrong or {},
            "trouble": trouble,
            "away": status == AWAY,
            "words": words,
        }
        pages, language = self.desk.pages, self.at.visitor.language
        return pages.page(
            self.request, "file_complaint.html", shown, language=language, status=status
        )


def _numbering_key(desk: Desk) -> bytes:
    return key_for(desk.settings.desk_secret.get_secret_value(), "case numbers")
