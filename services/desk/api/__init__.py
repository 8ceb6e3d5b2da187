"""The desk's pages."""

from collections.abc import Iterator

from fastapi import APIRouter

from services.desk.adapters.assets import Assets
from services.desk.api.case import case_router
from services.desk.api.case_acts import case_acts_router
from services.desk.api.complaints import complaints_router
from services.desk.api.filing import filing_router
from services.desk.api.home import home_router
from services.desk.api.sign_in import sign_in_router
from services.desk.api.today import today_router


def routes(assets: Assets) -> Iterator[APIRouter]:
    """All of them."""
    yield home_router(assets)
    yield sign_in_router()
    yield today_router()
    yield complaints_router()
    yield case_router()
    yield case_acts_router()
    yield filing_router()
