"""What a report says besides its document: of its customers, of channels, in free words. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from pydantic import JsonValue

from services.intake.domain.documents.naming import (
    document_id_of,
    document_numbers,
    key_of,
    kind_of,
)
from services.intake.domain.profiles.opt_outs import MAIN, OPT_OUTS, said_of_opt_outs
from services.intake.domain.profiles.profile import PROFILE, profile_of, said_of, said_of_car
from shared.contracts.feed_parts import Customer
from shared.contracts.feeds import AnyReport, ComplaintReported, SaleReported, VisitReported
from shared.contracts.identifiers import document_id

_OfCustomers: TypeAlias = SaleReported | VisitReported | ComplaintReported
_FREE_WORDS = ("narrative", "desired_outcome", "note")
_CUSTOMER, _VEHICLE = "/data/customer", "/data/vehicle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """What a report says of something that other reports speak of, too."""

    document_id: str
    kind: str
    said: Mapping[str, JsonValue]
    """Field -> value; None or [] deletes."""
    said_at: str
    """The document, and the place in it, that says so."""
    customer_key: str | None = None
    """For a profile: whose it is."""


def mentions_of(
    report: AnyReport, *, reached: bool, left_out: Collection[str]
) -> Iterator[Mention]:
    """What it says of the profiles of its customers, then of channels.

    The last is there for every document with customers, for it may have moved. `reached`: whether
    it concerns customers, else its car is not theirs; `left_out`: pointers of the unreadable.
    """
    if not isinstance(report, SaleReported | VisitReported | ComplaintReported):
        return
    named = _named(report)
    for where, customer in named.items():
        said = said_of(customer, where=where, left_out=left_out)
        if report.vehicle is not None and reached:
            said |= said_of_car(report.vehicle, where=_VEHICLE, left_out=left_out)
        if said:
            key = key_of(report, customer)
            yield Mention(
                document_id=profile_of(key),
                kind=PROFILE,
                said=said,
                said_at=f"{document_id_of(report)}{where}",
                customer_key=key,
            )
    yield _opt_outs(report, named)


def free_words(report: AnyReport) -> dict[str, JsonValue]:
    """Name -> what it says in free words, None where it deletes; blank text says nothing."""
    said: dict[str, JsonValue] = {}
    for name in _FREE_WORDS:
        text: str | None = getattr(report, name, None)
        if name in report.model_fields_set and (text is None or text.strip()):
            said[name] = text
    return said


def opt_outs_id(report: _OfCustomers) -> str:
    """The document id of what a document says of channels."""
    numbers = document_numbers(report).values()
    return document_id(report.dealer_id, report.source, OPT_OUTS, kind_of(report), *numbers)


def _named(report: _OfCustomers) -> dict[str, Customer]:
    """Pointer -> each customer whom a document names; the dealership itself is none."""
    named = {} if report.customer is None else {_CUSTOMER: report.customer}
    if isinstance(report, SaleReported):
        for position, party in enumerate(report.parties):
            named[f"/data/parties/{position}/customer"] = party.customer
    return {where: customer for where, customer in named.items() if customer.kind != "internal"}


def _opt_outs(report: _OfCustomers, named: Mapping[str, Customer]) -> Mention:
    who: dict[str, Customer] = {}
    for where, customer in named.items():
        whom = MAIN if where == _CUSTOMER else key_of(report, customer)
        who.setdefault(whom, customer)
    return Mention(
        document_id=opt_outs_id(report),
        kind=OPT_OUTS,
        said=said_of_opt_outs(who),
        said_at=document_id_of(report),
    )
