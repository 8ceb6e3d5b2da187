"""Webhooks that are expected in tests, and what they bring."""

from services.intake.adapters.webhooks import Webhook
from services.intake.domain.examine.feed import Feed
from tests.services.intake.given import DEALERS, PUDONG
from tests.services.intake.signing import SECRET

VISITS = """
title_en: Visits as a tool sends them
title_zh: 某工具的工单
reads: {format: ndjson}
report: visit
fields:
  ro_no: number
  status: {column: state, words: {done: closed, open: open}}
  opened_at: opened
  closed_at: closed
  vehicle.vin: car/vin
  customer.source_customer_id: who
  lines: {each: jobs, fields: {line_no: no, pay_type: {column: pays, words: {cash: customer}}}}
"""
RECORD = {
    "number": "RO 1",
    "state": "done",
    "opened": "2026-11-20T08:00:00+08:00",
    "closed": "2026-11-20T10:00:00+08:00",
    "car": {"vin": "1HGCM82633A004352"},
    "who": "C1",
    "jobs": [{"no": "1", "pays": "cash"}],
}


def webhook(name: str, mapping: str | None = None) -> Webhook:
    dealer = DEALERS.find(PUDONG)
    assert dealer is not None
    feed = Feed(dealer_id=PUDONG, source="cdk")
    return Webhook(name=name, dealer=dealer, feed=feed, mapping=mapping, secrets=(SECRET,))
