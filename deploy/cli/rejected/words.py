"""What was rejected, in words for people."""

import json
from collections.abc import Iterable, Iterator

from deploy.cli.terminal import count, hint, printable
from shared.contracts.http.intake_rejected import (
    KeptEvent,
    RejectedContent,
    RejectedPage,
    RejectedPlace,
    ReplayedEvent,
)

NOT_KEPT = "what is rejected is not kept here: intake has no AFTERCARE_REJECTED_KEY"


def listed(page: RejectedPage) -> Iterator[str]:
    """A line each."""
    for each in page.rejected:
        first = each.places[0] if each.places else None
        because = each.reason if first is None else f"{each.reason}: {place_in_words(first)}"
        more = len(each.places) - 1 + each.more_places
        also = f" (and {more} more)" if more > 0 else ""
        yield (
            f"{each.rejected_id}  {each.last_at[:19]}  {each.times}x  {_where(each)}  "
            f"{printable(because)}{also}"
        )
    if not page.is_kept:
        yield NOT_KEPT
    elif not page.rejected:
        yield "nothing is kept that was rejected"
    if page.after is not None:
        yield "there is more: --limit"


def details(found: RejectedContent) -> Iterator[str]:
    """All that is to be said of one, and what it is."""
    whose = found.dealer_id or "nobody that is known"
    yield f"{found.rejected_id} of {whose}: {_where(found)}"
    yield f"rejected {count(found.times, 'time')}, first {found.first_at}, last {found.last_at}"
    if found.tried_at is not None:
        yield f"replayed in vain {found.tried_at}"
    yield f"deleted {found.expires_at}"
    yield from _reasons(found.reason, found.places, found.more_places)
    yield ""
    if found.kind == "text":
        yield printable(str(found.content))
    else:
        yield json.dumps(found.content, ensure_ascii=False, indent=2)
    yield ""
    yield f"to mend it: {hint(f'rejected replay {found.rejected_id} --with FILE', data_dir='')}"


def became(found: ReplayedEvent, *, is_trial: bool) -> Iterator[str]:
    """What became of one that was replayed."""
    would = "would be " if is_trial else ""
    documents = f": {', '.join(found.document_ids)}" if found.document_ids else ""
    yield f"{found.rejected_id}: {would}{found.outcome}{documents}"
    if found.outcome == "rejected":
        yield from _reasons(found.reason, found.places, found.more_places)
    yield from (f"  warning: {place_in_words(place)}" for place in found.warnings)


def place_in_words(place: RejectedPlace) -> str:
    """`column '车架号' (/data/vehicle/vin): …`."""
    column = f"column '{printable(place.column)}'" if place.column else ""
    pointer = f"({place.pointer})" if place.pointer and column else place.pointer
    where = " ".join(filter(None, (column, pointer)))
    return f"{where}: {place.detail}" if where else place.detail


def _reasons(reason: str, places: Iterable[RejectedPlace], more: int) -> Iterator[str]:
    yield f"  {reason}"
    yield from (f"  {place_in_words(place)}" for place in places)
    if more:
        yield f"  and {more} more"


def _where(each: KeptEvent) -> str:
    """`import 65…, line 12, read by visits, cdk`."""
    place = printable(each.place) or (f"record {each.record}" if each.record else "")
    by = f"read by {each.mapping}" if each.mapping else ""
    return ", ".join(filter(None, (f"{each.door} {each.name}".strip(), place, by, each.source)))
