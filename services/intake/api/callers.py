"""Who sends a request, and what they may do."""

from dataclasses import replace

from fastapi import Request

from services.intake.domain.limits.sender_limits import Caller, SenderLimits
from shared.auth.principal import Principal
from shared.dealers.dealer import Dealers


class Callers:
    """Those who may send, with their limits."""

    def __init__(self, dealers: Dealers, limits: SenderLimits) -> None:
        """`limits`: of whoever has none of their own."""
        self._limits = limits
        self._of_dealers = {
            dealer.id: Caller(f"dealer {dealer.id}", limits.of(dealer), dealer.id)
            for dealer in dealers.all()
        }
        largest = [each.limits.max_body_bytes for each in self._of_dealers.values()]
        most = max(limits.max_body_bytes, *largest, 0)
        self._of_strangers = replace(limits, max_body_bytes=most)

    def of(self, who: Principal) -> Caller:
        """Who sends events: the dealer, where they are of one alone, whatever key they show."""
        dealers = {dealer for grant in who.grants for dealer in grant.dealers}
        known = self._of_dealers.get(next(iter(dealers))) if len(dealers) == 1 else None
        return known or Caller(f"principal {who.id}", self._limits)

    def of_dealer(self, dealer_id: str) -> Caller:
        """The dealer whose all of it is; raises `KeyError` where there is none."""
        return self._of_dealers[dealer_id]

    def of_stranger(self, request: Request, webhook: str | None) -> Caller:
        """Who says to be the sender of a webhook; None: of one that is not known. They share
        nothing with the dealer until it is clear that they are: nobody uses up what is another's.
        """
        address = "" if request.client is None else request.client.host
        return Caller(f"webhook {webhook or ''} {address}", self._of_strangers)


def declared_size(request: Request) -> int | None:
    """How long the body is, as its sender says; None: they do not say."""
    written = request.headers.get("content-length", "")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 20 else None
