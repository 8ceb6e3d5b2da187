"""What was written down: to what it leads, and as a table for a spreadsheet. Pure."""

from collections.abc import Iterable, Mapping
from datetime import tzinfo

from services.desk.domain.allowed import allowed
from services.desk.domain.trail import TrailEntry, TrailNote
from services.desk.domain.users import User
from services.desk.views.places import place_of_case, place_of_customer
from services.desk.views.speech import Speech
from services.desk.views.trail_words import about_told, how_told
from shared.contracts.http.table import Heading, csv_text, local_text
from shared.contracts.identifiers import is_customer_key

HEADINGS = (
    Heading("Number", "编号"),
    Heading("Time", "时间", is_time=True),
    Heading("User", "用户"),
    Heading("Dealer", "经销商"),
    Heading("What", "操作"),
    Heading("About", "对象"),
    Heading("Customer", "客户"),
    Heading("How", "内容"),
    Heading("Mark", "校验值"),
)


def place_of_noted(noted: TrailNote, user: User) -> str:
    """The address of the case or the customer that it is about, where it is theirs to see; else
    nothing."""
    at = noted.dealer_id or ""
    case = place_of_case(noted.about)[0]
    if case and allowed(user, "see_complaints", at):
        return f"/d/{case}"
    key = noted.customer or noted.about
    if is_customer_key(key) and allowed(user, "see_customers", at):
        return f"/d/{place_of_customer(key, 'customers')}"
    return ""


def as_table(
    entries: Iterable[TrailEntry], zone: tzinfo, words: Mapping[str, str], say: Speech
) -> str:
    """A row for each entry; `words`: what was done -> in the language."""
    return csv_text(
        [heading.of(say.language, zone) for heading in HEADINGS],
        (
            (
                each.sequence,
                local_text(each.noted.at, zone),
                each.noted.username,
                each.noted.dealer_id,
                words.get(each.noted.what, each.noted.what),
                about_told(each.noted, say),
                each.noted.customer,
                how_told(each.noted.how, say),
                each.mark.hex(),
            )
            for each in entries
        ),
    )
