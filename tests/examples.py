"""On how many examples properties are tried: one profile of Hypothesis for all tests.

`AFTERCARE_TEST_EXAMPLES=2000` tries each on as many. They are random, so that every run looks
elsewhere, but the same each time where `CI` is `true`. A failure prints how to see it again.
"""

import os

from hypothesis import HealthCheck, settings

EXAMPLES_VARIABLE = "AFTERCARE_TEST_EXAMPLES"
EXAMPLES = int(os.environ.get(EXAMPLES_VARIABLE, "60"))

settings.register_profile(
    "aftercare",
    max_examples=EXAMPLES,
    deadline=None,  # how fast an example is says how busy the machine is
    # a suite that several deciders inherit is run by each of them
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
    derandomize=os.environ.get("CI") == "true",
    print_blob=True,
)
settings.load_profile("aftercare")

thorough = settings(max_examples=3 * EXAMPLES)
"""For the few properties that most of what happens bears upon."""
few = settings(max_examples=max(5, EXAMPLES // 10))
"""For those that take long and are tried in parts elsewhere."""
