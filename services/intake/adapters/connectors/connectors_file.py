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

from services.intake.adapters.feed_checks import CLOUDEVENTS, FeedChecks
from services.intake.adapters.mappings import Mappings
from services.intake.domain.connectors.envelopes import Envelope
from services.intake.domain.examine.feed import Feed
from services.intake.domain.mappings.feed_mapping import ReportKind
from shared.contracts.topics import ALL
from shared.contracts.values import DealerId, SourceName
from shared.dealers.dealer import Dealer, Dealers
from shared.yaml_file import WrongFile, parse_yaml

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
    wrong = list(_faults(said, FeedChecks(file, dealers, mappings)))
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


def _faults(said: ConnectorsFile, checks: FeedChecks) -> Iterator[str]:
    topics = set[str]()
    ours = {topic.name for topic in ALL}
    for number, each in enumerate(said.connectors):
        at: list[str | int] = ["connectors", number]
        yield from checks.dealer(at, each.dealer_id)
        if each.topic in topics:
            yield checks.file.line([*at, "topic"], "another entry has this topic")
        if each.topic in ours:
            yield checks.file.line([*at, "topic"], "this topic is one of Aftercare's own")
        yield from checks.source(at, each.source)
        topics.add(each.topic)
        yield from _faults_of_takes(at, each, checks)


def _faults_of_takes(at: list[str | int], said: SaidConnector, checks: FeedChecks) -> Iterator[str]:
    line = checks.file.line
    if said.takes == CLOUDEVENTS:
        if said.envelope != "plain":
            yield line([*at, "envelope"], "CloudEvents have no other envelope than plain")
        if said.deletes != "ignored":
            yield line([*at, "deletes"], "CloudEvents say themselves what is void")
        return
    found = checks.of_json(at, said.takes, does="a connector writes")
    if isinstance(found, list):
        yield from found
    elif said.deletes == "voided" and found.report not in VOIDED:
        detail = f"a {found.report} cannot be voided: what is deleted can only be ignored"
        yield line([*at, "deletes"], detail)
