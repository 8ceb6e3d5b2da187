"""A rule of points is whole: a file, a line in the table, a test, a row in the README."""

from dataclasses import replace

import pytest

from services.scoring.domain import rules
from services.scoring.domain.policy import Rules, ScoringPolicy
from services.scoring.domain.rules import TABLE
from tests.tables import Kinds, forgotten, kinds_of

KINDS = kinds_of("scoring", rules, TABLE)
WITHOUT_ONE = {name: kind for name, kind in TABLE.items() if name != "referrals"}


def test_nothing_is_forgotten_of_any_rule() -> None:
    assert forgotten(KINDS) == []


@pytest.mark.parametrize(
    ("incomplete", "missing"),
    [
        (replace(KINDS, table=WITHOUT_ONE), "referrals.py is not in the table"),
        (
            replace(KINDS, files=KINDS.files - {"referrals"}),
            "referrals in the table is not the file referrals.py",
        ),
        (
            replace(KINDS, table={**TABLE, "referrals": TABLE["complaints"]}),
            "referrals in the table is not the file referrals.py",
        ),
        (replace(KINDS, tests={}), "referrals has no test in test_referrals.py"),
        (
            replace(KINDS, page=KINDS.page.replace("`referrals`", "")),
            "referrals has no row in the README",
        ),
    ],
)
def test_a_part_that_is_forgotten_is_named(incomplete: Kinds, missing: str) -> None:
    assert missing in forgotten(incomplete)


def test_the_policy_has_a_rule_for_each_line_of_the_table_and_in_its_order() -> None:
    assert list(Rules.model_fields) == list(TABLE) == list(ScoringPolicy().by_name)
    assert {name: kind.SHIPPED for name, kind in TABLE.items()} == ScoringPolicy().by_name
