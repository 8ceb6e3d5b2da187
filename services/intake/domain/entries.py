"""The valid events of a batch, and what deciding them needs to know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.intake.domain.documents import kind_of
from services.intake.domain.documents.complaint import COMPLAINT
from services.intake.domain.examine.event import Reported
from services.intake.domain.profiles.profile import profile_of
from services.intake.domain.submissions import Submission
from shared.contracts.identifiers import is_customer_key


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchEntry:
    """One valid event of a batch, and what it asks to be registered (its document first)."""

    index: int
    reported: Reported
    submissions: tuple[Submission, ...]

    @property
    def parent(self) -> str | None:
        """The complaint that this event is a step on."""
        return self.submissions[0].parent

    @property
    def merged_into(self) -> str | None:
        """The complaint that this event merges another into."""
        return self.submissions[0].merged_into

    @property
    def customers(self) -> Mapping[str, str]:
        """Profile -> where in the event the customer is named who is taken to be known."""
        report = self.reported.report
        return {
            profile_of(key): f"/data{where}"
            for where, key in kind_of(report).known_customers(report)
            if is_customer_key(key)
        }

    @property
    def case(self) -> str | None:
        """The complaint that this event is about, or a step on."""
        filed = self.submissions[0]
        return filed.document_id if filed.kind == COMPLAINT else filed.parent


def documents_needed(entries: Sequence[BatchEntry]) -> set[str]:
    """Every row that deciding needs: documents, profiles, and the complaints steps follow."""
    ids = {submission.document_id for entry in entries for submission in entry.submissions}
    return ids.union(cases_needed(entries), *(entry.customers for entry in entries))


def cases_needed(entries: Sequence[BatchEntry]) -> set[str]:
    """The complaints that events are about, are steps on, or merge others into."""
    cases = {case for entry in entries for case in (entry.case, entry.merged_into)}
    return {case for case in cases if case is not None}


def halves(entries: Sequence[BatchEntry]) -> list[list[BatchEntry]]:
    """The events of half the complaints, and all others before; nothing for a single one."""
    cases = sorted({entry.case for entry in entries if entry.case is not None})
    if len(cases) < 2:
        return []
    later = set(cases[len(cases) // 2 :])
    return [
        [entry for entry in entries if entry.case in later],
        [entry for entry in entries if entry.case not in later],
    ]
