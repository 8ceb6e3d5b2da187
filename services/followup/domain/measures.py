"""What the triggers of tasks ask of the policy. Pure."""

from typing import Protocol

from services.followup.domain.service_interval import ServiceInterval


class TaskMeasures(Protocol):
    """A policy, as its triggers see it."""

    @property
    def service_interval(self) -> ServiceInterval: ...
