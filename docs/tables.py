"""The tables of settings and metrics in docs/operations, from the code that defines them."""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from prometheus_client.metrics import MetricWrapperBase
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from deploy.cli import client_key, trust
from deploy.cli.configuration import SETTINGS
from docs.asyncapi import summary
from shared.dealers.file import EXAMPLE_DEALERS
from shared.platform import metrics
from shared.settings import ServiceSettings

_SECRETS = """
## Secrets in files

`AFTERCARE_SECRETS_DIR` names a folder of files, each named as the variable that it stands for:
`AFTERCARE_KAFKA__SASL_PASSWORD`, for instance. What is in the environment goes before what is in a
file. They are read at the start.
"""
_GENERATED = "<!-- Generated from the code by `make docs`: do not edit. -->"


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable."""

    name: str
    group: str
    accepts: str
    default: str
    meaning: str


def variables(settings: type[ServiceSettings]) -> list[Variable]:
    """Every variable that these settings read."""
    prefix = str(settings.model_config.get("env_prefix", ""))
    delimiter = str(settings.model_config.get("env_nested_delimiter", "__"))
    return list(_walk(settings, settings.model_construct(), prefix, delimiter, summary(settings)))


def settings_page() -> str:
    """docs/operations/settings.md."""
    shared = variables(ServiceSettings)
    known = {variable.name: variable for variable in shared}
    lines = [
        _GENERATED,
        "",
        "# Settings",
        "",
        "Every service is configured by environment variables alone, read and validated at its",
        "start; a value that makes no sense stops it with a message that names the variable.",
    ]
    for group in dict.fromkeys(variable.group for variable in shared):
        lines += _section(group, [each for each in shared if each.group == group])
    for name, kind in SETTINGS.items():
        own = [each for each in variables(kind) if known.get(each.name) != each]
        lines += _section(f"Only {name}", own) if own else []
    lines += ["", *inspect.cleandoc(_SECRETS).splitlines()]
    client = [
        Variable(
            name=f"{trust.CLIENT}{name.upper()}",
            group="",
            accepts=_accepts(field),
            default="",
            meaning=_attribute_docstrings(trust.ClientTls).get(name, ""),
        )
        for name, field in trust.ClientTls.model_fields.items()
    ]
    key = Variable(
        name=client_key.VARIABLE,
        group="",
        accepts="secret",
        default="",
        meaning="The key, or the token, to show to services; without it that of a running "
        "`aftercare up`, to what it runs.",
    )
    lines += _section("Only the command", [key, *client])
    return "\n".join(lines) + "\n"


def metrics_page() -> str:
    """docs/operations/metrics.md."""
    lines = [
        _GENERATED,
        "",
        "# Metrics",
        "",
        "Each service serves its own at `/metrics`. No label holds a customer, a document or",
        "anything personal.",
        "",
        "| metric | kind | labels | what it tells |",
        "|---|---|---|---|",
    ]
    for metric in declared_metrics():
        family = next(iter(metric.describe()))
        labels = ", ".join(f"`{name}`" for name in metric._labelnames)
        lines.append(
            f"| `{exposed_name(metric)}` | {family.type} | {labels} | {family.documentation} |"
        )
    return "\n".join(lines) + "\n"


def declared_metrics() -> list[MetricWrapperBase]:
    """Every metric of shared/platform/metrics.py, in its order."""
    return [each for each in vars(metrics).values() if isinstance(each, MetricWrapperBase)]


def exposed_name(metric: MetricWrapperBase) -> str:
    """The name to ask Prometheus for; a histogram's has `_bucket`, `_sum` and `_count` behind."""
    family = next(iter(metric.describe()))
    return family.name + ("_total" if family.type == "counter" else "")


def _section(title: str, rows: list[Variable]) -> list[str]:
    return [
        "",
        f"## {title}",
        "",
        "| variable | accepts | default | |",
        "|---|---|---|---|",
        *(f"| `{row.name}` | {row.accepts} | {row.default} | {row.meaning} |" for row in rows),
    ]


def _walk(
    model: type[BaseModel], defaults: BaseModel, prefix: str, delimiter: str, group: str
) -> Iterator[Variable]:
    meanings = _attribute_docstrings(model)
    for name, field in model.model_fields.items():
        default = getattr(defaults, name)
        if isinstance(default, BaseModel):
            nested = type(default)
            inner = f"{prefix}{name.upper()}{delimiter}"
            yield from _walk(nested, default, inner, delimiter, summary(nested).rstrip("."))
        else:
            yield Variable(
                name=prefix + name.upper(),
                group="Everything else" if issubclass(model, ServiceSettings) else group,
                accepts=_accepts(field),
                default=_default(default),
                meaning=meanings.get(name, ""),
            )


_NAMES: dict[object, str] = {
    int: "whole number",
    float: "number",
    bool: "`true`, `false`",
    SecretStr: "secret",
    Path: "path",
    str: "text",
}
"""What a setting of this type takes, in words."""


def _accepts(field: FieldInfo) -> str:
    kinds = [kind for kind in get_args(field.annotation) if kind is not type(None)]
    if get_origin(field.annotation) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(field.annotation))
    kind = kinds[0] if kinds else field.annotation
    name = _NAMES.get(kind, str(kind))
    return " ".join([name, *_limits(field)])


def _limits(field: FieldInfo) -> Iterator[str]:
    for limit in field.metadata:
        match limit:
            case Ge():
                yield f"≥ {limit.ge}"
            case Gt():
                yield f"> {limit.gt}"
            case Le():
                yield f"≤ {limit.le}"
            case Lt():
                yield f"< {limit.lt}"


def _default(value: object) -> str:
    if isinstance(value, SecretStr):
        return f"`{value.get_secret_value()}`" if value.get_secret_value() else ""
    if value == EXAMPLE_DEALERS:
        return "the demo's dealers"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return "" if value in (None, "") else f"`{value}`"


def _attribute_docstrings(model: type[BaseModel]) -> dict[str, str]:
    """Field -> the docstring below it, as written in the class and in those it inherits from."""
    found: dict[str, str] = {}
    for each in reversed(model.__mro__):
        if each.__module__.startswith(("services.", "shared.")):
            found |= _docstrings_in(each)
    return found


def _docstrings_in(model: type) -> dict[str, str]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(model))).body[0]
    body = tree.body if isinstance(tree, ast.ClassDef) else []
    return {
        field.target.id: " ".join(text.value.value.split())
        for field, text in pairwise(body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }
