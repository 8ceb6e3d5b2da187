"""Which of a dealer's tasks are asked for, and what a page of them shows. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from pydantic import JsonValue

from services.followup.domain import ranks
from shared.contracts.http.followup_lists import DealerTasks, KindOfTask, TaskLine, ToDo
from shared.contracts.http.wrongly_asked import WronglyAsked
from shared.contracts.scoring import Grade
from shared.contracts.values import instant_text
from shared.decider.asked_lines import FoundLines, RankRange, behind
from shared.decider.summary import MOST_RANK, Listed, keyed

NOBODY = "nobody"
"""Asks for tasks that nobody in particular is to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedTasks:
    """Some of a dealer's tasks to do, by due time."""

    dealer_id: str
    now: datetime
    role: str | None = None
    person: str | None = None
    """`NOBODY`: those of nobody in particular."""
    kind: str | None = None
    grade: Grade | None = None
    due_from: datetime | None = None
    due_before: datetime | None = None
    is_overdue: bool | None = None
    """None: whether overdue or not."""
    descending: bool = False

    @property
    def name(self) -> str:
        """The list that has the fewest of those that are not asked for."""
        if self._is_of_nobody_with_a_role:
            return keyed(ranks.OF_PERSON, ranks.worker(None, self.role or ""))
        if self.person not in (None, NOBODY):
            return keyed(ranks.OF_PERSON, ranks.worker(self.person, ""))
        if self.kind is not None:
            return keyed(ranks.OF_KIND, self.kind)
        if self.role is not None:
            return keyed(ranks.OF_ROLE, ranks.key_of(self.role))
        return ranks.BY_DUE if self.grade is None else keyed(ranks.OF_GRADE, self.grade)

    @property
    def part(self) -> RankRange:
        """From the first minute that is asked for to the last, both of which may have others."""
        at_least, below = 0, MOST_RANK + 1
        if self.is_overdue is False:
            at_least = ranks.first_due_in(ranks.minute_of(self.now))
        if self.due_from is not None:
            at_least = max(at_least, ranks.first_due_in(ranks.minute_of(self.due_from)))
        if self.is_overdue:
            below = ranks.first_due_in(ranks.minute_of(self.now) + 1)
        if self.due_before is not None:
            below = min(below, ranks.first_due_in(ranks.minute_of(self.due_before) + 1))
        return RankRange(at_least, below)

    @property
    def is_sifted(self) -> bool:
        """Whether many lines of that part may not be asked for: those of the minutes in which it
        begins and ends are few."""
        asked = (self.person, self.kind, self.role, self.grade)
        by_its_list = 2 if self._is_of_nobody_with_a_role else 1
        wanted = sum(each is not None for each in asked)
        return wanted > by_its_list or (self.person == NOBODY and self.role is None)

    def asks_for(self, line: Mapping[str, JsonValue]) -> bool:
        """Whether a line of that part is asked for."""
        return (
            (self.role is None or line["role"] == self.role)
            and (self.person is None or line["person"] == self._staff_id)
            and (self.kind is None or self.kind in cast("Sequence[str]", line["kinds"]))
            and (self.grade is None or line["grade"] == self.grade)
            and self._is_due_as_asked(datetime.fromisoformat(str(line["due_at"])))
        )

    @property
    def _is_of_nobody_with_a_role(self) -> bool:
        return self.person == NOBODY and self.role is not None

    @property
    def _staff_id(self) -> str | None:
        return None if self.person == NOBODY else self.person

    def _is_due_as_asked(self, due_at: datetime) -> bool:
        is_overdue = due_at <= self.now
        return (
            self.is_overdue in (None, is_overdue)
            and (self.due_from is None or due_at >= self.due_from)
            and (self.due_before is None or due_at < self.due_before)
        )

    @property
    def text(self) -> str:
        """Says all that is asked for, but for the present."""
        due = [each and instant_text(each) for each in (self.due_from, self.due_before)]
        asked = (self.role, self.person, self.kind, self.grade, *due, self.is_overdue)
        return repr((self.dealer_id, *asked))


def asked_status(status: ToDo | None, is_overdue: bool | None) -> bool | None:
    """Whether tasks are to be overdue; None: or not. Raises `WronglyAsked` for both at odds."""
    by_status = None if status is None else status == "overdue"
    if by_status is not None and is_overdue not in (None, by_status):
        raise WronglyAsked("overdue", "at odds with `status`; one of them is enough")
    return is_overdue if by_status is None else by_status


def page_of_tasks(found: FoundLines, now: datetime, until: datetime | None) -> DealerTasks:
    """What is answered of the lines that were found."""
    return DealerTasks(
        tasks=tuple(shown(line, now) for line in found.lines),
        after=found.following,
        as_of=until,
        behind_seconds=behind(now, until),
    )


def shown(listed: Listed, now: datetime) -> TaskLine:
    """A line as it is shown."""
    line = cast("Mapping[str, Any]", listed.line)
    purposes = tuple(
        KindOfTask(kind=kind, title_en=en or kind, title_zh=zh or kind)
        for kind, (en, zh) in zip(line["kinds"], line["titles"], strict=True)
    )
    first, (why_en, why_zh) = purposes[0], line["why"]
    due_at = datetime.fromisoformat(line["due_at"])
    return TaskLine(
        task_id=UUID(listed.entry),
        customer_key=listed.id,
        kind=first.kind,
        title_en=first.title_en,
        title_zh=first.title_zh,
        purposes=purposes,
        status="overdue" if due_at <= now else "open",
        opens_at=line["opens_at"],
        due_at=due_at,
        next_attempt_at=line["next_attempt_at"],
        attempts=line["attempts"],
        priority=line["priority"],
        urgent=line["urgent"],
        owner_role=line["role"],
        person=line["person"],
        channel=line["channel"],
        grade=line["grade"],
        vin=line["vin"],
        why_en=why_en,
        why_zh=why_zh,
    )
