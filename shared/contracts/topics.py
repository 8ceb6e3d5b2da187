"""The topics: their names, and which of them keep only the latest record of each key."""

from dataclasses import dataclass
from datetime import timedelta

DEFAULT_PARTITIONS = 24
FACTS_RETENTION = timedelta(days=5 * 366)
"""How long sources and outputs stay: at least as long as any facts' horizon."""
DEAD_LETTER_RETENTION = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic. All topics are partitioned by customer, and have the same number of partitions."""

    name: str
    producer: str
    content: str
    compacted: bool = False
    per_case: bool = False
    """Its key is customer and case, on the customer's partition: compacting it by the customer
    alone would keep one of their cases."""
    retention: timedelta = FACTS_RETENTION


SALES = Topic("aftercare.sales", "intake", "vehicle sales, a full snapshot per deal")
VISITS = Topic("aftercare.visits", "intake", "repair orders, a full snapshot per order")
COMPLAINTS = Topic("aftercare.complaints", "intake", "complaints filed, and each step on them")
CUSTOMERS = Topic(
    "aftercare.customers",
    "intake",
    "consents, survey answers, task outcomes, referrals, links of customers, leads",
)
PROFILES = Topic(
    "aftercare.profiles", "intake", "name, phones, e-mail: the only personal data", compacted=True
)
SCORES = Topic("aftercare.scores", "scoring", "one snapshot per customer", compacted=True)
GRADES = Topic("aftercare.grades", "scoring", "grade and risk changes")
LINKED_FACTS = Topic(
    "aftercare.linked-facts",
    "scoring",
    "what customers who are one person tell each other, so that each is scored by all of it",
)
TASKS = Topic("aftercare.tasks", "followup", "follow-up tasks and what becomes of them")
REPORTS = Topic(
    "aftercare.reports",
    "followup",
    "what our own services report to intake, each as the event it is over HTTP",
)
ESCALATIONS = Topic(
    "aftercare.escalations",
    "complaints",
    "warnings, breaches, escalations, withdrawals, verdicts, cases closed",
)
MERGES = Topic(
    "aftercare.merges", "complaints", "what a merged case hands over to the one it was merged into"
)
CASES = Topic(
    "aftercare.cases",
    "complaints",
    "how each case stands: open or closed and why, severity, satisfied",
    compacted=True,
    per_case=True,
)
IDENTITIES = Topic(
    "aftercare.identities",
    "identity",
    "who may be who, told from customer to customer: links, owners of cars, referrals that bought",
)
PERSONS = Topic(
    "aftercare.persons", "identity", "which customers are one person, and why", compacted=True
)
DEAD_LETTERS = Topic(
    "aftercare.dead-letters",
    "all",
    "records that could not be processed, and why",
    retention=DEAD_LETTER_RETENTION,
)

ALL = (
    SALES,
    VISITS,
    COMPLAINTS,
    CUSTOMERS,
    PROFILES,
    SCORES,
    GRADES,
    LINKED_FACTS,
    TASKS,
    REPORTS,
    ESCALATIONS,
    MERGES,
    CASES,
    IDENTITIES,
    PERSONS,
    DEAD_LETTERS,
)
