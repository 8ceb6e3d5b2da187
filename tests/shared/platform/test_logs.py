"""What the logs say, and what they never say."""

import logging
import subprocess
import sys

import pytest

from shared.platform.logs import REPEATS_AFTER_SECONDS, SeldomRepeated

FAILS = """
import structlog
from shared.platform.logs import configure_logging
configure_logging(service="test", form="{form}")
def take(record):
    raise ValueError
try:
    take("Erika " + "Mustermann")
except ValueError:
    structlog.get_logger().exception("failed")
"""


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_traceback_holds_no_values_of_variables(form: str) -> None:
    code = FAILS.replace("{form}", form)
    seen = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "in take" in seen.stderr or '"take"' in seen.stderr
    assert "Erika Mustermann" not in seen.stderr


ASKS = """
import logging
from shared.platform.logs import configure_logging
configure_logging(service="test")
logging.getLogger("httpx").info('HTTP Request: GET /v1/customers/sunrise/berlin/dms/C-1 "200 OK"')
logging.getLogger("uvicorn").info("started")
"""


def test_addresses_that_services_ask_each_other_are_not_told() -> None:
    seen = subprocess.run([sys.executable, "-c", ASKS], capture_output=True, text=True, check=True)
    assert "started" in seen.stderr and "C-1" not in seen.stderr


def said(name: str, message: str, at: float) -> logging.LogRecord:
    record = logging.LogRecord(name, logging.ERROR, "", 1, message, ("x",), None)
    record.created = at
    return record


def test_a_library_repeats_itself_seldom() -> None:
    seldom = SeldomRepeated("aiokafka")
    times = [0.0, 0.1, REPEATS_AFTER_SECONDS - 0.1, REPEATS_AFTER_SECONDS + 0.1]
    passed = [seldom.filter(said("aiokafka.conn", "%s is away", at)) for at in times]
    assert passed == [True, False, False, True]


def test_what_it_says_anew_and_what_others_say_is_said() -> None:
    seldom = SeldomRepeated("aiokafka")
    assert seldom.filter(said("aiokafka", "one", 0))
    assert seldom.filter(said("aiokafka", "two", 0))
    assert all(seldom.filter(said("aftercare", "one", at)) for at in (0.0, 0.1))
