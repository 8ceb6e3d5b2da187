"""What staff do with a customer's particulars and consents, as forms send it."""

import asyncio
import uuid
from dataclasses import dataclass, field, replace
from typing import Literal, Self, TypeAlias, get_args

from fastapi import Request

from services.desk.adapters.directory import Directory
from services.desk.api.acts import command_in
from services.desk.domain import corrections
from services.desk.domain.commands import Command
from services.desk.domain.corrections import TypedParticulars, correction
from services.desk.domain.people import CustomerCard
from services.desk.views.customer import AllowedNow, seen_of
from services.desk.views.refusals import NOT_REFUSED, RefusalTold
from shared.contracts.corrections import CustomerReported
from shared.contracts.feed_parts import Channel
from shared.contracts.feeds import ConsentReported

CHANNELS: tuple[Channel, ...] = get_args(Channel)
MOST_TYPED = 2_000
PATIENCE_SECONDS = 2.0
LOOKS_EVERY_SECONDS = 0.05

Trouble: TypeAlias = Literal["away", "refused", "meanwhile", "unchanged", "unasked"]


class NothingChanged(Exception):
    """A correction that says what is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerForm:
    """One of the page's forms as it was sent."""

    command: uuid.UUID = field(default_factory=uuid.uuid4)
    seen: str = ""
    typed: TypedParticulars = field(default_factory=TypedParticulars)
    drawn: TypedParticulars = field(default_factory=TypedParticulars)
    """What stood there before somebody typed."""
    do_not_contact: bool = False
    opt_outs: tuple[Channel, ...] = ()
    allowed: str = ""
    """What they allowed before, as `AllowedNow.mark` has it."""
    asked: bool = False
    """Whether they were asked about every way, where what they allowed before is not known."""
    act: Literal["correct", "consent"] | None = None
    """Which of the forms it is; None: none was sent."""
    trouble: Trouble | None = None
    """Why it is shown again."""
    refused: RefusalTold = NOT_REFUSED

    @classmethod
    async def of(cls, request: Request, act: Literal["correct", "consent"]) -> Self:
        """Raises `RequestValidationError` where it does not say which act it is."""
        form = await request.form()

        def text(name: str) -> str:
            found = form.get(name)
            return found[:MOST_TYPED] if isinstance(found, str) else ""

        refused = form.getlist("opt_outs")
        return cls(
            act=act,
            command=command_in(form.get("command")),
            seen=text("seen"),
            typed=TypedParticulars(
                **{name: text(name) for name in corrections.TYPED},
                new_phones=text("new_phones") or "mobile",
            ),
            drawn=TypedParticulars(**{name: text(f"was_{name}") for name in corrections.TYPED}),
            do_not_contact=bool(text("do_not_contact")),
            opt_outs=tuple(each for each in CHANNELS if each in refused),
            allowed=text("allowed"),
            asked=bool(text("asked")),
        )

    def because(self, trouble: Trouble, refused: RefusalTold = NOT_REFUSED) -> Self:
        """The same, to be shown again."""
        return replace(self, trouble=trouble, refused=refused)


def over_what_is_known(form: CustomerForm, known: CustomerCard) -> CustomerForm:
    """With what somebody has typed, and else with what is known now."""
    return replace(form, typed=corrections.over_what_is_known(form.drawn, form.typed, known))


def correction_command(form: CustomerForm, known: CustomerCard, dealer_id: str) -> Command:
    """Raises `NothingChanged`."""
    said = correction(known, form.typed)
    if not said:
        raise NothingChanged
    return Command(
        id=form.command,
        type=CustomerReported.TYPE,
        dealer_id=dealer_id,
        data={"customer_key": known.customer_key, **said},
        numbered_by="correction_no",
    )


def consent_trouble(form: CustomerForm, now: AllowedNow) -> Trouble | None:
    """Why a consent is not taken, as it would undo what whoever sends it has not seen."""
    if not form.allowed:
        return None if form.asked else "unasked"
    return "meanwhile" if now.is_known and now.mark != form.allowed else None


def consent_command(form: CustomerForm, key: str, dealer_id: str) -> Command:
    """What the customer allows from now on."""
    return Command(
        id=form.command,
        type=ConsentReported.TYPE,
        dealer_id=dealer_id,
        data={
            "customer_key": key,
            "do_not_contact": form.do_not_contact,
            "opt_outs": [*form.opt_outs],
        },
        numbered_by="consent_no",
    )


async def seen_anew(directory: Directory, key: str, before: str) -> bool:
    """Wait until the directory knows something newer of the customer, for a while; whether it
    does."""
    for _ in range(int(PATIENCE_SECONDS / LOOKS_EVERY_SECONDS)):
        known = await directory.anew(key)
        if known is not None and seen_of(known) != before:
            return True
        await asyncio.sleep(LOOKS_EVERY_SECONDS)
    return False
