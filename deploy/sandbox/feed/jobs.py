"""What the workshops of the sample do, and what they sell over their counters."""

from typing import NamedTuple

from shared.contracts.feed_parts import WorkCategory


class Job(NamedTuple):
    """What is done to a car, or sold over the workshop's counter."""

    op_code: str
    description: str
    category: WorkCategory


JOBS = (
    (Job("MNT10", "Scheduled maintenance", "maintenance"), 1.0),
    (Job("OIL02", "Oil and filter", "maintenance"), 0.5),
    (Job("BRK21", "Brake pads, front axle", "repair"), 1.2),
    (Job("TYR04", "Seasonal tyres fitted", "maintenance"), 0.4),
    (Job("AC011", "Air conditioning checked and filled", "maintenance"), 0.6),
    (Job("BAT01", "Battery replaced", "repair"), 0.7),
    (Job("ALN03", "Wheel alignment", "inspection"), 0.6),
)
WARRANTY_JOBS = (
    Job("WTY31", "Window regulator replaced", "repair"),
    Job("WTY52", "Software update", "repair"),
)
CAR_WASH = Job("PDI09", "Car wash", "other")
RECONDITIONING = Job("PDI01", "Used car reconditioned", "repair")
AGAIN = Job("RPT01", "The same work done again", "repair")
ACCESSORY = Job("ACC07", "Floor mats and roof rack", "accessory")
INSURANCE = Job("INS12", "Insurance renewed for a year", "insurance")
GIVEN_BACK = Job("CRD01", "Part that was not needed, given back", "other")
