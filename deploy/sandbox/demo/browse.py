"""What there is to look at when the demo has played: addresses and commands."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from deploy.cli import client_key
from deploy.cli.terminal import hint
from deploy.sandbox.demo.summary import TopicRecord
from deploy.sandbox.desk_access import SignIn
from deploy.sandbox.feed.featured import CLIMBS
from shared.contracts.complaints import CaseClosed
from shared.contracts.scoring import GradeChanged


def afterwards() -> Iterator[str]:
    """What to do when everything has stopped."""
    yield "now look at:"
    yield "  `make demo FLAGS=--stay` plays it again and keeps it running, to browse"
    yield "  `make up` starts it empty, for events of your own: README.md says how"
    yield "  docs/index.md leads to all documents"


def to_browse(
    urls: Mapping[str, str],
    records: Sequence[TopicRecord],
    directory: Path,
    *,
    sign_in: SignIn | None,
) -> Iterator[str]:
    """What to open and to type while everything runs, with its data in `directory`."""
    case, customer = _featured_case(records), _promoted_customer(records)
    dealer = "sunrise/pudong"
    header = shlex.quote(str(directory / client_key.FILE))
    yield f"the desk is at {urls['desk']} : sign in as {sign_in}"
    yield f"now look at (curl -H @{header}, or a browser, with the key in it as the password):"
    yield f"  {urls['complaints']}/v1/cases/{case}"
    yield f"      {CLIMBS.case_no}: its timeline, its clocks and how each deadline was counted"
    yield f"  {urls['complaints']}/v1/dealers/{dealer}/cases"
    yield f"  {urls['complaints']}/v1/dealers/{dealer}/statistics"
    yield f"  {urls['scoring']}/v1/customers/{customer}"
    yield "      a customer whose grade rose, with a reason for each point"
    yield f"  {urls['followup']}/v1/dealers/{dealer}/tasks"
    for name, url in urls.items():
        if name == "desk":
            continue
        yield f"  {url}/docs  the endpoints of {name}"
    yield "and in another terminal:"
    yield f"  {hint('tail escalations --from-start', data_dir=str(directory))}"
    yield f"  {hint('dead-letters list', data_dir=str(directory))}, the record that nobody can read"
    yield "Its clock is six days ahead and goes at the usual pace. Ctrl-C stops everything."


def _featured_case(records: Sequence[TopicRecord]) -> str:
    """`customer-key|case-id`, as complaints is asked for a case: fit for a shell, too."""
    closed = (
        record
        for record in records
        if record["type"] == CaseClosed.TYPE and record["data"].get("case_no") == CLIMBS.case_no
    )
    return next((quote(f"{record['key']}|{record['data']['case_id']}") for record in closed), "")


def _promoted_customer(records: Sequence[TopicRecord]) -> str:
    promoted = (record["key"] for record in records if record["type"] == GradeChanged.TYPE)
    return quote(max(promoted, default=""))
