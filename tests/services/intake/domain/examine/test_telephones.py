"""Telephone numbers: which are read as written, which are cut, and which are left out and why."""

import re

import phonenumbers
import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from services.intake.domain.examine.telephones import (
    CUT,
    LETTERS,
    NONE_AT_ALL,
    PLUS_LOST,
    SEVERAL,
    WITH_OR_WITHOUT_CODE,
    e164,
)


@pytest.mark.parametrize(
    ("number", "region", "expected"),
    [
        ("138 1234 5678", "CN", "+8613812345678"),
        ("010-6552 9988", "CN", "+861065529988"),
        ("400 810 8888", "CN", "+864008108888"),
        ("+49 30 901820", "CN", "+4930901820"),
        ("030 901820", "DE", "+4930901820"),
        ("030 90 18 20", "DE", "+4930901820"),
        ("(030) 901820", "DE", "+4930901820"),
        ("030/901820", "DE", "+4930901820"),
        ("0176/04069012", "DE", "+4917604069012"),
        ("030 901820-12", "DE", "+493090182012"),  # in Germany part of the number
        ("030\u2013901820", "DE", "+4930901820"),
        ("0049 30 901820", "DE", "+4930901820"),
        ("0049 30 901820", "US", "+4930901820"),
        ("011 49 30 901820", "US", "+4930901820"),
        ("+49 (0) 30 901820", "DE", "+4930901820"),
        ("+49(0)30/901820", "DE", "+4930901820"),
        ("0049 (0)30 901820", "DE", "+4930901820"),
        ("49 (0) 30 901820", "DE", "+4930901820"),
        ("+44 (0)20 7946 0958", "GB", "+442079460958"),
        ("+39 06 12345678", "IT", "+390612345678"),
        ("312.555.0100", "US", "+13125550100"),
        ("1 (312) 555-0100", "US", "+13125550100"),
        ("13125550100", "US", "+13125550100"),
        ("8613812345678", "CN", "+8613812345678"),
        ("86-138-1234-5678", "CN", "+8613812345678"),
        ("4930901820", "DE", "+4930901820"),
        ("01 42 68 53 00", "FR", "+33142685300"),
        ("０３０　９０１８２０", "DE", "+4930901820"),
        ("＋８６ １３８ １２３４ ５６７８", "CN", "+8613812345678"),
        ("٠١٠ ٦٥٥٢ ٩٩٨٨", "CN", "+861065529988"),
        ("\u202a+86 138 1234 5678\u202c", "CN", "+8613812345678"),
        ("tel:+49-30-901820", "DE", "+4930901820"),
        ("Tel. 030 901820", "DE", "+4930901820"),
        ("电话13812345678", "CN", "+8613812345678"),
        ("030 901820 (privat)", "DE", "+4930901820"),
    ],
)
def test_a_number_is_read_as_of_the_dealers_country(
    number: str, region: str, expected: str
) -> None:
    assert e164(number, region) == (expected, None)


@pytest.mark.parametrize(
    ("number", "region", "expected"),
    [
        ("030 1234567 App. 12", "DE", "+49301234567"),
        ("030 123456 ext.", "DE", "+4930123456"),
        ("030 1234567 Apparat 12", "DE", "+49301234567"),
        ("030 1234567, App. 12", "DE", "+49301234567"),
        ("030 1234567 Durchwahl: 12", "DE", "+49301234567"),
        ("030 1234567 DW12", "DE", "+49301234567"),
        ("030 1234567 Nst. 12", "DE", "+49301234567"),
        ("030 1234567 extension 12", "DE", "+49301234567"),
        ("030 1234567x12", "DE", "+49301234567"),
        ("030 1234567 X 12", "DE", "+49301234567"),
        ("030 1234567#12", "DE", "+49301234567"),
        ("030 1234567 (12)", "DE", "+49301234567"),
        ("030 1234567,,12#", "DE", "+49301234567"),
        ("030 1234567 ＥＸＴ １２", "DE", "+49301234567"),
        ("030 1234567 App. 12 / 0171 456789", "DE", "+49301234567"),
        ("tel:+49-30-1234567;ext=12", "DE", "+49301234567"),
        ("01 42 68 53 00 poste 12", "FR", "+33142685300"),
        ("+7 495 123-45-67 доб. 12", "RU", "+74951234567"),
        ("(312) 555-0100 ext 5", "US", "+13125550100"),
        ("010-65529988转8012", "CN", "+861065529988"),
        ("010-65529988 轉 8012", "CN", "+861065529988"),
        ("010-65529988 分机8012", "CN", "+861065529988"),
        ("010-65529988内转8012", "CN", "+861065529988"),
        ("02-312-3456 내선 12", "KR", "+8223123456"),
        ("030 1234567 intern 12", "DE", "+49301234567"),
        ("030 1234567 Ext:12", "DE", "+49301234567"),
        ("030 1234567;12", "DE", "+49301234567"),
        ("010-65529988-8012", "CN", "+861065529988"),
        ("(010)65529988-12", "CN", "+861065529988"),
        ("400-810-8888转1", "CN", "+864008108888"),
        ("400-810-8888-1", "CN", "+864008108888"),
    ],
)
def test_an_extension_is_cut_off_and_told(number: str, region: str, expected: str) -> None:
    assert e164(number, region) == (expected, CUT)


