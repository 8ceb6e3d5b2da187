"""What a report says besides its document: of its customers and cars, of channels, in free words.

Other reports speak of the same, so what it says is joined with their words.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from services.intake.domain.documents import document_id_of, kind_of
from services.intake.domain.documents.naming import key_of, noun_of
from services.intake.domain.examine.event import Reported
from services.intake.domain.profiles.opt_outs import MAIN, OPT_OUTS, said_of_opt_outs
from services.intake.domain.profiles.profile import PROFILE, profile_of, said_of, said_of_car
from shared.contracts.feed_parts import Customer
from shared.contracts.feeds import AnyReport
from shared.contracts.identifiers import document_id

_CUSTOMER, _VEHICLE = "/customer", "/data/vehicle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """What a report says of something that other reports speak of, too."""

    document_id: str
    kind: str
    said: Mapping[str, JsonValue]
    """Field -> value; None or [] deletes."""
    said_at: str
    """The document, and the pointer into it, that says so."""
    customer_key: str | None = None
    """For a profile: whose it is."""


def mentions_of(reported: Reported, *, reached: bool) -> Iterator[Mention]:
    """What it says of the profiles of its customers, then of channels.

    The last is there for every document that may describe customers, for it may have moved.
    `reached`: whether it concerns customers, else its car is not theirs.
    """
    report, described = reported.report, reported.described
    if described is None:
        return
    customers, vehicle = _but_the_dealership(described.customers), described.vehicle
    for where, customer in customers.items():
        pointer = f"/data{where}"
        said = said_of(customer, where=pointer, left_out=reported.left_out)
        if vehicle is not None and reached:
            said |= said_of_car(vehicle, where=_VEHICLE, left_out=reported.left_out)
        if said:
            key = key_of(report, customer)
            yield Mention(
                document_id=profile_of(key),
                kind=PROFILE,
                said=said,
                said_at=f"{document_id_of(report)}{pointer}",
                customer_key=key,
            )
    yield _opt_outs(report, customers)


def free_words(report: AnyReport) -> dict[str, JsonValue]:
    """Name -> what it says in free words, None where it deletes; blank text says nothing."""
    said: dict[str, JsonValue] = {}
    for name in kind_of(report).FREE_WORDS:
        text: str | None = getattr(report, name)
        if name in report.model_fields_set and (text is None or text.strip()):
            said[name] = text
    return said


def opt_outs_id(report: AnyReport) -> str:
    """The document id of what a document says of channels."""
    numbers = kind_of(report).numbers(report).values()
    noun = noun_of(type(report))
    return document_id(report.dealer_id, report.source, OPT_OUTS, noun, *numbers)


def _but_the_dealership(customers: Mapping[str, Customer]) -> dict[str, Customer]:
    return {where: customer for where, customer in customers.items() if customer.kind != "internal"}


def _opt_outs(report: AnyReport, customers: Mapping[str, Customer]) -> Mention:
    who: dict[str, Customer] = {}
    for where, customer in customers.items():
        whom = MAIN if where == _CUSTOMER else key_of(report, customer)
        who.setdefault(whom, customer)
    return Mention(
        document_id=opt_outs_id(report),
        kind=OPT_OUTS,
        said=said_of_opt_outs(who),
        said_at=document_id_of(report),
    )
