"""What must hold of every service, whatever its story: checks on any decider.

Each service's own tests make up the stories; these say what no story may change.

    cost        what one more event takes
    decisions   on `join` and `decide` alone
    telling     however a story is told: through the runtime's `plan`, to a reader of all
                that is said (`life`)
"""

from tests.invariants.cost import calls_for_one_more
from tests.invariants.decisions import (
    being_woken_when_due_leads_where_sleeping_through_leads,
    facts_survive_being_stored,
    nothing_changes_before_it_is_due,
    order_and_repetition_make_no_difference,
    setting_aside_makes_no_difference,
    visible,
)
from tests.invariants.telling import (
    a_policy_tried_for_a_while_leaves_no_trace,
    a_story_told_again_changes_nothing,
    an_outage_leads_where_none_leads,
    however_it_is_told_the_same_is_said,
)

__all__ = [
    "a_policy_tried_for_a_while_leaves_no_trace",
    "a_story_told_again_changes_nothing",
    "an_outage_leads_where_none_leads",
    "being_woken_when_due_leads_where_sleeping_through_leads",
    "calls_for_one_more",
    "facts_survive_being_stored",
    "however_it_is_told_the_same_is_said",
    "nothing_changes_before_it_is_due",
    "order_and_repetition_make_no_difference",
    "setting_aside_makes_no_difference",
    "visible",
]
