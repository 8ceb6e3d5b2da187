"""What an event leaves of a lead: the facts that tasks depend on. Pure."""

from collections.abc import Iterator
from datetime import datetime

from services.followup.domain.documents import Lead
from services.followup.domain.received import PROMPTLY
from shared.contracts.identifiers import modified_at
from shared.contracts.leads import LeadRecorded
from shared.contracts.values import instant_text
from shared.decider.facts import Noted, received_late


def on_lead_recorded(lead: LeadRecorded, recorded_at: datetime) -> Lead | Noted:
    """A lead as it stands now; of one that was entered by mistake: nothing.

    One that the source has or had as contacted, without a word on when, was so by the status'
    date, or that of the version.
    """
    if lead.status == "voided":
        return Noted(kind="noted", version=lead.version)
    turns = [(turn.at, turn.status, turn.reason, turn.approved_at) for turn in lead.earlier]
    turns.sort(key=lambda turn: turn[0])
    since = max([lead.status_at or lead.at, *(turn[0] for turn in turns)])
    contacts = [(contact.at, contact.reached) for contact in lead.contacts]
    if not contacts:
        contacts = [(max(moment, lead.at), True) for moment in _contacted(lead)]
    return Lead(
        kind="lead",
        version=lead.version,
        at=lead.at,
        late=received_late(lead.at, recorded_at, after=PROMPTLY),
        timezone=lead.timezone,
        channel=lead.channel,
        turns=tuple(
            f"{status}/{instant_text(at)}/{reason or ''}/{instant_text(ok) if ok else ''}"
            for at, status, reason, ok in (
                *turns,
                (since, lead.status, lead.reason, lead.approved_at),
            )
        ),
        contacts=tuple(
            instant_text(at) + ("" if reached else "-") for at, reached in sorted(contacts)
        ),
        contacts_made=lead.contacts_made or 0,
        ability=lead.ability_to_pay,
        loyalty=lead.brand_loyalty,
        buys_within_days=lead.buys_within_days,
        competitor=lead.competitor or "",
        model=lead.model or "",
        owner=lead.owner or "",
    )


def _contacted(lead: LeadRecorded) -> Iterator[datetime]:
    """Since when the source had it as contacted, each time."""
    yield from (turn.at for turn in lead.earlier if turn.status == "contacted")
    if lead.status == "contacted":
        yield lead.status_at or modified_at(lead.version)
