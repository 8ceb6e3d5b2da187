"""Sends a file of CloudEvents, one a line, to intake: python3 send.py FILE [URL]

Needs nothing but Python, and the key of the feed in AFTERCARE_CLIENT__KEY. Sends 500 at once; waits
and sends the same again while intake is busy or away (503, 429, no answer), for as long as it
takes: what it has taken already it answers as duplicate. Tells every event that was rejected, and
each warning; exits with 1 if any was rejected.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

AT_ONCE = 500
LONGEST_WAIT_SECONDS = 30.0


def post(url: str, key: str, lines: list[bytes]) -> list[dict[str, Any]]:
    """What became of each line."""
    headers = {"content-type": "application/x-ndjson", "authorization": f"Bearer {key}"}
    wait = 0.5
    while True:
        request = urllib.request.Request(f"{url}/v1/events", b"\n".join(lines), headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                items: list[dict[str, Any]] = json.load(answer)["items"]
                return items
        except urllib.error.HTTPError as error:
            if error.code not in (429, 503):
                raise SystemExit(f"{error.code}: {error.read().decode()}") from None
            wait = float(error.headers.get("retry-after", wait))
        except OSError as error:
            print(f"no answer ({error}); trying again", file=sys.stderr)
        time.sleep(wait)
        wait = min(2 * wait, LONGEST_WAIT_SECONDS)


def portions(path: Path) -> Iterator[list[tuple[int, bytes]]]:
    """Lines and their numbers."""
    with path.open("rb") as file:
        lines = ((number, line.strip()) for number, line in enumerate(file, 1) if line.strip())
        while portion := list(islice(lines, AT_ONCE)):
            yield portion


def main(path: str, url: str = "http://127.0.0.1:8101") -> int:
    key = os.environ.get("AFTERCARE_CLIENT__KEY", "").strip()
    if not key:
        raise SystemExit("set AFTERCARE_CLIENT__KEY to the key of this feed")
    counts = {"accepted": 0, "duplicate": 0, "rejected": 0}
    for portion in portions(Path(path)):
        answers = post(url, key, [line for _, line in portion])
        for (number, _), item in zip(portion, answers, strict=True):
            counts[item["outcome"]] += 1
            for warning in item.get("warnings") or ():
                print(f"line {number}: warning: {warning['pointer']}: {warning['detail']}")
            if item["outcome"] == "rejected":
                for error in item["problem"].get("errors") or [item["problem"]]:
                    print(f"line {number}: {error.get('pointer', '')}: {error.get('detail')}")
    print(", ".join(f"{count} {outcome}" for outcome, count in counts.items()))
    return 1 if counts["rejected"] else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
