"""`aftercare send`: a file is read as it was written; what holds no events is said so once."""

import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.cli.event_files import read_lines
from deploy.cli.failures import CannotRun
from deploy.cli.intake_client import IntakeClient
from deploy.cli.json_texts import elements
from deploy.cli.send import Account, send_all, show
from deploy.sandbox.processes import free_port
from services.intake.app import make_app
from services.intake.domain.decode.file_kinds import WHAT_TO_DO
from services.intake.settings import IntakeSettings
from shared.testing.clock import ManualClock
from shared.testing.publisher import MemoryPublisher
from tests.deploy.cli.command import aftercare
from tests.deploy.cli.intake_stub import taking_all
from tests.services.intake.given import DEALERS, NOW, event, visit
from tests.services.intake.memory_first_answers import MemoryFirstAnswers
from tests.services.intake.memory_register import MemoryRegister
from tests.services.intake.world import World

HALF = '{"id":"\\ud83d"}'
DEEP = '{"id":' + "[" * 100_000 + "]" * 100_000 + "}"
HUGE = '{"id":' + "9" * 5_000 + "}"


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    return file.getvalue()


FOREIGN = {
    "csv": (b"ro_no,status\r\nRO-1,closed\r\n", "CSV"),
    "csv with semicolons": (b"ro_no;status\nRO-1;closed\n", "CSV"),
    "tabs": (b"ro_no\tstatus\nRO-1\tclosed\n", "CSV"),
    "csv with a byte order mark": (b"\xef\xbb\xbfro_no,status\nRO-1,closed\n", "CSV"),
    "latin-1": ("Kennzeichen,Händler\nB-XY 1,Köln\n".encode("latin-1"), "CSV"),
    "xml": (b'<?xml version="1.0"?>\n<visits>\n<visit/></visits>', "XML"),
    "html": (b"<!doctype html><p>503", "XML or HTML"),
    "xlsx": (zipped(), "Excel"),
    "xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "Excel"),
    "gzip": (gzip.compress(b'{"id":"1"}\n'), "gzip"),
    "utf-16": ('{"id":"1"}\n{"id":"2"}\n'.encode("utf-16"), "UTF-16"),
    "utf-16 without a mark": ('{"id":"1"}\n'.encode("utf-16-be"), "UTF-16"),
    "utf-16 csv": ("ro_no,status\n".encode("utf-16-le"), "UTF-16"),
    "utf-32": ('{"id":"1"}\n'.encode("utf-32"), "UTF-32"),
    "pdf": (b"%PDF-1.7\n...", "PDF"),
    "words": (b"nothing to see\nhere\n", "no JSON"),
}


def read(tmp_path: Path, content: str | bytes) -> list[tuple[int, bytes]]:
    file = tmp_path / "f"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return [(line.number, line.content) for line in read_lines([file])]


@pytest.mark.parametrize("name", FOREIGN)
def test_what_is_no_file_of_events_is_said_once_and_what_to_do(name: str, tmp_path: Path) -> None:
    content, kind = FOREIGN[name]
    with pytest.raises(CannotRun) as told:
        read(tmp_path, content)
    message = str(told.value)
    assert f"looks like {kind}" in message or kind in message
    assert "JSON in UTF-8" in message
    assert any(words in message for words in (*WHAT_TO_DO.values(), "make an event of each"))
    assert "RO-1" not in message and "\n" not in message


def test_a_file_with_some_events_is_sent_line_by_line(tmp_path: Path) -> None:
    content = 'ro_no,status\n{"id":"1"}\n<x/>\n'
    assert [number for number, _ in read(tmp_path, content)] == [1, 2, 3]
    assert len(read(tmp_path, 'BZh\n{"id":"1"}\n')) == 2
    assert read(tmp_path, " \n\n") == read(tmp_path, b"") == []


@pytest.mark.parametrize("wrong", [HALF, DEEP, HUGE, '{"id":NaN}', '{"id":1,"id":2}', '{"id":tru}'])
def test_an_array_is_taken_apart_without_looking_into_it(wrong: str, tmp_path: Path) -> None:
    content = f'\n[{{"id": "a,]\\"}}"}},\n {wrong} ,{{"id":\n"2"}}]\n'
    assert read(tmp_path, content) == [
        (1, b'{"id": "a,]\\"}"}'),
        (2, wrong.encode()),
        (3, b'{"id":\t"2"}'),
    ]


