"""Marks, summaries, totals and steps as MongoDB documents.

As with aggregates, what comes from outside is in values alone: names of counters are in JSON text.
"""

import json
import zlib
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from shared.contracts.identifiers import dealer_of
from shared.decider.summary import Place, Summary, escaped, keyed, name_and_key, unescaped
from shared.runtime.summaries import Line, Mark, Summarized, SummaryStep, Total, TotalKey
from shared.runtime.summary_slots import aggregate_of

SAMPLE = 32
"""One of so many summaries tells how a list is spread."""


def from_mark_to_summarize(mark: Mark) -> dict[str, Any]:
    """The document of a mark."""
    return {
        "_id": mark.id,
        "partition": mark.partition,
        "at": mark.at,
        "aggregates": list(mark.aggregates),
    }


def to_mark_to_summarize(document: Mapping[str, Any]) -> Mark:
    """The inverse of `from_mark_to_summarize`."""
    return Mark(
        document["_id"], document["partition"], document["at"], tuple(document["aggregates"])
    )


def from_summarized(summarized: Summarized) -> dict[str, Any]:
    """The document of a summary; of one that is gone, what keeps an old step from bringing it
    back."""
    document: dict[str, Any] = {
        "_id": summarized.id,
        "partition": summarized.partition,
        "version": summarized.version,
    }
    if summarized.slots:
        document["slots"] = summarized.slots
    summary = summarized.summary
    if summary is None:
        return document
    document["dealer_id"] = summarized.dealer_id
    document["line"] = json.dumps(summary.line)
    if summarized.entry:
        document["entry"] = escaped(summarized.entry)
    if summarized.id == aggregate_of(summarized.id):
        document["counts"] = _packed(summary.counts)
        document["groups"] = json.dumps(summary.groups)
    if summary.apart:
        document["apart"] = _packed(summary.apart)
    document["ranks"] = _place_keys(summarized, summary.ranks)
    if is_sampled(summarized.id):
        document["sampled"] = summarized.dealer_id
    return document


def _place_keys(summarized: Summarized, ranks: Mapping[str, int]) -> Mapping[str, str]:
    id_, found = aggregate_of(summarized.id), dict[str, str]()
    for called, rank in ranks.items():
        name, key = name_and_key(called)
        assert name not in found, "a document has one place in a list"
        number = Place.of(rank, id_, summarized.entry).number
        found[name] = place_key(summarized.dealer_id, number, key)
    return found


def to_summarized(document: Mapping[str, Any]) -> Summarized:
    """The inverse of `from_summarized`."""
    id_, ranks = document["_id"], document.get("ranks")
    return Summarized(
        id=id_,
        dealer_id=dealer_of(id_),
        partition=document["partition"],
        version=document["version"],
        entry=unescaped(document.get("entry", "")),
        slots=document.get("slots", 0),
        summary=None
        if ranks is None
        else Summary(
            ranks={
                called_in(name, key): Place(number_of(key), id_).rank for name, key in ranks.items()
            },
            line=json.loads(document["line"]),
            counts=_unpacked(document["counts"]) if "counts" in document else {},
            groups=tuple(json.loads(document["groups"])) if "groups" in document else (),
            apart=_unpacked(document["apart"]) if "apart" in document else {},
        ),
    )


def to_line(name: str, document: Mapping[str, Any]) -> Line:
    """The line of the list `name`, without a key, in the document of a summary or slot."""
    place = Place(
        number_of(document["ranks"][name]),
        aggregate_of(document["_id"]),
        unescaped(document.get("entry", "")),
    )
    return place, json.loads(document["line"])


def place_key(dealer_id: str, number: int, key: str | None = None) -> str:
    """What sorts as the number does, among those of its dealer and key: so an index of a list has
    one field and is sparse, the least that the embedded database asks for
    (docs/operations/embedded.md). No number begins with `:`, and no key that is escaped ends what
    is before its number: so nothing of a key is between two of another, or of none."""
    under = "" if key is None else f":{escaped(key)}|"
    return f"{dealer_id}|{under}{number:016x}"


def number_of(place_key: str) -> int:
    """The number in it."""
    return int(place_key[-16:], 16)


def called_in(name: str, place_key: str) -> str:
    """The list `name` as it is called under the key in it, if there is one."""
    _, *under, _ = place_key.split("|")
    return keyed(name, unescaped(under[0][1:])) if under else name


def is_sampled(id_: str) -> bool:
    """Whether the summary of this aggregate, or this slot, is one of the sample: of ids in even
    spread, whatever place they have."""
    return blake2b(id_.encode(), digest_size=1, person=b"sample").digest()[0] % SAMPLE == 0


def total_id(key: TotalKey) -> str:
    """The id of a total's document."""
    dealer_id, partition, period = key
    return f"{dealer_id}|{partition}|{period}"


def from_total(total: Total) -> dict[str, Any]:
    """The document of a total."""
    return {
        "_id": total_id(total.key),
        "dealer_id": total.dealer_id,
        "partition": total.partition,
        "period": total.period,
        "version": total.version,
        "counts": _packed(dict(sorted(total.counts.items()))),
    }


def to_total(document: Mapping[str, Any]) -> Total:
    """The inverse of `from_total`."""
    return Total(
        dealer_id=document["dealer_id"],
        partition=document["partition"],
        period=document["period"],
        version=document["version"],
        counts=_unpacked(document["counts"]),
    )


def from_step(step: SummaryStep) -> dict[str, Any]:
    """The document of a step."""
    return {
        "_id": step.partition,
        "number": step.number,
        "version": step.version,
        "after": step.after,
        "summaries": [from_summarized(each) for each in step.summaries],
        "totals": [from_total(each) for each in step.totals],
    }


def to_step(document: Mapping[str, Any]) -> SummaryStep:
    """The inverse of `from_step`."""
    return SummaryStep(
        partition=document["_id"],
        number=document["number"],
        version=document["version"],
        after=document["after"],
        summaries=tuple(map(to_summarized, document["summaries"])),
        totals=tuple(map(to_total, document["totals"])),
    )


def _packed(counts: Mapping[str, Any]) -> bytes:
    """Names of counters come again and again, and are most of a document. Those of a group are best
    beside each other."""
    return zlib.compress(json.dumps(counts).encode(), level=1)


def _unpacked(packed: bytes) -> Any:
    return json.loads(zlib.decompress(packed))
