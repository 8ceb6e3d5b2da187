"""Steps on a complaint: reported to intake, and then shown as complaints has decided them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, StringConstraints

from services.desk.adapters.upstream import NotThere, RefusedByService, ServiceAway, WrittenVersion
from services.desk.api.acts import reported
from services.desk.api.case_page import (
    case_id_of,
    only_one,
    require_here,
)
from services.desk.api.complaints import open_cases
from services.desk.api.desk import Desk
from services.desk.api.sign_in import SEE_OTHER, within
from services.desk.api.speech import speech_of
from services.desk.api.visitor import AtDealer, NotAllowed, at_dealer, desk_of, shown_to
from services.desk.domain.case_forms import StepForm
from services.desk.domain.case_steps import act_of, broken_now, is_step, mark_of, reported_since
from services.desk.domain.commands import SOURCE
from services.desk.views.case import form_of
from services.desk.views.case_timeline import TimelineStory
from services.desk.views.case_troubles import AS_REPORTED, in_words
from services.desk.views.places import MOST_OF_AN_ADDRESS, place_of_case
from services.desk.views.refusals import told
from shared.contracts import identifiers
from shared.contracts.feed_parts import StepName
from shared.contracts.http.complaints import CaseView
from shared.contracts.identifiers import number_in, source_of
from shared.platform.errors import TransientFailure
from shared.platform.needs import TO_ALL

UNPROCESSABLE, CHANGED, AWAY = 422, 409, 503
Field = Annotated[str, StringConstraints(max_length=300)]


class SentStep(BaseModel):
    """A form of a step, as a browser sends it."""

    step: StepName
    command: UUID
    seen: Field = ""
    at: Field = ""
    satisfied: Field = ""
    severity: Field = ""
    reason: Field = ""
    until: Field = ""
    assigned_to: Field = ""
    merged_into: Field = ""
    back: Annotated[str, StringConstraints(max_length=MOST_OF_AN_ADDRESS)] = ""
    """The address of the list that it is sent from; empty: from the page of the case."""

    def form(self, case_id: str) -> StepForm:
        """What it says."""
        fields = self.model_dump(exclude={"step", "command", "seen", "back"})
        return StepForm(step=self.step, command=self.command, case_id=case_id, fields=fields)


@dataclass(frozen=True, kw_only=True)
class _Taking:
    """One form that was sent."""

    request: Request
    at: AtDealer
    form: StepForm
    seen: str
    back: str
    """The list to which it leads; empty: to the page of the case."""

    @property
    def desk(self) -> Desk:
        return desk_of(self.request)

    async def again(
        self,
        status: int,
        case: CaseView | None,
        *,
        wrong: Mapping[str, str] | None = None,
        trouble: str = "",
    ) -> Response:
        """The same form with all that was typed, and what is wrong or has changed."""
        speech = speech_of(self.desk, self.at)
        new = {step.step_id for step in reported_since(case, self.seen)} if case else set()
        known = await self.desk.staff.known_at(self.at.dealer.id)
        steps = (
            TimelineStory(case, known, speech).steps_told(new) if case and status == CHANGED else []
        )
        only = only_one(self.at, self.form.step)
        may_work = await self.desk.staff.at(self.at.dealer.id, "work_on_complaints")
        shown: dict[str, Any] = shown_to(self.request, self.at) | {
            "form": form_of(self.form.step, case, may_work, only=only),
            "case_no": number_in(self.form.case_id),
            "place": f"/d/{place_of_case(self.form.case_id)[0]}",
            "command": self.form.command,
            "seen": mark_of(case) if case else self.seen,
            "typed": self.form.fields,
            "wrong": wrong or {},
            "trouble": trouble,
            "changed": status == CHANGED,
            "away": status == AWAY,
            "new": steps,
            "back": self.back,
        }
        pages, language = self.desk.pages, self.at.visitor.language
        return pages.page(self.request, "case_step.html", shown, language=language, status=status)

    async def done(self) -> Response:
        """Reads the case, looks whether all is as it was shown, reports, and leads to the result.

        Raises `NotThere` and `NotAllowed`.
        """
        try:
            held = await self.desk.services.case(self.at.user, self.form.case_id)
        except ServiceAway:
            return await self.again(AWAY, None)
        case = require_here(self.at, held.found)
        if is_step(case, str(self.form.command)) is not None:
            return await self._led(None)
        if not self.at.may(act_of(self.form.step, takes_it=self._takes(case))):
            raise NotAllowed
        return await self._reported(case)

    async def _reported(self, case: CaseView) -> Response:
        zone = self.at.dealer.zone
        wrong = self.form.wrong(zone, self.desk.clock.now())
        into = None
        try:
            if self.form.step == "merged" and not wrong:
                found = await self._other_cases(case)
                if len(found) != 1:
                    wrong["merged_into"] = "several_cases" if found else "no_such_case"
                elif (into := found[0]) == case.case_id:
                    wrong["merged_into"] = "itself"
            if self.form.step == "reassigned" and await self._is_for_who_may_not():
                wrong["assigned_to"] = "may_not"
            if wrong:
                said_wrong = in_words(wrong, speech_of(self.desk, self.at))
                return await self.again(UNPROCESSABLE, case, wrong=said_wrong)
            moved = self.seen and self.seen != mark_of(case)
            if moved and not await self.desk.reporting.is_taken(self.form.command):
                return await self.again(CHANGED, case)
            command = self.form.report(self.at.dealer.id, zone, merged_into=into)
            whose = case.customer_key
            written = await reported(self.desk, self.at, command, customer=whose)
        except (ServiceAway, TransientFailure):
            return await self.again(AWAY, case)
        except RefusedByService as refused:
            said = told(refused.problem, AS_REPORTED, speech_of(self.desk, self.at))
            return await self.again(UNPROCESSABLE, case, wrong=said.fields, trouble=said.rest)
        return await self._led(written, was=",".join(sorted(broken_now(case))))

    async def _is_for_who_may_not(self) -> bool:
        may_not = await self.desk.staff.who_may_not(self.at.dealer.id, "work_on_complaints")
        return self.form.text("assigned_to") in may_not - {self.user_id}

    async def _led(self, written: WrittenVersion | None, was: str = "") -> Response:
        """To the list, where it counts; else to the case, which says what came of it."""
        if self.back and await self._counts(written):
            result = {"did": self.form.step, "of": number_in(self.form.case_id)}
            sign = "&" if "?" in self.back else "?"
            return RedirectResponse(f"{self.back}{sign}{urlencode(result)}", SEE_OTHER)
        return self._to_result(None if written is None else str(written), was)

    async def _counts(self, written: WrittenVersion | None) -> bool:
        try:
            held = await self.desk.services.case(self.at.user, self.form.case_id, written)
        except ServiceAway:
            return False
        step = is_step(held.found, str(self.form.command))
        return step is not None and step.counting == "counts"

    def _to_result(self, written: str | None, was: str = "") -> Response:
        asked = {"step": str(self.form.command)}
        if written is not None:
            asked["written"] = written
        if was:
            asked["was"] = was
        place = f"/d/{place_of_case(self.form.case_id)[0]}"
        return RedirectResponse(f"{place}?{urlencode(asked)}#decided", SEE_OTHER)

    def _takes(self, case: CaseView) -> bool:
        to = self.form.text("assigned_to")
        return self.form.step == "reassigned" and not case.assigned_to and to == self.user_id

    @property
    def user_id(self) -> str:
        """By which reports name who sends the form."""
        return self.at.user.staff_id

    async def _other_cases(self, case: CaseView) -> list[str]:
        """The id of the case of this number: of the same source, or of the desk's; else the ids of
        those of others that are open."""
        number = self.form.text("merged_into")
        for source in dict.fromkeys((source_of(case.case_id), SOURCE)):
            case_id = identifiers.document_id(self.at.dealer.id, source, "complaint", number)
            try:
                found = await self.desk.services.case(self.at.user, case_id)
            except NotThere:
                continue
            return [require_here(self.at, found.found).case_id]
        lines, _ = await open_cases(self.desk, self.at)
        return [identifiers.name_within(line.id) for line in lines if line.case_no == number]


def case_acts_router() -> APIRouter:
    """`POST /d/{group}/{dealer}/cases/{source}/{number}`."""
    router = APIRouter(
        prefix="/d/{group}/{dealer}/cases/{source}", include_in_schema=False, dependencies=[TO_ALL]
    )

    @router.post("/{number:path}")
    async def take(
        request: Request,
        source: str,
        number: str,
        at: Annotated[AtDealer, at_dealer("work_on_complaints")],
        sent: Annotated[SentStep, Form()],
    ) -> Response:
        form = sent.form(case_id_of(at, source, number))
        back = within(sent.back) if sent.back else ""
        return await _Taking(request=request, at=at, form=form, seen=sent.seen, back=back).done()

    return router
