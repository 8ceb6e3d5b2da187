"""What the parts of leads are called, in English; the catalogues have the rest."""

from collections.abc import Mapping

from services.desk.views.speech import N_
from shared.contracts.http.followup_figures import LeadFigure
from shared.contracts.leads import LeadChannel, LeadReason

LEAD_CHANNELS: Mapping[LeadChannel, str] = {
    "web": N_("By the web"),
    "call": N_("Called"),
    "walk_in": N_("Walked in"),
}
LEAD_FIGURES: Mapping[LeadFigure, str] = {
    "leads": N_("Leads"),
    "contacted": N_("Spoken to"),
    "bought": N_("Bought"),
    "quasi_lost": N_("Nearly given up"),
    "lost": N_("Given up"),
    "approved": N_("Loss approved"),
    "falsely_lost": N_("Falsely lost"),
}
LEAD_REASONS: Mapping[LeadReason, str] = {
    "product_knowledge": N_("Knowledge of the product"),
    "process": N_("The process"),
    "trust": N_("Trust"),
    "brand": N_("The brand"),
    "price": N_("The price"),
    "model": N_("The model"),
    "delivery_time": N_("The time to delivery"),
    "bought_elsewhere": N_("Bought elsewhere"),
    "unreachable": N_("Cannot be reached"),
    "put_off": N_("Put off"),
    "undecided": N_("Undecided"),
    "other": N_("Another reason"),
}
