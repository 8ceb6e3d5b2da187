"""A mapping as a table: its fields, and where each comes from."""

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from deploy.cli.terminal import printable
from services.intake.domain.mappings.columns import used_columns
from services.intake.domain.mappings.feed_mapping import FeedMapping


def outline(mapping: FeedMapping) -> Table:
    """A row for each field: whether it is needed, and the columns or paths it is looked for in."""
    shown = Table("field", "", "column or path: the first with anything in it", box=None)
    for field, needed, columns in _rows(mapping):
        shown.add_row(Text(field), "required" if needed else "", Text(printable(columns)))
    return shown


def head(mapping: FeedMapping) -> str:
    """What it reads, and what that becomes."""
    return f"{mapping.title_en} ({mapping.title_zh}): {mapping.reads.format} -> {mapping.report}"


def _rows(mapping: FeedMapping) -> Iterator[tuple[str, bool, str]]:
    for used in used_columns(mapping):
        yield used.field, used.needed, " | ".join(used.columns) or "(as the mapping says)"
