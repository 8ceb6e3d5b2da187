"""What the rules of points ask of the policy besides their own figures. Pure."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Protocol

from services.scoring.domain.documents import Role
from shared.contracts.surveys import SurveyKind


class Band(Protocol):
    """An overall answer of a survey from here up is worth `points`."""

    @property
    def overall_from(self) -> int: ...

    @property
    def points(self) -> int: ...


class ScoringMeasures(Protocol):
    """A policy, as its rules see it."""

    @property
    def role_percent(self) -> Mapping[Role, int]: ...

    @property
    def currency_per_point(self) -> Mapping[str, int]: ...

    @property
    def survey_bands(self) -> tuple[Band, ...]: ...

    @property
    def survey_percent(self) -> Mapping[SurveyKind, int]: ...

    @property
    def warranty_months(self) -> int: ...

    @property
    def promise_grace_minutes(self) -> int: ...

    @property
    def comeback_days(self) -> int: ...

    def survey_points(self, overall: Decimal) -> int: ...
