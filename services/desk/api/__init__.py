"""The desk's pages."""

from collections.abc import Iterator

from fastapi import APIRouter

from services.desk.adapters.assets import Assets
from services.desk.api.assignments import assignments_router
from services.desk.api.call import call_router
from services.desk.api.case import case_router
from services.desk.api.case_acts import case_acts_router
from services.desk.api.complaints import complaints_router
from services.desk.api.consents import consents_router
from services.desk.api.customer import customer_router
from services.desk.api.elsewhere import elsewhere_router
from services.desk.api.exports import exports_router
from services.desk.api.filing import filing_router
from services.desk.api.find import find_router
from services.desk.api.home import home_router
from services.desk.api.live import live_router
from services.desk.api.made_of import made_of_router
from services.desk.api.manager import manager_router
from services.desk.api.outcomes import outcomes_router
from services.desk.api.password import password_router
from services.desk.api.presence import presence_router
from services.desk.api.reassign import reassign_router
from services.desk.api.sign_in import sign_in_router
from services.desk.api.today import today_router
from services.desk.api.trail import trail_router


def routes(assets: Assets) -> Iterator[APIRouter]:
    """All of them."""
    yield home_router(assets)
    yield sign_in_router()
    yield elsewhere_router()
    yield password_router()
    yield trail_router()
    yield today_router()
    yield find_router()
    yield customer_router()
    yield call_router()
    yield outcomes_router()
    yield assignments_router()
    yield consents_router()
    yield live_router()
    yield presence_router()
    yield manager_router()
    yield made_of_router()
    yield reassign_router()
    yield exports_router()
    yield complaints_router()
    yield case_router()
    yield case_acts_router()
    yield filing_router()
