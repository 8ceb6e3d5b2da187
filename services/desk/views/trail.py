"""What was written down, as a table for a spreadsheet. Pure."""

from collections.abc import Iterable, Mapping
from datetime import tzinfo

from services.desk.domain.trail import TrailEntry
from services.desk.domain.users import Language
from shared.contracts.http.table import Heading, csv_text, local_text

HEADINGS = (
    Heading("Number", "编号"),
    Heading("Time", "时间", is_time=True),
    Heading("User", "用户"),
    Heading("Dealer", "经销商"),
    Heading("What", "操作"),
    Heading("About", "对象"),
    Heading("Mark", "校验值"),
)


def as_table(
    entries: Iterable[TrailEntry], language: Language, zone: tzinfo, words: Mapping[str, str]
) -> str:
    """A row for each entry; `words`: what was done -> in the language."""
    return csv_text(
        [heading.of(language, zone) for heading in HEADINGS],
        (
            (
                each.sequence,
                local_text(each.noted.at, zone),
                each.noted.username,
                each.noted.dealer_id,
                words.get(each.noted.what, each.noted.what),
                each.noted.about,
                each.mark.hex(),
            )
            for each in entries
        ),
    )
