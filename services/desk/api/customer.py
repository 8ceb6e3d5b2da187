"""Customer 客户: who they are, what they are worth and why, what is planned, and what is not."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import asdict
from functools import partial
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from services.desk.adapters.upstream import NotThere, RefusedByService, ServiceAway, WrittenVersion
from services.desk.api.acts import reported
from services.desk.api.at_customer import Number, Source, key_in
from services.desk.api.customer_acts import (
    CustomerForm,
    NothingChanged,
    consent_command,
    correction_command,
    over_what_is_known,
    seen_anew,
)
from services.desk.api.customer_parts import parts_of, require_known
from services.desk.api.opening import note_opened
from services.desk.api.sign_in import SEE_OTHER
from services.desk.api.speech import speech_of
from services.desk.api.visitor import AtDealer, at_dealer, desk_of, shown_to
from services.desk.domain.commands import Command
from services.desk.domain.corrections import typed_as_known
from services.desk.domain.people import CustomerCard
from services.desk.views import customer as views
from services.desk.views.curve import curve
from services.desk.views.places import place_of, place_of_case
from services.desk.views.refusals import fields_of, told
from services.desk.views.speech import N_
from shared.contracts.identifiers import is_customer_key, is_of_a_car, number_in
from shared.platform.needs import TO_ALL

PLACE = "/customers/{source}/{number:path}"
FIELD_WORDS: Mapping[str, str] = {
    "name": N_("Name"),
    "phones": N_("Telephones"),
    "email": N_("E-mail address"),
    "area": N_("Area"),
}
"""The fields of a correction, which reports call so, too."""
FIELDS: Mapping[str, str] = {name: name for name in FIELD_WORDS}


def _key(request: Request, group: str, dealer: str, source: Source, number: Number) -> str:
    return key_in(f"{group}/{dealer}", source, number)


Key = Annotated[str, Depends(_key)]


def customer_router() -> APIRouter:
    """`/d/{group}/{dealer}/customers/{source}/{number}`, and what is done there."""
    router = APIRouter(prefix="/d/{group}/{dealer}", include_in_schema=False, dependencies=[TO_ALL])
    _acts(router)

    @router.post(PLACE + "/show")
    async def show(
        request: Request, at: Annotated[AtDealer, at_dealer("see_customers")], key: Key
    ) -> Response:
        """Their particulars, which is written down."""
        return await _page(request, at, key, opened=True)

    @router.get(PLACE + "/show")
    @router.get(PLACE + "/correct")
    @router.get(PLACE + "/consent")
    async def back(
        request: Request, at: Annotated[AtDealer, at_dealer("see_customers")], key: Key
    ) -> Response:
        """From the address of something that was sent, to the customer."""
        return RedirectResponse(_address(at, key), SEE_OTHER)

    @router.get(PLACE)
    async def customer(
        request: Request,
        at: Annotated[AtDealer, at_dealer("see_customers")],
        key: Key,
        *,
        written: str = "",
        done: str = "",
        left_out: str = "",
    ) -> Response:
        page = await _page(
            request, at, key, written=_written(written), done=done, left_out=left_out.split(",")
        )
        await note_opened(request, at, "saw_customer", key)
        return page

    return router


def _acts(router: APIRouter) -> None:
    @router.post(PLACE + "/correct")
    async def correct(
        request: Request, at: Annotated[AtDealer, at_dealer("correct_customers")], key: Key
    ) -> Response:
        """Only what was changed is reported. Nothing is, where somebody else was first."""
        if not _has_profile(key):
            raise NotThere
        known, reporting = await _known(request, key), desk_of(request).reporting
        form = over_what_is_known(await CustomerForm.of(request, "correct"), known)
        if await reporting.is_taken(form.command):
            return _done(at, key, "corrected")
        try:
            command = correction_command(form, known, at.dealer.id)
        except NothingChanged:
            if await reporting.sent_at(form.command) is not None:  # it was, by that
                return _done(at, key, "corrected")
            return await _page(request, at, key, opened=True, form=form.because("unchanged"))
        if form.seen != views.seen_of(known):
            form = form.because("meanwhile")
            return await _page(request, at, key, opened=True, form=form, status=409)
        return await _report(request, at, key, command, form)

    @router.post(PLACE + "/consent")
    async def consent(
        request: Request, at: Annotated[AtDealer, at_dealer("record_consent")], key: Key
    ) -> Response:
        """What they say now takes the place of what they said before."""
        form = await CustomerForm.of(request, "consent")
        command = consent_command(form, key, at.dealer.id)
        return await _report(request, at, key, command, form)


async def _report(
    request: Request, at: AtDealer, key: str, command: Command, form: CustomerForm
) -> Response:
    """To the customer, as soon as that is known here; or the form again."""
    desk, is_correction = desk_of(request), form.act == "correct"
    again = partial(_page, request, at, key, opened=is_correction)
    try:
        await require_known(desk, at, key)
        written = await reported(desk, at, command, tasks_of=None if is_correction else key)
    except ServiceAway:
        return await again(form=form.because("away"), status=503)
    except RefusedByService as refused:
        found = told(refused.problem, FIELDS, speech_of(desk, at))
        return await again(form=form.because("refused", found), status=422)
    if not is_correction:
        return _done(at, key, "consent", written=str(written))
    await seen_anew(desk.directory, key, form.seen)
    doubtful = ",".join(fields_of(written.warnings, FIELDS))
    return _done(at, key, "corrected", **({"left_out": doubtful} if doubtful else {}))


def _done(at: AtDealer, key: str, done: str, **more: str) -> Response:
    """To the customer, and what was done."""
    return RedirectResponse(f"{_address(at, key)}?{urlencode({'done': done, **more})}", SEE_OTHER)


def _address(at: AtDealer, key: str) -> str:
    return f"/d/{at.dealer.id}/customers/{place_of(key)}"


def _has_profile(key: str) -> bool:
    """Whether intake keeps who they are: of customers, and of whoever is known by a car alone."""
    return is_customer_key(key) or is_of_a_car(key)


async def _known(request: Request, key: str) -> CustomerCard:
    found = await desk_of(request).directory.of([key])
    return found.get(key) or CustomerCard(customer_key=key)


def _written(text: str) -> WrittenVersion | None:
    document_id, _, version = text.rpartition("@")
    return WrittenVersion(document_id, version) if document_id and version else None


async def _page(
    request: Request,
    at: AtDealer,
    key: str,
    *,
    opened: bool = False,
    written: WrittenVersion | None = None,
    done: str = "",
    left_out: Collection[str] = (),
    form: CustomerForm | None = None,
    status: int = 200,
) -> Response:
    """`opened`: with their particulars, which is written down. `form`: what was typed, to be shown
    again. Raises `NotThere` where nobody knows them."""
    desk = desk_of(request)
    known, documents = await _known(request, key), await desk.directory.documents(key)
    parts = await parts_of(desk.services, at.user, key, written)
    if known.profile is None and not documents and parts.know_nothing:
        raise NotThere
    if opened:
        await note_opened(request, at, "saw_particulars", key)
    places = views.anchors(documents)
    score, plan, person = parts.score.found, parts.plan.found, parts.person.found
    history = parts.history.found
    now, past = views.open_and_past(plan) if plan else ([], [])
    drawn = typed_as_known(known)
    typed = form.typed if form else drawn
    shown: dict[str, Any] = shown_to(request, at) | {
        "about": f"customer:{key}",
        "key": key,
        "staff": await desk.staff.known_at(at.dealer.id),
        "here": _address(at, key),
        "place": place_of(key),
        "number": number_in(key),
        "is_customer": is_customer_key(key),
        "has_profile": _has_profile(key),
        "opened": opened,
        "done": done,
        "left_out": [FIELD_WORDS[each] for each in FIELD_WORDS if each in left_out],
        "who": views.particulars(known, person, shown=opened),
        "known": known,
        "parts": parts,
        "score": score,
        "axes": views.reason_lines(score.reasons, places, at.dealer.id) if score else {},
        "curve": curve(history.moments, history.as_of) if history else None,
        "plan": plan,
        "to_do": now,
        "past": past,
        "others": views.others(person) if person else [],
        "cases": [(each, f"/d/{place_of_case(each.id)[0]}") for each in parts.cases.found or ()],
        "documents": documents,
        "places": places,
        "where": lambda document_id: views.document_place(document_id, places, at.dealer.id),
        "veil": (lambda text: text) if opened else partial(views.veiled, known=known),
        "case_at": lambda document_id: f"/d/{place_of_case(document_id)[0]}",
        "opt_outs": views.opt_outs(known, documents),
        "do_not_contact": views.do_not_contact(documents),
        "surveys": views.of_kind(documents, "survey"),
        "form": form or CustomerForm(seen=views.seen_of(known)),
        "typed": asdict(typed),
        "seen": views.seen_of(known),
        "drawn": drawn,
        "commands": {
            act: form.command if form and form.act == act else uuid.uuid4()
            for act in ("correct", "consent")
        },
    }
    return desk.pages.page(
        request, "customer.html", shown, language=at.visitor.language, status=status
    )
