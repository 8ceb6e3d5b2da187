"""What is kept of each document: its newest version, cut down to what scoring counts. Pure."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from services.scoring.domain.turns import KeptTurn
from shared.contracts.surveys import Answer, SurveyKind
from shared.decider.facts import Fact, Gone, Noted

Role = Literal["buyer", "co_buyer", "registrant", "driver"]


class _Dated(Fact):
    at: AwareDatetime
    late: AwareDatetime | None = None
    """When it was first received, where that was over seven days after it happened."""


class Sale(_Dated):
    """A car sold, from delivery; from the deal date while none is known."""

    kind: Literal["sale"]
    role: Role = "buyer"
    bought: bool = False
    """A delivered or closed sale to a customer: not an open one, nor wholesale or demo."""
    products: int = 0
    """What was sold with it and not given away, but for accessories and insurance."""
    vin: str = ""
    """Empty where none is known: then it is a car of its own."""
    day: date | None = None
    """The dealer's local date; None in what was kept before it was asked for."""
    new: bool = False
    warranty_until: date | None = None
    """The last day of the warranty that was sold with it, if it names one."""
    accessories: int = 0
    """Sold with it and not given away, like `insurances`."""
    insurances: int = 0
    traded_in: tuple[str, ...] = ()
    """The VINs of the cars that were taken in part exchange."""


class Visit(_Dated):
    """A repair order, from its closing; from its opening while it is open."""

    kind: Literal["visit"]
    day: date | None = None
    """The dealer's local date of a closed order that was not all internal work, else None."""
    paid: int = 0
    """What the customer paid for service, in whole units of `currency`; negative where an order
    gives back more than it takes."""
    currency: str = ""
    vin: str = ""
    km: int | None = None
    overran_minutes: int | None = None
    """How long after the promised time it was closed; 0 in time; None: nothing was promised."""
    jobs: tuple[str, ...] = ()
    """What was repaired, each job by a digest of its code."""
    comeback_of: str = ""
    """The order whose work had to be done again, where the source says so."""
    accessories: int = 0
    """Sold over the counter, less those taken back, like `insurances`; negative where an order does
    nothing but give back."""
    insurances: int = 0


class Case(_Dated):
    """A complaint, received at `at`, and how it stood since, as complaints says."""

    kind: Literal["case"]
    major: bool = False
    """How grave it was when it was received."""
    later: tuple[str, ...] = ()
    """Its turns after the receipt, each as `KeptTurn.text`."""

    @property
    def turns(self) -> list[KeptTurn]:
        """From its receipt on, in order."""
        return [KeptTurn(self.at, major=self.major, late=self.late), *map(KeptTurn.of, self.later)]

    def received_by(self, moment: datetime) -> "Case":
        """Without the turns that were history, and not received yet at `moment`."""
        known = [text for text in self.later if is_by(KeptTurn.of(text).late, moment)]
        return self.model_copy(update={"later": tuple(known)})


class Former(Fact):
    """A complaint or a step, kept before complaints published how cases stand: it says nothing."""

    kind: Literal["complaint", "step"]


class Survey(_Dated):
    """An answered survey; `overall` is from 0 to 10, to a tenth."""

    kind: Literal["survey"]
    overall: Answer
    survey: SurveyKind | None = None
    """None in what was kept before it was asked for."""


class Referral(_Dated):
    """This customer referred another one."""

    kind: Literal["referral"]
    whom: str = ""
    """The key of who was referred; empty in what was kept before it was asked for."""


class ReferredPurchase(_Dated):
    """Whom this customer referred has bought a car."""

    kind: Literal["referred_purchase"]
    whom: str
    """The key of who bought."""
    referral_id: str
    """The document of the referral."""


class OwnershipEnd(_Dated):
    """A car of this customer's is another's now."""

    kind: Literal["ownership_end"]
    vin: str
    traded_in: bool = False
    """Taken in part exchange, so that the customer goes on with another car; else sold on."""


class Profile(Fact):
    """Who the customer is, as coarse as it is counted by; nothing by which they are known."""

    kind: Literal["profile"]
    at: AwareDatetime
    """When the first was received; it has no instant of its own."""
    business: bool = False
    birth_year: int | None = None
    occupation: str = ""
    area: str = ""
    cars: tuple[str, ...] = ()
    """VIN, make and model, each as `KeptCar.text`."""


DatedFact = Sale | Visit | Case | Survey | Referral | ReferredPurchase | OwnershipEnd
Known = Annotated[DatedFact | Profile | Noted | Gone | Former, Field(discriminator="kind")]

SAYS_NOTHING = (Noted, Gone, Former)
NOT_SCORED = (*SAYS_NOTHING, Profile, OwnershipEnd)
"""What by itself gives nobody a score."""
UNDATED = (*SAYS_NOTHING, Profile)


def is_by(late: datetime | None, moment: datetime) -> bool:
    """Whether what was first received then, if that was late, was known at `moment`."""
    return late is None or late <= moment
