"""A complaint that is filed at the desk: its form, and the report that it is made of."""

import base64
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID

from services.desk.domain.case_forms import Wrong
from services.desk.domain.commands import Command
from services.desk.domain.local_times import NotATime, instant_of
from shared.contracts.feeds import ComplaintReported

FILED = (
    "received_at",
    "occurred_at",
    "channel",
    "category",
    "component",
    "severity",
    "department",
    "narrative",
    "desired_outcome",
    "related_ro_no",
    "related_deal_no",
    "owner",
    "regulator_ref",
    "regulator_due_at",
    "vin",
    "crash",
    "fire",
    "injuries",
    "deaths",
)
"""The fields of the form."""
_NEEDED = ("received_at", "channel", "category", "narrative")
_TIMES = frozenset({"received_at", "occurred_at", "regulator_due_at"})
_PERSONS = ("injuries", "deaths")
_HAPPENED = ("crash", "fire")
_ELSEWHERE = frozenset({"vin", *_PERSONS, *_HAPPENED})
_HALF = 5
"""The number of a complaint is two groups of so many characters, of five bits each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingForm:
    """A form of a complaint, as it was sent."""

    command: UUID
    customer_key: str
    fields: Mapping[str, str] = field(repr=False)
    """As they were typed, by the names of `FILED`."""

    def wrong(self, zone: tzinfo, now: datetime) -> dict[str, Wrong]:
        """Field -> what is wrong with it; nothing where all is well."""
        found: dict[str, Wrong] = {name: "needed" for name in _NEEDED if not self.text(name)}
        times: dict[str, datetime] = {}
        for name in sorted(_TIMES):
            try:
                if self.text(name):
                    times[name] = instant_of(self.text(name), zone)
            except NotATime:
                found[name] = "no_time"
        received = times.get("received_at", now)
        if received > now:
            found["received_at"] = "in_future"
        if times.get("occurred_at", received) > received:
            found["occurred_at"] = "in_future"
        if "regulator_due_at" in times and times["regulator_due_at"] <= received:
            found["regulator_due_at"] = "not_after"
        for name in _PERSONS:
            if self.text(name) and not self.text(name).isdecimal():
                found[name] = "no_number"
        return found

    def report(self, dealer_id: str, zone: tzinfo, key: bytes) -> Command:
        """The act itself, of a form of which nothing is wrong; `key`: as of `case_no`."""
        data: dict[str, Any] = {
            "case_no": self.case_no(key),
            "customer": {"customer_key": self.customer_key},
        }
        for name in FILED:
            value = self.text(name)
            if value and name not in _ELSEWHERE:
                data[name] = instant_of(value, zone).isoformat() if name in _TIMES else value
        safety = {name: True for name in _HAPPENED if self.text(name)}
        persons = {name: int(self.text(name)) for name in _PERSONS if self.text(name)}
        if safety or any(persons.values()):
            data["safety"] = {**safety, **persons}
        if self.text("vin"):
            data["vehicle"] = {"vin": self.text("vin")}
        return Command(
            id=self.command,
            type=ComplaintReported.TYPE,
            dealer_id=dealer_id,
            data=data,
            numbered_by="case_no",
        )

    def case_no(self, key: bytes) -> str:
        """The number that the complaint has from now on, such as `D-K7Q2M-3XWZA`: nobody without
        the key, of `key_for(secret, "case numbers")`, can make a form that has a given one."""
        said = f"{self.command} {self.customer_key}".encode()
        letters = base64.b32encode(hmac.digest(key, said, "sha256")).decode()[: 2 * _HALF]
        return f"D-{letters[:_HALF]}-{letters[_HALF:]}"

    def text(self, name: str) -> str:
        """What was typed there, without spaces around it."""
        return self.fields.get(name, "").strip()
