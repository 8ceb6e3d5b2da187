"""Identifiers are written in one way, whatever stands in the numbers that they are made of."""

from urllib.parse import quote

from hypothesis import example
from hypothesis import given as forall
from hypothesis import strategies as st

from shared.contracts.identifiers import customer_key, number_in


@forall(st.text(max_size=20).filter(lambda text: text.isprintable()))
@example("RO-1.2_3~")
@example("a/b%20")
@example("沪A12345")
def test_a_number_is_percent_encoded_but_for_what_needs_none(number: str) -> None:
    key = customer_key("sunrise/pudong", "dms", number)
    assert key == f"sunrise/pudong/dms/{quote(number.strip(), safe='')}"
    assert number_in(key) == number.strip()
