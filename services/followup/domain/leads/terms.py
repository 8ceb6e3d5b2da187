"""How leads are graded, and when one counts as followed: the part of the policy on them. Pure."""

from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from services.followup.domain.offsets import Days
from shared.contracts.leads import BuysWithin, Extent
from shared.contracts.scoring import Grade

Extents = Annotated[tuple[Extent, ...], Field(min_length=1)]


class LeadGrading(BaseModel):
    """One way to earn a grade: all that it names has to fit."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    KEY: ClassVar[str] = "name"

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_0-9]{0,39}$")]
    grade: Grade
    ability_to_pay: Extents | None = None
    """Any of these; None: whichever."""
    brand_loyalty: Extents | None = None
    buys_within_days: BuysWithin | None = None
    """They mean to buy within so many days; None: whenever."""
    competitor: bool | None = None
    """Whether they look at, or drive, another brand; None: whether or not."""

    @model_validator(mode="after")
    def _asks_for_something(self) -> "LeadGrading":
        asked = (
            self.ability_to_pay,
            self.brand_loyalty,
            self.buys_within_days,
            self.competitor,
        )
        if all(each is None for each in asked):
            raise ValueError("name what has to fit: this would fit every lead")
        return self


class LeadTerms(BaseModel):
    """What the dealer makes of leads 潜客."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    gradings: tuple[LeadGrading, ...] = (
        LeadGrading(
            name="able_and_loyal",
            grade="quality",
            ability_to_pay=("high",),
            brand_loyalty=("high",),
        ),
        LeadGrading(name="buys_soon", grade="potential", buys_within_days=30),
        LeadGrading(name="able", grade="potential", ability_to_pay=("high",)),
        LeadGrading(name="of_a_competitor", grade="potential", competitor=True),
    )
    """The first that fits gives the grade; where none does, it is `general`."""
    fewest_contacts: Annotated[int, Field(ge=0, le=100)] = 2
    """A lead that is lost after fewer attempts than these was never really followed."""
    first_contact_within_hours: Annotated[int, Field(gt=0, le=8_760)] = 24
    """Nor was one whom nobody tried to talk to within so many hours from the next opening on."""
    bears_fruit_days: Days = 365
    """A car bought later than this after the last word on the lead has nothing to do with it."""

    @model_validator(mode="after")
    def _each_name_once(self) -> "LeadTerms":
        names = [grading.name for grading in self.gradings]
        if len(set(names)) < len(names):
            raise ValueError("two gradings have the same name")
        return self
