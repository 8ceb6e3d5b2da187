"""The topics of connectors that are read, as a YAML file has them.

connectors:
  - topic: dms.pudong.repair_order
    dealer_id: sunrise/pudong
    source: dms
    takes: generic-ndjson-visits      # or cloudevents
    envelope: debezium                # or plain, connect
    deletes: voided                   # or ignored
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.intake.adapters.mappings import Mappings
from services.intake.adapters.webhooks import CLOUDEVENTS
from services.intake.domain.connectors.envelopes import Envelope
from services.intake.domain.examine.feed import Feed
from services.intake.domain.mappings.feed_mapping import ReportKind
from services.intake.domain.webhooks.records import FORMATS
from shared.contracts.followup import REPORTING_SOURCE
from shared.contracts.topics import ALL
from shared.contracts.values import DealerId, SourceName
from shared.dealers.dealer import Dealer, Dealers
from shared.yaml_file import WrongFile, YamlFile, meant, parse_yaml

VOIDED: dict[ReportKind, str] = {"sale": "cancelled", "visit": "voided", "complaint": "voided"}
"""What a document is whose row was deleted, by kind: its status. Of the others a row that is
deleted takes nothing back."""


class SaidConnector(BaseModel):
    """A topic that is read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    topic: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,249}$")]
    dealer_id: DealerId
    source: SourceName
    takes: str
    """`cloudevents`, or the name of a mapping that reads JSON."""
    envelope: Envelope = "plain"
    deletes: Literal["ignored", "voided"] = "ignored"
    """What a row that is deleted does to its document."""


class ConnectorsFile(BaseModel):
    """What the file holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    connectors: Annotated[tuple[SaidConnector, ...], Field(max_length=500)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Connector:
    """A topic that is read."""

    topic: str
    dealer: Dealer
    feed: Feed
    mapping: str | None
    """None: it has CloudEvents."""
    envelope: Envelope
    deletes: bool
    """Whether a row that is deleted voids its document."""


def read_connectors(
    path: Path | None, *, dealers: Dealers, mappings: Mappings
) -> Sequence[Connector]:
    """The connectors of a file; none without one. Raises `WrongFile` with a line for all that is
    wrong in it. Whether a topic is there does not matter: it may come later."""
    if path is None:
        return ()
    file = parse_yaml(path)
    said = file.as_model(ConnectorsFile)
    wrong = list(_faults(file, said, dealers, mappings))
    if wrong:
        raise WrongFile(list(dict.fromkeys(wrong)))
    return [_connector(each, dealers) for each in said.connectors]


def topics_in(path: Path | None) -> Sequence[str]:
    """The topics alone. Raises `WrongFile`."""
    if path is None:
        return ()
    return [each.topic for each in parse_yaml(path).as_model(ConnectorsFile).connectors]


def _connector(said: SaidConnector, dealers: Dealers) -> Connector:
    dealer = dealers.find(said.dealer_id)
    assert dealer is not None
    return Connector(
        topic=said.topic,
        dealer=dealer,
        feed=Feed(dealer_id=said.dealer_id, source=said.source),
        mapping=None if said.takes == CLOUDEVENTS else said.takes,
        envelope=said.envelope,
        deletes=said.deletes == "voided",
    )


def _faults(
    file: YamlFile, said: ConnectorsFile, dealers: Dealers, mappings: Mappings
) -> Iterator[str]:
    topics = set[str]()
    ours = {topic.name for topic in ALL}
    for number, each in enumerate(said.connectors):
        at: list[str | int] = ["connectors", number]
        if dealers.find(each.dealer_id) is None:
            known = [dealer.id for dealer in dealers.all()]
            detail = f"there is no such dealer{meant(each.dealer_id, known)}"
            yield file.line([*at, "dealer_id"], detail)
        if each.topic in topics:
            yield file.line([*at, "topic"], "another entry has this topic")
        if each.topic in ours:
            yield file.line([*at, "topic"], "this topic is one of Aftercare's own")
        if each.source == REPORTING_SOURCE:
            detail = "this name is kept for what Aftercare itself reports"
            yield file.line([*at, "source"], detail)
        topics.add(each.topic)
        yield from _faults_of_takes(file, at, each, mappings)


def _faults_of_takes(
    file: YamlFile, at: list[str | int], said: SaidConnector, mappings: Mappings
) -> Iterator[str]:
    if said.takes == CLOUDEVENTS:
        if said.envelope != "plain":
            yield file.line([*at, "envelope"], "CloudEvents have no other envelope than plain")
        if said.deletes != "ignored":
            yield file.line([*at, "deletes"], "CloudEvents say themselves what is void")
        return
    try:
        mapping = mappings.find(said.takes)
        known = [CLOUDEVENTS, *mappings.names()]
    except WrongFile as wrong:
        yield from wrong.lines
        return
    if mapping is None:
        yield file.line([*at, "takes"], f"there is no such mapping{meant(said.takes, known)}")
    elif mapping.reads.format not in FORMATS:
        detail = f"a connector writes JSON, and this mapping reads {mapping.reads.format}"
        yield file.line([*at, "takes"], detail)
    elif said.deletes == "voided" and mapping.report not in VOIDED:
        detail = f"a {mapping.report} cannot be voided: what is deleted can only be ignored"
        yield file.line([*at, "deletes"], detail)
