"""The file of dealers: what is most likely not meant is refused, with line, field and a way out."""

from pathlib import Path

import pytest

from shared.dealers.file import EXAMPLE_DEALERS, read_dealers
from shared.dealers.limits import DealerLimits
from shared.yaml_file import WrongFile

BERLIN = """\
  - id: sunrise/berlin
    name: Sunrise Berlin
    timezone: Europe/Berlin
    currency: EUR
    region: DE
"""
TWO = "dealers:\n" + BERLIN + BERLIN.replace("berlin", "hamburg")


def told(folder: Path, text: str) -> list[str]:
    """What is said of a file, without its path."""
    path = folder / "dealers.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(WrongFile) as found:
        read_dealers(path)
    return [line.removeprefix(f"{path}:") for line in found.value.lines]


def test_dealers_are_found_by_id(tmp_path: Path) -> None:
    path = tmp_path / "dealers.yaml"
    path.write_text(TWO, encoding="utf-8")
    dealers = read_dealers(path)
    assert [dealer.id for dealer in dealers.all()] == ["sunrise/berlin", "sunrise/hamburg"]
    found = dealers.find("sunrise/hamburg")
    assert found is not None
    assert (found.region, found.vin_check) == ("DE", "reject")


def test_customers_without_a_number_are_known_by_nothing_or_in_the_order_that_is_said(
    tmp_path: Path,
) -> None:
    path = tmp_path / "dealers.yaml"
    path.write_text(TWO + "    customers_without_number: [plate, telephone]\n", encoding="utf-8")
    plain, said = read_dealers(path).all()
    assert plain.customers_without_number == ()
    assert said.customers_without_number == ("plate", "telephone")


def test_a_dealer_has_limits_of_its_own_or_none(tmp_path: Path) -> None:
    path = tmp_path / "dealers.yaml"
    path.write_text(TWO + "    limits: {events_per_second: 2.5, burst: 9}\n", encoding="utf-8")
    plain, said = read_dealers(path).all()
    assert plain.limits == DealerLimits()
    assert (said.limits.events_per_second, said.limits.burst) == (2.5, 9)
    assert said.limits.max_body_bytes is None


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ("{burts: 9}", "limits.burts: there is no such field; did you mean 'burst'?"),
        ("{burst: 0}", "limits.burst: Input should be greater than or equal to 1"),
        ("{events_per_second: 0}", "limits.events_per_second: Input should be greater than 0"),
        ("{events_per_second: 2000000}", "limits.events_per_second: Input should be less than or"),
        ("{max_body_bytes: 1MB}", "limits.max_body_bytes: Input should be a valid integer"),
        (
            "{max_event_bytes: 9000, max_body_bytes: 8000}",
            "limits: max_event_bytes is more than max_body_bytes: no event is larger",
        ),
    ],
)
def test_limits_that_cannot_be_say_where_and_why(tmp_path: Path, limits: str, said: str) -> None:
    (line,) = told(tmp_path, TWO + f"    limits: {limits}\n")
    assert line.startswith("12: dealers.1.") and said in line


def test_the_dealers_of_the_demo_are_sound() -> None:
    assert len(read_dealers(EXAMPLE_DEALERS).all()) == 3


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("sunrise/hamburg", "sunrise/berlin", "7: dealers.1.id: an earlier dealer has the same id"),
        ("sunrise/hamburg", "sunrise/persons", "7: dealers.1.id: no dealer can be named persons"),
        ("dealers:", "dealer:", "1: dealer: there is no such field; did you mean 'dealers'?"),
        ("region: DE", "region: UK", "6: dealers.0.region: a region is a country's code of ISO"),
        ("region: DE", "region: UK", "; did you mean GB?"),
        ("region: DE", "region: de", "; did you mean DE?"),
        ("region: DE", "region: XX", "6: dealers.0.region: a region is"),
        ("currency: EUR", "currency: EURO", "5: dealers.0.currency: a currency is a code of ISO"),
        ("currency: EUR", "currency: eur", "; did you mean EUR?"),
        ("currency: EUR", "currency: RMB", "5: dealers.0.currency: a currency is"),
        ("Europe/Berlin", "Europe/Berln", "; did you mean Europe/Berlin?"),
        ("Europe/Berlin", "Factory", "4: dealers.0.timezone: a time zone is an IANA name"),
        ("Europe/Berlin", "localtime", "4: dealers.0.timezone: a time zone is an IANA name"),
        ("    region: DE", "    region: DE\n    vin_check: Warn", "; did you mean 'warn'?"),
        ("    region: DE", "    region: DE\n    vin_check: no", "7: dealers.0.vin_check: Input"),
        ("    region: DE", "    region: DE\n    region: DE", "7: the field region is here twice"),
        ("    region: DE", "    regoin: DE", "; did you mean 'region'?"),
        ("    region: DE", "    region: DE\n    zone: x", "7: dealers.0.zone: there is no such"),
        (
            "region: DE",
            "region: DE\n    customers_without_number: [phone]",
            "7: dealers.0.customers",
        ),
        ("region: DE", "region: DE\n    customers_without_number: [vni]", "; did you mean 'vin'?"),
        (
            "region: DE",
            "region: DE\n    customers_without_number: [vin, vin]",
            "is here twice: name",
        ),
        ("region: DE", "region: DE\n    customers_without_number: vin", "7: dealers.0.customers"),
        ("Sunrise Berlin", "''", "3: dealers.0.name: "),
        ("sunrise/berlin", "Sunrise/Berlin", "2: dealers.0.id: "),
    ],
)
def test_what_is_most_likely_not_meant_is_refused(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert old in TWO
    assert said in "\n".join(told(tmp_path, TWO.replace(old, new, 1)))


@pytest.mark.parametrize("text", ["", "dealers: []\n", "dealers:\n", "- a\n", "dealers: {a: b}\n"])
def test_a_file_without_dealers_is_refused(tmp_path: Path, text: str) -> None:
    assert told(tmp_path, text)[0].startswith("1: ")


def test_a_dealer_twice_over_is_told_for_each_that_is_too_many(tmp_path: Path) -> None:
    lines = told(tmp_path, "dealers:\n" + 3 * BERLIN)
    assert [line.split(":")[0] for line in lines] == ["7", "12"]
