"""`python -m tests.simulation --seed 4711 -v`: one seed, and all that happened in it.

`--seeds 0-9999` runs many, and tells how to see again what was broken.
"""

import argparse
import sys
import time
from collections import Counter

from tests.simulation.story import simulate
from tests.simulation.worlds import WORLDS

MOST_TOLD = 20


def main() -> int:
    """Run the seeds asked for; 1 when an invariant was broken."""
    arguments = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    arguments.add_argument("--seed", type=int, help="one seed")
    arguments.add_argument("--seeds", default="0-999", help="a range of them, both included")
    arguments.add_argument("--world", choices=sorted(WORLDS), default="toy", help="of what")
    arguments.add_argument("-v", "--verbose", action="store_true", help="print every step")
    chosen = arguments.parse_args()
    first, last = map(int, chosen.seeds.split("-"))
    seeds = range(first, last + 1) if chosen.seed is None else [chosen.seed]
    happened: Counter[str] = Counter()
    broken, began = 0, time.perf_counter()
    for seed in seeds:
        report = simulate(seed, world=chosen.world)
        happened += report.happened
        if chosen.verbose:
            print("\n".join(report.trace))
        broken += bool(report.violations)
        if report.violations and broken <= MOST_TOLD:
            print(f"{report.reproduction}\n    {report.violations[0]}")
    took = time.perf_counter() - began
    print(f"{len(seeds)} seeds, {broken} broken, {len(seeds) / took:.0f} seeds/s")
    for what, count in happened.most_common():
        print(f"{count:9,}  {what}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
