"""The opt-outs that documents tell of their customers: a consent of that date, at each.

They belong to the document: where it goes, they go. A version of it that does not mention them
leaves them as they were said. They never speak of `do_not_contact`.
"""

from collections.abc import Mapping

from pydantic import JsonValue

from services.intake.domain.documents.naming import RecordFields
from services.intake.domain.statements import Statement, Statements
from shared.contracts.feed_parts import Customer
from shared.contracts.identifiers import modified_at
from shared.contracts.intake import ConsentGiven

OPT_OUTS = "opt-outs"
MAIN = "main"
"""The customer of the document, whoever that is in its newest version."""
_MAIN_ROLES = ("buyer", "customer")


def said_of_opt_outs(customers: Mapping[str, Customer]) -> dict[str, JsonValue]:
    """Who (`MAIN`, or a party's customer key) -> the channels that the document names.

    `customers`: all whom the document names; who says nothing of channels is left out.
    """
    return {
        who: list(customer.opt_outs)
        for who, customer in customers.items()
        if "opt_outs" in customer.model_fields_set
    }


def at_the_customers(said: Statements, customer_keys: Mapping[str, str]) -> dict[str, Statement]:
    """Role -> what counts there. `customer_keys`: where the document is, by role."""
    main = next((role for role in _MAIN_ROLES if role in customer_keys), None)
    found: dict[str, Statement] = {}
    for role, key in customer_keys.items():
        words = [said[who] for who in ((MAIN, key) if role == main else (key,)) if who in said]
        if words:
            found[role] = max(words, key=lambda word: word.stamp)
    return found


def consent_of(word: Statement, about: RecordFields) -> ConsentGiven:
    """The consent `about` a customer, as it is published."""
    return ConsentGiven.model_validate(
        {**about, "at": modified_at(word.stamp), "opt_outs": word.value}
    )
