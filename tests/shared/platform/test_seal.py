"""Contents are opened by their key, beside their row, and not otherwise."""

import base64

import pytest

from services.intake.settings import IntakeSettings
from shared.platform.seal import Seal, SealedOtherwise, keys_of, new_key

OLD, NEW = b"o" * 32, b"n" * 32
CONTENT = "王小明 13800138000".encode()

GOOD = base64.b64encode(bytes(range(32))).decode()


def test_what_is_sealed_is_opened_and_shows_nothing() -> None:
    sealed = Seal([NEW]).seal(CONTENT, "row")
    assert Seal([NEW]).open(sealed, "row") == CONTENT
    assert CONTENT not in sealed
    assert Seal([NEW]).seal(CONTENT, "row") != sealed, "the same content does not look the same"


def test_the_first_key_seals_and_each_opens() -> None:
    before = Seal([OLD]).seal(CONTENT, "row")
    both = Seal([NEW, OLD])
    assert both.open(before, "row") == CONTENT
    assert Seal([NEW]).open(both.seal(CONTENT, "row"), "row") == CONTENT


@pytest.mark.parametrize(
    ("keys", "belongs_to", "spoil"),
    [
        ([OLD], "row", lambda sealed: sealed),
        ([NEW], "another row", lambda sealed: sealed),
        ([NEW], "row", lambda sealed: sealed[:-1] + bytes([sealed[-1] ^ 1])),
        ([NEW], "row", lambda sealed: b"\x02" + sealed[1:]),
        ([NEW], "row", lambda sealed: sealed[:9]),
        ([NEW], "row", lambda _: b""),
    ],
)
def test_nothing_else_is_opened(keys: list[bytes], belongs_to: str, spoil: object) -> None:
    assert callable(spoil)
    with pytest.raises(SealedOtherwise):
        Seal(keys).open(spoil(Seal([NEW]).seal(CONTENT, "row")), belongs_to)


def test_keys_are_written_in_one_line() -> None:
    one, two = new_key(), new_key()
    assert keys_of(f"{one}, {two}") == (base64.b64decode(one), base64.b64decode(two))
    assert keys_of("") == ()
    assert IntakeSettings(rejected_key=one).seal() is not None
    assert IntakeSettings().seal() is None


@pytest.mark.parametrize("text", ["sesame", "c2VzYW1l", f"{GOOD},sesame", "密钥"])
def test_a_wrong_key_is_told_without_repeating_it(text: str) -> None:
    with pytest.raises(ValueError, match="openssl rand") as error:
        IntakeSettings(rejected_key=text)
    assert "sesame" not in str(error.value)
