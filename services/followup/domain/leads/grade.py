"""Which grade a lead has: 优质 quality, 潜力 potential, 一般 general. Pure."""

from services.followup.domain.documents import Lead
from services.followup.domain.leads.terms import LeadGrading, LeadTerms
from shared.contracts.scoring import Grade


def grade_of(lead: Lead, terms: LeadTerms) -> Grade:
    """That of the first grading that fits what the source says of them now."""
    return next((each.grade for each in terms.gradings if _fits(lead, each)), "general")


def _fits(lead: Lead, grading: LeadGrading) -> bool:
    within = grading.buys_within_days
    return (
        (grading.ability_to_pay is None or lead.ability in grading.ability_to_pay)
        and (grading.brand_loyalty is None or lead.loyalty in grading.brand_loyalty)
        and (
            within is None
            or (lead.buys_within_days is not None and lead.buys_within_days <= within)
        )
        and (grading.competitor is None or bool(lead.competitor) == grading.competitor)
    )
