"""Whether a record says what a condition asks for."""

from services.intake.domain.mappings.feed_mapping import Condition
from services.intake.domain.mappings.outcome import Scope
from services.intake.domain.mappings.paths import Columns, Headings, word_of
from services.intake.domain.mappings.records import Node
from services.intake.domain.mappings.values.cells import folded


class Says:
    """A condition made ready for records."""

    def __init__(self, condition: Condition, headings: Headings | None = None) -> None:
        self._columns = Columns(condition.column, headings)
        words = [folded(each) for each in condition.says]
        self._words = {word for word in words if not word.endswith("*")}
        self._beginnings = tuple(word.removesuffix("*") for word in words if word.endswith("*"))

    def so(self, node: Node, scope: Scope | None = None) -> bool:
        """Of a record, or a part of it. `scope`: where paths from the record lead to."""
        found = [
            word
            for path in self._columns.of(node)
            for each in path.found_in(scope.record if path.from_record and scope else node)
            if (word := word_of(each))
        ]
        if not found:
            return "" in self._words
        return any(
            word in self._words or (self._beginnings and word.startswith(self._beginnings))
            for word in found
        )
