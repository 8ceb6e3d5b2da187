"""The command `aftercare`, as an operator uses it."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from deploy.cli import configuration
from deploy.cli import record_summary as gist
from deploy.cli.address_file import addresses
from deploy.cli.failures import CannotRun
from deploy.cli.intake_client import IntakeClient, Problem
from deploy.cli.republish import PutBack, republish
from deploy.cli.send import Account, read_lines, send_all
from deploy.cli.tail import Tail, following
from deploy.sandbox.processes import Child, free_port
from deploy.sandbox.stack import SERVICES
from shared.contracts.complaints import (
    CaseClosed,
    CaseMerged,
    ClockStopped,
    DeadlineBreached,
    DeadlineWarned,
    EscalationRaised,
    EscalationWithdrawn,
    StepRefused,
)
from shared.contracts.envelope import to_headers
from shared.contracts.scoring import ScoreChanged
from shared.contracts.topics import DEAD_LETTERS, ESCALATIONS, MERGES, SCORES, VISITS
from shared.platform.kafka import make_producer
from shared.runtime.dead_letters import PREFIX
from tests.deploy.cli.command import aftercare
from tests.running import free_port_base, running_up
from tests.servers import PATIENCE_SECONDS, Broker

AT = datetime(2026, 11, 21, 10, 5, tzinfo=UTC)
Answer = Callable[[httpx.Request], httpx.Response]


def taking_all(request: httpx.Request) -> httpx.Response:
    """An intake that accepts every line but those with 'bad' in them."""
    items = [
        {
            "index": index,
            "outcome": "rejected" if b"bad" in line else "accepted",
            "problem": {"title": "The event is not valid"} if b"bad" in line else None,
        }
        for index, line in enumerate(request.content.split(b"\n"))
    ]
    return httpx.Response(200, json={"items": items})


def in_turn(*answers: Answer) -> Answer:
    """Each answer once, the last one for ever."""
    left = list(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        current = left.pop(0) if len(left) > 1 else left[0]
        return current(request)

    return answer


async def sent(lines: Sequence[bytes], answer: Answer) -> list[str]:
    """The outcomes of lines at an intake that answers so."""
    async with IntakeClient("http://intake", transport=httpx.MockTransport(answer)) as client:
        return [item.outcome for item in await client.send(lines)]


# --- sending ---------------------------------------------------------------------------------


def test_lines_are_read_with_their_places(tmp_path: Path) -> None:
    lines = tmp_path / "a.ndjson"
    lines.write_bytes(b'\xef\xbb\xbf{"id":"1"}\r\n\n{"id":"\xff"}\n')
    array = tmp_path / "b.json"
    array.write_text('[{"id": "3"},\n {"id": "4"}]', encoding="utf-8")
    read = read_lines([lines, array])
    assert [line.place for line in read] == [f"{lines}:1", f"{lines}:3", f"{array}:1", f"{array}:2"]
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
    assert [(one.place, one.reason) for one in account.refused] == [
        (f"{file}:2", "The event is not valid")
    ]
    assert progress == [2, 1]
    assert "Anna" not in json.dumps(account.as_json())


async def test_a_busy_intake_is_tried_again_as_it_asks() -> None:
    busy = httpx.Response(503, headers={"retry-after": "0"})
    assert await sent([b"{}", b"bad"], in_turn(lambda _: busy, taking_all)) == [
        "accepted",
        "rejected",
    ]


async def test_a_lost_connection_is_tried_again() -> None:
    def lost(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("connection reset", request=request)

    assert await sent([b"{}"], in_turn(lost, taking_all)) == ["accepted"]


async def test_too_much_at_once_is_split() -> None:
    def at_most_two(request: httpx.Request) -> httpx.Response:
        if request.content.count(b"\n") > 1 or b"huge" in request.content:
            return httpx.Response(413)
        return taking_all(request)

    lines = [b"{}", b"bad", b"{}", b"huge", b"bad"]
    assert await sent(lines, at_most_two) == [
        "accepted",
        "rejected",
        "accepted",
        "rejected",
        "rejected",
    ]


async def test_an_answer_that_leaves_a_line_out_is_not_trusted() -> None:
    def forgetful(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"items": [{"index": 0, "outcome": "accepted"}]})

    with pytest.raises(CannotRun, match="did not answer for every line"):
        await sent([b"{}", b"{}"], forgetful)


def test_a_problem_is_told_in_one_line() -> None:
    problem = Problem.model_validate(
        {"title": "Not valid", "errors": [{"pointer": "/data/vin", "detail": "17 characters"}]}
    )
    assert problem.in_words() == "Not valid: /data/vin: 17 characters"


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


# --- republishing ----------------------------------------------------------------------------


async def test_all_pages_are_republished_and_summed() -> None:
    asked: list[dict[str, str]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(dict(request.url.params))
        assert (request.method, request.url.path) == ("POST", "/v1/republish")
        onward = {"": "documents:a", "documents:a": "profiles:", "profiles:": None}
        page = {"documents": 2, "records": 3, "not_kept": 1, "next": onward[asked[-1]["after"]]}
        return httpx.Response(200, json=page)

    told: list[int] = []
    busy = httpx.Response(503, headers={"retry-after": "0"})
    transport = httpx.MockTransport(in_turn(answer, lambda _: busy, answer))
    async with IntakeClient("http://intake", transport=transport) as client:
        done = await republish(
            client,
            dealer="g/d",
            since=datetime(2026, 11, 1, tzinfo=UTC),
            progress=lambda done: told.append(done.documents),
        )
    assert done == PutBack(documents=6, records=9, not_kept=3)
    assert told == [2, 4, 6]
    assert [page["after"] for page in asked] == ["", "documents:a", "profiles:"]
    given = {(page["dealer_id"], page["since"]) for page in asked}
    assert given == {("g/d", "2026-11-01T00:00:00+00:00")}
    assert "6 documents" in done.in_words()[0]
    assert "3 are not" in done.in_words()[1]


async def test_a_refusal_to_republish_is_said_in_intakes_words() -> None:
    refused = httpx.Response(422, json={"title": "The query is not valid", "detail": "dealer_id"})
    transport = httpx.MockTransport(lambda _: refused)
    async with IntakeClient("http://intake", transport=transport) as client:
        with pytest.raises(CannotRun, match="422: The query is not valid: dealer_id"):
            await republish(client, dealer="g")


def test_since_is_an_instant_with_a_zone() -> None:
    for wrong in ("yesterday", "2026-11-20T08:00:00"):
        done = aftercare("republish", "--since", wrong)
        assert done.returncode == 2
        assert "no instant with a zone" in done.stderr


# --- topics and tail -------------------------------------------------------------------------


def test_topics_are_verified(broker: Broker, tmp_path: Path) -> None:
    environment = {
        "AFTERCARE_KAFKA__BOOTSTRAP_SERVERS": broker.bootstrap_servers,
        "AFTERCARE_KAFKA__PARTITIONS": "6",
        "AFTERCARE_KAFKA__REPLICATION_FACTOR": "1",
    }
    fine = aftercare("topics", "--verify", "--json", **environment)
    assert fine.returncode == 0, fine.stderr
    assert {report["state"] for report in json.loads(fine.stdout)} == {"ok"}
    wrong = aftercare("topics", **environment | {"AFTERCARE_KAFKA__PARTITIONS": "24"})
    assert wrong.returncode == 1
    assert "expected 24, found 6" in " ".join(wrong.stdout.split())


def test_nothing_to_tail_says_what_to_do(tmp_path: Path) -> None:
    nowhere = f"127.0.0.1:{free_port()}"
    done = aftercare("tail", "scores", AFTERCARE_KAFKA__BOOTSTRAP_SERVERS=nowhere)
    assert done.returncode == 1
    assert "no Kafka broker answers" in done.stderr and "Traceback" not in done.stderr


async def test_a_tail_begins_where_it_is_told(fresh_broker: Broker) -> None:
    settings = fresh_broker.settings()
    async with make_producer(settings) as producer:
        for value in (b"1", b"2", b"3"):
            await producer.send_and_wait(VISITS.name, value, key=b"k")
        async with following(settings, [VISITS.name], from_start=False) as tail:
            await producer.send_and_wait(VISITS.name, b"4", key=b"k")
            assert await _next(tail) == [b"4"]
        async with following(settings, [VISITS.name], from_start=True) as tail:
            assert await _next(tail) == [b"1", b"2", b"3", b"4"]


async def _next(tail: Tail) -> list[bytes | None]:
    while True:
        records = await tail.next()
        if records:
            return [record.value for record in records]


async def test_a_tail_of_no_topic_says_so(broker: Broker) -> None:
    with pytest.raises(CannotRun, match=r"no topic aftercare\.sails"):
        async with following(broker.settings(), ["aftercare.sails"], from_start=True):
            pass


def told(topic: str, kind: str, data: object) -> str:
    attributes = {"type": kind, "dealerid": "sunrise/berlin", "time": "2026-11-21T10:05:00.000Z"}
    headers = tuple(to_headers(attributes))
    return gist.tell(topic, headers, json.dumps(data).encode(), written_at=AT).line()


def test_a_score_in_one_line() -> None:
    data = {"customer_key": "k", "score": 44, "value": 33, "loyalty": 11, "grade": "general"}
    line = told(SCORES.name, ScoreChanged.TYPE, data)
    assert line.startswith("2026-11-21T10:05:00Z  sunrise/berlin ")
    assert line.endswith("k: 44 points (value 33, loyalty 11), general")


def test_a_breach_names_the_case_and_whom_it_went_to() -> None:
    data = {
        "case_no": "K1",
        "clock": "contact",
        "due_at": "2026-11-21T12:05:00.000Z",
        "recipients": ["department_head"],
        "notified": True,
    }
    line = told(ESCALATIONS.name, DeadlineBreached.TYPE, data)
    assert line.endswith("case K1: contact due 2026-11-21 12:05Z -> department head")


def test_a_step_of_the_ladder_names_the_staff_ids_it_went_to() -> None:
    data = {
        "case_no": "K1",
        "clock": "answer",
        "step": "general_manager",
        "at": "2026-11-21T12:05:00.000Z",
        "repeat": 2,
        "recipients": ["general_manager", "group"],
        "addressees": [
            {"role": "general_manager", "person": "pd-gm", "because": "on_duty"},
            {"role": "group", "because": "nobody"},
        ],
        "notified": True,
    }
    line = told(ESCALATIONS.name, EscalationRaised.TYPE, data)
    assert line.endswith(
        "case K1: answer, step general manager 2026-11-21 12:05Z, told again (2) "
        "-> general manager:pd-gm, group (nobody)"
    )


def test_instants_are_told_by_the_clocks_of_a_zone() -> None:
    data = {
        "case_no": "K1",
        "clock": "contact",
        "due_at": "2026-11-21T22:05:00.000Z",
        "recipients": [],
        "notified": False,
    }
    headers = tuple(to_headers({"type": DeadlineBreached.TYPE}))
    value = json.dumps(data).encode()
    shanghai = ZoneInfo("Asia/Shanghai")
    told = gist.tell(ESCALATIONS.name, headers, value, written_at=AT, zone=shanghai)
    assert told.gist.startswith("case K1: contact due 2026-11-22 06:05 (")


def test_what_is_only_recorded_went_to_nobody() -> None:
    data = {"case_no": "K1", "clock": "answer", "recipients": ["group"], "notified": False}
    line = told(ESCALATIONS.name, DeadlineWarned.TYPE, data)
    assert line.endswith("case K1: answer (for the record only, told to nobody)")


@pytest.mark.parametrize(
    ("about", "what"),
    [
        ("warning/executive_answer/1", "warning of executive answer"),
        ("warning.last_call/answer/2", "warning of answer"),
        ("breach/contact/1", "breach of contact"),
        ("breach/contact/1/3d7f0c2ab1", "breach of contact"),
        ("step.general_manager/contact/1/3d7f0c2ab1/3", "step general manager of contact"),
        ("verdict/contact/1", "verdict of contact"),
        ("closed/1", "closing"),
        ("refused/S7", "refusal of step S7"),
    ],
)
def test_what_is_taken_back_is_named(about: str, what: str) -> None:
    line = told(ESCALATIONS.name, EscalationWithdrawn.TYPE, {"case_no": "K1", "about": about})
    assert line.endswith(f"case K1: the {what} no longer holds")


def test_a_closed_case_tells_how_and_what_was_broken() -> None:
    data = {"case_no": "K1", "outcome": "satisfied", "kept": ["contact"], "broken": ["call_back"]}
    line = told(ESCALATIONS.name, CaseClosed.TYPE, data)
    assert line.endswith("case K1: closed satisfied; 1 kept, broken: call back")


def test_a_refused_step_tells_why() -> None:
    at = "2026-11-21T12:05:00.000Z"
    data = {"case_no": "K1", "step": "contacted", "at": at, "refusal": "before_receipt"}
    line = told(ESCALATIONS.name, StepRefused.TYPE, data)
    assert line.endswith(
        "case K1: step contacted of 2026-11-21 12:05Z does not count: before receipt"
    )


def test_a_merge_tells_what_runs_on() -> None:
    handed = {"case_id": "a", "at": "2026-11-21T12:05:00.000Z", "starts": {"answer": "…"}}
    data = {"merged_case_id": "a", "case_id": "b", "handed_over": [handed]}
    line = told(MERGES.name, CaseMerged.TYPE, data)
    assert line.endswith("a into b: answer runs on there")


def test_a_verdict_tells_by_how_much() -> None:
    data = {"case_no": "K1", "clock": "contact", "verdict": "broken", "margin_seconds": -5400}
    line = told(ESCALATIONS.name, ClockStopped.TYPE, data)
    assert line.endswith("case K1: contact broken, 1 h 30 min over")


def test_a_dead_letter_tells_where_it_was_and_why() -> None:
    ours = {"service": "scoring", "topic": "t", "partition": "1", "offset": "7", "reason": "r"}
    headers = tuple((f"{PREFIX}{name}", text.encode()) for name, text in ours.items())
    line = gist.tell(DEAD_LETTERS.name, headers, b"\xff", written_at=AT).line()
    assert line.endswith("scoring could not process record 7 of t, partition 1: r")


@pytest.mark.parametrize("value", [b"\xff\xfe", b"[]", b"{}", b"null", b"7"])
def test_what_cannot_be_read_does_not_end_the_tail(value: bytes) -> None:
    headers = tuple(to_headers({"type": ScoreChanged.TYPE}))
    assert gist.tell(SCORES.name, headers, value, written_at=AT).gist == "(cannot be read)"


# --- configuration ---------------------------------------------------------------------------


def test_the_configuration_is_shown_without_passwords() -> None:
    done = aftercare(
        "config",
        "check",
        AFTERCARE_MONGO__URI="mongodb://anna:se:c@ret@db.example/x",
        AFTERCARE_KAFKA__SASL_PASSWORD="open sesame",
        AFTERCARE_KAFKA__SSL_KEY_PASSWORD="more sesame",
    )
    assert done.returncode == 0
    assert "uri: mongodb://anna:***@db.example/x" in done.stdout
    assert "ret@" not in done.stdout and "sesame" not in done.stdout
    assert [line for line in done.stdout.splitlines() if line.startswith("# ")] == [
        f"# {service}" for service in SERVICES
    ]


def test_a_wrong_value_is_one_line_that_names_the_variable() -> None:
    done = aftercare("config", "check", AFTERCARE_KAFKA__PARTITIONS="none")
    assert done.returncode == 2
    assert done.stderr.startswith("AFTERCARE_KAFKA__PARTITIONS: ")
    assert len(done.stderr.splitlines()) == 1


def test_a_variable_that_nothing_reads_is_pointed_out() -> None:
    done = aftercare("config", "check", AFTERCARE_KAFKA__BOOTSTRAP_SERVER="kafka:9092")
    assert done.returncode == 0
    assert "meant AFTERCARE_KAFKA__BOOTSTRAP_SERVERS?" in done.stderr


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("dealers: [{id: a/b, name: A, timezone: Mars/Base, currency: EUR, region: DE}]", "IANA"),
        ("dealers: [", "not YAML"),
        (None, "No such file"),
    ],
)
def test_a_dealers_file_that_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None, why: str
) -> None:
    file = tmp_path / "dealers.yaml"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    monkeypatch.setenv("AFTERCARE_DEALERS_FILE", str(file))
    with pytest.raises(configuration.WrongConfiguration, match=f"AFTERCARE_DEALERS_FILE.*{why}"):
        configuration.checked("intake")


def test_rules_that_the_service_cannot_follow_are_wrong_configuration(tmp_path: Path) -> None:
    (tmp_path / "rosters").mkdir()
    roster = tmp_path / "rosters" / "berlin.yaml"
    roster.write_text("dealer: sunrise/berlin\nroles: {boss: [x]}\n", encoding="utf-8")
    for command in (("config", "check"), ("up", "--data-dir", str(tmp_path / "data"))):
        done = aftercare(*command, AFTERCARE_COMPLAINTS_RULES_DIR=str(tmp_path))
        assert done.returncode == 2
        assert done.stderr.startswith(f"{roster}:2: roles.boss: Input should be")
        assert len(done.stderr.splitlines()) == 1


def test_a_wrong_draft_shows_in_the_check_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "policies").mkdir()
    draft = tmp_path / "policies" / "berlin.yaml"
    draft.write_text("dealer: sunrise/berlin\nmemory: long\n", encoding="utf-8")
    done = aftercare("config", "check", AFTERCARE_COMPLAINTS_RULES_DIR=str(tmp_path))
    assert done.returncode == 2
    assert done.stderr.startswith(f"{draft}:2: memory: a length")
    monkeypatch.setenv("AFTERCARE_COMPLAINTS_RULES_DIR", str(tmp_path))
    configuration.checked("complaints")


# --- up --------------------------------------------------------------------------------------


@pytest.fixture
def port_base() -> int:
    return free_port_base()


@pytest.fixture
def up(tmp_path: Path, port_base: int) -> Iterator[Child]:
    with running_up(tmp_path, port_base) as child:
        yield child


def test_up_runs_everything_and_stops_it(up: Child, tmp_path: Path, port_base: int) -> None:
    urls = addresses(tmp_path / "data").urls
    assert urls["complaints"] == f"http://127.0.0.1:{port_base + 4}"
    for url in urls.values():
        assert httpx.get(f"{url}/health/ready").status_code == 200
        page = httpx.get(f"{url}/docs").text
        assets = re.findall(r'(?:src|href|url: )="?\'?([^"\'>]+)', page)
        assert [asset.rpartition(".")[2] for asset in assets] == ["css", "png", "js"]
        for asset in assets:  # from the service itself, for a CDN is not reached everywhere
            assert len(httpx.get(f"{url}{asset}").content) > 1000, asset
        assert httpx.get(f"{url}/redoc").status_code == 404
    again = aftercare("up", "--data-dir", str(tmp_path / "other"), "--port-base", str(port_base))
    assert again.returncode == 1
    assert f"port {port_base + 1}, which intake needs, is in use" in again.stderr
    up.process.send_signal(signal.SIGINT)
    assert up.process.wait(PATIENCE_SECONDS) == 0
    assert up.last_words(1) == "stopped"
    assert not (tmp_path / "data" / "running.json").exists()
    for url in urls.values():
        with pytest.raises(httpx.ConnectError):
            httpx.get(url)


def test_up_ends_when_a_service_does(up: Child, tmp_path: Path) -> None:
    listening = subprocess.run(
        ["pgrep", "-P", str(up.process.pid), "-f", "services.scoring"],
        capture_output=True,
        text=True,
        check=True,
    )
    os.kill(int(listening.stdout), signal.SIGKILL)
    assert up.process.wait(PATIENCE_SECONDS) == 1
    assert "scoring ended by itself (exit code -9)" in up.log.read_text(encoding="utf-8")
