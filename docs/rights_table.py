"""The table of rights on Kafka in operations/security.md, and deploy/kafka/acls.yaml."""

import yaml

from deploy.cli.acls import as_data
from deploy.cli.kafka_rights import RIGHTS
from docs.rule_tables import table, with_tables

PAGE, FILE = "docs/operations/security.md", "deploy/kafka/acls.yaml"
_HEAD = """\
# Generated from the code by `make docs`: do not edit.
# What each user of Kafka has to be allowed, and no more; `aftercare acls` prints it as commands.
# Reading and writing imply describing. Nobody needs a right on the cluster.
"""


def pages() -> dict[str, str]:
    """Path within the project -> its content."""
    return {PAGE: with_tables(PAGE, {"rights": rights()}), FILE: as_yaml()}


def as_yaml() -> str:
    """User -> kind -> operation -> names."""
    data = {user: as_data(found) for user, found in RIGHTS.items()}
    return _HEAD + yaml.safe_dump(data, sort_keys=False)


def rights() -> str:
    """A row for each user and operation."""
    rows = []
    for user, found in RIGHTS.items():
        for kind, operations in as_data(found).items():
            for operation, names in operations.items():
                shown = ", ".join(f"`{name}`" for name in names)
                if user not in ("topics", "operator"):
                    rows.append((f"`{user}`", operation, kind, shown))
                else:
                    rows.append((f"`{user}`", operation, kind, "every topic of ours"))
    return table(("user", "operation", "on", "names"), rows)
