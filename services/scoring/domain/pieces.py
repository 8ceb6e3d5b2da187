"""Accessories and insurance: bought with a car or over the counter, and given back. Pure."""

from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import TypeAlias

from services.scoring.domain.awards import Awards
from services.scoring.domain.documents import Sale, Visit
from services.scoring.domain.history import CustomerHistory
from services.scoring.domain.refunds import Bought, left_of

Pieces: TypeAlias = Callable[[Sale | Visit], int]
"""How many of them a document tells of; below zero, how many it takes back."""


def give_by_piece(history: CustomerHistory, awards: Awards, pieces: Pieces) -> None:
    """The rule's points for each piece, until it is given back.

    Those of a sale are the buyer's alone.
    """
    bought = sorted(_bought(history, pieces), key=attrgetter("at", "document_id"))
    left = left_of(bought, _given_back(history, pieces)) if bought and history.refunds else {}
    for each in bought:
        for before in range(each.amount):
            until = next(
                (at for at, amount in left.get(each.document_id, ()) if amount <= before), None
            )
            awards.give(each.at, each.document_id, until=until)


def _bought(history: CustomerHistory, pieces: Pieces) -> Iterator[Bought]:
    for purchase in history.purchases:
        number = pieces(purchase.sale) if purchase.sale.role == "buyer" else 0
        if number:
            yield Bought(purchase.at, purchase.document_id, (purchase.sale.vin,), number)
    for visit in history.visits:
        number = pieces(visit.order)
        if number:
            yield Bought(visit.at, visit.document_id, (visit.order.vin,), number)


def _given_back(history: CustomerHistory, pieces: Pieces) -> Iterator[Bought]:
    for at, document_id, order in history.refunds:
        if pieces(order) < 0:
            yield Bought(at, document_id, (order.vin,), -pieces(order))
