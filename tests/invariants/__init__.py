"""What must hold of every service, whatever its story: checks on any decider.

Each service's own tests make up the stories; these say what no story may change.

    suite       `DeciderInvariants`: all checks as tests, for a class of a service to inherit
    cost        what one more event takes
    decisions   on `join` and `decide` alone
    telling     however a story is told: through the runtime's `plan`, to a reader of all
                that is said (`life`)
"""

from tests.invariants.cost import calls_for_one_more
from tests.invariants.decisions import visible
from tests.invariants.suite import DeciderInvariants, DeciderInvariantsOfLongStories

__all__ = [
    "DeciderInvariants",
    "DeciderInvariantsOfLongStories",
    "calls_for_one_more",
    "visible",
]
