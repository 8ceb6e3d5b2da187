"""Customers of whom everything is known that followup reads, drawn by Hypothesis."""

from typing import Any

from hypothesis import strategies as some

from shared.contracts.envelope import Event
from tests.services.followup.stories import stories
from tests.services.followup.stories_of_attempts import reports_of_attempts
from tests.services.followup.stories_of_leads import stories_of_leads
from tests.services.followup.stories_of_others import one_word_each, reports_of_others


@some.composite
def stories_of_all(draw: some.DrawFn) -> list[Event[Any]]:
    """Cars, consents, leads, attempts and assignments; cases, surveys, scores, cars that are gone
    and referrals."""
    leads = draw(some.just([]) | stories_of_leads())
    others = draw(some.lists(reports_of_others(), max_size=6))
    attempts = draw(some.lists(reports_of_attempts(), max_size=4))
    return one_word_each([*others, *leads, *attempts, *draw(stories())])