VALUES = st.recursive(
    st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


@given(st.lists(VALUES), st.sampled_from([None, 1]))
def test_the_elements_of_an_array_are_those_that_json_reads(
    values: list[Any], indent: int | None
) -> None:
    written = json.dumps(values, indent=indent, ensure_ascii=False).encode(errors="replace")
    assert [json.loads(each) for each in elements(written)] == json.loads(written)


@pytest.mark.parametrize("content", ['[{"id":1}', '[{"id":1}]{}', '["', "[{]", "[1,2]]"])
def test_an_array_that_is_none_is_said_once(content: str, tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="begins like a JSON array of events and is not one"):
        read(tmp_path, content)


def test_events_written_over_several_lines_are_told_apart(tmp_path: Path) -> None:
    one, two = {"id": "1", "data": {"x": [1, "}"]}}, {"id": "2"}
    content = f"{json.dumps(one, indent=2)}\n{json.dumps(two, indent=2)}\n\n{{\n"
    found = read(tmp_path, content)
    assert [(number, json.loads(text)) for number, text in found[:2]] == [(1, one), (10, two)]
    assert found[2:] == [(14, b"{")]
    assert len(read(tmp_path, '{"id": {\n{"id":"2"}\n{"id":"3"}\n')) == 3, "one is cut off"


async def account_of(tmp_path: Path, content: str) -> Account:
    """What a real intake answers of a file."""

    async def ready() -> list[str]:
        return []

    app = make_app(
        register=MemoryRegister(),
        answers=MemoryFirstAnswers(),
        publisher=MemoryPublisher(),
        clock=ManualClock(NOW),
        dealers=DEALERS,
        settings=IntakeSettings(),
        readiness=ready,
        expecting=World().expecting(),
    )
    file = tmp_path / "f.json"
    file.write_text(content, encoding="utf-8")
    async with IntakeClient("http://intake", transport=httpx.ASGITransport(app)) as client:
        return await send_all(client, read_lines([file]), chunk=500, progress=lambda _: None)


@pytest.mark.parametrize("is_array", [True, False])
async def test_half_an_emoji_and_deep_nesting_are_one_rejected_event_each(
    is_array: bool, tmp_path: Path
) -> None:
    good = json.dumps(event("visit", visit()))
    lines = [good, HALF, DEEP, HUGE, good]
    content = f"[{','.join(lines)}]" if is_array else "\n".join(lines)
    account = await account_of(tmp_path, content)
    assert (account.sent, account.accepted, account.duplicate) == (5, 1, 1)
    assert [event.position.rpartition(":")[2] for event in account.rejected] == ["2", "3", "4"]
    assert "surrogate" in account.rejected[0].reason
    assert "nested too deeply" in account.rejected[1].reason


async def test_warnings_are_shown_with_their_places(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unreachable = visit(
        customer={"source_customer_id": "C1", "phones": [{"number": "SECRET"}]}, ro_no="W"
    )
    content = f"{json.dumps(event('visit', visit()))}\n{json.dumps(event('visit', unreachable))}\n"
    account = await account_of(tmp_path, content)
    assert (account.accepted, len(account.warned)) == (2, 1)
    show(account)
    shown = capsys.readouterr().out
    place = f"{tmp_path / 'f.json'}:2"
    assert f"{place}: warning: /data/customer/phones/0/number: " in shown
    assert "1 with warnings" in shown
    assert "SECRET" not in shown
    assert account.as_json()["warned"] == [{"place": place, "warnings": account.warned[0].warnings}]


def test_lines_are_read_with_their_places(tmp_path: Path) -> None:
    lines = tmp_path / "a.ndjson"
    lines.write_bytes(b'\xef\xbb\xbf{"id":"1"}\r\n\n{"id":"\xff"}\n')
    array = tmp_path / "b.json"
    array.write_text('[{"id": "3"},\n {"id": "4"}]', encoding="utf-8")
    read = read_lines([lines, array])
    assert [line.position for line in read] == [
        f"{lines}:1",
        f"{lines}:3",
        f"{array}:1",
        f"{array}:2",
    ]
    assert read[0].content == b'{"id":"1"}'
    assert read[1].content == b'{"id":"\xff"}', "a bad byte is intake's to refuse, not ours to mend"
    assert json.loads(read[3].content) == {"id": "4"}


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="cannot be read: No such file"):
        read_lines([tmp_path / "none"])


async def test_the_account_names_file_line_and_reason(tmp_path: Path) -> None:
    file = tmp_path / "f.ndjson"
    file.write_text('{"id":"1"}\n{"id":"bad","name":"Anna"}\n{"id":"3"}\n', encoding="utf-8")
    progress: list[int] = []
    transport = httpx.MockTransport(taking_all)
    async with IntakeClient("http://intake", transport=transport) as client:
        account = await send_all(client, read_lines([file]), chunk=2, progress=progress.append)
    assert (account.sent, account.accepted, account.duplicate) == (3, 2, 0)
    assert [(one.position, one.reason) for one in account.rejected] == [
        (f"{file}:2", "The event is not valid")
    ]
    assert progress == [2, 1]
    assert "Anna" not in json.dumps(account.as_json())


def test_an_account_counts_what_was_not_taken() -> None:
    assert Account().as_json() == {
        "sent": 0,
        "accepted": 0,
        "duplicate": 0,
        "rejected": 0,
        "refused": [],
        "warned": [],
    }


def test_sending_to_nobody_says_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "f.ndjson"
    file.write_text("{}\n", encoding="utf-8")
    done = aftercare("send", str(file), "--url", f"http://127.0.0.1:{free_port()}")
    assert done.returncode == 1
    assert "nothing listens at" in done.stderr and "aftercare up" in done.stderr
    assert "Traceback" not in done.stderr
