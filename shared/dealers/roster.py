"""Who has a role at a dealer on a day: the roster as data, and whom a notice is for. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from shared.contracts.complaints import Addressee, Role
from shared.contracts.values import ShortText
from shared.time.calendar import CalendarDay

ANY_DEPARTMENT = "any"


class Absence(BaseModel):
    """Away on these days, both included; the dealer's local dates."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    first: Annotated[CalendarDay, Field(alias="from")]
    last: Annotated[CalendarDay, Field(alias="to")]

    @model_validator(mode="after")
    def _in_order(self) -> "Absence":
        if self.last < self.first:
            raise ValueError("an absence ends before it starts")
        return self


class Person(BaseModel):
    """When somebody is away, and who stands in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    deputy: ShortText | None = None
    absent: tuple[Absence, ...] = ()

    def is_away(self, day: date) -> bool:
        return any(absence.first <= day <= absence.last for absence in self.absent)


def _by_department(value: Any) -> Any:
    return value if isinstance(value, Mapping) else {ANY_DEPARTMENT: value}


Holders = Annotated[Mapping[str, tuple[ShortText, ...]], BeforeValidator(_by_department)]
"""Department -> staff ids, the first who is there first. A list alone is for any department."""


class Roster(BaseModel):
    """A dealer's staff ids by role. Ids only: names are personal and are not kept here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    roles: Mapping[Role, Holders]
    people: Mapping[ShortText, Person] = {}
    fallback: Role = "general_manager"
    """Notified instead where nobody has the role."""

    def addressees(
        self, roles: Sequence[Role], *, department: str | None, assigned: str | None, day: date
    ) -> tuple[Addressee, ...]:
        """Whom a notice to these roles is for on this day. `assigned` is the responsible person."""
        return tuple(self._addressee(role, department, assigned, day) for role in roles)

    def _addressee(
        self, role: Role, department: str | None, assigned: str | None, day: date
    ) -> Addressee:
        first = [assigned] if assigned is not None and role == "responsible_person" else []
        found = self._present(role, [*first, *self._holders(role, department)], day)
        if found is not None:
            return found
        stand_in = self._present(self.fallback, self._holders(self.fallback, department), day)
        if stand_in is None:
            return Addressee(role=role, because="nobody")
        return Addressee(
            role=self.fallback, person=stand_in.person, because="fallback", instead_of=role
        )

    def _holders(self, role: Role, department: str | None) -> Iterator[str]:
        by_department = self.roles.get(role, {})
        if department is not None:
            yield from by_department.get(department, ())
        yield from by_department.get(ANY_DEPARTMENT, ())

    def _present(self, role: Role, holders: Iterable[str], day: date) -> Addressee | None:
        """The first holder who is there, or whose deputy, or deputy's deputy, is."""
        for holder in holders:
            person, seen = holder, {holder}
            while self._is_away(person, day):
                deputy = self.people[person].deputy
                if deputy is None or deputy in seen:
                    break
                person = deputy
                seen.add(deputy)
            else:
                if person == holder:
                    return Addressee(role=role, person=holder, because="on_duty")
                return Addressee(role=role, person=person, because="deputy", instead_of=holder)
        return None

    def _is_away(self, person: str, day: date) -> bool:
        known = self.people.get(person)
        return known is not None and known.is_away(day)


def without_roster(roles: Sequence[Role], assigned: str | None) -> tuple[Addressee, ...]:
    """All that can be said of a dealer that gave no roster."""
    return tuple(
        Addressee(
            role=role,
            person=assigned if role == "responsible_person" else None,
            because="no_roster",
        )
        for role in roles
    )
