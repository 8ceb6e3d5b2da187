"""What is said: the difference between a decision and what has been emitted. Pure.

What is new goes out, a changed state goes out as a new version, what should no longer be is
withdrawn.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import blake2b
from typing import Any, Self

from shared.contracts.envelope import Event
from shared.contracts.identifiers import customer_of, dealer_of, group_of
from shared.contracts.outputs import Output, Withdrawal
from shared.decider.decision import Announcement, AnyOutput, Decision, Listing
from shared.runtime.aggregate import Aggregate, Emitted, Outgoing, Parked
from shared.time.zones import milliseconds_of

MAX_OUTPUT_BYTES = 900_000
"""A larger output parks its aggregate: the broker would refuse it for good."""


@dataclass(slots=True)
class Revision:
    """What becomes of an aggregate besides its facts, and what is said of it, in the making."""

    aggregate_id: str
    version: int
    """Of what it was before: it rises with each write."""
    now: datetime
    emitted: dict[str, Emitted]
    policy_version: str
    due_at: datetime | None
    parked: Parked | None
    listing: Listing | None
    cause: Event[Any] | None = None
    messages: list[Outgoing] = field(default_factory=list)
    said: list[Output | Withdrawal] = field(default_factory=list)
    """The contents of the messages."""

    @classmethod
    def of(cls, before: Aggregate, policy_version: str, now: datetime) -> Self:
        """As it was, to be decided by this policy."""
        return cls(
            before.id,
            before.version,
            now,
            dict(before.emitted),
            policy_version,
            before.due_at,
            before.parked,
            before.listing,
        )

    def is_as(self, before: Aggregate) -> bool:
        """Whether nothing is different."""
        return (
            self.due_at == before.due_at
            and self.policy_version == before.policy_version
            and self.parked == before.parked
            and self.listing == before.listing
            and self.emitted == before.emitted
        )

    def key_of(self, content: Output) -> str | None:
        """The customer that a content goes to; None: the aggregate's own.

        Raises ValueError for a dealer whom the contract does not go to.
        """
        own = customer_of(self.aggregate_id)
        if content.customer_key == own:
            return None
        dealer_id = dealer_of(content.customer_key)
        if dealer_id != dealer_of(own):
            if not content.ACROSS_DEALERS:
                raise ValueError("an output to another dealer")
            if group_of(content.customer_key) != group_of(own):
                raise ValueError("an output to another group")
            if content.dealer_id != dealer_id:
                raise ValueError("an output that names another dealer than it goes to")
        return content.customer_key

    def next_sequence(self, about: str) -> int:
        """Above the last one about this subject, forgotten ones too, and rising even across a
        restored database.

        However often it rose by one in the same millisecond, it did so with a write each.
        """
        known = self.emitted.get(about)
        now_ms = milliseconds_of(self.now)
        return max(known.sequence + 1, now_ms) if known else now_ms + self.version

    def say(self, about: str, content: Output | Withdrawal, entry: Emitted, data: str) -> None:
        """Emit `content` as what is said about this subject from now on."""
        self.emitted[about] = entry
        self.said.append(content)
        self.messages.append(
            Outgoing(
                aggregate_id=self.aggregate_id,
                about=about,
                sequence=entry.sequence,
                hash=entry.hash,
                type=content.TYPE,
                data=data,
                at=self.now,
                causation_id=self.cause.id if self.cause else None,
                traceparent=self.cause.traceparent if self.cause else None,
                key=entry.key,
            )
        )


class OutputTooLarge(Exception):
    """An output that the broker would refuse for good."""


def compare(
    revision: Revision, decision: Decision, contracts: Mapping[str, type[Output] | type[Withdrawal]]
) -> None:
    """Emit what is new or changed, take back what should no longer be. `contracts`: by type.

    Raises `OutputTooLarge`, and `ValueError` or `TypeError` for a decision that cannot be.
    """
    wanted = {output.about: output for output in decision.outputs}
    if len(wanted) < len(decision.outputs):
        raise ValueError("two outputs about the same subject")
    for about, output in wanted.items():
        _emit(revision, about, output)
    for about, emitted in list(revision.emitted.items()):
        if emitted.forget_at is not None and emitted.forget_at <= revision.now:
            if about not in wanted:
                del revision.emitted[about]
        elif about not in wanted:
            ended = emitted.withdrawn or emitted.forget_at is not None
            if ended and decision.is_history(about):
                del revision.emitted[about]
            elif not emitted.withdrawn:
                _withdraw(revision, about, emitted, contracts[emitted.type])


def _emit(revision: Revision, about: str, output: AnyOutput) -> None:
    known = revision.emitted.get(about)
    if known is not None and known.forget_at != output.forget_at:
        known = revision.emitted[about] = replace(known, forget_at=output.forget_at)
    sealing = isinstance(output, Announcement)
    if sealing and known is not None and known.sealed is not None:
        return
    if output.content is None:
        raise ValueError("an announcement that is not out has no content")
    data = output.content.model_dump_json()
    if len(data.encode()) > MAX_OUTPUT_BYTES:
        raise OutputTooLarge
    digest = _hash(output.content.TYPE, data)
    if known is not None and known.hash == digest and not known.withdrawn:
        return
    entry = Emitted(
        sequence=revision.next_sequence(about),
        hash=digest,
        type=output.content.TYPE,
        forget_at=output.forget_at,
        sealed=data if sealing else None,
        key=revision.key_of(output.content),
    )
    revision.say(about, output.content, entry, data)


def _withdraw(
    revision: Revision, about: str, emitted: Emitted, contract: type[Output] | type[Withdrawal]
) -> None:
    if not issubclass(contract, Output):
        raise TypeError(f"{contract.TYPE} cannot be withdrawn")
    content = contract.withdrawal(
        aggregate_id=revision.aggregate_id,
        about=about,
        at=revision.now,
        sealed=json.loads(emitted.sealed) if emitted.sealed else None,
    )
    addressee = emitted.key or customer_of(revision.aggregate_id)
    if content.customer_key != addressee:
        to = {"customer_key": addressee, "dealer_id": dealer_of(addressee)}
        content = content.model_copy(update=to)
    data = content.model_dump_json()
    entry = Emitted(
        sequence=revision.next_sequence(about),
        hash=_hash(content.TYPE, data),
        type=content.TYPE,
        forget_at=emitted.forget_at,
        withdrawn=True,
        key=emitted.key,
    )
    revision.say(about, content, entry, data)


def _hash(type_: str, data: str) -> str:
    return blake2b(f"{type_}\x1f{data}".encode(), digest_size=8).hexdigest()
