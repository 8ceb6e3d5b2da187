"""Who saw, exported and changed what: for who answers for it."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response

from services.desk.api.visitor import NotAllowed, SignedIn, Visitor, desk_of, shown_to_all
from services.desk.domain.allowed import allowed
from services.desk.domain.trail import (
    TRAIL_ACTS,
    TrailAct,
    TrailAsked,
    TrailFaultKind,
    sequence_in,
)
from services.desk.domain.users import Language
from services.desk.views.speech import N_, Speech
from services.desk.views.trail import as_table, place_of_noted
from services.desk.views.trail_words import about_told, how_told
from shared.dealers.dealer import Dealer
from shared.platform.needs import TO_ALL
from shared.platform.tables import csv_response

A_PAGE = 100
MOST_EXPORTED = 20_000
ACT_WORDS: dict[TrailAct, str] = {
    "signed_in": N_("signed in"),
    "sign_in_refused": N_("was not let in"),
    "signed_out": N_("signed out"),
    "signed_out_elsewhere": N_("signed out everywhere else"),
    "changed_password": N_("changed the password"),
    "saw_customer": N_("saw a customer"),
    "saw_particulars": N_("saw particulars"),
    "saw_narrative": N_("saw what a customer complained of"),
    "saw_list": N_("saw a list"),
    "saw_hits": N_("saw who was found, while typing"),
    "saw_trail": N_("looked at the trail"),
    "searched": N_("searched"),
    "exported": N_("exported"),
    "printed": N_("printed"),
    "reporting": N_("set out to report"),
    "reported": N_("reported"),
    "created_user": N_("created a user"),
    "changed_user": N_("changed a user"),
    "reset_user": N_("reset a user's password"),
    "disabled_user": N_("disabled a user"),
    "enabled_user": N_("enabled a user"),
}
assert ACT_WORDS.keys() == set(TRAIL_ACTS)
FAULT_WORDS: dict[TrailFaultKind, str] = {
    "changed": N_("Entry %(number)s is not as it was written."),
    "missing": N_("Entry %(number)s is missing."),
    "cut": N_("Entries after %(number)s are missing."),
    "headless": N_("What says how many entries there are is missing; there are %(number)s."),
    "forged head": N_("What says how many entries there are was not written by the desk."),
    "other": N_("Entry %(number)s is not the one that you have noted."),
}


@dataclass(frozen=True, slots=True)
class _MaySee:
    """Somebody who may look at the trail."""

    visitor: Visitor
    dealers: tuple[Dealer, ...]
    """Of whom they see entries."""
    everything: bool
    """And what is of no dealer: who signed in, and users."""


async def _may_see(request: Request, visitor: SignedIn) -> _MaySee:
    known = desk_of(request).dealers.all()
    theirs = tuple(each for each in known if allowed(visitor.user, "see_the_trail", each.id))
    everything = visitor.user.is_for_all("admin")
    if not theirs and not everything:
        raise NotAllowed
    return _MaySee(visitor, theirs, everything)


MaySee = Annotated[_MaySee, Depends(_may_see)]


@dataclass(frozen=True, slots=True)
class _Asked:
    """The form as it was sent."""

    username: str
    about: str
    what: str
    dealer: str
    day: str
    before: int | None


def _asked(
    *,
    username: Annotated[str, Form(max_length=300)] = "",
    about: Annotated[str, Form(max_length=300)] = "",
    what: Annotated[str, Form(max_length=40)] = "",
    dealer: Annotated[str, Form(max_length=100)] = "",
    day: Annotated[str, Form(max_length=10)] = "",
    before: Annotated[int | None, Form(ge=1)] = None,
) -> _Asked:
    return _Asked(username.strip(), about.strip(), what, dealer, day, before)


AskedOfTrail = Annotated[_Asked, Depends(_asked)]
_NOTHING = _Asked("", "", "", "", "", None)


def trail_router() -> APIRouter:
    """`/trail`, by POST with what is asked for, `/trail/export` and `/trail/verify`."""
    router = APIRouter(prefix="/trail", include_in_schema=False, dependencies=[TO_ALL])

    @router.get("")
    async def newest(request: Request, may: MaySee) -> Response:
        return await _page(request, may, _NOTHING)

    @router.post("")
    async def found(request: Request, may: MaySee, asked: AskedOfTrail) -> Response:
        return await _page(request, may, asked)

    @router.post("/export")
    async def export(request: Request, may: MaySee, asked: AskedOfTrail) -> Response:
        desk, language = desk_of(request), may.visitor.language
        with desk.heavy.room(may.visitor.user.username):
            zone = _zone(may, asked)
            entries = await desk.record.find(_wanted(may, asked, zone), limit=MOST_EXPORTED)
            rows = f"rows: {len(entries)}"
            await desk.trail.note(may.visitor.user, None, "exported", "trail", how=rows)
            words, say = _acts(request, language), _speech(request, may)
            return csv_response(as_table(entries, zone, words, say), name="trail")

    @router.post("/verify")
    async def verify(
        request: Request, may: MaySee, known: Annotated[str, Form(max_length=100)] = ""
    ) -> Response:
        """`known`: the end of it as it was written down elsewhere, as `NUMBER:MARK`."""
        desk, language = desk_of(request), may.visitor.language
        end = known.strip() or None
        try:
            if end is not None:
                sequence_in(end)
        except ValueError:
            return await _page(request, may, _NOTHING, known=known, status=422)
        with desk.heavy.room(may.visitor.user.username):
            await desk.trail.note(may.visitor.user, None, "saw_trail", "")
            verified = await desk.record.verified(end)
        faults = [
            desk.pages.word(language, FAULT_WORDS[each.kind], number=each.sequence)
            for each in verified.faults
        ]
        return await _page(
            request,
            may,
            _NOTHING,
            verified={"end": verified.end.in_words(), "faults": faults},
            known=known,
        )

    return router


async def _page(
    request: Request,
    may: _MaySee,
    asked: _Asked,
    verified: dict[str, Any] | None = None,
    *,
    known: str = "",
    status: int = 200,
) -> Response:
    desk, language, user = desk_of(request), may.visitor.language, may.visitor.user
    say = _speech(request, may)
    if verified is None:
        await desk.trail.note(user, None, "saw_trail", "")
    zone = _zone(may, asked)
    found = await desk.record.find(_wanted(may, asked, zone), limit=A_PAGE + 1, before=asked.before)
    shown = {
        **shown_to_all(request, may.visitor),
        "zone": zone,
        "entries": found[:A_PAGE],
        "older": found[A_PAGE - 1].sequence if len(found) > A_PAGE else None,
        "asked": asked,
        "asked_dealers": may.dealers,
        "acts": _acts(request, language),
        "about_told": lambda noted: about_told(noted, say),
        "how_told": lambda noted: how_told(noted.how, say),
        "verified": verified,
        "known": known,
        "known_is_wrong": status != 200,  # nothing else is refused here
        "place_of": lambda noted: place_of_noted(noted, user),
        "most_exported": MOST_EXPORTED,
    }
    return desk.pages.page(request, "trail.html", shown, language=language, status=status)


def _speech(request: Request, may: _MaySee) -> Speech:
    language = may.visitor.language
    return Speech(language, partial(desk_of(request).pages.word, language))


def _acts(request: Request, language: Language) -> dict[str, str]:
    pages = desk_of(request).pages
    return {act: pages.word(language, words) for act, words in ACT_WORDS.items()}


def _wanted(may: _MaySee, asked: _Asked, zone: tzinfo) -> TrailAsked:
    wanted = TrailAsked(
        username=asked.username or None,
        about=asked.about or None,
        what=asked.what or None,
        dealer_ids=None if may.everything else frozenset(each.id for each in may.dealers),
    )
    if asked.dealer:
        ids = {each.id for each in may.dealers} & {asked.dealer}
        wanted = replace(wanted, dealer_ids=frozenset(ids))
    try:
        begins = datetime.combine(date.fromisoformat(asked.day), time(), zone)
    except ValueError:
        return wanted
    ends = datetime.combine(begins.date() + timedelta(days=1), time(), zone)
    return replace(wanted, since=begins.astimezone(UTC), until=ends.astimezone(UTC))


def _zone(may: _MaySee, asked: _Asked) -> tzinfo:
    """The clocks of the dealer who is asked for, else of the first of them."""
    of_asked = (each.zone for each in may.dealers if each.id == asked.dealer)
    return next(of_asked, may.dealers[0].zone if may.dealers else UTC)
