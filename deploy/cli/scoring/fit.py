"""`aftercare scoring fit`: which forecast fits a dealer, by the visits of its own customers."""

from collections.abc import Sequence
from datetime import date
from importlib.util import find_spec
from typing import Annotated, NamedTuple

import httpx
import typer

from deploy.cli.address_file import DEFAULT_DIRECTORY
from deploy.cli.client_key import Reached, reached
from deploy.cli.client_key import shown as shown_key
from deploy.cli.failures import CannotRun
from deploy.cli.readiness import what_keeps
from deploy.cli.scoring.client import REQUEST_SECONDS, Told, read_histories
from deploy.cli.scoring.histories import (
    FEWEST_RETURNS,
    Fitted,
    HeldOut,
    History,
    TooFewVisits,
    fitted,
    held_out,
)
from deploy.cli.terminal import AsJson, DataDir, progress, warn, write, write_json
from deploy.cli.trust import verify
from services.scoring.domain.forecast_rule import ForecastRule

app = typer.Typer(help="Scoring: what fits a dealer.", no_args_is_help=True)


class StillComing(NamedTuple):
    """What BG/NBD says of the customers: its parameters, and how many of them still come."""

    r: float
    alpha_days: float
    a: float
    b: float
    customers: int
    """Likely to come again, as a number of customers."""


class Found(NamedTuple):
    """All that is told of a dealer."""

    dealer_id: str
    as_of: date
    fits: Fitted
    tried: HeldOut | None
    coming: StillComing


@app.callback()
def scoring() -> None:
    """Scoring: what fits a dealer."""


@app.command()
def fit(
    *,
    dealer: Annotated[str, typer.Argument(help="Such as sunrise/pudong.")],
    url: Annotated[
        str, typer.Option(help="The address of scoring; else that of `aftercare up`.")
    ] = "",
    data_dir: DataDir = DEFAULT_DIRECTORY,
    as_json: AsJson = False,
) -> None:
    """Print what a dealer's policy should say of the next visit, by its own customers' visits.

    Needs the extra `fit`: pip install 'aftercare[fit]'.
    """
    if dealer.count("/") != 1:
        raise typer.BadParameter("a dealer is GROUP/DEALER, such as sunrise/pudong")
    _require_scipy()
    where = reached("scoring", url, data_dir)
    address = where.url
    if troubles := what_keeps(address):
        warn(
            [f"scoring at {address} is not ready, so visits may be missing: {'; '.join(troubles)}"]
        )
    told = _read(where, dealer)
    found = found_of(dealer, told.histories, told.as_of.date())
    if as_json:
        write_json(as_json_of(found))
    else:
        write(as_draft(found))


def found_of(dealer_id: str, histories: Sequence[History], end: date) -> Found:
    """What fits these customers. Raises `CannotRun` where there are too few visits."""
    shipped = ForecastRule()
    try:
        fits = fitted(histories, end=end, rule=shipped)
    except TooFewVisits as few:
        raise CannotRun(
            f"{dealer_id} has {len(histories)} customers, and too few visits: {few}, and it takes "
            f"{FEWEST_RETURNS}. Until there are, what ships is the better guess"
        ) from None
    tried = held_out(histories, end=end, rule=shipped)
    return Found(dealer_id, end, fits, tried, _still_coming(histories, end))


def as_draft(found: Found) -> list[str]:
    """A dealer's draft of scoring's policy, with what it rests on in its comments."""
    fits, coming, rule = found.fits, found.coming, found.fits.rule
    lines = [
        f"# As of {found.as_of}: {fits.customers} customers; {fits.returns} visits that followed a",
        f"# visit or a delivery within {fits.followed_days} days.",
        *_tried(found.tried),
        f"# BG/NBD: r {coming.r:.3f}, alpha {coming.alpha_days:.1f} days, a {coming.a:.3f}, "
        f"b {coming.b:.3f}; by it {coming.customers} of the",
        f"# {fits.customers} customers are still coming. Scoring does not decide by it.",
        f"dealer: {found.dealer_id}",
        "forecast:",
    ]
    return [*lines, *(f"  {name}: {_as_yaml(value)}" for name, value in learnt(rule).items())]


def learnt(rule: ForecastRule) -> dict[str, object]:
    """The fields of the rule that are fitted."""
    return rule.model_dump(include={"usual_days", "first_days", "own_spread", "usual_spread"})


def as_json_of(found: Found) -> dict[str, object]:
    """The same for programs."""
    fits, tried = found.fits, found.tried
    return {
        "dealer": found.dealer_id,
        "as_of": found.as_of.isoformat(),
        "customers": fits.customers,
        "visits": fits.returns,
        "followed_days": fits.followed_days,
        "held_out": None if tried is None else tried._asdict() | {"since": tried.since.isoformat()},
        "bg_nbd": found.coming._asdict(),
        "forecast": learnt(fits.rule),
    }


def _tried(tried: HeldOut | None) -> list[str]:
    if tried is None:
        return ["# Too few visits to try it on some that it has not learnt from."]
    return [
        f"# Learnt up to {tried.since} and tried on the {tried.visits} visits since, its middle "
        f"error is",
        f"# {tried.fitted:.0f} days ({tried.as_shipped:.0f} as shipped), and "
        f"{tried.covered:.0%} came between the earliest and the latest day.",
    ]


def _as_yaml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {part}" for name, part in value.items()) + "}"
    return str(value)


def _still_coming(histories: Sequence[History], end: date) -> StillComing:
    from deploy.cli.scoring.bgnbd import Visits, fit  # noqa: PLC0415 - SciPy is an extra

    known = [Visits.of(history.first_day, history.days, end) for history in histories]
    model = fit(known)
    coming = sum(model.alive(visits) for visits in known)
    return StillComing(*model, customers=round(coming))


def _require_scipy() -> None:
    if find_spec("scipy") is None:
        raise CannotRun("this needs SciPy: pip install 'aftercare[fit]'")


def _read(where: Reached, dealer: str) -> Told:
    with (
        progress(f"{dealer}: reading visits of", "{task.completed} customers") as shown,
        httpx.Client(
            timeout=REQUEST_SECONDS, verify=verify(), headers=shown_key(where.key)
        ) as http,
    ):
        task = shown.add_task("", total=None)
        return read_histories(
            http, where.url, dealer, show=lambda done: shown.update(task, completed=done)
        )
