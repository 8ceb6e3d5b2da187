"""Compares ways of telling the next visit, and writes the figures of docs/scoring/forecasts.md.

`python -m docs.forecasts [CSV …]`: a CSV has a customer and a day in each row, after a heading.
Needs the extras `fit` and `forecasts`; takes some minutes.
"""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from docs.forecast_data import DataSet, by_chance, by_kilometres, cdnow, of_file, sample_feed
from docs.forecast_trials import WITHIN_DAYS, Figures, Trial, tried

PAGE = Path(__file__).parent / "scoring" / "forecasts.md"
BEGIN = "<!-- figures: written by `python -m docs.forecasts` -->\n"
END = "<!-- end of what is generated -->\n"
_HEADINGS = (
    "way",
    "error, median",
    "mean",
    "within 80 %",
    "its width",
    f"Brier, {WITHIN_DAYS} days",
    "said − came",
)


def main(files: Sequence[str]) -> None:
    """Try all ways on all data, and put the figures into the page. Exits with 1 without CDNOW."""
    shop = cdnow()
    if shop is None:
        sys.exit("this needs the data of `lifetimes`: pip install '.[fit,forecasts]'")
    data = [sample_feed(), shop, *(of_file(Path(file)) for file in files)]
    found = trials([*data, by_kilometres(), by_chance()])
    PAGE.write_text(with_figures(PAGE.read_text(encoding="utf-8"), found), encoding="utf-8")
    print(f"{PAGE.name} has the figures of {len(found)} sets of data")


def trials(data: Iterable[DataSet]) -> list[Trial]:
    """Each set in turn; says which one it is at."""
    found = []
    for one in data:
        print(f"{one.name}: {len(one.histories)} customers", file=sys.stderr)
        found.append(tried(one))
    return found


def with_figures(page: str, found: Iterable[Trial]) -> str:
    """The page with these figures in place of those it has. Raises `ValueError` without marks."""
    if page.count(BEGIN) != 1 or page.count(END) != 1:
        raise ValueError("the page needs the marks of what is generated, once each")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    sections = "\n".join(section(trial) for trial in found)
    return f"{before}{BEGIN}\n{sections}\n{END}{after}"


def section(trial: Trial) -> str:
    """What was learnt of one set of data, and how each way did."""
    rule, model = trial.rule, trial.bgnbd
    own, usual = rule.own_spread, rule.usual_spread
    rows = [
        "| " + " | ".join(_HEADINGS) + " |",
        "|" + " --- |" * len(_HEADINGS),
        *(_row(figures) for figures in trial.figures),
    ]
    return "\n".join(
        [
            f"### {trial.name[0].upper()}{trial.name[1:]}",
            "",
            f"{trial.customers:,} customers. Learnt from {trial.learnt_returns:,} waits that "
            f"ended, judged on {trial.judged:,} later ones and on {trial.asked:,} customers who "
            f"were waited for on one day, of whom {trial.came:.0%} came within {WITHIN_DAYS} days.",
            f"Learnt: `usual_days` {rule.usual_days}, `first_days` {rule.first_days}, own spread "
            f"{own.earliest_percent}–{own.latest_percent} %, usual spread "
            f"{usual.earliest_percent}–{usual.latest_percent} %; BG/NBD r {model.r:.3g}, alpha "
            f"{model.alpha:.4g} days, a {model.a:.3g}, b {model.b:.3g}.",
            "",
            *rows,
            "",
        ]
    )


def _row(figures: Figures) -> str:
    cells = (
        figures.name,
        f"{figures.median_error:.0f} d",
        f"{figures.mean_error:.0f} d",
        f"{figures.covered:.0%}",
        f"{figures.width:.0f} d",
        f"{figures.brier:.4f}",
        f"{figures.calibration:.3f}",
    )
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    main(sys.argv[1:])
