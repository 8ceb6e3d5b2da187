"""What of an imported file is rejected is kept."""

from collections.abc import Callable, Sequence
from typing import Protocol

from services.intake.adapters.door import Aside
from services.intake.adapters.imports.portions import OpenImport, Portion
from services.intake.domain.examine.feed import Feed
from services.intake.domain.imports.job import ImportJob
from services.intake.domain.rejected.row import Rejected, WayIn
from services.intake.views.rejections import rejected_records
from shared.contracts.http.intake import Item


class KeepRejected(Protocol):
    """Keeps what was rejected."""

    async def __call__(
        self, rejected: Callable[[], Sequence[Rejected]], /, *, aside: Aside
    ) -> None:
        """As `Intake.keep` promises."""
        ...


async def nowhere(_: Callable[[], Sequence[Rejected]], /, *, aside: Aside) -> None:
    """It is not kept."""


def rejected_of(
    job: ImportJob, file: OpenImport, portion: Portion, items: Sequence[Item]
) -> Sequence[Rejected]:
    """The records of a portion that the mapping or intake refused. `items`: of its events."""
    return rejected_records(
        portion.outcomes,
        items,
        file.mapping,
        way=WayIn(door="import", name=job.import_id, mapping=job.mapping),
        feed=Feed(dealer_id=job.dealer_id, source=job.source),
    )
