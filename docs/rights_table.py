"""The tables of operations/security.md: who may what at our endpoints, and on Kafka, which is in
deploy/kafka/acls.yaml as well; and of the desk's README: who may what there."""

import yaml

from deploy.cli.acls import as_data
from deploy.cli.kafka_rights import RIGHTS
from docs.rule_tables import table, with_tables
from services.desk.domain.allowed import ACTS
from shared.auth.roles import MEANINGS, ROLES
from shared.auth.scopes import OF_A_SOURCE, OF_ALL, SCOPES, Scope

DESK = "services/desk/README.md"
PAGE, FILE = "docs/operations/security.md", "deploy/kafka/acls.yaml"
_HEAD = """\
# Generated from the code by `make docs`: do not edit.
# What each user of Kafka has to be allowed, and no more; `aftercare acls` prints it as commands.
# Reading and writing imply describing. Nobody needs a right on the cluster.
"""


def pages() -> dict[str, str]:
    """Path within the project -> its content."""
    return {
        PAGE: with_tables(PAGE, {"roles": roles(), "scopes": scopes(), "rights": rights()}),
        DESK: with_tables(DESK, {"acts": acts()}),
        FILE: as_yaml(),
    }


def as_yaml() -> str:
    """User -> kind -> operation -> names."""
    data = {user: as_data(found) for user, found in RIGHTS.items()}
    return _HEAD + yaml.safe_dump(data, sort_keys=False)


def roles() -> str:
    """A row for each role."""
    rows = [
        (f"`{role}`", MEANINGS[role], ", ".join(f"`{each}`" for each in SCOPES if each in allowed))
        for role, allowed in ROLES.items()
    ]
    return table(("role", "who", "may"), rows)


def acts() -> str:
    """A row for each act at the desk."""
    rows = [
        (f"`{act}`", *("yes" if role in may else "" for role in ROLES)) for act, may in ACTS.items()
    ]
    return table(("act", *(f"`{role}`" for role in ROLES)), rows)


def scopes() -> str:
    """A row for each scope."""
    rows = [(f"`{scope}`", words, _reach(scope)) for scope, words in SCOPES.items()]
    return table(("scope", "allows to", "for"), rows)


def _reach(scope: Scope) -> str:
    if scope in OF_ALL:
        return "all dealers (`*`) alone"
    return "a dealer, or a source of theirs" if scope in OF_A_SOURCE else "a dealer"


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