@pytest.mark.parametrize(
    ("number", "region", "why"),
    [
        ("1-800-FLOWERS", "US", LETTERS),
        ("0800 FLOWERS", "DE", LETTERS),
        ("030 12345xx", "DE", LETTERS),
        ("030 I234567", "DE", LETTERS),
        ("O30 1234567", "DE", LETTERS),
        ("l38 1234 5678", "CN", LETTERS),
        ("030 1234567 privat", "DE", LETTERS),
        ("030 1234567 oder 0171 1234567", "DE", LETTERS),
        ("li.wei.1234567@example.com", "CN", LETTERS),
        ("030 123 / 0171 456", "DE", SEVERAL),
        ("030 123 0171 456", "DE", SEVERAL),
        ("030 1234567 / 0171 4567890", "DE", SEVERAL),
        ("030 1234567, 0171 4567890", "DE", SEVERAL),
        ("030 1234567; 0171 4567890", "DE", SEVERAL),
        ("030 1234567\n0171 4567890", "DE", SEVERAL),
        ("030 1234567 / 8", "DE", SEVERAL),
        ("0301234567 01714567890", "DE", SEVERAL),
        ("+49 30 1234567 +49 171 4567890", "DE", SEVERAL),
        ("13812345678/13912345678", "CN", SEVERAL),
        ("13812345678、13912345678", "CN", SEVERAL),
        ("010-65529988/9", "CN", SEVERAL),
        ("13812345678 13912345678", "CN", NONE_AT_ALL),
        ("138****5678", "CN", NONE_AT_ALL),
        ("*100#", "CN", NONE_AT_ALL),
        ("App. 12 030 1234567", "DE", NONE_AT_ALL),
        ("123", "CN", NONE_AT_ALL),
        ("110", "CN", NONE_AT_ALL),
        ("-", "CN", NONE_AT_ALL),
        ("", "CN", NONE_AT_ALL),
        ("1" * 120, "CN", NONE_AT_ALL),
        ("\ufdfa" * 100, "CN", NONE_AT_ALL),
    ],
)
def test_a_doubtful_number_is_left_out_and_it_is_told_why(
    number: str, region: str, why: str
) -> None:
    assert e164(number, region) == (None, why)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("4915112345678", ("+4915112345678", PLUS_LOST)),
        ("49 170 1234567", ("+491701234567", PLUS_LOST)),
        ("0491 12345", ("+4949112345", None)),  # with its 0 it is one of Leer
        ("491511234567", (None, WITH_OR_WITHOUT_CODE)),  # one digit short, or of Emden
        ("49 711 1234567", (None, WITH_OR_WITHOUT_CODE)),  # 0711 is Stuttgart, 04971 Esens
    ],
)
def test_a_lost_plus_is_put_back_where_there_is_no_doubt(
    number: str, expected: tuple[str | None, str | None]
) -> None:
    assert e164(number, "DE") == expected


REGIONS = st.sampled_from(["CN", "DE", "US", "FR", "GB", "IT", "JP", "RU", "AT", "HU"])


@forall(st.text(st.sampled_from("0123456789+()-/ .,;#xX*abE转\u3000"), max_size=40), REGIONS)
def test_whatever_is_written_digits_are_neither_made_up_nor_repeated(
    written: str, region: str
) -> None:
    number, warning = e164(written, region)
    if number is None:
        assert warning is not None
    else:
        code = str(phonenumbers.parse(number).country_code)
        assert number.removeprefix(f"+{code}") in re.sub(r"\D", "", written)
    if warning is not None:
        assert not any(char.isdigit() for char in warning)


@forall(
    st.integers(2_000_000, 89_999_999),
    st.sampled_from(["App. ", "ext", ";ext=", " x", " #", "转", "#"]),
)
def test_digits_behind_the_sign_of_an_extension_change_nothing(number: int, sign: str) -> None:
    for extension in ("1", "12", "123456"):
        assert e164(f"030 {number}{sign}{extension}", "DE") == (f"+4930{number}", CUT)


@forall(st.text(st.characters(max_codepoint=127), max_size=50), st.sampled_from(["CN", "DE", "US"]))
def test_plain_characters_are_read_as_those_beside_what_nobody_sees(
    written: str, region: str
) -> None:
    assert e164(written, region) == e164(f"{written}\u200b", region)
