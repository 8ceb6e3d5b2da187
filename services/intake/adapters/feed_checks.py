"""What the files of doors say of a feed, checked alike: whose it is, what it is called, and which
mapping reads it. What is wrong is told by line and field."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.intake.adapters.mappings import Mappings
from services.intake.domain.mappings.feed_mapping import FeedMapping
from services.intake.domain.webhooks.records import FORMATS
from shared.contracts.followup import REPORTING_SOURCE
from shared.dealers.dealer import Dealers
from shared.yaml_file import Location, WrongFile, YamlFile, meant

CLOUDEVENTS = "cloudevents"
"""Stands for the mapping where what comes are events already."""


@dataclass(frozen=True, slots=True)
class FeedChecks:
    """Of one file. `at`: where in it the feed stands."""

    file: YamlFile
    dealers: Dealers
    mappings: Mappings

    def dealer(self, at: Location, dealer_id: str) -> Iterator[str]:
        if self.dealers.find(dealer_id) is None:
            known = [dealer.id for dealer in self.dealers.all()]
            detail = f"there is no such dealer{meant(dealer_id, known)}"
            yield self.file.line([*at, "dealer_id"], detail)

    def source(self, at: Location, source: str) -> Iterator[str]:
        if source == REPORTING_SOURCE:
            detail = "this name is kept for what Aftercare itself reports"
            yield self.file.line([*at, "source"], detail)

    def mapping(
        self, at: Location, name: str, *, beside: Sequence[str] = ()
    ) -> FeedMapping | list[str]:
        """Or what is wrong with it. `at`: of the field itself; `beside`: what may stand there in
        the place of a mapping."""
        try:
            found = self.mappings.find(name)
            known = [*beside, *self.mappings.names()] if found is None else []
        except WrongFile as wrong:
            return wrong.lines
        if found is None:
            return [self.file.line(at, f"there is no such mapping{meant(name, known)}")]
        return found

    def of_json(self, at: Location, takes: str, *, does: str) -> FeedMapping | list[str]:
        """The same of what sends JSON, or events; `does`: such as `a webhook sends`."""
        where = [*at, "takes"]
        found = self.mapping(where, takes, beside=[CLOUDEVENTS])
        if isinstance(found, FeedMapping) and found.reads.format not in FORMATS:
            detail = f"{does} JSON, and this mapping reads {found.reads.format}"
            return [self.file.line(where, detail)]
        return found
