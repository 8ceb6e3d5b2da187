"""What is rejected in tests, and those who ask for it."""

import json
from typing import Any

import httpx

from tests.services.intake.given import PUDONG, Data, event, visit
from tests.services.intake.over_http import post

NAME, TELEPHONE, NUMBER = "王小明", "13800138000", "C-1380-0138"
"""Personal: to be found nowhere but in the content. Too long to be in what is sealed by chance."""


def wrong(ro_no: str = "RO 1", **more: object) -> Data:
    """A visit with a VIN that is none, and a customer's name and telephone."""
    customer = {"source_customer_id": NUMBER, "name": NAME, "phone": TELEPHONE}
    data = visit(ro_no=ro_no, customer=customer, vehicle={"vin": "NOT A VIN"}, **more)
    return event("visit", data)


def mended(raw: Data) -> Data:
    """With a VIN that is one."""
    vehicle = {"vin": "1HGCM82633A004352"}
    return {**raw, "data": {**raw["data"], "vehicle": vehicle}}


async def rejected(http: httpx.AsyncClient, **query: Any) -> list[Data]:
    """What is kept, the newest first; of the dealer of the tests unless another is asked for."""
    answer = await http.get("/v1/rejected", params={"dealer_id": PUDONG} | query)
    assert answer.status_code == 200, answer.text
    found: list[Data] = answer.json()["rejected"]
    return found


async def content_of(http: httpx.AsyncClient, rejected_id: str) -> Any:
    """As it is shown."""
    answer = await http.get(f"/v1/rejected/{rejected_id}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()["content"]


async def replay(
    http: httpx.AsyncClient, rejected_id: str, body: object = None, **query: Any
) -> Data:
    """What became of it."""
    content = None if body is None else json.dumps(body).encode()
    path = f"/v1/rejected/{rejected_id}/replay"
    answer = await http.post(path, content=content, params=query)
    assert answer.status_code == 200, answer.text
    found: Data = answer.json()
    return found


async def one_rejected(http: httpx.AsyncClient, raw: Data | None = None) -> str:
    """The id of something that is."""
    await post(http, raw or wrong())
    return str((await rejected(http))[0]["rejected_id"])
