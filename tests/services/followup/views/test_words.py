"""What rules and contracts name has a word in both languages."""

from typing import get_args

from services.followup.domain.shipped import SHIPPED
from services.followup.views.words import CHANNELS, GRADES, ROLES, word
from shared.contracts.feed_parts import Channel
from shared.contracts.scoring import Grade


def test_every_role_of_the_rules_that_ship_is_called_something() -> None:
    assert ROLES.keys() == {rule.owner_role for rule in SHIPPED}


def test_every_way_and_grade_is_called_something() -> None:
    assert CHANNELS.keys() == {*get_args(Channel)}
    assert GRADES.keys() == {*get_args(Grade)}


def test_words_are_those_of_the_language() -> None:
    for words in (ROLES, CHANNELS, GRADES):
        for name in words:
            assert word(name, words, "en").isascii()
            assert not any(letter.isascii() for letter in word(name, words, "zh"))


def test_a_name_of_a_dealers_own_stays_as_it_is() -> None:
    assert word("concierge", ROLES, "zh") == "concierge"
