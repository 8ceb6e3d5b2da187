"""Batches of reports of a few documents, in any order, and what may fail meanwhile."""

from collections.abc import Sequence

from hypothesis import strategies as st

from tests.services.intake.given import (
    BERLIN,
    Data,
    at,
    call,
    complaint,
    customer,
    event,
    key,
    link,
    merge,
    sale,
    step,
    target,
    visit,
)
from tests.services.intake.world import World, after_all

INTERNAL: Data = {"source_customer_id": "X", "kind": "internal"}
ACROSS: Data = {"other_customer_id": None, "other_customer_key": key(dealer_id=BERLIN)}
"""The other customer of a link is another dealer's."""
CALLS = (
    call(source_modified_at=at(-60)),
    call(source_modified_at=at(-50), source_customer_id="C2"),
    call(source_modified_at=at(-40), overall=3),
    call(source_modified_at=at(-30), survey=None, overall=None),
    call(outcome_no="2", source_modified_at=at(-60), survey=None, overall=None),
    call(outcome_no="2", source_modified_at=at(-50), source_customer_id="C2"),
)
"""What came of two calls: of the first the survey was entered by mistake."""
EVENTS: list[Data] = [
    event("visit", visit(source_modified_at=at(-60))),
    event("visit", visit(source_modified_at=at(-50), customer=customer("C2", name="Wei Hua"))),
    event("visit", visit(source_modified_at=at(-40), department="body")),
    event("visit", visit(source_modified_at=at(-30), customer=None)),
    event("visit", visit(source_modified_at=at(-20))),
    event("sale", sale(parties=[{"role": "driver", "customer": customer("C2", name="Wei")}])),
    event("sale", sale(source_modified_at=at(-10), sale_type="wholesale")),
    event("complaint", complaint(customer=None)),
    event("complaint", complaint(source_modified_at=at(-30), customer=customer("C2"))),
    event("complaint-step", step()),
    event("complaint-step", step(step_id="S2", at=at(-69))),
    event("complaint-step", step(source_modified_at=at(-5), at=at(-71))),
    event("complaint", complaint(source_modified_at=at(-20), customer=None)),
    event("complaint-step", merge()),
    event("complaint-step", merge(source_modified_at=at(-4), by="u8")),
    event("complaint", target()),
    event("complaint", target(source_modified_at=at(-40), customer=customer("C3", name=None))),
    event("complaint", target(source_modified_at=at(-30), customer=INTERNAL)),
    event("complaint", target(source_modified_at=at(-20), status="voided")),
    event("customer-link", link()),
    event("customer-link", link(source_modified_at=at(-50), **ACROSS)),
    event("customer-link", link(source_modified_at=at(-40), says="nothing", **ACROSS)),
    *(event("task-outcome", data) for data in CALLS),
]

batches = st.lists(
    st.lists(st.sampled_from(range(len(EVENTS))), min_size=1, max_size=4), max_size=8
)
failures = st.lists(st.sampled_from(["fine", "publish", "find", "save"]), max_size=10)
"""What fails under the next attempts, the last first."""


def after(order: Sequence[Sequence[int]], trouble: Sequence[str], *, later: bool = False) -> World:
    """All batches of these events taken."""
    batches_of = ([EVENTS[number] for number in batch] for batch in order)
    return after_all(batches_of, trouble, later=later)
