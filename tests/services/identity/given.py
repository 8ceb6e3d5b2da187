"""Words to tell who is known to whom: what intake would report, in the newest version."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from pydantic import SecretStr

from services.identity.app import decider, service
from services.identity.domain.facts import IdentityFacts
from services.identity.domain.policy import IdentityPolicy
from services.identity.domain.rulebook import IdentityEdition, IdentityRulebook
from services.identity.settings import IdentitySettings
from shared.contracts.envelope import Event
from shared.contracts.identifiers import dealer_of, document_version, number_in, source_of
from shared.contracts.intake import (
    CustomerLinkMade,
    CustomerMoved,
    ProfileRecorded,
    Recorded,
    ReferralMade,
    SaleMoved,
    SaleRecorded,
)
from shared.decider.decider import Decider
from shared.policies.by_edition import by_edition

SECRET = "a secret of tests, long enough"
SETTINGS = IdentitySettings(identity_secret=SecretStr(SECRET))
PLAIN = decider(SETTINGS)
DECIDER = service(SETTINGS)
PUDONG, BERLIN = "sunrise/pudong", "sunrise/berlin"
DMS, CRM, OTHER = f"{PUDONG}/dms/C1", f"{PUDONG}/crm/7", f"{PUDONG}/dms/C2"
ABROAD = f"{BERLIN}/dms/C1"
CAR, SECOND_CAR = "LSVAU2180N2183294", "LSVAU2180N2183295"
MOBILE, FAMILY = "+8613800000001", "+8613800000002"
WANG = "王伟"
START = datetime(2026, 1, 10, 9, tzinfo=UTC)

_ids = count(1)


def day(number: int) -> datetime:
    """So many days after the start."""
    return START + timedelta(days=number)


def event(data: Recorded, recorded_at: datetime = START) -> Event[Any]:
    """As intake publishes it."""
    return Event(
        id=f"{data.document_id}:{data.version}",
        key=data.customer_key,
        dealer_id=data.dealer_id,
        recorded_at=recorded_at,
        data=data,
    )


def document(customer: str, kind: str, number: str, version: int) -> dict[str, Any]:
    """What every record of intake has."""
    dealer_id = dealer_of(customer)
    return {
        "document_id": f"{dealer_id}/{source_of(customer)}/{kind}/{number}",
        "version": document_version(version, f"{version:012d}"),
        "customer_key": customer,
        "dealer_id": dealer_id,
    }


def profile(
    customer: str,
    name: str | None = WANG,
    *phones: str,
    verified: bool = True,
    phone_kind: str = "mobile",
    kind: str = "person",
    version: int = 1,
) -> Event[Any]:
    """Who the customer is."""
    return event(
        ProfileRecorded.model_validate(
            document(customer, "profile", number_in(customer), version)
            | {
                "kind": kind,
                "name": name,
                "phones": [
                    {"kind": phone_kind, "e164": phone, "verified": verified} for phone in phones
                ],
            }
        )
    )


def sale(
    customer: str,
    vin: str | None = CAR,
    *,
    at: datetime = START,
    number: str = "",
    role: str = "buyer",
    status: str = "delivered",
    sale_type: str = "retail",
    traded_in: Sequence[str] = (),
    by_the_day: bool = False,
    version: int = 1,
) -> Event[Any]:
    """A car is sold to the customer; each sale is another one unless it is numbered."""
    return event(
        SaleRecorded.model_validate(
            document(customer, "sale", number or f"D{next(_ids)}", version)
            | {
                "timezone": "Asia/Shanghai",
                "status": status,
                "role": role,
                "deal_date": at.date().isoformat(),
                "delivered_at": None if by_the_day else at,
                "delivered_on": at.date().isoformat() if by_the_day else None,
                "sale_type": sale_type,
                "condition": "used",
                "vin": vin,
                "traded_in": list(traded_in),
            }
        )
    )


def sale_moved(customer: str, number: str, version: int = 2) -> Event[Any]:
    """That sale is another customer's."""
    return event(SaleMoved.model_validate(document(customer, "sale", number, version)))


def staff_say(
    says: str, one: str, other: str, *, at: datetime = START, number: str = "L1", version: int = 1
) -> list[Event[Any]]:
    """Told to both."""
    return [
        event(
            CustomerLinkMade.model_validate(
                document(one, "link", number, version)
                | {
                    "customer_key": to,
                    "dealer_id": dealer_of(to),
                    "other_customer_key": of,
                    "says": says,
                    "at": at,
                    "by": "staff-1",
                }
            )
        )
        for to, of in ((one, other), (other, one))
    ]


def link_moved(customer: str, number: str, version: int = 2) -> Event[Any]:
    """What staff said is of another customer."""
    return event(CustomerMoved.model_validate(document(customer, "link", number, version)))


def referred(
    referrer: str, customer: str, *, at: datetime = START, number: str = "R1", version: int = 1
) -> list[Event[Any]]:
    """A referral, told to both."""
    return [
        event(
            ReferralMade.model_validate(
                document(referrer, "referral", number, version)
                | {
                    "customer_key": to,
                    "dealer_id": dealer_of(to),
                    "role": role,
                    "other_customer_key": of,
                    "at": at,
                }
            )
        )
        for to, of, role in (
            (referrer, customer, "referrer"),
            (customer, referrer, "referred"),
        )
    ]


def erased(customer: str, at: datetime) -> Event[Any]:
    """The profile's record was taken off its topic."""
    return event(ProfileRecorded.of_tombstone(customer, at), at)


def deciding(
    policy: IdentityPolicy | None = None, **by_dealer: IdentityPolicy
) -> Decider[IdentityFacts, IdentityRulebook]:
    """Identity by this policy for all, and by others for dealers of the group sunrise."""
    editions = {
        f"sunrise/{dealer}": (IdentityEdition(applied_at=day(-1_000), policy=each),)
        for dealer, each in by_dealer.items()
    }
    shipped = IdentityEdition(policy=policy or IdentityPolicy())
    return by_edition(PLAIN, IdentityRulebook(shipped=shipped, editions=editions))
