"""Plates: one notation however they are written, and none of what only fills the field."""

import pytest

from services.intake.domain.examine.plates import normalised_plate


@pytest.mark.parametrize(
    ("region", "ways"),
    [
        (
            "CN",
            [
                "沪A12345",
                "沪A·12345",
                "沪a 12345",
                "沪Ａ１２３４５",
                " 沪A-12345 ",
                "沪A\u200b•12345",
            ],
        ),
        ("CN", ["沪AD12345", "沪A·D12345", "沪AＤ１２３４５"]),
        ("CN", ["粤Z1234港", "粤Z·1234港"]),
        ("CN", ["沪A88888"]),
        ("DE", ["B-MW 1234", "b mw 1234", "B·MW-1234", "Ｂ－ＭＷ　1234"]),
        ("DE", ["M-AB 12E", "M AB 12 E"]),
        ("AT", ["W-12345 A", "W 12345A"]),
        ("US", ["ABC-1234", "abc 1234", "ABC1234"]),
        ("GB", ["AB12 CDE", "ab12cde"]),
    ],
)
def test_a_plate_is_the_same_however_it_is_written(region: str, ways: list[str]) -> None:
    found = {normalised_plate(way, region) for way in ways}
    assert len(found) == 1
    assert None not in found


@pytest.mark.parametrize(
    ("region", "one", "other"),
    [
        ("DE", "B-MW 1234", "BM-W 1234"),
        ("CN", "沪A12345", "沪B12345"),
        ("CN", "沪A12345", "苏A12345"),
        ("US", "ABC123", "ABC124"),
    ],
)
def test_two_plates_stay_two(region: str, one: str, other: str) -> None:
    assert normalised_plate(one, region) != normalised_plate(other, region)


@pytest.mark.parametrize(
    ("region", "written"),
    [
        *[
            ("CN", text)
            for text in ("无牌", "未上牌", "临时", "新车", "沪A00000", "12345", "沪A", "A12345")
        ],
        *[("CN", text) for text in ("临沪A12345", "沪A1234临", "沪A12345沪A12346", "沪AAAAAA")],
        *[("DE", text) for text in ("NONE", "ohne", "0000", "-", "", "1", "B-MW", "X" * 20 + "1")],
        *[("US", text) for text in ("TEMP", "N/A", "1111111", "dealer plate")],
    ],
)
def test_what_fills_the_field_is_no_plate(region: str, written: str) -> None:
    assert normalised_plate(written, region) is None
