"""Customer 客户: who they are, what they are worth and why, what is planned, and what is not."""

import uuid
from collections.abc import Collection, Mapping, Sequence
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
    consent_trouble,
    correction_command,
    over_what_is_known,
    seen_anew,
)
from services.desk.api.customer_parts import parts_of, plan_part, require_known
from services.desk.api.notes import notes_of
from services.desk.api.opening import note_opened
from services.desk.api.sign_in import SEE_OTHER
from services.desk.api.speech import speech_of
from services.desk.api.visitor import AtDealer, at_dealer, desk_of, shown_to
from services.desk.domain.commands import Command
from services.desk.domain.corrections import PHONE_KINDS, TYPED, typed_as_known
from services.desk.domain.find.documents import KeptDocument
from services.desk.domain.people import CustomerCard
from services.desk.views import customer as views
from services.desk.views.curve import curve
from services.desk.views.places import place_of, place_of_case
from services.desk.views.refusals import fields_of, told
from services.desk.views.terms import PARTICULARS
from shared.contracts.identifiers import is_customer_key, is_of_a_car, number_in
from shared.platform.needs import TO_ALL

PLACE = "/customers/{source}/{number:path}"
FIELDS: Mapping[str, str] = {name: name for name in PARTICULARS}
"""Of a correction: the form calls them as reports do."""


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
        late: bool = False,
        left_out: str = "",
    ) -> Response:
        page = await _page(
            request,
            at,
            key,
            written=_written(written),
            done=done,
            late=late,
            left_out=left_out.split(","),
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
        """What they say now takes the place of what they said before, as whoever asked them has
        seen it."""
        desk, form = desk_of(request), await CustomerForm.of(request, "consent")
        if await desk.reporting.sent_at(form.command) is None:
            plan = await plan_part(desk.services, at.user, key)
            now = views.allowed_now(plan, await _known(request, key), ())
            if (trouble := consent_trouble(form, now)) is not None:
                status = 409 if trouble == "meanwhile" else 422
                return await _page(request, at, key, form=form.because(trouble), status=status)
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
    more = {} if await seen_anew(desk.directory, key, form.seen) else {"late": "true"}
    if doubtful := ",".join(fields_of(written.warnings, FIELDS)):
        more["left_out"] = doubtful
    return _done(at, key, "corrected", **more)


def _done(at: AtDealer, key: str, done: str, **more: str) -> Response:
    """To the customer, and what was done."""
    return RedirectResponse(f"{_address(at, key)}?{urlencode({'done': done, **more})}", SEE_OTHER)


def _address(at: AtDealer, key: str) -> str:
    return f"/d/{at.dealer.id}/customers/{place_of(key)}"


def _case_at(at: AtDealer, document_id: str) -> str:
    """The page of a complaint; what is written of it, for who sees no more."""
    place = f"/d/{place_of_case(document_id)[0]}"
    return place if at.may("see_complaints") else f"{place}/narrative"


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
    late: bool = False,
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
    of_documents = _documents_shown(at, known, documents, opened=opened)
    score, plan, person = parts.score.found, parts.plan.found, parts.person.found
    history = parts.history.found
    now, past = views.open_and_past(plan) if plan else ([], [])
    tried = (
        document for task in (*now, *past) for each in task.attempts for document in each.documents
    )
    shown: dict[str, Any] = {
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
        "late": late,
        "left_out": [PARTICULARS[each] for each in PARTICULARS if each in left_out],
        "who": views.particulars(known, person, shown=opened),
        "known": known,
        "parts": parts,
        "score": score,
        "axes": views.reason_lines(score.reasons, of_documents["where"]) if score else {},
        "curve": curve(history.moments, history.as_of) if history else None,
        "plan": plan,
        "to_do": now,
        "past": past,
        "notes": await notes_of(request, at, key, tried),
        "others": views.others(person) if person else [],
        "cases": [(each, f"/d/{place_of_case(each.id)[0]}") for each in parts.cases.found or ()],
        "veil": (lambda text: text) if opened else partial(views.veiled, known=known),
        "allowed": views.allowed_now(parts.plan, known, documents),
        "surveys": views.of_kind(documents, "survey"),
    }
    shown = shown_to(request, at) | shown | of_documents | _forms_shown(known, form)
    return desk.pages.page(
        request, "customer.html", shown, language=at.visitor.language, status=status
    )


def _documents_shown(
    at: AtDealer, known: CustomerCard, documents: Sequence[KeptDocument], *, opened: bool
) -> dict[str, Any]:
    """Their rows, and where whatever a service names is to be found."""
    listed = views.listed(documents)
    places = views.anchors(listed)
    return {
        "documents": listed,
        "places": places,
        "where": partial(
            views.document_place,
            places=places,
            dealer_id=at.dealer.id,
            steps=views.cases_of_steps(documents),
        ),
        "car": partial(views.car_words, known, shown=opened),
        "customer_at": place_of,
        "number_of": number_in,
        "case_at": partial(_case_at, at),
    }


def _forms_shown(known: CustomerCard, form: CustomerForm | None) -> dict[str, Any]:
    """The forms, as they are drawn, or as one of them was sent."""
    drawn, seen = typed_as_known(known), views.seen_of(known)
    return {
        "form": form or CustomerForm(seen=seen),
        "typed": asdict(form.typed if form else drawn),
        "seen": seen,
        "drawn": {name: getattr(drawn, name) for name in TYPED},
        "phone_kinds": PHONE_KINDS,
        "commands": {
            act: form.command if form and form.act == act else uuid.uuid4()
            for act in ("correct", "consent")
        },
    }
