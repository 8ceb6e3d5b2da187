"""A reload: another policy while the service runs, taken up between two turns.

The reload itself only says by what is decided from now on. What other policies have decided
is found by the policy scan, a page a turn, and decided anew; a restart in between loses
nothing, as each partition remembers its policy (docs/decisions/0007).
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeAlias, TypeVar

import structlog

from shared.decider.decider import Decider, Facts
from shared.decider.policy import Policy
from shared.platform import metrics
from shared.platform.tracebacks import where_raised
from shared.runtime.ownership import Ownership
from shared.time.clock import TimeSource

F = TypeVar("F", bound=Facts)
P = TypeVar("P", bound=Policy)

PolicyWatch: TypeAlias = Callable[[datetime], Awaitable[P | None]]
"""Given the present: the policy to follow from now on, or None where it stays as it is. One of
the same version, which differs in what moves no deadline, decides nothing anew."""

log = structlog.get_logger()


async def reload_policy(decider: Decider[F, P], policy: P, ownership: Ownership) -> None:
    """Let `decider` follow `policy`, once the turn in hand is over.

    The next turn settles intents and takes the marks of other policies from its partitions,
    before it writes anything that the new one decided.
    """
    async with ownership.turn() as turn:
        decider.policy = policy
        turn.unsettled = True
    metrics.policy_exchanges.labels(decider.name).inc()
    log.info("policy reloaded", version=policy.version)


async def keep_policy_current(
    watch: PolicyWatch[P],
    decider: Decider[F, P],
    ownership: Ownership,
    clock: TimeSource,
    *,
    every_seconds: float,
) -> None:
    """Ask `watch` as long as the service runs. What it raises is counted; the policy stays."""
    refused_because = ""
    while True:
        try:
            found = await watch(clock.now())
            if found is not None:
                await reload_policy(decider, found, ownership)
            refused_because = ""
        except Exception as error:
            metrics.policy_refused.labels(decider.name).inc()
            if refused_because != (refused_because := where_raised(error)):
                log.error("policy refused, the running one stays", because=refused_because)
        await asyncio.sleep(every_seconds)
