"""What headings are known to mean: read from the mappings that ship, and from lists of synonyms."""

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from services.intake.adapters.mappings import SHIPPED, Mappings
from services.intake.domain.mappings.feed_mapping import ReportKind
from services.intake.domain.mappings.guess.vocabulary import Vocabulary, vocabulary_of
from shared.yaml_file import read_yaml

KINDS: Sequence[ReportKind] = ("visit", "sale", "lead", "complaint", "survey", "consent")
"""Those that files are told to be, in this order where they could be several."""
SYNONYMS = SHIPPED.parent / "synonyms.yaml"
ANY = "any"


class Synonyms(BaseModel):
    """What the file of synonyms holds, by kind of report and field; of `any`: of every kind."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    headings: Mapping[str, Mapping[str, tuple[str, ...]]]
    words: Mapping[str, Mapping[str, Mapping[str, str]]]


def vocabularies(kinds: Sequence[ReportKind] = KINDS) -> list[Vocabulary]:
    """One for each kind of report."""
    synonyms = read_yaml(SYNONYMS, Synonyms)
    shipped = Mappings(None)
    known = [found for name in shipped.names() if (found := shipped.find(name)) is not None]
    return [
        vocabulary_of(
            kind,
            [mapping for mapping in known if mapping.report == kind],
            {**synonyms.headings.get(kind, {}), **_unless(kind, synonyms)},
            synonyms.words.get(kind, {}),
        )
        for kind in kinds
    ]


def _unless(kind: str, synonyms: Synonyms) -> Mapping[str, tuple[str, ...]]:
    """Of every kind, but for the fields that this kind has names of its own for."""
    own = synonyms.headings.get(kind, {})
    return {name: names for name, names in synonyms.headings[ANY].items() if name not in own}
