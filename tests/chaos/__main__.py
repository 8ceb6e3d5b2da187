"""`make chaos`: disturb a whole Aftercare on real servers, and account for every event.

The last word is the account; the exit status is 1 when anything was lost or doubled.
"""

import argparse
import secrets
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from deploy.cli.failures import CannotRun
from deploy.sandbox.apache_kafka import kafka_libs
from tests.chaos.account import Account
from tests.chaos.run import LONG, SHORT, run

EXAMPLES = 5


def shown(account: Account) -> Table:
    """The account for people: what there was, and what must be 0."""
    table = Table("", "looked at", "found", title="The account")
    for name, figure in account.figures.items():
        table.add_row(name, figure, "")
    table.add_section()
    for check in account.checks:
        table.add_row(check.name, str(check.looked_at), str(len(check.found)))
        for example in check.found[:EXAMPLES]:
            table.add_row(f"  {example}", "", "")
    return table


def main() -> None:
    """Run once, short or long, and print the account."""
    arguments = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    arguments.add_argument("--long", action="store_true", help="a quarter of an hour and more")
    arguments.add_argument("--seed", type=int, help="repeat the run of this seed")
    arguments.add_argument("--keep", type=Path, help="keep data and logs in this new directory")
    chosen = arguments.parse_args()
    libs = kafka_libs()
    if libs is None:
        sys.exit("Chaos runs on Apache Kafka: start it with `make chaos`, which fetches its jars.")
    out, began = Console(), time.monotonic()

    def tell(text: str) -> None:
        out.print(f"{time.monotonic() - began:7.1f} s  {text}", highlight=False)

    with tempfile.TemporaryDirectory() as directory:
        try:
            account = run(
                chosen.keep or Path(directory),
                libs=libs,
                seed=secrets.randbelow(10**6) if chosen.seed is None else chosen.seed,
                course=LONG if chosen.long else SHORT,
                tell=tell,
            )
        except CannotRun as failure:
            sys.exit(f"The run could not go on: {failure}")
    out.print(shown(account))
    if not account.clean:
        sys.exit("Something was lost or doubled: see the account.")
    out.print("Nothing lost, nothing doubled.")


if __name__ == "__main__":
    main()
