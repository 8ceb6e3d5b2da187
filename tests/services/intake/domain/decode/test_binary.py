"""Events in binary mode: what their headers say."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.decode.binary import (
    WrongHeaders,
    binary_event,
    check_type_of_data,
    is_binary,
)
from services.intake.domain.decode.body import UnreadableBody, WrongMediaType
from services.intake.domain.decode.strict_json import DoubledName, TooLarge

JSON = "application/json"


def decoded(headers: dict[str, str], body: bytes = b'{"a": 1}') -> object:
    return binary_event(list(headers.items()), body, content_type=JSON, max_event_bytes=1_000)


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("plain", "plain"),
        ("Euro%20%E2%82%AC%20%F0%9F%98%80", "Euro € 😀"),
        ("%e2%82%ac", "€"),
        ("%41bc", "Abc"),
        ('"in quotes"', "in quotes"),
        (r'"a \"b\" \\ c"', r'a "b" \ c'),
        ('"Euro %E2%82%AC"', "Euro €"),
        ("100%", "100%"),
        ("%zz%4", "%zz%4"),
        ("%2541", "%41"),
        ('ends in "', 'ends in "'),
        ("  around  ", "around"),
    ],
)
def test_values_are_unquoted_and_percent_decoded_once(written: str, means: str) -> None:
    event = decoded({"ce-subject": written})
    assert event == {"subject": means, "datacontenttype": JSON, "data": {"a": 1}}


@pytest.mark.parametrize(
    "written", ["%C0%A0", "%E2%82", "%FF", "%ED%A0%80", "caf\xe9", "\xe2\x82\xac", "a\x01b"]
)
def test_what_is_no_utf_8_is_told_by_its_header(written: str) -> None:
    with pytest.raises(WrongHeaders) as wrong:
        decoded({"ce-id": "1", "ce-subject": written})
    (finding,) = wrong.value.findings
    assert finding.pointer == "/subject"
    assert "ce-subject" in finding.detail
    assert written not in finding.detail


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40))
def test_whatever_is_encoded_as_the_binding_has_it_is_decoded(text: str) -> None:
    written = "".join(
        one
        if "\x21" <= one <= "\x7e" and one not in '"%'
        else "".join(f"%{byte:02X}" for byte in one.encode())
        for one in text
    )
    event = decoded({"ce-subject": written})
    assert isinstance(event, dict)
    assert event["subject"] == text


@pytest.mark.parametrize(
    ("headers", "pointer"),
    [
        ([("ce-data", "x")], "/data"),
        ([("ce-datacontenttype", JSON)], "/datacontenttype"),
        ([("ce-id", "1"), ("ce-id", "2")], "/id"),
        ([("ce-", "x")], ""),
        ([("ce-the-name", "x")], ""),
        ([("ce-13812345678900000000000", "1"), ("ce-13812345678900000000000", "2")], ""),
        ([(f"ce-x{number}", "x") for number in range(101)], ""),
    ],
)
def test_headers_of_which_no_event_can_be_made(
    headers: list[tuple[str, str]], pointer: str
) -> None:
    with pytest.raises(WrongHeaders) as wrong:
        binary_event(headers, b"{}", content_type=JSON, max_event_bytes=1_000)
    assert [finding.pointer for finding in wrong.value.findings] == [pointer]


def test_all_wrong_headers_are_told_at_once() -> None:
    with pytest.raises(WrongHeaders) as wrong:
        decoded({"ce-id": "%FF", "ce-subject": "%FF", "ce-type": "fine"})
    assert [finding.pointer for finding in wrong.value.findings] == ["/id", "/subject"]


def test_without_a_body_there_is_no_data() -> None:
    assert decoded({"ce-id": "1"}, b" \n") == {"id": "1", "datacontenttype": JSON}


def test_a_byte_order_mark_before_the_data_is_no_part_of_it() -> None:
    event = decoded({"ce-id": "1"}, b"\xef\xbb\xbf{}")
    assert event == {"id": "1", "datacontenttype": JSON, "data": {}}


@pytest.mark.parametrize("body", [b"\xff", b'{"a": NaN}', b'{"a"', b"{} {}"])
def test_data_that_is_no_json(body: bytes) -> None:
    with pytest.raises(UnreadableBody):
        decoded({}, body)


def test_data_that_is_too_large() -> None:
    with pytest.raises(TooLarge):
        decoded({}, json.dumps("x" * 1_000).encode())


def test_a_name_that_stands_twice_in_the_data() -> None:
    assert isinstance(decoded({}, b'{"a": 1, "a": 2}'), DoubledName)


@pytest.mark.parametrize(
    ("content_type", "headers", "binary"),
    [
        (JSON, {"ce-id": "1"}, True),
        (None, {"ce-id": "1"}, True),
        ("text/xml", {"ce-id": "1"}, True),
        (JSON, {"x-id": "1"}, False),
        ("application/cloudevents+json; charset=utf-8", {"ce-id": "1"}, False),
        ("Application/CloudEvents-batch+json", {"ce-id": "1"}, False),
        ("application/cloudevents+avro", {"ce-id": "1"}, False),
        ("application/x-ndjson", {"ce-id": "1"}, False),
    ],
)
def test_the_content_type_says_the_mode(
    content_type: str | None, headers: dict[str, str], binary: bool
) -> None:
    assert is_binary(content_type, list(headers.items())) is binary


@pytest.mark.parametrize("taken", [None, JSON, "application/vnd.x+json", f"{JSON}; charset=UTF-8"])
def test_data_is_json_in_utf_8(taken: str | None) -> None:
    check_type_of_data(taken)


@pytest.mark.parametrize("wrong", ["text/xml", "application/x-www-form-urlencoded"])
def test_data_of_another_type_is_told_what_to_send(wrong: str) -> None:
    with pytest.raises(WrongMediaType, match="content-type: application/json"):
        check_type_of_data(wrong)


def test_data_in_another_encoding() -> None:
    with pytest.raises(WrongMediaType, match="UTF-8"):
        check_type_of_data(f"{JSON}; charset=gbk")
