"""A trigger of tasks is whole: a file, a line in the table, a test, a row in the README."""

from dataclasses import replace

import pytest

from services.followup.domain import rules
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.rules import TRIGGERS
from tests.tables import Kinds, forgotten, kinds_of

KINDS = kinds_of("followup", rules, TRIGGERS)
WITHOUT_ONE = {name: trigger for name, trigger in TRIGGERS.items() if name != "closing"}


def test_nothing_is_forgotten_of_any_trigger() -> None:
    assert forgotten(KINDS) == []


@pytest.mark.parametrize(
    ("incomplete", "missing"),
    [
        (replace(KINDS, table=WITHOUT_ONE), "closing.py is not in the table"),
        (
            replace(KINDS, files=KINDS.files - {"closing"}),
            "closing in the table is not the file closing.py",
        ),
        (replace(KINDS, tests={}), "closing has no test in test_closing.py"),
        (
            replace(KINDS, page=KINDS.page.replace("`closing`", "")),
            "closing has no row in the README",
        ),
    ],
)
def test_a_part_that_is_forgotten_is_named(incomplete: Kinds, missing: str) -> None:
    assert missing in forgotten(incomplete)


def test_every_rule_that_ships_has_a_row() -> None:
    kinds = [rule.kind for rule in FollowUpPolicy().rules]
    assert [kind for kind in kinds if f"| `{kind}` " not in KINDS.page] == []
