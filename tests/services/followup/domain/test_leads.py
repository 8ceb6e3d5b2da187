"""Leads 潜客, as the dealers' own material tells how to follow them: grades, contacts, losses."""

from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st
from pydantic import ValidationError

from services.followup.domain.facts import FollowUpFacts, condense, join
from services.followup.domain.leads.grade import grade_of
from services.followup.domain.leads.terms import LeadGrading, LeadTerms
from services.followup.domain.policy import FollowUpPolicy
from shared.contracts.envelope import Event
from shared.contracts.scoring import Grade
from shared.decider.digests import Horizon
from tests.services.followup.given import at, delivery, local, outcome
from tests.services.followup.given_leads import (
    course,
    courses,
    follow_ups_of,
    lead,
    lost,
    said,
    tasks,
)
