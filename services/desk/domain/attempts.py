"""How often somebody may try to sign in."""

import ipaddress
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class AttemptLimit:
    """How many attempts there may be, counted anew when the first of them is long enough ago."""

    name: str
    most: int
    within: timedelta


SPAN = timedelta(minutes=15)
OF_USER_AND_ADDRESS = AttemptLimit("user and address", 10, SPAN)
OF_USER = AttemptLimit("user", 100, SPAN)
"""More than from one address, so that nobody can lock somebody out from theirs."""
OF_ADDRESS = AttemptLimit("address", 200, SPAN)
"""A whole dealer may be behind one."""


def limits_of(username: str, address: str) -> dict[str, AttemptLimit]:
    """What an attempt counts for -> how many of it there may be, in the order in which it counts:
    what the first refuses is no attempt for the rest."""
    network = network_of(address)
    return {
        f"user {username} from {network}": OF_USER_AND_ADDRESS,
        f"address {network}": OF_ADDRESS,
        f"user {username}": OF_USER,
    }


def network_of(address: str) -> str:
    """The address; of IPv6 the /64 it is of, all of which one person may have."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
