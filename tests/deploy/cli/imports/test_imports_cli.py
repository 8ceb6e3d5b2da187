"""`aftercare send FILE --mapping` and `aftercare imports`, against an intake that answers as it
does, and against none."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer

from deploy.cli.failures import CannotRun
from deploy.cli.imports import sending
from deploy.cli.imports.client import ImportsClient
from deploy.cli.imports.sending import send_files
from deploy.cli.imports.words import details, listed, record_lines
from deploy.sandbox.processes import free_port
from shared.contracts.http.intake_imports import ImportDetail, ImportedRecord, ImportPage
from shared.contracts.http.problem import PlaceInEvent, problem
from tests.deploy.cli.command import aftercare

COUNTS = dict.fromkeys(("accepted", "duplicate", "rejected", "refused", "skipped", "warned"), 0)
RECORD = {
    "number": 2,
    "place": "line 3",
    "outcome": "refused",
    "faults": [{"field": "vehicle.vin", "column": "车架号", "detail": "nothing stands there"}],
}
ID = "0" * 24


def found(state: str = "done", **more: Any) -> dict[str, Any]:
    """An import as intake tells of it."""
    fields: dict[str, Any] = {
        "import_id": ID,
        "dealer_id": "sunrise/pudong",
        "source": "cdk",
        "mapping": "visits",
        "name": "f.csv",
        "state": state,
        "asked": None,
        "because": "",
        "faults": [],
        "size": 100,
        "bytes_read": 100,
        "records": 3,
        "records_per_second": 12.0,
        "counts": COUNTS | {"accepted": 3},
        "not_kept": {},
        "created_at": "2026-11-21T10:00:00.000Z",
        "arrived_at": "2026-11-21T10:00:00.000Z",
        "begun_at": None,
        "ended_at": None,
        "file_until": None,
        "can_be_resumed": False,
        "first": [],
        "duplicate": False,
    }
    return fields | more


class Stub:
    """An intake that has one import, whose states follow each other."""

    def __init__(self, *states: dict[str, Any], taking: list[httpx.Response] | None = None) -> None:
        self.states = list(states)
        self.taking = taking or [httpx.Response(202, json=found("waiting"))]
        self.asked: list[httpx.Request] = []
        self.bodies: list[bytes] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if request.method == "POST":
            self.bodies.append(request.read())
            return self.taking.pop(0) if len(self.taking) > 1 else self.taking[0]
        return httpx.Response(
            200, json=self.states.pop(0) if len(self.states) > 1 else self.states[0]
        )

    def client(self) -> ImportsClient:
        return ImportsClient("http://intake", transport=httpx.MockTransport(self))


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "LOOK_EVERY_SECONDS", 0.0)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "f.csv"
    path.write_bytes(b"ro_no\r\n1\r\n" * 20_000)
    return path


def test_a_file_is_sent_followed_and_accounted_for(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stub = Stub(found("waiting"), found("running"), found())
    send_files(stub.client(), [file], {"mapping": "visits", "dealer_id": "a/b"}, as_json=False)
    assert stub.bodies == [file.read_bytes()]
    assert dict(stub.asked[0].url.params) == {
        "mapping": "visits",
        "dealer_id": "a/b",
        "name": "f.csv",
    }
    assert "3 records: 3 accepted, 0 duplicate, 0 rejected, 0 refused" in capsys.readouterr().out


@pytest.mark.parametrize(
    "end",
    [
        found("failed", because="it is no table"),
        found(counts=COUNTS | {"refused": 1}, first=[RECORD]),
        found(counts=COUNTS | {"rejected": 1}),
        found("paused"),
    ],
)
def test_what_is_not_all_taken_exits_with_1(file: Path, end: dict[str, Any]) -> None:
    with pytest.raises(typer.Exit) as exited:
        send_files(Stub(end).client(), [file], {}, as_json=False)
    assert exited.value.exit_code == 1


def test_programs_get_json(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    send_files(Stub(found()).client(), [file], {}, as_json=True)
    assert json.loads(capsys.readouterr().out)["import_id"] == ID


def test_while_intake_is_busy_the_file_is_sent_again_from_its_beginning(file: Path) -> None:
    busy = httpx.Response(503, json=problem("busy", "Not taken", 503).model_dump())
    too_many = httpx.Response(429, headers={"retry-after": "30"})
    stub = Stub(found(), taking=[busy, too_many, httpx.Response(200, json=found(duplicate=True))])
    waits: list[float] = []
    taken = stub.client().send(file, {}, shown=lambda _: None, wait=waits.append)
    assert taken.duplicate and waits == [2.0, 30.0]
    assert stub.bodies == [file.read_bytes()] * 3


def test_what_intake_refuses_is_said_with_its_reason(file: Path) -> None:
    errors = [PlaceInEvent(pointer="/query/mapping", detail="did you mean visits?")]
    refused = problem("invalid-query", "The query is not valid", 422, errors=errors)
    stub = Stub(found(), taking=[httpx.Response(422, content=refused.model_dump_json())])
    with pytest.raises(CannotRun, match=r"/query/mapping: did you mean visits\?"):
        stub.client().send(file, {}, shown=lambda _: None)


def test_who_stops_the_command_is_told_that_the_import_goes_on(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(ImportsClient, "one", stop)
    with pytest.raises(typer.Exit):
        send_files(Stub(found()).client(), [file], {}, as_json=False)
    told = capsys.readouterr().err
    assert "goes on" in told and f"imports show {ID}" in told


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="cannot be read: No such file"):
        Stub(found()).client().send(tmp_path / "none", {}, shown=lambda _: None)


def test_an_account_names_place_column_field_and_what_to_do() -> None:
    detail = ImportDetail.model_validate(
        found(
            counts=COUNTS | {"refused": 5},
            first=[RECORD],
            can_be_resumed=True,
            file_until="2026-11-28T10:00:00.000Z",
        )
    )
    lines = list(details(detail))
    assert "line 3: refused: column '车架号' (vehicle.vin): nothing stands there" in lines
    assert any(line.startswith("… and 4 more records to look at") for line in lines)
    assert any(f"imports resume {ID}" in line for line in lines)
    record = ImportedRecord.model_validate(RECORD | {"more_faults": 2})
    assert list(record_lines([record]))[-1] == "line 3: refused: and 2 more"


def test_a_list_has_a_line_for_each() -> None:
    page = ImportPage.model_validate({"imports": [found(asked=None)], "after": None})
    (line,) = map(listed, page.imports)
    assert ID in line and "done" in line and "f.csv" in line


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("send", "f.csv", "--mapping", "x"), "--dealer"),
        (("send", "f.csv", "--dealer", "a/b"), "--mapping"),
        (("send", "f.csv", "--again"), "--mapping"),
    ],
)
def test_options_that_miss_others_are_said(arguments: tuple[str, ...], words: str) -> None:
    found = aftercare(*arguments)
    assert found.returncode == 2
    assert words in found.stderr and "Traceback" not in found.stderr


def test_nobody_who_listens_and_no_id_are_said(file: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    for arguments in (
        ("send", str(file), "--mapping", "x", "--dealer", "a/b"),
        ("imports", "list", "--dealer", "a/b"),
        ("imports", "show", ID),
        ("imports", "pause", ID),
        ("imports", "show", "../x"),
    ):
        done = aftercare(*arguments, "--url", url)
        assert done.returncode == 1, arguments
        assert "Traceback" not in done.stderr
