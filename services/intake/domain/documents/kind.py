"""What the file of each kind of document says of it, under the same names in all.

Pointers are JSON pointers into the event's data, such as `/customer/customer_key`.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple, Protocol, TypeVar

from services.intake.domain.documents.naming import RecordFields
from services.intake.domain.findings import Finding
from shared.contracts.feed_parts import AnyVehicle, Customer
from shared.contracts.feeds import Document
from shared.contracts.intake import Moved, Recorded
from shared.dealers.dealer import Dealer

R_contra = TypeVar("R_contra", contravariant=True)


class Named(NamedTuple):
    """A customer or complaint that a report names by its key or id, and where."""

    pointer: str
    identifier: str


class NamedInGroup(Named):
    """One that may be of another dealer of the same group."""

    __slots__ = ()


class Described(NamedTuple):
    """The customers that a document describes, by pointer, its car, and cars taken for it."""

    customers: Mapping[str, Customer]
    vehicle: AnyVehicle | None
    traded_in: tuple[str, ...] = ()
    """By their VINs."""

    def vins(self) -> Iterator[tuple[str, str]]:
        """Pointer -> VIN of every car that it names."""
        if self.vehicle is not None and self.vehicle.vin is not None:
            yield "/vehicle/vin", self.vehicle.vin
        for position, vin in enumerate(self.traded_in):
            yield f"/traded_in/{position}", vin


class DocumentKind(Protocol[R_contra]):
    """What is known of a kind of document, and of one that is reported."""

    RECORDED: type[Recorded]
    """What is published of it. What intake keeps of it can be published as that again."""
    EXPLAINS: bool
    """Whether it explains other documents of its customer, and is published ahead of them."""
    FREE_WORDS: tuple[str, ...]
    """Fields in free words: the register keeps them, and they are never published."""

    def numbers(self, report: R_contra, /) -> Mapping[str, str]:
        """Field -> the number by which the source knows the document."""
        ...

    def parent(self, report: R_contra, /) -> str | None:
        """The id of the complaint that it is a step on: it is wherever that is."""
        ...

    def named_by_id(self, report: R_contra, /) -> Iterator[Named]:
        """Every key and id that it names instead of a number."""
        ...

    def known_customers(self, report: R_contra, /) -> Iterator[Named]:
        """The customers whom it takes to be known already."""
        ...

    def described(self, report: R_contra, /) -> Described | None:
        """The customers and the car that it tells of; None where no document of the kind does."""
        ...

    def contradictions(self, report: R_contra, /) -> Iterator[Finding]:
        """Why it cannot be taken: what its own fields contradict."""
        ...

    def happened(self, report: R_contra, /) -> Iterator[tuple[str, date | None]]:
        """Field -> moment or day that tells of the past: it cannot lie ahead."""
        ...

    def impossible_readings(self, report: R_contra, dealer: Dealer, /) -> Iterator[Finding]:
        """Odometer readings that cannot be true by what the document itself says."""
        ...

    def doubtful(self, report: R_contra, /) -> Iterator[Finding]:
        """What is odd, and taken as it is said: its sender is warned."""
        ...

    def content(self, report: R_contra, /) -> Mapping[str, object]:
        """What makes a new version of it when it changes."""
        ...

    def messages(self, report: R_contra, dealer: Dealer, /) -> Mapping[str, Recorded]:
        """Role -> what is recorded for the customer in that role, without a version so far."""
        ...

    def moved(self, fields: RecordFields, parent: str | None, /) -> Moved:
        """What takes it away from a customer; `parent`: the complaint, of a step."""
        ...


_PERSONAL = {
    *("name", "phones", "email", "opt_outs", "language"),
    *("birth_year", "occupation", "area"),
}
"""Parts of a customer that the profile records, and no document."""


def no_parent(_: Document, /) -> None:
    """For what is no step on a complaint."""
    return


def names_none(_: Document, /) -> Iterator[Named]:
    """For what names nobody by a key."""
    return iter(())


def describes_none(_: Document, /) -> None:
    """For what tells nothing of its customers but who they are."""
    return


def no_contradictions(_: Document, /) -> Iterator[Finding]:
    """For what its contract says all of."""
    return iter(())


def no_readings(_: Document, __: Dealer, /) -> Iterator[Finding]:
    """For what has no odometer readings."""
    return iter(())


def no_doubts(_: Document, /) -> Iterator[Finding]:
    """For what is either right or wrong."""
    return iter(())


def all_but_personal(report: Document, /) -> dict[str, object]:
    """All of a report, but for when it was changed and for what belongs to profiles."""
    return report.model_dump(
        exclude={
            "source_modified_at": True,
            "known_by": True,
            "customer": _PERSONAL,
            "parties": {"__all__": {"customer": _PERSONAL}},
        },
        exclude_defaults=True,
    )
