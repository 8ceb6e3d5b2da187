"""Three complaints of the live days that always go the same way, by numbers of their own.

Their clocks leave hours between what happens, so that they go the same way in scaled time too,
where a real second is hours.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from deploy.sandbox.feed.cases import CaseStory, Taken

NEEDS_DAYS = 5.0
"""All of them are closed by then, counted from where the live days begin."""


@dataclass(frozen=True, slots=True)
class Featured:
    """One of the three."""

    case_no: str
    hours: float
    """When it is received, after the live days began."""
    story: CaseStory
    ends: tuple[str, ...]
    """What stands of it at the end, or was taken back, in the words of `demo/stories.py`."""

    def received_at(self, start: datetime) -> datetime:
        """When it is received, if the live days begin at `start`."""
        return start + timedelta(hours=self.hours)


CLIMBS = Featured(
    "K-CLIMBS",
    4.0,
    CaseStory(
        "nobody answers",
        (
            Taken("contacted", 0.2),
            Taken("answered", 60.0),
            Taken("resolved", 64.0),
            Taken("called_back", 90.0, satisfied=True),
        ),
        filed_with_first_step=True,
    ),
    (
        "warning of answer",
        "breach of answer",
        "step general manager of answer",
        "step group of answer",
        "answer broken",
        "closed satisfied; 2 kept, broken: answer",
    ),
)
"""Contacted at once, and then forgotten for sixty hours: the answer climbs its whole ladder."""

SAVED = Featured(
    "K-SAVED",
    6.0,
    CaseStory(
        "major, warned, then saved",
        (
            Taken("contacted", 0.2),
            Taken("answered", 8.0),
            Taken("executive_answered", 42.0),
            Taken("resolved", 46.0),
            Taken("called_back", 72.0, satisfied=True),
        ),
        severity="major",
        filed_with_first_step=True,
    ),
    (
        "warning of executive answer",
        "executive answer kept",
        "call back kept",
        "closed satisfied; 4 kept, none broken",
    ),
)
"""Senior management is warned after 36 of its 48 hours, and answers after 42."""

WITHDRAWN = Featured(
    "K-WITHDRAWN",
    8.0,
    CaseStory(
        "breach disproved",
        (
            Taken("contacted", 0.9, reported_after=13.1),
            Taken("answered", 13.9, reported_after=0.15),
            Taken("resolved", 20.0),
            Taken("called_back", 46.0, satisfied=True),
        ),
    ),
    (
        "breach of contact, taken back",
        "step general manager of contact, taken back",
        "step group of contact, taken back",
        "contact kept",
        "closed satisfied; 3 kept, none broken",
    ),
)
"""Contacted within the hour; reported to the system when the whole ladder had been climbed."""

FEATURED = (CLIMBS, SAVED, WITHDRAWN)
"""They happen at the dealers in turn."""
