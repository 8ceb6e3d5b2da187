"""Who calls, as a telephone system tells it: sealed into an address, where the desk alone reads the
number, each instance of it, and after a restart too."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from services.desk.api.desk import Desk
from services.desk.domain.derived import key_for
from shared.platform.seal import Seal, SealedOtherwise

GOOD_FOR = timedelta(hours=1)
"""How long an address of a call leads to anybody."""
MOST_OF_A_NUMBER, MOST_OF_A_DEALER = 80, 200
_PURPOSE = "callers"


class NotCalling(Exception):
    """An address of a call that is over, or none that the desk has made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldCaller:
    """Somebody who calls."""

    phone: str = field(repr=False)
    """As it was told."""
    dealer_id: str | None
    """The dealer who is called; None: any."""


def sealed_caller(desk: Desk, caller: ToldCaller) -> str:
    """A part of an address that only this desk reads."""
    told = (
        desk.real_clock.now().timestamp(),
        caller.phone[:MOST_OF_A_NUMBER],
        caller.dealer_id and caller.dealer_id[:MOST_OF_A_DEALER],
    )
    sealed = _seal(desk).seal(json.dumps(told).encode(), _PURPOSE)
    return urlsafe_b64encode(sealed).rstrip(b"=").decode()


def caller_in(desk: Desk, sealed: str) -> ToldCaller:
    """Who it was. Raises `NotCalling`."""
    try:
        padded = sealed.encode() + b"=" * (-len(sealed) % 4)
        told = _seal(desk).open(urlsafe_b64decode(padded), _PURPOSE)
    except (SealedOtherwise, ValueError):
        raise NotCalling from None
    at, phone, dealer_id = json.loads(told)
    if desk.real_clock.now() - datetime.fromtimestamp(at, UTC) >= GOOD_FOR:
        raise NotCalling
    return ToldCaller(phone=phone, dealer_id=dealer_id)


def _seal(desk: Desk) -> Seal:
    return Seal([key_for(desk.settings.desk_secret.get_secret_value(), _PURPOSE)])
