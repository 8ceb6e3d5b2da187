"""What complaints answers says of itself, and has a word for all that the domain knows."""

from collections.abc import Iterator
from typing import get_args

import pytest
from pydantic import BaseModel

from services.complaints.domain.clocks import Origin
from services.complaints.domain.course import Status
from services.complaints.domain.listing import ClockState
from shared.contracts.complaints import AnyNotice
from shared.contracts.http import (
    complaints,
    complaints_deadline,
    complaints_statistics,
    complaints_timeline,
)
from shared.contracts.http.described import DescribedResponse
from shared.contracts.subjects import NoticeKind
from shared.time.deadlines import Unit

MODULES = (complaints, complaints_deadline, complaints_statistics, complaints_timeline)


def _values(literal: object) -> Iterator[str]:
    for each in get_args(literal):
        if isinstance(each, str):
            yield each
        else:
            yield from _values(each)


@pytest.mark.parametrize(
    ("shown", "known"),
    [
        (complaints.Stage, Status),
        (complaints_deadline.ClockOrigin, Origin),
        (complaints_deadline.TimeUnit, Unit),
    ],
    ids=["stage", "origin", "unit"],
)
def test_each_word_of_the_domain_is_one_of_the_endpoint(shown: object, known: object) -> None:
    assert list(_values(shown)) == list(_values(known))


def test_a_clock_is_shown_as_it_is_counted_or_paused() -> None:
    assert {*_values(complaints.ClockViewState)} == {*_values(ClockState), "paused"}
    assert complaints_statistics.ClockStatistics.model_fields.keys() >= {*_values(ClockState)}


def test_each_kind_of_notice_has_one_contract() -> None:
    assert [notice.KIND for notice in get_args(AnyNotice)] == list(_values(NoticeKind))


def test_every_field_is_described() -> None:
    found = [
        each
        for module in MODULES
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, BaseModel) and each is not DescribedResponse
    ]
    silent = [
        f"{each.__name__}.{name}"
        for each in found
        for name, field in each.model_fields.items()
        if not field.description
    ]
    assert len(found) > len(MODULES)
    assert silent == []
